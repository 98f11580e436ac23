/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times models of the cochlea on one core as bench/peers/models.py times those of
 * brian2hears, with the same numbers: white noise of 60 dB SPL, 300 channels, filters
 * that follow the sound changing at every sample, blocks of 64 frames. Prints the
 * seconds for a second of sound, the median of the runs, then what was run.
 *
 *     bench_models MODEL [single|double] [runs] [seconds of sound] */
#include "bench/bench.h"
#include "brianhears.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { CHANNELS = 300, FRAMES = 64 };

struct model {
    const char *name;
    double samplerate_hz, low_hz, high_hz;
    bh_status (*make)(const struct model *model, const double *cf_hz, bh_precision p,
                      bh_filterbank **out);
};

static bh_status
make_drnl(const struct model *model, const double *cf_hz, bh_precision p,
          bh_filterbank **out)
{
    const bh_drnl_params params = bh_drnl_params_brian2hears(BH_DRNL_HUMAN);
    return bh_drnl_new(model->samplerate_hz, cf_hz, CHANNELS, &params, p, out, &diag);
}

static bh_status
make_log_gammachirp(const struct model *model, const double *cf_hz, bh_precision p,
                    bh_filterbank **out)
{
    return bh_log_gammachirp_new(model->samplerate_hz, cf_hz, CHANNELS, NULL, p, out,
                                 &diag);
}

static bh_status
make_linear(const struct model *model, const double *cf_hz, size_t delay,
            bh_precision p, bh_filterbank **out)
{
    double tau_s[CHANNELS];
    for (size_t ch = 0; ch < CHANNELS; ch++)
        tau_s[ch] = 1 / (24.7 * (4.37e-3 * cf_hz[ch] + 1));
    const bh_linear_chirp_params params = {.time_constant_channel_s = tau_s,
                                           .delay = delay};
    return bh_linear_gammachirp_new(model->samplerate_hz, cf_hz, CHANNELS, &params, p,
                                    out, &diag);
}

static bh_status
make_linear_gammachirp(const struct model *model, const double *cf_hz, bh_precision p,
                       bh_filterbank **out)
{
    return make_linear(model, cf_hz, 0, p, out);
}

/* brian2hears works in blocks of three times the response, 55 000 samples. */
static bh_status
make_late_gammachirp(const struct model *model, const double *cf_hz, bh_precision p,
                     bh_filterbank **out)
{
    return make_linear(model, cf_hz, 16384, p, out);
}

static bh_status
make_approximate_gammatone(const struct model *model, const double *cf_hz,
                           bh_precision p, bh_filterbank **out)
{
    double bandwidth_hz[CHANNELS];
    for (size_t ch = 0; ch < CHANNELS; ch++)
        bandwidth_hz[ch] = 1.019 * 24.7 * (4.37e-3 * cf_hz[ch] + 1);
    return bh_approximate_gammatone_new(model->samplerate_hz, cf_hz, bandwidth_hz,
                                        CHANNELS, BH_APPROXIMATE_GAMMATONE_ORDER, p,
                                        out, &diag);
}

static bh_status
make_dcgc(const struct model *model, const double *cf_hz, bh_precision p,
          bh_filterbank **out)
{
    const bh_dcgc_params params = bh_dcgc_params_brian2hears();
    return bh_dcgc_new(model->samplerate_hz, cf_hz, CHANNELS, &params, p, out, &diag);
}

static bh_status
make_tan_carney(const struct model *model, const double *cf_hz, bh_precision p,
                bh_filterbank **out)
{
    return bh_tan_carney_new(model->samplerate_hz, cf_hz, CHANNELS, NULL, p, out,
                             &diag);
}

static const struct model models[] = {
    {"drnl", 44100, 20, 13e3, make_drnl},
    {"log-gammachirp", 44100, 20, 20e3, make_log_gammachirp},
    {"linear-gammachirp", 44100, 100, 10e3, make_linear_gammachirp},
    {"late-gammachirp", 44100, 100, 10e3, make_late_gammachirp},
    {"approximate-gammatone", 44100, 20, 20e3, make_approximate_gammatone},
    {"dcgc", 44100, 100, 10e3, make_dcgc},
    {"tan-carney", 50000, 100, 10e3, make_tan_carney},
};

