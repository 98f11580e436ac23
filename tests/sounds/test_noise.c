/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/noise.h"

#include "sounds/level.h"
#include "sounds/spectrum_internal.h"
#include "tests/check.h"

#include <stdbool.h>

static const double tau = 6.283185307179586476925;
static const bh_sound_shape second = {1, 1, 44100};

static bh_sound *
white(bh_sound_shape shape, uint64_t seed)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_white(&shape, seed, &sound, &diag), diag);
    return sound;
}

static bh_sound *
powerlaw(bh_sound_shape shape, double alpha, uint64_t seed)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_powerlaw(&shape, alpha, seed, &sound, &diag), diag);
    return sound;
}

static bh_sound *
rippled(bh_sound_shape shape, bh_ripple ripple, uint64_t seed)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_rippled(&shape, &ripple, seed, &sound, &diag), diag);
    return sound;
}

static bool
same(const bh_sound *a, const bh_sound *b)
{
    const size_t bytes = bh_sound_frames(a) * bh_sound_channels(a) * sizeof(double);
    return bh_sound_frames(a) == bh_sound_frames(b) &&
           bh_sound_channels(a) == bh_sound_channels(b) &&
           memcmp(bh_sound_samples(a), bh_sound_samples(b), bytes) == 0;
}

/* The mean over a sound of one channel of x(t)^power x(t + lag). */
static double
moment(const bh_sound *sound, int power, size_t lag)
{
    const size_t frames = bh_sound_frames(sound) - lag;
    const double *x = bh_sound_samples(sound);
    double sum = 0;
    for (size_t t = 0; t < frames; t++)
        sum += pow(x[t], power) * x[t + lag];
    return sum / (double)frames;
}

/* Five standard errors of each figure: of the mean and of correlations 1 / sqrt n, of
 * the variance sqrt(2 / n), of the fourth moment sqrt(96 / n). */
static void
test_white(void)
{
    const bh_sound_shape ten = {10, 1, 44100};
    bh_sound *sound = white(ten, 3);
    const double n = (double)bh_sound_frames(sound);
    CHECK_NEAR(moment(sound, 0, 0), 0, 5 / sqrt(n));
    CHECK_NEAR(moment(sound, 1, 0), 1, 5 * sqrt(2 / n));
    CHECK_NEAR(moment(sound, 3, 0), 3, 5 * sqrt(96 / n));
    const size_t lags[] = {1, 2, 16, 512};
    for (size_t i = 0; i < 4; i++)
        CHECK_NEAR(moment(sound, 1, lags[i]), 0, 5 / sqrt(n));
    CHECK_NEAR(bh_level_get(sound), 93.979400086720375, 0.05);
    bh_sound_free(sound);
}

/* What belongs to what: prefix, channels, seed. */
static void
test_streams(void)
{
    bh_sound_shape shape = {0.0301, 1, 44100};
    bh_sound *one = white(shape, 7), *again = white(shape, 7), *other = white(shape, 8);
    shape.channels = 3;
    bh_sound *three = white(shape, 7);
    CHECK(same(one, again));
    CHECK(!same(one, other));
    bh_sound *longer = white(second, 7);
    double between = 0;
    const size_t frames = bh_sound_frames(one);
    for (size_t t = 0; t < frames; t++) {
        CHECK(bh_sound_samples(longer)[t] == bh_sound_samples(one)[t]);
        CHECK(bh_sound_samples(three)[3 * t] == bh_sound_samples(one)[t]);
        between += bh_sound_samples(three)[3 * t + 1] *
                   bh_sound_samples(three)[3 * t + 2];
    }
    CHECK_NEAR(between / (double)frames, 0, 5 / sqrt((double)frames));
    bh_sound_free(one);
    bh_sound_free(again);
    bh_sound_free(other);
    bh_sound_free(three);
    bh_sound_free(longer);
}

/* The power of each line of a sound of one channel; freed by the caller. */
static double *
spectrum(const bh_sound *sound)
{
    bh_diag diag = {0};
    const size_t frames = bh_sound_frames(sound);
    bh_bin *bins = calloc(frames, sizeof *bins);
    double *power = calloc(frames, sizeof *power);
    for (size_t t = 0; t < frames; t++)
        bins[t].re = bh_sound_samples(sound)[t];
    CHECK_OK(bh_transform(bins, frames, -1, &diag), diag);
    for (size_t k = 0; k < frames; k++)
        power[k] = bins[k].re * bins[k].re + bins[k].im * bins[k].im;
    free(bins);
    return power;
}

