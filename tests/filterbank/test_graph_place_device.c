/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "tests/filterbank/placed.h"

#include "filterbank/haircell.h"
#include "filterbank/linear.h"
#include "filterbank/middle_ear.h"
#include "tests/filterbank/graph.h"

enum { PLACES = 33, FRAMES = 700 };

static bh_node
calculate(bh_graph *graph, bh_operand left, bh_operation operation, bh_operand right)
{
    bh_node node = 0;
    bh_diag diag;
    CHECK_OK(bh_graph_arithmetic(graph, left, operation, right, &node, &diag), diag);
    return node;
}

static bh_node
weigh(bh_graph *graph, const bh_node *inputs, const double *weights, size_t count)
{
    bh_node node = 0;
    bh_diag diag;
    CHECK_OK(bh_graph_sum(graph, inputs, weights, count, &node, &diag), diag);
    return node;
}

static bh_node
route(bh_graph *graph, const bh_graph_routing *routing)
{
    bh_node node = 0;
    bh_diag diag;
    CHECK_OK(bh_graph_route(graph, routing, &node, &diag), diag);
    return node;
}

static bh_filterbank *
cells(size_t channels, bh_precision precision)
{
    bh_filterbank *fb = NULL;
    bh_diag diag;
    CHECK_OK(bh_haircell_new(44100, NULL, channels, NULL, precision, &fb, &diag), diag);
    return fb;
}

static bh_filterbank *
middle_ear(bh_precision precision)
{
    bh_filterbank *fb = NULL;
    bh_diag diag;
    CHECK_OK(bh_middle_ear_new(44100, 1, NULL, precision, &fb, &diag), diag);
    return fb;
}

/* A bank of two channels in a row, half of a difference of what it hears. */
static bh_filterbank *
inner(size_t channels, bh_precision precision)
{
    bh_graph *graph = make_graph(44100, precision);
    const bh_node in = add_input(graph, channels);
    const bh_node low = add_bank(graph, in, lowpasses(44100, 900, channels, precision));
    const bh_node rest = calculate(graph, bh_of_node(in), BH_MINUS, bh_of_node(low));
    return make_bank(graph,
                     calculate(graph, bh_of_number(0.5), BH_TIMES, bh_of_node(rest)));
}

/* Every kind of node behind what the graph hears. */
static bh_node
add_all(bh_graph *graph, bh_node heard, bh_precision precision)
{
    const bh_node ear = add_bank(graph, heard, middle_ear(precision));
    const bh_node place = add_bank(graph, ear, gammatones(44100, PLACES, precision));
    const bh_node rest = add_bank(graph, place, inner(PLACES, precision));
    const bh_node power =
        calculate(graph, bh_of_node(place), BH_TIMES, bh_of_node(place));
    const bh_node more =
        calculate(graph, bh_of_node(power), BH_PLUS, bh_of_number(1.5));
    const bh_node less = calculate(graph, bh_of_node(rest), BH_OVER, bh_of_node(more));
    const bh_node late = calculate(graph, bh_of_number(3), BH_MINUS, bh_of_node(ear));
    const bh_node wide = calculate(graph, bh_of_node(late), BH_PLUS, bh_of_node(less));
    const bh_node parts[] = {ear, place, wide, less};
    const double weights[] = {0.25, -1.5, 1e-3, 0.1};
    const bh_node sum = weigh(graph, parts, weights, 4);
    const bh_node two[] = {sum, place};
    const bh_node mixed = route(
        graph, &(bh_graph_routing){.inputs = two, .count = 2, .interleave = true});
    size_t map[PLACES];
    for (size_t i = 0; i < PLACES; i++)
        map[i] = (7 * i) % (2 * PLACES);
    const bh_node some = route(
        graph, &(bh_graph_routing){
                   .inputs = &mixed, .count = 1, .map = map, .map_count = PLACES});
    add_bank(graph, some, cells(PLACES, precision)); /* nobody hears that */
    return add_bank(graph, some, cells(PLACES, precision));
}

static bh_filterbank *
all_nodes(bh_precision precision)
{
    bh_graph *graph = make_graph(44100, precision);
    return make_bank(graph, add_all(graph, add_input(graph, 1), precision));
}

/* Two ears, each with a bank of its own, side by side. */
static bh_filterbank *
two_ears(bh_precision precision)
{
    bh_graph *graph = make_graph(44100, precision);
    const bh_node in = add_input(graph, 2);
    bh_node ears[2];
    for (size_t i = 0; i < 2; i++) {
        const bh_node one = route(
            graph,
            &(bh_graph_routing){.inputs = &in, .count = 1, .map = &i, .map_count = 1});
        ears[i] = add_bank(graph, one, gammatones(44100, PLACES, precision));
    }
    const bh_node both = route(graph, &(bh_graph_routing){.inputs = ears, .count = 2});
    return make_bank(graph, add_bank(graph, both, cells(2 * PLACES, precision)));
}

