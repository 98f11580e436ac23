/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/soundfile.h"
#include "tests/io/sound_scratch.h"

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
    int pipes[2];
    if (pipe(pipes) != 0 || write(pipes[1], "RIFF", 4) != 4)
        return 1;
    close(pipes[1]);
    dup2(pipes[0], STDIN_FILENO);
    setenv("TMPDIR", "/dev/null", 1);
    if (bh_sound_read("-", NULL, &sound, &diag) != BH_ERR_FILE)
        return 1;
    return strstr(diag.text, "standard input cannot be kept in '/dev/null'") == NULL;
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

TEST_MAIN("io/soundfile_open", {"unknown size", test_unknown_size},
          {"cut short", test_cut_short}, {"cut compressed", test_cut_compressed},
          {"not readable", test_not_readable}, {"damaged", test_damaged},
          {"standard input", test_standard_input}, {"named pipe", test_named_pipe})
