/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/middle_ears.h"

#include "tests/check.h"
#include "tests/filterbank/response.h"

/* The gains of the programs' filters, from their coefficients (those of MAP from
 * butter of SciPy 1.10) by freqz of SciPy. The published values are among them: the
 * cat's largest gain is 1, the human's 0.5 at 1 kHz. Tolerance: the bank's own
 * sections are the same numbers, rounded. */
static void
test_gain(void)
{
    static const double hz[] = {100, 250, 500, 1000, 2000, 4000, 8000};
    static const struct {
        bh_middle_ears which;
        double samplerate_hz, gain[7];
    } cases[] = {{BH_MIDDLE_EAR_ZILANY_CAT,
                  44100,
                  {0.0423282229, 0.143082333, 0.3129881969, 0.6838549742, 0.9397528076,
                   0.1856238824, 0.2689476824}},
                 {BH_MIDDLE_EAR_ZILANY_HUMAN,
                  44100,
                  {0.05014652062, 0.1323571573, 0.2999454704, 0.4982981017, 0.316786778,
                   0.3806755764, 0.1505220248}},
                 {BH_MIDDLE_EAR_BREEBAART,
                  44100,
                  {0.09272012052, 0.2256025112, 0.4134207304, 0.6384185888,
                   0.7431750009, 0.6384185888, 0.4266417694}},
                 {BH_MIDDLE_EAR_MAP,
                  44100,
                  {2.096046857e-09, 2.694728205e-09, 3.632396282e-09, 4.831056147e-09,
                   4.220208661e-09, 1.68273637e-09, 5.056671373e-10}},
                 {BH_MIDDLE_EAR_ZILANY_CAT,
                  100000,
                  {0.04241493471, 0.1432976709, 0.3133444412, 0.6838549742,
                   0.9423706745, 0.2258718859, 0.3022061472}},
                 {BH_MIDDLE_EAR_ZILANY_HUMAN,
                  100000,
                  {0.05021581459, 0.1325468647, 0.300309894, 0.4982981017, 0.3194136022,
                   0.3755115044, 0.1898141315}},
                 {BH_MIDDLE_EAR_BREEBAART,
                  100000,
                  {0.09641257268, 0.2346109482, 0.4300654256, 0.6646883081,
                   0.7748827373, 0.6646883081, 0.4326981607}},
                 {BH_MIDDLE_EAR_MAP,
                  100000,
                  {2.094528825e-09, 2.687753952e-09, 3.618235873e-09, 4.818145065e-09,
                   4.197070788e-09, 1.659122395e-09, 5.044393292e-10}}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bh_filterbank *bank = NULL;
        bh_diag diag = {0};
        CHECK_OK(bh_middle_ears_new(cases[i].samplerate_hz, 1, cases[i].which,
                                    BH_DOUBLE, &bank, &diag),
                 diag);
        /* Responses of 0.2 s have ended: the slowest pole is at 50 Hz. */
        const size_t frames = (size_t)(cases[i].samplerate_hz / 5);
        double *response = click_response(bank, frames);
        for (size_t k = 0; k < 7; k++)
            CHECK_NEAR(gain_of(response, frames, hz[k] / cases[i].samplerate_hz) /
                           cases[i].gain[k],
                       1, 1e-8);
        double largest = 0;
        for (double f = 1000; f < 2500 && i % 4 == 0; f += 5)
            largest =
                fmax(largest, gain_of(response, frames, f / cases[i].samplerate_hz));
        if (i % 4 == 0)
            CHECK_NEAR(largest, 1, 1e-3);
        free(response);
        bh_filterbank_free(bank);
    }
}

static void
test_refused(void)
{
    bh_filterbank *bank = NULL;
    bh_diag diag = {0};
    CHECK(bh_middle_ears_new(8000, 1, BH_MIDDLE_EAR_MAP, BH_DOUBLE, &bank, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "needs more than 8000 Hz");
    CHECK(bh_middle_ears_new(44100, 1, (bh_middle_ears)9, BH_DOUBLE, &bank, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK(bh_middle_ears_new(44100, 0, BH_MIDDLE_EAR_MAP, BH_DOUBLE, &bank, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK(bank == NULL);
}

TEST_MAIN("filterbank/middle_ears", {"gain", test_gain}, {"refused", test_refused})
