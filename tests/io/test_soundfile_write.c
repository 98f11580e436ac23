/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/soundfile.h"
#include "sounds/stream.h"
#include "tests/io/sound_scratch.h"

#include <signal.h>
#include <sys/resource.h>

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
        {"e.wav", BH_ENCODING_PCM8, BH_FULL_SCALE_PASCAL, 0.9, 0x1p-8},
        {"e.flac", BH_ENCODING_PCM8, BH_FULL_SCALE_PASCAL, 0.9, 0x1p-8},
        {"f.wav", BH_ENCODING_PCM32, BH_FULL_SCALE_PASCAL, 0.9, 0x1p-32},
        {"g.wav", BH_ENCODING_DOUBLE, BH_FULL_SCALE_PASCAL, 40, 0},
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

/* What goes into a pipe is what goes into a file, header and all. */
static void
test_write_pipe(void)
{
    enum { LARGEST = 60000 }; /* fits into a pipe that nobody reads yet */
    enter();
    for (int encoding = BH_ENCODING_AUTO; encoding <= BH_ENCODING_DOUBLE; encoding++) {
        bh_diag diag = {0};
        const char *path = in_directory(0, "a.wav");
        bh_sound *sound = wave(0.9), *part = NULL;
        int ends[2];
        char name[32], *got = malloc(LARGEST);
        CU_ASSERT_FATAL(pipe(ends) == 0);
        snprintf(name, sizeof name, "/dev/fd/%d", ends[1]);
        /* An odd number of frames and one channel: odd sizes are padded. */
        CHECK_OK(bh_sound_channel(sound, 0, &part, &diag), diag);
        bh_sound_free(sound);
        CHECK_OK(bh_sound_from(bh_sound_samples(part), 4999, 1, RATE, &sound, &diag),
                 diag);
        const bh_soundfile_encoding as = (bh_soundfile_encoding)encoding;
        CHECK_OK(bh_sound_write(path, sound, as, BH_FULL_SCALE_PASCAL, &diag), diag);
        CHECK_OK(bh_sound_write(name, sound, as, BH_FULL_SCALE_PASCAL, &diag), diag);
        close(ends[1]);
        const ssize_t size = read(ends[0], got, LARGEST);
        size_t want_size = 0;
        char *want = content(path, &want_size);
        CHECK((size_t)size == want_size);
        CHECK((size_t)size == want_size && memcmp(got, want, want_size) == 0);
        free(want);
        free(got);
        bh_sound_free(sound);
        bh_sound_free(part);
        close(ends[0]);
        unlink(path);
    }
    leave();
}

/* Gives a source that does not know its end. */
static double
zero(double t_s, size_t channel, void *data)
{
    (void)t_s;
    (void)channel;
    (void)data;
    return 0;
}

static void
test_pipe_bad(void)
{
    const bh_sound_shape forever = {INFINITY, 1, RATE};
    bh_diag diag = {0};
    bh_source *endless = NULL;
    bh_sound *sound = wave(2);
    int ends[2];
    char name[32], got[8];
    CU_ASSERT_FATAL(pipe(ends) == 0);
    snprintf(name, sizeof name, "/dev/fd/%d", ends[1]);
    CHECK_OK(bh_function_source(&forever, zero, NULL, &endless, &diag), diag);
    CHECK(bh_soundfile_write(name, endless, BH_ENCODING_AUTO, BH_FULL_SCALE_PASCAL,
                             &diag) == BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "whose end is not known");
    CHECK(bh_sound_write(name, sound, BH_ENCODING_PCM16, BH_FULL_SCALE_PASCAL, &diag) ==
          BH_ERR_DATA);
    CHECK_HAS(diag.text, "do not fit");
    CHECK(bh_sound_write("/dev/full", sound, BH_ENCODING_AUTO, BH_FULL_SCALE_PASCAL,
                         &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "no space is left");
    /* The first window did not fit, so only the header has gone out. */
    CHECK(read(ends[0], got, 4) == 4 && memcmp(got, "RIFF", 4) == 0);
    close(ends[0]);
    close(ends[1]);
    bh_source_free(endless);
    bh_sound_free(sound);
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

TEST_MAIN("io/soundfile_write", {"write", test_write}, {"write pipe", test_write_pipe},
          {"pipe bad", test_pipe_bad}, {"write clipped", test_write_clipped},
          {"write bad", test_write_bad}, {"full disk", test_full_disk})
