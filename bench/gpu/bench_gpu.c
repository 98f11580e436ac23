/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures filterbanks and the nerve on a GPU: what the device can do at most, whether
 * its results are the processor's, then what it takes, each beside what was predicted.
 * bench/gpu/measure builds and runs it.
 *
 * usage: bench_gpu CSV [dry] [STEP...]: ceilings, bits, side, scan, fourier, nerve,
 * live, hour; all of them where none is named. `dry` is for devices that are none. */
#include "bench/bench.h"
#include "bench/gpu/banks.h"
#include "bench/gpu/bits.h"
#include "bench/gpu/live.h"
#include "bench/gpu/report.h"
#include "brianhears.h"
#include "core/device_ops.h"
#include "gpu/backend.h"
#include "neurons/engine_internal.h"

#include <math.h>
#include <string.h>

static struct report report;
static bh_device *device;

enum { WINDOW = BH_WINDOW_MAX };

/* Seconds that a measurement goes on for. */
static double
enough_s(void)
{
    return report.dry ? 0 : 1.5;
}

/* What the device copies and computes at most. One chain of multiply-adds waits for
 * itself: eight a thread, and threads enough. */
static const char ceiling_text[] =
    "extern \"C\" __global__ void multiply_add(float *x)\n"
    "{\n"
    "    const unsigned n = blockIdx.x * blockDim.x + threadIdx.x;\n"
    "    float s0 = x[n], s1 = s0 + 1, s2 = s0 + 2, s3 = s0 + 3;\n"
    "    float s4 = s0 + 4, s5 = s0 + 5, s6 = s0 + 6, s7 = s0 + 7;\n"
    "    for (int i = 0; i < 4096; i++) {\n"
    "        s0 = fmaf(s0, 0.999f, 0.1f); s1 = fmaf(s1, 0.999f, 0.1f);\n"
    "        s2 = fmaf(s2, 0.999f, 0.1f); s3 = fmaf(s3, 0.999f, 0.1f);\n"
    "        s4 = fmaf(s4, 0.999f, 0.1f); s5 = fmaf(s5, 0.999f, 0.1f);\n"
    "        s6 = fmaf(s6, 0.999f, 0.1f); s7 = fmaf(s7, 0.999f, 0.1f);\n"
    "    }\n"
    "    x[n] = s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7;\n"
    "}\n";

static void
measure_ceilings(void)
{
    const size_t bytes = report.dry ? 4096 : (size_t)4 << 30;
    const uint32_t blocks = report.dry ? 1 : 132 * 16, threads = report.dry ? 32 : 256;
    void *from, *to, *program, *kernel;
    must(device->ops->take(device, bytes, "a copy", &from, &diag));
    must(device->ops->take(device, bytes, "a copy", &to, &diag));
    must(device->ops->load(device, ceiling_text, 0, &program, &diag));
    must(device->ops->find(device, program, "multiply_add", &kernel, &diag));
    for (int round = 0; round < 2; round++) { /* the first is not counted */
        double start = now_s(), copied = 0, done = 0, seconds;
        do {
            must(device->ops->copy(device, to, from, bytes, &diag));
            must(device->ops->wait(device, &diag));
            copied += 2 * (double)bytes; /* read and written */
            seconds = now_s() - start;
        } while (seconds < enough_s());
        if (round)
            report_figure(&report, "1 ceilings", "memory", copied / seconds / 1e12,
                          "TB/s", "4.3");
        start = now_s();
        do {
            must(device->ops->launch(device, kernel, blocks, threads, from, &diag));
            must(device->ops->wait(device, &diag));
            done += (double)blocks * threads * 4096 * 8;
            seconds = now_s() - start;
        } while (seconds < enough_s());
        if (round)
            report_figure(&report, "1 ceilings", "multiply-adds", done / seconds / 1e12,
                          "T/s", "33.5");
    }
    device->ops->unload(device, program);
    device->ops->give(device, from);
    device->ops->give(device, to);
}

