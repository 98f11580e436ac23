/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One kernel for a bank, a link and a group has the bits of a kernel for each, and of
 * the processor where the bank has them. */
#include "brianhears.h"
#include "gpu/device_internal.h"
#include "neurons/engine_internal.h"
#include "tests/check.h"
#include "tests/gpu/fake_gpu.h"

static struct fake_gpu *fake;
static struct gpu *gpu;

/* The sound ends in its second tile of 1024 samples, or in its fourth of 128, and the
 * runs behind it. */
enum { FRAMES = 1150, LESS = 700, MOST_PLACES = 40, FEW_SPIKES = 5 };

enum where { HERE, SEPARATE, FUSED };
enum kind { GAMMATONE, PARALLEL, HAIRCELL, CHIRP };

/* What is heard by whom. */
struct model {
    enum kind kind;
    bh_precision precision;
    size_t places, fibres, window;
    size_t steps; /* 0: somewhat more than the sound has */
    bool plain;   /* a link without an expression */
    /* What stands in the way. */
    bool second_group, recorded, watched, slower, synapses;
};

struct nerve {
    bh_sound *sound;
    bh_source *source, *inner, *ear;
    bh_filterbank *cochlea, *cells;
    bh_network *net;
    bh_group *group, *other;
    bh_spike_monitor *spikes;
};

static bh_diag diag;

static size_t
frames_of(const struct model *model)
{
    return model->kind == PARALLEL ? FRAMES : FRAMES - LESS;
}

static bh_status
watch(void *user, bh_block block, bh_diag *d)
{
    (void)user, (void)block, (void)d;
    return BH_OK;
}

static void
place(bh_filterbank *fb, const struct model *model, enum where where)
{
    CHECK_OK(bh_filterbank_place(
                 fb, where == HERE ? NULL : &gpu->device,
                 model->kind == PARALLEL ? BH_PLACE_PARALLEL : BH_PLACE_SAME, &diag),
             diag);
}

static void
make_ear(struct nerve *nerve, const struct model *model, enum where where)
{
    double cf_hz[MOST_PLACES];
    CHECK_OK(
        bh_erbspace(100, 8000, model->places, bh_erb_params_default(), cf_hz, &diag),
        diag);
    CHECK_OK(bh_sound_new(frames_of(model), 1, 44100, &nerve->sound, &diag), diag);
    for (size_t k = 0; k < frames_of(model); k++)
        bh_sound_data(nerve->sound)[k] = sin(0.05 * (double)k) +
                                         0.7 * sin(0.31 * (double)k);
    CHECK_OK(bh_sound_source(nerve->sound, &nerve->source, &diag), diag);
    if (model->kind == CHIRP)
        CHECK_OK(bh_log_gammachirp_new(44100, cf_hz, model->places, NULL,
                                       model->precision, &nerve->cochlea, &diag),
                 diag);
    else
        CHECK_OK(bh_gammatone_new(44100, cf_hz, model->places, NULL, model->precision,
                                  &nerve->cochlea, &diag),
                 diag);
    place(nerve->cochlea, model, where);
    CHECK_OK(bh_filterbank_source(nerve->cochlea, nerve->source, &nerve->ear, &diag),
             diag);
    if (model->kind != HAIRCELL)
        return;
    nerve->inner = nerve->ear;
    CHECK_OK(bh_haircell_new(44100, cf_hz, model->places, NULL, model->precision,
                             &nerve->cells, &diag),
             diag);
    place(nerve->cells, model, where);
    CHECK_OK(bh_filterbank_source(nerve->cells, nerve->inner, &nerve->ear, &diag),
             diag);
}

static bh_group *
make_group(struct nerve *nerve, const struct model *model)
{
    bh_group *group;
    bh_group_config order = bh_group_config_default();
    order.count = model->places * model->fibres;
    order.precision = model->precision;
    order.equations = "dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless "
                      "refractory)\nI : 1\nn : 1\nscale : 1";
    order.threshold = "v > 0.4";
    order.reset = "v = 0; n += 1 + i/N";
    order.refractory = "2*ms";
    order.dt_s = model->slower ? 2.0 / 44100 : 0;
    CHECK_OK(bh_group_new(nerve->net, &order, &group, &diag), diag);
    CHECK_OK(bh_group_set(group, "scale", "1 + i/N", &diag), diag);
    CHECK_OK(bh_link(group, "I", nerve->ear,
                     model->plain              ? NULL
                     : model->kind == HAIRCELL ? "x/20"
                                               : "3*clip(x,0,inf)**(1/3)",
                     &diag),
             diag);
    return group;
}

