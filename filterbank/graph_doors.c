/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/graph.h"

#include "core/denormal_kernel.h"
#include "filterbank/graph_internal.h"

#include <inttypes.h>
#include <stdlib.h>

/* A graph as a source. */

struct said {
    bh_graph *graph;
    size_t output;
};

static size_t
tile_count(size_t channels)
{
    return (channels + BH_TILE_MAX - 1) / BH_TILE_MAX;
}

static bh_status
next_window(bh_graph *graph, size_t frames, bh_diag *diag)
{
    size_t got;
    if (graph->broken)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the graph stopped at an error; it must be rewound");
    if (!graph->runs)
        graph_plan(graph);
    graph->broken = true;
    graph->asked = frames;
    BH_TRY(graph_read(graph, frames, &got, diag));
    const unsigned control = bh_denormal_flush();
    bh_status status = graph_advance(graph, got, diag);
    bh_denormal_restore(control);
    if (status == BH_OK && graph->placed)
        status = graph_bring(graph, got, diag);
    graph->broken = status != BH_OK;
    return status;
}

static bh_status
said_begin(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    const struct said *said = self;
    bh_graph *graph = said->graph;
    struct graph_output *output = &graph->outputs[said->output];
    if (output->position == graph->position)
        BH_TRY(next_window(graph, frames, diag));
    else if (output->position != graph->start || frames != graph->asked)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "output %zu of a graph is asked for %zu frames from %" PRIu64
            " on, another had %zu from %" PRIu64 " on; outputs are read in step",
            said->output, frames, output->position, graph->asked, graph->start);
    *got = graph->got;
    output->position = graph->position;
    return BH_OK;
}

static void
said_tile(void *self, size_t tile, bh_block out)
{
    const struct said *said = self;
    const size_t channel = tile * BH_TILE_MAX, left = out.channels - channel;
    const size_t width = left < BH_TILE_MAX ? left : BH_TILE_MAX;
    const unsigned control = bh_denormal_flush();
    graph_say(said->graph, said->output, channel, 0,
              bh_block_channels(out, channel, width));
    bh_denormal_restore(control);
}

/* Where another has been rewound and read already, there is nothing to do. */
static bh_status
said_rewind(void *self, bh_diag *diag)
{
    const struct said *said = self;
    bh_graph *graph = said->graph;
    const bool there = graph->outputs[said->output].position == 0 && graph->start == 0;
    if (there && graph->position > 0 && !graph->broken)
        return BH_OK;
    for (size_t n = 0; n < graph->node_count; n++)
        if (graph->nodes[n].source)
            BH_TRY(bh_source_rewind(graph->nodes[n].source, diag));
    graph_reset(graph);
    for (size_t k = 0; k < graph->output_count; k++)
        graph->outputs[k].position = 0;
    return BH_OK;
}

static bool
said_keep(void *self, struct bh_device *device, bh_block *window)
{
    const struct said *said = self;
    return graph_keep(said->graph, said->output, device, window);
}

static bool
said_lend(void *self, struct bh_device *device, bh_source_part *part)
{
    const struct said *said = self;
    return graph_lend(said->graph, said->output, device, part);
}

/* The length of the longest source that the graph reads. */
static uint64_t
length(const bh_graph *graph)
{
    uint64_t most = 0;
    for (size_t n = 0; n < graph->node_count; n++) {
        bh_source *source = graph->nodes[n].source;
        if (source && bh_source_length(source) > most)
            most = bh_source_length(source); /* BH_LENGTH_UNKNOWN is more than any */
    }
    return most;
}

/* Live sound is read in its own blocks. */
static size_t
window(const bh_graph *graph)
{
    size_t least = BH_WINDOW_MAX;
    for (size_t n = 0; n < graph->node_count; n++) {
        const bh_source *source = graph->nodes[n].source;
        if (source && bh_source_window(source) < least)
            least = bh_source_window(source);
    }
    return least;
}

bh_status
bh_graph_source(bh_graph *graph, bh_node node, bh_source **out, bh_diag *diag)
{
    if (!graph->has_source)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the graph reads no source (bh_graph_hear), so it cannot be "
                           "one");
    struct said *said = malloc(sizeof *said);
    if (!said)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a source");
    said->graph = graph;
    const bh_source_config config = {
        .samplerate_hz = graph->samplerate_hz,
        .channels = bh_graph_channels(graph, node),
        .length = length(graph),
        .window = window(graph),
        .tiles = tile_count(bh_graph_channels(graph, node)),
        .self = said,
        .begin = said_begin,
        .tile = said_tile,
        .rewind = said_rewind,
        .free = free,
        .keep = said_keep,
        .lend = said_lend,
    };
    bh_status status = graph_add_output(graph, node, &said->output, diag);
    if (status == BH_OK)
        status = bh_source_new(&config, out, diag);
    if (status != BH_OK)
        free(said);
    return status;
}

/* A graph as a bank. */

static bh_status
bank_begin(void *self, bh_block in, bh_diag *diag)
{
    bh_graph *graph = self;
    graph->nodes[graph->input].block = in;
    return graph_advance(graph, in.frames, diag);
}

static void
bank_tile(void *self, size_t channel, size_t frame, bh_block in, bh_block out)
{
    const bh_graph *graph = self;
    const size_t left = bh_graph_channels(graph, graph->outputs[0].node) - channel;
    (void)in; /* bank_begin has seen all of it */
    out.channels = left < out.channels ? left : out.channels;
    graph_say(graph, 0, channel, frame, out);
}

static void
bank_reset(void *self)
{
    graph_reset(self);
}

static void
bank_free(void *self)
{
    bh_graph *graph = self;
    bh_graph_free(graph);
}

static void
bank_form(const void *self, struct bh_bank_form *out)
{
    *out = (struct bh_bank_form){.graph = (bh_graph *)self};
}

static const struct bh_filterbank_ops bank_ops = {
    .try_begin = bank_begin,
    .tile = bank_tile,
    .reset = bank_reset,
    .free = bank_free,
    .form = bank_form,
};

bh_status
bh_graph_filterbank(bh_graph *graph, bh_node node, bh_filterbank **out, bh_diag *diag)
{
    size_t output;
    if (!graph->has_input)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the graph has no input (bh_graph_input), so it cannot be a "
                           "bank");
    BH_TRY(graph_add_output(graph, node, &output, diag));
    const struct bh_filterbank_config config = {
        .ops = &bank_ops,
        .self = graph,
        .samplerate_hz = graph->samplerate_hz,
        .channels = graph->nodes[node].order.channels,
        .in_channels = graph->nodes[graph->input].order.channels,
        .tile_channels = BH_TILE_MAX,
        .cf_hz = graph->nodes[node].order.cf_hz,
        .precision = graph->precision,
    };
    const bh_status status = bh_filterbank_new(&config, out, diag);
    if (status == BH_OK)
        graph_plan(graph);
    else
        graph->output_count--;
    return status;
}
