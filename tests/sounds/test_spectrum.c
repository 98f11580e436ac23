/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/spectrum_internal.h"

#include "tests/check.h"

static const double tau = 6.283185307179586476925;

/* Each is right within a unit in the last place of 1, as the C library's are; some
 * turns are exact. */
static void
test_turn(void)
{
    double worst = 0;
    for (int i = -4000; i <= 4000; i++) {
        const double turns = i / 1024.0;
        const bh_bin turn = bh_turn(turns);
        worst = fmax(worst, fabs(turn.re - cos(tau * fmod(turns, 1))));
        worst = fmax(worst, fabs(turn.im - sin(tau * fmod(turns, 1))));
    }
    /* cos() of the rounded tau * turns is itself off by up to 6.3 * 1e-16. */
    CHECK_NEAR(worst, 0, 1e-15);
    const double exact[][3] = {{0, 1, 0},          {0.25, 0, 1},  {-0.25, 0, -1},
                               {0.5, -1, 0},       {-0.5, -1, 0}, {3, 1, 0},
                               {1e15 + 0.25, 0, 1}};
    for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++) {
        CHECK_NEAR(bh_turn(exact[i][0]).re, exact[i][1], 0);
        CHECK_NEAR(bh_turn(exact[i][0]).im, exact[i][2], 0);
    }
}

static void
fill(bh_bin *x, size_t count)
{
    unsigned state = 1;
    for (size_t t = 0; t < count; t++) {
        state = state * 1664525u + 1013904223u;
        x[t] = (bh_bin){state / 4294967296.0 - 0.5, (state >> 7) % 100 / 100.0};
    }
}

/* Against the sum that defines it. Tolerance: up to 100 terms of size 1, each rounded
 * to 1e-16, through three transforms. */
static void
test_sum(void)
{
    bh_diag diag = {0};
    bh_bin x[128], y[128];
    double worst = 0;
    for (size_t count = 1; count <= 128; count++)
        for (int sign = -1; sign <= 1; sign += 2) {
            fill(x, count);
            memcpy(y, x, sizeof y);
            CHECK_OK(bh_transform(y, count, sign, &diag), diag);
            for (size_t k = 0; k < count; k++) {
                double re = 0, im = 0;
                for (size_t t = 0; t < count; t++) {
                    const double angle = sign * tau * (double)(t * k % count) /
                                         (double)count;
                    re += x[t].re * cos(angle) - x[t].im * sin(angle);
                    im += x[t].re * sin(angle) + x[t].im * cos(angle);
                }
                worst = fmax(worst, hypot(y[k].re - re, y[k].im - im));
            }
        }
    CHECK_NEAR(worst, 0, 1e-12);
}

/* There and back, for lengths that sounds have; 44101 is prime. */
static void
test_back(void)
{
    const size_t counts[] = {44100, 44101, 65536, 100000};
    bh_diag diag = {0};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        const size_t count = counts[i];
        bh_bin *x = calloc(2 * count, sizeof *x), *y = x + count;
        double worst = 0;
        fill(x, count);
        memcpy(y, x, count * sizeof *y);
        CHECK_OK(bh_transform(y, count, -1, &diag), diag);
        CHECK_OK(bh_transform(y, count, 1, &diag), diag);
        for (size_t t = 0; t < count; t++)
            worst = fmax(worst, hypot(y[t].re / (double)count - x[t].re,
                                      y[t].im / (double)count - x[t].im));
        CHECK_NEAR(worst, 0, 1e-13);
        free(x);
    }
    CHECK(bh_transform(NULL, (size_t)-1, 1, &diag) == BH_ERR_MEMORY);
}

TEST_MAIN("spectrum", {"turn", test_turn}, {"sum", test_sum}, {"back", test_back})
