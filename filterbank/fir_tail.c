/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/source.h"
#include "filterbank/fir_tail_kernel.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Sample k of the late response of a channel. */
static double
tap(const struct fir_response *response, size_t channel, size_t k)
{
    if (k < response->delay || k - response->delay >= response->length)
        return 0;
    return response->taps[channel * response->step + k - response->delay];
}

static double *
level_taps(const struct fir_level *level, size_t channel, size_t part)
{
    return level->taps + 2 * level->bins * (channel * level->parts + part);
}

static double
weigh(const struct fir_response *response, size_t channel)
{
    double sum = 0;
    for (size_t k = 0; k < response->length; k++)
        sum += fabs(response->taps[channel * response->step + k]);
    return sum;
}

/* The spectra of the parts of one response. Parts at its end that weigh less than
 * rounding takes away from the rest are left out. */
static void
set_taps(struct fir_tail *tail, struct fir_level *level,
         const struct fir_response *response, size_t channel)
{
    const double least = 1e-18 * weigh(response, channel);
    for (size_t q = 0; q < level->parts; q++) {
        double sum = 0;
        memset(tail->heard, 0, 2 * level->part * sizeof *tail->heard);
        for (size_t k = 0; k < level->part; k++) {
            const double h =
                tap(response, channel, (level->first + q) * level->part + k);
            tail->heard[k] = h / (double)(2 * level->part);
            sum += fabs(h);
        }
        if (sum > least)
            level->counts[channel] = q + 1;
        bh_fourier_forward(level->fourier, tail->heard,
                           (double(*)[2])level_taps(level, channel, q));
    }
}

/* Takes the memory of a level whose part, first and parts are set. */
static bh_status
new_level(struct fir_tail *tail, struct fir_level *level, bh_fourier_plan plan,
          bh_diag *diag)
{
    const size_t part = level->part, step = FIR_BINS_STEP;
    level->bins = (part + 1 + step - 1) / step * step;
    level->ring = level->first + level->parts + BH_WINDOW_MAX / part + 2;
    BH_TRY(bh_fourier_new(2 * part, plan, &level->fourier, diag));
    level->counts = calloc(tail->channels, sizeof *level->counts);
    level->taps = bh_fourier_memory(2 * level->bins * level->parts * tail->channels);
    level->spectra = bh_fourier_memory(2 * level->bins * level->ring);
    level->said = bh_fourier_memory(part * BH_LANES * tail->rows);
    if (level->counts && level->taps && level->spectra && level->said)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels",
                       tail->channels);
}

/* The parts that cover the samples from `from` to `end`. */
static void
set_parts(struct fir_level *level, size_t part, size_t from, size_t end)
{
    level->part = part;
    level->first = from / part;
    level->parts = (end + part - 1) / part - level->first;
}

/* A delay takes as large parts as it lasts, but none much larger than the response.
 * A larger size is worth another transform where it saves as many parts as it is
 * larger. */
static void
lay_out(struct fir_tail *tail, const struct fir_response *response)
{
    const size_t end = response->delay + response->length;
    size_t part = FIR_PART;
    while (2 * part <= response->delay && part < 4 * response->length &&
           2 * part <= FIR_PART_MOST)
        part *= 2;
    size_t from = fir_tail_is_all(response) ? response->delay / part * part : part;
    while (from < end) {
        const size_t next = part * FIR_GROWTH;
        const bool grows = from < next && end > 2 * next && next <= FIR_PART_MOST &&
                           tail->level_count + 1 < FIR_LEVELS;
        struct fir_level *level = &tail->level[tail->level_count++];
        set_parts(level, part, from, grows ? next : end);
        from = grows ? next : end;
        part = next;
    }
}

static bh_status
new_desks(struct fir_tail *tail, bh_diag *diag)
{
    size_t bins = 0, part = 0, parts = 0;
    for (size_t i = 0; i < tail->level_count; i++) {
        const struct fir_level *level = &tail->level[i];
        bins = level->bins > bins ? level->bins : bins;
        part = level->part > part ? level->part : part;
        parts = level->parts > parts ? level->parts : parts;
    }
    tail->desk = calloc(tail->tiles, sizeof *tail->desk);
    bool enough = tail->desk != NULL;
    for (size_t i = 0; i < tail->tiles && enough; i++) {
        struct fir_desk *desk = &tail->desk[i];
        desk->sum = bh_fourier_memory(2 * bins);
        desk->waves = bh_fourier_memory(2 * part * BH_LANES);
        desk->x = calloc(parts + 1, sizeof *desk->x);
        enough = desk->sum && desk->waves && desk->x;
    }
    tail->heard = bh_fourier_memory(2 * part);
    tail->more = bh_fourier_memory(tail->rows * FIR_PART * BH_LANES);
    if (enough && tail->heard && tail->more)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels",
                       tail->channels);
}

