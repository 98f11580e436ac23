/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/graph.h"

#include "filterbank/graph_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bh_status
bh_graph_new(double samplerate_hz, bh_precision precision, bh_graph **out,
             bh_diag *diag)
{
    if (!(samplerate_hz > 0) || !isfinite(samplerate_hz))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the sample rate is %g Hz; it must be above 0",
                           samplerate_hz);
    bh_graph *graph = calloc(1, sizeof *graph);
    if (!graph)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a graph");
    graph->samplerate_hz = samplerate_hz;
    graph->precision = precision;
    *out = graph;
    return BH_OK;
}

static void
free_node(struct node *node)
{
    if (node->order.ops && node->order.ops->free)
        node->order.ops->free(node->order.self);
    free((bh_node *)node->order.inputs);
    free(node->memory);
}

static void
free_control(struct control *control)
{
    if (control->config.free)
        control->config.free(control->config.user);
    for (size_t i = 0; control->heard && i < control->config.count; i++)
        free(control->heard[i].data);
    free(control->heard);
    free((bh_node *)control->config.inputs);
}

void
bh_graph_free(bh_graph *graph)
{
    if (!graph)
        return;
    graph_unplace(graph);
    for (size_t i = 0; i < graph->control_count; i++)
        free_control(&graph->controls[i]);
    for (size_t i = 0; i < graph->node_count; i++)
        free_node(&graph->nodes[i]);
    free(graph->controls);
    free(graph->nodes);
    free(graph->outputs);
    free(graph);
}

size_t
bh_graph_channels(const bh_graph *graph, bh_node node)
{
    return node < graph->node_count ? graph->nodes[node].order.channels : 0;
}

bh_status
graph_check_nodes(const bh_graph *graph, const bh_node *nodes, size_t count,
                  bh_diag *diag)
{
    if (count > BH_GRAPH_INPUTS_MAX)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%zu nodes are too many for one to hear; it can be %d, and "
                           "those of more can be joined before",
                           count, BH_GRAPH_INPUTS_MAX);
    for (size_t i = 0; i < count; i++)
        if (nodes[i] >= graph->node_count)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "there is no node %zu; the graph has %zu, counted from "
                               "0",
                               nodes[i], graph->node_count);
    return BH_OK;
}

bh_status
graph_check_inputs(const bh_graph *graph, const bh_node *inputs, size_t count,
                   size_t *channels, bh_diag *diag)
{
    size_t widest = 0;
    BH_TRY(graph_check_nodes(graph, inputs, count, diag));
    for (size_t i = 0; i < count; i++) {
        size_t width = graph->nodes[inputs[i]].order.channels;
        if (width != 1 && widest > 1 && width != widest)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "nodes of %zu and of %zu channels do not fit together; "
                               "they must have the same number, or one",
                               widest, width);
        widest = width > widest ? width : widest;
    }
    *channels = widest;
    return BH_OK;
}

/* A copy of node numbers; NULL where there are none. */
static bh_status
copy_inputs(const bh_node *inputs, size_t count, const bh_node **out, bh_diag *diag)
{
    bh_node *copy = malloc(count * sizeof *copy + 1);
    if (!copy)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu nodes", count);
    if (count > 0)
        memcpy(copy, inputs, count * sizeof *copy);
    *out = copy;
    return BH_OK;
}

static bh_status
new_block(size_t frames, size_t channels, bh_precision precision, bh_block *out,
          bh_diag *diag)
{
    size_t size = frames * bh_precision_size(precision);
    bh_block block = {NULL, 0, channels, channels, precision};
    if (channels <= SIZE_MAX / 4096 / size)
        block.data = malloc(size * channels);
    if (!block.data)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    *out = block;
    return BH_OK;
}

/* Room for one more element of `size` bytes. */
static bh_status
grow(void **array, size_t count, size_t size, bh_diag *diag)
{
    void *more = realloc(*array, (count + 1) * size);
    if (!more)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for one part more");
    *array = more;
    return BH_OK;
}

static bh_status
check_building(const bh_graph *graph, bh_diag *diag)
{
    if (graph->output_count == 0)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "the graph has an output already; its nodes and controls must "
                       "be made before that");
}

/* What treats each channel by itself leaves it where it is. */
static void
inherit_cf(const bh_graph *graph, struct node_order *order)
{
    for (size_t i = 0; order->same_channels && !order->cf_hz && i < order->count; i++)
        if (graph->nodes[order->inputs[i]].order.channels == order->channels)
            order->cf_hz = graph->nodes[order->inputs[i]].order.cf_hz;
}

bh_status
graph_add(bh_graph *graph, const struct node_order *order, bh_node *out, bh_diag *diag)
{
    struct node node = {.order = *order};
    BH_TRY(check_building(graph, diag));
    if (order->channels == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the node has 0 channels; it needs at least 1");
    BH_TRY(grow((void **)&graph->nodes, graph->node_count, sizeof node, diag));
    inherit_cf(graph, &node.order);
    BH_TRY(copy_inputs(order->inputs, order->count, &node.order.inputs, diag));
    bh_status status = BH_OK;
    if (!order->borrowed)
        status = new_block(BH_WINDOW_MAX, order->channels, graph->precision,
                           &node.block, diag);
    if (status != BH_OK) {
        free((bh_node *)node.order.inputs);
        return status;
    }
    node.memory = node.block.data;
    graph->nodes[graph->node_count] = node;
    *out = graph->node_count++;
    return BH_OK;
}

bh_status
graph_add_output(bh_graph *graph, bh_node node, size_t *out, bh_diag *diag)
{
    if (graph->runs)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the graph runs already; its outputs must be made before");
    BH_TRY(graph_check_nodes(graph, &node, 1, diag));
    BH_TRY(grow((void **)&graph->outputs, graph->output_count, sizeof *graph->outputs,
                diag));
    graph->outputs[graph->output_count] = (struct graph_output){node, 0};
    *out = graph->output_count++;
    return BH_OK;
}

static bh_status
check_controller(const bh_graph *graph, const bh_graph_controller *controller,
                 bh_diag *diag)
{
    BH_TRY(check_building(graph, diag));
    BH_TRY(graph_check_nodes(graph, controller->inputs, controller->count, diag));
    if (controller->interval == 0 || controller->interval > BH_WINDOW_MAX)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the interval of a control is %zu frames; it must be 1 to "
                           "%d",
                           controller->interval, BH_WINDOW_MAX);
    return BH_OK;
}

bh_status
bh_graph_control(bh_graph *graph, const bh_graph_controller *controller, bh_diag *diag)
{
    struct control control = {.config = *controller};
    BH_TRY(check_controller(graph, controller, diag));
    BH_TRY(grow((void **)&graph->controls, graph->control_count, sizeof control, diag));
    BH_TRY(copy_inputs(controller->inputs, controller->count, &control.config.inputs,
                       diag));
    control.config.free = NULL; /* what fails leaves `user` alone */
    control.heard = calloc(controller->count + 1, sizeof *control.heard);
    bh_status status = BH_OK;
    if (!control.heard)
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a control");
    for (size_t i = 0; status == BH_OK && i < controller->count; i++)
        status = new_block(controller->interval,
                           graph->nodes[controller->inputs[i]].order.channels,
                           graph->precision, &control.heard[i], diag);
    if (status != BH_OK) {
        free_control(&control);
        return status;
    }
    control.config.free = controller->free;
    graph->controls[graph->control_count++] = control;
    return BH_OK;
}
