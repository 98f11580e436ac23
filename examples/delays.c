/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a neuron finds out which delays fit: fibres of the auditory nerve, phase-locked
 * to a tone, reach coincidence detectors over lines of many different delays. Spikes
 * that come just before the detector's own make their line stronger, all others weaker;
 * lines survive whose delays differ by whole periods of the tone, and the detector
 * fires in phase. After Gerstner, Kempter, van Hemmen and Wagner (1996) Nature
 * 383:76-78, at a tenth of their frequency. Usage: delays [PICTURE [SEED]] */
#include <brianhears.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DO(call)                                                                       \
    if ((call) != BH_OK)                                                               \
    return bh_diag_format(&diag, why, sizeof why), fprintf(stderr, "%s\n", why), 1

enum {
    FIBRES = 200,
    DETECTORS = 16,
    LINES = FIBRES * DETECTORS,
    ROUNDS = 120,
    BINS = 60, /* of delay, in the picture */
};

static const double TONE_HZ = 1000, ROUND_S = 0.1, LONGEST_S = 3e-3;

static char why[1024];

/* How well times keep to one phase of the tone, 0 to 1: the length of the mean of
 * exp(2 pi i f t), each time with its weight (Goldberg and Brown 1969). Each detector
 * may choose a phase of its own, so the mean is over detectors. */
static double
vector_strength(const double *time_s, const double *weight, const uint32_t *detector,
                size_t count)
{
    double x[DETECTORS] = {0}, y[DETECTORS] = {0}, sum[DETECTORS] = {0}, mean = 0;
    for (size_t n = 0; n < count; n++) {
        const double w = weight ? weight[n] : 1;
        const double phase = 6.283185307179586 * TONE_HZ * time_s[n];
        x[detector[n]] += w * cos(phase);
        y[detector[n]] += w * sin(phase);
        sum[detector[n]] += w;
    }
    for (size_t d = 0; d < DETECTORS; d++)
        mean += sum[d] > 0 ? hypot(x[d], y[d]) / sum[d] / DETECTORS : 0;
    return mean;
}

/* A column of the picture: the mean weight of the first detector's lines in each bin of
 * delay. */
static void
draw_weights(const double *delay_s, const double *weight, const uint32_t *detector,
             float *image, size_t column)
{
    double sum[BINS] = {0};
    size_t count[BINS] = {0};
    for (size_t n = 0; n < LINES; n++) {
        const size_t bin = (size_t)(delay_s[n] / LONGEST_S * BINS);
        if (detector[n] > 0 || bin >= BINS)
            continue;
        sum[bin] += weight[n];
        count[bin]++;
    }
    for (size_t b = 0; b < BINS; b++)
        if (count[b] > 0)
            image[b * ROUNDS + column] = (float)(sum[b] / (double)count[b]);
        else if (b > 0) /* no line has this delay: as its neighbour */
            image[b * ROUNDS + column] = image[(b - 1) * ROUNDS + column];
}

/* A tone of 1 Pa at the place of the cochlea that it excites most. */
static bh_status
make_ear(bh_source **tone, bh_filterbank **cochlea, bh_source **ear, bh_diag *diag)
{
    const bh_sound_shape shape = {ROUNDS * ROUND_S, 1, 44100};
    BH_TRY(bh_tone_source(&shape, TONE_HZ, 0, tone, diag));
    BH_TRY(bh_gammatone_new(44100, &TONE_HZ, 1, NULL, BH_SINGLE, cochlea, diag));
    return bh_filterbank_source(*cochlea, *tone, ear, diag);
}

static bh_status
make_neurons(bh_network *net, bh_source *ear, bh_group **nerve, bh_group **detectors,
             bh_diag *diag)
{
    bh_group_config fibres = bh_group_config_default();
    fibres.name = "nerve";
    fibres.count = FIBRES;
    fibres.equations = "dv/dt = (I-v)/(0.3*ms) + 0.4*xi*(2/(0.3*ms))**.5 : 1\n"
                       "I : 1 (linked)";
    fibres.threshold = "v > 1";
    fibres.reset = "v = 0";
    fibres.refractory = "4*ms";
    BH_TRY(bh_group_new(net, &fibres, nerve, diag));
    BH_TRY(bh_link(*nerve, "I", ear, "1.5*clip(x,0,inf)**(1/3)", diag));
    bh_group_config cells = bh_group_config_default();
    cells.name = "detectors";
    cells.count = DETECTORS;
    cells.equations = "dv/dt = (ge-v)/(0.2*ms) : 1 (unless refractory)\n"
                      "dge/dt = -ge/(0.1*ms) : 1";
    cells.threshold = "v > 1";
    cells.reset = "v = 0";
    cells.refractory = "1*ms";
    return bh_group_new(net, &cells, detectors, diag);
}

