/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/linear.h"

#include "filterbank/filterbank_ops.h"
#include "filterbank/lane_device_kernel.h"
#include "filterbank/linear_kernel.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct linear {
    const struct linear_kernels *kernels;
    struct linear_shape shape;
    bh_precision precision;
    size_t channels, rows;
    size_t order;  /* asked for; the kernel's may be higher */
    double *row;   /* see linear_kernel.h */
    double *first; /* what `row` was; NULL where it does not change */
};

static size_t
row_size(const struct linear *bank)
{
    return bank->shape.stages * linear_stage_size(bank->shape.order);
}

static void
linear_tile(void *self, size_t channel, size_t frame, bh_block in, bh_block out)
{
    struct linear *bank = self;
    double *rows = bank->row + channel / BH_LANES * row_size(bank);
    (void)frame;
    if (bank->precision == BH_SINGLE)
        bank->kernels->run_float(bank->shape, rows, in, out);
    else
        bank->kernels->run_double(bank->shape, rows, in, out);
}

static void
linear_reset(void *self)
{
    struct linear *bank = self;
    size_t order = bank->shape.order, size = linear_stage_size(order);
    if (bank->first)
        memcpy(bank->row, bank->first, bank->rows * row_size(bank) * sizeof *bank->row);
    for (size_t i = 0; i < bank->rows * bank->shape.stages; i++)
        memset(bank->row + i * size + (2 * order + 1) * BH_LANES, 0,
               order * BH_LANES * sizeof(double));
}

static void
linear_free(void *self)
{
    struct linear *bank = self;
    free(bank->first);
    free(bank->row);
    free(bank);
}

static void
linear_form(const void *self, struct bh_bank_form *out)
{
    const struct linear *bank = self;
    const size_t fields = row_size(bank) / BH_LANES;
    *out = (struct bh_bank_form){
        .text = bh_lane_linear,
        .fields = fields <= BH_LANE_FIELDS_MOST && !bank->first ? fields : 0,
        .order = bank->shape.order,
        .stages = bank->shape.stages,
        .row_precision = BH_DOUBLE,
    };
}

static double
linear_number(const void *self, size_t channel, size_t field)
{
    const struct linear *bank = self;
    return bank->row[channel / BH_LANES * row_size(bank) + field * BH_LANES +
                     channel % BH_LANES];
}

static const struct bh_filterbank_ops linear_ops = {
    .tile = linear_tile,
    .reset = linear_reset,
    .free = linear_free,
    .form = linear_form,
    .number = linear_number,
};

/* Element [channel][tap][stage] of b and a. */
static size_t
tap_index(const bh_linear_params *params, size_t channel, size_t tap, size_t stage)
{
    return (channel * (params->order + 1) + tap) * params->stages + stage;
}

static bh_status
check_shape(size_t channels, const bh_linear_params *params, bh_diag *diag)
{
    if (params->order > BH_LINEAR_ORDER_MAX)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the stages of a linear filterbank have order %zu; at most "
                           "%d is possible, and stages of order 2 are most accurate",
                           params->order, BH_LINEAR_ORDER_MAX);
    if (params->stages == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the linear filterbank has 0 stages; it needs at least 1");
    if (params->stages > SIZE_MAX / 8192 / channels ||
        params->repeats > SIZE_MAX / 8192 / channels / params->stages)
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "no memory for %zu channels of %zu stages", channels,
                           params->stages);
    return BH_OK;
}

static bh_status
check_taps(size_t channels, const bh_linear_params *params, bh_diag *diag)
{
    for (size_t ch = 0; ch < channels; ch++)
        for (size_t stage = 0; stage < params->stages; stage++) {
            double a0 = params->a[tap_index(params, ch, 0, stage)];
            if (a0 == 0)
                return bh_diag_set(diag, BH_ERR_ARGUMENT,
                                   "channel %zu, stage %zu: a0 is 0; the output is "
                                   "divided by it",
                                   ch, stage);
            for (size_t tap = 0; tap <= params->order; tap++) {
                size_t i = tap_index(params, ch, tap, stage);
                if (!isfinite(params->b[i] / a0) || !isfinite(params->a[i] / a0))
                    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                                       "channel %zu, stage %zu: b%zu is %g and a%zu %g "
                                       "with a0 %g; all must be finite, and so must be "
                                       "what they are divided by a0",
                                       ch, stage, tap, params->b[i], tap, params->a[i],
                                       a0);
            }
        }
    return BH_OK;
}

/* The highest order that any stage uses. */
static size_t
used_order(size_t channels, const bh_linear_params *params)
{
    for (size_t tap = params->order; tap > 0; tap--)
        for (size_t ch = 0; ch < channels; ch++)
            for (size_t stage = 0; stage < params->stages; stage++) {
                size_t i = tap_index(params, ch, tap, stage);
                if (params->b[i] != 0 || params->a[i] != 0)
                    return tap;
            }
    return 0;
}

/* A stage of one channel; its numbers are BH_LANES apart. */
static double *
stage_at(const struct linear *bank, size_t ch, size_t stage)
{
    return bank->row + ch / BH_LANES * row_size(bank) +
           stage * linear_stage_size(bank->shape.order) + ch % BH_LANES;
}

