/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *
plot_file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bh_chart_panel *
sheet_panel(struct sheet *sheet, bh_diag *diag)
{
    if (sheet->panels == sizeof sheet->panel / sizeof sheet->panel[0]) {
        bh_diag_set(diag, BH_ERR_ARGUMENT, "a picture has %zu panels at most",
                    sheet->panels);
        return NULL;
    }
    bh_chart_panel *panel = &sheet->panel[sheet->panels++];
    *panel = (bh_chart_panel){.x = {NULL, false, NAN, NAN},
                              .y = {NULL, false, NAN, NAN},
                              .series = sheet->series + sheet->series_count};
    return panel;
}

bh_status
sheet_add(struct sheet *sheet, bh_chart_series series, const char *label, bh_diag *diag)
{
    if (sheet->series_count == SERIES_MOST)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a picture has %d curves at most; --columns or --channels "
                           "choose fewer",
                           SERIES_MOST);
    const size_t i = sheet->series_count++;
    if (label)
        snprintf(sheet->labels[i], sizeof sheet->labels[i], "%s", label);
    series.label = label ? sheet->labels[i] : NULL;
    sheet->series[i] = series;
    sheet->panel[sheet->panels - 1].count++;
    return BH_OK;
}

double *
sheet_numbers(struct sheet *sheet, size_t count, bh_diag *diag)
{
    double *numbers = NULL;
    if (sheet->taken_count < SERIES_MOST)
        numbers = calloc(count + 1, sizeof *numbers);
    if (numbers)
        sheet->taken[sheet->taken_count++] = numbers;
    else
        bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu numbers", count);
    return numbers;
}

void
sheet_free(struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->taken_count; i++)
        free(sheet->taken[i]);
    sheet->taken_count = 0;
}
