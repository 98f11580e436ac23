/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/dcgc.h"

#include "core/source.h"
#include "filterbank/dcgc_device_kernel.h"
#include "filterbank/filterbank_ops.h"
#include "filterbank/gammachirp.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

/* What the passive filters say in a window, `sound`, has columns besides those of the
 * channels: as many before the first and after the last as the level is taken away from
 * its channel, with what the first and the last say, so that every row hears columns
 * that lie side by side. */
struct dcgc {
    const struct dcgc_kernels *kernels;
    struct dcgc_shared shared;
    bh_filterbank *passive;
    size_t channels, rows;
    size_t lead, heard, width; /* columns: of channel 0, of its level, in all */
    struct dcgc_row *row, *initial;
    double *sound; /* [frames][width] */
};

bh_dcgc_params
bh_dcgc_params_default(void)
{
    return (bh_dcgc_params){
        .b1 = 1.81,
        .c1 = -2.96,
        .b2 = 2.17,
        .c2 = 2.2,
        .order = 4,
        .frat0 = 0.466,
        .frat1 = 0.0109,
        .frat_control = 1.08,
        .lct_erb = 1.5,
        .half_life_s = 0.5e-3,
        .level_weight = 0.5,
        .level_ref = 10,
        .level_power1 = 1.5,
        .level_power2 = 0.5,
        .rms_db = 30,
        .level_scale = 1 / (20e-6 * pow(10, 30.0 / 20)),
        .update_interval = 1,
        .level_of_updates = false,
    };
}

bh_dcgc_params
bh_dcgc_params_brian2hears(void)
{
    bh_dcgc_params params = bh_dcgc_params_default();
    params.frat0 = 0.233;
    params.frat1 = 0.005;
    params.level_ref = 50;
    params.level_scale = 1;
    params.level_of_updates = true;
    return params;
}

static void
dcgc_begin(void *self, bh_block in)
{
    struct dcgc *bank = self;
    const size_t last = bank->lead + bank->channels - 1;
    const bh_block said = {bank->sound + bank->lead, in.frames, bank->channels,
                           bank->width, BH_DOUBLE};
    /* The blocks have been checked: it cannot fail. */
    if (bh_filterbank_process(bank->passive, in, said, NULL) != BH_OK)
        return;
    for (size_t t = 0; t < in.frames; t++) {
        double *frame = bank->sound + t * bank->width;
        for (size_t i = 0; i < bank->lead; i++)
            frame[i] = frame[bank->lead];
        for (size_t i = last + 1; i < bank->width; i++)
            frame[i] = frame[last];
    }
}

static void
dcgc_tile(void *self, size_t channel, size_t frame, bh_block in, bh_block out)
{
    struct dcgc *bank = self;
    (void)in;
    for (size_t ch = channel; ch < channel + out.channels; ch += BH_LANES) {
        const double *sound = bank->sound + frame * bank->width + ch;
        bank->kernels->active(&bank->row[ch / BH_LANES], &bank->shared,
                              sound + bank->lead, sound + bank->heard, bank->width,
                              bh_block_channels(out, ch - channel, BH_LANES));
    }
}

static void
dcgc_reset(void *self)
{
    struct dcgc *bank = self;
    bh_filterbank_reset(bank->passive);
    memcpy(bank->row, bank->initial, bank->rows * sizeof *bank->row);
}

static void
dcgc_free(void *self)
{
    struct dcgc *bank = self;
    bh_filterbank_free(bank->passive);
    free(bank->row);
    free(bank->initial);
    free(bank->sound);
    free(bank);
}

static void
dcgc_form(const void *self, struct bh_bank_form *out)
{
    const struct dcgc *bank = self;
    *out = (struct bh_bank_form){
        .text = bh_lane_dcgc,
        .fields = DCGC_FIELDS,
        .row_precision = BH_DOUBLE,
        .before = bank->passive,
        .shared = &bank->shared,
    };
}

/* The channel whose passive filter makes the level of `channel`. */
static size_t
heard_channel(const struct dcgc *bank, size_t channel)
{
    const size_t column = channel + bank->heard, last = bank->channels - 1;
    const size_t heard = column > bank->lead ? column - bank->lead : 0;
    return heard < last ? heard : last;
}

