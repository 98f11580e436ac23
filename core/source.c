/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/source.h"

#include <math.h>
#include <stdlib.h>

struct bh_source {
    bh_source_config config;
};

bh_status
bh_source_new(const bh_source_config *config, bh_source **out, bh_diag *diag)
{
    if (!(config->samplerate_hz > 0) || !isfinite(config->samplerate_hz))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the sample rate is %g Hz; it must be above 0",
                           config->samplerate_hz);
    if (config->channels == 0 || config->tiles == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "a source needs at least 1 channel");
    bh_source *source = malloc(sizeof *source);
    if (!source)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a source");
    source->config = *config;
    *out = source;
    return BH_OK;
}

void
bh_source_free(bh_source *source)
{
    if (!source)
        return;
    if (source->config.free)
        source->config.free(source->config.self);
    free(source);
}

double
bh_source_samplerate(const bh_source *source)
{
    return source->config.samplerate_hz;
}

size_t
bh_source_channels(const bh_source *source)
{
    return source->config.channels;
}

uint64_t
bh_source_length(const bh_source *source)
{
    return source->config.length;
}

size_t
bh_source_tiles(const bh_source *source)
{
    return source->config.tiles;
}

size_t
bh_source_window(const bh_source *source)
{
    const size_t window = source->config.window;
    return window == 0 || window > BH_WINDOW_MAX ? BH_WINDOW_MAX : window;
}

bh_status
bh_source_begin(bh_source *source, size_t frames, size_t *got, bh_diag *diag)
{
    if (frames > BH_WINDOW_MAX)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a window of %zu frames is longer than %d", frames,
                           BH_WINDOW_MAX);
    return source->config.begin(source->config.self, frames, got, diag);
}

void
bh_source_tile(bh_source *source, size_t tile, bh_block out)
{
    source->config.tile(source->config.self, tile, out);
}

bool
bh_source_keep(bh_source *source, struct bh_device *device, bh_block *window)
{
    const bh_source_config *config = &source->config;
    return config->keep && config->keep(config->self, device, window);
}

bool
bh_source_lend(bh_source *source, struct bh_device *device, bh_source_part *part)
{
    const bh_source_config *config = &source->config;
    return config->lend && config->lend(config->self, device, part);
}

bh_status
bh_source_read(bh_source *source, bh_block out, size_t *got, bh_diag *diag)
{
    if (out.channels != source->config.channels)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the block has %zu channels, the source %zu", out.channels,
                           source->config.channels);
    size_t done = 0;
    while (done < out.frames) {
        size_t left = out.frames - done, window = 0;
        size_t ask = left < BH_WINDOW_MAX ? left : BH_WINDOW_MAX;
        BH_TRY(bh_source_begin(source, ask, &window, diag));
        for (size_t i = 0; window > 0 && i < source->config.tiles; i++)
            bh_source_tile(source, i, bh_block_frames(out, done, window));
        done += window;
        if (window < ask)
            break;
    }
    *got = done;
    return BH_OK;
}

bh_status
bh_source_rewind(bh_source *source, bh_diag *diag)
{
    if (!source->config.rewind)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "this source cannot go back to its beginning");
    return source->config.rewind(source->config.self, diag);
}
