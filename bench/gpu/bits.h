/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_BENCH_GPU_BITS_H
#define BH_BENCH_GPU_BITS_H

/* Whether the device's results are the processor's, for every kind of bank that
 * promises it (BH_PLACE_SAME), and for a graph of some. */

#include "bench/bench.h"
#include "bench/gpu/report.h"
#include "brianhears.h"

#include <string.h>

enum { BITS_RATE_HZ = 44100 };

static inline bh_filterbank *
bits_kind(const char *name, size_t channels, bh_precision precision)
{
    const bh_bank_kind *kind = bh_bank_kind_find(name);
    double *cf_hz = malloc(channels * sizeof *cf_hz);
    bh_filterbank *fb;
    must(bh_erbspace(100, 10000, channels, bh_erb_params_default(), cf_hz, &diag));
    must(bh_bank_new(kind, BITS_RATE_HZ, cf_hz, channels, NULL, 0, precision, &fb,
                     &diag));
    free(cf_hz);
    return fb;
}

/* Middle ear, gammatones, less half of what a low pass leaves of them, hair cells. */
static inline bh_filterbank *
bits_graph(size_t channels, bh_precision precision)
{
    bh_graph *graph;
    bh_node in, ear, place, low, out;
    bh_filterbank *fb;
    must(bh_graph_new(BITS_RATE_HZ, precision, &graph, &diag));
    must(bh_graph_input(graph, 1, &in, &diag));
    must(bh_graph_bank(graph, in, bits_kind("middle_ear", 1, precision), &ear, &diag));
    must(bh_graph_bank(graph, ear, bits_kind("gammatone", channels, precision), &place,
                       &diag));
    must(bh_graph_bank(graph, place, bits_kind("lowpass", channels, precision), &low,
                       &diag));
    const bh_node parts[] = {place, low};
    const double weights[] = {1, -0.5};
    must(bh_graph_sum(graph, parts, weights, 2, &out, &diag));
    must(bh_graph_bank(graph, out, bits_kind("haircell", channels, precision), &out,
                       &diag));
    must(bh_graph_filterbank(graph, out, &fb, &diag));
    return fb;
}

/* What a bank says to noise, poisoned before; to be freed, as the bank is here. */
static inline void *
bits_run(bh_filterbank *fb, size_t frames)
{
    const size_t channels = bh_filterbank_channels(fb);
    const bh_precision precision = bh_filterbank_precision(fb);
    const size_t size = frames * channels * bh_precision_size(precision);
    float *x = malloc(frames * sizeof *x);
    void *y = malloc(size);
    uint32_t state = 1;
    memset(y, 0xff, size);
    for (size_t t = 0; t < frames; t++) {
        state = state * 1664525 + 1013904223;
        x[t] = 0.02f * ((float)(state >> 8) / 8388608.0f - 1);
    }
    must(bh_filterbank_process(fb, (bh_block){x, frames, 1, 1, BH_SINGLE},
                               (bh_block){y, frames, channels, channels, precision},
                               &diag));
    bh_filterbank_free(fb);
    free(x);
    return y;
}

static inline void
measure_kinds(const struct report *report, struct bh_device *device)
{
    static const char *const names[] = {"gammatone",      "approximate_gammatone",
                                        "log_gammachirp", "iir",
                                        "lowpass",        "asymmetric_compensation",
                                        "drnl",           "dcgc",
                                        "middle_ear",     "haircell",
                                        "middle_ears",    "tan_carney",
                                        "zhang_synapse",  "linear"};
    const size_t count = sizeof names / sizeof *names;
    const size_t channels = report->dry ? 33 : 301, frames = report->dry ? 150 : 5000;
    for (size_t i = 0; i <= count; i++)
        for (int precision = BH_SINGLE; precision <= BH_DOUBLE; precision++) {
            const char *name = i < count ? names[i] : "a graph";
            bh_filterbank *fb[2];
            char what[64];
            for (int k = 0; k < 2; k++)
                fb[k] = i < count ? bits_kind(name, channels, precision)
                                  : bits_graph(channels, precision);
            must(bh_filterbank_place(fb[1], device, BH_PLACE_SAME, &diag));
            void *here = bits_run(fb[0], frames), *there = bits_run(fb[1], frames);
            const size_t size = frames * channels * bh_precision_size(precision);
            snprintf(what, sizeof what, "bits of %s, %s", name,
                     precision == BH_SINGLE ? "single" : "double");
            report_text(report, "2 correctness", what,
                        memcmp(here, there, size) == 0 ? "the same" : "DIFFERENT",
                        "the same");
            free(here);
            free(there);
        }
}

#endif