/* What the graph hears, and nothing else. */
static bh_filterbank *
nothing(bh_precision precision)
{
    bh_graph *graph = make_graph(44100, precision);
    return make_bank(graph, add_input(graph, 3));
}

static void
check_graph(bh_filterbank *(*make)(bh_precision precision), size_t heard,
            bh_precision precision)
{
    check_same("graph", make(precision), make(precision), heard, precision, 0.02);
}

static void
test_same_bits(void)
{
    for (int precision = BH_SINGLE; precision <= BH_DOUBLE; precision++) {
        check_graph(all_nodes, 1, precision);
        check_graph(two_ears, 2, precision);
        check_graph(nothing, 3, precision);
    }
}

/* A middle ear says one channel, which the gammatone hears there in parallel over time:
 * within 3e-6 of double behind the same ear (some 1e-6 by itself, as sounds go). */
static void
test_parallel(void)
{
    bh_graph *graph = make_graph(44100, BH_SINGLE);
    const bh_node ear = add_bank(graph, add_input(graph, 1), middle_ear(BH_SINGLE));
    bh_filterbank *fb =
        make_bank(graph, add_bank(graph, ear, gammatones(44100, PLACES, BH_SINGLE)));
    bh_filterbank *outer = middle_ear(BH_SINGLE);
    bh_filterbank *places = gammatones(44100, PLACES, BH_DOUBLE);
    bh_block in = new_sound(3000, 1, BH_SINGLE, 1);
    bh_block heard = new_block(3000, 1, BH_SINGLE);
    bh_block want = new_block(3000, PLACES, BH_DOUBLE);
    bh_block got = new_block(3000, PLACES, BH_SINGLE);
    place(fb, BH_PLACE_PARALLEL);
    run(fb, in, got, 1000, false);
    run(outer, in, heard, 3000, true);
    run(places, heard, want, 3000, true);
    CHECK_NEAR(difference(got, want), 0, 3e-6);
    bh_filterbank_free(fb);
    bh_filterbank_free(outer);
    bh_filterbank_free(places);
    free(in.data);
    free(heard.data);
    free(want.data);
    free(got.data);
}

/* A graph that reads two sounds, one shorter than the other, with two outputs. */
struct listening {
    struct sound sounds[2];
    bh_source *in[2], *out[2];
    bh_filterbank *before; /* of the second sound; NULL: none */
    bh_source *played;
    bh_graph *graph;
};

static void
listen(struct listening *l, const double *x, bh_filterbank *before)
{
    l->before = before;
    l->sounds[0] = (struct sound){.x = x, .channels = 1, .frames = FRAMES};
    l->sounds[1] = (struct sound){.x = x + 90, .channels = 1, .frames = FRAMES / 3};
    for (int i = 0; i < 2; i++)
        l->in[i] = make_sound(&l->sounds[i], 44100);
    bh_diag diag;
    l->played = l->in[1];
    if (before)
        CHECK_OK(bh_filterbank_source(before, l->played, &l->in[1], &diag), diag);
    l->graph = make_graph(44100, BH_SINGLE);
    const bh_node one = add_source(l->graph, l->in[0]);
    const bh_node other = add_source(l->graph, l->in[1]);
    const bh_node place = add_all(l->graph, one, BH_SINGLE);
    const bh_node parts[] = {place, other};
    l->out[0] = make_output(l->graph, weigh(l->graph, parts, NULL, 2));
    l->out[1] = make_output(l->graph, other);
}

static void
stop(struct listening *l)
{
    for (int i = 0; i < 2; i++)
        bh_source_free(l->out[i]);
    bh_graph_free(l->graph);
    bh_source_free(l->in[0]);
    bh_source_free(l->in[1]);
    if (l->before) {
        bh_source_free(l->played);
        bh_filterbank_free(l->before);
    }
}

/* Windows of 170 frames of the outputs, the first of which may stay there. */
static void
hear(struct listening *l, bool keep, bh_block *out)
{
    bh_block window = {.precision = BH_SINGLE};
    bh_device *device = &gpu->device;
    bh_diag diag;
    size_t got = 0;
    if (keep)
        CHECK(bh_source_keep(l->out[0], device, &window));
    for (size_t t = 0; t < FRAMES; t += got) {
        const size_t most = FRAMES - t < 170 ? FRAMES - t : 170;
        if (!keep)
            CHECK_OK(bh_source_read(l->out[0], bh_block_frames(out[0], t, most), &got,
                                    &diag),
                     diag);
        else
            CHECK_OK(bh_source_begin(l->out[0], most, &got, &diag), diag);
        for (size_t i = 0; keep && i < got; i++)
            CHECK_OK(device->ops->read(device, bh_block_frames(out[0], t + i, 1).data,
                                       (float *)window.data + i * window.stride,
                                       window.channels * sizeof(float), &diag),
                     diag);
        CHECK(got > 0);
        if (got == 0)
            return;
        CHECK_OK(
            bh_source_read(l->out[1], bh_block_frames(out[1], t, got), &got, &diag),
            diag);
    }
}

