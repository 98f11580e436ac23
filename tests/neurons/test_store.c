/* SPDX-License-Identifier: GPL-3.0-or-later */
/* States taken and put back: the same spikes as without interruption, in this process,
 * in another network, and after being killed at any moment. */
#define _GNU_SOURCE /* fork, kill, mkdtemp, usleep */
#include "tests/neurons/cut.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Noisy fibres behind a filterbank, with chance and given spikes beside them, and
 * everything that records. */
struct model {
    bh_sound *sound;
    bh_source *source, *ear;
    bh_filterbank *bank;
    bh_network *net;
    bh_group *group;
    bh_spike_monitor *spikes, *chance, *given;
    bh_state_monitor *states, *recent;
    bh_spike_counter *counter;
    bh_rate_monitor *rate;
    bh_histogram *intervals;
    bh_spike_average *average;
};

static void
model_free(struct model *model)
{
    bh_network_free(model->net);
    bh_source_free(model->ear);
    bh_source_free(model->source);
    bh_filterbank_free(model->bank);
    bh_sound_free(model->sound);
}

static void
add_ear(struct model *model)
{
    enum { PLACES = 30, FRAMES = 10000 };
    bh_diag diag;
    double cf[PLACES];
    CHECK_OK(bh_sound_new(FRAMES, 1, 20000, &model->sound, &diag), diag);
    for (uint32_t t = 0, state = 1; t < FRAMES; t++) {
        state = state * 1664525u + 1013904223u;
        bh_sound_data(model->sound)[t] = (double)state / 4294967296.0 - 0.5;
    }
    CHECK_OK(bh_erbspace(100, 8000, PLACES, bh_erb_params_default(), cf, &diag), diag);
    CHECK_OK(bh_gammatone_new(20000, cf, PLACES, NULL, BH_SINGLE, &model->bank, &diag),
             diag);
    CHECK_OK(bh_sound_source(model->sound, &model->source, &diag), diag);
    CHECK_OK(bh_filterbank_source(model->bank, model->source, &model->ear, &diag),
             diag);
    CHECK_OK(bh_link(model->group, "I", model->ear, "4*clip(x,0,inf)**(1/3)", &diag),
             diag);
}

static void
add_monitors(struct model *model)
{
    bh_diag diag;
    double edges[21];
    for (int b = 0; b < 21; b++)
        edges[b] = b * 1e-3;
    CHECK_OK(bh_spike_monitor_new(model->group, NULL, &model->spikes, &diag), diag);
    bh_state_monitor_config config = bh_state_monitor_config_default(model->group);
    config.variables = "v a";
    config.every_s = 1e-3;
    config.index = (uint32_t[]){5, 599};
    config.count = 2;
    CHECK_OK(bh_state_monitor_new(model->group, &config, &model->states, &diag), diag);
    config.every_s = 5e-5;
    config.recent_s = 2e-3;
    CHECK_OK(bh_state_monitor_new(model->group, &config, &model->recent, &diag), diag);
    CHECK_OK(bh_spike_counter_new(model->group, &model->counter, &diag), diag);
    CHECK_OK(bh_rate_monitor_new(model->group, 1e-3, &model->rate, &diag), diag);
    CHECK_OK(
        bh_interval_histogram_new(model->group, edges, 20, &model->intervals, &diag),
        diag);
    CHECK_OK(bh_spike_average_new(model->group, model->recent, "v", 30, &model->average,
                                  &diag),
             diag);
}

static struct model
model_new(struct cut cut, const char *noise)
{
    struct model model = {0};
    bh_diag diag;
    bh_group *group;
    char equations[300];
    model.net = network(cut, 5e-5);
    bh_group_config config = bh_group_config_default();
    config.name = "fibres";
    config.count = 600;
    config.precision = cut.precision;
    snprintf(equations, sizeof equations,
             "dv/dt = (I-v)/(1*ms) + %s*xi*(2/(1*ms))**.5 : 1 (unless refractory)\n"
             "da/dt = -a/(20*ms) : 1\nI : 1 (linked)\nr : 1",
             noise);
    config.equations = equations;
    config.threshold = "v > 1 + a";
    config.reset = "v = 0.1*rand(); a += 0.2";
    config.refractory = "a > 0.1 + 0.1*r";
    CHECK_OK(bh_group_new(model.net, &config, &model.group, &diag), diag);
    CHECK_OK(bh_group_set(model.group, "r", "rand()", &diag), diag);
    CHECK_OK(bh_poisson_input_new(model.group, "a", 100, "20*Hz", "0.01", &diag), diag);
    add_ear(&model);
    bh_poisson_config poisson = bh_poisson_config_default();
    poisson.count = 700;
    poisson.rates = "50*Hz";
    CHECK_OK(bh_poisson_new(model.net, &poisson, &group, &diag), diag);
    CHECK_OK(bh_spike_monitor_new(group, NULL, &model.chance, &diag), diag);
    bh_generator_config given = bh_generator_config_default();
    given.count = 2;
    given.spikes = (bh_events){(double[]){0, 1e-3}, (uint32_t[]){0, 1}, 2};
    given.period_s = 7e-3;
    CHECK_OK(bh_generator_new(model.net, &given, &group, &diag), diag);
    CHECK_OK(bh_spike_monitor_new(group, NULL, &model.given, &diag), diag);
    add_monitors(&model);
    return model;
}

