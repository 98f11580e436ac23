/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "filterbank/catalogue.h"
#include "tests/filterbank/bank.h"

/* What holds for every kind of bank in the catalogue, as it is made without settings.
 */

static const double rates_hz[] = {8000, 16000, 22050, 44100, 48000, 96000, 192000};

/* Every kind takes all rates, but for these, which must be above. */
static bool
takes_rate(const bh_bank_kind *kind, double samplerate_hz)
{
    if (strcmp(kind->name, "haircell") == 0)
        return samplerate_hz > 9080; /* l + r */
    return strcmp(kind->name, "middle_ears") != 0 || samplerate_hz > 8000;
}

/* Places up to a quarter of the rate, beyond which a leaky low pass is unstable; the
 * first and the last are the same. */
static double *
places(double samplerate_hz, size_t channels)
{
    double *cf_hz = calloc(channels, sizeof *cf_hz);
    const double most_hz = fmin(8000, samplerate_hz / 4);
    for (size_t ch = 0; ch + 1 < channels; ch++)
        cf_hz[ch] = 100 * pow(most_hz / 100, (double)ch / (double)channels);
    cf_hz[channels - 1] = 100;
    return cf_hz;
}

static bh_filterbank *
make(const bh_bank_kind *kind, double samplerate_hz, size_t channels,
     bh_precision precision)
{
    double *cf_hz = places(samplerate_hz, channels);
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_bank_new(kind, samplerate_hz, cf_hz, channels, NULL, 0, precision, &fb,
                         &diag),
             diag);
    free(cf_hz);
    return fb;
}

/* All of `y` is finite, and nothing of it a denormal number, which are slow. */
static void
check_numbers(const char *what, const bh_bank_kind *kind, double samplerate_hz,
              bh_filterbank *fb, double *x, size_t frames)
{
    const size_t channels = bh_filterbank_channels(fb);
    double *y = calloc(frames * channels, sizeof *y);
    size_t wrong = 0;
    filter(fb, x, frames, y);
    for (size_t i = 0; i < frames * channels; i++) {
        const bool single = bh_filterbank_precision(fb) == BH_SINGLE;
        const int class = single ? fpclassify((float)y[i]) : fpclassify(y[i]);
        wrong += class != FP_NORMAL && class != FP_ZERO;
    }
    if (wrong > 0)
        fprintf(stderr, "%s at %g Hz, %s: %zu samples are not normal\n", kind->name,
                samplerate_hz, what, wrong);
    CHECK(wrong == 0);
    free(y);
}

/* Silence, full scale (94 dB SPL), 140 dB SPL, silence again, and numbers so small that
 * they or what becomes of them are denormal. */
static void
check_levels(const bh_bank_kind *kind, double samplerate_hz, bh_precision precision)
{
    enum { FRAMES = 1000 };
    const double levels[] = {0, 1, 200, 0, 1e-38, 1e-44, 1e-305, 1e-315, 0};
    double *noise = make_noise(FRAMES), *x = calloc(FRAMES, sizeof *x);
    bh_filterbank *fb = make(kind, samplerate_hz, 5, precision);
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        char what[32];
        snprintf(what, sizeof what, "level %g", levels[i]);
        for (size_t t = 0; t < FRAMES; t++)
            x[t] = noise[t] < 0 ? -levels[i] : levels[i];
        check_numbers(what, kind, samplerate_hz, fb, x, FRAMES);
    }
    bh_filterbank_free(fb);
    free(x);
    free(noise);
}

static void
rates_and_levels(void)
{
    for (size_t i = 0; i < bh_bank_kind_count(); i++)
        for (size_t r = 0; r < sizeof rates_hz / sizeof *rates_hz; r++) {
            const bh_bank_kind *kind = bh_bank_kind_at(i);
            const double cf_hz = 1000;
            bh_filterbank *fb = NULL;
            bh_diag diag = {0};
            for (int p = BH_SINGLE; p <= BH_DOUBLE; p++)
                if (takes_rate(kind, rates_hz[r]))
                    check_levels(kind, rates_hz[r], (bh_precision)p);
            if (takes_rate(kind, rates_hz[r]))
                continue;
            CHECK(bh_bank_new(kind, rates_hz[r], &cf_hz, 1, NULL, 0, BH_DOUBLE, &fb,
                              &diag) == BH_ERR_ARGUMENT);
            CHECK_HAS(diag.text, "8000");
        }
}

