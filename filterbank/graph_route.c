/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/graph_internal.h"
#include "filterbank/mix_device_kernel.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

struct route {
    double *cf_hz;
    struct bh_mix_origin origin[];
};

static void
route_run(void *self, size_t channel, size_t frame, const bh_block *in, bh_block out)
{
    const struct bh_mix_origin *origin = ((const struct route *)self)->origin + channel;
    (void)frame;
    for (size_t t = 0; t < out.frames; t++)
        for (size_t ch = 0; ch < out.channels; ch++) {
            const bh_block *from = &in[origin[ch].input];
            const size_t at = t * from->stride + origin[ch].channel;
            const size_t to = t * out.stride + ch;
            if (out.precision == BH_SINGLE)
                ((float *)out.data)[to] = ((const float *)from->data)[at];
            else
                ((double *)out.data)[to] = ((const double *)from->data)[at];
        }
}

static void
route_free(void *self)
{
    struct route *route = self;
    free(route->cf_hz);
    free(route);
}

static void
route_form(const void *self, struct node_form *out)
{
    out->kernel[0] = "bh_mix_route_float";
    out->kernel[1] = "bh_mix_route_double";
    out->origin = ((const struct route *)self)->origin;
}

static const struct node_ops route_ops = {
    .run = route_run, .free = route_free, .form = route_form};

static size_t
at_least_1(size_t count)
{
    return count > 0 ? count : 1;
}

/* All channels of the inputs, one behind the other. */
static size_t
joined(const bh_graph *graph, const bh_graph_routing *routing)
{
    size_t channels = 0;
    for (size_t i = 0; i < routing->count; i++)
        channels += bh_graph_channels(graph, routing->inputs[i]);
    return channels;
}

static bh_status
check_routing(const bh_graph *graph, const bh_graph_routing *routing, bh_diag *diag)
{
    BH_TRY(graph_check_nodes(graph, routing->inputs, routing->count, diag));
    const size_t channels = joined(graph, routing);
    for (size_t i = 0; routing->map && i < routing->map_count; i++)
        if (routing->map[i] >= channels)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "channel %zu is to come from channel %zu; the inputs "
                               "have %zu, counted from 0",
                               i, routing->map[i], channels);
    for (size_t i = 1; routing->interleave && !routing->map && i < routing->count; i++)
        if (bh_graph_channels(graph, routing->inputs[i]) !=
            bh_graph_channels(graph, routing->inputs[0]))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "nodes of %zu and of %zu channels cannot be "
                               "interleaved; they must have the same number",
                               bh_graph_channels(graph, routing->inputs[0]),
                               bh_graph_channels(graph, routing->inputs[i]));
    const size_t most = SIZE_MAX / 4096 / sizeof(struct bh_mix_origin);
    if (channels > 0 &&
        at_least_1(routing->repeats) > most / channels / at_least_1(routing->tiles))
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "no memory for %zu channels, %zu times %zu times", channels,
                           routing->repeats, routing->tiles);
    return BH_OK;
}

/* The input and channel that is number `k` of all. */
static struct bh_mix_origin
find(const bh_graph *graph, const bh_graph_routing *routing, size_t k)
{
    struct bh_mix_origin origin = {0, k};
    while (origin.channel >= bh_graph_channels(graph, routing->inputs[origin.input]))
        origin.channel -= bh_graph_channels(graph, routing->inputs[origin.input++]);
    return origin;
}

/* Where channel `ch` of the result comes from, by repeating, joining and tiling. */
static struct bh_mix_origin
rule(const bh_graph *graph, const bh_graph_routing *routing, size_t ch)
{
    const size_t repeats = at_least_1(routing->repeats);
    const size_t k = ch % (joined(graph, routing) * repeats);
    if (routing->interleave)
        return (struct bh_mix_origin){k % routing->count, k / routing->count / repeats};
    return find(graph, routing, k / repeats);
}

static void
set_origins(const bh_graph *graph, const bh_graph_routing *routing, size_t channels,
            struct route *route)
{
    for (size_t ch = 0; ch < channels; ch++) {
        const struct bh_mix_origin from = routing->map
                                              ? find(graph, routing, routing->map[ch])
                                              : rule(graph, routing, ch);
        const double *cf_hz = graph->nodes[routing->inputs[from.input]].order.cf_hz;
        route->origin[ch] = from;
        route->cf_hz[ch] = cf_hz ? cf_hz[from.channel] : NAN;
    }
}

bh_status
bh_graph_route(bh_graph *graph, const bh_graph_routing *routing, bh_node *out,
               bh_diag *diag)
{
    BH_TRY(check_routing(graph, routing, diag));
    const size_t channels = routing->map ? routing->map_count
                                         : joined(graph, routing) *
                                               at_least_1(routing->repeats) *
                                               at_least_1(routing->tiles);
    struct route *route = malloc(sizeof *route + channels * sizeof *route->origin);
    double *cf_hz = malloc(channels * sizeof *cf_hz + 1);
    if (!route || !cf_hz) {
        free(route);
        free(cf_hz);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    }
    route->cf_hz = cf_hz;
    set_origins(graph, routing, channels, route);
    const struct node_order order = {.ops = &route_ops,
                                     .self = route,
                                     .inputs = routing->inputs,
                                     .count = routing->count,
                                     .channels = channels,
                                     .cf_hz = cf_hz,
                                     .any_channels = true};
    const bh_status status = graph_add(graph, &order, out, diag);
    if (status != BH_OK)
        route_free(route);
    return status;
}

bh_status
bh_graph_repeat(bh_graph *graph, bh_node input, size_t times, bh_node *out,
                bh_diag *diag)
{
    const bh_graph_routing routing = {.inputs = &input, .count = 1, .repeats = times};
    return bh_graph_route(graph, &routing, out, diag);
}

bh_status
bh_graph_tile(bh_graph *graph, bh_node input, size_t times, bh_node *out, bh_diag *diag)
{
    const bh_graph_routing routing = {.inputs = &input, .count = 1, .tiles = times};
    return bh_graph_route(graph, &routing, out, diag);
}

bh_status
bh_graph_join(bh_graph *graph, const bh_node *inputs, size_t count, bh_node *out,
              bh_diag *diag)
{
    const bh_graph_routing routing = {.inputs = inputs, .count = count};
    return bh_graph_route(graph, &routing, out, diag);
}

bh_status
bh_graph_interleave(bh_graph *graph, const bh_node *inputs, size_t count, bh_node *out,
                    bh_diag *diag)
{
    const bh_graph_routing routing = {
        .inputs = inputs, .count = count, .interleave = true};
    return bh_graph_route(graph, &routing, out, diag);
}