static bool
same_events(const bh_spike_monitor *a, const bh_spike_monitor *b)
{
    bh_events x = bh_spike_monitor_events(a), y = bh_spike_monitor_events(b);
    return x.count == y.count && x.count > 0 &&
           bh_spike_monitor_count(a) == bh_spike_monitor_count(b) &&
           memcmp(x.time_s, y.time_s, x.count * sizeof *x.time_s) == 0 &&
           memcmp(x.index, y.index, x.count * sizeof *x.index) == 0;
}

static bool
same_rows(const bh_state_monitor *a, const bh_state_monitor *b, const char *variable)
{
    bh_block x, y;
    bool same = bh_state_monitor_rows(a, variable, &x, NULL) == BH_OK &&
                bh_state_monitor_rows(b, variable, &y, NULL) == BH_OK &&
                x.frames == y.frames &&
                bh_state_monitor_time(a, 0) == bh_state_monitor_time(b, 0);
    for (size_t k = 0; same && k < x.frames; k++)
        same = memcmp((char *)x.data + k * x.stride * bh_precision_size(x.precision),
                      (char *)y.data + k * y.stride * bh_precision_size(y.precision),
                      x.channels * bh_precision_size(x.precision)) == 0;
    return same;
}

static void
check_same(struct model *got, struct model *want)
{
    bh_diag diag;
    uint64_t spikes[2];
    const double *rates[2];
    size_t bins[2];
    CHECK(same_events(got->spikes, want->spikes));
    CHECK(same_events(got->chance, want->chance));
    CHECK(same_events(got->given, want->given));
    CHECK(same_rows(got->states, want->states, "a"));
    CHECK(same_rows(got->recent, want->recent, "v"));
    CHECK(memcmp(bh_spike_counter_counts(got->counter),
                 bh_spike_counter_counts(want->counter), 600 * sizeof(uint64_t)) == 0);
    CHECK(memcmp(bh_histogram_counts(got->intervals),
                 bh_histogram_counts(want->intervals), 20 * sizeof(uint64_t)) == 0);
    CHECK_OK(bh_rate_monitor_rates(got->rate, &rates[0], &bins[0], &diag), diag);
    CHECK_OK(bh_rate_monitor_rates(want->rate, &rates[1], &bins[1], &diag), diag);
    CHECK(bins[0] == bins[1] &&
          memcmp(rates[0], rates[1], bins[0] * sizeof(double)) == 0);
    bh_block x = bh_spike_average_rows(got->average, &spikes[0]),
             y = bh_spike_average_rows(want->average, &spikes[1]);
    CHECK(spikes[0] == spikes[1] && spikes[0] > 0);
    CHECK(memcmp(x.data, y.data, 60 * sizeof(double)) == 0);
}

static void
test_same(void)
{
    static const struct cut cuts[] = {
        {1, 256, BH_CODE_AUTO, BH_RANDOM_FAST, BH_SINGLE, 1},
        {2, 64, BH_CODE_AUTO, BH_RANDOM_PORTABLE, BH_SINGLE, 1},
        {2, 37, BH_CODE_INTERPRETED, BH_RANDOM_FAST, BH_DOUBLE, 1}};
    bh_diag diag;
    for (int i = 0; i < 3; i++) {
        bh_store *middle, *begin, *bytes;
        struct cut cut = cuts[i];
        struct model want = model_new(cut, "0.2"), again = model_new(cut, "0.2");
        CHECK_OK(bh_network_run(want.net, 0.3, &diag), diag);
        /* taken before the first run, and in the middle */
        CHECK_OK(bh_network_store(again.net, &begin, &diag), diag);
        CHECK_OK(bh_network_run(again.net, 0.1234, &diag), diag);
        CHECK_OK(bh_network_store(again.net, &middle, &diag), diag);
        CHECK_NEAR(bh_store_time(middle), 0.1234, 1e-12);
        CHECK_OK(bh_network_run(again.net, 0.1766, &diag), diag);
        check_same(&again, &want);
        CHECK_OK(bh_network_restore(again.net, middle, &diag), diag);
        CHECK_NEAR(bh_network_time(again.net), 0.1234, 1e-12);
        CHECK_OK(bh_network_run(again.net, 0.1766, &diag), diag);
        check_same(&again, &want);
        CHECK_OK(bh_network_restore(again.net, begin, &diag), diag);
        CHECK_OK(bh_network_run(again.net, 0.3, &diag), diag);
        check_same(&again, &want);
        /* into another network, through bytes, with other threads and windows */
        size_t size;
        const void *raw = bh_store_bytes(middle, &size);
        CHECK_OK(bh_store_open(raw, size, &bytes, &diag), diag);
        cut.threads = 3 - cut.threads;
        cut.window = 13;
        struct model other = model_new(cut, "0.2");
        CHECK_OK(bh_network_restore(other.net, bytes, &diag), diag);
        CHECK_OK(bh_network_run(other.net, 0.1766, &diag), diag);
        check_same(&other, &want);
        bh_store_free(begin);
        bh_store_free(middle);
        bh_store_free(bytes);
        model_free(&want);
        model_free(&again);
        model_free(&other);
    }
}

