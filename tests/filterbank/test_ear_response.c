/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/ear_response.h"

#include "tests/check.h"
#include "tests/filterbank/response.h"

static double
db(double gain)
{
    return 20 * log10(gain);
}

/* Numbers as they were published, some of each table. */
static void
test_table(void)
{
    static const struct {
        bh_ear_table table;
        double hz, db;
    } losses[] = {
        {BH_EAR_ELC, 20, 31.8},    {BH_EAR_ELC, 3500, -4.4}, {BH_EAR_ELC, 15000, 22},
        {BH_EAR_ELC, 19000, 22},   {BH_EAR_MAF, 20, 73.4},   {BH_EAR_MAF, 900, 4.3},
        {BH_EAR_MAF, 1000, 3.9},   {BH_EAR_MAF, 4000, -4.1}, {BH_EAR_MAP, 1000, 9},
        {BH_EAR_MAP, 16000, 63.7}, {BH_EAR_MAP, 20, 30},     {BH_EAR_PURIA, 1000, 2.6},
        {BH_EAR_PURIA, 2500, 10.8}};
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++)
        CHECK_NEAR(-db(bh_ear_response_gain(losses[i].table, losses[i].hz)),
                   losses[i].db, 1e-9);
    CHECK_NEAR(bh_ear_response_gain(BH_EAR_PRALONG, 2721), 2.8228, 1e-9);
    CHECK_NEAR(bh_ear_response_gain(BH_EAR_PRALONG, 30), 1, 1e-9);
    /* Fig. 1 of Goode et al. at 1 kHz: 0.15136 um at 104 dB SPL, which are 6.0007e-9
     * m/s at 0 dB. */
    CHECK_NEAR(bh_ear_response_gain(BH_EAR_LOPEZ_POVEDA, 1000),
               0.15136e-6 * 6283.185307 * 6.30957344e-6 * sqrt(2) / 20e-6, 1e-9);
    CHECK_NEAR(bh_ear_response_gain(BH_EAR_LOPEZ_POVEDA, 10000), 6e-10 / 20e-6, 1e-12);
    CHECK_NEAR(bh_ear_response_gain(BH_EAR_LOPEZ_POVEDA, 12000), 6e-10 / 20e-6 / 1.21,
               1e-12);
    CHECK_NEAR(bh_ear_response_gain(BH_EAR_LOPEZ_POVEDA, 50), 1.181e-9 / 40e-6, 1e-12);
    /* Where the impedance is least: 2866 at 800 Hz. */
    CHECK_NEAR(bh_ear_response_gain(BH_EAR_JEPSEN, 800), 1e-8 * pow(10, 5.2), 1e-12);
    CHECK_NEAR(bh_ear_response_gain(BH_EAR_JEPSEN, 10000),
               1e-8 * pow(10, 5.2) * 2866 / 46532, 1e-12);
    CHECK(isnan(bh_ear_response_gain((bh_ear_table)99, 100)));
    CHECK(isnan(bh_ear_response_gain(BH_EAR_ELC, -1)));
}

/* The filter has the gain of the table at its frequencies: 0.1 dB, from 60 Hz to below
 * the last two, where the fall to half the sample rate begins. */
static void
test_filter(void)
{
    static const double hz[] = {60,   100,  200,  400,  500,  800, 1000,
                                2000, 3000, 4000, 5000, 6000, 8000};
    static const double rates[] = {44100, 100000};
    for (int table = BH_EAR_LOPEZ_POVEDA; table < BH_EAR_TABLES; table++)
        for (size_t r = 0; r < 2; r++) {
            const bh_ear_response_params params = {.table = (bh_ear_table)table};
            bh_filterbank *bank = NULL;
            bh_diag diag = {0};
            CHECK_OK(bh_ear_response_new(rates[r], 1, &params, BH_DOUBLE, &bank, &diag),
                     diag);
            const size_t frames = r ? 16384 : 4096;
            double *response = click_response(bank, frames);
            for (size_t i = 0; i < sizeof hz / sizeof hz[0]; i++) {
                const double want =
                    db(bh_ear_response_gain((bh_ear_table)table, hz[i]));
                const double got = db(gain_of(response, frames, hz[i] / rates[r]));
                if (!(fabs(got - want) <= 0.1))
                    fprintf(stderr, "table %d, %g Hz at %g Hz: %.3f, wanted %.3f dB\n",
                            table, hz[i], rates[r], got, want);
                CHECK(fabs(got - want) <= 0.1);
            }
            free(response);
            bh_filterbank_free(bank);
        }
}

/* Minimum phase: most of the energy is at the beginning; linear phase: the same on both
 * sides of the middle, and with the same gain. */
static void
test_phase(void)
{
    enum { TAPS = 4096 };
    bh_ear_response_params params = {.table = BH_EAR_PURIA, .taps = TAPS};
    bh_diag diag = {0};
    double *response[2];
    for (int linear = 0; linear < 2; linear++) {
        bh_filterbank *bank = NULL;
        params.linear_phase = linear;
        CHECK_OK(bh_ear_response_new(44100, 1, &params, BH_DOUBLE, &bank, &diag), diag);
        response[linear] = click_response(bank, TAPS + 1);
        bh_filterbank_free(bank);
    }
    double early = 0, all = 0, uneven = 0;
    for (size_t t = 0; t < TAPS; t++) {
        all += response[0][t] * response[0][t];
        early += t < 64 ? response[0][t] * response[0][t] : 0;
        if (t > 0)
            uneven = fmax(uneven, fabs(response[1][t] - response[1][TAPS - t]));
    }
    CHECK(early > 0.99 * all);
    CHECK_NEAR(uneven, 0, 1e-12);
    CHECK_NEAR(gain_of(response[1], TAPS, 1000 / 44100.0),
               gain_of(response[0], TAPS, 1000 / 44100.0), 1e-3);
    free(response[0]);
    free(response[1]);
}

static void
test_refused(void)
{
    bh_ear_response_params params = bh_ear_response_params_default();
    bh_filterbank *bank = NULL;
    bh_diag diag = {0};
    CHECK(bh_ear_response_new(0, 1, NULL, BH_DOUBLE, &bank, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_ear_response_new(44100, 0, NULL, BH_DOUBLE, &bank, &diag) ==
          BH_ERR_ARGUMENT);
    params.taps = 1 << 20;
    CHECK(bh_ear_response_new(44100, 1, &params, BH_DOUBLE, &bank, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "too long");
    params.taps = 0;
    params.table = BH_EAR_TABLES;
    CHECK(bh_ear_response_new(44100, 1, &params, BH_DOUBLE, &bank, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK(bank == NULL);
}

TEST_MAIN("filterbank/ear_response", {"table", test_table}, {"filter", test_filter},
          {"phase", test_phase}, {"refused", test_refused})
