/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Graphs on a device: banks are placed as by themselves and leave their windows there,
 * sums, operations and routes are kernels (filterbank/mix.cu). */
#include "core/source.h"
#include "filterbank/graph_internal.h"
#include "filterbank/mix_device_kernel.h"
#include "filterbank/place_internal.h"

#include <stdlib.h>
#include <string.h>

enum { THREADS = 128 };

_Static_assert(BH_MIX_INPUTS == BH_GRAPH_INPUTS_MAX, "as many as a node can hear");

/* A node there. */
struct placed_node {
    bh_block window; /* on the device */
    void *memory;    /* its own */
    bool bank;       /* has been placed */
    /* Of a node that mixes others: */
    void *kernel, *origin;
    void *frame;              /* what the kernel is handed, */
    struct bh_mix_frame sent; /* as it is there */
    size_t first;             /* input's place in it */
};

/* An output of a graph that reads sources. */
struct placed_output {
    void *said; /* its window on the host, pinned */
    bool kept;  /* or it stays on the device */
};

struct graph_placed {
    bh_device *device;
    bh_place_method method;
    void *program; /* of nodes that mix; NULL where there are none */
    struct placed_node *nodes;
    struct placed_output *outputs;
};

static size_t
sample_size(const bh_graph *graph)
{
    return bh_precision_size(graph->precision);
}

void
graph_unplace(bh_graph *graph)
{
    struct graph_placed *placed = graph->placed;
    if (!placed)
        return;
    bh_device *device = placed->device;
    for (size_t n = 0; placed->nodes && n < graph->node_count; n++) {
        struct placed_node *node = &placed->nodes[n];
        if (node->bank)
            place_undo(graph->nodes[n].bank);
        device->ops->give(device, node->memory);
        device->ops->give(device, node->origin);
        device->ops->give(device, node->frame);
    }
    for (size_t k = 0; placed->outputs && k < graph->output_count; k++)
        if (placed->outputs[k].said)
            device->ops->give_pinned(device, placed->outputs[k].said);
    if (placed->program)
        device->ops->unload(device, placed->program);
    free(placed->outputs);
    free(placed->nodes);
    free(placed);
    graph->placed = NULL;
}

static bh_status
take(const bh_graph *graph, size_t bytes, void **out, bh_diag *diag)
{
    bh_device *device = graph->placed->device;
    return device->ops->take(device, bytes, "windows of a graph", out, diag);
}

/* A window of its own. */
static bh_status
take_window(bh_graph *graph, bh_node n, size_t stride, bh_diag *diag)
{
    struct placed_node *node = &graph->placed->nodes[n];
    BH_TRY(
        take(graph, BH_WINDOW_MAX * stride * sample_size(graph), &node->memory, diag));
    node->window = (bh_block){node->memory, 0, graph->nodes[n].order.channels, stride,
                              graph->precision};
    return BH_OK;
}

/* What a bank says of itself becomes what the graph says of its node. */
static bh_status
place_bank(bh_graph *graph, bh_node n, bh_diag *diag)
{
    bh_device *device = graph->placed->device;
    struct placed_node *node = &graph->placed->nodes[n];
    bh_filterbank *fb = graph->nodes[n].bank;
    const size_t heard = graph->nodes[graph->nodes[n].order.inputs[0]].order.channels;
    bh_diag why;
    const bh_status status =
        bh_filterbank_place(fb, device, graph->placed->method, &why);
    if (status != BH_OK)
        return bh_diag_set(diag, status, "node %zu of the graph: %s", n, why.text);
    node->bank = true;
    const struct bh_filterbank_config *config = bh_filterbank_parts(fb);
    if (config->in_channels == 1 && heard != 1)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "node %zu of the graph hears %zu channels; on a device a "
                           "bank of its kind hears 1",
                           n, heard);
    node->window.precision = graph->precision;
    config->ops->keep(config->self, device, &node->window);
    return BH_OK;
}

