/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/graph_internal.h"

#include <string.h>

static void
ask(struct node *node, int by)
{
    if (node->asked_by == ASKED_BY_NONE)
        node->asked_by = by;
    else if (node->asked_by != by)
        node->asked_by = ASKED_BY_ALL;
}

/* Whoever hears a node comes after it. A node that one output alone asks for, channel
 * by channel, is left to that output's tiles, which run in parallel and while what they
 * need is still in the cache. Controls need all of every node after each interval. */
void
graph_plan(bh_graph *graph)
{
    for (size_t i = 0; i < graph->node_count; i++)
        graph->nodes[i].asked_by = ASKED_BY_NONE;
    for (size_t k = 0; k < graph->output_count; k++)
        ask(&graph->nodes[graph->outputs[k].node],
            graph->control_count > 0 ? ASKED_BY_ALL : (int)k);
    for (size_t k = 0; k < graph->control_count; k++)
        for (size_t i = 0; i < graph->controls[k].config.count; i++)
            ask(&graph->nodes[graph->controls[k].config.inputs[i]], ASKED_BY_ALL);
    for (size_t n = graph->node_count; n-- > 0;) {
        struct node *node = &graph->nodes[n];
        if (node->asked_by == ASKED_BY_NONE)
            continue;
        if (!node->order.any_channels)
            node->asked_by = ASKED_BY_ALL;
        for (size_t i = 0; i < node->order.count; i++) {
            struct node *input = &graph->nodes[node->order.inputs[i]];
            bool same = node->order.same_channels &&
                        input->order.channels == node->order.channels;
            ask(input, same ? node->asked_by : ASKED_BY_ALL);
        }
    }
    graph->runs = true;
}

/* Behind its end a source is silent. */
static void
silence(bh_block block, size_t from)
{
    const size_t size = block.channels * bh_precision_size(block.precision);
    for (size_t t = from; t < block.frames; t++)
        memset(bh_block_frames(block, t, 1).data, 0, size);
}

/* Windows that lie on a device are queued there, and not tested. */
static bh_status
read_source(const bh_graph *graph, struct node *node, size_t frames, size_t *read,
            bh_diag *diag)
{
    if (node->kept)
        return node->ended ? BH_OK : bh_source_begin(node->source, frames, read, diag);
    node->block.frames = frames;
    if (!node->ended)
        BH_TRY(bh_source_read(node->source, node->block, read, diag));
    BH_TRY(
        bh_block_check(bh_block_frames(node->block, 0, *read), graph->position, diag));
    silence(node->block, *read);
    return BH_OK;
}

bh_status
graph_read(bh_graph *graph, size_t frames, size_t *got, bh_diag *diag)
{
    *got = 0;
    for (size_t n = 0; n < graph->node_count; n++) {
        struct node *node = &graph->nodes[n];
        size_t read = 0;
        if (!node->source)
            continue;
        BH_TRY(read_source(graph, node, frames, &read, diag));
        node->got = read;
        node->ended |= read < frames;
        *got = read > *got ? read : *got;
    }
    return BH_OK;
}

/* Runs a node for the channels of `out`, from `channel` on, and its frames, from
 * `first` on of the window and from `frame` on of what banks were told of. */
static void
run_node(const bh_graph *graph, const struct node *node, size_t channel, size_t first,
         size_t frame, bh_block out)
{
    bh_block in[BH_GRAPH_INPUTS_MAX];
    for (size_t i = 0; i < node->order.count; i++)
        in[i] = bh_block_frames(graph->nodes[node->order.inputs[i]].block, first,
                                out.frames);
    node->order.ops->run(node->order.self, channel, frame, in, out);
}

/* The nodes that no tile computes, for some frames of the window. */
static bh_status
run_frames(bh_graph *graph, size_t first, size_t frames, bh_diag *diag)
{
    for (size_t n = 0; n < graph->node_count; n++) {
        struct node *node = &graph->nodes[n];
        if (!node->order.ops || node->asked_by == ASKED_BY_NONE)
            continue;
        if (node->bank) {
            const bh_block heard = graph->nodes[node->order.inputs[0]].block;
            BH_TRY(bh_filterbank_begin(node->bank,
                                       bh_block_frames(heard, first, frames), diag));
        }
        if (node->asked_by == ASKED_BY_ALL)
            run_node(graph, node, 0, first, 0,
                     bh_block_frames(node->block, first, frames));
    }
    return BH_OK;
}

