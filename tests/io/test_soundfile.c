/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/soundfile.h"
#include "sounds/level.h"
#include "tests/io/scratch.h"

#include <limits.h>
#include <signal.h>
#include <sndfile.h>
#include <stdbool.h>
#include <sys/resource.h>

#define RATE   8000
#define FRAMES 5000

/* Left: a ramp of small steps, right: a wave. Exact in 16 bit. */
static const short *
samples(void)
{
    static short data[FRAMES * 2];
    for (int t = FRAMES - 1; data[0] == 0 && t >= 0; t--) {
        data[2 * t] = (short)(t - 2500);
        data[2 * t + 1] = (short)lrint(8000 * sin(t * 0.3));
    }
    return data;
}

static void
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

static const char *
wav_file(int slot)
{
    const char *path = in_directory(slot, "a.wav");
    put_sound(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, FRAMES);
    return path;
}

static bh_sound *
read_sound(const char *path, const bh_soundfile_options *options)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_read(path, options, &sound, &diag), diag);
    return sound;
}

static void
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

static void
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

/* Byte offset of the size of the chunk of samples. */
static size_t
size_field(const char *bytes, size_t size, const char *chunk)
{
    for (size_t i = 0; i + 8 < size; i++)
        if (memcmp(bytes + i, chunk, 4) == 0)
            return i + 4;
    CU_FAIL_FATAL("no such chunk");
    return 0;
}

/* Sizes as ffmpeg, sox and others leave them when they write to a pipe. */
static void
test_unknown_size(void)
{
    enter();
    const unsigned char sizes[][4] = {
        {0, 0, 0, 0}, {255, 255, 255, 255}, {0, 0xf0, 0xff, 0x7f}, {0, 0, 0, 0x80}};
    const char *path = wav_file(0);
    size_t size = 0;
    char *bytes = content(path, &size);
    bh_sound *want = read_sound(path, NULL);
    for (int i = 0; i < 4; i++) {
        memcpy(bytes + size_field(bytes, size, "data"), sizes[i], 4);
        put_file(path, bytes, size);
        check_stream(path, NULL, BH_DOUBLE, 999);
        bh_sound *got = read_sound(path, NULL);
        CHECK(bh_sound_frames(got) == FRAMES);
        CHECK(memcmp(bh_sound_samples(got), bh_sound_samples(want),
                     FRAMES * sizeof(double)) == 0);
        bh_sound_free(got);
    }
    bh_sound_free(want);
    free(bytes);

    /* The same in the header of a FLAC stream: 36 bits of length are 0. */
    path = in_directory(0, "a.flac");
    put_sound(path, SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 2, FRAMES);
    bytes = content(path, &size);
    bytes[21] &= (char)0xf0;
    memset(bytes + 22, 0, 4);
    put_file(path, bytes, size);
    bh_soundfile_info info;
    bh_diag diag = {0};
    CHECK_OK(bh_soundfile_query(path, &info, &diag), diag);
    CHECK(info.frames == BH_LENGTH_UNKNOWN);
    bh_sound *got = read_sound(path, NULL);
    CHECK(bh_sound_frames(got) == FRAMES);
    bh_sound_free(got);
    check_stream(path, NULL, BH_DOUBLE, 999);
    free(bytes);
    unlink(path);
    unlink(in_directory(0, "a.wav"));
    leave();
}

/* A stereo file of 16 bit that lost all but 600 frames of 5000. */
static void
check_cut(const char *name, int format, const char *chunk, size_t head, bool found_late)
{
    const char *path = in_directory(0, name);
    put_sound(path, format, 2, FRAMES);
    size_t size = 0;
    char *bytes = content(path, &size);
    put_file(path, bytes, size_field(bytes, size, chunk) + head + 600 * 4);
    free(bytes);
    check_error(
        path, NULL, BH_ERR_FORMAT,
        "is cut short: its header promises 5000 frames, only 600 are there; repair "
        "it, or read a section that ends before 0.075000 s");
    bh_source *source = NULL;
    bh_diag diag = {0};
    CHECK((bh_soundfile_open(path, NULL, &source, &diag) == BH_OK) == found_late);
    bh_source_free(source);
    bh_soundfile_options options = bh_soundfile_options_default();
    options.duration_s = 0.07;
    bh_sound *sound = read_sound(path, &options);
    CHECK(bh_sound_frames(sound) == 560);
    bh_sound_free(sound);
    bh_soundfile_info info;
    CHECK_OK(bh_soundfile_query(path, &info, &diag), diag);
    CHECK(info.frames == FRAMES);
    unlink(path);
}