static bh_status
place_mix(bh_graph *graph, bh_node n, bh_diag *diag)
{
    bh_device *device = graph->placed->device;
    const struct node_order *order = &graph->nodes[n].order;
    struct placed_node *node = &graph->placed->nodes[n];
    struct node_form form = {.origin = NULL};
    order->ops->form(order->self, &form);
    const size_t size = order->channels * sizeof *form.origin;
    if (!graph->placed->program)
        BH_TRY(device->ops->load(device, bh_mix, BH_DEVICE_FLUSH_DENORMALS,
                                 &graph->placed->program, diag));
    BH_TRY(device->ops->find(device, graph->placed->program,
                             form.kernel[graph->precision == BH_DOUBLE], &node->kernel,
                             diag));
    BH_TRY(take_window(graph, n, place_stride(order->channels), diag));
    BH_TRY(take(graph, sizeof node->sent, &node->frame, diag));
    if (form.origin) {
        BH_TRY(take(graph, size, &node->origin, diag));
        BH_TRY(device->ops->write(device, node->origin, form.origin, size, diag));
    }
    memcpy(node->sent.number, form.number, sizeof form.number);
    node->sent.origin = node->origin;
    node->sent.out = node->window.data;
    node->sent.out_stride = node->window.stride;
    node->sent.channels = (uint32_t)order->channels;
    node->sent.count = (uint32_t)order->count;
    node->sent.operation = form.operation;
    node->first = form.first;
    return BH_OK;
}

static bh_status
place_node(bh_graph *graph, bh_node n, bh_diag *diag)
{
    const struct node *node = &graph->nodes[n];
    if (node->asked_by == ASKED_BY_NONE)
        return BH_OK;
    if (node->bank)
        return place_bank(graph, n, diag);
    if (node->source)
        return take_window(graph, n, node->order.channels, diag);
    if (!node->order.ops)
        return BH_OK; /* what the bank is given */
    if (node->order.ops->form)
        return place_mix(graph, n, diag);
    return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                       "node %zu of the graph is a C function, which runs on the "
                       "processor only",
                       n);
}

static bh_status
place_nodes(bh_graph *graph, bh_diag *diag)
{
    struct graph_placed *placed = graph->placed;
    placed->nodes = calloc(graph->node_count, sizeof *placed->nodes);
    placed->outputs = calloc(graph->output_count + 1, sizeof *placed->outputs);
    if (!placed->nodes || !placed->outputs)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu nodes",
                           graph->node_count);
    for (size_t n = 0; n < graph->node_count; n++)
        BH_TRY(place_node(graph, n, diag));
    return BH_OK;
}

static bh_status
place_graph(bh_graph *graph, bh_device *device, bh_place_method method, bh_diag *diag)
{
    if (graph->control_count > 0)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "the graph has a control, which the processor alone can "
                           "call, so it runs on the processor only");
    graph->placed = calloc(1, sizeof *graph->placed);
    if (!graph->placed)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a graph");
    graph->placed->device = device;
    graph->placed->method = method;
    const bh_status status = place_nodes(graph, diag);
    if (status != BH_OK)
        graph_unplace(graph);
    return status;
}

/* While a graph runs. */

static bh_status
run_mix(const bh_graph *graph, bh_node n, size_t frames, bh_diag *diag)
{
    bh_device *device = graph->placed->device;
    const struct node_order *order = &graph->nodes[n].order;
    struct placed_node *node = &graph->placed->nodes[n];
    const size_t count = frames * order->channels;
    bool same = node->sent.frames == frames;
    node->sent.frames = (uint32_t)frames;
    for (size_t i = 0; i < order->count; i++) {
        struct bh_mix_input *in = &node->sent.in[node->first + i];
        const bh_block *heard = &graph->placed->nodes[order->inputs[i]].window;
        same &= in->data == heard->data && in->stride == heard->stride;
        *in = (struct bh_mix_input){heard->data, heard->stride, heard->channels};
    }
    if (!same)
        BH_TRY(device->ops->write(device, node->frame, &node->sent, sizeof node->sent,
                                  diag));
    return device->ops->launch(device, node->kernel,
                               (uint32_t)((count + THREADS - 1) / THREADS), THREADS,
                               node->frame, diag);
}