static struct nerve
nerve_new(const struct model *model, enum where where)
{
    struct nerve nerve = {0};
    make_ear(&nerve, model, where);
    bh_network_config config = bh_network_config_default();
    config.dt_s = 1.0 / 44100;
    config.random = BH_RANDOM_PORTABLE;
    config.threads = 1;
    config.window = where == HERE ? 256 : model->window;
    config.device = where == HERE ? NULL : &gpu->device;
    CHECK_OK(bh_network_new(&config, &nerve.net, &diag), diag);
    nerve.net->separate = where == SEPARATE;
    nerve.group = make_group(&nerve, model);
    CHECK_OK(bh_spike_monitor_new(nerve.group, NULL, &nerve.spikes, &diag), diag);
    if (model->second_group)
        nerve.other = make_group(&nerve, model);
    if (model->recorded) {
        bh_state_monitor *states;
        bh_state_monitor_config recorded = bh_state_monitor_config_default(nerve.group);
        recorded.variables = "I";
        recorded.every_s = 0.01;
        CHECK_OK(bh_state_monitor_new(nerve.group, &recorded, &states, &diag), diag);
    }
    if (model->synapses) {
        bh_synapses *synapses;
        bh_synapses_config to_itself = bh_synapses_config_default();
        to_itself.source = to_itself.target =
            bh_part(nerve.group, 0, bh_group_count(nerve.group));
        to_itself.on_pre = "v += 0.01";
        CHECK_OK(bh_synapses_new(&to_itself, &synapses, &diag), diag);
        bh_connect_config next = bh_connect_config_default();
        next.condition = "j == (i + 1) % N_post";
        CHECK_OK(bh_synapses_connect(synapses, &next, &diag), diag);
    }
    if (model->watched)
        CHECK_OK(bh_network_watch(nerve.net, nerve.ear, watch, NULL, &diag), diag);
    return nerve;
}

static void
nerve_free(struct nerve *nerve)
{
    bh_network_free(nerve->net);
    bh_source_free(nerve->ear);
    bh_source_free(nerve->inner);
    bh_filterbank_free(nerve->cells);
    bh_filterbank_free(nerve->cochlea);
    bh_source_free(nerve->source);
    bh_sound_free(nerve->sound);
}

static void
run(struct nerve *nerve, size_t steps)
{
    CHECK_OK(bh_network_run(nerve->net, (double)steps / 44100, &diag), diag);
}

static bool
is_fused(const struct nerve *nerve)
{
    return nerve->net->feeds->lent;
}

static void
same(const struct nerve *a, const struct nerve *b)
{
    static const char *const variables[] = {"v", "I", "n", "scale"};
    const bh_events one = bh_spike_monitor_events(a->spikes);
    const bh_events other = bh_spike_monitor_events(b->spikes);
    const size_t count = bh_group_count(a->group);
    double *x = calloc(2 * count, sizeof *x), *y = x + count;
    if (one.count != other.count || one.count < FEW_SPIKES)
        fprintf(stderr, "%zu and %zu spikes\n", one.count, other.count);
    CHECK(one.count == other.count && one.count >= FEW_SPIKES);
    CHECK(one.count == other.count &&
          memcmp(one.time_s, other.time_s, one.count * sizeof *one.time_s) == 0 &&
          memcmp(one.index, other.index, one.count * sizeof *one.index) == 0);
    for (size_t v = 0; v < 4; v++) {
        CHECK_OK(bh_group_get(a->group, variables[v], x, count, &diag), diag);
        CHECK_OK(bh_group_get(b->group, variables[v], y, count, &diag), diag);
        CHECK(memcmp(x, y, count * sizeof *x) == 0);
    }
    free(x);
}

/* In turns that cut windows anywhere; the same model three times. */
static void
compare(const struct model *model, bool fused)
{
    const size_t steps = model->steps ? model->steps : frames_of(model) + 150;
    const size_t third = steps / 3;
    const size_t turns[] = {third, 1, steps - third - 1};
    struct nerve here = nerve_new(model, HERE), separate = nerve_new(model, SEPARATE),
                 one = nerve_new(model, FUSED);
    size_t launches[2] = {0};
    for (int t = 0; t < 3; t++) {
        const size_t before = fake ? fake->launches : 0;
        run(&separate, turns[t]);
        const size_t between = fake ? fake->launches : 0;
        run(&one, turns[t]);
        launches[0] += between - before;
        launches[1] += (fake ? fake->launches : 0) - between;
        same(&separate, &one);
        if (model->kind == PARALLEL)
            continue;
        run(&here, turns[t]);
        same(&here, &one);
    }
    CHECK(!is_fused(&separate));
    CHECK(is_fused(&one) == fused);
    if (fake)
        CHECK(fused ? launches[1] < launches[0] : launches[1] == launches[0]);
    nerve_free(&here);
    nerve_free(&separate);
    nerve_free(&one);
}

