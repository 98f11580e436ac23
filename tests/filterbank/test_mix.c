/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "filterbank/mix.h"

#include "tests/filterbank/graph.h"

/* SumFilterbank of brian2hears: a gammatone bank less half of a low pass, which has one
 * channel here. */
static void
golden_sum(void)
{
    struct golden golden = read_golden("sum_weights");
    size_t count;
    double *cf_hz = read_parameter(&golden, "cf", &count);
    double *weights = read_parameter(&golden, "weights", &count);
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_gammatone_new(golden.samplerate_hz, cf_hz, golden.channels, NULL,
                              BH_DOUBLE, &fb, &diag),
             diag);
    bh_graph *graph = make_graph(golden.samplerate_hz, BH_DOUBLE);
    bh_node input = add_input(graph, 1), sum;
    bh_node inputs[] = {
        add_bank(graph, input, fb),
        add_bank(graph, input, lowpasses(golden.samplerate_hz, 500, 1, BH_DOUBLE))};
    CHECK_OK(bh_graph_sum(graph, inputs, weights, 2, &sum, &diag), diag);
    check_golden(&golden, make_bank(graph, sum), 1e-9);
    free(weights);
    free(cf_hz);
    free_golden(&golden);
}

/* RestructureFilterbank((x, x), 2, 'serial') and Interleave(x, 2 * x), exactly. */
static void
golden_routing(void)
{
    const char *const names[] = {"restructure_AABBCC", "interleave"};
    for (int i = 0; i < 2; i++) {
        struct golden golden = read_golden(names[i]);
        double *x = read_samples("inputs", "stereo60.f64", 2 * golden.frames);
        double *got = calloc(golden.frames * golden.channels, sizeof *got);
        bh_graph *graph = make_graph(golden.samplerate_hz, BH_DOUBLE);
        bh_node inputs[2] = {add_input(graph, 2)}, out;
        bh_diag diag = {0};
        CHECK_OK(bh_graph_arithmetic(graph, bh_of_number(i + 1), BH_TIMES,
                                     bh_of_node(inputs[0]), &inputs[1], &diag),
                 diag);
        const bh_graph_routing routing = {.inputs = inputs,
                                          .count = 2,
                                          .repeats = i == 0 ? 2 : 1,
                                          .interleave = i == 1};
        CHECK_OK(bh_graph_route(graph, &routing, &out, &diag), diag);
        bh_filterbank *fb = make_bank(graph, out);
        bh_block in = {x, golden.frames, 2, 2, BH_DOUBLE};
        bh_block to = {got, golden.frames, golden.channels, golden.channels, BH_DOUBLE};
        CHECK_OK(bh_filterbank_process(fb, in, to, &diag), diag);
        CHECK(memcmp(got, golden.output,
                     golden.frames * golden.channels * sizeof *got) == 0);
        bh_filterbank_free(fb);
        free(got);
        free(x);
        free_golden(&golden);
    }
}

/* Channels 0 1 2 of the input go where `want` says; the result is left to free. */
static void
check_routed(bh_graph *graph, bh_node node, const char *want)
{
    const size_t channels = strlen(want);
    double x[3] = {0, 1, 2}, y[64];
    bh_filterbank *fb = make_bank(graph, node);
    bh_block in = {x, 1, 3, 3, BH_DOUBLE}, out = {y, 1, channels, channels, BH_DOUBLE};
    bh_diag diag = {0};
    CHECK_OK(bh_filterbank_process(fb, in, out, &diag), diag);
    for (size_t ch = 0; ch < channels; ch++)
        CHECK_NEAR(y[ch], want[ch] - 'A', 0);
    bh_filterbank_free(fb);
}

/* The forms that brian2hears documents. */
static void
routes(void)
{
    const size_t map[] = {2, 2, 0, 4};
    static const char *const want[] = {"AAABBBCCC",    "ABCABCABC",
                                       "ABCABC",       "AABBCC",
                                       "AABBCCAABBCC", "AAAABBBBCCCCAAAABBBBCCCC",
                                       "CCAB",         "ABC"};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        bh_graph *graph = make_graph(44100, BH_DOUBLE);
        bh_node in = add_input(graph, 3), out = in, both[] = {in, in};
        bh_graph_routing routing = {.inputs = both, .count = 2};
        bh_diag diag = {0};
        bh_status status = BH_OK;
        if (i == 0)
            status = bh_graph_repeat(graph, in, 3, &out, &diag);
        else if (i == 1)
            status = bh_graph_tile(graph, in, 3, &out, &diag);
        else if (i == 2)
            status = bh_graph_join(graph, both, 2, &out, &diag);
        else if (i == 3)
            status = bh_graph_interleave(graph, both, 2, &out, &diag);
        else if (i == 7)
            status = bh_graph_tile(graph, in, 0, &out, &diag);
        if (i == 4 || i == 5) {
            routing.repeats = i - 3;
            routing.interleave = true;
            routing.tiles = 2;
        }
        if (i == 6) {
            routing.map = map;
            routing.map_count = 4;
        }
        if (i >= 4 && i <= 6)
            status = bh_graph_route(graph, &routing, &out, &diag);
        CHECK_OK(status, diag);
        check_routed(graph, out, want[i]);
    }
}

static double
operate(bh_operation operation, double a, double b)
{
    const double results[] = {a + b, a - b, a * b, a / b};
    return results[operation];
}

