/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/graph.h"

#include "filterbank/graph_internal.h"

#include <stdlib.h>

/* What comes from outside: the input of a bank, or a source. */

bh_status
bh_graph_input(bh_graph *graph, size_t channels, bh_node *out, bh_diag *diag)
{
    if (graph->has_input)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the graph has an input already; one of several channels "
                           "can be taken apart by bh_graph_route");
    if (graph->has_source)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the graph reads a source, so it cannot be a bank with an "
                           "input");
    const struct node_order order = {.channels = channels, .borrowed = true};
    BH_TRY(graph_add(graph, &order, &graph->input, diag));
    graph->has_input = true;
    *out = graph->input;
    return BH_OK;
}

bh_status
bh_graph_hear(bh_graph *graph, bh_source *source, bh_node *out, bh_diag *diag)
{
    if (graph->has_input)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the graph has an input, so it is a bank and cannot read a "
                           "source");
    if (bh_source_samplerate(source) != graph->samplerate_hz)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the source has a sample rate of %g Hz, the graph of %g Hz",
                           bh_source_samplerate(source), graph->samplerate_hz);
    bh_node node;
    const struct node_order order = {.channels = bh_source_channels(source)};
    for (size_t i = 0; i < graph->node_count; i++)
        if (graph->nodes[i].source == source)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "the source is read by node %zu already; others can "
                               "hear that",
                               i);
    BH_TRY(graph_add(graph, &order, &node, diag));
    graph->nodes[node].source = source;
    graph->has_source = true;
    *out = node;
    return BH_OK;
}

/* A bank. */

static void
bank_run(void *self, size_t channel, size_t frame, const bh_block *in, bh_block out)
{
    bh_filterbank_run(self, channel, frame, *in, out);
}

static void
bank_reset(void *self)
{
    bh_filterbank_reset(self);
}

static void
bank_free(void *self)
{
    bh_filterbank_free(self);
}

static const struct node_ops bank_ops = {
    .run = bank_run, .reset = bank_reset, .free = bank_free};

static bh_status
check_bank(const bh_graph *graph, bh_node input, const bh_filterbank *fb, bh_diag *diag)
{
    BH_TRY(graph_check_nodes(graph, &input, 1, diag));
    if (bh_filterbank_samplerate(fb) != graph->samplerate_hz)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the bank was made for %g Hz, the graph for %g Hz",
                           bh_filterbank_samplerate(fb), graph->samplerate_hz);
    if (bh_filterbank_precision(fb) != graph->precision)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the bank computes in %s precision, the graph in %s",
                           graph->precision == BH_SINGLE ? "double" : "single",
                           graph->precision == BH_SINGLE ? "single" : "double");
    for (size_t i = 0; i < graph->node_count; i++)
        if (graph->nodes[i].bank == fb)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "the bank is node %zu of the graph already; a bank "
                               "remembers one sound",
                               i);
    return bh_filterbank_check_input(fb, graph->nodes[input].order.channels, diag);
}

bh_status
bh_graph_bank(bh_graph *graph, bh_node input, bh_filterbank *fb, bh_node *out,
              bh_diag *diag)
{
    bh_node node;
    const struct node_order order = {
        .ops = &bank_ops,
        .self = fb,
        .inputs = &input,
        .count = 1,
        .channels = bh_filterbank_channels(fb),
        .cf_hz = bh_filterbank_cf(fb),
        .any_channels = true,
        .same_channels = !bh_filterbank_hears_first(fb),
    };
    BH_TRY(check_bank(graph, input, fb, diag));
    BH_TRY(graph_add(graph, &order, &node, diag));
    graph->nodes[node].bank = fb;
    *out = node;
    return BH_OK;
}

/* A function. */

static void
function_run(void *self, size_t channel, size_t frame, const bh_block *in, bh_block out)
{
    const bh_graph_function *function = self;
    bh_block part[BH_GRAPH_INPUTS_MAX];
    (void)frame;
    for (size_t i = 0; i < function->count; i++)
        part[i] = function->each_channel && in[i].channels > 1
                      ? bh_block_channels(in[i], channel, out.channels)
                      : in[i];
    function->call(function->user, part, out);
}

static void
function_reset(void *self)
{
    const bh_graph_function *function = self;
    if (function->reset)
        function->reset(function->user);
}

static void
function_free(void *self)
{
    bh_graph_function *function = self;
    if (function->free)
        function->free(function->user);
    free(function);
}

static const struct node_ops function_ops = {
    .run = function_run, .reset = function_reset, .free = function_free};

/* Channels of the inputs, and of the result. */
static bh_status
check_function(const bh_graph *graph, const bh_graph_function *function,
               size_t *channels, bh_diag *diag)
{
    if (function->channels > 0 && !function->each_channel) {
        *channels = function->channels;
        return graph_check_nodes(graph, function->inputs, function->count, diag);
    }
    size_t widest;
    BH_TRY(graph_check_inputs(graph, function->inputs, function->count, &widest, diag));
    *channels = function->channels > 0 ? function->channels : widest;
    if (*channels == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a function without inputs must say how many channels it "
                           "makes");
    if (widest > 1 && *channels != widest)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the function makes %zu channels from %zu, so it is not one "
                           "of each channel",
                           *channels, widest);
    return BH_OK;
}

bh_status
bh_graph_call(bh_graph *graph, const bh_graph_function *function, bh_node *out,
              bh_diag *diag)
{
    size_t channels;
    BH_TRY(check_function(graph, function, &channels, diag));
    bh_graph_function *copy = malloc(sizeof *copy);
    if (!copy)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a function");
    *copy = *function;
    struct node_order order = {
        .ops = &function_ops,
        .self = copy,
        .inputs = function->inputs,
        .count = function->count,
        .channels = channels,
        .any_channels = function->each_channel,
        .same_channels = function->each_channel,
    };
    bh_status status = graph_add(graph, &order, out, diag);
    if (status != BH_OK)
        free(copy);
    return status;
}
