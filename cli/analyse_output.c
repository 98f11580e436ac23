/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/analyse.h"

#include "cli/json.h"
#include "cli/show.h"
#include "cli/text_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A cell of CSV (RFC 4180): in quotes where it has to be. */
static void
put_text(FILE *out, const char *text)
{
    if (!strpbrk(text, ",\"\n\r")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

/* What is not known is an empty cell. */
static void
put_number(FILE *out, double number)
{
    if (isfinite(number))
        fprintf(out, "%.10g", number);
}

static void
put_figures(FILE *out, const struct outcome *outcome, size_t count)
{
    fputs("file", out);
    for (size_t f = 0; f < outcome->figures; f++)
        fprintf(out, ",%s", outcome->figure[f].name);
    fputc('\n', out);
    for (size_t i = 0; i < count; i++) {
        put_text(out, outcome[i].name);
        for (size_t f = 0; f < outcome[i].figures; f++) {
            fputc(',', out);
            put_number(out, outcome[i].figure[f].value);
        }
        fputc('\n', out);
    }
}

/* The name of a column; where there are several conditions, with whose it is. */
static void
put_column_name(FILE *out, const char *name, const char *whose, size_t count)
{
    char text[256];
    snprintf(text, sizeof text, "%.60s%s%.180s", name, count > 1 ? " " : "",
             count > 1 ? whose : "");
    put_text(out, text);
}

/* Curve `k` of every condition side by side; the first column is that of the longest.
 */
static void
put_curve(FILE *out, const struct outcome *outcome, size_t count, size_t k)
{
    size_t longest = 0;
    for (size_t i = 1; i < count; i++)
        if (outcome[i].curve[k].rows > outcome[longest].curve[k].rows)
            longest = i;
    const struct curve *first = &outcome[longest].curve[k];
    fputs(first->column[0].name, out);
    for (size_t i = 0; i < count; i++)
        for (size_t c = 1; c < first->columns; c++) {
            fputc(',', out);
            put_column_name(out, first->column[c].name, outcome[i].name, count);
        }
    fputc('\n', out);
    for (size_t r = 0; r < first->rows; r++) {
        put_number(out, first->column[0].values[r]);
        for (size_t i = 0; i < count; i++)
            for (size_t c = 1; c < first->columns; c++) {
                const struct curve *curve = &outcome[i].curve[k];
                fputc(',', out);
                if (r < curve->rows)
                    put_number(out, curve->column[c].values[r]);
            }
        fputc('\n', out);
    }
}

/* One line for each moment, one column for each row of the neurogram. */
static void
put_grid(FILE *out, const struct grid *grid)
{
    fputs("time_s", out);
    for (size_t r = 0; r < grid->rows; r++)
        if (grid->cf_hz)
            fprintf(out, ",%.10g", grid->cf_hz[r]);
        else
            fprintf(out, ",row%zu", r);
    fputc('\n', out);
    for (size_t c = 0; c < grid->columns; c++) {
        put_number(out, grid->start_s + ((double)c + 1) * grid->column_s);
        for (size_t r = 0; r < grid->rows; r++) {
            fputc(',', out);
            put_number(out, grid->rate_hz[r * grid->columns + c]);
        }
        fputc('\n', out);
    }
}

/* "out.csv" and "psth" make "out-psth.csv", and "" "out.csv"; NULL without memory. */
static char *
beside(const char *path, const char *measure)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    const size_t stem = dot && dot > (slash ? slash + 1 : path) ? (size_t)(dot - path)
                                                                : strlen(path);
    const size_t size = strlen(path) + strlen(measure) + 2;
    char *name = malloc(size);
    if (name)
        snprintf(name, size, "%.*s%s%s%s", (int)stem, path, *measure ? "-" : "",
                 measure, path + stem);
    return name;
}

/* What a part of the output is: figures, curve `index`, or the neurogram of condition
 * `index`. */
struct part {
    enum { PART_FIGURES, PART_CURVE, PART_GRID } kind;
    size_t index;
};

static void
put_part(FILE *out, struct part part, const struct outcome *outcome, size_t count)
{
    switch (part.kind) {
    case PART_FIGURES:
        put_figures(out, outcome, count);
        break;
    case PART_CURVE:
        put_curve(out, outcome, count, part.index);
        break;
    case PART_GRID:
        put_grid(out, &outcome[part.index].grid);
        break;
    }
}

static bh_status
write_part(const char *path, struct part part, const char *measure,
           const struct outcome *outcome, size_t count, bh_diag *diag)
{
    struct text_file file;
    if (strcmp(path, "-") == 0) {
        if (part.kind != PART_FIGURES)
            printf("\n# %s\n", measure);
        put_part(stdout, part, outcome, count);
        return BH_OK;
    }
    char *name = beside(path, measure);
    if (!name)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a name");
    bh_status status = text_file_open(name, &file, diag);
    if (status == BH_OK) {
        put_part(file.out, part, outcome, count);
        status = text_file_close(&file, BH_OK, diag);
    }
    free(name);
    return status;
}

static bh_status
write_tables(const char *path, const struct outcome *outcome, size_t count,
             bh_diag *diag)
{
    BH_TRY(write_part(path, (struct part){PART_FIGURES, 0}, "", outcome, count, diag));
    for (size_t k = 0; k < outcome->curves; k++)
        BH_TRY(write_part(path, (struct part){PART_CURVE, k}, outcome->curve[k].measure,
                          outcome, count, diag));
    for (size_t i = 0; i < count && outcome[i].grid.rate_hz; i++) {
        char name[32] = "neurogram";
        if (count > 1)
            snprintf(name, sizeof name, "neurogram%zu", i);
        BH_TRY(
            write_part(path, (struct part){PART_GRID, i}, name, outcome, count, diag));
    }
    return BH_OK;
}

static void
put_json_curve(struct json *json, const struct curve *curve)
{
    json_object(json, curve->measure);
    for (size_t c = 0; c < curve->columns; c++) {
        json_list(json, curve->column[c].name);
        for (size_t r = 0; r < curve->rows; r++)
            json_number(json, NULL, curve->column[c].values[r]);
        json_close(json);
    }
    json_close(json);
}

static void
put_json_grid(struct json *json, const struct grid *grid)
{
    json_object(json, "neurogram");
    json_number(json, "column_s", grid->column_s);
    if (grid->cf_hz) {
        json_list(json, "cf_hz");
        for (size_t r = 0; r < grid->rows; r++)
            json_number(json, NULL, grid->cf_hz[r]);
        json_close(json);
    }
    json_list(json, "rate_hz");
    for (size_t r = 0; r < grid->rows; r++) {
        json_list(json, NULL);
        for (size_t c = 0; c < grid->columns; c++)
            json_number(json, NULL, grid->rate_hz[r * grid->columns + c]);
        json_close(json);
    }
    json_close(json);
    json_close(json);
}

static void
write_json(FILE *out, const struct outcome *outcome, size_t count)
{
    struct json json;
    json_begin(&json, out);
    json_list(&json, "results");
    for (size_t i = 0; i < count; i++) {
        json_object(&json, NULL);
        json_text(&json, "file", outcome[i].name);
        json_object(&json, "figures");
        for (size_t f = 0; f < outcome[i].figures; f++)
            json_number(&json, outcome[i].figure[f].name, outcome[i].figure[f].value);
        json_close(&json);
        json_object(&json, "curves");
        for (size_t k = 0; k < outcome[i].curves; k++)
            put_json_curve(&json, &outcome[i].curve[k]);
        json_close(&json);
        if (outcome[i].grid.rate_hz)
            put_json_grid(&json, &outcome[i].grid);
        json_close(&json);
    }
    json_end(&json);
}

bh_status
outcomes_write(const struct result_settings *settings, const struct outcome *outcome,
               size_t count, bh_diag *diag)
{
    const bool json = common()->json;
    const char *path = settings->path;
    if (!path && !json && !settings->picture)
        path = "-";
    if (path)
        BH_TRY(write_tables(path, outcome, count, diag));
    if (json)
        write_json(json_stream(path), outcome, count);
    return BH_OK;
}