static bh_status
run_bank(const bh_graph *graph, bh_node n, size_t frames, bh_diag *diag)
{
    const struct bh_filterbank_config *config =
        bh_filterbank_parts(graph->nodes[n].bank);
    bh_block heard = graph->placed->nodes[graph->nodes[n].order.inputs[0]].window;
    heard.frames = frames;
    return config->ops->begin_kept(config->self, heard, diag);
}

/* What has been read goes there, with silence behind the end of a source. */
static bh_status
send_source(const bh_graph *graph, bh_node n, size_t frames, bh_diag *diag)
{
    bh_device *device = graph->placed->device;
    const struct node *node = &graph->nodes[n];
    const bh_block window = graph->placed->nodes[n].window;
    const size_t frame = window.stride * sample_size(graph);
    if (!node->kept)
        return device->ops->write(device, window.data, node->block.data, frames * frame,
                                  diag);
    if (node->got >= frames)
        return BH_OK;
    return device->ops->clear(device, (char *)window.data + node->got * frame,
                              (frames - node->got) * frame, diag);
}

bh_status
graph_run_placed(bh_graph *graph, size_t frames, bh_diag *diag)
{
    for (size_t n = 0; frames > 0 && n < graph->node_count; n++) {
        const struct node *node = &graph->nodes[n];
        if (node->asked_by == ASKED_BY_NONE)
            continue;
        if (node->source)
            BH_TRY(send_source(graph, n, frames, diag));
        else if (node->bank)
            BH_TRY(run_bank(graph, n, frames, diag));
        else if (node->order.ops)
            BH_TRY(run_mix(graph, n, frames, diag));
    }
    return BH_OK;
}

/* A graph as a bank. */

static bh_status
bank_run(void *self, const struct place_window *window, bh_diag *diag)
{
    bh_graph *graph = self;
    bh_device *device = graph->placed->device;
    const bh_block *said = &graph->placed->nodes[graph->outputs[0].node].window;
    const size_t sample = sample_size(graph), to = window->out_stride * sample;
    graph->placed->nodes[graph->input].window =
        (bh_block){(void *)window->in, window->frames, window->in_channels,
                   window->in_stride, graph->precision};
    BH_TRY(graph_advance(graph, window->frames, diag));
    const size_t from = said->stride * sample;
    if (from == to)
        return device->ops->copy(device, window->out, said->data, window->frames * to,
                                 diag);
    for (size_t t = 0; t < window->frames; t++)
        BH_TRY(device->ops->copy(device, (char *)window->out + t * to,
                                 (const char *)said->data + t * from,
                                 said->channels * sample, diag));
    return BH_OK;
}

/* The banks have been reset with the graph. */
static bh_status
bank_reset(void *self, bh_diag *diag)
{
    (void)self, (void)diag;
    return BH_OK;
}

static void
bank_unplace(void *self)
{
    graph_unplace(self);
}

bh_status
place_graph_new(const struct place_order *order, bh_place_method how,
                const struct place_method **method, void **out, bh_diag *diag)
{
    static const struct place_method graph_method = {
        .run = bank_run, .reset = bank_reset, .free = bank_unplace};
    BH_TRY(place_graph(order->form.graph, order->device, how, diag));
    *method = &graph_method;
    *out = order->form.graph;
    return BH_OK;
}

/* A graph as sources. */

bh_status
graph_bring(bh_graph *graph, size_t frames, bh_diag *diag)
{
    bh_device *device = graph->placed->device;
    for (size_t k = 0; frames > 0 && k < graph->output_count; k++) {
        const struct placed_output *output = &graph->placed->outputs[k];
        const bh_block *window = &graph->placed->nodes[graph->outputs[k].node].window;
        if (!output->kept)
            BH_TRY(device->ops->read(device, output->said, window->data,
                                     frames * window->stride * sample_size(graph),
                                     diag));
    }
    return BH_OK;
}

