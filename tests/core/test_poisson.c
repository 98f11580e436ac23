/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Poisson numbers against the distribution itself. Seeds are fixed, so that a test that
 * passes always does; limits are 4 standard deviations. */
#include "tests/check.h"

#include "core/random.h"

static bh_random_counter
counter(uint32_t term)
{
    return bh_random_counter_start((bh_random_key){1, 2, term});
}

static double
draw(uint32_t term, uint32_t i, double mean)
{
    return bh_random_ops_get()->counter_poisson(counter(term), i % 1000, i / 1000,
                                                mean);
}

/* Chi squared over all numbers that are expected at least 10 times, the rest together
 * on either side. */
static void
test_distribution(void)
{
    enum { DRAWS = 400000, MOST = 4000 };
    static const double means[] = {0.01, 0.5, 3, 9.999, 10, 10.5, 47.3, 1000};
    static int bins[MOST];
    for (uint32_t m = 0; m < sizeof means / sizeof means[0]; m++) {
        double mean = means[m], chi = 0, tail = DRAWS;
        int degrees = -1, rest = DRAWS;
        memset(bins, 0, sizeof bins);
        for (uint32_t i = 0; i < DRAWS; i++) {
            double k = draw(m, i, mean);
            CU_ASSERT_FATAL(k >= 0 && k < MOST && k == floor(k));
            bins[(int)k]++;
        }
        for (int k = 0; k < MOST; k++) {
            double want = DRAWS * exp(k * log(mean) - mean - lgamma(k + 1.0));
            if (want < 10)
                continue;
            chi += (bins[k] - want) * (bins[k] - want) / want;
            tail -= want;
            rest -= bins[k];
            degrees++;
        }
        /* the tails by their normal deviation: they may hold few */
        CHECK_NEAR(rest, tail, 4 * sqrt(tail + 1) + 1);
        if (degrees > 0)
            CHECK_NEAR(chi, degrees, 4 * sqrt(2.0 * degrees));
        else
            CHECK(bins[0] > 0);
    }
}

/* Means so large that single numbers have no count: mean, variance, skewness. */
static void
test_large(void)
{
    enum { DRAWS = 200000 };
    static const double means[] = {1e4, 1e8, 1e12};
    for (uint32_t m = 0; m < 3; m++) {
        double sum = 0, square = 0, cube = 0, deviation = sqrt(means[m]);
        for (uint32_t i = 0; i < DRAWS; i++) {
            double z = (draw(100 + m, i, means[m]) - means[m]) / deviation;
            sum += z / DRAWS;
            square += z * z / DRAWS;
            cube += z * z * z / DRAWS;
        }
        CHECK_NEAR(sum, 0, 4 / sqrt(DRAWS));
        CHECK_NEAR(square, 1, 4 * sqrt(2.0 / DRAWS));
        CHECK_NEAR(cube, 1 / deviation, 4 * sqrt(15.0 / DRAWS));
    }
}

static void
test_limits(void)
{
    CHECK(draw(0, 0, 0) == 0);
    CHECK(isnan(draw(0, 0, -1)));
    CHECK(isnan(draw(0, 0, NAN)));
    CHECK(isinf(draw(0, 0, INFINITY)));
    CHECK_NEAR(draw(0, 0, 1e300), 1e300, 1e290);
    CHECK(draw(0, 0, 1e-320) == 0);
    /* the same for ever: seeds in papers stay good */
    CHECK(draw(7, 1, 4) == draw(7, 1, 4));
    int differ = 0;
    for (uint32_t i = 0; i < 100; i++)
        differ += draw(7, i, 50) != draw(7, i + 1000, 50);
    CHECK(differ > 80); /* another step, another number */
}

TEST_MAIN("poisson", {"distribution", test_distribution}, {"large", test_large},
          {"limits", test_limits})
