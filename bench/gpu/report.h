/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_BENCH_GPU_REPORT_H
#define BH_BENCH_GPU_REPORT_H

/* What was measured: a line of CSV and one of a table at once, so that a run that is
 * cut off leaves what it has. A dry run, which is not on a GPU, shows no figures. */

#include <stdbool.h>
#include <stdio.h>

struct report {
    FILE *csv;
    bool dry;
};

static inline void
report_heading(const struct report *r)
{
    fprintf(r->csv, "step,what,measured,predicted of an H200\n");
    printf("| step | what | measured | predicted of an H200 |\n|---|---|---|---|\n");
}

/// `predicted` is what was expected of an H200 (4.3 TB/s, 33.5e12 operations a second).
static inline void
report_text(const struct report *r, const char *step, const char *what,
            const char *value, const char *predicted)
{
    fprintf(r->csv, "\"%s\",\"%s\",\"%s\",\"%s\"\n", step, what, value, predicted);
    fflush(r->csv);
    printf("| %s | %s | %s | %s |\n", step, what, value, predicted);
    fflush(stdout);
}

static inline void
report_figure(const struct report *r, const char *step, const char *what, double value,
              const char *unit, const char *predicted)
{
    char text[32] = "dry run";
    if (!r->dry)
        snprintf(text, sizeof text, "%.4g %s", value, unit);
    report_text(r, step, what, text, predicted);
}

#endif
