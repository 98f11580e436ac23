/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/soundfile.h"
#include "sounds/level.h"
#include "tests/io/sound_scratch.h"

#include <limits.h>

/* 16-bit samples are fractions of 32768, and 1.0 is 1 Pa. */
static void
test_channels(void)
{
    enter();
    const char *path = wav_file(0);
    bh_soundfile_options options = bh_soundfile_options_default();
    bh_sound *mix = read_sound(path, NULL);
    options.channel = 1;
    bh_sound *right = read_sound(path, &options);
    options.channel = BH_CHANNEL_ALL;
    bh_sound *all = read_sound(path, &options);
    CHECK(bh_sound_frames(mix) == FRAMES && bh_sound_channels(mix) == 1);
    CHECK(bh_sound_frames(right) == FRAMES && bh_sound_channels(right) == 1);
    CHECK(bh_sound_frames(all) == FRAMES && bh_sound_channels(all) == 2);
    CHECK(bh_sound_samplerate(mix) == RATE);
    int wrong = 0;
    for (int t = 0; t < FRAMES; t++) {
        double l = samples()[2 * t] / 32768.0, r = samples()[2 * t + 1] / 32768.0;
        wrong += bh_sound_samples(mix)[t] != (l + r) / 2;
        wrong += bh_sound_samples(right)[t] != r;
        wrong += bh_sound_samples(all)[2 * t] != l;
        wrong += bh_sound_samples(all)[2 * t + 1] != r;
    }
    CHECK(wrong == 0);
    bh_sound_free(mix);
    bh_sound_free(right);
    bh_sound_free(all);
    options.channel = 2;
    check_error(path, &options, BH_ERR_ARGUMENT,
                "a.wav' has no channel 2: it has 2, counted from 0");
    options.channel = -3;
    check_error(path, &options, BH_ERR_ARGUMENT, "has no channel -3");
    unlink(path);
    leave();
}

/* AMT's old convention, 1.0 = 100 dB SPL, as an example. */
static void
test_full_scale(void)
{
    enter();
    const char *path = wav_file(0);
    bh_soundfile_options options = bh_soundfile_options_default();
    options.channel = 1;
    bh_sound *pascal = read_sound(path, &options);
    options.full_scale_db = 100;
    bh_sound *hundred = read_sound(path, &options);
    CHECK_NEAR(bh_level_get(hundred) - bh_level_get(pascal), 100 - 93.979400086720375,
               1e-11);
    bh_sound_free(hundred);
    bh_sound_free(pascal);
    options.full_scale_db = NAN;
    check_error(path, &options, BH_ERR_ARGUMENT, "a full scale of nan dB SPL");
    unlink(path);
    leave();
}

/* The level is that of what is read, whole or streamed. 1e-10: sums of 10,000 squares.
 */
static void
test_level(void)
{
    enter();
    const char *path = wav_file(0);
    bh_soundfile_options options = bh_soundfile_options_default();
    options.level_db = 62.5;
    const int channels[] = {BH_CHANNEL_MIX, 0, 1, BH_CHANNEL_ALL};
    for (int i = 0; i < 8; i++) {
        bh_diag diag = {0};
        bh_source *source = NULL;
        options.channel = channels[i % 4];
        options.start_s = i < 4 ? 0 : 0.1;
        options.duration_s = i < 4 ? INFINITY : 0.25;
        bh_sound *sound = read_sound(path, &options);
        CHECK_NEAR(bh_level_get(sound), 62.5, 1e-10);
        CHECK_OK(bh_soundfile_open(path, &options, &source, &diag), diag);
        const size_t frames = bh_sound_frames(sound), n = bh_sound_channels(sound);
        double *data = calloc(frames * n, sizeof *data);
        size_t got = 0;
        CHECK(bh_source_length(source) == frames);
        CHECK_OK(bh_source_read(source, (bh_block){data, frames, n, n, BH_DOUBLE}, &got,
                                &diag),
                 diag);
        CHECK(got == frames);
        CHECK(memcmp(data, bh_sound_samples(sound), frames * n * sizeof *data) == 0);
        free(data);
        bh_source_free(source);
        bh_sound_free(sound);
    }
    options.level_db = INFINITY;
    check_error(path, &options, BH_ERR_ARGUMENT, "cannot be set to inf dB SPL");
    unlink(path);
    leave();
}

