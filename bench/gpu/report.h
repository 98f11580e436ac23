/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_BENCH_GPU_REPORT_H
#define BH_BENCH_GPU_REPORT_H

/* What was measured: a line of CSV at once, so that a run that is cut off leaves what
 * it has, and a table in the end. A dry run, which is not on a GPU, shows no figures.
 */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { REPORT_LINES = 200 };

struct report {
    FILE *csv;
    bool dry;
    int count;
    struct {
        char step[24], what[64], value[32], predicted[48];
    } line[REPORT_LINES];
};

/// `predicted` is what was expected of an H200 (4.3 TB/s, 33.5e12 operations a second).
static inline void
report_text(struct report *r, const char *step, const char *what, const char *value,
            const char *predicted)
{
    fprintf(r->csv, "%s,%s,%s,%s\n", step, what, value, predicted);
    fflush(r->csv);
    if (r->count == REPORT_LINES)
        return;
    snprintf(r->line[r->count].step, sizeof r->line->step, "%s", step);
    snprintf(r->line[r->count].what, sizeof r->line->what, "%s", what);
    snprintf(r->line[r->count].value, sizeof r->line->value, "%s", value);
    snprintf(r->line[r->count].predicted, sizeof r->line->predicted, "%s", predicted);
    r->count++;
}

static inline void
report_figure(struct report *r, const char *step, const char *what, double value,
              const char *unit, const char *predicted)
{
    char text[32] = "dry run";
    if (!r->dry)
        snprintf(text, sizeof text, "%.4g %s", value, unit);
    report_text(r, step, what, text, predicted);
}

static inline void
report_table(const struct report *r)
{
    printf("| step | what | measured | predicted |\n|---|---|---|---|\n");
    for (int i = 0; i < r->count; i++)
        printf("| %s | %s | %s | %s |\n", r->line[i].step, r->line[i].what,
               r->line[i].value, r->line[i].predicted);
}

#endif
