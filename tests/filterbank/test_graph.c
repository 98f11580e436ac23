/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "filterbank/graph.h"

#include "filterbank/linear.h"
#include "tests/filterbank/graph.h"

static const double pi = 3.14159265358979323846;

/* 3 clip(x, 0, inf)^(1/3) of brian2hears' examples. */
static void
cube_root(void *user, const bh_block *in, bh_block out)
{
    (void)user;
    for (size_t t = 0; t < out.frames; t++)
        for (size_t ch = 0; ch < out.channels; ch++) {
            const double x = ((double *)in->data)[t * in->stride + ch];
            ((double *)out.data)[t * out.stride + ch] = 3 * cbrt(fmax(x, 0));
        }
}

/* A gammatone bank at the places of a case, behind an input. */
static bh_node
add_places(bh_graph *graph, const struct golden *golden)
{
    size_t count;
    double *cf_hz = read_parameter(golden, "cf", &count);
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_gammatone_new(golden->samplerate_hz, cf_hz, count, NULL, BH_DOUBLE, &fb,
                              &diag),
             diag);
    free(cf_hz);
    return add_bank(graph, add_input(graph, 1), fb);
}

/* FunctionFilterbank and CombinedFilterbank of brian2hears. Slaney's biquads, as it
 * filters with, are right to 1e-10 at 100 Hz (test_gammatone.c), and the cube root
 * multiplies the error of small numbers. */
static void
golden_functions(void)
{
    struct golden golden = read_golden("combined_rectgammatone");
    bh_graph *graph = make_graph(golden.samplerate_hz, BH_DOUBLE);
    bh_node places = add_places(graph, &golden);
    check_golden(&golden, make_bank(graph, add_rectified(graph, places)), 1e-9);
    free_golden(&golden);
    golden = read_golden("function_halfwave_cuberoot");
    graph = make_graph(golden.samplerate_hz, BH_DOUBLE);
    places = add_places(graph, &golden);
    const bh_graph_function function = {
        .inputs = &places, .count = 1, .call = cube_root, .each_channel = true};
    check_golden(&golden, make_bank(graph, add_function(graph, &function)), 1e-6);
    free_golden(&golden);
}

/* The gain control of brian2hears' documentation: a gain drifts towards what brings the
 * sound heard so far to an rms of 0.2. */
struct gain {
    double gain, square_sum;
    size_t heard;
};

static void
amplify(void *user, const bh_block *in, bh_block out)
{
    const struct gain *gain = user;
    for (size_t t = 0; t < out.frames; t++)
        ((double *)out.data)[t * out.stride] = gain->gain *
                                               ((double *)in->data)[t * in->stride];
}

static bh_status
steer_gain(void *user, const bh_block *heard, bh_diag *diag)
{
    struct gain *gain = user;
    (void)diag;
    for (size_t t = 0; t < heard->frames; t++) {
        const double x = ((double *)heard->data)[t * heard->stride];
        gain->square_sum += x * x;
    }
    gain->heard += heard->frames;
    const double target = 0.2 / sqrt(gain->square_sum / (double)gain->heard);
    const double passed_s = (double)heard->frames / 44100;
    gain->gain = target + exp(-passed_s / 0.05) * (gain->gain - target);
    return BH_OK;
}

static void
reset_gain(void *user)
{
    *(struct gain *)user = (struct gain){.gain = 1};
}

static bh_filterbank *
gain_control(struct gain *gain)
{
    bh_graph *graph = make_graph(44100, BH_DOUBLE);
    bh_node input = add_input(graph, 1);
    const bh_graph_function function = {.inputs = &input,
                                        .count = 1,
                                        .call = amplify,
                                        .user = gain,
                                        .reset = reset_gain};
    const bh_graph_controller controller = {.inputs = &input,
                                            .count = 1,
                                            .interval = 16,
                                            .update = steer_gain,
                                            .user = gain};
    bh_node out = add_function(graph, &function);
    bh_diag diag = {0};
    CHECK_OK(bh_graph_control(graph, &controller, &diag), diag);
    return make_bank(graph, out);
}

/* Only sums of squares are taken in another order than NumPy does. */
static void
golden_gain_control(void)
{
    struct gain gain = {.gain = 1};
    struct golden golden = read_golden("control_gain");
    check_golden(&golden, gain_control(&gain), 1e-12);
    free_golden(&golden);
}

/* The band pass of both examples of time-varying filters. */
static void
set_band_pass(double fc_hz, double b[3], double a[3])
{
    const double q = 5, w0 = 2 * pi * fc_hz / 20e3;
    const double width = 2 * asinh(0.5 / q) * 1.44269;
    const double alpha = sin(w0) * sinh(log(2) / 2 * width * w0 / sin(w0));
    b[0] = sin(w0) / 2;
    b[1] = 0;
    b[2] = -sin(w0) / 2;
    a[0] = 1 + alpha;
    a[1] = -2 * cos(w0);
    a[2] = 1 - alpha;
}