/* dB each octave, from the mean power of the lines in 8 octaves above 64 Hz, by least
 * squares. An octave of m lines is uncertain by 4.3 dB / sqrt(m): 0.54 dB in the lowest
 * and 0.05 in the highest, which makes some 0.06 dB / octave of slope; four times that
 * is the tolerance. */
static double
slope(const bh_sound *sound)
{
    double *power = spectrum(sound), sum = 0, with_octave = 0;
    for (int octave = 0; octave < 8; octave++) {
        const size_t first = (size_t)64 << octave;
        double mean = 0;
        for (size_t k = first; k < 2 * first; k++)
            mean += power[k] / (double)first;
        sum += 10 * log10(mean) / 8;
        with_octave += (octave - 3.5) * 10 * log10(mean);
    }
    free(power);
    return with_octave / 42;
}

static void
test_powerlaw(void)
{
    const double alphas[] = {0, 1, 2, 0.5, 3, -1};
    for (size_t i = 0; i < sizeof alphas / sizeof alphas[0]; i++)
        for (uint64_t seed = 1; seed <= 3; seed++) {
            bh_sound *sound = powerlaw(second, alphas[i], seed);
            /* The mean of an octave hides its slope, which is the same in each. */
            CHECK_NEAR(slope(sound), -10 * log10(2) * alphas[i], 0.25);
            CHECK_NEAR(bh_level_get(sound), 93.979400086720375, 1e-9);
            CHECK_NEAR(moment(sound, 0, 0), 0, 1e-12);
            bh_sound_free(sound);
        }
    bh_diag diag = {0};
    bh_sound *one = powerlaw(second, 1, 9), *two = NULL;
    CHECK_OK(bh_sound_pink(&second, 9, &two, &diag), diag);
    CHECK(same(one, two));
    bh_sound_free(one);
    bh_sound_free(two);
    one = powerlaw(second, 2, 9);
    CHECK_OK(bh_sound_brown(&second, 9, &two, &diag), diag);
    CHECK(same(one, two));
    bh_sound_free(one);
    bh_sound_free(two);
}

/* Channels have their own noise and their own scale. (brian2hears transforms all of
 * them as one long row, which mixes them.) Odd and short lengths work too. */
static void
test_powerlaw_sizes(void)
{
    bh_sound *three = powerlaw((bh_sound_shape){0.02, 3, 44100}, 1, 5);
    bh_sound *one = powerlaw((bh_sound_shape){0.02, 1, 44100}, 1, 5);
    double between = 0;
    for (size_t t = 0; t < 882; t++) {
        CHECK(bh_sound_samples(three)[3 * t] == bh_sound_samples(one)[t]);
        between += bh_sound_samples(three)[3 * t] * bh_sound_samples(three)[3 * t + 1] /
                   882;
    }
    CHECK(fabs(between) < 0.9);
    for (size_t ch = 0; ch < 3; ch++)
        CHECK_NEAR(bh_level_get_channel(three, ch), 93.979400086720375, 1e-9);
    bh_sound_free(three);
    bh_sound_free(one);
    for (size_t frames = 3; frames < 12; frames++) {
        one = powerlaw((bh_sound_shape){(double)frames, 1, 1}, 2, 5);
        CHECK_NEAR(bh_level_get(one), 93.979400086720375, 1e-9);
        bh_sound_free(one);
    }
}

/* FNV-1a over the bytes of the samples, least significant first. */
static uint64_t
hash(bh_sound *sound)
{
    uint64_t value = 0xcbf29ce484222325u;
    for (size_t t = 0; t < bh_sound_frames(sound); t++) {
        uint64_t bits;
        memcpy(&bits, &bh_sound_samples(sound)[t], sizeof bits);
        for (int i = 0; i < 8; i++)
            value = (value ^ (bits >> (8 * i) & 255)) * 0x100000001b3u;
    }
    bh_sound_free(sound);
    return value;
}

/* The very bits, on every machine: these were noted down once. */
static void
test_bits(void)
{
    const bh_ripple ripple = {BH_RIPPLE_SAME, 0.004, 0.8, 3};
    const struct {
        bh_sound *sound;
        uint64_t want;
    } cases[] = {{white(second, 42), 0xfff609c915a3398eu},
                 {powerlaw(second, 1, 42), 0x6b70f6b00d153a15u},
                 {powerlaw(second, 2, 42), 0xc4501ff412c1df0bu},
                 {rippled(second, ripple, 42), 0x937a375616f88908u}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const uint64_t got = hash(cases[i].sound);
        if (got != cases[i].want)
            fprintf(stderr, "case %zu has 0x%016llx\n", i, (unsigned long long)got);
        CHECK(got == cases[i].want);
    }
}

