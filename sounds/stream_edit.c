/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/stream_edit.h"

#include "sounds/generate_internal.h"
#include "sounds/level_internal.h"
#include "sounds/stream_internal.h"

#include <math.h>
#include <stdlib.h>

/* Sees the samples of a window. */
typedef void see_window(void *self, const double *samples, size_t frames,
                        size_t channels);

/* Reads a source to its end and rewinds it. */
static bh_status
watch(bh_source *input, see_window *see, void *self, bh_diag *diag)
{
    const size_t channels = bh_source_channels(input);
    double *samples = calloc(channels, BH_WINDOW_MAX * sizeof *samples);
    if (!samples)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    const bh_block block = {samples, BH_WINDOW_MAX, channels, channels, BH_DOUBLE};
    bh_status status = BH_OK;
    for (size_t got = BH_WINDOW_MAX; status == BH_OK && got == BH_WINDOW_MAX;) {
        status = bh_source_read(input, block, &got, diag);
        if (status == BH_OK)
            see(self, samples, got, channels);
    }
    free(samples);
    return status == BH_OK ? bh_source_rewind(input, diag) : status;
}

static bh_status
check_end(const bh_source *input, bh_diag *diag)
{
    if (bh_source_length(input) != BH_LENGTH_UNKNOWN)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "a sound whose end is not known has no level");
}

struct rms_row {
    size_t count;
    struct bh_rms rms[];
};

static void
see_rms(void *self, const double *samples, size_t frames, size_t channels)
{
    struct rms_row *row = self;
    for (size_t i = 0; i < frames * channels; i++)
        bh_rms_add(&row->rms[row->count == 1 ? 0 : i % channels], samples[i]);
}

/* What there is, into `levels`. */
static bh_status
measure(bh_source *input, struct bh_levels *levels, bh_diag *diag)
{
    struct rms_row *row = calloc(1, sizeof *row + levels->count * sizeof row->rms[0]);
    if (!row)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu levels",
                           levels->count);
    row->count = levels->count;
    bh_status status = watch(input, see_rms, row, diag);
    for (size_t i = 0; i < levels->count && status == BH_OK; i++) {
        levels->level[i].have = bh_rms_value(&row->rms[i]);
        if (!isfinite(levels->level[i].have))
            status = bh_diag_set(diag, BH_ERR_DATA,
                                 "a sample of channel %zu is not a finite number, so "
                                 "the sound has no level",
                                 i);
    }
    free(row);
    return status == BH_OK ? bh_levels_check(levels, diag) : status;
}

static void
apply_levels(const void *self, uint64_t first, size_t frames, size_t channels,
             double *samples)
{
    (void)first;
    bh_levels_apply(self, frames, channels, samples);
}

bh_status
bh_level_source(bh_source *input, const double *levels_db_spl, size_t count,
                bh_source **out, bh_diag *diag)
{
    struct bh_levels *levels = NULL;
    if (count != 1 && count != bh_source_channels(input))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "there are %zu levels for %zu channels; give one, or one "
                           "for each channel",
                           count, bh_source_channels(input));
    BH_TRY(check_end(input, diag));
    BH_TRY(bh_levels_new(levels_db_spl, count, &levels, diag));
    const bh_status status = measure(input, levels, diag);
    if (status != BH_OK) {
        free(levels);
        return status;
    }
    const struct bh_change change = {input, apply_levels, levels, free};
    return bh_change_new(&change, out, diag);
}

static void
see_peak(void *self, const double *samples, size_t frames, size_t channels)
{
    double *peak = self;
    for (size_t i = 0; i < frames * channels; i++)
        *peak = fmax(*peak, fabs(samples[i]));
}

bh_status
bh_source_peak(bh_source *input, double *peak_pa, bh_diag *diag)
{
    double peak = 0;
    BH_TRY(check_end(input, diag));
    BH_TRY(watch(input, see_peak, &peak, diag));
    *peak_pa = peak;
    return BH_OK;
}

struct sequence {
    size_t count, channels, at; /* which source, or the gap behind it */
    bool in_gap;
    uint64_t gap, gap_left;
    double *mono; /* a window of a source of one channel */
    bh_source *source[];
};

static void
sequence_free(void *self)
{
    struct sequence *sequence = self;
    free(sequence->mono);
    free(sequence);
}