static void
test_silence(void)
{
    enter();
    const char *path = in_directory(0, "silent.wav");
    bh_soundfile_options options = bh_soundfile_options_default();
    const double zeros[200] = {0};
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_from(zeros, 100, 2, RATE, &sound, &diag), diag);
    CHECK_OK(bh_sound_write(path, sound, BH_ENCODING_AUTO, BH_FULL_SCALE_PASCAL, &diag),
             diag);
    bh_sound_free(sound);
    sound = read_sound(path, NULL);
    CHECK(bh_level_get(sound) == -INFINITY);
    bh_sound_free(sound);
    options.level_db = 60;
    check_error(path, &options, BH_ERR_DATA, "silent.wav' is silent where it is read");
    unlink(path);
    leave();
}

static void
test_section(void)
{
    enter();
    const char *path = wav_file(0);
    const struct {
        double start_s, duration_s;
        size_t first, frames;
    } cases[] = {{0, INFINITY, 0, 5000},     {0.5, INFINITY, 4000, 1000},
                 {0.1, 0.2, 800, 1600},      {0.5, 100, 4000, 1000},
                 {0.10003, 0.00012, 800, 1}, {0.624875, 1e300, 4999, 1}};
    bh_soundfile_options options = bh_soundfile_options_default();
    options.channel = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        options.start_s = cases[i].start_s;
        options.duration_s = cases[i].duration_s;
        bh_sound *sound = read_sound(path, &options);
        CHECK(bh_sound_frames(sound) == cases[i].frames);
        CHECK(bh_sound_samples(sound)[0] == ((double)cases[i].first - 2500) / 32768);
        bh_sound_free(sound);
    }
    const struct {
        double start_s, duration_s;
        const char *part;
    } bad[] = {
        {0.625, INFINITY, "is 0.625 s long, so nothing can be read from 0.625 s on"},
        {-1, 1, "from -1 s on"},
        {NAN, 1, "from nan s on"},
        {INFINITY, 1, "from inf s on"},
        {0, 0, "for 0 s; the duration must be above 0"},
        {0, NAN, "for nan s"},
        {0, 1e-6, "1e-06 s is less than one sample"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        options.start_s = bad[i].start_s;
        options.duration_s = bad[i].duration_s;
        check_error(path, &options, BH_ERR_ARGUMENT, bad[i].part);
    }
    unlink(path);
    leave();
}

/* Any split, either precision, a second time after going back, a section, the formats.
 */
