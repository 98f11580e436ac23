/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a live user waits for: a block of sound comes, and its spikes are handed on. The
 * way that `bhears live --backend cuda` goes (a gammatone in parallel over time, links
 * and fibres behind it, windows of a block), and the bank alone with its windows
 * carried back. */
#include "bench/gpu/live.h"

#include "bench/bench.h"
#include "brianhears.h"

#include <stdlib.h>

#define RATE_HZ 44100.0

enum { BLOCKS = 10000 };

static int
by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
report_blocks(const struct report *report, const char *what, size_t frames,
              double *took_s, size_t blocks)
{
    const double at[] = {0.5, 0.99, 1};
    const char *const names[] = {"median", "99 of 100", "longest"};
    char text[96];
    qsort(took_s, blocks, sizeof *took_s, by_size);
    for (int k = 0; k < 3; k++) {
        snprintf(text, sizeof text, "%s, %zu frames: %s", what, frames, names[k]);
        report_figure(report, "7 live", text,
                      1e6 * took_s[(size_t)(at[k] * (double)(blocks - 1))], "us",
                      frames == 32 && k == 1 ? "below 200" : "");
    }
}

static bh_filterbank *
new_bank(struct bh_device *device, size_t places, bh_place_method method)
{
    bh_filterbank *bank = NULL;
    double *cf_hz = malloc(places * sizeof *cf_hz);
    must(bh_erbspace(20, 0.9 * RATE_HZ / 2, places, bh_erb_params_default(), cf_hz,
                     &diag));
    must(bh_gammatone_new(RATE_HZ, cf_hz, places, NULL, BH_SINGLE, &bank, &diag));
    must(bh_filterbank_place(bank, device, method, &diag));
    free(cf_hz);
    return bank;
}

static void
measure_bank(struct bh_device *device, const struct report *report, size_t frames,
             size_t blocks)
{
    const size_t places = report->dry ? 40 : 3000;
    static double took_s[BLOCKS];
    static float x[BH_WINDOW_MAX];
    float *y = malloc(frames * places * sizeof *y);
    bh_filterbank *bank = new_bank(device, places, BH_PLACE_SAME);
    const bh_block in = {x, frames, 1, 1, BH_SINGLE};
    const bh_block out = {y, frames, places, places, BH_SINGLE};
    must(bh_filterbank_process(bank, in, out, &diag));
    for (size_t k = 0; k < blocks; k++) {
        const double start_s = now_s();
        must(bh_filterbank_process(bank, in, out, &diag));
        took_s[k] = now_s() - start_s;
    }
    report_blocks(report, "3000 channels back", frames, took_s, blocks);
    bh_filterbank_free(bank);
    free(y);
}

/* Sound that comes block by block, and nobody knows how long. */
struct microphone {
    size_t frames, blocks, heard, told;
    double came_s, took_s[BLOCKS];
    uint64_t state;
    float x[BH_WINDOW_MAX];
};

static bh_status
hear(void *self, size_t frames, size_t *got, bh_diag *why)
{
    struct microphone *m = self;
    (void)why;
    *got = m->heard < m->blocks ? frames : 0;
    m->heard++;
    for (size_t t = 0; t < *got; t++) {
        m->state = m->state * 6364136223846793005u + 1442695040888963407u;
        m->x[t] = (float)(int32_t)(m->state >> 32) / 2147483648.0f;
    }
    m->came_s = now_s();
    return BH_OK;
}

static void
say(void *self, size_t tile, bh_block out)
{
    const struct microphone *m = self;
    (void)tile;
    for (size_t t = 0; t < out.frames; t++)
        if (out.precision == BH_SINGLE)
            ((float *)out.data)[t * out.stride] = m->x[t];
        else
            ((double *)out.data)[t * out.stride] = m->x[t];
}

static bh_status
told(void *user, double time_s, bh_diag *why)
{
    struct microphone *m = user;
    (void)time_s, (void)why;
    m->took_s[m->told++] = now_s() - m->came_s;
    return BH_OK;
}

static void
measure_nerve(struct bh_device *device, const struct report *report, size_t frames,
              size_t blocks)
{
    const size_t places = report->dry ? 20 : 3000, fibres = 10;
    static struct microphone m;
    bh_source *sound, *ear;
    bh_network *net;
    bh_group *nerve;
    m = (struct microphone){.frames = frames, .blocks = blocks};
    const bh_source_config microphone = {.samplerate_hz = RATE_HZ,
                                         .channels = 1,
                                         .length = BH_LENGTH_UNKNOWN,
                                         .tiles = 1,
                                         .window = frames,
                                         .self = &m,
                                         .begin = hear,
                                         .tile = say};
    bh_network_config config = bh_network_config_default();
    bh_group_config order = bh_group_config_default();
    bh_filterbank *bank = new_bank(device, places, BH_PLACE_PARALLEL);
    must(bh_source_new(&microphone, &sound, &diag));
    must(bh_filterbank_source(bank, sound, &ear, &diag));
    config.dt_s = 1 / RATE_HZ;
    config.window = frames;
    config.device = device;
    must(bh_network_new(&config, &net, &diag));
    order.count = places * fibres;
    order.precision = BH_SINGLE;
    order.equations = "dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless "
                      "refractory)\nI : 1";
    order.threshold = "v > 1";
    order.reset = "v = 0";
    order.refractory = "5*ms";
    must(bh_group_new(net, &order, &nerve, &diag));
    must(bh_link(nerve, "I", ear, "3*clip(x,0,inf)**(1/3)", &diag));
    bh_spike_monitor_config counted = bh_spike_monitor_config_default();
    counted.record = false;
    must(bh_spike_monitor_new(nerve, &counted, NULL, &diag));
    bh_network_report(net, told, &m);
    must(bh_network_run(net, BH_UNTIL_END, &diag));
    report_blocks(report, "3000 places x 10 fibres to spikes", frames, m.took_s,
                  m.told);
    bh_network_free(net);
    bh_source_free(ear);
    bh_source_free(sound);
    bh_filterbank_free(bank);
}

void
measure_live(struct bh_device *device, const struct report *report)
{
    const size_t frames[] = {32, 64, 256, 1024};
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        const size_t blocks = report->dry ? 3 : frames[i] > 64 ? BLOCKS / 10 : BLOCKS;
        measure_bank(device, report, frames[i], blocks);
        measure_nerve(device, report, frames[i], blocks);
    }
}
