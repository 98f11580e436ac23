/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/cochleagram.h"

#include "filterbank/cochleagram_kernel.h"
#include "core/denormal_kernel.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Squares are summed in the precision of the blocks for this many frames, then in
 * double: the level is right to 1e-4 dB however long a column lasts. */
enum { FOLD = 64 };

struct bh_cochleagram {
    bh_cochleagram_config config;
    const struct cochleagram_kernels *kernels;
    size_t rows, capacity; /* columns that there is room for, even */
    size_t columns;        /* complete ones */
    size_t column_frames;  /* in a complete one */
    size_t frames;         /* in the column that grows */
    double *energy;        /* sums of squares, [capacity][rows] */
    float *sum_float;      /* not yet folded into energy, [channels] */
    double *sum_double;
};

bh_cochleagram_config
bh_cochleagram_config_default(double samplerate_hz, size_t channels)
{
    return (bh_cochleagram_config){.samplerate_hz = samplerate_hz,
                                   .channels = channels,
                                   .max_rows = 512,
                                   .max_columns = 2048,
                                   .column_frames = 16};
}

static bh_status
check_config(const bh_cochleagram_config *config, bh_diag *diag)
{
    if (!(config->samplerate_hz > 0) || !isfinite(config->samplerate_hz))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the sample rate is %g Hz; it must be above 0",
                           config->samplerate_hz);
    if (config->channels == 0 || config->max_rows == 0 || config->max_columns < 2 ||
        config->column_frames == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a cochleagram of %zu channels, %zu rows and %zu columns of "
                           "%zu frames; it needs at least 1, 1, 2 and 1",
                           config->channels, config->max_rows, config->max_columns,
                           config->column_frames);
    const size_t most = (size_t)1 << 28;
    if (config->channels > most || config->max_rows > most ||
        config->max_columns > most / config->max_rows)
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "no memory for a cochleagram of %zu channels, %zu rows and "
                           "%zu columns",
                           config->channels, config->max_rows, config->max_columns);
    return BH_OK;
}

bh_status
bh_cochleagram_new(const bh_cochleagram_config *config, bh_cochleagram **out,
                   bh_diag *diag)
{
    BH_TRY(check_config(config, diag));
    bh_cochleagram *c = calloc(1, sizeof *c);
    if (!c)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a cochleagram");
    c->config = *config;
    c->kernels = BH_ISA_PICK(bh_cochleagram_kernels);
    c->rows = config->max_rows < config->channels ? config->max_rows : config->channels;
    c->capacity = config->max_columns + config->max_columns % 2;
    c->energy = malloc(c->capacity * c->rows * sizeof *c->energy);
    c->sum_float = malloc(config->channels * sizeof *c->sum_float);
    c->sum_double = malloc(config->channels * sizeof *c->sum_double);
    if (!c->energy || !c->sum_float || !c->sum_double) {
        bh_cochleagram_free(c);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a cochleagram");
    }
    bh_cochleagram_reset(c);
    *out = c;
    return BH_OK;
}

void
bh_cochleagram_free(bh_cochleagram *c)
{
    if (!c)
        return;
    free(c->sum_double);
    free(c->sum_float);
    free(c->energy);
    free(c);
}

void
bh_cochleagram_reset(bh_cochleagram *c)
{
    c->columns = 0;
    c->frames = 0;
    c->column_frames = c->config.column_frames;
    memset(c->energy, 0, c->capacity * c->rows * sizeof *c->energy);
    memset(c->sum_float, 0, c->config.channels * sizeof *c->sum_float);
    memset(c->sum_double, 0, c->config.channels * sizeof *c->sum_double);
}

/* Moves what the kernels have summed to the column that grows. */
static void
fold(bh_cochleagram *c)
{
    double *energy = c->energy + c->columns * c->rows;
    size_t ch = 0;
    for (size_t row = 0; row < c->rows; row++)
        for (size_t end = bh_cochleagram_row_channel(c, row + 1); ch < end; ch++)
            energy[row] += (double)c->sum_float[ch] + c->sum_double[ch];
    memset(c->sum_float, 0, c->config.channels * sizeof *c->sum_float);
    memset(c->sum_double, 0, c->config.channels * sizeof *c->sum_double);
}