static void
test_stream(void)
{
    enter();
    const struct {
        const char *name;
        int format;
        double error; /* of samples that are fractions of 32768, Pa */
    } formats[] = {{"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 0},
                   {"b.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 0},
                   {"c.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 0},
                   {"d.wav", SF_FORMAT_WAV | SF_FORMAT_DOUBLE, 0},
                   {"e.wav", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 0},
                   {"a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 0},
                   {"a.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 0},
                   {"a.au", SF_FORMAT_AU | SF_FORMAT_PCM_16, 0},
                   {"a.w64", SF_FORMAT_W64 | SF_FORMAT_PCM_16, 0},
                   {"a.rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 0},
                   {"a.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16, 0},
                   {"a.sph", SF_FORMAT_NIST | SF_FORMAT_PCM_16, 0},
                   /* Lossy: Vorbis at its usual quality keeps this wave within 5 %. */
                   {"a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 0.02}};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        const char *path = in_directory(0, formats[i].name);
        bh_soundfile_options options = bh_soundfile_options_default();
        put_sound(path, formats[i].format, 2, FRAMES);
        options.channel = BH_CHANNEL_ALL;
        bh_sound *sound = read_sound(path, &options);
        CHECK(bh_sound_frames(sound) == FRAMES);
        double worst = 0;
        for (size_t k = 0; k < bh_sound_frames(sound) * 2; k++)
            worst =
                fmax(worst, fabs(bh_sound_samples(sound)[k] - samples()[k] / 32768.0));
        CHECK_NEAR(worst, 0, formats[i].error);
        bh_sound_free(sound);
        check_stream(path, NULL, BH_DOUBLE, 1);
        check_stream(path, NULL, BH_SINGLE, 3000);
        check_stream(path, &options, BH_DOUBLE, 1024);
        options.start_s = 0.1;
        options.duration_s = 0.3;
        check_stream(path, &options, BH_SINGLE, 777);
        unlink(path);
    }
    leave();
}

static void
test_not_finite(void)
{
    enter();
    const char *path = in_directory(0, "f.wav");
    float data[2 * 3000] = {0};
    data[2 * 2000 + 1] = NAN;
    data[2 * 2500] = -INFINITY;
    SF_INFO info = {
        .samplerate = RATE, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    sf_writef_float(file, data, 3000);
    sf_close(file);
    check_error(path, NULL, BH_ERR_DATA,
                "f.wav': sample 2000 of channel 1 (at 0.250000 s) is not a number");
    bh_soundfile_options options = bh_soundfile_options_default();
    options.level_db = 60;
    check_error(path, &options, BH_ERR_DATA, "sample 2000 of channel 1");
    options = bh_soundfile_options_default();
    options.channel = 0;
    check_error(path, &options, BH_ERR_DATA,
                "sample 2500 of channel 0 (at 0.312500 s) is infinite");
    options.start_s = 0.32;
    bh_sound_free(read_sound(path, &options));
    options.start_s = 0;
    options.duration_s = 0.3;
    bh_sound_free(read_sound(path, &options));

    /* A source tells when it gets there. */
    bh_diag diag = {0};
    bh_source *source = NULL;
    size_t got = 0;
    CHECK_OK(bh_soundfile_open(path, NULL, &source, &diag), diag);
    bh_block block = {data, 1000, 1, 1, BH_SINGLE};
    CHECK_OK(bh_source_read(source, block, &got, &diag), diag);
    CHECK_OK(bh_source_read(source, block, &got, &diag), diag);
    CHECK(bh_source_read(source, block, &got, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "sample 2000 of channel 1 (at 0.250000 s)");
    bh_source_free(source);
    unlink(path);
    leave();
}

static void
test_query(void)
{
    enter();
    bh_diag diag = {0};
    bh_soundfile_info info = {{0}, 0, 0, 0};
    const char *path = wav_file(0);
    CHECK_OK(bh_soundfile_query(path, &info, &diag), diag);
    CHECK(info.samplerate_hz == RATE && info.channels == 2 && info.frames == FRAMES);
    CHECK_HAS(info.format, "WAV");
    CHECK_HAS(info.format, "16 bit");
    unlink(path);
    CHECK(bh_soundfile_query(path, &info, &diag) == BH_ERR_FILE);
    leave();
}

/* The recordings that come with the project. */
static void
test_samples(void)
{
    const struct {
        const char *name;
        size_t frames, channels;
        double samplerate_hz;
    } cases[] = {{"speech.flac", 47840, 1, 16000},
                 {"guitar.flac", 220500, 2, 44100},
                 {"crow.flac", 21196, 1, 44100}};
    bh_soundfile_options options = bh_soundfile_options_default();
    options.channel = BH_CHANNEL_ALL;
    for (int i = 0; i < 3; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/sounds/samples/%s", BH_SOURCE_DIR,
                 cases[i].name);
        bh_sound *sound = read_sound(path, &options);
        CHECK(bh_sound_frames(sound) == cases[i].frames);
        CHECK(bh_sound_channels(sound) == cases[i].channels);
        CHECK(bh_sound_samplerate(sound) == cases[i].samplerate_hz);
        CHECK(bh_level_get(sound) > 60);
        bh_sound_free(sound);
    }
}

TEST_MAIN("io/soundfile", {"channels", test_channels}, {"full scale", test_full_scale},
          {"level", test_level}, {"silence", test_silence}, {"section", test_section},
          {"stream", test_stream}, {"not finite", test_not_finite},
          {"query", test_query}, {"samples", test_samples})
