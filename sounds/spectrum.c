/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/spectrum_internal.h"

#include "sounds/generate_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static bh_bin
times(bh_bin a, bh_bin b)
{
    return (bh_bin){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

static bh_bin
conjugate(bh_bin a)
{
    return (bh_bin){a.re, -a.im};
}

bh_bin
bh_turn(double turns)
{
    const double part = turns - nearbyint(turns), quarter = nearbyint(4 * part);
    const double x = BH_TAU * (part - quarter / 4), square = x * x;
    /* Taylor series, the smallest term first; |x| is at most pi / 4, so that the next
     * one would be below 1e-18. */
    double cosine = 0, sine = 0;
    for (int k = 8; k > 0; k--) {
        cosine = (1 - cosine) * square / ((2 * k - 1) * (2 * k));
        sine = (1 - sine) * square / ((2 * k) * (2 * k + 1));
    }
    cosine = 1 - cosine;
    sine = x * (1 - sine);
    if (quarter == 1)
        return (bh_bin){-sine, cosine};
    if (quarter == -1)
        return (bh_bin){sine, -cosine};
    if (quarter != 0)
        return (bh_bin){-cosine, -sine};
    return (bh_bin){cosine, sine};
}

static void
reverse_bits(bh_bin *x, size_t count)
{
    for (size_t i = 1, j = 0; i < count; i++) {
        size_t bit = count >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i < j) {
            const bh_bin swap = x[i];
            x[i] = x[j];
            x[j] = swap;
        }
    }
}

/* A count that is a power of two; `roots` are e^(2 pi i k / count) for k < count / 2.
 */
static void
transform_power(bh_bin *x, size_t count, int sign, const bh_bin *roots)
{
    reverse_bits(x, count);
    for (size_t half = 1; half < count; half *= 2) {
        const size_t step = count / (2 * half);
        for (size_t first = 0; first < count; first += 2 * half)
            for (size_t k = 0; k < half; k++) {
                const bh_bin root = roots[k * step];
                bh_bin *a = &x[first + k], *b = &x[first + k + half];
                const bh_bin odd = times(*b, sign > 0 ? root : conjugate(root));
                *b = (bh_bin){a->re - odd.re, a->im - odd.im};
                *a = (bh_bin){a->re + odd.re, a->im + odd.im};
            }
    }
}

/* e^(sign pi i t^2 / count): t^2 in whole numbers, so that large t stay exact. */
static bh_bin
chirp(size_t t, size_t count, int sign)
{
    const uint64_t square = (uint64_t)t * t % (2 * (uint64_t)count);
    return bh_turn(sign * (double)square / (2 * (double)count));
}

/* Any count, as a convolution of length `power`: t k = (t^2 + k^2 - (k - t)^2) / 2. */
static void
transform_any(bh_bin *x, size_t count, int sign, bh_bin *a, bh_bin *b, size_t power,
              const bh_bin *roots)
{
    for (size_t t = 0; t < count; t++) {
        const bh_bin c = chirp(t, count, sign);
        a[t] = times(x[t], c);
        b[t] = conjugate(c);
        if (t > 0)
            b[power - t] = b[t];
    }
    transform_power(a, power, -1, roots);
    transform_power(b, power, -1, roots);
    for (size_t k = 0; k < power; k++)
        a[k] = times(a[k], b[k]);
    transform_power(a, power, 1, roots);
    for (size_t k = 0; k < count; k++) {
        const bh_bin y = times(a[k], chirp(k, count, sign));
        x[k] = (bh_bin){y.re / (double)power, y.im / (double)power};
    }
}

bh_status
bh_transform(bh_bin *x, size_t count, int sign, bh_diag *diag)
{
    const bool plain = (count & (count - 1)) == 0;
    size_t power = 1;
    /* Below 2^31 the squares in chirp() have room in 64 bits. */
    while (power < (plain ? count : 2 * count) && count < (size_t)1 << 31)
        power *= 2;
    const size_t work = plain ? 0 : 2 * power;
    bh_bin *roots =
        count < (size_t)1 << 31 ? calloc(power / 2 + work + 1, sizeof *roots) : NULL;
    if (!roots)
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "no memory for the spectrum of %zu samples", count);
    for (size_t k = 0; k < power / 2; k++)
        roots[k] = bh_turn((double)k / (double)power);
    if (plain)
        transform_power(x, count, sign, roots);
    else
        transform_any(x, count, sign, roots + power / 2, roots + power / 2 + power,
                      power, roots);
    free(roots);
    return BH_OK;
}