static void
test_sources(void)
{
    bh_block sound = new_sound(FRAMES, 1, BH_DOUBLE, 0.02), want[2], got[2];
    struct listening here, there;
    bh_diag diag;
    set_order(RANDOM, 2);
    for (int i = 0; i < 2; i++) {
        want[i] = new_block(FRAMES, i ? 1 : PLACES, BH_SINGLE);
        got[i] = new_block(FRAMES, i ? 1 : PLACES, i ? BH_DOUBLE : BH_SINGLE);
    }
    listen(&here, sound.data, NULL);
    hear(&here, false, want);
    listen(&there, sound.data, NULL);
    CHECK_OK(bh_graph_place(there.graph, &gpu->device, BH_PLACE_SAME, &diag), diag);
    CHECK(bh_graph_place(there.graph, &gpu->device, BH_PLACE_SAME, &diag) ==
          BH_ERR_ARGUMENT);
    for (int time = 0; time < 3; time++) {
        hear(&there, time == 2, got);
        CHECK(same(got[0], want[0]));
        for (size_t t = 0; t < FRAMES; t++)
            CHECK(at(got[1], t, 0) == at(want[1], t, 0));
        memset(got[0].data, 0xff, bytes(got[0]));
        CHECK_OK(bh_source_rewind(there.out[0], &diag), diag);
    }
    stop(&here);
    stop(&there);
    for (int i = 0; i < 2; i++) {
        free(want[i].data);
        free(got[i].data);
    }
    free(sound.data);
}

/* A source that is a bank there is heard there: what is read stays. */
static void
test_kept_source(void)
{
    bh_block sound = new_sound(FRAMES, 1, BH_DOUBLE, 0.02), want[2], got[2];
    struct listening l;
    bh_diag diag;
    for (int placed = 0; placed < 2; placed++) {
        bh_block *out = placed ? got : want;
        for (int i = 0; i < 2; i++)
            out[i] = new_block(FRAMES, i ? 1 : PLACES, BH_SINGLE);
        bh_filterbank *ear = middle_ear(BH_SINGLE);
        if (placed)
            place(ear, BH_PLACE_SAME);
        listen(&l, sound.data, ear);
        /* The second output reads that source itself, which then comes back. */
        if (placed)
            CHECK_OK(bh_graph_place(l.graph, &gpu->device, BH_PLACE_SAME, &diag), diag);
        hear(&l, false, out);
        stop(&l);
    }
    CHECK(same(got[0], want[0]));
    CHECK(same(got[1], want[1]));
    for (int i = 0; i < 2; i++) {
        free(want[i].data);
        free(got[i].data);
    }
    free(sound.data);
}

/* Responses of three channels behind three, whose windows have rows of full lanes. Not
 * the same bits: transforms. */
static void
test_convolution(void)
{
    enum { LONG = 1500, CHANNELS = 3 };
    bh_block in = new_sound(LONG, 1, BH_DOUBLE, 1);
    bh_block want = new_block(LONG, CHANNELS, BH_DOUBLE);
    bh_block got = new_block(LONG, CHANNELS, BH_DOUBLE);
    for (int there = 0; there < 2; there++) {
        bh_graph *graph = make_graph(44100, BH_DOUBLE);
        bh_node node = add_bank(graph, add_input(graph, 1),
                                gammatones(44100, CHANNELS, BH_DOUBLE));
        node = add_bank(graph, node, new_fir(CHANNELS, 1300, 0, BH_DOUBLE));
        bh_filterbank *fb = make_bank(graph, node);
        if (there)
            place(fb, BH_PLACE_SAME);
        run(fb, in, there ? got : want, 700, there);
        bh_filterbank_free(fb);
    }
    CHECK_NEAR(difference(got, want), 0, 1e-12);
    free(in.data);
    free(want.data);
    free(got.data);
}

static void
check_refused(bh_filterbank *fb, const char *part)
{
    bh_diag diag;
    CHECK(bh_filterbank_place(fb, &gpu->device, BH_PLACE_SAME, &diag) ==
          BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, part);
    /* It goes on where it was. */
    bh_block in = new_sound(10, 2, BH_SINGLE, 1);
    bh_block out = new_block(10, bh_filterbank_channels(fb), BH_SINGLE);
    CHECK_OK(bh_filterbank_process(fb, in, out, &diag), diag);
    bh_filterbank_free(fb);
    free(in.data);
    free(out.data);
}