static void
set_order(int order)
{
    if (fake) {
        fake->order = order % 3;
        fake->seed = (uint64_t)order + 1;
    }
}

/* Tiles of 1024 samples that windows cut, and of 128 frames. */
static void
test_windows(void)
{
    static const size_t windows[] = {32, 100, 1024};
    for (int i = 0; i < 6; i++) {
        set_order(i / 2 + i);
        compare(&(struct model){.kind = i % 2 ? PARALLEL : GAMMATONE,
                                .precision = BH_SINGLE,
                                .places = i % 2 ? 9 : 19,
                                .fibres = 10,
                                .window = windows[i / 2],
                                .steps = i == 1 ? 200 : 0},
                true);
    }
}

static void
test_models(void)
{
    static const struct model models[] = {
        {GAMMATONE, BH_DOUBLE, 33, 1, 300, .plain = true},
        {PARALLEL, BH_SINGLE, 3, 64, 1000, .plain = true},
        {HAIRCELL, BH_SINGLE, 17, 3, 1000, .plain = false},
    };
    for (int i = 0; i < 3; i++) {
        set_order(2 - i);
        compare(&models[i], true);
    }
}

/* Whatever else needs what is between, or what a thread cannot do. */
static void
test_falls_back(void)
{
    static const struct model models[] = {
        {GAMMATONE, BH_SINGLE, 5, 2, 1000, .second_group = true},
        {GAMMATONE, BH_SINGLE, 5, 2, 1000, .recorded = true},
        {GAMMATONE, BH_SINGLE, 5, 2, 1000, .watched = true},
        {GAMMATONE, BH_SINGLE, 5, 2, 1000, .slower = true},
        {GAMMATONE, BH_SINGLE, 5, 2, 1000, .synapses = true},
        {PARALLEL, BH_SINGLE, 1, 65, 1000, .steps = 300, .plain = false},
        {CHIRP, BH_SINGLE, 5, 2, 1000, .plain = false},
    };
    set_order(0);
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        compare(&models[i], false);
}

/* Once so and once so, with the bank's state where it was. */
static void
test_changes(void)
{
    static const struct model models[] = {
        {GAMMATONE, BH_SINGLE, 19, 10, 100, .plain = false},
        {PARALLEL, BH_SINGLE, 9, 10, 1000, .plain = false},
    };
    set_order(1);
    for (int i = 0; i < 2; i++) {
        struct nerve one = nerve_new(&models[i], SEPARATE),
                     both = nerve_new(&models[i], FUSED);
        for (int t = 0; t < 4; t++) {
            both.net->separate = t % 2 == 1;
            both.net->layout++;
            run(&one, 310);
            run(&both, 310);
            CHECK(is_fused(&both) == (t % 2 == 0));
            same(&one, &both);
        }
        nerve_free(&one);
        nerve_free(&both);
    }
}

/* Back to what was stored, by the bank's own kernel, and on from there. */
static void
test_goes_back(void)
{
    const struct model model = {PARALLEL, BH_SINGLE, 9, 10, 1000, .plain = false};
    struct nerve one = nerve_new(&model, SEPARATE), other = nerve_new(&model, FUSED);
    bh_store *store;
    run(&one, 430);
    run(&one, 700);
    run(&other, 430);
    CHECK_OK(bh_network_store(other.net, &store, &diag), diag);
    run(&other, 477);
    CHECK_OK(bh_network_restore(other.net, store, &diag), diag);
    run(&other, 700);
    CHECK(is_fused(&other));
    same(&one, &other);
    bh_store_free(store);
    nerve_free(&one);
    nerve_free(&other);
}

/* Two ears of one graph, one kernel for each; with `heard`, a third bank hears what the
 * second says, which then has a kernel of its own. */
struct ears {
    bh_sound *sound;
    bh_source *source, *ear[3];
    bh_graph *graph;
    bh_network *net;
    bh_spike_monitor *spikes[3];
};

static bh_node
add_bank(bh_graph *graph, bh_node input, size_t places)
{
    double cf_hz[MOST_PLACES];
    bh_filterbank *fb;
    bh_node node;
    CHECK_OK(bh_erbspace(200, 4000, places, bh_erb_params_default(), cf_hz, &diag),
             diag);
    CHECK_OK(bh_gammatone_new(44100, cf_hz, places, NULL, BH_SINGLE, &fb, &diag), diag);
    CHECK_OK(bh_graph_bank(graph, input, fb, &node, &diag), diag);
    return node;
}