static void
merge_columns(bh_cochleagram *c)
{
    size_t half = c->capacity / 2;
    for (size_t column = 0; column < half; column++) {
        double *to = c->energy + column * c->rows;
        const double *from = c->energy + 2 * column * c->rows;
        for (size_t row = 0; row < c->rows; row++)
            to[row] = from[row] + from[c->rows + row];
    }
    memset(c->energy + half * c->rows, 0, half * c->rows * sizeof *c->energy);
    c->columns = half;
    c->column_frames *= 2;
}

/* How many of the frames left can be summed before the next fold. */
static size_t
frames_to_fold(const bh_cochleagram *c, size_t left)
{
    size_t most = FOLD - c->frames % FOLD;
    if (most > c->column_frames - c->frames)
        most = c->column_frames - c->frames;
    return left < most ? left : most;
}

static void
add_frames(bh_cochleagram *c, bh_block block)
{
    if (c->columns == c->capacity)
        merge_columns(c);
    if (block.precision == BH_SINGLE)
        c->kernels->add_float(block, c->sum_float);
    else
        c->kernels->add_double(block, c->sum_double);
    c->frames += block.frames;
    if (c->frames % FOLD == 0 || c->frames == c->column_frames)
        fold(c);
    if (c->frames == c->column_frames) {
        c->columns++;
        c->frames = 0;
    }
}

bh_status
bh_cochleagram_process(bh_cochleagram *c, bh_block block, bh_diag *diag)
{
    if (block.channels != c->config.channels)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the block has %zu channels, the cochleagram %zu",
                           block.channels, c->config.channels);
    unsigned control = bh_denormal_flush();
    for (size_t t = 0, frames; t < block.frames; t += frames) {
        frames = frames_to_fold(c, block.frames - t);
        add_frames(c, bh_block_frames(block, t, frames));
    }
    bh_denormal_restore(control);
    return BH_OK;
}

size_t
bh_cochleagram_rows(const bh_cochleagram *c)
{
    return c->rows;
}

size_t
bh_cochleagram_columns(const bh_cochleagram *c)
{
    return c->columns + (c->frames > 0);
}

double
bh_cochleagram_column_s(const bh_cochleagram *c)
{
    return (double)c->column_frames / c->config.samplerate_hz;
}

size_t
bh_cochleagram_row_channel(const bh_cochleagram *c, size_t row)
{
    return row * c->config.channels / c->rows;
}

void
bh_cochleagram_row_cf(const bh_cochleagram *cochleagram, const double *cf_hz,
                      double *row_cf_hz)
{
    for (size_t row = 0; row < bh_cochleagram_rows(cochleagram); row++) {
        const size_t first = bh_cochleagram_row_channel(cochleagram, row),
                     last = bh_cochleagram_row_channel(cochleagram, row + 1) - 1,
                     half = (last - first) / 2;
        row_cf_hz[row] = (cf_hz[first + half] + cf_hz[last - half]) / 2;
    }
}

/* Squares of one row that the kernels hold and no column has yet. */
static double
unfolded(const bh_cochleagram *c, size_t row)
{
    double sum = 0;
    size_t end = bh_cochleagram_row_channel(c, row + 1);
    for (size_t ch = bh_cochleagram_row_channel(c, row); ch < end; ch++)
        sum += (double)c->sum_float[ch] + c->sum_double[ch];
    return sum;
}

void
bh_cochleagram_levels(const bh_cochleagram *c, float *level_db_spl)
{
    const double reference_pa = 20e-6;
    size_t columns = bh_cochleagram_columns(c);
    for (size_t row = 0; row < c->rows; row++) {
        size_t channels = bh_cochleagram_row_channel(c, row + 1) -
                          bh_cochleagram_row_channel(c, row);
        for (size_t column = 0; column < columns; column++) {
            bool complete = column < c->columns;
            size_t frames = complete ? c->column_frames : c->frames;
            double sum = c->energy[column * c->rows + row];
            if (!complete)
                sum += unfolded(c, row);
            double square = sum / ((double)frames * (double)channels);
            level_db_spl[row * columns + column] =
                (float)(10 * log10(square / (reference_pa * reference_pa)));
        }
    }
}