/* The bank's output, poisoned before. */
static void *
run_bank(bh_filterbank *fb, size_t frames, double rate_hz)
{
    const size_t channels = bh_filterbank_channels(fb);
    const bh_precision precision = bh_filterbank_precision(fb);
    const size_t bytes = frames * channels * bh_precision_size(precision);
    struct noise noise;
    bh_source *sound = new_noise(&noise, rate_hz, frames), *ear;
    bh_block out = {malloc(bytes), frames, channels, channels, precision};
    size_t got;
    memset(out.data, 0xff, bytes);
    must(bh_filterbank_source(fb, sound, &ear, &diag));
    must(bh_source_read(ear, out, &got, &diag));
    bh_source_free(ear);
    bh_source_free(sound);
    bh_filterbank_free(fb);
    return out.data;
}

static double
difference(const float *got, const double *want, size_t frames, size_t channels)
{
    double worst = 0;
    for (size_t ch = 0; ch < channels; ch++) {
        double error = 0, size = 0;
        for (size_t i = ch; i < frames * channels; i += channels) {
            error += (got[i] - want[i]) * (got[i] - want[i]);
            size += want[i] * want[i];
        }
        worst = sqrt(error / size) <= worst ? worst : sqrt(error / size);
    }
    return worst;
}

/* In parallel over time, where no bits are promised. */
static void
measure_scan(double rate_hz)
{
    const size_t channels = report.dry ? 33 : 301, frames = report.dry ? 3000 : 20000;
    char what[64], value[32];
    bh_filterbank *scan = new_gammatone(rate_hz, channels, BH_SINGLE);
    must(bh_filterbank_place(scan, device, BH_PLACE_PARALLEL, &diag));
    double *want =
        run_bank(new_gammatone(rate_hz, channels, BH_DOUBLE), frames, rate_hz);
    float *fast = run_bank(scan, frames, rate_hz);
    snprintf(what, sizeof what, "scan %g Hz: worst channel against double", rate_hz);
    snprintf(value, sizeof value, "%.2g", difference(fast, want, frames, channels));
    report_text(&report, "2 correctness", what, value, "some 1e-6");
    free(want);
    free(fast);
}

/* Times real time, windows staying on the device. The bank is freed. */
static double
speed(bh_filterbank *fb)
{
    struct noise noise;
    bh_source *sound = new_noise(&noise, RATE_HZ, UINT64_MAX), *ear;
    bh_block window = {.precision = BH_SINGLE};
    const int batch = report.dry ? 1 : 32;
    double start = 0, seconds = 0;
    int batches = -1; /* the first is not counted */
    must(bh_filterbank_source(fb, sound, &ear, &diag));
    if (!bh_source_keep(ear, device, &window))
        exit(1);
    do {
        size_t got;
        if (batches == 0)
            start = now_s();
        for (int i = 0; i < batch; i++)
            must(bh_source_begin(ear, WINDOW, &got, &diag));
        must(device->ops->wait(device, &diag));
        seconds = now_s() - start;
    } while (++batches == 0 || seconds < enough_s());
    bh_source_free(ear);
    bh_source_free(sound);
    bh_filterbank_free(fb);
    return (double)batches * batch * WINDOW / seconds / RATE_HZ;
}

