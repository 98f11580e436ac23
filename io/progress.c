/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "io/progress.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct bh_progress {
    double total_s;
    double part_s; ///< where the current part begins in the total
    double part_length_s;
    double started;
};

static double
steady_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

bh_status
bh_progress_new(double total_s, bh_progress **out, bh_diag *diag)
{
    bh_progress *progress = malloc(sizeof *progress);
    if (!progress)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to follow the progress");
    *progress = (bh_progress){total_s, 0, INFINITY, steady_clock()};
    *out = progress;
    return BH_OK;
}

void
bh_progress_free(bh_progress *progress)
{
    free(progress);
}

void
bh_progress_part(bh_progress *progress, double first_s, double length_s)
{
    progress->part_s = first_s;
    progress->part_length_s = length_s;
}

void
bh_progress_text(const bh_progress *progress, double done_s, char *buffer, size_t size)
{
    if (done_s > progress->part_length_s)
        done_s = progress->part_length_s;
    bh_progress_format(progress->part_s + done_s, progress->total_s,
                       steady_clock() - progress->started, buffer, size);
}

void
bh_progress_duration(double seconds, char *buffer, size_t size)
{
    if (!(seconds > 0))
        seconds = 0;
    if (seconds > 1e9) { /* 30 years */
        snprintf(buffer, size, "for ever");
        return;
    }
    const long long all = (long long)(seconds + 0.5);
    const long long day = 86400, hour = 3600, minute = 60;
    if (all >= day)
        snprintf(buffer, size, "%lldd %lldh", all / day, all % day / hour);
    else if (all >= hour)
        snprintf(buffer, size, "%lldh %lldm", all / hour, all % hour / minute);
    else if (all >= minute)
        snprintf(buffer, size, "%lldm %llds", all / minute, all % minute);
    else
        snprintf(buffer, size, "%llds", all);
}

/* "4.2" or "0.042" or "130": two digits or more, a point in every locale. */
static void
format_factor(double factor, char *buffer, size_t size)
{
    int decimals = factor >= 9.95 ? 0 : factor >= 0.995 ? 1 : factor >= 0.0995 ? 2 : 3;
    double scale = pow(10, decimals);
    long long scaled = (long long)(factor * scale + 0.5);
    if (decimals == 0)
        snprintf(buffer, size, "%lld", scaled);
    else
        snprintf(buffer, size, "%lld.%0*lld", scaled / (long long)scale, decimals,
                 scaled % (long long)scale);
}

void
bh_progress_format(double done_s, double total_s, double elapsed_s, char *buffer,
                   size_t size)
{
    char elapsed[32], remaining[80] = "", head[48], speed[64] = "", factor[32];
    bh_progress_duration(elapsed_s, elapsed, sizeof elapsed);
    if (!(done_s > 0))
        done_s = 0;
    const bool known = total_s > 0 && !isinf(total_s);
    if (known) {
        double complete = done_s < total_s ? done_s / total_s : 1;
        snprintf(head, sizeof head, "%d%% complete", (int)(100 * complete));
        if (complete > 0.001) {
            char left[32];
            bh_progress_duration(elapsed_s / complete - elapsed_s, left, sizeof left);
            snprintf(remaining, sizeof remaining, ", approximately %s remaining", left);
        }
    } else {
        const long long tenths = done_s < 1e15 ? (long long)(10 * done_s + 0.5) : 0;
        snprintf(head, sizeof head, "%lld.%lld s done", tenths / 10, tenths % 10);
    }
    if (elapsed_s > 0 && done_s / elapsed_s < 1e9) {
        format_factor(done_s / elapsed_s, factor, sizeof factor);
        snprintf(speed, sizeof speed, ", %sx real time", factor);
    }
    snprintf(buffer, size, "%s, %s elapsed%s%s", head, elapsed, remaining, speed);
}
