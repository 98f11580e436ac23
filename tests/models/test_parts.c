/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */

#include "tests/check.h"

#include <brianhears.h>
#include <unistd.h>

/* Every part of a model file against the calls that it stands for, and its files. */

/* fontconfig keeps what it has read; that only matters where sanitizers look on. */
BH_API const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}

static bh_diag diag;

static const char *const network_text =
    "run: {duration: 300 ms, seed: 5, precision: double}\n"
    "constants: {tau: 10 ms, vt: 10 mV}\n"
    "timed_arrays:\n"
    "  I: {values: [0, 2, 12, 1], dt: 50 ms, unit: mV}\n"
    "groups:\n"
    "  cells:\n"
    "    N: 10\n"
    "    equations: |\n"
    "      dv/dt = (I(t) - v + g)/tau : volt (unless refractory)\n"
    "      dg/dt = -g/(5*ms) : volt\n"
    "      hits : 1\n"
    "    threshold: v > vt\n"
    "    reset: v = 0*mV\n"
    "    refractory: 2 ms\n"
    "    initial: {v: i*mV, hits: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}\n"
    "    events: {half: {condition: v > vt/2, run: hits += 1}}\n"
    "    regularly:\n"
    "      - {run: v += 0.1*mV, every: 5 ms}\n"
    "      - {run: hits = 0, at: [100 ms, 200 ms]}\n"
    "    poisson: {variable: g, inputs: 10, rate: 8 Hz, weight: 0.5 mV}\n"
    "inputs:\n"
    "  drive: {N: 20, rates: 40 Hz}\n"
    "  kicks: {N: 2, times: [20 ms, 50 ms], neurons: [0, 1], period: 100 ms}\n"
    "synapses:\n"
    "  plastic:\n"
    "    from: drive\n"
    "    to: cells\n"
    "    plasticity: {rule: stdp, unit: volt, w_max: 3*mV, effect: g += w}\n"
    "    connect: {probability: 0.5}\n"
    "    initial: {w: rand()*3*mV, delay: rand()*4*ms}\n"
    "    set: {variable: w, to: 1*mV, where: i < 3}\n"
    "  push:\n"
    "    from: kicks[0:2]\n"
    "    to: cells[5:10]\n"
    "    on_pre: v += 6*mV\n"
    "    connect: {i: [0, 1, 1], j: [0, 2, 4]}\n"
    "    delay: 1.5 ms\n"
    "    pathways: {late: {run: v -= 1*mV, delay: 3 ms}}\n"
    "monitors:\n"
    "  spikes: {spikes: cells}\n"
    "  halves: {spikes: cells, event: half}\n"
    "  state: {state: cells, variables: [v, hits], neurons: [3, 0], every: 1 ms}\n";

/* The same in C. */
struct network {
    bh_network *net;
    bh_group *cells, *drive, *kicks;
    bh_synapses *plastic;
    bh_spike_monitor *spikes, *halves;
    bh_state_monitor *state;
};

