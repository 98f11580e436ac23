/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/fir.h"

#include "core/block_internal.h"
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
    size_t channels, rows;
    size_t length; /* of the responses, with the delay before them */
    size_t past;   /* samples kept before a window */
    size_t at, frames, room;
    size_t clock; /* frames heard before the window */
    bool wide;
    struct fir_tail *tail; /* or NULL */
    size_t head;           /* taps that are summed where there is a tail */
    double *taps;          /* [rows][length][BH_LANES] */
    double *sound;         /* [room] */
    double *many;          /* [rows][room][BH_LANES]; touched only when needed */
};

static double
sample(bh_block in, size_t frame, size_t channel)
{
    return bh_block_get(in, frame, in.channels == 1 ? 0 : channel);
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
    const size_t past = bank->past;
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
        for (size_t t = bank->at - bank->past; t < bank->at; t++)
            for (size_t lane = 0; lane < BH_LANES; lane++)
                frame_of_row(bank, row, t)[lane] = bank->sound[t];
    bank->wide = true;
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
        bh_fir_tail_hear(bank->tail, bank->sound + bank->at, bank->clock, in.frames);
}

static void
run_row(const struct fir *bank, const struct fir_row *row, bh_block out)
{
    if (bank->precision == BH_SINGLE)
        bank->kernels->run_float(row, out);
    else
        bank->kernels->run_double(row, out);
}

/* The first part of the response by sums, unless the delay fills it, and the tail. */
static void
run_parts(const struct fir *bank, struct fir_row *row, size_t i, size_t frame,
          bh_block out)
{
    const double *sound = row->sound;
    row->length = bank->head;
    for (size_t t = 0; t < out.frames;) {
        const size_t now = bank->clock + frame + t;
        size_t left = out.frames - t, count = FIR_PART - now % FIR_PART;
        count = count < left ? count : left;
        row->sound = sound + t;
        row->more = bh_fir_tail_say(bank->tail, i, now);
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
    bank->at = bank->past;
    bank->frames = bank->clock = 0;
    bank->wide = false;
    if (bank->tail)
        bh_fir_tail_reset(bank->tail);
    memset(bank->sound, 0, bank->past * sizeof(double));
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

static void
fir_form(const void *self, struct bh_bank_form *out)
{
    const struct fir *bank = self;
    *out = (struct bh_bank_form){.fields = bank->length, .row_precision = BH_DOUBLE};
}

static double
fir_number(const void *self, size_t channel, size_t field)
{
    const struct fir *bank = self;
    const size_t frame = channel / BH_LANES * bank->length + field;
    return bank->taps[frame * BH_LANES + channel % BH_LANES];
}

static const struct bh_filterbank_ops fir_ops = {
    .begin = fir_begin,
    .tile = fir_tile,
    .reset = fir_reset,
    .free = fir_free,
    .form = fir_form,
    .number = fir_number,
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
    if (params->length > SIZE_MAX / 8192 / channels ||
        params->delay > SIZE_MAX / 8192 / channels)
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
        for (size_t k = 0; k < params->length; k++)
            to[(params->delay + k) * BH_LANES] = from[k];
    }
}

static bh_status
set_tail(struct fir *bank, const bh_fir_params *params, bh_diag *diag)
{
    const struct fir_response response = {
        .taps = params->taps,
        .length = params->length,
        .step = params->same ? 0 : params->length,
        .delay = params->delay,
        .plan = params->measured ? BH_FOURIER_MEASURED : BH_FOURIER_ESTIMATED,
    };
    bank->past = bank->length - 1;
    if (bank->length < TAIL_FROM)
        return BH_OK;
    BH_TRY(bh_fir_tail_new(bank->channels, &response, &bank->tail, diag));
    bank->head = fir_tail_is_all(&response) ? 0 : FIR_PART;
    if (bh_fir_tail_past(bank->tail) > bank->past)
        bank->past = bh_fir_tail_past(bank->tail);
    return BH_OK;
}

/* Takes the memory that samples need. */
static bh_status
set_room(struct fir *bank, bh_diag *diag)
{
    const size_t row = BH_LANES * sizeof(double);
    bank->at = bank->past;
    bank->room = 2 * bank->past + 1 + BH_WINDOW_MAX;
    bank->taps = calloc(bank->rows * bank->length, row);
    bank->sound = calloc(bank->room, sizeof(double));
    bank->many = calloc(bank->rows * bank->room, row);
    if (bank->taps && bank->sound && bank->many)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels of %zu samples",
                       bank->channels, bank->length);
}

bh_status
bh_fir_new(double samplerate_hz, size_t channels, const bh_fir_params *params,
           bh_precision precision, bh_filterbank **out, bh_diag *diag)
{
    BH_TRY(check_params(samplerate_hz, channels, params, diag));
    struct fir *bank = calloc(1, sizeof *bank);
    if (!bank)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    bank->kernels = BH_ISA_PICK(bh_fir_kernels);
    bank->precision = precision;
    bank->channels = channels;
    bank->rows = bh_lanes_round(channels) / BH_LANES;
    bank->length = params->delay + params->length;
    const struct bh_filterbank_config config = {
        .ops = &fir_ops,
        .self = bank,
        .samplerate_hz = samplerate_hz,
        .channels = channels,
        .tile_channels = BH_TILE_MAX,
        .cf_hz = params->cf_hz,
        .precision = precision,
    };
    bh_status status = set_tail(bank, params, diag);
    if (status == BH_OK)
        status = set_room(bank, diag);
    if (status == BH_OK) {
        set_taps(bank, params);
        status = bh_filterbank_new(&config, out, diag);
    }
    if (status != BH_OK)
        fir_free(bank);
    return status;
}