/* White noise of 0.02 Pa, 60 dB SPL. */
static bh_block
make_noise(size_t frames, bh_precision precision)
{
    void *noise = calloc(frames, bh_precision_size(precision));
    uint64_t state = 1;
    for (size_t t = 0; noise && t < frames; t++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const double x = 0.02 * sqrt(3) * ((double)(state >> 11) * 0x1p-52 - 1);
        if (precision == BH_SINGLE)
            ((float *)noise)[t] = (float)x;
        else
            ((double *)noise)[t] = x;
    }
    return (bh_block){noise, noise ? frames : 0, 1, 1, precision};
}

/* What stands before the model of Tan and Carney. */
static void
filter_middle_ear(bh_block sound)
{
    bh_filterbank *ear;
    bh_block out = sound;
    out.data = calloc(sound.frames, bh_precision_size(sound.precision));
    must(bh_middle_ear_new(50000, 1, NULL, sound.precision, &ear, &diag));
    must(bh_filterbank_process(ear, sound, out, &diag));
    memcpy(sound.data, out.data, sound.frames * bh_precision_size(sound.precision));
    bh_filterbank_free(ear);
    free(out.data);
}

static double
run(bh_filterbank *fb, bh_block sound, bh_block out)
{
    const double start_s = now_s();
    for (size_t t = 0; t < sound.frames; t += out.frames) {
        if (sound.frames - t < out.frames)
            out.frames = sound.frames - t;
        must(bh_filterbank_process(fb, bh_block_frames(sound, t, out.frames), out,
                                   &diag));
    }
    return now_s() - start_s;
}

static int
by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
bench(const struct model *model, bh_precision precision, size_t runs, double sound_s)
{
    double cf_hz[CHANNELS];
    bh_filterbank *fb;
    must(bh_erbspace(model->low_hz, model->high_hz, CHANNELS, bh_erb_params_default(),
                     cf_hz, &diag));
    must(model->make(model, cf_hz, precision, &fb));
    bh_block sound = make_noise((size_t)(sound_s * model->samplerate_hz), precision);
    void *y = calloc(FRAMES * CHANNELS, bh_precision_size(precision));
    bh_block out = {y, FRAMES, CHANNELS, CHANNELS, precision};
    double *seconds = calloc(runs, sizeof *seconds);
    if (model->make == make_tan_carney)
        filter_middle_ear(sound);
    for (size_t i = 0; i < runs; i++)
        seconds[i] = run(fb, sound, out) / sound_s;
    qsort(seconds, runs, sizeof *seconds, by_value);
    printf("%.6g %s %s best=%.3g median=%.3g channel-samples/s\n", seconds[runs / 2],
           model->name, precision == BH_SINGLE ? "single" : "double",
           CHANNELS * model->samplerate_hz / seconds[0],
           CHANNELS * model->samplerate_hz / seconds[runs / 2]);
    free(seconds);
    free(y);
    free(sound.data);
    bh_filterbank_free(fb);
}

int
main(int argc, char **argv)
{
    const bh_precision precision =
        argc > 2 && strcmp(argv[2], "single") == 0 ? BH_SINGLE : BH_DOUBLE;
    const size_t runs = argc > 3 ? strtoul(argv[3], NULL, 10) : 5;
    const double sound_s = argc > 4 ? strtod(argv[4], NULL) : 1;
    for (size_t i = 0; argc > 1 && i < sizeof models / sizeof *models; i++)
        if (strcmp(argv[1], models[i].name) == 0 && runs > 0 && sound_s > 0) {
            bench(&models[i], precision, runs, sound_s);
            return 0;
        }
    fprintf(stderr, "usage: bench_models MODEL [single|double] [runs] [seconds]\n"
                    "models:");
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        fprintf(stderr, " %s", models[i].name);
    fprintf(stderr, "\n");
    return 2;
}
