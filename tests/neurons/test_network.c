/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine: the same spikes however the work is cut, links of every kind, and the
 * whole path from sound to spikes against brian2hears and Brian 2. */
#define _GNU_SOURCE /* setenv, mkdtemp */
#include "tests/neurons/cut.h"

#include <sys/stat.h>
#include <unistd.h>

struct spikes {
    size_t count;
    double *time_s;
    uint32_t *index;
};

static void
spikes_free(struct spikes spikes)
{
    free(spikes.time_s);
    free(spikes.index);
}

static struct spikes
copy_spikes(const bh_spike_monitor *monitor)
{
    bh_events events = bh_spike_monitor_events(monitor);
    struct spikes out = {events.count, malloc(events.count * sizeof(double) + 1),
                         malloc(events.count * sizeof(uint32_t) + 1)};
    memcpy(out.time_s, events.time_s, events.count * sizeof(double));
    memcpy(out.index, events.index, events.count * sizeof(uint32_t));
    return out;
}

static int
same(struct spikes a, struct spikes b)
{
    return a.count == b.count &&
           memcmp(a.time_s, b.time_s, a.count * sizeof(double)) == 0 &&
           memcmp(a.index, b.index, a.count * sizeof(uint32_t)) == 0;
}

/* A sound of noise: reproducible, no file. */
static bh_sound *
noise(size_t frames, double samplerate_hz)
{
    bh_diag diag;
    bh_sound *sound;
    uint32_t state = 12345;
    CHECK_OK(bh_sound_new(frames, 1, samplerate_hz, &sound, &diag), diag);
    for (size_t t = 0; t < frames; t++) {
        state = state * 1664525u + 1013904223u;
        bh_sound_data(sound)[t] = (double)state / 4294967296.0 - 0.5;
    }
    return sound;
}

/* 137 places with 10 fibres: blocks, vectors and tiles all end in between. Resets draw
 * random numbers, one group is refractory by condition, one by time. */
static struct spikes
nerve(struct cut cut)
{
    enum { PLACES = 137, FIBRES = 10 };
    bh_diag diag;
    double cf[PLACES];
    bh_source *source, *ear;
    bh_filterbank *bank;
    bh_group *group;
    bh_spike_monitor *monitor;
    bh_sound *sound = noise(4000, 32000);
    bh_network *net = network(cut, 1.0 / 32000);
    CHECK_OK(bh_erbspace(50, 12000, PLACES, bh_erb_params_default(), cf, &diag), diag);
    CHECK_OK(bh_gammatone_new(32000, cf, PLACES, NULL, cut.precision, &bank, &diag),
             diag);
    CHECK_OK(bh_sound_source(sound, &source, &diag), diag);
    CHECK_OK(bh_filterbank_source(bank, source, &ear, &diag), diag);
    bh_group_config config = bh_group_config_default();
    config.count = PLACES * FIBRES;
    config.precision = cut.precision;
    config.equations =
        "dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless refractory)\n"
        "da/dt = -a/(20*ms) + 0.1*xi_a/(20*ms)**.5 : 1\n"
        "I : 1 (linked)\nR : second (constant)";
    config.threshold = "v > 1 + a";
    config.reset = "v = 0.1*rand(); a += 0.2*exp(-v)";
    config.refractory = "R";
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    CHECK_OK(bh_group_set(group, "R", "1*ms + 2*ms*rand()", &diag), diag);
    CHECK_OK(bh_link(group, "I", ear, "5*clip(x,0,inf)**(1/3)", &diag), diag);
    CHECK_OK(bh_spike_monitor_new(group, NULL, &monitor, &diag), diag);
    for (double done = 0; done < 0.125 - 1e-9; done += cut.piece_s)
        CHECK_OK(bh_network_run(net, fmin(cut.piece_s, 0.125 - done), &diag), diag);
    struct spikes spikes = copy_spikes(monitor);
    bh_network_free(net);
    bh_source_free(ear);
    bh_source_free(source);
    bh_filterbank_free(bank);
    bh_sound_free(sound);
    return spikes;
}

