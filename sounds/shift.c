/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Delays between frames. */
#include "sounds/edit.h"
#include "sounds/generate_internal.h"

#include <math.h>

enum { HALF = 256 }; /* taps on either side */

/* The modified Bessel function I0 by its power series, which falls fast from its
 * largest term on. */
static double
bessel(double x)
{
    double term = 1, sum = 1;
    for (int k = 1; term > 1e-17 * sum; k++) {
        term *= x * x / (4.0 * k * k);
        sum += term;
    }
    return sum;
}

/* Taps of a delay of HALF - 1 + part frames, part from 0 to 1 (neither): the sinc
 * function and its window both have their middle there. They sum up to 1, so that 0 Hz
 * passes exactly. */
static void
design(double part, double taps[2 * HALF])
{
    const double beta = 10, edge = bessel(beta);
    double sum = 0;
    for (int i = 0; i < 2 * HALF; i++) {
        const double x = i - (HALF - 1) - part, place = x / HALF;
        const double window = bessel(beta * sqrt(1 - place * place)) / edge;
        taps[i] = window * sin(BH_TAU / 2 * x) / (BH_TAU / 2 * x);
        sum += taps[i];
    }
    for (int i = 0; i < 2 * HALF; i++)
        taps[i] /= sum;
}

/* out[t] = sum over i of taps[i] in[t - whole + HALF - 1 - i], one channel. */
static void
convolve(const bh_sound *in, double whole, const double taps[2 * HALF], size_t channel,
         bh_sound *out)
{
    const size_t channels = bh_sound_channels(in);
    const double *from = bh_sound_samples(in) + channel;
    double *to = bh_sound_data(out) + channel;
    const double frames = (double)bh_sound_frames(in);
    for (size_t t = 0; t < bh_sound_frames(out); t++) {
        const double newest = (double)t - whole + (HALF - 1);
        double sum = 0;
        for (int i = 0; i < 2 * HALF; i++)
            if (newest - i >= 0 && newest - i < frames)
                sum += taps[i] * from[(size_t)(newest - i) * channels];
        to[t * channels] = sum;
    }
}

bh_status
bh_sound_shift_exactly(const bh_sound *sound, double delay_s, bh_sound **out,
                       bh_diag *diag)
{
    const double rate = bh_sound_samplerate(sound), delay = delay_s * rate;
    const double whole = floor(delay), part = delay - whole;
    double nearest = 0, taps[2 * HALF];
    bh_sound *later = NULL;
    if (!bh_frames_from(delay_s, rate, &nearest))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the delay is %g s; it must be a time such as 0.05 s",
                           delay_s);
    /* Closer to a whole frame the taps are those of that frame, but for rounding. */
    if (fabs(delay - nearest) < 1e-9)
        return bh_sound_shift(sound, delay_s, out, diag);
    const double frames = (double)bh_sound_frames(sound) + whole + 1;
    if (frames < 1)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a delay of %g s leaves nothing of a sound of %g s", delay_s,
                           bh_sound_duration(sound));
    BH_TRY(bh_sound_new((size_t)frames, bh_sound_channels(sound), rate, &later, diag));
    design(part, taps);
    for (size_t ch = 0; ch < bh_sound_channels(sound); ch++)
        convolve(sound, whole, taps, ch, later);
    *out = later;
    return BH_OK;
}
