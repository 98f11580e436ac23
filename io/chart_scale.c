/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/chart_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

double
bh_scale_position(struct bh_scale scale, double value)
{
    if (!isfinite(value) || (scale.log && value <= 0))
        return NAN;
    if (scale.log)
        return log(value / scale.from) / log(scale.to / scale.from);
    return (value - scale.from) / (scale.to - scale.from);
}

/* "1k" of a frequency, "0.01", and powers of ten that would need more letters. */
static void
format_power(struct bh_scale scale, double value, char *label, size_t size)
{
    static const char *const raised[] = {
        "\xe2\x81\xb0", "\xc2\xb9",     "\xc2\xb2",     "\xc2\xb3",     "\xe2\x81\xb4",
        "\xe2\x81\xb5", "\xe2\x81\xb6", "\xe2\x81\xb7", "\xe2\x81\xb8", "\xe2\x81\xb9"};
    const int power = (int)floor(log10(value) + 1e-9);
    const double digit = round(value / pow(10, power));
    if (scale.si && value >= 1000) {
        snprintf(label, size, "%gk", value / 1000);
    } else if (power >= -3 && power <= 4) {
        snprintf(label, size, "%g", value);
    } else {
        const int tens = power < 0 ? -power : power;
        snprintf(label, size,
                 "%g\xc2\xb7"
                 "10%s%s%s",
                 digit, power < 0 ? "\xe2\x81\xbb" : "",
                 tens > 9 ? raised[tens / 10 % 10] : "", raised[tens % 10]);
    }
}

static bool
has_room(const struct bh_tick *ticks, size_t count, double at, double gap)
{
    for (size_t i = 0; i < count; i++)
        if (ticks[i].label[0] && fabs(ticks[i].at - at) < gap)
            return false;
    return true;
}

/* Powers of ten first, then twice and five times these where there is room; small ticks
 * at the other digits, unless there are many decades. */
static size_t
log_ticks(struct bh_scale scale, double gap, struct bh_tick *ticks)
{
    static const double digits[] = {1, 2, 5, 3, 4, 6, 7, 8, 9};
    const int first = (int)floor(log10(scale.from)), last = (int)ceil(log10(scale.to));
    const size_t kinds = last - first > 8 ? 1 : 9;
    size_t count = 0;
    for (size_t d = 0; d < kinds; d++)
        for (int power = first; power <= last && count < BH_TICKS_MAX; power++) {
            const double value = digits[d] * pow(10, power);
            const double at = bh_scale_position(scale, value);
            if (!(at >= -1e-9) || !(at <= 1 + 1e-9))
                continue;
            struct bh_tick *tick = &ticks[count];
            tick->label[0] = '\0';
            tick->at = fmin(1, fmax(0, at));
            if (d < 3 && has_room(ticks, count, at, gap))
                format_power(scale, value, tick->label, sizeof tick->label);
            count++;
        }
    return count;
}

size_t
bh_scale_ticks(struct bh_scale scale, double gap, struct bh_tick *ticks)
{
    if (!scale.log || scale.to / scale.from < 3)
        return bh_ticks_linear(scale.from, scale.to, gap, ticks);
    return log_ticks(scale, gap, ticks);
}

/* What all series of a panel span along an axis; bars span from 0 on. */
static void
span(const bh_chart_panel *panel, bool vertical, bool log, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t s = 0; s < panel->count; s++) {
        const bh_chart_series *series = &panel->series[s];
        const double *value = vertical ? series->y : series->x;
        const size_t n = series->count;
        const bool steps = series->mark == BH_CHART_BARS ||
                           series->mark == BH_CHART_STEPS;
        for (size_t i = 0; i < n; i++)
            if (isfinite(value[i]) && (!log || value[i] > 0)) {
                *low = fmin(*low, value[i]);
                *high = fmax(*high, value[i]);
            }
        if (steps && vertical && !log)
            *low = fmin(*low, 0);
        if (steps && !vertical && n > 1)
            *high = fmax(*high, 2 * value[n - 1] - value[n - 2]);
    }
}

struct bh_scale
bh_scale_of(const bh_chart_panel *panel, bool vertical)
{
    const bh_chart_axis *axis = vertical ? &panel->y : &panel->x;
    double low, high;
    span(panel, vertical, axis->log, &low, &high);
    if (!(low <= high)) {
        low = axis->log ? 1 : 0;
        high = axis->log ? 10 : 1;
    }
    if (!isnan(axis->from))
        low = axis->from;
    if (!isnan(axis->to))
        high = axis->to;
    /* Curves keep off the frame; a histogram stands on its axis. */
    const double air = vertical ? 0.05 : 0;
    if (low >= high) {
        const double off = axis->log ? 0 : fmax(0.5 * fabs(low), 0.5);
        high = axis->log ? 2 * low : low + off;
        low = axis->log ? low / 2 : low - off;
    } else if (axis->log) {
        const double ratio = pow(high / low, air);
        low = isnan(axis->from) ? low / ratio : low;
        high = isnan(axis->to) ? high * ratio : high;
    } else {
        const double off = air * (high - low);
        low = isnan(axis->from) && low != 0 ? low - off : low;
        high = isnan(axis->to) && high != 0 ? high + off : high;
    }
    return (struct bh_scale){low, high, axis->log,
                             axis->label && strstr(axis->label, "(Hz)")};
}