static void
test_cut_short(void)
{
    enter();
    check_cut("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, "data", 4, false);
    check_cut("b.wav", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, "data", 4, false);
    check_cut("a.rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, "data", 4, false);
    check_cut("a.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, "SSND", 12, false);
    check_cut("a.au", SF_FORMAT_AU | SF_FORMAT_PCM_16, ".snd", 20, false);
    check_cut("b.au", SF_FORMAT_AU | SF_ENDIAN_LITTLE | SF_FORMAT_PCM_16, "dns.", 20,
              false);
    leave();
}

/* Compressed formats: the break is met while reading, or no length is known. */
static void
test_cut_compressed(void)
{
    enter();
    bh_diag diag = {0};
    const char *path = in_directory(0, "a.flac");
    SF_INFO info = {
        .samplerate = RATE, .channels = 1, .format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    for (int i = 0; i < 20; i++)
        sf_writef_short(file, samples(), FRAMES);
    sf_close(file);
    size_t size = 0;
    char *bytes = content(path, &size);
    put_file(path, bytes, size / 2);
    free(bytes);
    check_error(path, NULL, BH_ERR_FORMAT, "its header promises 100000 frames, only");
    bh_source *source = NULL;
    CHECK_OK(bh_soundfile_open(path, NULL, &source, &diag), diag);
    static double data[100000];
    size_t got = 0;
    CHECK(bh_source_read(source, (bh_block){data, 100000, 1, 1, BH_DOUBLE}, &got,
                         &diag) == BH_ERR_FORMAT);
    CHECK_HAS(diag.text, "a.flac' is cut short");
    bh_source_free(source);
    unlink(path);

    path = in_directory(0, "a.ogg");
    put_sound(path, SF_FORMAT_OGG | SF_FORMAT_VORBIS, 2, FRAMES);
    bytes = content(path, &size);
    put_file(path, bytes, size * 3 / 4);
    free(bytes);
    check_error(path, NULL, BH_ERR_FORMAT, "its last page is missing");
    unlink(path);
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

static int
read_forbidden(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    if (geteuid() == 0 && setuid(65534) != 0)
        return 1;
    if (bh_sound_read(in_directory(0, "a.wav"), NULL, &sound, &diag) != BH_ERR_FILE)
        return 2;
    return strstr(diag.text, "no permission to read '") == NULL;
}

static void
test_not_readable(void)
{
    enter();
    const char *path = in_directory(0, "x.wav");
    check_error(path, NULL, BH_ERR_FILE, "there is no file '");
    check_error("", NULL, BH_ERR_FILE, "there is no file ''");
    check_error(directory, NULL, BH_ERR_FILE, "it is a directory, not a file");
    check_error("/dev/zero", NULL, BH_ERR_FILE, "'/dev/zero' is a device");
    put_file(path, "", 0);
    check_error(path, NULL, BH_ERR_FORMAT, "x.wav' is empty (0 bytes)");
    put_file(path, "RIFF", 4);
    check_error(path, NULL, BH_ERR_FORMAT, "x.wav' ");
    put_file(path, "This is no sound, but a text.\n", 30);
    check_error(path, NULL, BH_ERR_FORMAT, "x.wav' is not a sound file; WAV, FLAC");
    put_sound(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 0);
    check_error(path, NULL, BH_ERR_FORMAT, "x.wav' holds no samples (0 frames)");
    unlink(path);
    path = wav_file(0);
    chmod(path, 0);
    CHECK(in_process(read_forbidden, "/dev/null") == 0);
    unlink(path);
    leave();
}

/* Any bytes of a header may be damaged: an error or a sound, nothing else. */
static void
test_damaged(void)
{
    enter();
    const struct {
        const char *name;
        int format;
    } formats[] = {{"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16},
                   {"a.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16},
                   {"a.au", SF_FORMAT_AU | SF_FORMAT_PCM_16}};
    unsigned random = 1;
    for (int i = 0; i < 300; i++) {
        const char *path = in_directory(0, formats[i % 3].name);
        put_sound(path, formats[i % 3].format, 2, 100);
        size_t size = 0;
        char *bytes = content(path, &size);
        for (int k = 0; k < 3; k++) {
            random = random * 1664525 + 1013904223;
            bytes[(random >> 8) % 60] = (char)(random >> 24);
        }
        random = random * 1664525 + 1013904223;
        put_file(path, bytes, i % 2 ? size : 1 + (random >> 8) % size);
        free(bytes);
        bh_diag diag = {0};
        bh_sound *sound = NULL;
        if (bh_sound_read(path, NULL, &sound, &diag) != BH_OK)
            CHECK(diag.text[0] != '\0' && sound == NULL);
        bh_sound_free(sound);
        unlink(path);
    }
    leave();
}

/* Standard input and a named pipe, with TMPDIR in the test's directory. */
static int
read_stdin(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    int pipes[2];
    size_t size = 0;
    char *bytes = content(in_directory(0, "in"), &size);
    if (pipe(pipes) != 0)
        return 1;
    if (fork() == 0) {
        close(pipes[0]);
        _exit(write(pipes[1], bytes, size) != (ssize_t)size);
    }
    free(bytes);
    close(pipes[1]);
    dup2(pipes[0], STDIN_FILENO);
    close(pipes[0]);
    setenv("TMPDIR", directory, 1);
    if (bh_sound_read("-", NULL, &sound, &diag) != BH_OK) {
        fprintf(stderr, "%s\n", diag.text);
        return 2;
    }
    int wrong = bh_sound_frames(sound) != FRAMES;
    bh_sound_free(sound);
    wait(NULL);
    return wrong ? 3 : 0;
}

static int
read_empty_stdin(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    if (bh_sound_read("-", NULL, &sound, &diag) != BH_ERR_FORMAT)
        return 1;
    return strstr(diag.text, "standard input is empty") == NULL;
}

static int
read_without_room(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    setenv("TMPDIR", "/nowhere", 1);
    if (bh_sound_read("-", NULL, &sound, &diag) != BH_ERR_FILE)
        return 1;
    return strstr(diag.text, "standard input cannot be kept in '/nowhere'") == NULL;
}

static void
test_standard_input(void)
{
    enter();
    const int formats[] = {
        SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
        SF_FORMAT_OGG | SF_FORMAT_VORBIS, SF_FORMAT_AIFF | SF_FORMAT_PCM_16};
    const char *path = in_directory(0, "in"), *errors = in_directory(1, "stderr");
    for (int i = 0; i < 4; i++) {
        put_sound(path, formats[i], 2, FRAMES);
        CHECK(in_process(read_stdin, errors) == 0);
        unlink(path);
    }
    CHECK(in_process(read_empty_stdin, errors) == 0);
    if (!isatty(STDIN_FILENO))
        CHECK(in_process(read_without_room, errors) == 0);
    unlink(errors);
    leave();
}

static void
test_named_pipe(void)
{
    enter();
    const char *path = in_directory(0, "fifo"), *wav = wav_file(1);
    size_t size = 0;
    char *bytes = content(wav, &size);
    CHECK(mkfifo(path, 0600) == 0);
    fflush(NULL);
    pid_t writer = fork();
    if (writer == 0) {
        int file = open(path, O_WRONLY);
        _exit(write(file, bytes, size) != (ssize_t)size);
    }
    bh_sound *sound = read_sound(path, NULL);
    CHECK(bh_sound_frames(sound) == FRAMES);
    bh_sound_free(sound);
    waitpid(writer, NULL, 0);
    free(bytes);
    unlink(path);
    unlink(wav);
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

/* A wave of some peak (Pa) in two channels. */
static bh_sound *
wave(double peak_pa)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_new(FRAMES, 2, RATE, &sound, &diag), diag);
    for (size_t i = 0; i < FRAMES * 2; i++)
        bh_sound_data(sound)[i] = peak_pa *
                                  cos((double)i * 0.25 * 3.14159265358979323846);
    return sound;
}

/* Float keeps a double within 2^-24 of itself, 24 bits within half a step of full
 * scale. */
static void
test_write(void)
{
    enter();
    const struct {
        const char *name;
        bh_soundfile_encoding encoding;
        double full_scale_db, peak_pa, tolerance;
    } cases[] = {
        {"a.wav", BH_ENCODING_AUTO, BH_FULL_SCALE_PASCAL, 40, 40 * 0x1p-24},
        {"a.flac", BH_ENCODING_AUTO, BH_FULL_SCALE_PASCAL, 0.9, 0x1p-24},
        {"b.WAV", BH_ENCODING_PCM24, BH_FULL_SCALE_PASCAL, 0.9, 0x1p-24},
        {"c.wav", BH_ENCODING_PCM16, BH_FULL_SCALE_PASCAL, 0.9, 0x1p-16},
        /* 1.0 is 10 Pa. */
        {"d.wav", BH_ENCODING_PCM24, BH_FULL_SCALE_PASCAL + 20, 9, 10 * 0x1p-24}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bh_diag diag = {0};
        const char *path = in_directory(0, cases[i].name);
        bh_sound *sound = wave(cases[i].peak_pa);
        CHECK_OK(bh_sound_write(path, sound, cases[i].encoding, cases[i].full_scale_db,
                                &diag),
                 diag);
        bh_soundfile_options options = bh_soundfile_options_default();
        options.channel = BH_CHANNEL_ALL;
        options.full_scale_db = cases[i].full_scale_db;
        bh_sound *back = read_sound(path, &options);
        CHECK(bh_sound_frames(back) == FRAMES && bh_sound_channels(back) == 2);
        double worst = 0;
        for (size_t k = 0; k < FRAMES * 2; k++)
            worst = fmax(worst,
                         fabs(bh_sound_samples(back)[k] - bh_sound_samples(sound)[k]));
        CHECK_NEAR(worst, 0, cases[i].tolerance * 1.01);
        bh_sound_free(back);
        bh_sound_free(sound);
        CHECK(entries() == 1);
        unlink(path);
    }
    leave();
}

static void
test_write_clipped(void)
{
    enter();
    bh_diag diag = {0};
    const char *path = in_directory(0, "a.flac");
    bh_sound *sound = wave(2);
    put_file(path, "old", 3);
    CHECK(bh_sound_write(path, sound, BH_ENCODING_AUTO, BH_FULL_SCALE_PASCAL, &diag) ==
          BH_ERR_DATA);
    CHECK_HAS(diag.text, "7500 samples do not fit into");
    CHECK_HAS(diag.text, "the peak is 2 times full scale at 0.000000 s");
    CHECK_HAS(diag.text, "or use a full scale of 100.1 dB SPL");
    char *text = content(path, NULL);
    CHECK(strcmp(text, "old") == 0);
    free(text);
    CHECK_OK(bh_sound_write(path, sound, BH_ENCODING_AUTO, 100.1, &diag), diag);
    bh_sound_free(sound);
    unlink(path);
    leave();
}

static void
test_write_bad(void)
{
    enter();
    bh_diag diag = {0};
    const double full = BH_FULL_SCALE_PASCAL;
    bh_sound *sound = wave(0.5), *odd = NULL;
    const char *wav = in_directory(0, "a.wav");
    CHECK(bh_sound_write(in_directory(1, "a.mp4"), sound, BH_ENCODING_AUTO, full,
                         &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "names that end in .wav or .flac");
    CHECK(bh_sound_write(in_directory(1, "a.flac"), sound, BH_ENCODING_FLOAT, full,
                         &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "FLAC has no floating-point samples");
    CHECK(bh_sound_write(in_directory(1, "no/a.wav"), sound, BH_ENCODING_AUTO, full,
                         &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "its directory does not exist");
    CHECK(bh_sound_write(wav, sound, BH_ENCODING_AUTO, NAN, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "a full scale of nan dB SPL");
    bh_sound_data(sound)[3] = NAN;
    CHECK(bh_sound_write(wav, sound, BH_ENCODING_AUTO, full, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "sample 1 of channel 1");
    CHECK_OK(bh_sound_new(10, 1, 44100.5, &odd, &diag), diag);
    CHECK(bh_sound_write(wav, odd, BH_ENCODING_AUTO, full, &diag) ==
          BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "44100.5 Hz needs resampling");
    bh_sound_free(odd);
    CHECK_OK(bh_sound_new(10, 9, 44100, &odd, &diag), diag);
    CHECK(bh_sound_write(in_directory(1, "a.flac"), odd, BH_ENCODING_AUTO, full,
                         &diag) == BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "cannot write 9 channels at 44100 Hz");
    bh_sound_free(odd);
    bh_sound_free(sound);
    leave();
}

static int
fill_disk(void)
{
    signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit = {20000, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &limit);
    bh_sound *sound = wave(0.5);
    const char *const names[] = {"full.wav", "full.flac"};
    for (int i = 0; i < 2; i++) {
        bh_diag diag = {0};
        /* Periodic, the wave is small as FLAC: noise in the last bits makes it long. */
        for (size_t k = 0; k < FRAMES * 2; k++)
            bh_sound_data(sound)[k] = sin((double)(k * k % 7919) * 1.7) * 0.9;
        if (bh_sound_write(in_directory(0, names[i]), sound, BH_ENCODING_AUTO,
                           BH_FULL_SCALE_PASCAL, &diag) != BH_ERR_FILE)
            return 1 + i;
        if (!strstr(diag.text, "cannot write '") || !strstr(diag.text, names[i]))
            return 10 + i;
        if (entries() != 1)
            return 20 + i;
    }
    bh_sound_free(sound);
    return 0;
}

static void
test_full_disk(void)
{
    enter();
    const char *errors = in_directory(3, "stderr");
    CHECK(in_process(fill_disk, errors) == 0);
    unlink(errors);
    leave();
}

TEST_MAIN("io/soundfile", {"channels", test_channels}, {"full scale", test_full_scale},
          {"level", test_level}, {"silence", test_silence}, {"section", test_section},
          {"stream", test_stream}, {"unknown size", test_unknown_size},
          {"cut short", test_cut_short}, {"cut compressed", test_cut_compressed},
          {"not finite", test_not_finite}, {"not readable", test_not_readable},
          {"damaged", test_damaged}, {"standard input", test_standard_input},
          {"named pipe", test_named_pipe}, {"query", test_query},
          {"samples", test_samples}, {"write", test_write},
          {"write clipped", test_write_clipped}, {"write bad", test_write_bad},
          {"full disk", test_full_disk})