static void
make_cells(struct network *n)
{
    static const double values[] = {0, 2, 12, 1};
    static const double hits[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    static const double times_s[] = {0.1, 0.2};
    bh_namespace *names;
    CHECK_OK(bh_namespace_new(&names, &diag), diag);
    CHECK_OK(bh_namespace_set(names, "tau", "10*ms", &diag), diag);
    CHECK_OK(bh_namespace_set(names, "vt", "10*mV", &diag), diag);
    bh_timed_array_config array = bh_timed_array_config_default();
    array.values = values;
    array.rows = 4;
    array.dt_s = 0.05;
    array.unit = "mV";
    CHECK_OK(bh_namespace_set_timed_array(names, "I", &array, &diag), diag);
    bh_group_config config = bh_group_config_default();
    config.name = "cells";
    config.count = 10;
    config.precision = BH_DOUBLE;
    config.equations = "dv/dt = (I(t) - v + g)/tau : volt (unless refractory)\n"
                       "dg/dt = -g/(5*ms) : volt\nhits : 1\n";
    config.threshold = "v > vt";
    config.reset = "v = 0*mV";
    config.refractory = "2*ms";
    config.names = names;
    CHECK_OK(bh_group_new(n->net, &config, &n->cells, &diag), diag);
    bh_namespace_free(names);
    CHECK_OK(bh_group_set(n->cells, "v", "i*mV", &diag), diag);
    CHECK_OK(bh_group_set_array(n->cells, "hits", hits, 10, &diag), diag);
    CHECK_OK(bh_group_event(n->cells, "half", "v > vt/2", &diag), diag);
    CHECK_OK(bh_group_on_event(n->cells, "half", "hits += 1", &diag), diag);
    CHECK_OK(bh_group_run_regularly(n->cells, "v += 0.1*mV", 0.005, &diag), diag);
    CHECK_OK(bh_group_run_at(n->cells, "hits = 0", times_s, 2, &diag), diag);
    CHECK_OK(bh_poisson_input_new(n->cells, "g", 10, "8*Hz", "0.5*mV", &diag), diag);
}

static void
make_inputs(struct network *n)
{
    static const double time_s[] = {0.02, 0.05};
    static const uint32_t index[] = {0, 1};
    bh_poisson_config poisson = bh_poisson_config_default();
    poisson.name = "drive";
    poisson.count = 20;
    poisson.rates = "40*Hz";
    poisson.precision = BH_DOUBLE;
    CHECK_OK(bh_poisson_new(n->net, &poisson, &n->drive, &diag), diag);
    bh_generator_config kicks = bh_generator_config_default();
    kicks.name = "kicks";
    kicks.count = 2;
    kicks.spikes = (bh_events){time_s, index, 2};
    kicks.period_s = 0.1;
    CHECK_OK(bh_generator_new(n->net, &kicks, &n->kicks, &diag), diag);
}

static void
make_plastic(struct network *n)
{
    bh_synapses_config config = bh_synapses_config_default();
    bh_connect_config connect = bh_connect_config_default();
    bh_stdp_params stdp = bh_stdp_params_default();
    bh_plasticity texts;
    stdp.unit = "volt";
    stdp.w_max = 0.003;
    stdp.effect = "g += w";
    CHECK_OK(bh_stdp(&stdp, &texts, &diag), diag);
    bh_plasticity_use(&texts, &config);
    config.name = "plastic";
    config.source = bh_all(n->drive);
    config.target = bh_all(n->cells);
    connect.probability = "0.5";
    CHECK_OK(bh_synapses_new(&config, &n->plastic, &diag), diag);
    CHECK_OK(bh_synapses_connect(n->plastic, &connect, &diag), diag);
    CHECK_OK(bh_synapses_set(n->plastic, "w", NULL, "rand()*3*mV", &diag), diag);
    CHECK_OK(bh_synapses_set(n->plastic, "delay", NULL, "rand()*4*ms", &diag), diag);
    CHECK_OK(bh_synapses_set(n->plastic, "w", "i < 3", "1*mV", &diag), diag);
}

static void
make_push(struct network *n)
{
    static const uint32_t i[] = {0, 1, 1}, j[] = {0, 2, 4};
    bh_synapses_config config = bh_synapses_config_default();
    bh_connect_config connect = bh_connect_config_default();
    bh_pathway_config late = bh_pathway_config_default();
    bh_synapses *push;
    config.name = "push";
    config.source = bh_part(n->kicks, 0, 2);
    config.target = bh_part(n->cells, 5, 5);
    config.on_pre = "v += 6*mV";
    config.delay = "1.5*ms";
    CHECK_OK(bh_synapses_new(&config, &push, &diag), diag);
    late.name = "late";
    late.code = "v -= 1*mV";
    late.delay = "3*ms";
    CHECK_OK(bh_synapses_pathway(push, &late, &diag), diag);
    connect.i = i;
    connect.j = j;
    connect.pairs = 3;
    CHECK_OK(bh_synapses_connect(push, &connect, &diag), diag);
}

static void
make_monitors(struct network *n)
{
    static const uint32_t index[] = {3, 0};
    bh_spike_monitor_config half = bh_spike_monitor_config_default();
    bh_state_monitor_config state = bh_state_monitor_config_default(n->cells);
    half.event = "half";
    state.variables = "v hits";
    state.index = index;
    state.count = 2;
    state.every_s = 0.001;
    CHECK_OK(bh_spike_monitor_new(n->cells, NULL, &n->spikes, &diag), diag);
    CHECK_OK(bh_spike_monitor_new(n->cells, &half, &n->halves, &diag), diag);
    CHECK_OK(bh_state_monitor_new(n->cells, &state, &n->state, &diag), diag);
}

static bh_model *
parse(const char *text, const char *const *set, size_t count)
{
    bh_model *model = NULL;
    CHECK_OK(
        bh_model_parse("model.yaml", text, strlen(text), set, count, &model, &diag),
        diag);
    return model;
}

static void
check_events(const bh_spike_monitor *got_of, const bh_spike_monitor *want_of)
{
    const bh_events got = bh_spike_monitor_events(got_of);
    const bh_events want = bh_spike_monitor_events(want_of);
    CHECK(want.count > 5);
    CU_ASSERT_FATAL(got.count == want.count);
    CHECK(memcmp(got.time_s, want.time_s, want.count * sizeof *want.time_s) == 0);
    CHECK(memcmp(got.index, want.index, want.count * sizeof *want.index) == 0);
}

static void
check_rows(const bh_state_monitor *got_of, const bh_state_monitor *want_of,
           const char *variable)
{
    bh_block got, want;
    CHECK_OK(bh_state_monitor_rows(got_of, variable, &got, &diag), diag);
    CHECK_OK(bh_state_monitor_rows(want_of, variable, &want, &diag), diag);
    CU_ASSERT_FATAL(got.frames == want.frames && got.channels == want.channels);
    for (size_t t = 0; t < want.frames; t++)
        CHECK(memcmp((double *)got.data + t * got.stride,
                     (double *)want.data + t * want.stride,
                     want.channels * sizeof(double)) == 0);
}

static void
test_network(void)
{
    enum { MOST = 200 };
    struct network n = {0};
    double got[MOST], want[MOST];
    bh_network_config config = bh_network_config_default();
    config.seed = 5;
    CHECK_OK(bh_network_new(&config, &n.net, &diag), diag);
    make_cells(&n);
    make_inputs(&n);
    make_plastic(&n);
    make_push(&n);
    make_monitors(&n);
    CHECK_OK(bh_network_run(n.net, 0.3, &diag), diag);
    bh_model *model = parse(network_text, NULL, 0);
    CHECK_OK(bh_model_check(model, &diag), diag);
    CHECK_OK(bh_model_build(model, &diag), diag);
    CHECK_OK(bh_model_run(model, &diag), diag);
    check_events(bh_model_spike_monitor(model, "spikes"), n.spikes);
    check_events(bh_model_spike_monitor(model, "halves"), n.halves);
    check_rows(bh_model_state_monitor(model, "state"), n.state, "v");
    check_rows(bh_model_state_monitor(model, "state"), n.state, "hits");
    bh_synapses *plastic = bh_model_synapses(model, "plastic");
    const size_t count = bh_synapses_count(n.plastic);
    CU_ASSERT_FATAL(bh_synapses_count(plastic) == count && count < MOST);
    CHECK_OK(bh_synapses_get(plastic, "w", got, count, &diag), diag);
    CHECK_OK(bh_synapses_get(n.plastic, "w", want, count, &diag), diag);
    CHECK(memcmp(got, want, count * sizeof *want) == 0);
    CHECK(bh_model_count(model, BH_MODEL_GROUPS) == 3);
    CHECK(strcmp(bh_model_name(model, BH_MODEL_GROUPS, 2), "kicks") == 0);
    CHECK(bh_model_group(model, "nobody") == NULL);
    bh_model_free(model);
    bh_network_free(n.net);
}

static const char *const ear_text =
    "run: {precision: double}\n"
    "sounds:\n"
    "  left: {stimulus: white, duration: 20 ms, seed: 3, samplerate: 40 kHz}\n"
    "  right: {stimulus: tone, duration: 20 ms, samplerate: 40 kHz}\n"
    "filters:\n"
    "  both: {sum: [out, base], weights: [1, -2]}\n" /* before what it hears */
    "  middle: {bank: middle_ear, input: left}\n"
    "  out: {bank: gammatone, input: middle, cf: [500 Hz, 1 kHz, 2 kHz], set: {b: "
    "1.1}}\n"
    "  base: {bank: gammatone, input: right, channels: 3, low: 500 Hz, high: 2 kHz,\n"
    "         spacing: logarithmic}\n"
    "  all: {join: [both, out], repeats: 2}\n"
    "groups:\n"
    "  g: {N: 12, equations: 'x : 1', links: {x: {from: all}}}\n"
    "monitors:\n"
    "  x: {state: g, variables: x}\n";

/* What the graph of the text says, by hand. */
static void
test_filters(void)
{
    enum { FRAMES = 800 };
    static double sound[FRAMES], ear[FRAMES], place[FRAMES * 3], base[FRAMES * 3];
    static const double cf[] = {500, 1000, 2000};
    const bh_sound_shape shape = {0.02, 1, 40000};
    const bh_block one = {sound, FRAMES, 1, 1, BH_DOUBLE};
    const bh_block middle = {ear, FRAMES, 1, 1, BH_DOUBLE};
    const bh_bank_setting b = {"b", "1.1"};
    bh_filterbank *bank;
    bh_sound *left, *right;
    CHECK_OK(bh_sound_white(&shape, 3, &left, &diag), diag);
    CHECK_OK(bh_sound_tone(&shape, 1000, 0, &right, &diag), diag);
    memcpy(sound, bh_sound_data(left), sizeof sound);
    CHECK_OK(bh_bank_new(bh_bank_kind_find("middle_ear"), 40000, NULL, 1, NULL, 0,
                         BH_DOUBLE, &bank, &diag),
             diag);
    CHECK_OK(bh_filterbank_process(bank, one, middle, &diag), diag);
    bh_filterbank_free(bank);
    CHECK_OK(bh_bank_new(bh_bank_kind_find("gammatone"), 40000, cf, 3, &b, 1, BH_DOUBLE,
                         &bank, &diag),
             diag);
    CHECK_OK(bh_filterbank_process(bank, middle,
                                   (bh_block){place, FRAMES, 3, 3, BH_DOUBLE}, &diag),
             diag);
    bh_filterbank_free(bank);
    memcpy(sound, bh_sound_data(right), sizeof sound);
    CHECK_OK(bh_gammatone_new(40000, cf, 3, NULL, BH_DOUBLE, &bank, &diag), diag);
    CHECK_OK(bh_filterbank_process(bank, one, (bh_block){base, FRAMES, 3, 3, BH_DOUBLE},
                                   &diag),
             diag);
    bh_filterbank_free(bank);

    bh_model *model = parse(ear_text, NULL, 0);
    bh_block rows;
    size_t channels = 0;
    CHECK_OK(bh_model_build(model, &diag), diag);
    CHECK_OK(bh_model_run(model, &diag), diag);
    CHECK_OK(
        bh_state_monitor_rows(bh_model_state_monitor(model, "x"), "x", &rows, &diag),
        diag);
    CU_ASSERT_FATAL(rows.frames == FRAMES && rows.channels == 12);
    for (size_t t = 0; t < FRAMES; t++)
        for (size_t n = 0; n < 12; n++) {
            const size_t at = 3 * t + n % 6 / 2;
            const double want = n < 6 ? place[at] - 2 * base[at] : place[at];
            /* frequencies by pow() are 500, 1000, 2000 but for the last bits */
            CHECK_NEAR(((double *)rows.data)[t * rows.stride + n], want, 1e-9);
        }
    CHECK_NEAR(bh_model_cf(model, "all", &channels)[11], 2000, 1e-9);
    CHECK(channels == 12);
    CHECK_NEAR(bh_model_group_cf(model, "g")[2], 1000, 1e-9);
    bh_model_free(model);
    bh_sound_free(left);
    bh_sound_free(right);
}

static void
test_files(void)
{
    static const char *const more =
        "include: []\nrun: {duration: 100 ms}\n"
        "groups: {a: {N: 4, equations: 'dv/dt = (2-v)/(5*ms) : 1', threshold: v > 1,\n"
        "         reset: v = 0, initial: {v: i*0.2}}}\n"
        "synapses: {s: {from: a, to: a, equations: 'w : 1', on_pre: w += 1, connect: "
        "{}}}\n"
        "monitors:\n"
        "  spikes: {spikes: a, file: spikes.csv}\n"
        "  v: {state: a, variables: v, neurons: 1, every: 10 ms, file: v.csv}\n"
        "  w: {weights: s, variables: w, every: 50 ms, file: w.csv}\n"
        "  rate: {rate: a, every: 10 ms, smooth: 20 ms, file: rate.csv}\n"
        "  counts: {counts: a, file: counts.csv}\n"
        "  isi: {intervals: a, edges: [0 ms, 2 ms, 10 ms], file: isi.csv}\n"
        "pictures: {raster: {spikes: a, file: raster.svg}}\n";
    static const struct {
        const char *file, *begins;
        size_t lines;
    } files[] = {{"spikes.csv", "time_s,index\n", 0},
                 {"v.csv", "time_s,", 11},
                 {"w.csv", "time_s,", 3},
                 {"rate.csv", "time_s,", 11},
                 {"counts.csv", "index,count\n", 5},
                 {"isi.csv", "from_s,to_s,count\n", 3},
                 {"raster.svg", "<?xml", 0}};
    char directory[] = "/tmp/bh_model_XXXXXX", before[1024];
    CU_ASSERT_FATAL(getcwd(before, sizeof before) && mkdtemp(directory) &&
                    chdir(directory) == 0);
    bh_model *model = parse(more, NULL, 0);
    CHECK_OK(bh_model_build(model, &diag), diag);
    CHECK(access("spikes.csv", F_OK) != 0);
    CHECK_OK(bh_model_run(model, &diag), diag);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char *text = read_text(files[i].file);
        CU_ASSERT_FATAL(text != NULL);
        size_t lines = 0;
        for (const char *c = text; *c; c++)
            lines += *c == '\n';
        CHECK(strncmp(text, files[i].begins, strlen(files[i].begins)) == 0);
        if (files[i].lines && lines != files[i].lines)
            fprintf(stderr, "%s: %zu lines\n", files[i].file, lines);
        CHECK(files[i].lines == 0 || lines == files[i].lines);
        CHECK(strcmp(bh_model_output(model, i), files[i].file) == 0);
        free(text);
        unlink(files[i].file);
    }
    CHECK(bh_model_output(model, sizeof files / sizeof files[0]) == NULL);
    bh_model_free(model);
    CHECK(chdir(before) == 0 && rmdir(directory) == 0);
}

