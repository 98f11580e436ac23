/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_FILTERBANK_GRAPH_H
#define BH_TESTS_FILTERBANK_GRAPH_H

/* What the tests of graphs share. The file that includes this defines _POSIX_C_SOURCE
 * 200809L first. */

#include "filterbank/gammatone.h"
#include "filterbank/graph.h"
#include "filterbank/lowpass.h"
#include "filterbank/mix.h"
#include "tests/filterbank/bank.h"

static inline bh_graph *
make_graph(double samplerate_hz, bh_precision precision)
{
    bh_graph *graph = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_graph_new(samplerate_hz, precision, &graph, &diag), diag);
    return graph;
}

static inline bh_node
add_input(bh_graph *graph, size_t channels)
{
    bh_node node = 0;
    bh_diag diag = {0};
    CHECK_OK(bh_graph_input(graph, channels, &node, &diag), diag);
    return node;
}

static inline bh_node
add_bank(bh_graph *graph, bh_node input, bh_filterbank *fb)
{
    bh_node node = 0;
    bh_diag diag = {0};
    CHECK_OK(bh_graph_bank(graph, input, fb, &node, &diag), diag);
    return node;
}

static inline bh_node
add_function(bh_graph *graph, const bh_graph_function *function)
{
    bh_node node = 0;
    bh_diag diag = {0};
    CHECK_OK(bh_graph_call(graph, function, &node, &diag), diag);
    return node;
}

static inline bh_filterbank *
make_bank(bh_graph *graph, bh_node node)
{
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_graph_filterbank(graph, node, &fb, &diag), diag);
    return fb;
}

static inline bh_source *
make_output(bh_graph *graph, bh_node node)
{
    bh_source *source = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_graph_source(graph, node, &source, &diag), diag);
    return source;
}

/// A gammatone bank whose channels 0 and last are the same.
static inline bh_filterbank *
gammatones(double samplerate_hz, size_t channels, bh_precision precision)
{
    double *cf_hz = calloc(channels, sizeof *cf_hz);
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    for (size_t ch = 0; ch < channels; ch++)
        cf_hz[ch] = ch + 1 == channels ? 100 : 100 + 3 * (double)(ch % 1000);
    CHECK_OK(
        bh_gammatone_new(samplerate_hz, cf_hz, channels, NULL, precision, &fb, &diag),
        diag);
    free(cf_hz);
    return fb;
}

static inline bh_filterbank *
lowpasses(double samplerate_hz, double cutoff_hz, size_t channels,
          bh_precision precision)
{
    double *each_hz = calloc(channels, sizeof *each_hz);
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    for (size_t ch = 0; ch < channels; ch++)
        each_hz[ch] = cutoff_hz;
    CHECK_OK(bh_lowpass_new(samplerate_hz, each_hz, channels, 1, precision, &fb, &diag),
             diag);
    free(each_hz);
    return fb;
}

/// The positive half of a sound.
static inline void
rectify(void *user, const bh_block *in, bh_block out)
{
    (void)user;
    for (size_t t = 0; t < out.frames; t++)
        for (size_t ch = 0; ch < out.channels; ch++) {
            const size_t at = t * in->stride + ch, to = t * out.stride + ch;
            if (out.precision == BH_SINGLE)
                ((float *)out.data)[to] = fmaxf(((float *)in->data)[at], 0);
            else
                ((double *)out.data)[to] = fmax(((double *)in->data)[at], 0);
        }
}

static inline bh_node
add_rectified(bh_graph *graph, bh_node input)
{
    const bh_graph_function function = {
        .inputs = &input, .count = 1, .call = rectify, .each_channel = true};
    return add_function(graph, &function);
}

/* Samples of any number of channels as a source, which can be rewound. */
struct sound {
    const double *x;
    size_t channels, frames, t, next;
};

static inline bh_status
sound_begin(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    struct sound *sound = self;
    (void)diag;
    sound->t = sound->next;
    *got = sound->frames - sound->t < frames ? sound->frames - sound->t : frames;
    sound->next += *got;
    return BH_OK;
}

static inline void
sound_tile(void *self, size_t tile, bh_block out)
{
    const struct sound *sound = self;
    (void)tile;
    for (size_t t = 0; t < out.frames; t++)
        for (size_t ch = 0; ch < out.channels; ch++) {
            const double x = sound->x[(sound->t + t) * sound->channels + ch];
            if (out.precision == BH_SINGLE)
                ((float *)out.data)[t * out.stride + ch] = (float)x;
            else
                ((double *)out.data)[t * out.stride + ch] = x;
        }
}

static inline bh_status
sound_rewind(void *self, bh_diag *diag)
{
    (void)diag;
    ((struct sound *)self)->next = 0;
    return BH_OK;
}

static inline bh_source *
make_sound(struct sound *sound, double samplerate_hz)
{
    const bh_source_config config = {.samplerate_hz = samplerate_hz,
                                     .channels = sound->channels,
                                     .length = sound->frames,
                                     .tiles = 1,
                                     .self = sound,
                                     .begin = sound_begin,
                                     .tile = sound_tile,
                                     .rewind = sound_rewind};
    bh_source *source = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_source_new(&config, &source, &diag), diag);
    return source;
}

static inline bh_node
add_source(bh_graph *graph, bh_source *source)
{
    bh_node node = 0;
    bh_diag diag = {0};
    CHECK_OK(bh_graph_hear(graph, source, &node, &diag), diag);
    return node;
}

/// Reads `frames` of a source in doubles; the caller frees them.
static inline double *
read_all(bh_source *source, size_t frames)
{
    const size_t channels = bh_source_channels(source);
    double *y = calloc(frames * channels, sizeof *y);
    bh_block out = {y, frames, channels, channels, BH_DOUBLE};
    size_t got = 0;
    bh_diag diag = {0};
    CHECK_OK(bh_source_read(source, out, &got, &diag), diag);
    CHECK(got == frames);
    return y;
}

#endif