static void
check_cuts(bh_precision precision, bh_random_mode random)
{
    static const struct cut cuts[] = {
        {2, 64, BH_CODE_AUTO, 0, 0, 1},        {5, 32, BH_CODE_AUTO, 0, 0, 1},
        {1, 1, BH_CODE_AUTO, 0, 0, 1},         {2, 1, BH_CODE_AUTO, 0, 0, 1},
        {1, 32, BH_CODE_AUTO, 0, 0, 1},        {1, 256, BH_CODE_AUTO, 0, 0, 1},
        {3, 1000, BH_CODE_AUTO, 0, 0, 1},      {1, 64, BH_CODE_INTERPRETED, 0, 0, 1},
        {2, 37, BH_CODE_INTERPRETED, 0, 0, 1}, {2, 64, BH_CODE_AUTO, 0, 0, 0.0113125}};
    struct cut cut = plain;
    cut.precision = precision;
    cut.random = random;
    struct spikes want = nerve(cut);
    CHECK(want.count > 1000);
    for (size_t s = 1; s < want.count; s++)
        CHECK(want.time_s[s] > want.time_s[s - 1] ||
              (want.time_s[s] == want.time_s[s - 1] &&
               want.index[s] > want.index[s - 1]));
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        cut = cuts[i];
        cut.precision = precision;
        cut.random = random;
        struct spikes got = nerve(cut);
        if (!same(got, want))
            fprintf(stderr, "cut %zu: %zu spikes instead of %zu\n", i, got.count,
                    want.count);
        CHECK(same(got, want));
        spikes_free(got);
    }
    spikes_free(want);
}

static void
test_same_spikes(void)
{
    check_cuts(BH_SINGLE, BH_RANDOM_FAST);
    check_cuts(BH_DOUBLE, BH_RANDOM_FAST);
    check_cuts(BH_SINGLE, BH_RANDOM_PORTABLE);
    check_cuts(BH_DOUBLE, BH_RANDOM_PORTABLE);
}

/* AVX2 and AVX-512 machines give the same spikes too. */
static void
test_same_spikes_on_other_machines(void)
{
    if (bh_cpu() != BH_CPU_AVX512)
        return;
    for (int precision = BH_SINGLE; precision <= BH_DOUBLE; precision++) {
        struct cut cut = plain;
        cut.precision = (bh_precision)precision;
        struct spikes want = nerve(cut);
        setenv("BH_CPU", "avx2", 1);
        struct spikes got = nerve(cut);
        unsetenv("BH_CPU");
        CHECK(same(got, want));
        spikes_free(got);
        spikes_free(want);
    }
}

/* The golden case lif_noise60 of brian2hears: gammatone, 12 clip(x)^(1/3), a leaky
 * integrate-and-fire neuron without noise; every spike at its sample. */
