/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "core/pool.h"
#include "filterbank/haircell.h"
#include "tests/filterbank/graph.h"

enum { FRAMES = 4000, CHANNELS = 150 };

/* How often and for how many frames a function was asked. */
struct count {
    size_t calls, frames, resets, frees;
};

static void
count_frames(void *user, const bh_block *in, bh_block out)
{
    struct count *count = user;
    count->calls++;
    count->frames += out.frames;
    rectify(NULL, in, out);
}

static void
count_reset(void *user)
{
    ((struct count *)user)->resets++;
}

static void
count_free(void *user)
{
    ((struct count *)user)->frees++;
}

static bh_node
add_count(bh_graph *graph, bh_node input, struct count *count)
{
    const bh_graph_function function = {.inputs = &input,
                                        .count = 1,
                                        .call = count_frames,
                                        .user = count,
                                        .reset = count_reset,
                                        .free = count_free};
    return add_function(graph, &function);
}

/* What several hear is computed once a window, what nobody hears never. */
static void
heard_by_several(void)
{
    double *x = make_noise(FRAMES);
    struct sound sound = {x, 1, FRAMES, 0, 0};
    struct count heard = {0}, unheard = {0};
    bh_source *source = make_sound(&sound, 44100);
    bh_graph *graph = make_graph(44100, BH_DOUBLE);
    bh_node input = add_source(graph, source);
    bh_node once = add_count(graph, input, &heard), sum;
    add_count(graph, once, &unheard);
    bh_node inputs[] = {once, add_rectified(graph, once),
                        add_bank(graph, once, gammatones(44100, 70, BH_DOUBLE)), once};
    bh_diag diag = {0};
    CHECK_OK(bh_graph_sum(graph, inputs, NULL, 4, &sum, &diag), diag);
    bh_source *first = make_output(graph, sum), *second = make_output(graph, once);
    free(read_all(source, 10)); /* rewinding brings the source back to its beginning */
    CHECK_OK(bh_source_rewind(second, &diag), diag);
    CHECK(sound.next == 0);
    CHECK(bh_source_length(first) == FRAMES && bh_source_channels(first) == 70);
    free(read_all(first, 1000));
    free(read_all(second, 1000));
    CHECK(heard.calls == 1 && heard.frames == 1000 && unheard.calls == 0);
    bh_source_free(second);
    bh_source_free(first);
    bh_graph_free(graph);
    CHECK(heard.frees == 1 && unheard.frees == 1);
    bh_source_free(source);
    free(x);
}

