/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/neurogram.h"

#include "tests/analysis/trains.h"

/* numpy 2.4.6: numpy.histogram, then numpy.hamming(32) over it, 16 bins apart. */
static void
test_against_numpy(void)
{
    const struct process wavy = {100, 0.75e-3, 0.8, 50};
    struct spikes spikes = {0};
    bh_diag diag = {0};
    add_train(&spikes, &wavy, 0, 2, 7);
    const bh_neurogram_config config = {
        .stop_s = 2, .neurons = 1, .rows = 1, .bin_s = 1e-3, .window = 32, .hop = 16};
    double rate_hz[124], mean_hz = 0;
    CHECK(bh_neurogram_columns(&config) == 124);
    CHECK_NEAR(bh_neurogram_time(&config, 1), 32e-3, 1e-12);
    CHECK_OK(bh_neurogram_get(&config, events_of(&spikes), rate_hz, &diag), diag);
    CHECK_NEAR(rate_hz[0], 125.79579048643244, 1e-9);
    CHECK_NEAR(rate_hz[1], 57.41120849831725, 1e-9);
    CHECK_NEAR(rate_hz[3], 105.29478765358803, 1e-9);
    for (int c = 0; c < 124; c++)
        mean_hz += rate_hz[c] / 124;
    CHECK_NEAR(mean_hz, 94.71426237996735, 1e-9);
    free_spikes(&spikes);
}

/* Rows are means over their neurons: regular spikes at 1 kHz in two neurons of row 1,
 * one of them silent; a neuron without a row does not count. */
static void
test_rows(void)
{
    const uint32_t row[] = {1, 1, UINT32_MAX};
    struct spikes spikes = {0};
    bh_diag diag = {0};
    for (int i = 0; i < 100; i++) {
        add_spike(&spikes, i * 1e-3, 0);
        add_spike(&spikes, i * 1e-3, 2);
    }
    bh_neurogram_config config = bh_neurogram_config_mean_rate();
    config.stop_s = 0.1;
    config.neurons = 3;
    config.row = row;
    config.rows = 2;
    const size_t columns = bh_neurogram_columns(&config);
    CHECK(columns == 14);
    double *rate_hz = malloc(2 * columns * sizeof *rate_hz);
    CHECK_OK(bh_neurogram_get(&config, events_of(&spikes), rate_hz, &diag), diag);
    for (size_t c = 0; c < columns; c++) {
        CHECK(rate_hz[c] == 0);
        /* 12.8 periods to the window: what its sidelobes let through is below 1 % */
        CHECK_NEAR(rate_hz[columns + c], 500, 5);
    }
    free(rate_hz);
    config.rows = 1;
    CHECK(bh_neurogram_get(&config, events_of(&spikes), NULL, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "belongs to row 1");
    config.rows = 2;
    config.stop_s = 0.01;
    CHECK(bh_neurogram_columns(&config) == 0);
    CHECK(bh_neurogram_get(&config, events_of(&spikes), NULL, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "it must last 0.0128 s");
    free_spikes(&spikes);
}

enum { ROWS = 5, COLUMNS = 6 };

static void
fill(double *reference, double *other)
{
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        reference[i] = (sin(i * 1.3) + 1.2) * 100;
        other[i] = (sin(i * 1.1 + 0.4) + 1.1) * 90;
    }
}

/* numpy and scipy.signal.convolve2d (1.17.1) with the same window and constants. */
static void
test_nsim(void)
{
    double reference[ROWS * COLUMNS], other[ROWS * COLUMNS], nsim = 0;
    bh_nsim_config config = bh_nsim_config_default();
    bh_diag diag = {0};
    fill(reference, other);
    CHECK_OK(bh_nsim_get(reference, other, ROWS, COLUMNS, &config, &nsim, &diag), diag);
    CHECK_NEAR(nsim, -0.18434577517841325, 1e-9);
    CHECK_OK(bh_nsim_get(reference, reference, ROWS, COLUMNS, &config, &nsim, &diag),
             diag);
    CHECK_NEAR(nsim, 1, 1e-12);
    /* As in the papers: scaled so that the reference has 255 where it is largest. */
    double most = 0;
    for (int i = 0; i < ROWS * COLUMNS; i++)
        most = fmax(most, reference[i]);
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        reference[i] *= 255 / most;
        other[i] *= 255 / most;
    }
    config.range = 255;
    CHECK_OK(bh_nsim_get(reference, other, ROWS, COLUMNS, &config, &nsim, &diag), diag);
    CHECK_NEAR(nsim, -0.18434577517841325, 1e-9);
}

static void
test_nsim_refusals(void)
{
    double reference[ROWS * COLUMNS] = {0}, other[ROWS * COLUMNS] = {0}, nsim = 0;
    bh_nsim_config config = bh_nsim_config_default();
    bh_diag diag = {0};
    CHECK(bh_nsim_get(reference, other, 2, 15, &config, &nsim, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK(bh_nsim_get(reference, other, ROWS, COLUMNS, &config, &nsim, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the reference must have spikes");
    config.range = 1; /* nothing is like nothing */
    CHECK_OK(bh_nsim_get(reference, other, ROWS, COLUMNS, &config, &nsim, &diag), diag);
    CHECK_NEAR(nsim, 1, 1e-12);
}

TEST_MAIN("analysis/neurogram", {"against numpy", test_against_numpy},
          {"rows", test_rows}, {"nsim", test_nsim},
          {"nsim refusals", test_nsim_refusals})
