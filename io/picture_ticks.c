/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/picture_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

double
bh_tick_step(double range, double gap)
{
    const double least = range * gap;
    const double power = pow(10, floor(log10(least)));
    static const double steps[] = {1, 2, 5};
    for (size_t i = 0; i < 3; i++)
        if (steps[i] * power >= least)
            return steps[i] * power;
    return 10 * power;
}

/* With as many decimals as the step needs, and a minus that is as wide as a plus. */
static void
format_number(double value, double step, char *label, size_t size)
{
    int decimals = step < 1 ? (int)ceil(-log10(step) - 1e-9) : 0;
    const bool negative = value < -step / 2;
    snprintf(label, size, "%s%.*f", negative ? "\xe2\x88\x92" : "",
             decimals < 9 ? decimals : 9, fabs(value));
}

size_t
bh_ticks_linear(double from, double to, double gap, struct bh_tick *ticks)
{
    const double range = to - from, step = bh_tick_step(range, gap);
    const double first = ceil(from / step - 1e-6);
    size_t count = 0;
    for (double k = first; count < BH_TICKS_MAX; k++) {
        const double at = (k * step - from) / range;
        if (at > 1 + 1e-6)
            break;
        ticks[count].at = at;
        format_number(k * step, step, ticks[count].label, sizeof ticks[count].label);
        count++;
    }
    return count;
}

/* Between two rows frequency runs as the ERB-rate scale does (Glasberg and Moore 1990),
 * which is also defined at 0 Hz. It only matters where rows are few. */
static double
bend(double f_hz)
{
    return log1p(f_hz / 228.8);
}

double
bh_place_position(struct bh_places places, double f_hz)
{
    const double *cf = places.cf_hz;
    const size_t n = places.count;
    const double slack = 1e-9 * f_hz;
    if (!(f_hz >= cf[0] - slack) || !(f_hz <= cf[n - 1] + slack))
        return NAN;
    size_t low = 0, high = n - 1; /* cf[low] <= f < cf[high], or neighbours */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (cf[middle] <= f_hz)
            low = middle;
        else
            high = middle;
    }
    double part = 0;
    if (cf[high] > cf[low])
        part = (bend(f_hz) - bend(cf[low])) / (bend(cf[high]) - bend(cf[low]));
    return ((double)low + 0.5 + part) / (double)n;
}

static bool
has_room(const struct bh_tick *ticks, size_t count, double at, double gap)
{
    for (size_t i = 0; i < count; i++)
        if (ticks[i].label[0] && fabs(ticks[i].at - at) < gap)
            return false;
    return true;
}

static void
format_frequency(double f_hz, char *label, size_t size)
{
    if (f_hz >= 1000)
        snprintf(label, size, "%.4gk", f_hz / 1000);
    else
        snprintf(label, size, "%.4g", f_hz);
}

/* Labels powers of ten first, then twice and five times these where there is room;
 * small ticks mark the other digits. */
static size_t
decade_ticks(struct bh_places places, double gap, struct bh_tick *ticks)
{
    static const double digits[] = {1, 2, 5, 3, 4, 6, 7, 8, 9};
    size_t count = 0;
    for (size_t d = 0; d < sizeof digits / sizeof digits[0]; d++)
        for (double power = 1; power < 1e6 && count < BH_TICKS_MAX; power *= 10) {
            const double f_hz = digits[d] * power;
            const double at = bh_place_position(places, f_hz);
            if (isnan(at))
                continue;
            struct bh_tick *tick = &ticks[count];
            tick->label[0] = '\0';
            if (d < 3 && has_room(ticks, count, at, gap))
                format_frequency(f_hz, tick->label, sizeof tick->label);
            tick->at = at;
            count++;
        }
    return count;
}

static size_t
labelled(const struct bh_tick *ticks, size_t count)
{
    size_t with = 0;
    for (size_t i = 0; i < count; i++)
        with += ticks[i].label[0] != '\0';
    return with;
}

static size_t
index_ticks(size_t places, double gap, struct bh_tick *ticks)
{
    double step = bh_tick_step((double)places, gap);
    if (step < 1)
        step = 1;
    size_t count = 0;
    for (double i = 0; i < (double)places && count < BH_TICKS_MAX; i += step) {
        ticks[count].at = (i + 0.5) / (double)places;
        snprintf(ticks[count].label, sizeof ticks[count].label, "%.0f", i);
        count++;
    }
    return count;
}

/* A range so narrow that it has no two round numbers is labelled at its ends. */
static size_t
end_ticks(struct bh_places places, double gap, struct bh_tick *ticks)
{
    const size_t last = places.count - 1;
    size_t count = 0;
    for (size_t i = 0; i <= last; i += last ? last : 1) {
        const double at = ((double)i + 0.5) / (double)places.count;
        if (!has_room(ticks, count, at, gap))
            continue;
        ticks[count].at = at;
        snprintf(ticks[count].label, sizeof ticks[count].label, "%.6g",
                 places.cf_hz[i]);
        count++;
    }
    return count;
}

size_t
bh_ticks_places(struct bh_places places, double gap, struct bh_tick *ticks)
{
    if (places.label)
        return bh_ticks_linear(places.from, places.to, gap, ticks);
    if (!places.cf_hz)
        return index_ticks(places.count, gap, ticks);
    size_t count = decade_ticks(places, gap, ticks);
    if (labelled(ticks, count) < 2)
        count = end_ticks(places, gap, ticks);
    return count;
}
