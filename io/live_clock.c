/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/live_internal.h"

#include <math.h>

#define WINDOW_S 2.0
/* Longer than what sound systems hand over at a time. */
#define NEAR_S   0.05
/* Smaller steps are the sound system's unrest. */
#define STEP_S   0.01
/* A window that is longer or shorter by this part is no drift: clocks differ by some
 * 100 ppm, and the nearest rates in use (44.1 and 48 kHz) by 8 %. */
#define STEEP    0.02
#define SAME     0.005
enum { STEEP_WINDOWS = 3, DRIFT_WINDOWS = 6 };

void
bh_live_clock_start(struct bh_live_clock *clock, double rate_hz)
{
    *clock = (struct bh_live_clock){.rate_hz = rate_hz,
                                    .begin_s = NAN,
                                    .least_s = INFINITY,
                                    .before_s = INFINITY,
                                    .near_s = INFINITY,
                                    .near_before_s = INFINITY,
                                    .near_begin_s = -INFINITY,
                                    .drift_ppm = NAN,
                                    .seen_hz = NAN};
}

/* A sound system on a machine that is too busy may lose this part of the sound or that
 * for a long time; another rate is one of those that devices have. */
static bool
is_rate(double hz)
{
    static const double rates_hz[] = {8000,  11025, 16000, 22050,  32000,  44100,
                                      48000, 88200, 96000, 176400, 192000, 384000};
    for (size_t i = 0; i < sizeof rates_hz / sizeof rates_hz[0]; i++)
        if (fabs(hz / rates_hz[i] - 1) < SAME)
            return true;
    return false;
}

/* Compares a complete window with the one before. */
static void
compare(struct bh_live_clock *clock, double length_s)
{
    const double step_s = clock->least_s - clock->before_s, size_s = fabs(step_s);
    const int way = step_s > 0 ? 1 : -1;
    if (size_s > STEP_S) {
        clock->steps_s += step_s;
        clock->missing_s += step_s > 0 ? step_s : 0;
    }
    const double seen_hz = clock->rate_hz * (1 - step_s / length_s);
    if (size_s <= STEEP * length_s || !is_rate(seen_hz))
        clock->steep = 0;
    else
        clock->steep = clock->steep * way > 0 ? clock->steep + way : way;
    if (clock->steep >= STEEP_WINDOWS || clock->steep <= -STEEP_WINDOWS)
        clock->seen_hz = seen_hz;
}

static void
end_window(struct bh_live_clock *clock, double time_s)
{
    /* In the first window the device finds its pace. */
    if (clock->windows == 1) {
        clock->base_s = clock->least_s;
        clock->base_at_s = time_s;
    } else if (clock->windows > 1) {
        compare(clock, time_s - clock->begin_s);
    }
    if (clock->windows >= DRIFT_WINDOWS)
        clock->drift_ppm = -1e6 * (clock->least_s - clock->base_s - clock->steps_s) /
                           (time_s - clock->base_at_s);
    clock->before_s = clock->least_s;
    clock->least_s = INFINITY;
    clock->begin_s = time_s;
    clock->windows++;
}

void
bh_live_clock_take(struct bh_live_clock *clock, uint64_t frames, double time_s)
{
    const double offset_s = time_s - (double)frames / clock->rate_hz;
    if (isnan(clock->begin_s))
        clock->begin_s = time_s;
    if (time_s - clock->begin_s >= WINDOW_S)
        end_window(clock, time_s);
    if (time_s - clock->near_begin_s >= NEAR_S) {
        clock->near_before_s = clock->near_s;
        clock->near_s = INFINITY;
        clock->near_begin_s = time_s;
    }
    clock->least_s = fmin(clock->least_s, offset_s);
    clock->near_s = fmin(clock->near_s, offset_s);
}

double
bh_live_clock_captured(const struct bh_live_clock *clock, double frame)
{
    return fmin(clock->near_s, clock->near_before_s) + frame / clock->rate_hz;
}
