/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/fir.h"

#include "core/source.h"
#include "filterbank/filterbank_ops.h"
#include "filterbank/fir_kernel.h"
#include "filterbank/fir_tail_kernel.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* From here on the tail is faster than the sum. */
enum { TAIL_FROM = 300 };

/* The sound heard: the window, at frame `at`, and what came before it. The past is
 * moved to the front only when the room is used up, so that short windows cost no more.
 * While the input has one channel it is kept once; when it has more, for each row of
 * channels. Going from one to many copies the past; there is no way back but a reset.
 */
struct fir {
    const struct fir_kernels *kernels;
    bh_precision precision;
    size_t channels, rows, length;
    size_t at, frames, room;
    size_t clock; /* frames heard before the window */
    bool wide;
    struct fir_tail *tail; /* or NULL */
    double *taps;          /* [rows][length][BH_LANES] */
    double *sound;         /* [room] */
    double *many;          /* [rows][room][BH_LANES]; touched only when needed */
};

static double
sample(bh_block in, size_t frame, size_t channel)
{
    size_t i = frame * in.stride + (in.channels == 1 ? 0 : channel);
    return in.precision == BH_SINGLE ? ((const float *)in.data)[i]
                                     : ((const double *)in.data)[i];
}

static double *
frame_of_row(const struct fir *bank, size_t row, size_t frame)
{
    return bank->many + (row * bank->room + frame) * BH_LANES;
}

/* Makes room for the next window behind the past. */
static void
move_on(struct fir *bank, size_t frames)
{
    size_t past = bank->length - 1;
    bank->at += bank->frames;
    bank->clock += bank->frames;
    bank->frames = frames;
    if (bank->at + frames <= bank->room)
        return;
    if (!bank->wide)
        memmove(bank->sound, bank->sound + bank->at - past, past * sizeof(double));
    for (size_t row = 0; bank->wide && row < bank->rows; row++)
        memmove(frame_of_row(bank, row, 0), frame_of_row(bank, row, bank->at - past),
                past * BH_LANES * sizeof(double));
    bank->at = past;
}

static void
widen(struct fir *bank)
{
    for (size_t row = 0; row < bank->rows; row++)
        for (size_t t = bank->at + 1 - bank->length; t < bank->at; t++)
            for (size_t lane = 0; lane < BH_LANES; lane++)
                frame_of_row(bank, row, t)[lane] = bank->sound[t];
    bank->wide = true;
}

/* Lets the tail hear the parts of the sound that end in the window. */
static void
hear_parts(struct fir *bank)
{
    size_t done = bank->clock % FIR_PART;
    for (size_t t = FIR_PART - done; t <= bank->frames; t += FIR_PART)
        bh_fir_tail_hear(bank->tail, bank->sound + bank->at + t);
}

static void
fir_begin(void *self, bh_block in)
{
    struct fir *bank = self;
    move_on(bank, in.frames);
    if (in.channels != 1 && !bank->wide)
        widen(bank);
    for (size_t t = 0; t < in.frames; t++)
        if (bank->wide)
            for (size_t ch = 0; ch < bank->channels; ch++)
                frame_of_row(bank, ch / BH_LANES, bank->at + t)[ch % BH_LANES] =
                    sample(in, t, ch);
        else
            bank->sound[bank->at + t] = sample(in, t, 0);
    if (bank->tail && !bank->wide)
        hear_parts(bank);
}

static void
run_row(const struct fir *bank, const struct fir_row *row, bh_block out)
{
    if (bank->precision == BH_SINGLE)
        bank->kernels->run_float(row, out);
    else
        bank->kernels->run_double(row, out);
}

/* The first part of the response by sums, and the tail, whose next part is computed
 * where the last one ends. */
static void
run_parts(const struct fir *bank, struct fir_row *row, size_t i, size_t frame,
          bh_block out)
{
    const double *sound = row->sound;
    row->length = FIR_PART;
    for (size_t t = 0; t < out.frames;) {
        size_t now = bank->clock + frame + t, done = now % FIR_PART;
        size_t left = out.frames - t, count = FIR_PART - done;
        if (done == 0)
            bank->tail->kernels->run(bank->tail, i, now / FIR_PART);
        count = count < left ? count : left;
        row->sound = sound + t;
        row->more = bank->tail->said[i][done];
        run_row(bank, row, bh_block_frames(out, t, count));
        t += count;
    }
}

