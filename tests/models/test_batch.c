/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

/* Batches from C: ended and gone on with, what the frames of the cochleagram are, and
 * what is refused. The rest is in tests/cli/batch. */

#include "filterbank/filterbank.h"
#include "filterbank/gammatone.h"
#include "io/frames.h"
#include "models/batch_internal.h"
#include "tests/io/scratch.h"

#define RATE   16000
#define SOUNDS 5

static bh_diag diag;

static const char model[] =
    "sounds: {ear: {file: none.wav}}\n"
    "filters: {cochlea: {bank: gammatone, input: ear, cf: [300 Hz, 1 kHz, 3 kHz]}}\n"
    "groups:\n"
    "  nerve:\n"
    "    N: 3\n"
    "    equations: |\n"
    "      dv/dt = (I-v)/(1*ms) + xi*(2/(1*ms))**.5 : 1\n"
    "      I : 1\n"
    "    threshold: v > 1\n"
    "    reset: v = 0\n"
    "    links: {I: {from: cochlea}}\n"
    "run: {precision: double}\n";

static double
sample(int sound, int t)
{
    return .02 * sin(2 * 3.14159265358979 * (300 + 700. * sound) * t / RATE);
}

static void
write_sound(const char *path, int sound, size_t frames)
{
    double samples[RATE / 10];
    bh_frames_writer_config config = bh_frames_writer_config_default();
    bh_frames_writer *writer = NULL;
    config.path = path;
    config.samplerate_hz = RATE;
    config.channels = 1;
    for (size_t t = 0; t < frames; t++)
        samples[t] = sample(sound, (int)t);
    CHECK_OK(bh_frames_writer_open(&config, &writer, &diag), diag);
    const bh_block block = {samples, frames, 1, 1, BH_DOUBLE};
    CHECK_OK(bh_frames_writer_write(writer, block, &diag), diag);
    CHECK_OK(bh_frames_writer_close(writer, &diag), diag);
}

static bh_sound_list *
make(void)
{
    char name[32];
    bh_sound_list *list = NULL;
    enter();
    mkdir(in_directory(0, "sounds"), 0700);
    for (int i = 0; i < SOUNDS; i++) {
        snprintf(name, sizeof name, "sounds/%d.wav", i);
        write_sound(in_directory(0, name), i, 1000 + 50 * (size_t)i);
    }
    put_file(in_directory(0, "model.yaml"), model, sizeof model - 1);
    CHECK_OK(bh_sound_list_read(in_directory(0, "sounds"), &list, &diag), diag);
    CHECK(bh_sound_list_count(list) == SOUNDS);
    return list;
}

static void
unmake(bh_sound_list *list)
{
    for (size_t i = 0; i < SOUNDS; i++)
        unlink(bh_sound_list_get(list, i)->path);
    bh_sound_list_free(list);
    rmdir(in_directory(0, "sounds"));
    unlink(in_directory(0, "model.yaml"));
    unlink(in_directory(0, "out.h5"));
    unlink(in_directory(0, "out.h5.tsv"));
    leave();
}

static bh_batch_config
config_for(const bh_sound_list *list)
{
    bh_batch_config config = bh_batch_config_default();
    config.model = in_directory(2, "model.yaml");
    config.sounds = list;
    config.output = in_directory(3, "out.h5");
    config.threads = 1;
    return config;
}

static bh_status
stop_after_two(void *user, const bh_batch_progress *progress, bh_diag *why)
{
    int *calls = user;
    ++*calls;
    CHECK(progress->done <= progress->sounds && progress->failed == 0);
    return progress->done == 2 ? bh_diag_set(why, BH_ERR_STOPPED, "enough") : BH_OK;
}

static bh_status
count_sounds(void *user, const bh_batch_progress *progress, bh_diag *why)
{
    size_t *sounds = user;
    (void)why;
    *sounds = progress->sounds;
    return BH_OK;
}

