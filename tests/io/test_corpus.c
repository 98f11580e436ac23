/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

/* A corpus written, read by another reader (read_corpus.py, where there is h5py), and
 * written again to the same bytes. */

#include "io/corpus.h"
#include "tests/io/scratch.h"

static bh_diag diag;
static double cf_hz[70000];

static bh_corpus_config
config_for(const char *path)
{
    static const char *const keys[] = {"zero", "eins"};
    static const double channel_cf_hz[] = {1, 2, 3};
    static const bh_corpus_metadata metadata[] = {{"model", "nerve", 0},
                                                  {"seed", NULL, 7}};
    for (int i = 0; i < 70000; i++)
        cf_hz[i] = 100 + i;
    return (bh_corpus_config){.path = path,
                              .neurons = 300,
                              .cf_hz = cf_hz,
                              .keys = keys,
                              .key_count = 2,
                              .channels = 3,
                              .channel_cf_hz = channel_cf_hz,
                              .frames_hz = 100,
                              .metadata = metadata,
                              .metadata_count = 2};
}

static bh_status
add(bh_corpus_writer *writer, int i)
{
    static const double time_s[] = {0, .25, .5, .75, 1, 1.25};
    static const uint32_t index[] = {0, 50, 100, 150, 200, 250};
    char name[32];
    float frames[6];
    snprintf(name, sizeof name, "sound %d.wav", i);
    for (int j = 0; j < 6; j++)
        frames[j] = (float)(i + j);
    const bh_corpus_sound sound = {.name = name,
                                   .label = (size_t)i % 2,
                                   .duration_s = i / 8.,
                                   .spikes = {time_s, index, (size_t)i % 7},
                                   .frames = frames,
                                   .frame_count = (size_t)i % 3};
    return bh_corpus_writer_add(writer, &sound, &diag);
}

static void
write_corpus(const char *path)
{
    bh_corpus_writer *writer = NULL;
    const bh_corpus_config config = config_for(path);
    CHECK_OK(bh_corpus_writer_open(&config, &writer, &diag), diag);
    for (int i = 0; i < 2000; i++)
        CHECK_OK(add(writer, i), diag);
    CHECK_OK(bh_corpus_writer_close(writer, &diag), diag);
}

static void
test_same_bytes(void)
{
    enter();
    size_t size[2];
    const char *path[] = {in_directory(0, "a.h5"), in_directory(1, "b.h5")};
    char *bytes[2];
    for (int i = 0; i < 2; i++) {
        write_corpus(path[i]);
        bytes[i] = content(path[i], &size[i]);
    }
    CHECK(size[0] == size[1] && memcmp(bytes[0], bytes[1], size[0]) == 0);
    for (int i = 0; i < 2; i++) {
        free(bytes[i]);
        unlink(path[i]);
    }
    leave();
}

static void
test_other_reader(void)
{
    enter();
    static const char *const pythons[] = {"python3", "/usr/bin/python3"};
    char command[1024];
    const char *path = in_directory(0, "corpus.h5");
    write_corpus(path);
    int result = 77;
    for (int i = 0; i < 2 && result == 77; i++) {
        snprintf(command, sizeof command, "%s '%s/io/read_corpus.py' '%s'", pythons[i],
                 BH_TESTS_DIR, path);
        const int status = system(command);
        result = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
        if (result == 127) /* no such program */
            result = 77;
    }
    if (result == 77)
        printf("not read by another reader: there is no python3 with h5py\n");
    CHECK(result == 0 || result == 77);
    unlink(path);
    leave();
}

static void
test_refused(void)
{
    enter();
    bh_corpus_writer *writer = NULL;
    bh_corpus_config config = config_for(in_directory(0, "corpus.h5"));
    static const uint32_t index = 300;
    static const double time_s = 0;
    bh_corpus_sound sound = {.name = "loud.wav", .spikes = {&time_s, &index, 1}};
    CHECK_OK(bh_corpus_writer_open(&config, &writer, &diag), diag);
    CHECK(bh_corpus_writer_add(writer, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "'loud.wav' has a spike of neuron 300, but there are 300");
    sound.spikes.count = 0;
    sound.label = 2;
    CHECK(bh_corpus_writer_add(writer, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "label 2");
    bh_corpus_writer_abort(writer);
    config.key_count = 0;
    CHECK(bh_corpus_writer_open(&config, &writer, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "labels");
    config.key_count = 1;
    config.path = "-";
    CHECK(bh_corpus_writer_open(&config, &writer, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "name a file");
    bh_corpus_writer_abort(NULL);
    leave();
}

/* More neurons than 16 bits can tell, and a folder that is not there. */
static void
test_wide_units(void)
{
    enter();
    bh_corpus_writer *writer = NULL;
    bh_corpus_config config = config_for(in_directory(0, "wide.h5"));
    static const uint32_t index = 69999;
    static const double time_s = 0;
    const bh_corpus_sound sound = {.name = "wide.wav", .spikes = {&time_s, &index, 1}};
    config.neurons = 70000;
    config.channels = 0;
    CHECK_OK(bh_corpus_writer_open(&config, &writer, &diag), diag);
    CHECK_OK(bh_corpus_writer_add(writer, &sound, &diag), diag);
    CHECK_OK(bh_corpus_writer_close(writer, &diag), diag);
    unlink(config.path);
    config.path = in_directory(0, "no/where.h5");
    CHECK(bh_corpus_writer_open(&config, &writer, &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "directory does not exist");
    leave();
}

TEST_MAIN("corpus", {"same bytes", test_same_bytes},
          {"other reader", test_other_reader}, {"refused", test_refused},
          {"wide units", test_wide_units})