static void
test_golden_spikes(void)
{
    static const uint32_t index[] = {9,  11, 10, 4, 2, 10, 2, 0, 3,
                                     11, 2,  10, 1, 0, 11, 2, 1, 1};
    static const int step[] = {229,  387,  414,  485,  555,  773,  931,  1268, 1379,
                               1444, 1479, 1498, 1631, 1730, 1779, 1845, 1910, 2182};
    enum { FRAMES = 2205, CHANNELS = 12 };
    bh_diag diag;
    double cf[CHANNELS], samples[FRAMES];
    FILE *file = fopen(
        BH_TESTS_DIR "/golden/brian2hears/gammatone_noise60_short/input.f64", "rb");
    CU_ASSERT_FATAL(file != NULL);
    CHECK(fread(samples, sizeof(double), FRAMES, file) == FRAMES);
    fclose(file);
    bh_sound *sound;
    CHECK_OK(bh_sound_new(FRAMES, 1, 44100, &sound, &diag), diag);
    memcpy(bh_sound_data(sound), samples, sizeof samples);
    for (int c = 0; c < CHANNELS; c++) /* log-spaced, as the case has them */
        cf[c] = 100 * pow(120, c / 11.0);
    for (int precision = BH_SINGLE; precision <= BH_DOUBLE; precision++) {
        struct cut cut = plain;
        bh_source *source, *ear;
        bh_filterbank *bank;
        bh_group *group;
        bh_spike_monitor *monitor;
        bh_network *net = network(cut, 1.0 / 44100);
        bh_group_config config = bh_group_config_default();
        config.count = CHANNELS;
        config.precision = (bh_precision)precision;
        config.equations = "dv/dt = (I-v)/(1*ms) : 1 (unless refractory)\nI : 1";
        config.method = "euler";
        config.threshold = "v > 1";
        config.reset = "v = 0";
        config.refractory = "5*ms";
        CHECK_OK(
            bh_gammatone_new(44100, cf, CHANNELS, NULL, config.precision, &bank, &diag),
            diag);
        CHECK_OK(bh_sound_source(sound, &source, &diag), diag);
        CHECK_OK(bh_filterbank_source(bank, source, &ear, &diag), diag);
        CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
        CHECK_OK(bh_link(group, "I", ear, "12*clip(x,0,inf)**(1/3)", &diag), diag);
        CHECK_OK(bh_spike_monitor_new(group, NULL, &monitor, &diag), diag);
        CHECK_OK(bh_network_run(net, BH_UNTIL_END, &diag), diag);
        CHECK_NEAR(bh_network_time(net), FRAMES / 44100.0, 1e-12);
        bh_events events = bh_spike_monitor_events(monitor);
        CU_ASSERT_FATAL(events.count == 18);
        for (int s = 0; s < 18; s++) {
            CHECK_NEAR(events.time_s[s] * 44100, step[s], 1e-6);
            CHECK(events.index[s] == index[s]);
        }
        bh_network_free(net);
        bh_source_free(ear);
        bh_source_free(source);
        bh_filterbank_free(bank);
    }
    bh_sound_free(sound);
}

/* Brian 2's spikes of the same nerve and sound: tests/golden/brian2/make_nerve.py. */
struct brian {
    double mean, sd;      /* spikes in all */
    double channel[3000]; /* spikes of each channel */
    double interval[400]; /* intervals by bins of 11 steps */
    int bins;
};

static void
read_brian(struct brian *brian)
{
    char line[200];
    double a, b;
    static const char *const names[] = {"totals", "channels", "isi"};
    memset(brian, 0, sizeof *brian);
    for (int f = 0; f < 3; f++) {
        char path[1024];
        snprintf(path, sizeof path, BH_TESTS_DIR "/golden/brian2/%s.csv", names[f]);
        FILE *file = fopen(path, "r");
        CU_ASSERT_FATAL(file != NULL);
        for (int row = 0; fgets(line, sizeof line, file);) {
            if (f == 0 && sscanf(line, "mean,%lf", &a) == 1)
                brian->mean = a;
            if (f == 0 && sscanf(line, "sd,%lf", &a) == 1)
                brian->sd = a;
            if (f > 0 && sscanf(line, "%lf,%lf", &a, &b) == 2) {
                if (f == 1 && row < 3000)
                    brian->channel[row] = b;
                if (f == 2 && row < 400)
                    brian->interval[brian->bins++] = b;
                row++;
            }
        }
        fclose(file);
    }
}