struct steering {
    bh_filterbank *target;
    double fc_hz;
    bool diffuses;
};

static bh_status
steer(void *user, const bh_block *heard, bh_diag *diag)
{
    struct steering *steering = user;
    const double last = ((double *)heard->data)[(heard->frames - 1) * heard->stride];
    bh_linear_stage stage;
    if (steering->diffuses) {
        const double tau_s = 0.1, step_s = 1 / 20e3;
        const double mu = 5000 / tau_s, sigma = sqrt(2) * 1200 / sqrt(tau_s);
        const double drift = mu * step_s + sigma * last * sqrt(step_s);
        steering->fc_hz += -steering->fc_hz / tau_s * step_s + drift;
    } else {
        steering->fc_hz = last;
    }
    BH_TRY(bh_linear_get(steering->target, 0, 0, &stage, diag));
    set_band_pass(steering->fc_hz, stage.b, stage.a);
    return bh_linear_set(steering->target, 0, 0, &stage, diag);
}

static void
reset_steering(void *user)
{
    ((struct steering *)user)->fc_hz = 5000;
}

/* A filter whose frequency follows the second channel of the input. */
static bh_filterbank *
time_varying(struct steering *steering, size_t interval, bh_precision precision)
{
    double b[3], a[3];
    const size_t sound_channel = 0, control_channel = 1;
    const bh_linear_params params = {
        .b = b, .a = a, .order = 2, .stages = 1, .changing = true};
    bh_graph *graph = make_graph(20e3, precision);
    bh_node both = add_input(graph, 2), sound, control;
    bh_diag diag = {0};
    bh_graph_routing routing = {
        .inputs = &both, .count = 1, .map = &sound_channel, .map_count = 1};
    CHECK_OK(bh_graph_route(graph, &routing, &sound, &diag), diag);
    routing.map = &control_channel;
    CHECK_OK(bh_graph_route(graph, &routing, &control, &diag), diag);
    set_band_pass(5000, b, a);
    CHECK_OK(bh_linear_new(20e3, 1, &params, precision, &steering->target, &diag),
             diag);
    bh_node out = add_bank(graph, sound, steering->target);
    const bh_graph_controller controller = {.inputs = &control,
                                            .count = 1,
                                            .interval = interval,
                                            .update = steer,
                                            .reset = reset_steering,
                                            .user = steering};
    reset_steering(steering);
    CHECK_OK(bh_graph_control(graph, &controller, &diag), diag);
    return make_bank(graph, out);
}

/* The examples time_varying_filter1 and 2 of brian2hears as make_control.py has them;
 * a second time after a reset, which brings the first coefficients back, cut in blocks.
 */
static void
check_time_varying(const char *name, bool diffuses, size_t interval)
{
    struct golden golden = read_golden(name);
    const size_t frames = golden.frames;
    double *noise = read_samples("inputs", "noise60.f64", frames), mean = 0, square = 0;
    double *both = calloc(2 * frames, sizeof *both), *got = calloc(frames, sizeof *got);
    for (size_t t = 0; t < frames; t++)
        mean += noise[t] / (double)frames;
    for (size_t t = 0; t < frames; t++)
        square += (noise[t] - mean) * (noise[t] - mean) / (double)frames;
    for (size_t t = 0; t < frames; t++) {
        both[2 * t] = golden.input[t];
        both[2 * t + 1] = diffuses ? noise[t] / sqrt(square)
                                   : 4000 + 1500 * sin(2 * pi * 10 * (double)t / 20e3);
    }
    struct steering steering = {.diffuses = diffuses};
    bh_filterbank *fb = time_varying(&steering, interval, BH_DOUBLE);
    bh_block in = {both, frames, 2, 2, BH_DOUBLE}, out = {got, frames, 1, 1, BH_DOUBLE};
    bh_diag diag = {0};
    CHECK_OK(bh_filterbank_process(fb, in, out, &diag), diag);
    CHECK_NEAR(worst_error(got, golden.output, frames, 1), 0, 1e-9);
    bh_filterbank_reset(fb);
    double *cut = calloc(frames, sizeof *cut);
    bh_block pieces = {cut, frames, 1, 1, BH_DOUBLE};
    for (size_t t = 0, n = 1; t < frames; t += n, n = 3 * n % 101) {
        n = frames - t < n ? frames - t : n;
        CHECK_OK(bh_filterbank_process(fb, bh_block_frames(in, t, n),
                                       bh_block_frames(pieces, t, n), &diag),
                 diag);
    }
    CHECK(memcmp(cut, got, frames * sizeof *cut) == 0);
    bh_filterbank_free(fb);
    free(cut);
    free(got);
    free(both);
    free(noise);
    free_golden(&golden);
}