/* Outputs read in step give what each gives alone; out of step there is a sentence. */
static void
outputs_in_step(void)
{
    double *x = make_noise(FRAMES);
    struct sound sound = {x, 1, FRAMES, 0, 0};
    bh_source *source = make_sound(&sound, 44100), *outs[3];
    bh_graph *graph = make_graph(44100, BH_DOUBLE);
    bh_node input = add_source(graph, source);
    bh_node places = add_bank(graph, input, gammatones(44100, CHANNELS, BH_DOUBLE));
    bh_node half = add_rectified(graph, places);
    outs[0] = make_output(graph, places);
    outs[1] = make_output(graph, half);
    outs[2] = make_output(graph, input);
    const size_t widths[] = {CHANNELS, CHANNELS, 1};
    double *want[3], *got[3];
    bh_diag diag = {0};
    for (int k = 0; k < 3; k++) {
        want[k] = calloc(FRAMES * widths[k], sizeof **want);
        got[k] = calloc(FRAMES * widths[k], sizeof **got);
    }
    bh_filterbank *alone = gammatones(44100, CHANNELS, BH_DOUBLE);
    filter(alone, x, FRAMES, want[0]);
    for (size_t i = 0; i < FRAMES * CHANNELS; i++)
        want[1][i] = fmax(want[0][i], 0);
    memcpy(want[2], x, FRAMES * sizeof *x);
    for (int round = 0; round < 2; round++) {
        size_t read = 1;
        for (size_t t = 0, n = 77; read > 0; t += read, n = 3 * n % 1025)
            for (int k = 0; k < 3; k++) {
                bh_block out = {got[k] + t * widths[k], n, widths[k], widths[k],
                                BH_DOUBLE};
                CHECK_OK(bh_source_begin(outs[k], n, &read, &diag), diag);
                out.frames = read;
                for (size_t i = 0; i < bh_source_tiles(outs[k]) && read > 0; i++)
                    bh_source_tile(outs[k], i, out);
            }
        for (int k = 0; k < 3; k++)
            CHECK(memcmp(want[k], got[k], FRAMES * widths[k] * sizeof **got) == 0);
        for (int k = 0; k < 3; k++)
            CHECK_OK(bh_source_rewind(outs[k], &diag), diag);
    }
    size_t read;
    CHECK_OK(bh_source_begin(outs[0], 100, &read, &diag), diag);
    CHECK(bh_source_begin(outs[1], 99, &read, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "asked for 99 frames from 0 on, another had 100 from 0 on");
    CHECK_OK(bh_source_begin(outs[0], 100, &read, &diag), diag);
    CHECK(bh_source_begin(outs[1], 100, &read, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "in step");
    for (int k = 0; k < 3; k++) {
        bh_source_free(outs[k]);
        free(want[k]);
        free(got[k]);
    }
    bh_filterbank_free(alone);
    bh_graph_free(graph);
    bh_source_free(source);
    free(x);
}

struct window {
    bh_source *source;
    bh_block out;
};

static void
run_tile(void *context, size_t tile, int thread)
{
    const struct window *window = context;
    (void)thread;
    bh_source_tile(window->source, tile, window->out);
}

/* From the sound to hair cells: a chain whose tiles need nothing of each other. */
static bh_node
add_chain(bh_graph *graph, bh_node input)
{
    const bh_precision precision = BH_SINGLE;
    bh_filterbank *cells = NULL;
    bh_diag diag = {0};
    bh_node places = add_bank(graph, input, gammatones(44100, CHANNELS, precision));
    bh_node half = add_rectified(graph, places), sum, inputs[] = {places, half};
    CHECK_OK(bh_graph_sum(graph, inputs, NULL, 2, &sum, &diag), diag);
    CHECK_OK(bh_haircell_new(44100, NULL, CHANNELS, NULL, precision, &cells, &diag),
             diag);
    return add_bank(graph, sum, cells);
}

/* Tiles on four threads give the bits of the banks called one after the other. */
static void
tiles_in_parallel(void)
{
    double *x = make_noise(FRAMES), *want;
    struct sound sound = {x, 1, FRAMES, 0, 0};
    bh_source *source = make_sound(&sound, 44100);
    bh_graph *graph = make_graph(44100, BH_SINGLE), *pushed;
    bh_source *out = make_output(graph, add_chain(graph, add_source(graph, source)));
    pushed = make_graph(44100, BH_SINGLE);
    bh_filterbank *fb = make_bank(pushed, add_chain(pushed, add_input(pushed, 1)));
    double *got = calloc(FRAMES * CHANNELS, sizeof *got);
    want = calloc(FRAMES * CHANNELS, sizeof *want);
    filter(fb, x, FRAMES, want);
    bh_pool *pool = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_pool_new(4, &pool, &diag), diag);
    CHECK(bh_source_tiles(out) == 3);
    for (size_t t = 0, n = 77, read = 1; read > 0; t += read) {
        CHECK_OK(bh_source_begin(out, n, &read, &diag), diag);
        struct window window = {
            out, {got + t * CHANNELS, read, CHANNELS, CHANNELS, BH_DOUBLE}};
        if (read > 0)
            bh_pool_run(pool, bh_source_tiles(out), INFINITY, run_tile, &window);
    }
    CHECK(memcmp(want, got, FRAMES * CHANNELS * sizeof *got) == 0);
    bh_pool_free(pool);
    bh_source_free(out);
    bh_filterbank_free(fb);
    bh_graph_free(graph);
    bh_source_free(source);
    free(got);
    free(want);
    free(x);
}

/* The longest source decides; behind the end of the other is silence. */
static void
sources_of_two_lengths(void)
{
    double *x = make_noise(FRAMES);
    struct sound sounds[] = {{x, 1, 1500, 0, 0}, {x, 2, 700, 0, 0}};
    bh_source *sources[] = {make_sound(&sounds[0], 8000), make_sound(&sounds[1], 8000)};
    bh_graph *graph = make_graph(8000, BH_SINGLE);
    bh_node inputs[] = {add_source(graph, sources[0]), add_source(graph, sources[1])};
    bh_node sum;
    bh_diag diag = {0};
    CHECK_OK(bh_graph_sum(graph, inputs, NULL, 2, &sum, &diag), diag);
    bh_source *out = make_output(graph, sum);
    CHECK(bh_source_length(out) == 1500);
    double *y = read_all(out, 1500);
    for (size_t t = 0; t < 1500; t++)
        for (size_t ch = 0; ch < 2; ch++) {
            const float more = t < 700 ? (float)x[2 * t + ch] : 0;
            CHECK((float)y[2 * t + ch] == (float)x[t] + more);
        }
    size_t got = 1;
    CHECK_OK(bh_source_begin(out, 10, &got, &diag), diag);
    CHECK(got == 0);
    bh_source_free(out);
    bh_graph_free(graph);
    bh_source_free(sources[0]);
    bh_source_free(sources[1]);
    free(y);
    free(x);
}

/* A sample that is not finite ends the run with its place; after rewinding, and with a
 * good sample, all is well. */
static void
not_finite(void)
{
    double *x = make_noise(2 * FRAMES), y[2 * 1024];
    struct sound sound = {x, 2, FRAMES, 0, 0};
    bh_source *source = make_sound(&sound, 44100);
    bh_graph *graph = make_graph(44100, BH_DOUBLE);
    bh_source *out =
        make_output(graph, add_rectified(graph, add_source(graph, source)));
    bh_block block = {y, 1024, 2, 2, BH_DOUBLE};
    bh_diag diag = {0};
    size_t got = 0;
    const double good = x[2 * 1500 + 1];
    x[2 * 1500 + 1] = INFINITY;
    CHECK_OK(bh_source_read(out, block, &got, &diag), diag);
    CHECK(bh_source_read(out, block, &got, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "sample 1500 of channel 1 is inf");
    CHECK(bh_source_read(out, block, &got, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "must be rewound");
    x[2 * 1500 + 1] = good;
    CHECK_OK(bh_source_rewind(out, &diag), diag);
    double *all = read_all(out, FRAMES);
    CHECK(all[2 * 1500 + 1] == fmax(good, 0));
    free(all);
    bh_source_free(out);
    bh_graph_free(graph);
    bh_source_free(source);
    free(x);
}

static bh_status
stop_at_third(void *user, const bh_block *heard, bh_diag *diag)
{
    (void)heard;
    if (++*(int *)user == 3)
        return bh_diag_set(diag, BH_ERR_STOPPED, "enough");
    return BH_OK;
}

/* What a control says ends the run of a source and of a bank. */
static void
control_stops(void)
{
    int calls = 0;
    double *x = make_noise(FRAMES), y[1024];
    bh_graph *graph = make_graph(44100, BH_DOUBLE);
    bh_node input = add_input(graph, 1);
    const bh_graph_controller controller = {.inputs = &input,
                                            .count = 1,
                                            .interval = 10,
                                            .update = stop_at_third,
                                            .user = &calls};
    bh_diag diag = {0};
    CHECK_OK(bh_graph_control(graph, &controller, &diag), diag);
    bh_filterbank *fb = make_bank(graph, add_rectified(graph, input));
    bh_block in = {x, 29, 1, 1, BH_DOUBLE}, out = {y, 29, 1, 1, BH_DOUBLE};
    CHECK_OK(bh_filterbank_process(fb, in, out, &diag), diag);
    in.frames = out.frames = 1;
    CHECK(bh_filterbank_process(fb, in, out, &diag) == BH_ERR_STOPPED);
    CHECK_HAS(diag.text, "enough");
    bh_filterbank_free(fb);
    free(x);
}

/* A graph of two channels into one bank of five: as a bank it asks for two. */
static void
many_to_many(void)
{
    double *x = make_noise(2 * FRAMES), *got = calloc(5 * FRAMES, sizeof *got);
    bh_graph *graph = make_graph(44100, BH_DOUBLE);
    const size_t map[] = {1, 0, 1, 1, 0};
    bh_node input = add_input(graph, 2), routed;
    const bh_graph_routing routing = {
        .inputs = &input, .count = 1, .map = map, .map_count = 5};
    bh_diag diag = {0};
    CHECK_OK(bh_graph_route(graph, &routing, &routed, &diag), diag);
    bh_filterbank *fb = make_bank(graph, routed);
    bh_block in = {x, FRAMES, 2, 2, BH_DOUBLE}, out = {got, FRAMES, 5, 5, BH_DOUBLE};
    CHECK_OK(bh_filterbank_process(fb, in, out, &diag), diag);
    for (size_t t = 0; t < FRAMES; t++)
        for (size_t ch = 0; ch < 5; ch++)
            CHECK(got[5 * t + ch] == x[2 * t + map[ch]]);
    in.channels = 1;
    CHECK(bh_filterbank_process(fb, in, out, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the input has 1 channels; this filterbank hears 2");
    bh_filterbank_free(fb);
    free(got);
    free(x);
}

/* What cannot be joined, with its sentence. */
static void
wrong_graphs(void)
{
    double x[20] = {0};
    struct sound sound = {x, 2, 10, 0, 0};
    bh_source *slow = make_sound(&sound, 8000), *source = make_sound(&sound, 44100);
    bh_graph *graph = NULL;
    bh_source *out = NULL;
    bh_filterbank *fb = NULL, *single = gammatones(44100, 3, BH_SINGLE);
    bh_diag diag = {0};
    bh_node node, input;
#define REFUSES(call, says)                                                            \
    do {                                                                               \
        CHECK((call) == BH_ERR_ARGUMENT);                                              \
        CHECK_HAS(diag.text, says);                                                    \
    } while (0)
    REFUSES(bh_graph_new(0, BH_DOUBLE, &graph, &diag), "the sample rate is 0 Hz");
    graph = make_graph(44100, BH_DOUBLE);
    REFUSES(bh_graph_source(graph, 0, &out, &diag), "reads no source");
    REFUSES(bh_graph_filterbank(graph, 0, &fb, &diag), "has no input");
    REFUSES(bh_graph_input(graph, 0, &node, &diag), "0 channels");
    REFUSES(bh_graph_hear(graph, slow, &node, &diag), "8000 Hz, the graph of 44100 Hz");
    CHECK_OK(bh_graph_hear(graph, source, &input, &diag), diag);
    REFUSES(bh_graph_hear(graph, source, &node, &diag), "read by node 0 already");
    REFUSES(bh_graph_input(graph, 1, &node, &diag), "reads a source");
    REFUSES(bh_graph_bank(graph, 7, single, &node, &diag), "there is no node 7");
    REFUSES(bh_graph_bank(graph, input, single, &node, &diag),
            "computes in single precision, the graph in double");
    bh_filterbank *wide = gammatones(44100, 3, BH_DOUBLE);
    REFUSES(bh_graph_bank(graph, input, wide, &node, &diag),
            "the input has 2 channels");
    bh_filterbank_free(wide);
    bh_filterbank *other = gammatones(16000, 2, BH_DOUBLE);
    REFUSES(bh_graph_bank(graph, input, other, &node, &diag), "made for 16000 Hz");
    bh_filterbank_free(other);
    bh_filterbank *two = gammatones(44100, 2, BH_DOUBLE);
    CHECK_OK(bh_graph_bank(graph, input, two, &node, &diag), diag);
    REFUSES(bh_graph_bank(graph, input, two, &node, &diag), "is node 1 of the graph");
    bh_graph_function function = {.call = rectify};
    REFUSES(bh_graph_call(graph, &function, &node, &diag), "how many channels");
    function = (bh_graph_function){
        .inputs = &input, .count = 1, .channels = 3, .each_channel = true};
    REFUSES(bh_graph_call(graph, &function, &node, &diag), "3 channels from 2");
    bh_graph_controller controller = {.inputs = &input, .count = 1, .interval = 0};
    REFUSES(bh_graph_control(graph, &controller, &diag), "it must be 1 to 1024");
    controller.interval = 1025;
    REFUSES(bh_graph_control(graph, &controller, &diag), "it must be 1 to 1024");
    controller.count = 65;
    REFUSES(bh_graph_control(graph, &controller, &diag), "it can be 64");
    REFUSES(bh_graph_source(graph, 9, &out, &diag), "there is no node 9");
    out = make_output(graph, input);
    REFUSES(bh_graph_hear(graph, slow, &node, &diag), "8000 Hz");
    REFUSES(bh_graph_join(graph, &input, 1, &node, &diag), "has an output already");
    free(read_all(out, 10));
    bh_source *late = NULL;
    REFUSES(bh_graph_source(graph, input, &late, &diag), "runs already");
    CHECK(bh_graph_channels(graph, 99) == 0);
    bh_source_free(out);
    bh_graph_free(graph);
    bh_graph_free(NULL);
    bh_filterbank_free(single);
    bh_source_free(source);
    bh_source_free(slow);
}

static bh_status
nothing(void *self, size_t frames, size_t *got, bh_diag *why)
{
    (void)self, (void)frames, (void)why;
    *got = 0;
    return BH_OK;
}

static void
no_tile(void *self, size_t tile, bh_block out)
{
    (void)self, (void)tile, (void)out;
}

/* Sound that comes in blocks of 64 is read so behind a graph too. */
static void
live_blocks(void)
{
    bh_diag why;
    bh_source *live, *out;
    bh_graph *graph;
    bh_node node;
    const bh_source_config config = {.samplerate_hz = 16000,
                                     .channels = 1,
                                     .length = BH_LENGTH_UNKNOWN,
                                     .tiles = 1,
                                     .window = 64,
                                     .begin = nothing,
                                     .tile = no_tile};
    CHECK_OK(bh_source_new(&config, &live, &why), why);
    CHECK_OK(bh_graph_new(16000, BH_SINGLE, &graph, &why), why);
    CHECK_OK(bh_graph_hear(graph, live, &node, &why), why);
    CHECK_OK(bh_graph_source(graph, node, &out, &why), why);
    CHECK(bh_source_window(out) == 64);
    bh_source_free(out);
    bh_graph_free(graph);
    bh_source_free(live);
}

TEST_MAIN("graph doors", {"heard by several", heard_by_several},
          {"outputs in step", outputs_in_step},
          {"tiles in parallel", tiles_in_parallel},
          {"sources of two lengths", sources_of_two_lengths},
          {"not finite", not_finite}, {"control stops", control_stops},
          {"many to many", many_to_many}, {"wrong graphs", wrong_graphs},
          {"live blocks", live_blocks})
