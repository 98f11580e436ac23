/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/device/device_internal.h"

/* Arrays over time are the same for the whole run, and never change. */

static bh_status
place_table(struct device_run *run, const bh_table *host, void **out, bh_diag *diag)
{
    static const char what[] = "an array over time";
    bh_table table = *host;
    void *value, *time;
    BH_TRY(device_place(run, host->value,
                        (size_t)(host->rows * host->columns) * sizeof *host->value,
                        what, &value, diag));
    BH_TRY(device_place(run, host->time, (size_t)host->rows * sizeof *host->time, what,
                        &time, diag));
    table.value = value;
    table.time = time;
    return device_place(run, &table, sizeof table, what, out, diag);
}

bh_status
device_tables(struct device_run *run, const struct scope *scope,
              const bh_table *const **out, bh_diag *diag)
{
    void *tables[MOST_TABLES] = {NULL}, *placed;
    for (int n = 0; n < scope->tables; n++)
        BH_TRY(place_table(run, scope->table[n], &tables[n], diag));
    BH_TRY(device_place(run, tables, ((size_t)scope->tables + 1) * sizeof *tables,
                        "arrays over time", &placed, diag));
    *out = placed;
    return BH_OK;
}
