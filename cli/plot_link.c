/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 501 };

/* The language itself says what the expression is: x is a parameter of as many neurons
 * as the curve has points, y what follows from it. */
static bh_status
evaluate(const char *expression, const char *unit, const double *x, double *y,
         bh_diag *diag)
{
    const size_t size = strlen(expression) + strlen(unit) + 64;
    char *equations = malloc(size);
    bh_network *net = NULL;
    bh_group *group = NULL;
    if (!equations)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for an expression");
    snprintf(equations, size, "y = %s : %s\nx : 1", expression, unit);
    bh_network_config network = bh_network_config_default();
    network.code = BH_CODE_INTERPRETED;
    bh_group_config config = bh_group_config_default();
    config.count = POINTS;
    config.equations = equations;
    config.name = "link";
    config.precision = BH_DOUBLE;
    bh_status status = bh_network_new(&network, &net, diag);
    if (status == BH_OK)
        status = bh_group_new(net, &config, &group, diag);
    if (status == BH_OK)
        status = bh_group_set_array(group, "x", x, POINTS, diag);
    if (status == BH_OK)
        status = bh_group_get(group, "y", y, POINTS, diag);
    bh_network_free(net);
    free(equations);
    return status;
}

bh_status
plot_link(const struct plot_settings *settings, struct sheet *sheet, bh_diag *diag)
{
    const struct chart_range range = settings->chart.x_range;
    const double from = isnan(range.from) ? -1 : range.from,
                 to = isnan(range.to) ? 1 : range.to;
    bh_chart_panel *panel = sheet_panel(sheet, diag);
    double *x = sheet_numbers(sheet, POINTS, diag);
    double *y = x ? sheet_numbers(sheet, POINTS, diag) : NULL;
    if (!panel || !y)
        return BH_ERR_MEMORY;
    if (!(from < to))
        return bh_diag_set(diag, BH_ERR_TEXT, "--range: from %g to %g; it must rise",
                           from, to);
    for (size_t i = 0; i < POINTS; i++)
        x[i] = from + (to - from) * (double)i / (POINTS - 1);
    BH_TRY(evaluate(settings->what.link, settings->what.unit, x, y, diag));
    panel->title = settings->what.link;
    panel->x.label = "x (Pa)";
    panel->y.label = strcmp(settings->what.unit, "1") == 0 ? "drive"
                                                           : settings->what.unit;
    return sheet_add(
        sheet,
        (bh_chart_series){.x = x, .y = y, .count = POINTS, .mark = BH_CHART_LINE}, NULL,
        diag);
}
