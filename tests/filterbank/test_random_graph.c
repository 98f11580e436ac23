/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "filterbank/catalogue.h"
#include "filterbank/linear.h"
#include "tests/filterbank/graph.h"

/* Graphs at random, of all kinds of nodes and banks with settings from their whole
 * range: none crashes, how the sound is cut changes no bit, and neither does a reset.
 * BH_SEED gives the first seed, BH_RUNS how many there are. */

enum { FRAMES = 700, MOST_NODES = 9, MOST_CHANNELS = 40 };

/* SplitMix64. */
static uint64_t
draw(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static size_t
below(uint64_t *state, size_t count)
{
    return (size_t)(draw(state) % count);
}

static double
unit(uint64_t *state)
{
    return (double)(draw(state) >> 11) * 0x1p-53;
}

/* A value for a parameter: what it is anyway, an end of its range, or between them. */
static void
draw_value(uint64_t *state, const bh_bank_param *param, char *text, size_t size)
{
    size_t choices = 0;
    while (param->choices && param->choices[choices])
        choices++;
    if (choices > 0) {
        snprintf(text, size, "%s", param->choices[below(state, choices)]);
        return;
    }
    double value = param->preset;
    const size_t how = below(state, 6);
    if (how == 0)
        value = param->least;
    else if (how == 1)
        value = param->most;
    else if (how == 2)
        value = param->least + unit(state) * (param->most - param->least);
    else if (how == 3)
        value = fmin(fmax(param->preset * exp(2 * unit(state) - 1), param->least),
                     param->most);
    /* Longer responses take long, and nothing else. */
    if (strcmp(param->unit, "s") == 0)
        value = fmin(value, 0.01);
    if (param->whole)
        value = fmin(value, 3000);
    snprintf(text, size, "%.17g", param->whole ? floor(value) : value);
}

/* A bank of any kind with any settings; NULL where these do not go together, for which
 * there must be a sentence. */
static bh_filterbank *
draw_bank(uint64_t *state, double samplerate_hz, size_t channels,
          bh_precision precision)
{
    enum { MOST = 16 };
    const bh_bank_kind *kind = bh_bank_kind_at(below(state, bh_bank_kind_count()));
    bh_bank_setting settings[MOST];
    char texts[MOST][40];
    double cf_hz[MOST_CHANNELS];
    size_t count = 0;
    for (size_t p = 0; p < kind->param_count; p++)
        if (below(state, 3) == 0) {
            draw_value(state, &kind->params[p], texts[count], sizeof texts[count]);
            settings[count] = (bh_bank_setting){kind->params[p].name, texts[count]};
            count++;
        }
    for (size_t ch = 0; ch < channels; ch++)
        cf_hz[ch] = 50 * pow(0.45 * samplerate_hz / 50, unit(state));
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    bh_status status = bh_bank_new(kind, samplerate_hz, cf_hz, channels, settings,
                                   count, precision, &fb, &diag);
    if (status != BH_OK && !diag.text[0])
        fprintf(stderr, "%s is refused without a sentence\n", kind->name);
    CHECK(status == BH_OK || (status == BH_ERR_ARGUMENT && diag.text[0]));
    return status == BH_OK ? fb : NULL;
}

/* A gain that a control moves, and a memory of what was heard. */
struct memory {
    double gain, level;
    size_t inputs;
    bh_filterbank *target; /* a linear bank, or NULL */
};

static double
get(bh_block block, size_t t, size_t ch)
{
    const size_t at = t * block.stride + (block.channels == 1 ? 0 : ch);
    return block.precision == BH_SINGLE ? ((float *)block.data)[at]
                                        : ((double *)block.data)[at];
}

static void
put(bh_block block, size_t t, size_t ch, double x)
{
    const size_t at = t * block.stride + ch;
    if (block.precision == BH_SINGLE)
        ((float *)block.data)[at] = (float)x;
    else
        ((double *)block.data)[at] = x;
}

static void
remember(void *user, const bh_block *in, bh_block out)
{
    struct memory *memory = user;
    for (size_t t = 0; t < out.frames; t++) {
        for (size_t i = 0; i < memory->inputs; i++)
            memory->level += 0.1 * (get(in[i], t, 0) - memory->level);
        for (size_t ch = 0; ch < out.channels; ch++)
            put(out, t, ch, memory->gain * memory->level + (double)ch);
    }
}

static void
bend(void *user, const bh_block *in, bh_block out)
{
    const struct memory *memory = user;
    for (size_t t = 0; t < out.frames; t++)
        for (size_t ch = 0; ch < out.channels; ch++) {
            double sum = 0.01;
            for (size_t i = 0; i < memory->inputs; i++)
                sum += get(in[i], t, ch);
            put(out, t, ch, sum * memory->gain / (1 + fabs(sum)));
        }
}

static bh_status
move(void *user, const bh_block *heard, bh_diag *diag)
{
    struct memory *memory = user;
    const double x = get(heard[0], heard->frames - 1, 0);
    memory->gain = 1 + 0.5 * (isfinite(x) ? x / (1 + fabs(x)) : 0);
    if (!memory->target)
        return BH_OK;
    bh_linear_stage stage;
    BH_TRY(bh_linear_get(memory->target, 0, 0, &stage, diag));
    stage.b[0] = memory->gain;
    stage.a[1] = -0.4 * memory->gain;
    return bh_linear_set(memory->target, 0, 0, &stage, diag);
}

static void
forget(void *user)
{
    struct memory *memory = user;
    memory->gain = 1;
    memory->level = 0;
}

static struct memory *
new_memory(size_t inputs)
{
    struct memory *memory = calloc(1, sizeof *memory);
    *memory = (struct memory){.gain = 1, .inputs = inputs};
    return memory;
}

/* Some of the nodes so far. */
static size_t
draw_nodes(uint64_t *state, size_t made, bh_node *nodes)
{
    const size_t count = 1 + below(state, 4);
    for (size_t i = 0; i < count; i++)
        nodes[i] = below(state, made);
    return count;
}

static bh_status
draw_function(uint64_t *state, bh_graph *graph, const bh_node *nodes, size_t count,
              bh_node *out, struct memory **memory)
{
    const bool each = below(state, 2) == 0;
    *memory = new_memory(count);
    const bh_graph_function function = {
        .inputs = nodes,
        .count = count,
        .channels = each ? 0 : 1 + below(state, MOST_CHANNELS),
        .call = each ? bend : remember,
        .each_channel = each,
        .user = *memory,
        .reset = forget,
        .free = free};
    bh_status status = bh_graph_call(graph, &function, out, NULL);
    if (status != BH_OK) {
        free(*memory);
        *memory = NULL;
    }
    return status;
}

static bh_status
draw_route(uint64_t *state, bh_graph *graph, const bh_node *nodes, size_t count,
           bh_node *out)
{
    size_t map[5];
    for (size_t i = 0; i < 5; i++)
        map[i] = below(state, 12);
    const bh_graph_routing routing = {.inputs = nodes,
                                      .count = count,
                                      .repeats = below(state, 3),
                                      .interleave = below(state, 2),
                                      .tiles = below(state, 3),
                                      .map = below(state, 2) ? map : NULL,
                                      .map_count = 1 + below(state, 5)};
    return bh_graph_route(graph, &routing, out, NULL);
}

static bh_status
draw_arithmetic(uint64_t *state, bh_graph *graph, const bh_node *nodes, size_t count,
                bh_node *out)
{
    bh_operand side[2];
    for (size_t i = 0; i < 2; i++)
        side[i] = below(state, 3) == 0 ? bh_of_number(4 * unit(state) - 2)
                                       : bh_of_node(nodes[i % count]);
    return bh_graph_arithmetic(graph, side[0], (bh_operation)below(state, 4), side[1],
                               out, NULL);
}

static bh_status
draw_control(uint64_t *state, bh_graph *graph, const bh_node *nodes, size_t count,
             struct memory *memory)
{
    if (!memory)
        return BH_ERR_ARGUMENT;
    const bh_graph_controller controller = {.inputs = nodes,
                                            .count = count,
                                            .interval = 1 + below(state, 100),
                                            .update = move,
                                            .user = memory};
    return bh_graph_control(graph, &controller, NULL);
}

/* A linear bank that can be changed. */
static bh_filterbank *
changing_bank(double samplerate_hz, size_t channels, bh_precision precision)
{
    double b[2 * MOST_CHANNELS], a[2 * MOST_CHANNELS];
    for (size_t ch = 0; ch < channels; ch++) {
        b[2 * ch] = 1;
        b[2 * ch + 1] = 0.3;
        a[2 * ch] = 1;
        a[2 * ch + 1] = -0.5;
    }
    const bh_linear_params params = {
        .b = b, .a = a, .order = 1, .stages = 1, .changing = true};
    bh_filterbank *fb = NULL;
    CHECK(bh_linear_new(samplerate_hz, channels, &params, precision, &fb, NULL) ==
          BH_OK);
    return fb;
}

static bh_filterbank *draw_graph(uint64_t *state, double samplerate_hz, size_t inputs,
                                 bh_precision precision, int depth);

static bh_status
add_random_bank(uint64_t *state, bh_graph *graph, double samplerate_hz,
                bh_precision precision, bh_node input, int depth, bh_node *out,
                struct memory *memory)
{
    const size_t width = bh_graph_channels(graph, input);
    const size_t channels = width == 1 ? 1 + below(state, MOST_CHANNELS) : width;
    const size_t kind = below(state, 8);
    bh_filterbank *fb = NULL;
    if (channels > MOST_CHANNELS)
        return BH_ERR_ARGUMENT;
    if (kind == 0 && depth < 2)
        fb = draw_graph(state, samplerate_hz, width, precision, depth + 1);
    else if (kind == 1)
        fb = changing_bank(samplerate_hz, channels, precision);
    else
        fb = draw_bank(state, samplerate_hz, channels, precision);
    if (!fb)
        return BH_ERR_ARGUMENT;
    bh_status status = bh_graph_bank(graph, input, fb, out, NULL);
    if (status != BH_OK)
        bh_filterbank_free(fb);
    else if (kind == 1 && memory)
        memory->target = fb;
    return status;
}

/* Adds nodes behind the first; the last of them. */
static bh_node
fill_graph(uint64_t *state, bh_graph *graph, double samplerate_hz,
           bh_precision precision, bh_node out, int depth)
{
    struct memory *memory = NULL, *newest = NULL;
    bh_node nodes[4];
    size_t made = 1;
    for (int tries = 0; tries < 40 && made < MOST_NODES; tries++) {
        const size_t count = draw_nodes(state, made, nodes), kind = below(state, 9);
        bh_status status;
        if (kind < 4)
            status = add_random_bank(state, graph, samplerate_hz, precision, nodes[0],
                                     depth, &out, memory);
        else if (kind == 4)
            status = draw_function(state, graph, nodes, count, &out, &newest);
        else if (kind == 5)
            status = draw_route(state, graph, nodes, count, &out);
        else if (kind == 6)
            status = draw_arithmetic(state, graph, nodes, count, &out);
        else if (kind == 7)
            status = bh_graph_sum(graph, nodes, NULL, count, &out, NULL);
        else
            status = draw_control(state, graph, nodes, count, memory);
        memory = newest ? newest : memory;
        made += status == BH_OK && kind < 8;
    }
    return out;
}

/* A graph with `inputs` channels to hear, as a bank. */
static bh_filterbank *
draw_graph(uint64_t *state, double samplerate_hz, size_t inputs, bh_precision precision,
           int depth)
{
    bh_graph *graph = make_graph(samplerate_hz, precision);
    bh_node first = add_input(graph, inputs);
    return make_bank(graph,
                     fill_graph(state, graph, samplerate_hz, precision, first, depth));
}

/* The same sound in pieces. */
static void
run_cut(uint64_t *state, bh_filterbank *fb, bh_block in, bh_block out)
{
    const size_t most = 1 + below(state, 200);
    for (size_t t = 0, n; t < in.frames; t += n) {
        n = below(state, most) + (below(state, 10) > 0);
        n = in.frames - t < n ? in.frames - t : n;
        bh_diag diag = {0};
        CHECK_OK(bh_filterbank_process(fb, bh_block_frames(in, t, n),
                                       bh_block_frames(out, t, n), &diag),
                 diag);
    }
}

/* How many samples differ; one that is not a number is like another. */
static size_t
differences(const double *a, const double *b, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++)
        wrong += a[i] != b[i] && !(isnan(a[i]) && isnan(b[i]));
    return wrong;
}

