/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/plot.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* "rate_hz" as people write it: "rate (Hz)". */
static void
axis_name(const char *name, char *label, size_t size)
{
    static const struct {
        const char *ending, *unit;
    } units[] = {{"_db_spl", "dB SPL"}, {"_db", "dB"},   {"_hz", "Hz"},
                 {"_s", "s"},           {"_rad", "rad"}, {"_cycles", "cycles"},
                 {"_pa", "Pa"},         {"_volt", "V"}};
    size_t length = strlen(name);
    const char *unit = NULL;
    for (size_t i = 0; i < sizeof units / sizeof units[0] && !unit; i++) {
        const size_t tail = strlen(units[i].ending);
        if (length > tail && strcmp(name + length - tail, units[i].ending) == 0) {
            unit = units[i].unit;
            length -= tail;
        }
    }
    if (unit && strcmp(unit, "Hz") == 0 && strncmp(name, "rate", 4) == 0)
        unit = "spikes/s";
    snprintf(label, size, "%.*s%s%s%s", (int)length, name, unit ? " (" : "",
             unit ? unit : "", unit ? ")" : "");
    for (char *c = label; *c; c++)
        if (*c == '_')
            *c = ' ';
}

static bool
is_number(const char *text)
{
    char *end = NULL;
    bh_text_number(text, &end);
    return *text && *end == 0;
}

/* "ch1,4,rate_hz": columns by name, or by number from 1 on (0 is the axis across). */
static bool
is_chosen(const bh_table *table, size_t column, const char *list)
{
    const char *name = bh_table_name(table, column);
    char number[24];
    snprintf(number, sizeof number, "%zu", column);
    for (const char *at = list; at && *at;) {
        const size_t length = strcspn(at, ",");
        if ((strlen(name) == length && strncmp(at, name, length) == 0) ||
            (strlen(number) == length && strncmp(at, number, length) == 0))
            return true;
        at += length + (at[length] == ',');
    }
    return !list;
}

/* Tables of histograms, as `analyse` writes them, have a column that is named count. */
static bh_chart_mark
mark_of(const struct plot_settings *settings, const bh_table *table, size_t column)
{
    static const bh_chart_mark marks[] = {
        [MARKS_LINE] = BH_CHART_LINE,
        [MARKS_BARS] = BH_CHART_BARS,
        [MARKS_STEPS] = BH_CHART_STEPS,
        [MARKS_POINTS] = BH_CHART_POINTS,
    };
    if (settings->what.marks != MARKS_AUTO)
        return marks[settings->what.marks];
    if (strncmp(bh_table_name(table, column), "count", 5) == 0)
        return settings->files.count > 1 ? BH_CHART_STEPS : BH_CHART_BARS;
    return bh_table_rows(table) <= 60 ? BH_CHART_DOTTED_LINE : BH_CHART_LINE;
}

static bh_status
add_column(const struct plot_settings *settings, const bh_table *table, size_t column,
           const char *file, struct sheet *sheet, bh_diag *diag)
{
    char label[64];
    const char *name = bh_table_name(table, column);
    const double cf_hz = bh_table_cf(table, column);
    if (settings->files.count > 1)
        snprintf(label, sizeof label, "%.30s %.30s", name, plot_file_name(file));
    else if (!isnan(cf_hz))
        snprintf(label, sizeof label, "%.5g Hz", cf_hz);
    else
        snprintf(label, sizeof label, "%s", name);
    return sheet_add(sheet,
                     (bh_chart_series){.x = bh_table_column(table, 0),
                                       .y = bh_table_column(table, column),
                                       .count = bh_table_rows(table),
                                       .mark = mark_of(settings, table, column)},
                     label, diag);
}

