/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Silence and clicks: a level that is there for a part of every interval. */
#include "sounds/generate_internal.h"
#include "sounds/stream.h"
#include "sounds/stream_internal.h"

#include <math.h>
#include <stdlib.h>

struct clicks {
    uint64_t interval, width; /* in frames */
    double peak_pa;
    size_t channels;
};

static bh_status
clicks_fill(void *self, uint64_t first, size_t frames, double *out, size_t *got,
            bh_diag *diag)
{
    (void)got;
    (void)diag;
    const struct clicks *clicks = self;
    for (size_t t = 0; t < frames; t++) {
        const bool on = (first + t) % clicks->interval < clicks->width;
        for (size_t ch = 0; ch < clicks->channels; ch++)
            *out++ = on ? clicks->peak_pa : 0;
    }
    return BH_OK;
}

/* `length` frames, of which the first `width` of each `interval` are not silent. */
static bh_status
clicks_new(const bh_sound_shape *shape, uint64_t length, const struct clicks *clicks,
           bh_source **out, bh_diag *diag)
{
    struct clicks *self = malloc(sizeof *self);
    if (!self)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a source");
    *self = *clicks;
    self->channels = shape->channels;
    const struct bh_stream_config config = {.samplerate_hz = shape->samplerate_hz,
                                            .channels = shape->channels,
                                            .length = length,
                                            .self = self,
                                            .fill = clicks_fill,
                                            .free = free};
    return bh_stream_new(&config, out, diag);
}

bh_status
bh_silence_source(const bh_sound_shape *shape, bh_source **out, bh_diag *diag)
{
    const struct clicks none = {.interval = UINT64_MAX};
    uint64_t length = 0;
    BH_TRY(bh_shape_length(shape, true, &length, diag));
    return clicks_new(shape, length, &none, out, diag);
}

bh_status
bh_sound_silence(const bh_sound_shape *shape, bh_sound **out, bh_diag *diag)
{
    uint64_t length = 0;
    BH_TRY(bh_shape_length(shape, false, &length, diag));
    return bh_sound_new((size_t)length, shape->channels, shape->samplerate_hz, out,
                        diag);
}

bh_status
bh_click_source(const bh_sound_shape *shape, double peak_pa, bh_source **out,
                bh_diag *diag)
{
    const struct clicks one = {
        .interval = UINT64_MAX, .width = UINT64_MAX, .peak_pa = peak_pa};
    uint64_t length = 0;
    BH_TRY(bh_finite_check("peak of a click", peak_pa, diag));
    BH_TRY(bh_shape_length(shape, true, &length, diag));
    return clicks_new(shape, length, &one, out, diag);
}

bh_status
bh_sound_click(const bh_sound_shape *shape, double peak_pa, bh_sound **out,
               bh_diag *diag)
{
    bh_source *source = NULL;
    const bh_status made = bh_click_source(shape, peak_pa, &source, diag);
    return bh_sound_collect(made, source, out, diag);
}

bh_status
bh_clicks_source(const bh_sound_shape *shape, const bh_clicks *clicks, bh_source **out,
                 bh_diag *diag)
{
    const double rate = shape->samplerate_hz;
    double width = 0, interval = 0;
    uint64_t length = 0;
    BH_TRY(bh_finite_check("peak of a click", clicks->peak_pa, diag));
    if (clicks->count == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a train of 0 clicks is no sound; it needs at least 1");
    if (!bh_frames_from(shape->duration_s, rate, &width) ||
        !bh_frames_from(clicks->interval_s, rate, &interval) || !(width >= 1) ||
        width > interval)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "clicks of %g s every %g s cannot be at %g Hz; a click "
                           "needs a frame and may not be longer than the interval",
                           shape->duration_s, clicks->interval_s, rate);
    BH_TRY(bh_shape_length(shape, false, &length, diag));
    if (interval * (double)clicks->count >= 0x1p52)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "%zu clicks are too many",
                           clicks->count);
    const struct clicks train = {.interval = (uint64_t)interval,
                                 .width = (uint64_t)width,
                                 .peak_pa = clicks->peak_pa};
    return clicks_new(shape, train.interval * clicks->count, &train, out, diag);
}

bh_status
bh_sound_clicks(const bh_sound_shape *shape, const bh_clicks *clicks, bh_sound **out,
                bh_diag *diag)
{
    bh_source *source = NULL;
    const bh_status made = bh_clicks_source(shape, clicks, &source, diag);
    return bh_sound_collect(made, source, out, diag);
}