/* Two outputs in windows of any size, tiles from the last to the first; the first one
 * of them must say `want`. */
static size_t
read_outputs(uint64_t *state, bh_source *outs[2], const double *want)
{
    const size_t channels = bh_source_channels(outs[0]);
    double *y[2];
    for (int k = 0; k < 2; k++)
        y[k] = calloc(FRAMES * bh_source_channels(outs[k]), sizeof **y);
    for (size_t t = 0, read = 1; read > 0; t += read) {
        const size_t frames = 1 + below(state, 300);
        for (int k = 0; k < 2; k++) {
            const size_t width = bh_source_channels(outs[k]);
            bh_diag diag = {0};
            CHECK_OK(bh_source_begin(outs[k], frames, &read, &diag), diag);
            bh_block out = {y[k] + t * width, read, width, width, BH_DOUBLE};
            for (size_t i = bh_source_tiles(outs[k]); i-- > 0 && read > 0;)
                bh_source_tile(outs[k], i, out);
        }
    }
    const size_t wrong = differences(want, y[0], FRAMES * channels);
    free(y[0]);
    free(y[1]);
    return wrong;
}

/* The same graph behind a source says what it says as a bank, and again when it is
 * rewound. */
static void
check_source_door(uint64_t state, double samplerate_hz, bh_precision precision,
                  struct sound *sound, const double *want, uint64_t seed)
{
    bh_source *source = make_sound(sound, samplerate_hz), *outs[2];
    bh_graph *graph = make_graph(samplerate_hz, precision);
    bh_node first = add_source(graph, source);
    bh_node last = fill_graph(&state, graph, samplerate_hz, precision, first, 0);
    outs[0] = make_output(graph, last);
    outs[1] = make_output(graph, below(&state, last + 1));
    for (int round = 0; round < 2; round++) {
        const size_t wrong = read_outputs(&state, outs, want);
        bh_diag diag = {0};
        if (wrong > 0)
            fprintf(stderr, "seed %llu: %zu samples differ behind a source\n",
                    (unsigned long long)seed, wrong);
        CHECK(wrong == 0);
        CHECK_OK(bh_source_rewind(outs[round], &diag), diag);
    }
    bh_source_free(outs[1]);
    bh_source_free(outs[0]);
    bh_graph_free(graph);
    bh_source_free(source);
}