static double
dcgc_number(const void *self, size_t channel, size_t field)
{
    const struct dcgc *bank = self;
    const struct dcgc_row *row = &bank->row[channel / BH_LANES];
    if (field == DCGC_UNTIL_UPDATE)
        return (double)row->until_update;
    if (field == DCGC_HEARD)
        return (double)heard_channel(bank, channel);
    return ((const dcgc_lanes *)(const void *)row)[field][channel % BH_LANES];
}

static const struct bh_filterbank_ops dcgc_ops = {
    .begin = dcgc_begin,
    .tile = dcgc_tile,
    .reset = dcgc_reset,
    .free = dcgc_free,
    .form = dcgc_form,
    .number = dcgc_number,
};

/* The equivalent rectangular bandwidth as Irino and Patterson have it. */
static double
erb_hz(double f_hz)
{
    return 24.7 * (4.37e-3 * f_hz + 1);
}

static double
peak_hz(const bh_dcgc_params *params, double cf_hz)
{
    return cf_hz + params->c1 * params->b1 * erb_hz(cf_hz) / params->order;
}

/* How many channels further on the level is taken. */
static double
channel_shift(const bh_dcgc_params *params, const double *cf_hz, size_t channels)
{
    const double first = 21.4 * log10(4.37e-3 * cf_hz[0] + 1);
    const double last = 21.4 * log10(4.37e-3 * cf_hz[channels - 1] + 1);
    if (channels == 1 || first == last)
        return 0;
    return rint(params->lct_erb / ((last - first) / (double)(channels - 1)));
}

static bh_status
check(const bh_dcgc_params *p, const double *cf_hz, size_t channels, bh_diag *diag)
{
    const struct {
        const char *name;
        double value, least, most; /* both are in the range */
    } limits[] = {
        {"b1", p->b1, 1e-3, 6},
        {"c1", p->c1, -6, 6},
        {"b2", p->b2, 1e-3, 6},
        {"c2", p->c2, -6, 6},
        {"order", p->order, 1e-3, 100},
        {"frat0", p->frat0, -100, 100},
        {"frat1", p->frat1, -100, 100},
        {"frat_control", p->frat_control, 1e-3, 100},
        {"lct_erb", p->lct_erb, -100, 100},
        {"half_life_s", p->half_life_s, 1e-9, 1e9},
        {"level_weight", p->level_weight, 0, 1},
        {"level_ref", p->level_ref, 1e-15, 1e15},
        {"level_power1", p->level_power1, 1e-3, 100},
        {"level_power2", p->level_power2, 1e-3, 100},
        {"rms_db", p->rms_db, -1000, 1000},
        {"level_scale", p->level_scale, 1e-15, 1e15},
        {"update_interval", (double)p->update_interval, 1, 1e9},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (!(limits[i].value >= limits[i].least && limits[i].value <= limits[i].most))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "%s of the dynamic compressive gammachirp is %g; it "
                               "must be %g to %g",
                               limits[i].name, limits[i].value, limits[i].least,
                               limits[i].most);
    for (size_t ch = 0; ch < channels; ch++)
        if (!(peak_hz(p, cf_hz[ch]) > 0))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "channel %zu has cf %g Hz, where the passive gammachirp "
                               "would peak at %g Hz; that must be above 0",
                               ch, cf_hz[ch], peak_hz(p, cf_hz[ch]));
    return BH_OK;
}

static struct dcgc_shared
share(const bh_dcgc_params *p, double samplerate_hz)
{
    const double b = p->b2, c = p->c2, turn = 2 * pi / samplerate_hz;
    struct dcgc_shared shared = {
        .turn = turn,
        .width = turn * b * erb_hz(0),
        .width_f = turn * b * 24.7 * 4.37e-3,
        .frat0 = p->frat0,
        .frat1 = p->frat1,
        .fall = exp(-log(2) / (p->half_life_s * samplerate_hz)),
        .weight = p->level_weight,
        .level_ref = p->level_ref,
        .power1 = p->level_power1,
        .power2 = p->level_power2,
        .rms_db = p->rms_db,
        .level_scale = p->level_scale,
        .level_min = pow(10, -p->rms_db / 20),
        .update_interval = p->update_interval,
        .level_of_updates = p->level_of_updates,
    };
    /* Unoki et al. (2001): p0 = 2, p4 = 1.0724. */
    for (int k = 0; k < 4; k++) {
        shared.fall_law[k] = pow(2 / 1.0724, k) * 1.7818 * (1 - 0.0791 * b) *
                             (1 - 0.1655 * fabs(c));
        shared.shift_law[k] = pow(2 * 1.0724, k) * 0.5689 * (1 - 0.1620 * b) *
                              (1 - 0.0857 * fabs(c)) * c;
    }
    return shared;
}