static void
set_stage(struct linear *bank, const bh_linear_params *params, size_t ch, size_t stage)
{
    size_t order = bank->shape.order;
    double a0 = params->a[tap_index(params, ch, 0, stage % params->stages)];
    double *to = stage_at(bank, ch, stage);
    for (size_t tap = 0; tap <= order && tap <= params->order; tap++) {
        size_t i = tap_index(params, ch, tap, stage % params->stages);
        to[tap * BH_LANES] = params->b[i] / a0;
        if (tap > 0)
            to[(order + tap) * BH_LANES] = -params->a[i] / a0;
    }
}

static struct linear *
new_rows(size_t channels, const bh_linear_params *params, bh_precision precision)
{
    struct linear *bank = calloc(1, sizeof *bank);
    if (!bank)
        return NULL;
    bank->kernels = BH_ISA_PICK(bh_linear_kernels);
    bank->precision = precision;
    bank->rows = bh_lanes_round(channels) / BH_LANES;
    bank->channels = channels;
    bank->order = params->order;
    bank->shape.order =
        linear_order(params->changing ? params->order : used_order(channels, params));
    bank->shape.stages = params->stages * (params->repeats ? params->repeats : 1);
    size_t size = bank->rows * row_size(bank) * sizeof *bank->row;
    bank->row = aligned_alloc(64, size);
    bank->first = params->changing ? malloc(size) : NULL;
    if (!bank->row || (params->changing && !bank->first)) {
        linear_free(bank);
        return NULL;
    }
    memset(bank->row, 0, size);
    for (size_t ch = 0; ch < channels; ch++)
        for (size_t stage = 0; stage < bank->shape.stages; stage++)
            set_stage(bank, params, ch, stage);
    if (bank->first)
        memcpy(bank->first, bank->row, size);
    return bank;
}

bh_status
bh_linear_new(double samplerate_hz, size_t channels, const bh_linear_params *params,
              bh_precision precision, bh_filterbank **out, bh_diag *diag)
{
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, NULL, channels, diag));
    BH_TRY(check_shape(channels, params, diag));
    BH_TRY(check_taps(channels, params, diag));
    struct linear *bank = new_rows(channels, params, precision);
    if (!bank)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    struct bh_filterbank_config config = {
        .ops = &linear_ops,
        .self = bank,
        .samplerate_hz = samplerate_hz,
        .channels = channels,
        .tile_channels = BH_TILE_MAX,
        .cf_hz = params->cf_hz,
        .precision = precision,
    };
    bh_status status = bh_filterbank_new(&config, out, diag);
    if (status != BH_OK)
        linear_free(bank);
    return status;
}

static bh_status
check_place(const struct linear *bank, size_t channel, size_t stage, bh_diag *diag)
{
    if (!bank)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "the bank was not made by bh_linear_new, or a device runs it, so it has no "
            "stages to read or change");
    if (channel < bank->channels && stage < bank->shape.stages)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "there is no stage %zu of channel %zu; the bank has %zu stages "
                       "and %zu channels, counted from 0",
                       stage, channel, bank->shape.stages, bank->channels);
}

bh_status
bh_linear_get(const bh_filterbank *fb, size_t channel, size_t stage,
              bh_linear_stage *out, bh_diag *diag)
{
    const struct linear *bank = bh_filterbank_self(fb, &linear_ops);
    BH_TRY(check_place(bank, channel, stage, diag));
    const size_t order = bank->shape.order;
    const double *from = stage_at(bank, channel, stage);
    bh_linear_stage read = {.b = {from[0]}, .a = {1}};
    for (size_t k = 1; k <= order; k++) {
        read.b[k] = from[k * BH_LANES];
        read.a[k] = -from[(order + k) * BH_LANES];
        read.z[k - 1] = from[(2 * order + k) * BH_LANES];
    }
    *out = read;
    return BH_OK;
}

static bh_status
check_stage(const bh_linear_stage *stage, size_t order, bh_diag *diag)
{
    const double a0 = stage->a[0];
    if (a0 == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a0 is 0; the output is divided by it");
    for (size_t k = 0; k <= order; k++)
        if (!isfinite(stage->b[k] / a0) || !isfinite(stage->a[k] / a0))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "b%zu is %g and a%zu %g with a0 %g; all must be finite, "
                               "and so must be what they are divided by a0",
                               k, stage->b[k], k, stage->a[k], a0);
    for (size_t k = 0; k < order; k++)
        if (!isfinite(stage->z[k]))
            return bh_diag_set(diag, BH_ERR_ARGUMENT, "z%zu is %g; it must be finite",
                               k, stage->z[k]);
    return BH_OK;
}

/* The lanes past the last channel stay silent. */
bh_status
bh_linear_set(bh_filterbank *fb, size_t channel, size_t stage,
              const bh_linear_stage *to, bh_diag *diag)
{
    struct linear *bank = bh_filterbank_self(fb, &linear_ops);
    BH_TRY(check_place(bank, channel, stage, diag));
    if (!bank->first)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the bank was not made as changing, so its coefficients "
                           "stay as they are");
    const size_t order = bank->shape.order;
    BH_TRY(check_stage(to, bank->order, diag));
    double *at = stage_at(bank, channel, stage);
    at[0] = to->b[0] / to->a[0];
    for (size_t k = 1; k <= bank->order; k++) {
        at[k * BH_LANES] = to->b[k] / to->a[0];
        at[(order + k) * BH_LANES] = -to->a[k] / to->a[0];
        at[(2 * order + k) * BH_LANES] = to->z[k - 1];
    }
    return BH_OK;
}