static void
test_brian_statistics(void)
{
    enum { PLACES = 3000 };
    static struct brian brian;
    static double cf[PLACES], count[PLACES], last[PLACES], interval[400];
    bh_diag diag;
    bh_source *sound, *ear;
    bh_filterbank *bank;
    bh_group *group;
    bh_spike_monitor *monitor;
    struct cut cut = plain;
    cut.threads = 0;
    bh_network *net = network(cut, 1.0 / 44100);
    read_brian(&brian);
    CHECK_OK(
        bh_soundfile_open(BH_TESTS_DIR "/golden/brian2/sound.wav", NULL, &sound, &diag),
        diag);
    CHECK_OK(bh_erbspace(20, 20000, PLACES, bh_erb_params_default(), cf, &diag), diag);
    CHECK_OK(bh_gammatone_new(44100, cf, PLACES, NULL, BH_SINGLE, &bank, &diag), diag);
    CHECK_OK(bh_filterbank_source(bank, sound, &ear, &diag), diag);
    bh_group_config config = bh_group_config_default();
    config.count = PLACES;
    config.equations =
        "dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless refractory)\nI : 1";
    config.threshold = "v > 1";
    config.reset = "v = 0";
    config.refractory = "5*ms";
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    CHECK_OK(bh_link(group, "I", ear, "3*clip(x,0,inf)**(1/3)", &diag), diag);
    CHECK_OK(bh_spike_monitor_new(group, NULL, &monitor, &diag), diag);
    CHECK_OK(bh_network_run(net, BH_UNTIL_END, &diag), diag);
    bh_events events = bh_spike_monitor_events(monitor);
    for (size_t s = 0; s < events.count; s++) {
        uint32_t i = events.index[s];
        double step = nearbyint(events.time_s[s] * 44100);
        int bin = (int)((step - last[i]) / 11);
        if (count[i] > 0 && bin < 400)
            interval[bin]++;
        last[i] = step;
        count[i]++;
    }
    /* The total within 1 %, and within 5 of its own standard deviations. */
    CHECK_NEAR((double)events.count, brian.mean, 0.01 * brian.mean);
    CHECK_NEAR((double)events.count, brian.mean, 5 * brian.sd);
    /* 60 channels together: their counts vary by less than the root of their number. */
    for (int c = 0; c < PLACES; c += 60) {
        double got = 0, want = 0;
        for (int j = c; j < c + 60; j++) {
            got += count[j];
            want += brian.channel[j];
        }
        CHECK_NEAR(got, want, 4 * sqrt(want));
    }
    /* Kolmogorov-Smirnov distance of the intervals: 1.63/sqrt(n) at the 1 % level. */
    double got_sum = 0, want_sum = 0, got = 0, want = 0, distance = 0;
    for (int b = 0; b < brian.bins; b++) {
        got_sum += interval[b];
        want_sum += brian.interval[b];
    }
    for (int b = 0; b < brian.bins; b++) {
        got += interval[b] / got_sum;
        want += brian.interval[b] / want_sum;
        distance = fmax(distance, fabs(got - want));
    }
    CHECK(got_sum > 200000);
    CHECK_NEAR(distance, 0, 1.63 / sqrt(got_sum));
    bh_network_free(net);
    bh_source_free(ear);
    bh_source_free(sound);
    bh_filterbank_free(bank);
}

/* Without a compiler: a notice, and the same spikes (as test_same_spikes shows). */
static void
test_no_compiler(void)
{
    bh_diag diag;
    setenv("CC", "/nonexistent/cc", 1);
    bh_network *net = network(plain, 1e-3);
    follower(net, "group", 1, BH_SINGLE);
    CHECK_OK(bh_network_run(net, 1e-3, &diag), diag);
    CU_ASSERT_FATAL(bh_network_notice(net) != NULL);
    CHECK_HAS(bh_network_notice(net), "/nonexistent/cc");
    bh_network_free(net);
    struct cut cut = plain;
    cut.code = BH_CODE_COMPILED;
    net = network(cut, 1e-3);
    follower(net, "group", 1, BH_SINGLE);
    CHECK(bh_network_run(net, 1e-3, &diag) == BH_ERR_UNSUPPORTED);
    bh_network_free(net);
    unsetenv("CC");
}

/* Compiled code is kept for this user alone; a directory that others may write to is
 * not used. */