/* Copies between blocks of the same number of frames and channels. */
static void
copy(bh_block from, bh_block to)
{
    for (size_t t = 0; t < from.frames; t++) {
        const bh_block a = bh_block_frames(from, t, 1), b = bh_block_frames(to, t, 1);
        if (a.precision == b.precision)
            memcpy(b.data, a.data, a.channels * bh_precision_size(a.precision));
        else if (b.precision == BH_SINGLE)
            for (size_t ch = 0; ch < a.channels; ch++)
                ((float *)b.data)[ch] = (float)((const double *)a.data)[ch];
        else
            for (size_t ch = 0; ch < a.channels; ch++)
                ((double *)b.data)[ch] = ((const float *)a.data)[ch];
    }
}

/* Lets a control hear `frames` more, which end at or before its next call. */
static bh_status
control(bh_graph *graph, struct control *control, size_t first, size_t frames,
        bh_diag *diag)
{
    const bh_graph_controller *config = &control->config;
    const size_t at = (size_t)(graph->position % config->interval);
    for (size_t i = 0; i < config->count; i++) {
        const bh_block heard = graph->nodes[config->inputs[i]].block;
        control->heard[i].frames = config->interval;
        copy(bh_block_frames(heard, first, frames),
             bh_block_frames(control->heard[i], at, frames));
    }
    if (at + frames < config->interval)
        return BH_OK;
    return config->update(config->user, control->heard, diag);
}

/* How many of `most` frames may run before a control is to be called. */
static size_t
until_control(const bh_graph *graph, size_t most)
{
    for (size_t k = 0; k < graph->control_count; k++) {
        const size_t interval = graph->controls[k].config.interval;
        const size_t left = interval - (size_t)(graph->position % interval);
        most = left < most ? left : most;
    }
    return most;
}

bh_status
graph_advance(bh_graph *graph, size_t frames, bh_diag *diag)
{
    graph->start = graph->position;
    graph->got = frames;
    if (graph->placed) {
        graph->position += frames;
        return graph_run_placed(graph, frames, diag);
    }
    for (size_t t = 0; t < frames;) {
        const size_t n = until_control(graph, frames - t);
        BH_TRY(run_frames(graph, t, n, diag));
        for (size_t k = 0; k < graph->control_count; k++)
            BH_TRY(control(graph, &graph->controls[k], t, n, diag));
        graph->position += n;
        t += n;
    }
    return BH_OK;
}

void
graph_say(const bh_graph *graph, size_t output, size_t channel, size_t frame,
          bh_block out)
{
    const bh_node last = graph->outputs[output].node;
    if (graph->placed) {
        copy(bh_block_channels(
                 bh_block_frames(graph_brought(graph, output), frame, out.frames),
                 channel, out.channels),
             out);
        return;
    }
    for (bh_node n = 0; n <= last; n++) {
        const struct node *node = &graph->nodes[n];
        const bool direct = n == last && out.precision == graph->precision;
        if (node->asked_by != (int)output)
            continue;
        bh_block to = bh_block_channels(bh_block_frames(node->block, frame, out.frames),
                                        channel, out.channels);
        run_node(graph, node, channel, frame, frame, direct ? out : to);
        if (direct)
            return;
    }
    copy(bh_block_channels(bh_block_frames(graph->nodes[last].block, frame, out.frames),
                           channel, out.channels),
         out);
}

void
graph_reset(bh_graph *graph)
{
    for (size_t n = 0; n < graph->node_count; n++) {
        struct node *node = &graph->nodes[n];
        node->ended = false;
        if (node->order.ops && node->order.ops->reset)
            node->order.ops->reset(node->order.self);
    }
    for (size_t k = 0; k < graph->control_count; k++)
        if (graph->controls[k].config.reset)
            graph->controls[k].config.reset(graph->controls[k].config.user);
    graph->start = graph->position = 0;
    graph->asked = graph->got = 0;
    graph->broken = false;
}
