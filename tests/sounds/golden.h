/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_SOUNDS_GOLDEN_H
#define BH_TESTS_SOUNDS_GOLDEN_H

/* Sounds that brian2hears made, and how far ours are from them. */

#include "sounds/sound.h"
#include "tests/check.h"

/* The samples of a file below tests/golden/brian2hears; `count` says how many. */
static inline double *
read_golden(const char *name, size_t *count)
{
    char path[512];
    snprintf(path, sizeof path, "%s/golden/brian2hears/%s", BH_TESTS_DIR, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fprintf(stderr, "cannot read %s\n", path);
    CU_ASSERT_FATAL(file != NULL);
    fseek(file, 0, SEEK_END);
    *count = (size_t)ftell(file) / sizeof(double);
    double *values = calloc(*count + 1, sizeof *values);
    rewind(file);
    CHECK(fread(values, sizeof *values, *count, file) == *count);
    fclose(file);
    return values;
}

/* `scale` times our sound has the size of the golden one and is within 1e-9 of its
 * largest sample everywhere; both are doubles from the same formulas, so what differs
 * is the rounding of the phase (1e-12) and of recursive filters. Frees the sound. */
static inline void
check_golden(bh_sound *sound, double scale, const char *name)
{
    size_t count;
    char path[256];
    snprintf(path, sizeof path, "%s/output.f64", name);
    double *want = read_golden(path, &count), largest = 0, error = 0;
    CHECK(bh_sound_frames(sound) * bh_sound_channels(sound) == count);
    if (bh_sound_frames(sound) * bh_sound_channels(sound) == count)
        for (size_t i = 0; i < count; i++) {
            const double off = fabs(scale * bh_sound_samples(sound)[i] - want[i]);
            largest = fmax(largest, fabs(want[i]));
            error = isnan(off) ? INFINITY : fmax(error, off);
        }
    if (error > 1e-9 * largest)
        fprintf(stderr, "%s: off by %g of %g\n", name, error, largest);
    CHECK(error <= 1e-9 * largest);
    free(want);
    bh_sound_free(sound);
}

#endif