/* The lanes past the last channel do what the last does. */
static void
set_row(struct dcgc *bank, size_t index, const double *cf_hz,
        const bh_dcgc_params *params)
{
    struct dcgc_row *row = &bank->row[index];
    const size_t last = bank->channels - 1;
    dcgc_lanes control_hz, active_hz;
    for (size_t i = 0; i < BH_LANES; i++) {
        const size_t wanted = index * BH_LANES + i, ch = wanted < last ? wanted : last;
        row->fp1_hz[i] = peak_hz(params, cf_hz[ch]);
        control_hz[i] = params->frat_control *
                        peak_hz(params, cf_hz[heard_channel(bank, ch)]);
        active_hz[i] = params->frat0 * row->fp1_hz[i];
    }
    bank->kernels->design(&row->control, &bank->shared, control_hz);
    bank->kernels->design(&row->active, &bank->shared, active_hz);
    row->until_update = params->update_interval;
}

static struct dcgc *
new_bank(size_t channels, double shift)
{
    struct dcgc *bank = calloc(1, sizeof *bank);
    if (!bank)
        return NULL;
    const size_t away = (size_t)fmin(fabs(shift), (double)channels);
    bank->kernels = BH_ISA_PICK(bh_dcgc_kernels);
    bank->channels = channels;
    bank->rows = bh_lanes_round(channels) / BH_LANES;
    bank->lead = shift < 0 ? away : 0;
    bank->heard = shift < 0 ? 0 : away;
    bank->width = bank->rows * BH_LANES + away;
    bank->row = aligned_alloc(64, bank->rows * sizeof *bank->row);
    bank->initial = malloc(bank->rows * sizeof *bank->initial);
    if (bank->width < SIZE_MAX / (BH_WINDOW_MAX * sizeof *bank->sound))
        bank->sound = malloc(BH_WINDOW_MAX * bank->width * sizeof *bank->sound);
    if (!bank->row || !bank->initial || !bank->sound) {
        dcgc_free(bank);
        return NULL;
    }
    memset(bank->row, 0, bank->rows * sizeof *bank->row);
    return bank;
}

bh_status
bh_dcgc_new(double samplerate_hz, const double *cf_hz, size_t channels,
            const bh_dcgc_params *params, bh_precision precision, bh_filterbank **out,
            bh_diag *diag)
{
    const bh_dcgc_params defaults = bh_dcgc_params_default();
    params = params ? params : &defaults;
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, cf_hz, channels, diag));
    BH_TRY(check(params, cf_hz, channels, diag));
    struct dcgc *bank = new_bank(channels, channel_shift(params, cf_hz, channels));
    if (!bank)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    const bh_gammachirp_params passive = {
        .b = params->b1, .c = params->c1, .stages = 4};
    bh_status status = bh_log_gammachirp_new(samplerate_hz, cf_hz, channels, &passive,
                                             BH_DOUBLE, &bank->passive, diag);
    bank->shared = share(params, samplerate_hz);
    for (size_t i = 0; i < bank->rows; i++)
        set_row(bank, i, cf_hz, params);
    memcpy(bank->initial, bank->row, bank->rows * sizeof *bank->row);
    const struct bh_filterbank_config config = {
        .ops = &dcgc_ops,
        .self = bank,
        .samplerate_hz = samplerate_hz,
        .channels = channels,
        .tile_channels = BH_LANES,
        .cf_hz = cf_hz,
        .precision = precision,
    };
    if (status == BH_OK)
        status = bh_filterbank_new(&config, out, diag);
    if (status != BH_OK)
        dcgc_free(bank);
    return status;
}
