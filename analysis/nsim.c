/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/neurogram.h"

#include "analysis/trains_internal.h"

#include <math.h>

bh_nsim_config
bh_nsim_config_default(void)
{
    return (bh_nsim_config){.range = NAN, .k1 = 0.01, .k3 = 0.03, .sd = 0.5};
}

/* What the window around a cell says of the two. */
struct moments {
    double r, d, rr, dd, rd;
};

static struct moments
look(const double *reference, const double *other, size_t columns, size_t at,
     double weight[3][3])
{
    struct moments m = {0};
    for (size_t y = 0; y < 3; y++)
        for (size_t x = 0; x < 3; x++) {
            const double w = weight[y][x], r = reference[at + y * columns + x],
                         d = other[at + y * columns + x];
            m.r += w * r;
            m.d += w * d;
            m.rr += w * r * r;
            m.dd += w * d * d;
            m.rd += w * r * d;
        }
    /* Rounding may take a variance of nothing below 0. */
    m.rr = fmax(0, m.rr - m.r * m.r);
    m.dd = fmax(0, m.dd - m.d * m.d);
    m.rd -= m.r * m.d;
    return m;
}

static void
weigh(double sd, double weight[3][3])
{
    double sum = 0;
    for (int y = 0; y < 3; y++)
        for (int x = 0; x < 3; x++) {
            const double square = (y - 1) * (y - 1) + (x - 1) * (x - 1);
            weight[y][x] = exp(-square / (2 * sd * sd));
            sum += weight[y][x];
        }
    for (int y = 0; y < 3; y++)
        for (int x = 0; x < 3; x++)
            weight[y][x] /= sum;
}

bh_status
bh_nsim_get(const double *reference, const double *other, size_t rows, size_t columns,
            const bh_nsim_config *config, double *out, bh_diag *diag)
{
    if (rows < 3 || columns < 3)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a similarity of neurograms of %zu x %zu cells; there must "
                           "be 3 x 3 at least",
                           rows, columns);
    BH_TRY(bh_check_positive(config->sd, "the window of a similarity", diag));
    double range = isnan(config->range) ? 0 : config->range;
    for (size_t i = 0; isnan(config->range) && i < rows * columns; i++)
        range = fmax(range, reference[i]);
    if (!(range > 0) || !(config->k1 > 0) || !(config->k3 > 0))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a similarity with a range of %g and constants %g and %g; "
                           "all must be above 0%s",
                           range, config->k1, config->k3,
                           isnan(config->range) ? ", so the reference must have spikes"
                                                : "");
    double weight[3][3], sum = 0;
    weigh(config->sd, weight);
    const double c1 = pow(config->k1 * range, 2), c3 = pow(config->k3 * range, 2) / 2;
    for (size_t y = 0; y + 2 < rows; y++)
        for (size_t x = 0; x + 2 < columns; x++) {
            const struct moments m =
                look(reference, other, columns, y * columns + x, weight);
            const double luminance = (2 * m.r * m.d + c1) /
                                     (m.r * m.r + m.d * m.d + c1);
            sum += luminance * (m.rd + c3) / (sqrt(m.rr * m.dd) + c3);
        }
    *out = sum / (double)((rows - 2) * (columns - 2));
    return BH_OK;
}