bh_status
bh_fir_tail_new(size_t channels, const struct fir_response *response,
                struct fir_tail **out, bh_diag *diag)
{
    struct fir_tail *tail = calloc(1, sizeof *tail);
    if (!tail)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    tail->kernels = BH_ISA_PICK(bh_fir_tail_kernels);
    tail->channels = channels;
    tail->rows = bh_lanes_round(channels) / BH_LANES;
    tail->tiles = (channels + BH_TILE_MAX - 1) / BH_TILE_MAX;
    lay_out(tail, response);
    bh_status status = BH_OK;
    for (size_t i = 0; i < tail->level_count && status == BH_OK; i++)
        status = new_level(tail, &tail->level[i], response->plan, diag);
    if (status == BH_OK)
        status = new_desks(tail, diag);
    if (status != BH_OK) {
        bh_fir_tail_free(tail);
        return status;
    }
    for (size_t i = 0; i < tail->level_count; i++)
        for (size_t ch = 0; ch < channels; ch++)
            set_taps(tail, &tail->level[i], response, ch);
    *out = tail;
    return BH_OK;
}

void
bh_fir_tail_free(struct fir_tail *tail)
{
    if (!tail)
        return;
    for (size_t i = 0; i < tail->level_count; i++) {
        struct fir_level *level = &tail->level[i];
        bh_fourier_free(level->fourier);
        free(level->counts);
        free(level->taps);
        free(level->spectra);
        free(level->said);
    }
    for (size_t i = 0; i < tail->tiles && tail->desk; i++) {
        free(tail->desk[i].sum);
        free(tail->desk[i].waves);
        free(tail->desk[i].x);
    }
    free(tail->desk);
    free(tail->more);
    free(tail->heard);
    free(tail);
}

void
bh_fir_tail_reset(struct fir_tail *tail)
{
    for (size_t i = 0; i < tail->level_count; i++)
        tail->level[i].heard = 0;
}

size_t
bh_fir_tail_past(const struct fir_tail *tail)
{
    size_t most = 0;
    for (size_t i = 0; i < tail->level_count; i++)
        if (tail->level[i].part > most)
            most = tail->level[i].part;
    return 2 * most;
}

static double *
spectrum_of(const struct fir_level *level, size_t part)
{
    return level->spectra + 2 * level->bins * (part % level->ring);
}

void
bh_fir_tail_hear(struct fir_tail *tail, const double *sound, size_t clock,
                 size_t frames)
{
    for (size_t i = 0; i < tail->level_count; i++) {
        struct fir_level *level = &tail->level[i];
        const size_t span = 2 * level->part, done = clock % level->part;
        for (size_t t = level->part - done; t <= frames; t += level->part) {
            memcpy(tail->heard, sound + t - span, span * sizeof *tail->heard);
            bh_fourier_forward(level->fourier, tail->heard,
                               (double(*)[2])spectrum_of(level, level->heard++));
        }
    }
}

/* What one filter will say in part `now` of the sound, the second half of `wave`. */
static void
run_channel(const struct fir_tail *tail, const struct fir_level *level,
            const struct fir_desk *desk, size_t channel, size_t now, double *wave)
{
    size_t parts = level->counts[channel];
    /* Before the sound there was nothing. */
    if (parts + level->first > now + 1)
        parts = now + 1 > level->first ? now + 1 - level->first : 0;
    for (size_t q = 0; q < parts; q++)
        desk->x[q] = spectrum_of(level, now - level->first - q);
    if (parts == 0) {
        memset(wave, 0, 2 * level->part * sizeof *wave);
        return;
    }
    const struct fir_product product = {
        .bins = level->bins,
        .parts = parts,
        .h = level_taps(level, channel, 0),
        .x = desk->x,
        .sum = desk->sum,
    };
    tail->kernels->multiply(&product);
    bh_fourier_back(level->fourier, (double(*)[2])desk->sum, wave);
}

static void
run_row(struct fir_tail *tail, const struct fir_level *level, size_t row, size_t now)
{
    const struct fir_desk *desk = &tail->desk[row * BH_LANES / BH_TILE_MAX];
    const size_t first = row * BH_LANES, left = tail->channels - first;
    const size_t span = 2 * level->part;
    for (size_t lane = 0; lane < BH_LANES && lane < left; lane++)
        run_channel(tail, level, desk, first + lane, now, desk->waves + lane * span);
    tail->kernels->turn(desk->waves + level->part, span, level->part,
                        level->said + row * level->part * BH_LANES);
}

const double *
bh_fir_tail_say(struct fir_tail *tail, size_t row, size_t clock)
{
    const size_t done = clock % FIR_PART;
    double *more = tail->more + row * FIR_PART * BH_LANES;
    for (size_t i = 0; i < tail->level_count && done == 0; i++) {
        const struct fir_level *level = &tail->level[i];
        const size_t at = clock % level->part;
        if (at == 0)
            run_row(tail, level, row, clock / level->part);
        const double *said = level->said + (row * level->part + at) * BH_LANES;
        if (i == 0)
            memcpy(more, said, FIR_PART * BH_LANES * sizeof *more);
        else
            tail->kernels->add(said, FIR_PART * BH_LANES, more);
    }
    return more + done * BH_LANES;
}