static struct ears
ears_new(enum where where, bool heard)
{
    struct ears ears = {0};
    bh_node sound, bank[3];
    CHECK_OK(bh_sound_new(FRAMES, 1, 44100, &ears.sound, &diag), diag);
    for (int k = 0; k < FRAMES; k++)
        bh_sound_data(ears.sound)[k] = sin(0.05 * k) + 0.7 * sin(0.31 * k);
    CHECK_OK(bh_sound_source(ears.sound, &ears.source, &diag), diag);
    CHECK_OK(bh_graph_new(44100, BH_SINGLE, &ears.graph, &diag), diag);
    CHECK_OK(bh_graph_hear(ears.graph, ears.source, &sound, &diag), diag);
    for (size_t e = 0; e < 3; e++)
        bank[e] =
            add_bank(ears.graph, e == 2 && heard ? bank[1] : sound, e == 0 ? 9 : 5);
    for (size_t e = 0; e < 3; e++)
        CHECK_OK(bh_graph_source(ears.graph, bank[e], &ears.ear[e], &diag), diag);
    if (where != HERE)
        CHECK_OK(bh_graph_place(ears.graph, &gpu->device, BH_PLACE_SAME, &diag), diag);
    bh_network_config config = bh_network_config_default();
    config.dt_s = 1.0 / 44100;
    config.random = BH_RANDOM_PORTABLE;
    config.window = 150;
    config.device = where == HERE ? NULL : &gpu->device;
    CHECK_OK(bh_network_new(&config, &ears.net, &diag), diag);
    ears.net->separate = where == SEPARATE;
    for (size_t e = 0; e < 3; e++) {
        bh_group *group;
        bh_group_config order = bh_group_config_default();
        order.count = 2 * bh_graph_channels(ears.graph, bank[e]);
        order.precision = BH_SINGLE;
        order.equations = "dv/dt = (I-v)/(1*ms) : 1\nI : 1";
        order.threshold = "v > 0.1";
        order.reset = "v = 0";
        CHECK_OK(bh_group_new(ears.net, &order, &group, &diag), diag);
        CHECK_OK(bh_link(group, "I", ears.ear[e], "clip(x,0,inf)", &diag), diag);
        CHECK_OK(bh_spike_monitor_new(group, NULL, &ears.spikes[e], &diag), diag);
    }
    return ears;
}

static void
ears_free(struct ears *ears)
{
    bh_network_free(ears->net);
    for (size_t e = 0; e < 3; e++)
        bh_source_free(ears->ear[e]);
    bh_graph_free(ears->graph);
    bh_source_free(ears->source);
    bh_sound_free(ears->sound);
}

static void
test_graph(void)
{
    set_order(2);
    for (int heard = 0; heard < 2; heard++) {
        struct ears here = ears_new(HERE, heard), one = ears_new(FUSED, heard);
        size_t fused = 0;
        for (int t = 0; t < 2; t++) {
            CHECK_OK(bh_network_run(here.net, 0.005, &diag), diag);
            CHECK_OK(bh_network_run(one.net, 0.005, &diag), diag);
        }
        for (size_t e = 0; e < 3; e++) {
            const bh_events a = bh_spike_monitor_events(here.spikes[e]);
            const bh_events b = bh_spike_monitor_events(one.spikes[e]);
            CHECK(a.count == b.count && a.count >= FEW_SPIKES);
            CHECK(a.count == b.count &&
                  memcmp(a.time_s, b.time_s, a.count * sizeof *a.time_s) == 0 &&
                  memcmp(a.index, b.index, a.count * sizeof *a.index) == 0);
        }
        for (const struct feed *feed = one.net->feeds; feed; feed = feed->next)
            fused += feed->lent;
        CHECK(fused == (heard ? 2 : 3));
        ears_free(&here);
        ears_free(&one);
    }
}

static void
test_open(void)
{
    CHECK_OK(bh_gpu_open(0, &gpu, &diag), diag);
}

static void
test_close(void)
{
    bh_gpu_close(gpu);
    CHECK(fake_gpu_leaks(fake) == 0);
}

int
main(void)
{
    const struct test tests[] = {
        {"a device opens", test_open},
        {"any window", test_windows},
        {"banks, precisions, links", test_models},
        {"a kernel for each where it must be", test_falls_back},
        {"fused and separate in turns", test_changes},
        {"back to what was", test_goes_back},
        {"outputs of a graph", test_graph},
        {"everything is given back", test_close},
    };
    fake = fake_gpu_start();
    if (!fake && !getenv("BH_TEST_GPU"))
        return 2;
    return run_tests("fused kernels on a device", tests, sizeof tests / sizeof *tests);
}