static void
golden_time_varying(void)
{
    check_time_varying("time_varying_1", true, 4);
    check_time_varying("time_varying_2", false, 1);
}

/* A graph of everything that a bank of one input can have: a chain, a branch beside it
 * that both outputs of one node feed, and what joins them. Its parts that treat
 * channels by themselves run in tiles. */
static bh_filterbank *
branched(size_t channels, bh_precision precision)
{
    bh_graph *graph = make_graph(44100, precision);
    bh_node input = add_input(graph, 1), sum, out;
    bh_node places = add_bank(graph, input, gammatones(44100, channels, precision));
    bh_node half = add_rectified(graph, places);
    bh_node smooth = add_bank(graph, half, lowpasses(44100, 800, channels, precision));
    bh_node slow = add_bank(graph, input, lowpasses(44100, 30, 1, precision));
    bh_node inputs[] = {places, smooth, slow};
    const double weights[] = {-0.5, 1, 0.25};
    bh_diag diag = {0};
    CHECK_OK(bh_graph_sum(graph, inputs, weights, 3, &sum, &diag), diag);
    CHECK_OK(bh_graph_arithmetic(graph, bh_of_node(sum), BH_TIMES, bh_of_number(3),
                                 &out, &diag),
             diag);
    bh_filterbank *fb = make_bank(graph, out);
    CHECK(bh_filterbank_cf(fb)[0] == 100);
    return fb;
}

/* The same with a memory in a function and a control, whose interval no block fits. */
struct leak {
    double level, rate;
};

static void
follow(void *user, const bh_block *in, bh_block out)
{
    struct leak *leak = user;
    for (size_t t = 0; t < out.frames; t++)
        for (size_t ch = 0; ch < out.channels; ch++) {
            const size_t at = t * in->stride + ch, to = t * out.stride + ch;
            const double x = out.precision == BH_SINGLE ? ((float *)in->data)[at]
                                                        : ((double *)in->data)[at];
            leak->level += ch == 0 ? leak->rate * (fabs(x) - leak->level) : 0;
            if (out.precision == BH_SINGLE)
                ((float *)out.data)[to] = (float)(x * leak->level);
            else
                ((double *)out.data)[to] = x * leak->level;
        }
}

static bh_status
quicken(void *user, const bh_block *heard, bh_diag *diag)
{
    struct leak *leak = user;
    const bh_block last = bh_block_frames(heard[0], heard->frames - 1, 1);
    (void)diag;
    CHECK(heard->frames == 37);
    leak->rate = 0.001 + 0.1 * fabs(last.precision == BH_SINGLE ? *(float *)last.data
                                                                : *(double *)last.data);
    return BH_OK;
}

static void
reset_leak(void *user)
{
    *(struct leak *)user = (struct leak){0, 0.01};
}

static bh_filterbank *
controlled(size_t channels, bh_precision precision)
{
    struct leak *leak = calloc(1, sizeof *leak);
    bh_graph *graph = make_graph(44100, precision);
    bh_node input = add_input(graph, 1);
    bh_node places = add_bank(graph, input, gammatones(44100, channels, precision));
    const bh_graph_function function = {.inputs = &places,
                                        .count = 1,
                                        .call = follow,
                                        .user = leak,
                                        .reset = reset_leak,
                                        .free = free};
    bh_node out = add_function(graph, &function);
    const bh_graph_controller controller = {
        .inputs = &out, .count = 1, .interval = 37, .update = quicken, .user = leak};
    bh_diag diag = {0};
    reset_leak(leak);
    CHECK_OK(bh_graph_control(graph, &controller, &diag), diag);
    return make_bank(graph, out);
}

/* A graph in a graph in a graph. */
static bh_filterbank *
nested(size_t channels, bh_precision precision)
{
    bh_graph *graph = make_graph(44100, precision);
    bh_node inner =
        add_bank(graph, add_input(graph, 1), controlled(channels, precision));
    bh_filterbank *fb = make_bank(graph, add_rectified(graph, inner));
    graph = make_graph(44100, precision);
    bh_node outer = add_bank(graph, add_input(graph, 1), fb);
    return make_bank(graph, add_rectified(graph, outer));
}

static void
every_bank(void)
{
    make_bank_fn *const makes[] = {branched, controlled, nested};
    for (size_t i = 0; i < sizeof makes / sizeof *makes; i++) {
        check_blocks(makes[i]);
        check_channels(makes[i]);
        check_source(makes[i]);
        check_machines(makes[i], 1e-11);
    }
    check_single(branched, 1e-5);
    check_silence(branched, 20000);
}

TEST_MAIN("graph", {"golden functions", golden_functions},
          {"golden gain control", golden_gain_control},
          {"golden time-varying filters", golden_time_varying},
          {"every bank", every_bank})