static void
test_errors(void)
{
    bh_diag diag;
    bh_store *store, *copy;
    size_t size;
    struct model model = model_new(plain, "0.2"), other = model_new(plain, "0.3");
    CHECK_OK(bh_network_run(model.net, 0.01, &diag), diag);
    CHECK_OK(bh_network_store(model.net, &store, &diag), diag);
    CHECK(bh_network_restore(other.net, store, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "another network");
    const unsigned char *bytes = bh_store_bytes(store, &size);
    unsigned char *damaged = malloc(size);
    memcpy(damaged, bytes, size);
    CHECK(bh_store_open(damaged, size - 1, &copy, &diag) == BH_ERR_DATA);
    CHECK(bh_store_open(damaged, 7, &copy, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "no state");
    damaged[size / 2] ^= 4;
    CHECK(bh_store_open(damaged, size, &copy, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "damaged");
    damaged[size / 2] ^= 4;
    damaged[8] = 99;
    CHECK(bh_store_open(damaged, size, &copy, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "format 99");
    free(damaged);
    bh_store_free(store);
    model_free(&model);
    model_free(&other);
}

/* Goes on from the checkpoint, if there is one, to the end, with a new one every few
 * milliseconds of the model's time. */
static int
work(const char *path, double end_s)
{
    bh_diag diag;
    void *bytes;
    size_t size;
    bh_store *store;
    struct cut cut = plain;
    cut.threads = 2;
    struct model model = model_new(cut, "0.2");
    if (bh_checkpoint_read(path, &bytes, &size, &diag) == BH_OK) {
        if (bh_store_open(bytes, size, &store, &diag) != BH_OK ||
            bh_network_restore(model.net, store, &diag) != BH_OK)
            return 3;
        bh_store_free(store);
        free(bytes);
    }
    while (bh_network_time(model.net) < end_s - 1e-9) {
        double left = end_s - bh_network_time(model.net);
        if (bh_network_run(model.net, left < 3.35e-3 ? left : 3.35e-3, &diag) !=
                BH_OK ||
            bh_network_store(model.net, &store, &diag) != BH_OK)
            return 3;
        const void *raw = bh_store_bytes(store, &size);
        if (bh_checkpoint_write(path, raw, size, &diag) != BH_OK)
            return 3;
        bh_store_free(store);
    }
    model_free(&model);
    return 0;
}

/* Which file lies there: a new checkpoint is another one. */
static ino_t
lies_at(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? info.st_ino : 0;
}

static void
test_killed(void)
{
    bh_diag diag;
    char folder[] = "/tmp/bh_store_XXXXXX", path[64];
    const double end_s = 0.4;
    CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/run.checkpoint", folder);
    int kills = 0, status = 0;
    uint32_t chance = 7;
    for (int attempt = 0; attempt < 10; attempt++) {
        const ino_t before = lies_at(path);
        pid_t child = fork();
        if (child == 0)
            _exit(work(path, end_s));
        /* It gets at least one checkpoint further, and is killed anywhere behind it. */
        while (lies_at(path) == before && waitpid(child, &status, WNOHANG) == 0)
            usleep(100);
        chance = chance * 1664525u + 1013904223u;
        usleep((chance >> 8) % 4000);
        kill(child, SIGKILL);
        if (waitpid(child, &status, 0) == child)
            kills += WIFSIGNALED(status);
    }
    CHECK(kills > 2);
    CHECK(work(path, end_s) == 0);
    void *bytes;
    size_t size;
    bh_store *store;
    struct model got = model_new(plain, "0.2"), want = model_new(plain, "0.2");
    CHECK_OK(bh_checkpoint_read(path, &bytes, &size, &diag), diag);
    CHECK_OK(bh_store_open(bytes, size, &store, &diag), diag);
    CHECK_OK(bh_network_restore(got.net, store, &diag), diag);
    CHECK_OK(bh_network_run(want.net, end_s, &diag), diag);
    check_same(&got, &want);
    free(bytes);
    bh_store_free(store);
    model_free(&got);
    model_free(&want);
    char command[80];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK(system(command) == 0);
}

TEST_MAIN("store", {"same", test_same}, {"errors", test_errors},
          {"killed", test_killed})
