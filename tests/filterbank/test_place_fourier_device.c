/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "tests/filterbank/placed.h"

struct fir_case {
    size_t channels, length, delay, frames;
    bh_precision precision;
    bh_place_method method;
};

/* Sums of up to 1024 products and transforms: 1e-6 was measured in single precision,
 * whose steps are 1.2e-7, and 1.7e-15 in double, 2.2e-16. */
static double
fir_exact(bh_precision precision)
{
    return precision == BH_SINGLE ? 2e-6 : 1e-14;
}

/* The sound has one channel for `narrow` frames, and then one for each of the bank's.
 */
static void
check_fourier(bh_filterbank *reference, bh_filterbank *fb, const struct fir_case *what,
              size_t narrow)
{
    const size_t channels = bh_filterbank_channels(fb), frames = what->frames;
    const size_t wide = frames - narrow;
    bh_block in = new_sound(narrow, 1, what->precision, 1);
    bh_block own = new_sound(wide, channels, what->precision, 1);
    bh_block want = new_block(frames, channels, BH_DOUBLE);
    bh_block got = new_block(frames, channels, what->precision);
    bh_block again = new_block(frames, channels, what->precision);
    set_order(RANDOM, 5);
    place(fb, what->method);
    run(reference, in, bh_block_frames(want, 0, narrow), narrow, true);
    run(reference, own, bh_block_frames(want, narrow, wide), 900, true);
    run(fb, in, bh_block_frames(got, 0, narrow), narrow, true);
    run(fb, own, bh_block_frames(got, narrow, wide), wide, true);
    CHECK_NEAR(difference(got, want), 0, fir_exact(what->precision));
    bh_filterbank_reset(fb);
    run(fb, in, bh_block_frames(again, 0, narrow), 900, false);
    run(fb, own, bh_block_frames(again, narrow, wide), 900, false);
    CHECK(same(again, got));
    bh_filterbank_free(reference);
    bh_filterbank_free(fb);
    free(in.data);
    free(own.data);
    free(want.data);
    free(got.data);
    free(again.data);
}

static size_t
calls(const char *function)
{
    for (size_t i = 0; fake && fake->called[i].function; i++)
        if (strcmp(fake->called[i].function, function) == 0)
            return (size_t)fake->called[i].calls;
    return 0;
}

static void
check_fir(const struct fir_case *what, size_t narrow)
{
    check_fourier(new_fir(what->channels, what->length, what->delay, BH_DOUBLE),
                  new_fir(what->channels, what->length, what->delay, what->precision),
                  what, narrow);
}

static void
test_fir(void)
{
    const struct fir_case cases[] = {
        {1, 1, 0, 2048, BH_SINGLE, BH_PLACE_PARALLEL},
        {33, 9, 0, 300, BH_DOUBLE, BH_PLACE_PARALLEL},
        {2, 700, 0, 2500, BH_SINGLE, BH_PLACE_SAME},
        {3, 1500, 1024, 4000, BH_DOUBLE, BH_PLACE_SAME},
        {5, 1300, 5000, 9500, BH_SINGLE, BH_PLACE_PARALLEL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_fir(&cases[i], cases[i].frames);
    for (size_t delay = 0; delay < 3000; delay += 2048)
        for (bh_precision precision = BH_SINGLE; precision <= BH_DOUBLE; precision++)
            check_fourier(new_gammatone(44100, BH_DOUBLE, BH_GAMMATONE_FOURIER, delay),
                          new_gammatone(44100, precision, BH_GAMMATONE_FOURIER, delay),
                          &(struct fir_case){.frames = 5000,
                                             .precision = precision,
                                             .method = BH_PLACE_SAME},
                          5000);
}

/* Where there are many channels, transforms multiply by themselves; without what they
 * need for that, a kernel does it, and nobody is told. In double precision
 * there are two batches of channels. */
static void
test_fir_fused(void)
{
    for (bh_precision precision = BH_SINGLE; precision <= BH_DOUBLE; precision++)
        for (int fails = 0; fails < 2; fails++) {
            const struct fir_case what = {.channels = precision == BH_SINGLE ? 290
                                                                             : 140,
                                          .length = 600,
                                          .delay = 1024,
                                          .frames = 2100,
                                          .precision = precision,
                                          .method = BH_PLACE_PARALLEL};
            const size_t before = calls("cufftXtSetJITCallback");
            if (fake && fails)
                fake_gpu_fail(fake, "cufftXtSetJITCallback", 0, 14);
            check_fir(&what, what.frames);
            if (fake)
                fake->failing[0] = 0;
            CHECK(!fake || calls("cufftXtSetJITCallback") == before + 1);
        }
}

/* Sounds of the channels' own, from the beginning and from the middle of a part on;
 * banks of one ear's worth, and one whose transforms multiply by themselves. */
static void
test_fir_of_many(void)
{
    const struct fir_case cases[] = {
        {2, 40, 0, 700, BH_SINGLE, BH_PLACE_PARALLEL},
        {3, 1500, 0, 2500, BH_SINGLE, BH_PLACE_PARALLEL},
        {3, 1300, 1024, 3500, BH_DOUBLE, BH_PLACE_SAME},
        {33, 700, 1024, 2600, BH_SINGLE, BH_PLACE_PARALLEL},
        {130, 700, 1024, 1500, BH_DOUBLE, BH_PLACE_PARALLEL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t narrow = 0; narrow < 1000; narrow += 600)
            check_fir(&cases[i], narrow);
}

int
main(void)
{
    const struct test tests[] = {
        {"a device opens", test_open},
        {"finite responses, by sums and transforms", test_fir},
        {"transforms that multiply", test_fir_fused},
        {"finite responses of many sounds", test_fir_of_many},
        {"everything is given back", test_close},
    };
    return run_placed("finite responses on a device", tests,
                      sizeof tests / sizeof *tests);
}
