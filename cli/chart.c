/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/chart.h"

#include "core/text.h"

#include <math.h>
#include <string.h>

#define CHART_OFFSET(member) .offset = offsetof(struct chart_settings, member)

static setting_parser parse_size, parse_ends;

enum { LOG_AUTO, LOG_NONE, LOG_X, LOG_Y, LOG_BOTH };
static const char *const log_names[] = {"auto", "none", "x", "y", "xy", NULL};

const struct setting chart_table[8] = {
    {"title", 0, "TEXT", "above the picture", .parse = parse_text, CHART_OFFSET(title)},
    {"xlabel", 0, "TEXT", "what the axis across says", .parse = parse_text,
     CHART_OFFSET(x_label)},
    {"ylabel", 0, "TEXT", "what the axis upwards says", .parse = parse_text,
     CHART_OFFSET(y_label)},
    {"size", 0, "WIDTH[xHEIGHT]", "in mm, as 85x60 for a column of a journal",
     .preset = "160", .parse = parse_size, CHART_OFFSET(size)},
    {"range", 0, "FROM:TO", "of the axis across, in its unit; either may be left out",
     .preset = ":", .shown = "all there is", .parse = parse_ends,
     CHART_OFFSET(x_range)},
    {"yrange", 0, "FROM:TO", "of the axis upwards", .preset = ":",
     .shown = "all there is", .parse = parse_ends, CHART_OFFSET(y_range)},
    {"log", 0, "none|x|y|xy", "which axes are logarithmic", .preset = "auto",
     .shown = "those of frequencies", .parse = parse_choice, .choices = log_names,
     CHART_OFFSET(log)},
    {"letters", 0, "POINTS", "size of the letters, points", .preset = "8",
     .parse = parse_factor, CHART_OFFSET(letter_pt)},
};

static bh_status
parse_size(const struct setting *setting, const char *text, void *target, bh_diag *diag)
{
    (void)setting;
    char *end = NULL;
    struct chart_size size = {bh_text_number(text, &end), NAN};
    bool right = end != text && size.width_mm > 0;
    if (right && (*end == 'x' || *end == 'X')) {
        const char *height = end + 1;
        size.height_mm = bh_text_number(height, &end);
        right = end != height && size.height_mm > 0;
    }
    if (!right || (*end && strcmp(end, "mm") != 0))
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "'%.60s' is no size in mm, such as 160 or 85x60", text);
    *(struct chart_size *)target = size;
    return BH_OK;
}

static bh_status
parse_ends(const struct setting *setting, const char *text, void *target, bh_diag *diag)
{
    (void)setting;
    char *end = NULL;
    struct chart_range range = {bh_text_number(text, &end), NAN};
    if (end == text)
        range.from = NAN;
    bool right = *end == ':';
    if (right) {
        const char *to = end + 1;
        range.to = bh_text_number(to, &end);
        if (end == to)
            range.to = NAN;
        right = *end == 0;
    }
    if (!right || range.from >= range.to)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "'%.60s' is no range, such as 0.1:0.5 or :100", text);
    *(struct chart_range *)target = range;
    return BH_OK;
}

bh_chart_options
chart_options(const struct chart_settings *settings)
{
    bh_chart_options options = bh_chart_options_default();
    options.width_mm = settings->size.width_mm;
    options.height_mm = settings->size.height_mm;
    options.title = settings->title;
    options.letter_pt = settings->letter_pt;
    return options;
}

void
chart_axes(const struct chart_settings *settings, bh_chart_panel *panel)
{
    const int log = settings->log;
    if (settings->x_label)
        panel->x.label = settings->x_label;
    if (settings->y_label)
        panel->y.label = settings->y_label;
    if (!isnan(settings->x_range.from))
        panel->x.from = settings->x_range.from;
    if (!isnan(settings->x_range.to))
        panel->x.to = settings->x_range.to;
    if (!isnan(settings->y_range.from))
        panel->y.from = settings->y_range.from;
    if (!isnan(settings->y_range.to))
        panel->y.to = settings->y_range.to;
    if (log != LOG_AUTO) {
        panel->x.log = log == LOG_X || log == LOG_BOTH;
        panel->y.log = log == LOG_Y || log == LOG_BOTH;
    }
}
