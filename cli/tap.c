/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/tap.h"

#include <stdlib.h>

static bh_status
tap_begin(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    const struct tap_config *tap = self;
    BH_TRY(bh_source_begin(tap->input, frames, got, diag));
    return tap->begin ? tap->begin(tap->user, *got, diag) : BH_OK;
}

/* The parts of a window one after the other, so that there is one call with all. */
static void
tap_tile(void *self, size_t tile, bh_block out)
{
    const struct tap_config *tap = self;
    (void)tile;
    for (size_t i = 0; i < bh_source_tiles(tap->input); i++)
        bh_source_tile(tap->input, i, out);
    if (tap->see)
        tap->see(tap->user, out);
}

static bh_status
tap_rewind(void *self, bh_diag *diag)
{
    const struct tap_config *tap = self;
    BH_TRY(bh_source_rewind(tap->input, diag));
    tap->rewind(tap->user);
    return BH_OK;
}

static void
tap_free(void *self)
{
    struct tap_config *tap = self;
    if (tap->owns)
        bh_source_free(tap->input);
    free(tap);
}

bh_status
tap_new(const struct tap_config *config, bh_source **out, bh_diag *diag)
{
    struct tap_config *tap = malloc(sizeof *tap);
    bh_status status = BH_ERR_MEMORY;
    if (tap) {
        *tap = *config;
        const bh_source_config source = {
            .samplerate_hz = bh_source_samplerate(config->input),
            .channels = bh_source_channels(config->input),
            .length = bh_source_length(config->input),
            .tiles = 1,
            .window = bh_source_window(config->input),
            .self = tap,
            .begin = tap_begin,
            .tile = tap_tile,
            .rewind = config->rewind ? tap_rewind : NULL,
            .free = tap_free};
        status = bh_source_new(&source, out, diag);
    } else {
        bh_diag_set(diag, status, "no memory for a source");
    }
    if (status == BH_OK)
        return BH_OK;
    free(tap);
    if (config->owns)
        bh_source_free(config->input);
    return status;
}

static bh_status
passage_begin(void *user, size_t frames, bh_diag *diag)
{
    struct passage *passage = user;
    BH_TRY(signals_check(diag));
    passage->frames += (double)frames;
    if (passage->meter)
        meter_show(passage->meter, passage->frames / passage->samplerate_hz);
    return BH_OK;
}

static double
square(bh_block block, size_t at)
{
    const double sample = block.precision == BH_SINGLE
                              ? ((const float *)block.data)[at]
                              : ((const double *)block.data)[at];
    return sample * sample;
}

static void
passage_see(void *user, bh_block block)
{
    struct passage *passage = user;
    for (size_t t = 0; t < block.frames; t++)
        for (size_t ch = 0; ch < block.channels; ch++)
            passage->squares += square(block, t * block.stride + ch);
}

static void
passage_rewind(void *user)
{
    struct passage *passage = user;
    passage->frames = passage->squares = 0;
}

bh_status
passage_tap(struct passage *passage, bh_source *input, bh_source **out, bh_diag *diag)
{
    passage->samplerate_hz = bh_source_samplerate(input);
    return tap_new(&(struct tap_config){.input = input,
                                        .begin = passage_begin,
                                        .see = passage_see,
                                        .rewind = passage_rewind,
                                        .user = passage},
                   out, diag);
}
