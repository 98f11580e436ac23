/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "models/model_internal.h"
#include "neurons/timed_array.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Values over time, from the model or from CSV files. */

struct values {
    double *value;
    size_t count, capacity, columns;
};

static bh_status
add(struct values *values, double value, bh_diag *diag)
{
    if (values->count == values->capacity) {
        const size_t capacity = 2 * values->capacity + 256;
        double *bigger = realloc(values->value, capacity * sizeof *bigger);
        if (!bigger)
            return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for values");
        values->value = bigger;
        values->capacity = capacity;
    }
    values->value[values->count++] = value;
    return BH_OK;
}

/* One line of a CSV file; a first line that has no numbers is a heading. */
static bh_status
read_line(const char *line, size_t number, struct values *out, bh_diag *diag)
{
    const size_t before = out->count;
    for (const char *at = line;;) {
        char *end;
        const double value = bh_text_number(at, &end);
        const char *rest = end + strspn(end, " \t\r");
        if (end == at || (*rest != ',' && *rest != 0))
            return number == 1
                       ? BH_OK
                       : bh_diag_set(diag, BH_ERR_FORMAT,
                                     "line %zu is no row of numbers with commas "
                                     "between",
                                     number);
        BH_TRY(add(out, value, diag));
        if (*rest == 0)
            break;
        at = rest + 1;
    }
    const size_t columns = out->count - before;
    if (out->columns == 0)
        out->columns = columns;
    if (columns == out->columns)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_FORMAT, "line %zu has %zu values, those before %zu",
                       number, columns, out->columns);
}

static bh_status
read_file(const char *path, struct values *out, bh_diag *diag)
{
    enum { LONGEST = 1 << 20 };
    FILE *file = fopen(path, "r");
    char *line = malloc(LONGEST);
    bh_status status = BH_OK;
    if (!file)
        status = bh_diag_set(diag, BH_ERR_FILE, "cannot read '%.200s': %s", path,
                             strerror(errno));
    else if (!line)
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory for '%.200s'", path);
    for (size_t number = 1; status == BH_OK && fgets(line, LONGEST, file); number++) {
        line[strcspn(line, "\r\n")] = 0;
        if (*line)
            status = read_line(line, number, out, diag);
    }
    free(line);
    if (file)
        fclose(file);
    return status;
}

bh_status
model_si(const bh_namespace *names, const struct model_list *list, double *out,
         bh_diag *diag)
{
    for (size_t i = 0; i < list->count; i++)
        BH_TRY(model_evaluate(names, "value", &list->values[i], NULL, &out[i], diag));
    return BH_OK;
}

static bh_status
take_values(const bh_model *model, const struct model_timed *timed, struct values *out,
            bh_diag *diag)
{
    char path[MODEL_PATH_MAX];
    if (timed->file.node) {
        BH_TRY(model_path(&timed->file, path, sizeof path, diag));
        return model_blame_value(read_file(path, out, diag), diag, timed->file.node);
    }
    out->columns = (size_t)timed->columns.number;
    for (size_t i = 0; i < timed->values.count; i++) {
        double value = 0;
        BH_TRY(model_evaluate(model->names, "value", &timed->values.values[i], "1",
                              &value, diag));
        BH_TRY(add(out, value, diag));
    }
    if (out->count % out->columns != 0)
        return doc_error(diag, timed->values.node, BH_ERR_TEXT,
                         "%zu values are no rows of %zu", out->count, out->columns);
    return BH_OK;
}

/* Calls one of the two functions below with the array. */
static bh_status
with_array(const bh_model *model, const struct model_timed *timed, bh_group *group,
           bh_namespace *names, bh_diag *diag)
{
    bh_timed_array_config config = bh_timed_array_config_default();
    struct values values = {0}, times = {0};
    bh_status status = take_values(model, timed, &values, diag);
    for (size_t i = 0; status == BH_OK && i < timed->times.count; i++)
        status = add(&times, timed->times.values[i].number, diag);
    if (status == BH_OK) {
        config.values = values.value;
        config.columns = values.columns;
        config.rows = values.columns ? values.count / values.columns : 0;
        config.dt_s = timed->dt.number;
        config.start_s = timed->start.number;
        config.centred = timed->centred.number != 0;
        config.unit = timed->unit.text;
        config.times_s = times.value;
        if (timed->times.node && times.count != config.rows)
            status = doc_error(diag, timed->times.node, BH_ERR_TEXT,
                               "there are %zu times for %zu rows", times.count,
                               config.rows);
    }
    if (status == BH_OK) {
        const char *name = timed->object.name;
        status = group ? bh_group_set_timed_array(group, name, &config, diag)
                       : bh_namespace_set_timed_array(names, name, &config, diag);
        status = model_blame(status, diag, &timed->object, NULL, 0);
    }
    free(values.value);
    free(times.value);
    return status;
}

bh_status
model_define_timed(const bh_model *model, bh_namespace *names, size_t i, bh_diag *diag)
{
    return with_array(model, MODEL_PART(model, timed_arrays, model_timed, i), NULL,
                      names, diag);
}

bh_status
model_set_timed(const bh_model *model, bh_group *group, const struct model_timed *timed,
                bh_diag *diag)
{
    return with_array(model, timed, group, NULL, diag);
}