static void
measure_bank(bh_place_method method)
{
    const struct {
        size_t channels;
        const char *side, *scan;
    } cases[] = {{100, "1100 to 1500", ""},   {300, "1100 to 1500", ""},
                 {1000, "1100 to 1500", ""},  {3000, "1100 to 1500", "2500 to 4500"},
                 {16896, "1100 to 1500", ""}, {96000, "250", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char what[64];
        const char *only = getenv("CHANNELS");
        if (only && strtoul(only, NULL, 10) != cases[i].channels)
            continue;
        bh_filterbank *fb =
            new_gammatone(RATE_HZ, report.dry ? 40 : cases[i].channels, BH_SINGLE);
        must(bh_filterbank_place(fb, device, method, &diag));
        snprintf(what, sizeof what, "%zu gammatones", cases[i].channels);
        if (method == BH_PLACE_SAME)
            report_figure(&report, "3 side by side", what, speed(fb), "x",
                          cases[i].side);
        else
            report_figure(&report, "4 scan", what, speed(fb), "x", cases[i].scan);
        if (report.dry)
            return;
    }
}

/* Whether cuFFT has taken the multiplication into its transforms, which nobody is told
 * otherwise. */
static const struct bh_device_ops *own_ops;
static bool fused;

static bh_status
watch_fft_new(bh_device *on, const bh_device_fft_config *config, void **plan,
              bh_diag *why)
{
    const bh_status status = own_ops->fft_new(on, config, plan, why);
    fused = fused || (config->load && status == BH_OK);
    return status;
}

/* One bank by one method: how fast, and how long it takes to make ready. */
static void
measure_fir(size_t length, size_t delay, bh_place_method method, const char *predicted)
{
    char what[80];
    bh_filterbank *fb = report.dry ? new_fir(delay ? 40 : 3, 1200, delay / 4)
                                   : new_fir(1000, length, delay);
    const double start = now_s();
    fused = false;
    must(bh_filterbank_place(fb, device, method, &diag));
    const double ready = now_s() - start;
    snprintf(what, sizeof what, "1000 responses of %zu; %zu late; product %s", length,
             delay, fused ? "inside" : "by a kernel");
    report_figure(&report, "5 Fourier", what, speed(fb), "x", predicted);
    snprintf(what, sizeof what, "to make them ready, %s",
             fused ? "inside" : "by a kernel");
    report_figure(&report, "5 Fourier", what, 1e3 * ready, "ms", "");
}

/* At once: sums of up to 1024 taps; late: 20 bytes a sample and channel from and to
 * memory. With the product by a kernel and inside the transforms (decisions/0016). */
static void
measure_fourier(void)
{
    const struct {
        size_t length;
        const char *sums;
    } cases[] = {{512, "at most 1480"},
                 {2048, "at most 740"},
                 {8192, "at most 740"},
                 {32768, "at most 740"}};
    struct bh_device_ops watched = *device->ops;
    own_ops = device->ops;
    watched.fft_new = watch_fft_new;
    device->ops = &watched;
    for (size_t i = 0; i < (report.dry ? 1 : sizeof cases / sizeof *cases); i++)
        for (size_t delay = 0; delay <= 8192; delay += 8192)
            for (int k = 0; k < 2; k++)
                measure_fir(cases[i].length, delay,
                            k ? BH_PLACE_PARALLEL : BH_PLACE_SAME,
                            delay ? "4800" : cases[i].sums);
    device->ops = own_ops;
}

/* A nerve, and whether bank, link and fibres have a kernel each instead of one. */
struct nerve {
    size_t places, fibres;
    bool noisy, separate;
};

/* Seconds that it takes for so much sound. */
static double
run_nerve(const struct nerve *model, double sound_s, double *spikes_out)
{
    const size_t places = model->places, fibres = model->fibres;
    struct noise noise;
    bh_source *sound = new_noise(&noise, RATE_HZ, (uint64_t)(sound_s * RATE_HZ)), *ear;
    bh_filterbank *cochlea = new_gammatone(RATE_HZ, places, BH_SINGLE);
    bh_network *net;
    bh_group *nerve;
    bh_spike_monitor *spikes;
    must(bh_filterbank_place(cochlea, device, BH_PLACE_PARALLEL, &diag));
    must(bh_filterbank_source(cochlea, sound, &ear, &diag));
    bh_network_config config = bh_network_config_default();
    config.dt_s = 1.0 / RATE_HZ;
    config.random = BH_RANDOM_PORTABLE;
    config.device = device;
    must(bh_network_new(&config, &net, &diag));
    net->separate = model->separate;
    bh_group_config group = bh_group_config_default();
    group.count = places * fibres;
    group.precision = BH_SINGLE;
    group.equations = model->noisy
                          ? "dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 "
                            "(unless refractory)\nI : 1"
                          : "dv/dt = (I-v)/(1*ms) : 1 (unless refractory)\nI : 1";
    group.threshold = "v > 1";
    group.reset = "v = 0";
    group.refractory = "5*ms";
    must(bh_group_new(net, &group, &nerve, &diag));
    must(bh_link(nerve, "I", ear, "3*clip(x,0,inf)**(1/3)", &diag));
    bh_spike_monitor_config counted = bh_spike_monitor_config_default();
    counted.record = false; /* counted on the host, and not kept */
    must(bh_spike_monitor_new(nerve, &counted, &spikes, &diag));
    must(bh_network_prepare(net, &diag));
    const double start = now_s();
    must(bh_network_run(net, BH_UNTIL_END, &diag));
    const double taken = now_s() - start;
    *spikes_out = (double)bh_spike_monitor_count(spikes);
    bh_network_free(net);
    bh_source_free(ear);
    bh_source_free(sound);
    bh_filterbank_free(cochlea);
    return taken;
}

/* The first run is not counted, but says how long a sound takes two seconds. */
static double
measure_fibres(const struct nerve *nerve, double *rate)
{
    double spikes, sound_s = report.dry ? 0.01 : 5;
    double taken = run_nerve(nerve, sound_s, &spikes);
    do {
        if (!report.dry)
            sound_s = fmin(3600, fmax(5, sound_s * 2.5 / taken));
        taken = run_nerve(nerve, sound_s, &spikes);
    } while (!report.dry && taken < 2 && sound_s < 3600);
    *rate = spikes / (double)(nerve->places * nerve->fibres) / sound_s;
    return sound_s / taken;
}

/* A kernel for bank, link and fibres together, and one for each. */
static void
measure_nerve(void)
{
    const struct {
        size_t fibres;
        const char *predicted;
    } cases[] = {{1, "450"}, {10, "300"}, {32, "95"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int k = 0; k < 3; k++) {
            const struct nerve nerve = {report.dry ? 20 : 3000, cases[i].fibres,
                                        .noisy = k > 0, .separate = k == 2};
            char what[64];
            double rate;
            const double x = measure_fibres(&nerve, &rate);
            snprintf(what, sizeof what, "3000 places x %zu fibres, %s%s",
                     cases[i].fibres, nerve.separate ? "separate" : "fused",
                     nerve.noisy ? "" : ", no noise");
            report_figure(&report, "6 nerve", what, x, "x",
                          k == 1 ? cases[i].predicted : "");
            report_figure(&report, "6 nerve", "spikes of a fibre in it", rate,
                          "a second", k == 2 ? "the same" : "");
            if (report.dry && k == 2)
                return;
        }
}

/* As much of an hour as a minute allows, from sound in the host's memory to spikes
 * there. */
static void
measure_hour(void)
{
    double spikes, sound_s = report.dry ? 0.03 : 10;
    const struct nerve nerve = {report.dry ? 20 : 3000, 10, .noisy = true};
    double taken = run_nerve(&nerve, sound_s, &spikes);
    if (!report.dry) {
        sound_s = fmin(3600, 50 * sound_s / taken);
        taken = run_nerve(&nerve, sound_s, &spikes);
    }
    char what[64];
    snprintf(what, sizeof what, "%.0f s of sound, %zu places x 10 fibres", sound_s,
             nerve.places);
    report_figure(&report, "8 hour", what, taken, "s", "an hour in 12 s");
    report_figure(&report, "8 hour", "the same", sound_s / taken, "x", "300");
    report_figure(&report, "8 hour", "spikes in it", spikes, "", "");
}

static bool
asked(int argc, char **argv, const char *step)
{
    const int first = report.dry ? 3 : 2;
    for (int i = first; i < argc; i++)
        if (strcmp(argv[i], step) == 0)
            return true;
    return argc <= first;
}

int
main(int argc, char **argv)
{
    bh_backend *backend;
    if (argc < 2) {
        fprintf(stderr, "usage: bench_gpu CSV [dry] [STEP...]\n");
        return 2;
    }
    report.dry = argc > 2 && strcmp(argv[2], "dry") == 0;
    report.csv = fopen(argv[1], "w");
    if (!report.csv) {
        fprintf(stderr, "bench_gpu: %s cannot be written\n", argv[1]);
        return 1;
    }
    must(bh_backend_open("cuda", &backend, &diag));
    device = bh_backend_device(backend);
    report_heading(&report);
    report_text(&report, "device", device->name, report.dry ? "dry run" : "", "H200");
    if (asked(argc, argv, "ceilings"))
        measure_ceilings();
    if (asked(argc, argv, "bits"))
        measure_kinds(&report, device);
    for (int i = 0; i < 2 && asked(argc, argv, "bits"); i++)
        measure_scan(i ? 96000 : RATE_HZ);
    if (asked(argc, argv, "side"))
        measure_bank(BH_PLACE_SAME);
    if (asked(argc, argv, "scan"))
        measure_bank(BH_PLACE_PARALLEL);
    if (asked(argc, argv, "fourier") && device->ops->fft_new)
        measure_fourier();
    if (asked(argc, argv, "nerve"))
        measure_nerve();
    if (asked(argc, argv, "live"))
        measure_live(device, &report);
    if (asked(argc, argv, "hour"))
        measure_hour();
    bh_backend_free(backend);
    return fclose(report.csv) != 0;
}
