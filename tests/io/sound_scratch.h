/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_IO_SOUND_SCRATCH_H
#define BH_TESTS_IO_SOUND_SCRATCH_H

/* A sound to be put into files of all kinds and read back. Needs _XOPEN_SOURCE 700. */

#include "io/soundfile.h"
#include "tests/io/scratch.h"

#include <sndfile.h>
#include <stdbool.h>

#define RATE   8000
#define FRAMES 5000

/* Left: a ramp of small steps, right: a wave. Exact in 16 bit. */
static inline const short *
samples(void)
{
    static short data[FRAMES * 2];
    for (int t = FRAMES - 1; data[0] == 0 && t >= 0; t--) {
        data[2 * t] = (short)(t - 2500);
        data[2 * t + 1] = (short)lrint(8000 * sin(t * 0.3));
    }
    return data;
}

static inline void
put_sound(const char *path, int format, int channels, int frames)
{
    SF_INFO info = {.samplerate = RATE, .channels = channels, .format = format};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    CU_ASSERT_FATAL(file != NULL);
    sf_command(file, SFC_SET_SCALE_INT_FLOAT_WRITE, NULL, SF_TRUE);
    if (frames > 0)
        CHECK(sf_writef_short(file, samples(), frames) == frames);
    sf_close(file);
}

static inline const char *
wav_file(int slot)
{
    const char *path = in_directory(slot, "a.wav");
    put_sound(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, FRAMES);
    return path;
}

static inline bh_sound *
read_sound(const char *path, const bh_soundfile_options *options)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_read(path, options, &sound, &diag), diag);
    return sound;
}

static inline void
check_error(const char *path, const bh_soundfile_options *options, bh_status want,
            const char *part)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK(bh_sound_read(path, options, &sound, &diag) == want);
    CHECK_HAS(diag.text, part);
    CHECK(sound == NULL);
    bh_sound_free(sound);
}

static inline void
check_stream(const char *path, const bh_soundfile_options *options,
             bh_precision precision, size_t piece)
{
    bh_diag diag = {0};
    bh_source *source = NULL;
    bh_sound *whole = read_sound(path, options);
    CHECK_OK(bh_soundfile_open(path, options, &source, &diag), diag);
    const size_t channels = bh_sound_channels(whole);
    CHECK(bh_source_channels(source) == channels);
    CHECK(bh_source_samplerate(source) == bh_sound_samplerate(whole));
    CHECK(bh_source_length(source) == bh_sound_frames(whole) ||
          bh_source_length(source) == BH_LENGTH_UNKNOWN);
    double data[3000 * 3];
    for (int round = 0; round < 2; round++) {
        size_t at = 0, wrong = 0, got = piece;
        while (got == piece) {
            bh_block block = {data, piece, channels, 3, precision};
            CHECK_OK(bh_source_read(source, block, &got, &diag), diag);
            const double *want = bh_sound_samples(whole) + at * channels;
            for (size_t i = 0; i < got * channels; i++) {
                size_t where = i / channels * 3 + i % channels;
                wrong += precision == BH_DOUBLE
                             ? data[where] != want[i]
                             : ((float *)data)[where] != (float)want[i];
            }
            at += got;
        }
        CHECK(at == bh_sound_frames(whole));
        CHECK(wrong == 0);
        CHECK_OK(bh_source_rewind(source, &diag), diag);
    }
    bh_source_free(source);
    bh_sound_free(whole);
}

#endif