static void
test_cache_is_private(void)
{
    bh_diag diag;
    char directory[] = "/tmp/bh-test-cache-XXXXXX", path[100],
         *kept = getenv("BH_CACHE_DIR");
    char before[4096] = "";
    struct stat info;
    if (kept)
        snprintf(before, sizeof before, "%s", kept);
    CU_ASSERT_FATAL(mkdtemp(directory) != NULL);
    snprintf(path, sizeof path, "%s/open", directory);
    mkdir(path, 0777);
    chmod(path, 0777);
    setenv("BH_CACHE_DIR", path, 1);
    bh_network *net = network(plain, 1e-3);
    follower(net, "group", 1, BH_SINGLE);
    CHECK_OK(bh_network_run(net, 1e-3, &diag), diag);
    CHECK(bh_network_notice(net) == NULL);
    bh_network_free(net);
    CHECK(rmdir(path) == 0); /* nothing was put there */
    snprintf(path, sizeof path, "%s/own/cache", directory);
    setenv("BH_CACHE_DIR", path, 1);
    net = network(plain, 1e-3);
    follower(net, "group", 1, BH_SINGLE);
    CHECK_OK(bh_network_run(net, 1e-3, &diag), diag);
    bh_network_free(net);
    CHECK(stat(path, &info) == 0 && (info.st_mode & 0777) == 0700);
    bh_code_cache cache;
    CHECK_OK(bh_code_cache_look(&cache, &diag), diag);
    CHECK(strcmp(cache.path, path) == 0 && cache.models == 1 && cache.bytes > 1000);
    CHECK_OK(bh_code_cache_clear(&diag), diag);
    CHECK_OK(bh_code_cache_look(&cache, &diag), diag);
    CHECK(cache.models == 0 && cache.bytes == 0);
    char command[200];
    snprintf(command, sizeof command, "rm -r %s", directory);
    CHECK(system(command) == 0);
    if (before[0])
        setenv("BH_CACHE_DIR", before, 1);
    else
        unsetenv("BH_CACHE_DIR");
}

static bh_status
stop_at_half(void *user, double time_s, bh_diag *diag)
{
    *(double *)user = time_s;
    return time_s < 0.05 ? BH_OK : bh_diag_set(diag, BH_ERR_STOPPED, "enough");
}

static bh_status
count_frames(void *user, bh_block block, bh_diag *diag)
{
    (void)diag;
    *(size_t *)user += block.frames;
    return BH_OK;
}

static void
test_callbacks(void)
{
    bh_diag diag;
    double reached = 0;
    size_t frames = 0;
    bh_sound *sound = ramp(77, 1, 1000);
    bh_source *source;
    CHECK_OK(bh_sound_source(sound, &source, &diag), diag);
    bh_network *net = network(plain, 1e-3);
    bh_group *group = follower(net, "group", 1, BH_SINGLE);
    CHECK(bh_network_watch(net, source, count_frames, &frames, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_OK(bh_link(group, "I", source, NULL, &diag), diag);
    CHECK_OK(bh_network_watch(net, source, count_frames, &frames, &diag), diag);
    bh_network_report(net, stop_at_half, &reached);
    CHECK(bh_network_run(net, 1, &diag) == BH_ERR_STOPPED);
    CHECK_HAS(diag.text, "enough");
    CHECK_NEAR(reached, 0.064, 1e-12);
    bh_network_report(net, NULL, NULL);
    CHECK_OK(bh_network_run(net, 1, &diag), diag);
    CHECK(frames == 77);
    CHECK(bh_network_hear(net, source, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "has run");
    bh_network_free(net);
    /* nothing is linked to it */
    CHECK_OK(bh_source_rewind(source, &diag), diag);
    net = network(plain, 1e-3);
    follower(net, "group", 1, BH_SINGLE);
    frames = 0;
    CHECK_OK(bh_network_hear(net, source, &diag), diag);
    CHECK_OK(bh_network_watch(net, source, count_frames, &frames, &diag), diag);
    CHECK_OK(bh_network_run(net, BH_UNTIL_END, &diag), diag);
    CHECK(frames == 77);
    CHECK_NEAR(bh_network_time(net), 0.077, 1e-12);
    bh_network_free(net);
    bh_source_free(source);
    bh_sound_free(sound);
}

TEST_MAIN("network", {"same spikes", test_same_spikes},
          {"same spikes on other machines", test_same_spikes_on_other_machines},
          {"golden spikes", test_golden_spikes},
          {"Brian's statistics", test_brian_statistics},
          {"no compiler", test_no_compiler}, {"private cache", test_cache_is_private},
          {"callbacks", test_callbacks})