static void
fir_tile(void *self, size_t channel, size_t frame, bh_block in, bh_block out)
{
    struct fir *bank = self;
    (void)in;
    for (size_t ch = 0; ch < out.channels; ch += BH_LANES) {
        size_t i = (channel + ch) / BH_LANES, at = bank->at + frame;
        struct fir_row row = {
            .taps = bank->taps + i * bank->length * BH_LANES,
            .length = bank->length,
            .sound = bank->wide ? frame_of_row(bank, i, at) : bank->sound + at,
            .wide = bank->wide,
        };
        bh_block said = bh_block_channels(out, ch, BH_LANES);
        if (bank->tail && !bank->wide)
            run_parts(bank, &row, i, frame, said);
        else
            run_row(bank, &row, said);
    }
}

static void
fir_reset(void *self)
{
    struct fir *bank = self;
    bank->at = bank->length - 1;
    bank->frames = bank->clock = 0;
    bank->wide = false;
    if (bank->tail)
        bh_fir_tail_reset(bank->tail);
    memset(bank->sound, 0, (bank->length - 1) * sizeof(double));
}

static void
fir_free(void *self)
{
    struct fir *bank = self;
    bh_fir_tail_free(bank->tail);
    free(bank->many);
    free(bank->sound);
    free(bank->taps);
    free(bank);
}

static const struct bh_filterbank_ops fir_ops = {
    .begin = fir_begin,
    .tile = fir_tile,
    .reset = fir_reset,
    .free = fir_free,
};

static bh_status
check_params(double samplerate_hz, size_t channels, const bh_fir_params *params,
             bh_diag *diag)
{
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, NULL, channels, diag));
    if (params->length == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the impulse responses have length 0; they need at least 1 "
                           "sample");
    if (params->length > SIZE_MAX / 2048 / channels)
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "no memory for %zu channels of %zu samples", channels,
                           params->length);
    for (size_t i = 0; i < params->length * (params->same ? 1 : channels); i++)
        if (!isfinite(params->taps[i]))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "channel %zu: sample %zu of the impulse response is %g; "
                               "all must be finite",
                               i / params->length, i % params->length, params->taps[i]);
    return BH_OK;
}

static void
set_taps(struct fir *bank, const bh_fir_params *params)
{
    for (size_t ch = 0; ch < bank->channels; ch++) {
        const double *from = params->taps + (params->same ? 0 : ch * params->length);
        double *to = bank->taps + ch / BH_LANES * bank->length * BH_LANES +
                     ch % BH_LANES;
        for (size_t k = 0; k < bank->length; k++)
            to[k * BH_LANES] = from[k];
    }
}

static struct fir *
new_fir(size_t channels, size_t length, bh_precision precision)
{
    struct fir *bank = calloc(1, sizeof *bank);
    if (!bank)
        return NULL;
    *bank = (struct fir){
        .kernels = BH_ISA_PICK(bh_fir_kernels),
        .precision = precision,
        .channels = channels,
        .rows = bh_lanes_round(channels) / BH_LANES,
        .length = length,
        .at = length - 1,
        .room = 2 * length + BH_WINDOW_MAX,
    };
    size_t row = BH_LANES * sizeof(double);
    bank->taps = calloc(bank->rows * length, row);
    bank->sound = calloc(bank->room, sizeof(double));
    bank->many = calloc(bank->rows * bank->room, row);
    if (bank->taps && bank->sound && bank->many)
        return bank;
    fir_free(bank);
    return NULL;
}

bh_status
bh_fir_new(double samplerate_hz, size_t channels, const bh_fir_params *params,
           bh_precision precision, bh_filterbank **out, bh_diag *diag)
{
    BH_TRY(check_params(samplerate_hz, channels, params, diag));
    struct fir *bank = new_fir(channels, params->length, precision);
    if (!bank)
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "no memory for %zu channels of %zu samples", channels,
                           params->length);
    set_taps(bank, params);
    if (params->length >= TAIL_FROM) {
        bank->tail = bh_fir_tail_new(bank->rows, params->length, bank->taps);
        if (!bank->tail) {
            fir_free(bank);
            return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels",
                               channels);
        }
    }
    struct bh_filterbank_config config = {
        .ops = &fir_ops,
        .self = bank,
        .samplerate_hz = samplerate_hz,
        .channels = channels,
        .tile_channels = BH_TILE_MAX,
        .cf_hz = params->cf_hz,
        .precision = precision,
    };
    bh_status status = bh_filterbank_new(&config, out, diag);
    if (status != BH_OK)
        fir_free(bank);
    return status;
}
