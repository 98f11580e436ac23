/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/sofa.h"

#include "tests/io/scratch.h"

#include <stdbool.h>

/* The dummy head KEMAR (Gardner and Martin 1995, JASA 97:3907), which Debian and Ubuntu
 * install with libmysofa. */
static const char kemar[] = "/usr/share/libmysofa/MIT_KEMAR_normal_pinna.sofa";

static bh_hrtf_set *
read_kemar(void)
{
    bh_hrtf_set *set = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_sofa_read(kemar, &set, &diag), diag);
    return set;
}

static double
power(const double *taps, size_t frames)
{
    double sum = 0;
    for (size_t t = 0; t < frames; t++)
        sum += taps[t] * taps[t];
    return sum;
}

/* Of the largest sample. */
static size_t
peak_at(const double *taps, size_t frames)
{
    size_t at = 0;
    for (size_t t = 1; t < frames; t++)
        if (fabs(taps[t]) > fabs(taps[at]))
            at = t;
    return at;
}

/* 710 places at 44.1 kHz, as in the paper, with 512 samples each. */
static void
test_read(void)
{
    bh_hrtf_set *set = read_kemar();
    CHECK(bh_hrtf_count(set) == 710 && bh_hrtf_frames(set) == 512);
    CHECK(bh_hrtf_samplerate(set) == 44100);
    bh_hrtf_set_free(set);
}

/* A source on the left: the left ear hears it more than 5 dB louder and 0.65 to 0.8 ms
 * earlier (29 to 35 frames), and a source on the right is its mirror image. */
static void
test_sides(void)
{
    bh_hrtf_set *set = read_kemar();
    bh_diag diag = {0};
    for (int side = 0; side < 2; side++) {
        const bh_direction where = {side ? -90 : 90, 0, NAN};
        const size_t frames = bh_hrtf_frames(set);
        size_t i = 0;
        CHECK_OK(bh_hrtf_nearest(set, &where, &i, &diag), diag);
        CHECK_NEAR(bh_hrtf_direction(set, i)->elevation_deg, 0, 1e-4);
        const double *near = bh_hrtf_taps(set, i) + (size_t)side * frames;
        const double *far = bh_hrtf_taps(set, i) + (size_t)(1 - side) * frames;
        CHECK(10 * log10(power(near, frames) / power(far, frames)) > 5);
        const double later = (double)peak_at(far, frames) -
                             (double)peak_at(near, frames);
        CHECK(later >= 28 && later <= 36);
    }
    bh_hrtf_set_free(set);
}

/* At a measured place interpolation gives what was measured; between two, something
 * whose power is between half and all of that of the louder one. */
static void
test_interpolate(void)
{
    bh_hrtf_set *set = read_kemar(), *one = NULL;
    bh_diag diag = {0};
    size_t i = 0;
    const size_t frames = bh_hrtf_frames(set);
    CHECK_OK(bh_hrtf_nearest(set, &(bh_direction){60, 0, NAN}, &i, &diag), diag);
    CHECK_OK(bh_hrtf_interpolate(set, bh_hrtf_direction(set, i), &one, &diag), diag);
    double worst = 0;
    for (size_t t = 0; t < BH_EARS * frames; t++)
        worst = fmax(worst, fabs(bh_hrtf_taps(one, 0)[t] - bh_hrtf_taps(set, i)[t]));
    CHECK_NEAR(worst, 0, 1e-3);
    bh_hrtf_set_free(one);
    const bh_direction between = {62.5, 0, NAN};
    CHECK_OK(bh_hrtf_interpolate(set, &between, &one, &diag), diag);
    const double part = power(bh_hrtf_taps(one, 0), frames) /
                        power(bh_hrtf_taps(set, i), frames);
    CHECK(part > 0.5 && part < 1.1);
    bh_hrtf_set_free(one);
    bh_hrtf_set_free(set);
}

static void
test_refused(void)
{
    bh_hrtf_set *set = NULL;
    bh_diag diag = {0};
    enter();
    const char *path = in_directory(0, "a.sofa");
    CHECK(bh_sofa_read(path, &set, &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "there is no file");
    put_file(path, "no SOFA at all", 14);
    CHECK(bh_sofa_read(path, &set, &diag) == BH_ERR_FORMAT);
    CHECK_HAS(diag.text, "cannot be read as a SOFA file");
    unlink(path);
    leave();
    CHECK(set == NULL);
}

int
main(void)
{
    const struct test tests[] = {{"refused", test_refused},
                                 {"read", test_read},
                                 {"sides", test_sides},
                                 {"interpolate", test_interpolate}};
    const bool there = access(kemar, R_OK) == 0;
    if (!there)
        printf("there is no %s: only what is refused is tested\n", kemar);
    return run_tests("io/sofa", tests, there ? 4 : 1);
}