/* The checks of bank.h make banks of the kind that is under test now. */
static const bh_bank_kind *now;

static bh_filterbank *
make_now(size_t channels, bh_precision precision)
{
    return make(now, 44100, channels, precision);
}

static void
check_many(const bh_bank_kind *kind)
{
    enum { MANY = 10000, FRAMES = 40 };
    double *x = make_noise(FRAMES);
    bh_filterbank *fb = make(kind, 44100, MANY, BH_SINGLE);
    check_numbers("10000 channels", kind, 44100, fb, x, FRAMES);
    bh_filterbank_free(fb);
    free(x);
}

/* Refused at its sample, and no harm done to what comes then. */
static void
check_not_finite(const bh_bank_kind *kind)
{
    enum { FRAMES = 500, CHANNELS = 3 };
    double *x = make_noise(FRAMES), y[FRAMES * CHANNELS], want[FRAMES * CHANNELS];
    bh_filterbank *fb = make(kind, 44100, CHANNELS, BH_DOUBLE);
    bh_block in = {x, FRAMES, 1, 1, BH_DOUBLE};
    bh_block out = {y, FRAMES, CHANNELS, CHANNELS, BH_DOUBLE};
    bh_diag diag = {0};
    filter(fb, x, FRAMES, want);
    bh_filterbank_reset(fb);
    const double good = x[321];
    x[321] = NAN;
    CHECK(bh_filterbank_process(fb, in, out, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "sample 321 of channel 0 is");
    x[321] = good;
    filter(fb, x, FRAMES, y);
    CHECK(memcmp(want, y, sizeof y) == 0);
    bh_filterbank_free(fb);
    free(x);
}

/* One input for each channel, cut in any way. */
static void
check_wide_blocks(const bh_bank_kind *kind)
{
    enum { FRAMES = 700, CHANNELS = 37 };
    double *x = make_noise(FRAMES * CHANNELS), *want, *got;
    want = calloc(FRAMES * CHANNELS, sizeof *want);
    got = calloc(FRAMES * CHANNELS, sizeof *got);
    for (int p = BH_SINGLE; p <= BH_DOUBLE; p++) {
        bh_filterbank *fb = make(kind, 44100, CHANNELS, (bh_precision)p);
        bh_block in = {x, FRAMES, CHANNELS, CHANNELS, BH_DOUBLE}, whole = in, cut = in;
        bh_diag diag = {0};
        whole.data = want;
        cut.data = got;
        CHECK_OK(bh_filterbank_process(fb, in, whole, &diag), diag);
        bh_filterbank_reset(fb);
        for (size_t t = 0, n = 1; t < FRAMES; t += n, n = 3 * n % 101) {
            n = FRAMES - t < n ? FRAMES - t : n;
            CHECK_OK(bh_filterbank_process(fb, bh_block_frames(in, t, n),
                                           bh_block_frames(cut, t, n), &diag),
                     diag);
        }
        CHECK(memcmp(want, got, FRAMES * CHANNELS * sizeof *got) == 0);
        bh_filterbank_free(fb);
    }
    free(got);
    free(want);
    free(x);
}

static void
blocks_and_channels(void)
{
    for (size_t i = 0; i < bh_bank_kind_count(); i++) {
        const unsigned failures = CU_get_number_of_failures();
        now = bh_bank_kind_at(i);
        check_blocks(make_now);
        check_source(make_now);
        /* The level of a place is taken further up, so it matters who else is there. */
        if (strcmp(now->name, "dcgc") != 0)
            check_channels(make_now);
        /* Where there is no FMA sums are rounded twice, and feedback keeps that. */
        check_machines(make_now, 1e-9);
        check_wide_blocks(now);
        check_many(now);
        check_not_finite(now);
        if (CU_get_number_of_failures() > failures)
            fprintf(stderr, "that was %s\n", now->name);
    }
}

TEST_MAIN("every bank", {"rates and levels", rates_and_levels},
          {"blocks and channels", blocks_and_channels})
