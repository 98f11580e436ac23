/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/iir_ops.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

enum { LANDEN = 12 }; /* each step about squares the modulus */

/* Loss in dB as the square of a ripple factor, 10^(db / 10) - 1. */
static double
ripple_squared(double db)
{
    return expm1(db * log(10) / 10);
}

/* The angle of pole pair i of a Butterworth filter from the imaginary axis. */
static double
pole_angle(size_t order, size_t pair)
{
    return pi * (double)(2 * pair + 1) / (double)(2 * order);
}

static struct bh_iir_prototype
butterworth(size_t order)
{
    struct bh_iir_prototype p = {.pairs = order / 2, .real_pole = -1, .dc = 1};
    for (size_t i = 0; i < p.pairs; i++) {
        p.pole[i] = -sin(pole_angle(order, i)) + I * cos(pole_angle(order, i));
        p.zero[i] = INFINITY;
    }
    return p;
}

static struct bh_iir_prototype
chebyshev1(size_t order, double ripple_db)
{
    struct bh_iir_prototype p = {.pairs = order / 2, .dc = 1};
    double mu = asinh(1 / sqrt(ripple_squared(ripple_db))) / (double)order;
    for (size_t i = 0; i < p.pairs; i++) {
        double angle = pole_angle(order, i);
        p.pole[i] = -sinh(mu) * sin(angle) + I * cosh(mu) * cos(angle);
        p.zero[i] = INFINITY;
    }
    p.real_pole = -sinh(mu);
    if (order % 2 == 0)
        p.dc = pow(10, -ripple_db / 20);
    return p;
}

static struct bh_iir_prototype
chebyshev2(size_t order, double attenuation_db)
{
    struct bh_iir_prototype p = {.pairs = order / 2, .dc = 1};
    double mu = asinh(sqrt(ripple_squared(attenuation_db))) / (double)order;
    for (size_t i = 0; i < p.pairs; i++) {
        double angle = pole_angle(order, i);
        p.pole[i] = 1 / (-sinh(mu) * sin(angle) - I * cosh(mu) * cos(angle));
        p.zero[i] = 1 / cos(angle);
    }
    p.real_pole = -1 / sinh(mu);
    return p;
}

double
bh_iir_complete_integral(double complement)
{
    double a = 1, b = sqrt(complement);
    for (int i = 0; i < 60 && fabs(a - b) > 1e-16 * a; i++) {
        double mean = (a + b) / 2;
        b = sqrt(a * b);
        a = mean;
    }
    return pi / (a + b);
}

/* The descending moduli of Landen's transformation, that of k itself first. */
static void
landen(double k, double moduli[LANDEN])
{
    moduli[0] = k;
    for (int i = 1; i < LANDEN; i++) {
        double v = moduli[i - 1], root = v / (1 + sqrt((1 - v) * (1 + v)));
        moduli[i] = root * root;
    }
}

/* From the cosine (sine) of a quarter turn times u to cd (sn) of u times the quarter
 * period (Orfanidis, eq. 55). */
static double complex
ascend(const double moduli[LANDEN], double complex w)
{
    for (int i = LANDEN - 1; i > 0; i--)
        w = (1 + moduli[i]) * w / (1 + moduli[i] * w * w);
    return w;
}

/* y of which sn(i y, k) is i w, in units of the quarter period (eq. 56 on the imaginary
 * axis). */
static double
imaginary_arcsn(const double moduli[LANDEN], double w)
{
    for (int i = 1; i < LANDEN; i++)
        w = 2 * w / ((1 + moduli[i]) * (1 + hypot(1, moduli[i - 1] * w)));
    return 2 / pi * asinh(w);
}

/* The modulus k whose ratio of periods is 1 / order of that of k1, by the nome. */
static double
solve_degree(size_t order, double k1)
{
    double complement = (1 - k1) * (1 + k1);
    double ratio = bh_iir_complete_integral(k1 * k1) /
                   bh_iir_complete_integral(complement);
    double q = exp(-pi * ratio / (double)order), above = 0, below = 0.5;
    for (int m = 0; m < 8; m++) {
        above += pow(q, m * (m + 1));
        below += pow(q, (m + 1) * (m + 1));
    }
    return sqrt(q) * above * above / (below * below);
}

