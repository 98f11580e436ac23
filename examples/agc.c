/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Feedback: a gain that brings every band of a sound to 60 dB SPL within 50 ms.
 * Usage: agc SOUND OUT.wav */
#include <brianhears.h>
#include <math.h>
#include <stdio.h>

#define DO(call)                                                                       \
    if ((call) != BH_OK)                                                               \
    return fprintf(stderr, "%s\n", diag.text), 1

enum { BANDS = 16, INTERVAL = 64 };

struct gains {
    double gain[BANDS], follows; /* part of the way in one interval */
};

static void
amplify(void *user, const bh_block *in, bh_block out)
{
    const struct gains *gains = user;
    const double *x = in->data;
    double *y = out.data;
    for (size_t t = 0; t < out.frames; t++, x += in->stride, y += out.stride)
        for (size_t ch = 0; ch < BANDS; ch++)
            y[ch] = gains->gain[ch] * x[ch];
}

/* Hears what the gains made of the last 64 frames and moves them. */
static bh_status
listen(void *user, const bh_block *heard, bh_diag *diag)
{
    struct gains *gains = user;
    (void)diag;
    for (size_t ch = 0; ch < BANDS; ch++) {
        double power = 1e-12;
        for (size_t t = 0; t < heard->frames; t++) {
            const double y = ((const double *)heard->data)[t * heard->stride + ch];
            power += y * y / (double)heard->frames;
        }
        const double wanted = 20e-6 * pow(10, 60 / 20.0) / sqrt(power);
        gains->gain[ch] *= pow(fmin(wanted, 10), gains->follows);
    }
    return BH_OK;
}

int
main(int argc, char **argv)
{
    if (argc < 3)
        return fprintf(stderr, "usage: agc SOUND OUT.wav\n"), 2;
    struct gains gains = {.follows = 0};
    bh_source *sound, *out;
    bh_filterbank *bands;
    bh_graph *graph;
    bh_node heard, apart, even;
    bh_diag diag;
    double cf[BANDS];

    DO(bh_soundfile_open(argv[1], NULL, &sound, &diag));
    const double rate = bh_source_samplerate(sound);
    gains.follows = 1 - exp(-INTERVAL / rate / 50e-3);
    for (size_t ch = 0; ch < BANDS; ch++)
        gains.gain[ch] = 1;

    /* sound -> bands -> gains, and back from behind the gains */
    DO(bh_erbspace(100, 0.4 * rate, BANDS, bh_erb_params_default(), cf, &diag));
    DO(bh_gammatone_new(rate, cf, BANDS, NULL, BH_DOUBLE, &bands, &diag));
    DO(bh_graph_new(rate, BH_DOUBLE, &graph, &diag));
    DO(bh_graph_hear(graph, sound, &heard, &diag));
    DO(bh_graph_bank(graph, heard, bands, &apart, &diag));
    const bh_graph_function function = {
        .inputs = &apart, .count = 1, .call = amplify, .user = &gains};
    DO(bh_graph_call(graph, &function, &even, &diag));
    const bh_graph_controller controller = {.inputs = &even,
                                            .count = 1,
                                            .interval = INTERVAL,
                                            .update = listen,
                                            .user = &gains};
    DO(bh_graph_control(graph, &controller, &diag));
    DO(bh_graph_source(graph, even, &out, &diag));
    DO(bh_soundfile_write(argv[2], out, BH_ENCODING_AUTO, BH_FULL_SCALE_PASCAL, &diag));

    for (size_t ch = 0; ch < BANDS; ch++)
        printf("%7.0f Hz: gain %+.1f dB at the end\n", cf[ch],
               20 * log10(gains.gain[ch]));
    bh_source_free(out);
    bh_graph_free(graph);
    bh_source_free(sound);
    return 0;
}