bh_block
graph_brought(const bh_graph *graph, size_t output)
{
    bh_block window = graph->placed->nodes[graph->outputs[output].node].window;
    window.data = graph->placed->outputs[output].said;
    return window;
}

bool
graph_keep(bh_graph *graph, size_t output, struct bh_device *device, bh_block *window)
{
    struct graph_placed *placed = graph->placed;
    if (!placed || device != placed->device || window->precision != graph->precision)
        return false;
    placed->outputs[output].kept = true;
    *window = placed->nodes[graph->outputs[output].node].window;
    window->frames = BH_WINDOW_MAX;
    return true;
}

/* Whether nobody but an output wants a node's windows. */
static bool
is_for_output(const bh_graph *graph, bh_node n, size_t output)
{
    for (size_t k = 0; k < graph->output_count; k++)
        if (k != output && graph->outputs[k].node == n)
            return false;
    for (size_t m = 0; m < graph->node_count; m++)
        for (size_t i = 0; i < graph->nodes[m].order.count; i++)
            if (graph->nodes[m].order.inputs[i] == n)
                return false;
    return true;
}

bool
graph_lend(bh_graph *graph, size_t output, struct bh_device *device,
           bh_source_part *part)
{
    const bh_node n = graph->outputs[output].node;
    if (!graph->placed || !graph->nodes[n].bank || !is_for_output(graph, n, output))
        return false;
    const struct bh_filterbank_config *config =
        bh_filterbank_parts(graph->nodes[n].bank);
    const bh_node heard = graph->nodes[n].order.inputs[0];
    return config->ops->lend &&
           config->ops->lend(config->self, device, graph->nodes[heard].order.channels,
                             part);
}

static bh_status
take_outputs(bh_graph *graph, bh_diag *diag)
{
    bh_device *device = graph->placed->device;
    for (size_t k = 0; k < graph->output_count; k++) {
        const bh_block *window = &graph->placed->nodes[graph->outputs[k].node].window;
        BH_TRY(device->ops->take_pinned(
            device, BH_WINDOW_MAX * window->stride * sample_size(graph),
            "windows of a graph", &graph->placed->outputs[k].said, diag));
    }
    return BH_OK;
}

static bool
is_output(const bh_graph *graph, bh_node n)
{
    for (size_t k = 0; k < graph->output_count; k++)
        if (graph->outputs[k].node == n)
            return true;
    return false;
}

/* Sources whose windows lie on the device already. */
static void
keep_sources(bh_graph *graph)
{
    for (size_t n = 0; n < graph->node_count; n++) {
        struct node *node = &graph->nodes[n];
        struct placed_node *placed = &graph->placed->nodes[n];
        bh_block window = {.precision = graph->precision};
        if (node->source && node->asked_by != ASKED_BY_NONE && !is_output(graph, n) &&
            bh_source_keep(node->source, graph->placed->device, &window)) {
            node->kept = true;
            placed->window = window;
        }
    }
}

bh_status
bh_graph_place(bh_graph *graph, struct bh_device *device, bh_place_method method,
               bh_diag *diag)
{
    if (!device)
        return BH_OK;
    if (!graph->has_source)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the graph reads no source; as a bank (bh_graph_filterbank) "
                           "it is placed by bh_filterbank_place");
    if (graph->runs)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "the graph runs already; it must be placed before, and once");
    graph_plan(graph);
    bh_status status = place_graph(graph, device, method, diag);
    if (status == BH_OK) {
        status = take_outputs(graph, diag);
        if (status != BH_OK)
            graph_unplace(graph);
    }
    graph->runs = status == BH_OK;
    if (status == BH_OK)
        keep_sources(graph);
    return status;
}