bh_status
plot_tables(const struct plot_settings *settings, bh_table *const *tables,
            struct sheet *sheet, bh_diag *diag)
{
    bh_chart_panel *panel = sheet_panel(sheet, diag);
    if (!panel)
        return BH_ERR_MEMORY;
    size_t chosen = 0, only = 0;
    for (size_t i = 0; i < settings->files.count; i++)
        for (size_t c = 1; c < bh_table_columns(tables[i]); c++)
            if (is_chosen(tables[i], c, settings->what.columns)) {
                BH_TRY(add_column(settings, tables[i], c, settings->files.text[i],
                                  sheet, diag));
                chosen++;
                only = c;
            }
    if (chosen == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "there is no column to plot%s%.100s in '%.200s'",
                           settings->what.columns ? " of " : "",
                           settings->what.columns ? settings->what.columns : "",
                           settings->files.text[0]);
    char(*text)[64] = sheet->labels + SERIES_MOST - 2; /* beyond all that are used */
    axis_name(bh_table_name(tables[0], 0), text[0], sizeof text[0]);
    panel->x.label = text[0];
    panel->x.log = strstr(text[0], "frequency (Hz)") != NULL;
    if (chosen == settings->files.count && !is_number(bh_table_name(tables[0], only))) {
        axis_name(bh_table_name(tables[0], only), text[1], sizeof text[1]);
        panel->y.label = text[1];
    }
    if (chosen == 1)
        sheet->series[sheet->series_count - 1].label = NULL;
    return BH_OK;
}

static bh_status
add_channel(const bh_sound *sound, size_t channel, bool spectrum, const char *label,
            struct sheet *sheet, bh_diag *diag)
{
    const size_t frames = bh_sound_frames(sound);
    const size_t rows = spectrum ? bh_sound_spectrum_lines(sound) : frames;
    double *x = sheet_numbers(sheet, rows, diag), *y = sheet_numbers(sheet, rows, diag);
    if (!x || !y)
        return BH_ERR_MEMORY;
    if (spectrum)
        BH_TRY(bh_sound_spectrum(sound, channel, y, NULL, diag));
    for (size_t i = 0; i < rows; i++)
        x[i] = spectrum ? (double)i / bh_sound_duration(sound)
                        : (double)i / bh_sound_samplerate(sound);
    for (size_t i = 0; !spectrum && i < rows; i++)
        y[i] = bh_sound_samples(sound)[i * bh_sound_channels(sound) + channel];
    return sheet_add(
        sheet, (bh_chart_series){.x = x, .y = y, .count = rows, .mark = BH_CHART_LINE},
        label, diag);
}

/* What lies 100 dB below the highest line is nobody's matter. */
static void
end_deep(bh_chart_panel *panel)
{
    double highest = -INFINITY;
    for (size_t s = 0; s < panel->count; s++)
        for (size_t i = 0; i < panel->series[s].count; i++)
            highest = fmax(highest, panel->series[s].y[i]);
    if (isfinite(highest)) {
        panel->y.to = 10 * ceil(highest / 10 + 0.1);
        panel->y.from = panel->y.to - 100;
    }
}

static bh_status
add_sound(const char *path, bool spectrum, struct sheet *sheet, bh_diag *diag)
{
    bh_soundfile_options options = bh_soundfile_options_default();
    bh_sound *sound = NULL;
    bh_soundfile_info info;
    BH_TRY(bh_soundfile_query(path, &info, diag));
    bh_chart_panel *panel = sheet_panel(sheet, diag);
    if (!panel)
        return BH_ERR_ARGUMENT;
    panel->title = plot_file_name(path);
    panel->x.label = spectrum ? "frequency (Hz)" : "time (s)";
    panel->y.label = spectrum ? "level (dB SPL)" : "pressure (Pa)";
    if (spectrum)
        panel->x = (bh_chart_axis){panel->x.label, true, 20, NAN};
    for (size_t ch = 0; ch < (size_t)info.channels; ch++) {
        char label[32];
        options.channel = (int)ch;
        BH_TRY(bh_sound_read(path, &options, &sound, diag));
        snprintf(label, sizeof label, "channel %zu", ch);
        const bh_status status = add_channel(
            sound, 0, spectrum, info.channels > 1 ? label : NULL, sheet, diag);
        bh_sound_free(sound);
        BH_TRY(status);
    }
    if (spectrum)
        end_deep(panel);
    return BH_OK;
}

bh_status
plot_sounds(const struct plot_settings *settings, bool spectrum, struct sheet *sheet,
            bh_diag *diag)
{
    sheet->columns = spectrum ? 0 : 1; /* waveforms are wide */
    for (size_t i = 0; i < settings->files.count; i++)
        BH_TRY(add_sound(settings->files.text[i], spectrum, sheet, diag));
    return BH_OK;
}
