/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Speed and statistics of the random numbers.
 *
 * usage: bench_random [numbers, default 1e8]
 *
 * Each figure is printed with the limit that true normals would pass; the program exits
 * with 1 when one does not. */

#include "core/cpu.h"
#include "core/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BLOCK BH_RANDOM_BLOCK
#define BINS  (1 << 16)
#define LAGS  5

static double
now(void)
{
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

struct feed {
    bh_random_mode mode;
    bh_random_stream stream;
    bh_random_counter counter;
    uint64_t step;
};

static void
next_block(struct feed *feed, float *out)
{
    const bh_random_ops *ops = bh_random_ops_get();
    if (feed->mode == BH_RANDOM_FAST)
        ops->normals(&feed->stream, out, BLOCK);
    else
        ops->counter_normals(feed->counter, 0, feed->step++, out, BLOCK);
}

static struct feed
feed_start(bh_random_mode mode, uint32_t object, uint32_t block)
{
    const bh_random_key key = {20260101, object, 0};
    return (struct feed){.mode = mode,
                         .stream = bh_random_stream_start(key, block),
                         .counter = bh_random_counter_start(key)};
}

/* Best of many short runs: what the machine does when nobody disturbs it. */
static double
ns_per_normal(bh_random_mode mode)
{
    float out[BLOCK] __attribute__((aligned(64)));
    struct feed feed = feed_start(mode, 0, 0);
    double best = INFINITY;
    for (int run = 0; run < 1000; run++) {
        const double start = now();
        for (int i = 0; i < 200; i++)
            next_block(&feed, out);
        best = fmin(best, now() - start);
    }
    return best / (200.0 * BLOCK) * 1e9;
}

struct sums {
    double power[5];
    double products[LAGS]; ///< neighbours, lanes, steps, other block, other object
    double over4, over5;
    uint64_t *bins;
    double largest;
};

static void
add_block(struct sums *sums, const float *x, const float *before, const float *other,
          const float *object)
{
    for (int i = 0; i < BLOCK; i++) {
        const double z = x[i], z2 = z * z;
        sums->power[1] += z;
        sums->power[2] += z2;
        sums->power[3] += z * z2;
        sums->power[4] += z2 * z2;
        sums->products[0] += i ? z * x[i - 1] : 0;
        sums->products[1] += i >= 16 ? z * x[i - 16] : 0;
        sums->products[2] += z * before[i];
        sums->products[3] += z * other[i];
        sums->products[4] += z * object[i];
        sums->over4 += fabs(z) > 4;
        sums->over5 += fabs(z) > 5;
        sums->largest = fmax(sums->largest, fabs(z));
        const long bin = (long)((z + 8) * (BINS / 16.0));
        sums->bins[bin]++;
    }
}

static double
kolmogorov(const uint64_t *bins, double n)
{
    double below = 0, worst = 0;
    for (int b = 0; b < BINS; b++) {
        below += (double)bins[b];
        const double z = (b + 1) / (BINS / 16.0) - 8;
        worst = fmax(worst, fabs(below / n - 0.5 * erfc(-z * sqrt(0.5))));
    }
    return sqrt(n) * worst;
}

static int
report(const char *name, double value, double low, double high)
{
    const int good = value >= low && value <= high;
    printf("  %-34s %12.4f   (%g to %g)%s\n", name, value, low, high,
           good ? "" : "  FAILS");
    return !good;
}

static int
statistics(bh_random_mode mode, double wanted)
{
    float buffers[4][BLOCK], *x = buffers[0], *before = buffers[1];
    struct feed feed = feed_start(mode, 0, 0), block = feed_start(mode, 0, 1),
                object = feed_start(mode, 1, 0);
    if (mode == BH_RANDOM_PORTABLE)
        block = feed_start(mode, 2, 0);
    struct sums sums = {.bins = calloc(BINS, sizeof *sums.bins)};
    if (!sums.bins)
        return 2;
    const size_t blocks = (size_t)ceil(wanted / BLOCK);
    const double n = (double)blocks * BLOCK, root = sqrt(n);
    next_block(&feed, before);
    for (size_t i = 0; i < blocks; i++) {
        next_block(&feed, x);
        next_block(&block, buffers[2]);
        next_block(&object, buffers[3]);
        add_block(&sums, x, before, buffers[2], buffers[3]);
        float *swap = x;
        x = before;
        before = swap;
    }
    const double *p = sums.power;
    printf("%s mode, %.3g numbers\n", mode == BH_RANDOM_FAST ? "fast" : "portable", n);
    int failed = report("mean, z", p[1] / root, -4, 4);
    failed |= report("variance, z", (p[2] - n) / root / sqrt(2), -4, 4);
    failed |= report("third moment, z", p[3] / root / sqrt(15), -4, 4);
    failed |= report("fourth moment, z", (p[4] - 3 * n) / root / sqrt(96), -4, 4);
    failed |= report("sqrt(n) D of Kolmogorov", kolmogorov(sums.bins, n), 0, 1.63);
    const double four = n * erfc(4 * sqrt(0.5)), five = n * erfc(5 * sqrt(0.5));
    failed |= report("beyond 4 sigma", sums.over4, four - 4 * sqrt(four),
                     four + 4 * sqrt(four));
    failed |= report("beyond 5 sigma", sums.over5, five - 4 * sqrt(five),
                     five + 4 * sqrt(five));
    static const char *const names[LAGS] = {"neighbours", "neighbours in one lane",
                                            "successive steps", "another block",
                                            "another object"};
    for (int lag = 0; lag < LAGS; lag++)
        failed |= report(names[lag], sums.products[lag] / root, -4, 4);
    printf("  largest %.4f\n", sums.largest);
    free(sums.bins);
    return failed;
}

int
main(int argc, char **argv)
{
    const double wanted = argc > 1 ? atof(argv[1]) : 1e8;
    printf("instruction set: %s\n", bh_cpu_name(bh_cpu()));
    printf("fast mode      %.4f ns a normal (blocks of %d)\n",
           ns_per_normal(BH_RANDOM_FAST), BLOCK);
    printf("portable mode  %.4f ns a normal\n", ns_per_normal(BH_RANDOM_PORTABLE));
    const int fast = statistics(BH_RANDOM_FAST, wanted);
    const int portable = statistics(BH_RANDOM_PORTABLE, wanted);
    return fast || portable;
}