static void
check_seed(uint64_t seed)
{
    static const double rates_hz[] = {8000, 16000, 22050, 44100, 48000, 96000, 192000};
    uint64_t state = seed;
    const double samplerate_hz = rates_hz[below(&state, 7)];
    const bh_precision precision = (bh_precision)below(&state, 2);
    const size_t inputs = 1 + below(&state, 3);
    const uint64_t same = state;
    bh_filterbank *fb = draw_graph(&state, samplerate_hz, inputs, precision, 0);
    const size_t channels = bh_filterbank_channels(fb);
    double *x = make_noise(FRAMES * inputs);
    double *want = calloc(FRAMES * channels, sizeof *want);
    double *got = calloc(FRAMES * channels, sizeof *got);
    bh_block in = {x, FRAMES, inputs, inputs, BH_DOUBLE};
    bh_block whole = {want, FRAMES, channels, channels, BH_DOUBLE}, cut = whole;
    bh_diag diag = {0};
    cut.data = got;
    CHECK_OK(bh_filterbank_process(fb, in, whole, &diag), diag);
    for (int round = 0; round < 2; round++) {
        bh_filterbank_reset(fb);
        run_cut(&state, fb, in, cut);
        const size_t wrong = differences(want, got, FRAMES * channels);
        if (wrong > 0)
            fprintf(stderr, "seed %llu: %zu of %zu samples differ\n",
                    (unsigned long long)seed, wrong, FRAMES * channels);
        CHECK(wrong == 0);
    }
    struct sound sound = {x, inputs, FRAMES, 0, 0};
    check_source_door(same, samplerate_hz, precision, &sound, want, seed);
    bh_filterbank_free(fb);
    free(got);
    free(want);
    free(x);
}

static void
random_graphs(void)
{
    const char *first = getenv("BH_SEED"), *runs = getenv("BH_RUNS");
    const uint64_t seed = first ? strtoull(first, NULL, 10) : 1;
    const uint64_t count = runs ? strtoull(runs, NULL, 10) : 150;
    for (uint64_t i = 0; i < count; i++) {
        const unsigned failures = CU_get_number_of_failures();
        check_seed(seed + i);
        if (CU_get_number_of_failures() > failures)
            fprintf(stderr, "BH_SEED=%llu BH_RUNS=1 shows it again\n",
                    (unsigned long long)(seed + i));
    }
}

TEST_MAIN("random graphs", {"random graphs", random_graphs})
