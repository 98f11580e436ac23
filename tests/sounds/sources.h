/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_SOUNDS_SOURCES_H
#define BH_TESTS_SOUNDS_SOURCES_H

/* Sources against sounds. */

#include "sounds/sound.h"
#include "tests/check.h"

#include <stdint.h>

/* Reads a source twice, in pieces of growing and shrinking size, and counts the samples
 * that are not bit for bit those of `want`. Frees neither. */
static inline size_t
count_wrong(bh_source *source, const bh_sound *want)
{
    static const size_t pieces[] = {1, 7, 64, 1024, 1025, 3000, 2};
    const size_t channels = bh_sound_channels(want), frames = bh_sound_frames(want);
    double *data = calloc(3000 * channels, sizeof *data);
    size_t wrong = bh_source_channels(source) != channels;
    bh_diag diag = {0};
    CU_ASSERT_FATAL(data && wrong == 0);
    CHECK(bh_source_samplerate(source) == bh_sound_samplerate(want));
    for (int round = 0; round < 2; round++) {
        size_t at = 0, got = 1, ask = 1;
        for (size_t i = 0; got == ask; i++) {
            ask = pieces[i % (sizeof pieces / sizeof pieces[0])];
            const bh_block block = {data, ask, channels, channels, BH_DOUBLE};
            CHECK_OK(bh_source_read(source, block, &got, &diag), diag);
            for (size_t k = 0; k < got * channels && at + k / channels < frames; k++)
                wrong += data[k] != bh_sound_samples(want)[at * channels + k];
            at += got;
        }
        wrong += at != frames;
        if (at != frames)
            fprintf(stderr, "%zu frames, wanted %zu\n", at, frames);
        CHECK_OK(bh_source_rewind(source, &diag), diag);
    }
    free(data);
    return wrong;
}

/* A source yields exactly `want`; frees both. */
static inline void
check_same(bh_source *source, bh_sound *want)
{
    const uint64_t length = bh_source_length(source);
    CHECK(length == bh_sound_frames(want) || length == BH_LENGTH_UNKNOWN);
    CHECK(count_wrong(source, want) == 0);
    bh_source_free(source);
    bh_sound_free(want);
}

#endif