/* Lines from all fibres to all detectors, of 0 to 3 ms, which learn. */
static bh_status
make_lines(bh_group *nerve, bh_group *detectors, bh_synapses **lines, bh_diag *diag)
{
    bh_synapses_config config = bh_synapses_config_default();
    config.name = "lines";
    config.source = bh_all(nerve);
    config.target = bh_all(detectors);
    config.model = "w : 1\n"
                   "dbefore/dt = -before/(0.15*ms) : 1 (event-driven)\n"
                   "dafter/dt = -after/(0.3*ms) : 1 (event-driven)";
    config.on_pre = "ge += 0.5*w; before += 0.01; w = clip(w - after, 0, 1)";
    config.on_post = "after += 0.012; w = clip(w + before, 0, 1)";
    BH_TRY(bh_synapses_new(&config, lines, diag));
    BH_TRY(bh_synapses_connect(*lines, NULL, diag));
    BH_TRY(bh_synapses_set(*lines, "w", NULL, "0.5", diag));
    return bh_synapses_set(*lines, "delay", NULL, "rand()*3*ms", diag);
}

static bh_status
save_picture(const char *path, const float *image, bh_diag *diag)
{
    const bh_picture_levels levels = {.level_db_spl = image,
                                      .rows = BINS,
                                      .columns = ROUNDS,
                                      .column_s = ROUND_S,
                                      .row_to = 1e3 * LONGEST_S,
                                      .row_label = "delay (ms)",
                                      .level_label = "mean weight"};
    bh_picture_options options = bh_picture_options_default(1);
    options.title = "Delays that one detector keeps, to hear a tone of 1 kHz";
    options.min_db_spl = 0;
    options.max_db_spl = 1;
    return bh_picture_write(path, &levels, NULL, &options, diag);
}

int
main(int argc, char **argv)
{
    static double weight[LINES], delay_s[LINES];
    static uint32_t from[LINES], to[LINES];
    static float image[BINS * ROUNDS];
    double locking = 0, before = 0;
    bh_source *tone, *ear;
    bh_filterbank *cochlea;
    bh_network *net;
    bh_group *nerve, *detectors;
    bh_synapses *lines;
    bh_spike_monitor *spikes;
    bh_diag diag;
    bh_network_config config = bh_network_config_default();
    config.dt_s = 1.0 / 44100;
    config.seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    DO(make_ear(&tone, &cochlea, &ear, &diag));
    DO(bh_network_new(&config, &net, &diag));
    DO(make_neurons(net, ear, &nerve, &detectors, &diag));
    DO(make_lines(nerve, detectors, &lines, &diag));
    DO(bh_synapses_get(lines, "delay", delay_s, LINES, &diag));
    DO(bh_synapses_pairs(lines, from, to, LINES, &diag));
    DO(bh_spike_monitor_new(detectors, NULL, &spikes, &diag));

    for (size_t round = 0, heard = 0; round < ROUNDS; round++) {
        DO(bh_network_run(net, ROUND_S, &diag));
        DO(bh_synapses_get(lines, "w", weight, LINES, &diag));
        draw_weights(delay_s, weight, to, image, round);
        const bh_events all = bh_spike_monitor_events(spikes);
        locking = vector_strength(all.time_s + heard, NULL, all.index + heard,
                                  all.count - heard);
        before = round == 0 ? locking : before;
        heard = all.count;
    }
    printf("vector strength of the detectors: %.2f before learning, %.2f after\n",
           before, locking);
    printf("vector strength of the delays that are left: %.2f\n",
           vector_strength(delay_s, weight, to, LINES));
    if (argc > 1)
        DO(save_picture(argv[1], image, &diag));
    bh_network_free(net);
    bh_source_free(ear);
    bh_filterbank_free(cochlea);
    bh_source_free(tone);
    return 0;
}
