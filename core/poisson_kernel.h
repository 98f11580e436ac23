/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_POISSON_KERNEL_H
#define BH_CORE_POISSON_KERNEL_H

/* Poisson numbers from the counters of core/random_kernel.h, exact in distribution up
 * to the rounding of doubles. As many random words are used as it takes: each number
 * has a key, neuron and step of its own. C11 and CUDA C++.
 *
 * Below a mean of 10 by inversion (the sum of the probabilities that a uniform number
 * reaches: Devroye 1986, Non-Uniform Random Variate Generation, section III.2.1); from
 * there on by transformed rejection with squeeze, PTRS (Hormann 1993, Insurance:
 * Mathematics and Economics 12:39). */

#ifndef BH_CORE_MATH_KERNEL_H
#include "core/math_kernel.h"
#endif
#ifndef BH_CORE_RANDOM_KERNEL_H
#include "core/random_kernel.h"
#endif

/* The sum of so many probabilities is 1 for every mean below 10. */
#define BH_POISSON_MOST_TERMS  100
/* A trial succeeds with a probability above 0.7: this many never all fail. */
#define BH_POISSON_MOST_TRIALS 1000

BH_HD double
bh_poisson_small(const uint32_t key[2], uint32_t neuron, uint64_t step, double mean)
{
    const bh_philox_words words = bh_random_words(key, neuron, step, 0);
    const double u = bh_random_uniform_double(words.w[0], words.w[1]);
    double k = 0, term = bh_exp(-mean), sum = term;
    while (u >= sum && k < BH_POISSON_MOST_TERMS) {
        k += 1;
        term *= mean / k;
        sum += term;
    }
    return k;
}

/* log(mean^k e^-mean / k!) for whole k. From 10 on by Stirling's series, in a form
 * that does not take the difference of large numbers. */
BH_HD double
bh_poisson_log(double k, double mean)
{
    if (k < 10) {
        double log_factorial = 0;
        for (double i = 2; i <= k; i += 1)
            log_factorial += bh_log(i);
        return k * bh_log(mean) - mean - log_factorial;
    }
    const double u = (mean - k) / k, square = 1 / (k * k);
    const double series =
        (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680))) / k;
    return k * (bh_log1p(u) - u) - 0.5 * bh_log(6.283185307179586 * k) - series;
}

/* Constants of Hormann (1993), section 5. */
BH_HD double
bh_poisson_large(const uint32_t key[2], uint32_t neuron, uint64_t step, double mean)
{
    const double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    const double squeeze = 0.9277 - 3.6224 / (b - 2);
    for (uint32_t trial = 0; trial < BH_POISSON_MOST_TRIALS; trial++) {
        const bh_philox_words words = bh_random_words(key, neuron, step, trial);
        const double u = bh_random_uniform_double(words.w[0], words.w[1]) - 0.5;
        const double v = bh_random_uniform_double(words.w[2], words.w[3]);
        const double side = 0.5 - fabs(u);
        const double k = floor((2 * a / side + b) * u + mean + 0.43);
        if (side >= 0.07 && v <= squeeze)
            return k;
        if (!(k >= 0) || (side < 0.013 && v > side))
            continue;
        if (bh_log(v * inverse_alpha / (a / (side * side) + b)) <=
            bh_poisson_log(k, mean))
            return k;
    }
    return floor(mean);
}

/// A Poisson number of a mean: NaN for means below 0 and NaN, infinity for infinity.
BH_HD double
bh_poisson(const uint32_t key[2], uint32_t neuron, uint64_t step, double mean)
{
    if (!(mean >= 0))
        return NAN;
    if (mean < 10)
        return bh_poisson_small(key, neuron, step, mean);
    return mean < (double)INFINITY ? bh_poisson_large(key, neuron, step, mean) : mean;
}

#endif