static bh_status
steer(void *user, const bh_block *heard, bh_diag *diag)
{
    (void)user, (void)heard, (void)diag;
    return BH_OK;
}

/* A chain of more stages than a device has room for. */
static bh_filterbank *
too_long(double samplerate_hz)
{
    enum { STAGES = 30 };
    double b[3 * STAGES] = {0}, a[3 * STAGES] = {0};
    bh_linear_params params = {.b = b, .a = a, .order = 2, .stages = STAGES};
    bh_filterbank *fb = NULL;
    bh_diag diag;
    for (int i = 0; i < STAGES; i++) {
        a[i] = b[i] = 1;
        b[2 * STAGES + i] = 0.5;
    }
    CHECK_OK(bh_linear_new(samplerate_hz, 1, &params, BH_DOUBLE, &fb, &diag), diag);
    return fb;
}

static void
test_refused(void)
{
    bh_diag diag;
    bh_graph *graph = make_graph(44100, BH_SINGLE);
    bh_node node =
        add_bank(graph, add_input(graph, 2), gammatones(44100, 2, BH_SINGLE));
    check_refused(make_bank(graph, add_rectified(graph, node)),
                  "node 2 of the graph is a C function");
    graph = make_graph(44100, BH_SINGLE);
    node = add_input(graph, 2);
    const bh_graph_controller controller = {
        .inputs = &node, .count = 1, .interval = 1, .update = steer};
    CHECK_OK(bh_graph_control(graph, &controller, &diag), diag);
    check_refused(make_bank(graph, node), "control");
    graph = make_graph(44100, BH_DOUBLE);
    node = add_bank(graph, add_input(graph, 1), too_long(44100));
    bh_filterbank *fb = make_bank(graph, node);
    CHECK(bh_filterbank_place(fb, &gpu->device, BH_PLACE_SAME, &diag) ==
          BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "node 1 of the graph: this filterbank has too many");
    CHECK(bh_graph_place(graph, &gpu->device, BH_PLACE_SAME, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "bh_filterbank_place");
    bh_filterbank_free(fb);
}

/* Whatever fails leaves all of a graph on the processor. */
static void
test_failures(void)
{
    static const char *const functions[] = {"cuMemAlloc", "cuMemHostAlloc",
                                            "cuModuleLoadData"};
    if (!fake)
        return;
    bh_block sound = new_sound(FRAMES, 1, BH_DOUBLE, 0.02), want[2], got[2];
    struct listening here, there;
    bh_diag diag;
    set_order(FORWARD, 0);
    for (int i = 0; i < 2; i++) {
        want[i] = new_block(FRAMES, i ? 1 : PLACES, BH_SINGLE);
        got[i] = new_block(FRAMES, i ? 1 : PLACES, BH_SINGLE);
    }
    listen(&here, sound.data, NULL);
    hear(&here, false, want);
    stop(&here);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        bh_status status = BH_ERR_DEVICE;
        listen(&there, sound.data, NULL);
        for (int call = 1; status != BH_OK && call < 99; call++) {
            fake_gpu_fail(fake, functions[i], call, 2);
            status = bh_graph_place(there.graph, &gpu->device, BH_PLACE_SAME, &diag);
            CHECK((status == BH_OK) == (fake->failing_call > 0));
        }
        CHECK(status == BH_OK);
        fake->failing[0] = 0;
        hear(&there, false, got);
        CHECK(same(got[0], want[0]));
        stop(&there);
    }
    listen(&there, sound.data, NULL);
    fake_gpu_fail(fake, "cuModuleLoadData", 2, 2);
    CHECK(bh_graph_place(there.graph, &gpu->device, BH_PLACE_SAME, &diag) != BH_OK);
    fake->failing[0] = 0;
    const size_t launches = fake->launches;
    hear(&there, false, got);
    CHECK(same(got[0], want[0]) && fake->launches == launches);
    stop(&there);
    for (int i = 0; i < 2; i++) {
        free(want[i].data);
        free(got[i].data);
    }
    free(sound.data);
}

int
main(void)
{
    const struct test tests[] = {
        {"a device opens", test_open},
        {"as a bank: the processor's bits", test_same_bits},
        {"in parallel over time", test_parallel},
        {"as sources", test_sources},
        {"behind a source that is there", test_kept_source},
        {"convolution", test_convolution},
        {"what cannot be placed says so", test_refused},
        {"what fails leaves the graph", test_failures},
        {"everything is given back", test_close},
    };
    return run_placed("graphs on a device", tests, sizeof tests / sizeof *tests);
}