static void
test_presets(void)
{
    CHECK(bh_preset_count() >= 2);
    for (size_t i = 0; i < bh_preset_count(); i++) {
        bh_model *model = NULL;
        CHECK_OK(bh_model_read(bh_preset_name(i), NULL, 0, &model, &diag), diag);
        CHECK_OK(bh_model_check(model, &diag), diag);
        CHECK(strcmp(bh_model_title(model), bh_preset_title(i)) == 0);
        bh_model_free(model);
    }
    CHECK(bh_preset_name(bh_preset_count()) == NULL);
}

struct schema {
    size_t size;
    int depth;
};

static void
weigh(void *user, const char *text)
{
    struct schema *schema = user;
    for (; *text; text++) {
        schema->size++;
        schema->depth += (*text == '{') - (*text == '}');
    }
}

static void
test_schema(void)
{
    struct schema schema = {0}, page = {0};
    bh_model_schema_json(weigh, &schema);
    bh_model_schema_page(weigh, &page);
    CHECK(schema.depth == 0 && schema.size > 10000 && page.size > 10000);
}

TEST_MAIN("models/parts", {"a network of a file is that of C", test_network},
          {"filters of a file are those of C", test_filters},
          {"what is recorded is written", test_files},
          {"presets are right", test_presets}, {"the schema is whole", test_schema})