/* Against the network itself, built of whole-frame delays. The golden cases of
 * brian2hears (snd_irns, snd_irno) are no measure: it multiplies factors 1 + c_k g^k
 * z^k where the network adds terms, and its delay turns the end of the sound over to
 * its beginning; also it leaves the sample rate out. Tolerance: sums of 700 to 1e5
 * terms of size 1 in the transforms, times the largest coefficient, 10. */
static void
test_rippled(void)
{
    enum { FRAMES = 2000, DELAY = 33, TIMES = 4, BEFORE = DELAY * TIMES };
    const double gain = -0.7, rate = 8000;
    const bh_sound_shape shape = {FRAMES / rate, 1, rate};
    bh_sound *noise = white((bh_sound_shape){(FRAMES + BEFORE) / rate, 1, rate}, 11);
    const double *x = bh_sound_samples(noise);
    const double binomial[TIMES + 1] = {1, 4, 6, 4, 1};
    for (int kind = 0; kind < 2; kind++) {
        bh_sound *sound = rippled(
            shape, (bh_ripple){(bh_ripple_kind)kind, DELAY / rate, gain, TIMES}, 11);
        CHECK(bh_sound_frames(sound) == FRAMES);
        double worst = 0;
        for (size_t t = 0; t < FRAMES; t++) {
            double want = 0;
            for (int k = 0; k <= TIMES; k++)
                want += (kind == BH_RIPPLE_SAME ? binomial[k] : 1) * pow(gain, k) *
                        x[BEFORE + t - (size_t)k * DELAY];
            worst = fmax(worst, fabs(bh_sound_samples(sound)[t] - want));
        }
        CHECK_NEAR(worst, 0, 1e-11);
        bh_sound_free(sound);
    }
    bh_sound_free(noise);
}

/* A delay of 176.4 frames is just that: the power of one iteration with gain 1 is 2 + 2
 * cos(2 pi f d), so its mean against that cosine is half its mean. 22050 lines make
 * this certain within 0.01; 176 or 177 frames would give 0.38. */
static void
test_rippled_between(void)
{
    bh_sound *sound = rippled(second, (bh_ripple){BH_RIPPLE_SAME, 0.004, 1, 1}, 2);
    double *power = spectrum(sound), all = 0, comb = 0;
    for (size_t k = 1; k < 22050; k++) {
        all += power[k];
        comb += power[k] * cos(tau * (double)k * 0.004);
    }
    CHECK_NEAR(comb / all, 0.5, 0.04);
    free(power);
    bh_sound_free(sound);
    /* No iteration, no gain: the white noise. */
    bh_sound *plain = white(second, 2);
    sound = rippled(second, (bh_ripple){BH_RIPPLE_ORIGINAL, 0.004, 1, 0}, 2);
    double worst = 0;
    for (size_t t = 0; t < 44100; t++)
        worst =
            fmax(worst, fabs(bh_sound_samples(sound)[t] - bh_sound_samples(plain)[t]));
    CHECK_NEAR(worst, 0, 1e-12);
    bh_sound_free(sound);
    bh_sound_free(plain);
}

static void
test_bad(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    const bh_sound_shape two = {2, 1, 1}, none = {0, 1, 44100};
    CHECK(bh_sound_white(&none, 0, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_powerlaw(&second, 11, 0, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "is 11; it must be from -10 to 10");
    CHECK(bh_sound_powerlaw(&second, NAN, 0, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_pink(&two, 0, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "2 frames has no spectrum; it needs at least 3");
    const struct {
        bh_ripple ripple;
        const char *part;
    } bad[] = {{{BH_RIPPLE_SAME, 0, 1, 1}, "the delay of rippled noise is 0 s"},
               {{BH_RIPPLE_SAME, NAN, 1, 1}, "the delay of rippled noise is nan s"},
               {{BH_RIPPLE_SAME, 1, 1.5, 1}, "the gain of rippled noise is 1.5"},
               {{BH_RIPPLE_SAME, 1, 1, 513}, "513 iterations"},
               {{BH_RIPPLE_SAME, 1e30, 1, 2}, "cannot last"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK(bh_sound_rippled(&second, &bad[i].ripple, 0, &sound, &diag) ==
              BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, bad[i].part);
    }
    CHECK(sound == NULL);
}

TEST_MAIN("noise", {"white", test_white}, {"streams", test_streams},
          {"powerlaw", test_powerlaw}, {"powerlaw_sizes", test_powerlaw_sizes},
          {"bits", test_bits}, {"rippled", test_rippled},
          {"rippled_between", test_rippled_between}, {"bad", test_bad})