static bh_status
sequence_rewind(void *self, bh_diag *diag)
{
    struct sequence *sequence = self;
    for (size_t i = 0; i < sequence->count; i++)
        BH_TRY(bh_source_rewind(sequence->source[i], diag));
    sequence->at = 0;
    sequence->in_gap = false;
    return BH_OK;
}

/* Reads from the source that is being played. */
static bh_status
sequence_read(struct sequence *sequence, size_t frames, double *out, size_t *got,
              bh_diag *diag)
{
    bh_source *source = sequence->source[sequence->at];
    const size_t own = bh_source_channels(source), channels = sequence->channels;
    if (own == channels) {
        const bh_block block = {out, frames, channels, channels, BH_DOUBLE};
        BH_TRY(bh_source_read(source, block, got, diag));
    } else {
        const bh_block block = {sequence->mono, frames, 1, 1, BH_DOUBLE};
        BH_TRY(bh_source_read(source, block, got, diag));
        for (size_t t = 0; t < *got; t++)
            out[t * channels] = sequence->mono[t];
        bh_frames_spread(out, *got, channels);
    }
    if (*got < frames) {
        sequence->in_gap = true;
        sequence->gap_left = sequence->at + 1 < sequence->count ? sequence->gap : 0;
    }
    return BH_OK;
}

static bh_status
sequence_fill(void *self, uint64_t first, size_t frames, double *out, size_t *got,
              bh_diag *diag)
{
    (void)first;
    struct sequence *sequence = self;
    size_t done = 0;
    while (done < frames && sequence->at < sequence->count) {
        double *to = out + done * sequence->channels;
        size_t part = frames - done;
        if (!sequence->in_gap) {
            BH_TRY(sequence_read(sequence, part, to, &part, diag));
        } else {
            part = part < sequence->gap_left ? part : (size_t)sequence->gap_left;
            for (size_t i = 0; i < part * sequence->channels; i++)
                to[i] = 0;
            sequence->gap_left -= part;
            if (sequence->gap_left == 0) {
                sequence->in_gap = false;
                sequence->at++;
            }
        }
        done += part;
    }
    *got = done;
    return BH_OK;
}

/* The number of channels of sources that follow each other. */
static bh_status
sequence_fit(bh_source *const *sources, size_t count, size_t *channels, bh_diag *diag)
{
    if (count == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "a sequence of 0 sounds is no sound");
    const double rate = bh_source_samplerate(sources[0]);
    *channels = 1;
    for (size_t i = 0; i < count; i++)
        BH_TRY(bh_sounds_fit(rate, bh_source_samplerate(sources[i]),
                             bh_source_channels(sources[i]), channels, diag));
    return BH_OK;
}

bh_status
bh_sequence_source(bh_source *const *sources, size_t count, double gap_s,
                   bh_source **out, bh_diag *diag)
{
    size_t channels = 1;
    double gap = 0;
    BH_TRY(sequence_fit(sources, count, &channels, diag));
    if (!(gap_s >= 0) || !bh_frames_from(gap_s, bh_source_samplerate(sources[0]), &gap))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the gap between sounds is %g s; it must be 0 s or more",
                           gap_s);
    struct bh_stream_config config = {.samplerate_hz = bh_source_samplerate(sources[0]),
                                      .channels = channels,
                                      .length = (uint64_t)gap * (count - 1),
                                      .fill = sequence_fill,
                                      .rewind = sequence_rewind,
                                      .free = sequence_free};
    struct sequence *self = calloc(1, sizeof *self + count * sizeof self->source[0]);
    double *mono = malloc(BH_WINDOW_MAX * sizeof *mono);
    if (!self || !mono) {
        free(mono);
        free(self);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu sources", count);
    }
    *self = (struct sequence){
        .count = count, .channels = channels, .gap = (uint64_t)gap, .mono = mono};
    for (size_t i = 0; i < count; i++) {
        const uint64_t length = bh_source_length(sources[i]);
        self->source[i] = sources[i];
        config.length = length == BH_LENGTH_UNKNOWN ||
                                config.length == BH_LENGTH_UNKNOWN
                            ? BH_LENGTH_UNKNOWN
                            : config.length + length;
    }
    config.self = self;
    return bh_stream_new(&config, out, diag);
}
