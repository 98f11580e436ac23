/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/table_internal.h"
#include "models/model_internal.h"
#include "neurons/timed_array.h"

#include <stdlib.h>

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

static bh_status
read_file(const char *path, struct values *out, bh_diag *diag)
{
    bh_table *table = NULL;
    BH_TRY(bh_table_csv_read(path, false, &table, diag));
    bh_status status = BH_OK;
    out->columns = bh_table_columns(table);
    const size_t count = bh_table_rows(table) * out->columns;
    for (size_t i = 0; status == BH_OK && i < count; i++)
        status =
            add(out, bh_table_column(table, i % out->columns)[i / out->columns], diag);
    bh_table_free(table);
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