static struct bh_iir_prototype
elliptic(size_t order, double ripple_db, double attenuation_db)
{
    struct bh_iir_prototype p = {.pairs = order / 2, .dc = 1};
    double ripple = sqrt(ripple_squared(ripple_db));
    double k1 = ripple / sqrt(ripple_squared(attenuation_db));
    double k = solve_degree(order, k1), moduli[LANDEN];
    landen(k1, moduli);
    double v0 = imaginary_arcsn(moduli, 1 / ripple) / (double)order;
    landen(k, moduli);
    for (size_t i = 0; i < p.pairs; i++) {
        double u = (double)(2 * i + 1) / (double)order;
        p.pole[i] = I * ascend(moduli, ccos(pi / 2 * (u - I * v0)));
        p.zero[i] = 1 / (k * creal(ascend(moduli, cos(pi / 2 * u))));
    }
    p.real_pole = creal(I * ascend(moduli, csin(I * pi / 2 * v0)));
    if (order % 2 == 0)
        p.dc = pow(10, -ripple_db / 20);
    return p;
}

/* theta / theta' at s of the reverse Bessel polynomial of an order, from theta_n = (2n
 * - 1) theta_(n-1) + s^2 theta_(n-2) and theta_n' = theta_n - s theta_(n-1).
 * Close to the roots of order 20 seven digits cancel, hence the long numbers. */
static long double complex
bessel_newton(size_t order, long double complex s)
{
    long double complex before = 1, theta = s + 1;
    for (size_t n = 2; n <= order; n++) {
        long double complex next = (long double)(2 * n - 1) * theta + s * s * before;
        before = theta;
        theta = next;
    }
    return theta / (theta - s * before);
}

/* All roots at once by Aberth's method. The start is symmetric about the real axis, so
 * the end is. */
static void
bessel_roots(size_t order, long double complex *root)
{
    double n = (double)order;
    for (size_t i = 0; i < order; i++)
        root[i] = -0.8 * n * cexp(I * pi * 0.8 * (((double)i + 0.5) / n - 0.5));
    for (int round = 0; round < 200; round++) {
        double most = 0;
        for (size_t i = 0; i < order; i++) {
            long double complex newton = bessel_newton(order, root[i]), others = 0;
            for (size_t k = 0; k < order; k++)
                if (k != i)
                    others += 1 / (root[i] - root[k]);
            long double complex step = newton / (1 - newton * others);
            root[i] -= step;
            most = fmax(most, (double)cabsl(step));
        }
        if (most < 1e-15 * n)
            return;
    }
}

/* Scaled so that the product of the poles is 1: as steep far away as a Butterworth
 * filter. The pairs are sorted, least damped first. */
static struct bh_iir_prototype
bessel(size_t order)
{
    struct bh_iir_prototype p = {.dc = 1};
    long double complex root[BH_IIR_ORDER_MAX];
    double logarithm = 0;
    bessel_roots(order, root);
    for (size_t i = 1; i <= order; i++)
        logarithm += log((double)(2 * i - 1));
    double scale = exp(-logarithm / (double)order);
    for (size_t i = 0; i < order; i++) {
        double complex pole = (double complex)root[i] * scale;
        if (fabs(cimag(pole)) < 1e-9) {
            p.real_pole = creal(pole);
        } else if (cimag(pole) > 0) {
            size_t at = p.pairs++;
            for (; at > 0 && creal(p.pole[at - 1]) < creal(pole); at--)
                p.pole[at] = p.pole[at - 1];
            p.pole[at] = pole;
        }
    }
    for (size_t i = 0; i < p.pairs; i++)
        p.zero[i] = INFINITY;
    return p;
}

struct bh_iir_prototype
bh_iir_prototype_of(const bh_iir_filter *filter)
{
    struct bh_iir_prototype p;
    switch (filter->family) {
    case BH_IIR_CHEBYSHEV1:
        p = chebyshev1(filter->order, filter->ripple_db);
        break;
    case BH_IIR_CHEBYSHEV2:
        p = chebyshev2(filter->order, filter->attenuation_db);
        break;
    case BH_IIR_ELLIPTIC:
        p = elliptic(filter->order, filter->ripple_db, filter->attenuation_db);
        break;
    case BH_IIR_BESSEL:
        p = bessel(filter->order);
        break;
    default:
        p = butterworth(filter->order);
    }
    if (filter->order % 2 == 0)
        p.real_pole = 0;
    return p;
}
