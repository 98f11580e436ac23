/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/middle_ears.h"

#include "filterbank/iir.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

enum { STAGES_MAX = 3 };

struct chain {
    bh_iir_section section[STAGES_MAX];
    size_t count;
};

static void
put(struct chain *chain, const double b[3], const double a[3])
{
    bh_iir_section *section = &chain->section[chain->count++];
    for (int i = 0; i < 3; i++) {
        section->b[i] = b[i] / a[0];
        section->a[i] = a[i] / a[0];
    }
}

/* (n2 s^2 + n1 s + n0) / (s^2 + d1 s + d0), bilinear with s = C (1 - 1/z) / (1 + 1/z).
 */
static void
put_analogue(struct chain *chain, double c, const double n[3], const double d[2])
{
    const double b[3] = {n[2] * c * c + n[1] * c + n[0], 2 * (n[0] - n[2] * c * c),
                         n[2] * c * c - n[1] * c + n[0]};
    const double a[3] = {c * c + d[1] * c + d[0], 2 * (d[0] - c * c),
                         c * c - d[1] * c + d[0]};
    put(chain, b, a);
}

static void
scale(struct chain *chain, double gain)
{
    for (int i = 0; i < 3; i++)
        chain->section[chain->count - 1].b[i] *= gain;
}

/* The names of the numbers in the program are megainmax, m11 ... m36. */
static void
make_zilany(double samplerate_hz, bool human, struct chain *chain)
{
    static const double cat_n[2][3] = {{7.4417e8, 1356.3, 1}, {7.1665e7, 5.7585e5, 0}};
    static const double cat_d[2][2] = {{1.163e8, 11053}, {909059944, 4620}};
    static const double human_n[3][3] = {
        {0, 5666.5, 1}, {1.7926e8, 5893.4, 1}, {6.9768e8, 3113.7, 0}};
    static const double human_d[3][2] = {
        {2.5255e7, 5976.1}, {1.3975e8, 6425.5}, {1.27e9, 24891}};
    const double c = 2 * pi * 1000 / tan(pi * 1000 / samplerate_hz);
    if (human) {
        for (int i = 0; i < 3; i++)
            put_analogue(chain, c, human_n[i], human_d[i]);
        scale(chain, 1 / 2.0);
        return;
    }
    /* s / (s + 693.48) */
    put(chain, (const double[]){c, -c, 0}, (const double[]){c + 693.48, 693.48 - c, 0});
    for (int i = 0; i < 2; i++)
        put_analogue(chain, c, cat_n[i], cat_d[i]);
    scale(chain, 1 / 41.1405);
}

/* The pole of a first-order filter whose edge is at `edge_hz`. */
static double
breebaart_pole(double samplerate_hz, double edge_hz)
{
    const double x = 2 - cos(2 * pi * edge_hz / samplerate_hz);
    return x - sqrt(x * x - 1);
}

static void
make_breebaart(double samplerate_hz, struct chain *chain)
{
    const double q = breebaart_pole(samplerate_hz, 4000);
    const double r = breebaart_pole(samplerate_hz, 1000);
    put(chain, (const double[]){(1 - q) * r, -(1 - q) * r, 0},
        (const double[]){1, -(q + r), q * r});
}

static bh_status
make_map(double samplerate_hz, struct chain *chain, bh_diag *diag)
{
    const bh_iir_filter canal = {.family = BH_IIR_BUTTERWORTH,
                                 .band = BH_IIR_BANDPASS,
                                 .order = 1,
                                 .edge_hz = {1000, 4000}};
    const bh_iir_filter stapes = {.family = BH_IIR_BUTTERWORTH,
                                  .band = BH_IIR_HIGHPASS,
                                  .order = 1,
                                  .edge_hz = {1000}};
    const double resonance = sqrt(10); /* 10 dB */
    const double part = 2 * pi * 50 / samplerate_hz;
    bh_iir_section sections[2];
    size_t count = 0;
    BH_TRY(bh_iir_design(samplerate_hz, &canal, sections, &count, diag));
    double beside[3];
    for (int i = 0; i < 3; i++)
        beside[i] = sections[0].a[i] + resonance * sections[0].b[i];
    put(chain, beside, sections[0].a);
    put(chain, (const double[]){part, 0, 0}, (const double[]){1, part - 1, 0});
    BH_TRY(bh_iir_design(samplerate_hz, &stapes, sections, &count, diag));
    put(chain, sections[0].b, sections[0].a);
    scale(chain, 45e-9);
    return BH_OK;
}

static bh_status
make(double samplerate_hz, bh_middle_ears which, struct chain *chain, bh_diag *diag)
{
    if (!(samplerate_hz > 8000) || !isfinite(samplerate_hz))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a middle ear cannot be made at %g Hz; it needs more than "
                           "8000 Hz",
                           samplerate_hz);
    switch (which) {
    case BH_MIDDLE_EAR_ZILANY_CAT:
    case BH_MIDDLE_EAR_ZILANY_HUMAN:
        make_zilany(samplerate_hz, which == BH_MIDDLE_EAR_ZILANY_HUMAN, chain);
        return BH_OK;
    case BH_MIDDLE_EAR_BREEBAART:
        make_breebaart(samplerate_hz, chain);
        return BH_OK;
    case BH_MIDDLE_EAR_MAP:
        return make_map(samplerate_hz, chain, diag);
    }
    return bh_diag_set(diag, BH_ERR_ARGUMENT, "there is no middle ear %d", (int)which);
}

bh_status
bh_middle_ears_new(double samplerate_hz, size_t channels, bh_middle_ears which,
                   bh_precision precision, bh_filterbank **out, bh_diag *diag)
{
    struct chain chain = {.count = 0};
    BH_TRY(make(samplerate_hz, which, &chain, diag));
    if (channels > SIZE_MAX / sizeof chain)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    bh_iir_section *sections = malloc((channels + 1) * chain.count * sizeof *sections);
    if (!sections)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    for (size_t ch = 0; ch < channels; ch++)
        memcpy(sections + ch * chain.count, chain.section,
               chain.count * sizeof *sections);
    const bh_status status = bh_iir_sections_new(
        samplerate_hz, channels, sections, chain.count, NULL, precision, out, diag);
    free(sections);
    return status;
}
