/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/tap.h"

#include <stdlib.h>

struct tap {
    bh_source *input;
    struct meter *meter;
    struct tapped *tapped;
    double frames, samplerate_hz;
};

static bh_status
tap_begin(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    struct tap *tap = self;
    BH_TRY(signals_check(diag));
    BH_TRY(bh_source_begin(tap->input, frames, got, diag));
    tap->frames += (double)*got;
    if (tap->meter)
        meter_show(tap->meter, tap->frames / tap->samplerate_hz);
    return BH_OK;
}

static void
tap_tile(void *self, size_t tile, bh_block out)
{
    const struct tap *tap = self;
    bh_source_tile(tap->input, tile, out);
    if (!tap->tapped || out.precision != BH_DOUBLE)
        return;
    double squares = 0;
    for (size_t t = 0; t < out.frames; t++)
        for (size_t ch = 0; ch < out.channels; ch++) {
            const double sample = ((const double *)out.data)[t * out.stride + ch];
            squares += sample * sample;
        }
    tap->tapped->frames += (double)out.frames;
    tap->tapped->squares += squares;
}

static bh_status
tap_rewind(void *self, bh_diag *diag)
{
    struct tap *tap = self;
    tap->frames = 0;
    if (tap->tapped)
        *tap->tapped = (struct tapped){0};
    return bh_source_rewind(tap->input, diag);
}

bh_status
tap_new(bh_source *input, struct meter *meter, struct tapped *tapped, bh_source **out,
        bh_diag *diag)
{
    struct tap *tap = malloc(sizeof *tap);
    if (!tap)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a source");
    *tap = (struct tap){.input = input,
                        .meter = meter,
                        .tapped = tapped,
                        .samplerate_hz = bh_source_samplerate(input)};
    const bh_source_config config = {.samplerate_hz = tap->samplerate_hz,
                                     .channels = bh_source_channels(input),
                                     .length = bh_source_length(input),
                                     .tiles = bh_source_tiles(input),
                                     .self = tap,
                                     .begin = tap_begin,
                                     .tile = tap_tile,
                                     .rewind = tap_rewind,
                                     .free = free};
    const bh_status status = bh_source_new(&config, out, diag);
    if (status != BH_OK)
        free(tap);
    return status;
}