/* Every operation on nodes of one and of more channels and on numbers, in both
 * precisions: each is one rounding. */
static void
operations(void)
{
    enum { FRAMES = 300, WIDE = 5 };
    double *x = make_noise(FRAMES * WIDE), *y = calloc(FRAMES * WIDE, sizeof *y);
    for (int kind = 0; kind < 2 * 4 * 16; kind++) {
        const bh_precision precision = (bh_precision)(kind & 1);
        const bh_operation operation = (bh_operation)(kind >> 1 & 3);
        const int sides[2] = {kind >> 3 & 3, kind >> 5 & 3}; /* wide, mono, 0.75, 3 */
        const size_t first = 2;
        const double numbers[] = {0, 0, 0.75, 3};
        bh_graph *graph = make_graph(44100, precision);
        bh_node wide = add_input(graph, WIDE), mono, out;
        const bh_graph_routing routing = {
            .inputs = &wide, .count = 1, .map = &first, .map_count = 1};
        bh_diag diag = {0};
        bh_operand operands[2];
        CHECK_OK(bh_graph_route(graph, &routing, &mono, &diag), diag);
        for (int i = 0; i < 2; i++)
            operands[i] = sides[i] == 0   ? bh_of_node(wide)
                          : sides[i] == 1 ? bh_of_node(mono)
                                          : bh_of_number(numbers[sides[i]]);
        bh_status status = bh_graph_arithmetic(graph, operands[0], operation,
                                               operands[1], &out, &diag);
        if (sides[0] > 1 && sides[1] > 1) {
            CHECK(status == BH_ERR_ARGUMENT);
            CHECK_HAS(diag.text, "one side must be a node");
            bh_graph_free(graph);
            continue;
        }
        CHECK_OK(status, diag);
        const size_t channels = bh_graph_channels(graph, out);
        CHECK(channels == (sides[0] == 0 || sides[1] == 0 ? WIDE : 1));
        bh_filterbank *fb = make_bank(graph, out);
        bh_block in = {x, FRAMES, WIDE, WIDE, BH_DOUBLE};
        bh_block to = {y, FRAMES, channels, channels, BH_DOUBLE};
        CHECK_OK(bh_filterbank_process(fb, in, to, &diag), diag);
        for (size_t t = 0; t < FRAMES; t++)
            for (size_t ch = 0; ch < channels; ch++) {
                double of[2];
                for (int i = 0; i < 2; i++)
                    of[i] = sides[i] == 0   ? x[t * WIDE + ch]
                            : sides[i] == 1 ? x[t * WIDE + first]
                                            : numbers[sides[i]];
                const double want = operate(operation, of[0], of[1]);
                const double got = y[t * channels + ch];
                CHECK(precision == BH_DOUBLE ? got == want : got == (float)want);
            }
        bh_filterbank_free(fb);
    }
    free(y);
    free(x);
}

static void
wrong_mixes(void)
{
    bh_graph *graph = make_graph(44100, BH_DOUBLE);
    bh_node in = add_input(graph, 3), pair, out, mixed[2] = {in, 0};
    const size_t map[] = {0, 3};
    const double weights[] = {1, NAN};
    bh_graph_routing routing = {.inputs = &in, .count = 1, .map = map, .map_count = 2};
    bh_diag diag = {0};
    bh_node many[65] = {0};
    CHECK(bh_graph_route(graph, &routing, &pair, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "channel 1 is to come from channel 3; the inputs have 3");
    routing.map_count = 1;
    CHECK_OK(bh_graph_route(graph, &routing, &pair, &diag), diag);
    CHECK_OK(bh_graph_repeat(graph, pair, 2, &mixed[1], &diag), diag);
    CHECK(bh_graph_sum(graph, mixed, NULL, 2, &out, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "nodes of 3 and of 2 channels do not fit");
    CHECK(bh_graph_interleave(graph, mixed, 2, &out, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "nodes of 3 and of 2 channels cannot be interleaved");
    mixed[1] = in;
    CHECK(bh_graph_sum(graph, mixed, weights, 2, &out, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "weight 1 of a sum is nan");
    CHECK(bh_graph_sum(graph, mixed, NULL, 0, &out, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "needs at least 1");
    CHECK(bh_graph_sum(graph, many, NULL, 65, &out, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "65 nodes are too many");
    CHECK(bh_graph_join(graph, many, 0, &out, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "0 channels");
    CHECK(bh_graph_tile(graph, in, SIZE_MAX / 2, &out, &diag) == BH_ERR_MEMORY);
    CHECK_HAS(diag.text, "no memory");
    CHECK(bh_graph_arithmetic(graph, bh_of_node(in), BH_OVER, bh_of_number(0), &out,
                              &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "divided by 0");
    CHECK(bh_graph_arithmetic(graph, bh_of_node(in), BH_PLUS, bh_of_number(NAN), &out,
                              &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "it must be finite");
    CHECK(bh_graph_arithmetic(graph, bh_of_node(in), (bh_operation)9, bh_of_number(1),
                              &out, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "no operation 9");
    CHECK(bh_graph_arithmetic(graph, bh_of_node(in), BH_PLUS, bh_of_node(77), &out,
                              &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "there is no node 77");
    bh_graph_free(graph);
}

TEST_MAIN("mix", {"golden sum", golden_sum}, {"golden routing", golden_routing},
          {"routes", routes}, {"operations", operations}, {"wrong mixes", wrong_mixes})