static void
test_ended(void)
{
    bh_sound_list *list = make();
    bh_batch_config config = config_for(list);
    bh_batch_result result = {.sounds = 99};
    int calls = 0;
    config.report = stop_after_two;
    config.user = &calls;
    CHECK(bh_batch_run(&config, &result, &diag) == BH_ERR_STOPPED);
    CHECK_HAS(diag.text, "enough");
    CHECK(result.sounds == 99 && calls >= 2);
    CHECK(access(in_directory(0, "out.h5.journal"), F_OK) == 0);
    CHECK(access(config.output, F_OK) != 0);

    size_t left = 0;
    config.report = count_sounds;
    config.user = &left;
    CHECK_OK(bh_batch_run(&config, &result, &diag), diag);
    CHECK(left == SOUNDS - 2);
    CHECK(result.sounds == SOUNDS && result.failed == 0 && result.missing == 0);
    CHECK(access(in_directory(0, "out.h5.journal"), F_OK) != 0);
    CHECK(access(config.output, F_OK) == 0);

    /* what is there is kept, unless it shall be replaced */
    config.seed = 1;
    CHECK(bh_batch_run(&config, &result, &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "out.h5' already");
    config.replace = true;
    CHECK_OK(bh_batch_run(&config, &result, &diag), diag);
    rmdir(in_directory(0, "out.h5.journal"));
    unmake(list);
}

/* The frames that a sound's record has, against the filterbank run here. */
static void
check_frames(const struct batch *batch, size_t sound, double frames_hz)
{
    const double cf[] = {300, 1000, 3000};
    const size_t samples = 1000 + 50 * sound;
    struct heard heard;
    bh_filterbank *bank;
    double in[RATE / 10], out[3 * RATE / 10];
    CHECK_OK(record_get(batch, sound, &heard, &diag), diag);
    for (size_t t = 0; t < samples; t++)
        in[t] = (float)sample((int)sound, (int)t); /* as WAV keeps it */
    CHECK_OK(bh_gammatone_new(RATE, cf, 3, NULL, BH_DOUBLE, &bank, &diag), diag);
    const bh_block source = {in, samples, 1, 1, BH_DOUBLE},
                   target = {out, samples, 3, 3, BH_DOUBLE};
    CHECK_OK(bh_filterbank_process(bank, source, target, &diag), diag);
    bh_filterbank_free(bank);
    const size_t frames = (size_t)ceil((double)samples * frames_hz / RATE);
    if (!heard.head.good)
        fprintf(stderr, "%s\n", heard.head.message);
    CU_ASSERT_FATAL(heard.head.good && heard.head.frames == frames &&
                    heard.head.channels == 3);
    for (size_t k = 0; k < frames; k++) {
        const size_t begin = (size_t)ceil((double)k * RATE / frames_hz),
                     end = (size_t)ceil((double)(k + 1) * RATE / frames_hz);
        for (size_t ch = 0; ch < 3; ch++) {
            double sum = 0;
            size_t t = begin;
            for (; t < end && t < samples; t++)
                sum += out[3 * t + ch] * out[3 * t + ch];
            const double want = sqrt(sum / (double)(t - begin));
            /* single precision in the record and, of samples up to .02, in the file */
            CHECK_NEAR(heard.frames[3 * k + ch], want, 1e-6 * want + 1e-10);
        }
    }
    heard_free(&heard);
}

static void
test_frames(void)
{
    bh_sound_list *list = make();
    bh_batch_config config = config_for(list);
    config.frames_hz = 150; /* 106 and 2/3 samples */
    struct batch batch = {.config = &config};
    uint64_t key[SOUNDS] = {11, 12, 13, 14, 15};
    batch.key = key;
    CHECK_OK(bh_model_read(config.model, NULL, 0, &batch.model, &diag), diag);
    unlink(config.model); /* what is heard is the model as it was read */
    CHECK_OK(bh_journal_open(in_directory(1, "journal"), &batch.journal, &diag), diag);
    for (size_t i = 0; i < SOUNDS; i++) {
        struct heard heard = {0};
        CHECK_OK(batch_hear(&batch, i, &heard, &diag), diag);
        CHECK(heard.head.good);
        CHECK_NEAR(heard.head.duration_s, (1000 + 50 * (double)i) / RATE, 1e-12);
        CHECK_OK(record_put(&batch, i, &heard, &diag), diag);
        heard_free(&heard);
        check_frames(&batch, i, config.frames_hz);
    }
    bh_model_free(batch.model);
    bh_journal_remove(batch.journal);
    unmake(list);
}

static void
test_refused(void)
{
    bh_sound_list *list = make();
    bh_batch_result result;
    bh_batch_config config = config_for(list);
    config.group = "hair_cells";
    CHECK(bh_batch_run(&config, &result, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "no group 'hair_cells'");
    config = config_for(list);
    config.sound = "left";
    CHECK(bh_batch_run(&config, &result, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "no sound 'left'");
    config = config_for(list);
    config.shard = 3;
    config.shards = 3;
    CHECK(bh_batch_run(&config, &result, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "no share 3 of 3");
    config = config_for(list);
    config.spikes = false;
    CHECK(bh_batch_run(&config, &result, &diag) == BH_ERR_ARGUMENT);
    config = config_for(list);
    config.form = BH_BATCH_CSV;
    config.frames_hz = 100;
    CHECK(bh_batch_run(&config, &result, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "corpus");
    config = config_for(list);
    config.output = "-";
    CHECK(bh_batch_run(&config, &result, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "name a file");
    CHECK(access(in_directory(0, "out.h5.journal"), F_OK) != 0);
    unmake(list);
}

static void
test_own_path(void)
{
    static const struct {
        const char *name, *want;
    } cases[] = {{"a.wav", "out/a.wav.csv"},
                 {"a/b.wav", "out/a/b.wav.csv"},
                 {"/abs/b.wav", "out/abs/b.wav.csv"},
                 {"../up/./b.wav", "out/up/up/b.wav.csv"},
                 {"a//b.wav", "out/a/b.wav.csv"}};
    char path[64];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK(batch_own_path("out", cases[i].name, ".csv", path, sizeof path));
        CHECK(strcmp(path, cases[i].want) == 0);
    }
    CHECK(!batch_own_path("out", "a.wav", ".csv", path, 10));
}

TEST_MAIN("batch", {"ended", test_ended}, {"frames", test_frames},
          {"refused", test_refused}, {"own path", test_own_path})
