/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/weight_monitor.h"

#include "neurons/operation.h"
#include "neurons/synapses/synapses_internal.h"

#include <stdlib.h>
#include <string.h>

struct bh_weight_monitor {
    bh_synapses *synapses;
    char *variable;
    uint32_t *index; /* NULL: all */
    size_t width, count;
    double *values; /* of all synapses */
    double *rows, *time_s;
    size_t kept, capacity;
};

static bh_status
no_memory(const bh_synapses *s, bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a monitor of %s", s->name);
}

static void
release(void *user)
{
    bh_weight_monitor *monitor = user;
    free(monitor->variable);
    free(monitor->index);
    free(monitor->values);
    free(monitor->rows);
    free(monitor->time_s);
    free(monitor);
}

static bool
reserve(bh_weight_monitor *monitor)
{
    if (monitor->kept < monitor->capacity)
        return true;
    size_t capacity = 2 * monitor->capacity + 16, size;
    if (__builtin_mul_overflow(capacity, monitor->width * sizeof(double), &size))
        return false;
    double *rows = realloc(monitor->rows, size);
    monitor->rows = rows ? rows : monitor->rows;
    double *time_s = realloc(monitor->time_s, capacity * sizeof *time_s);
    monitor->time_s = time_s ? time_s : monitor->time_s;
    if (!rows || !time_s)
        return false;
    monitor->capacity = capacity;
    return true;
}

static bh_status
take(void *user, bh_network *net, double time_s, bh_diag *diag)
{
    bh_weight_monitor *monitor = user;
    (void)net;
    if (!reserve(monitor))
        return no_memory(monitor->synapses, diag);
    double *row = monitor->rows + monitor->kept * monitor->width;
    BH_TRY(bh_synapses_get(monitor->synapses, monitor->variable, monitor->values,
                           monitor->count, diag));
    for (size_t n = 0; n < monitor->width; n++)
        row[n] = monitor->values[monitor->index ? monitor->index[n] : n];
    monitor->time_s[monitor->kept++] = time_s;
    return BH_OK;
}

static bh_status
fill(bh_weight_monitor *monitor, const char *variable, const uint32_t *index,
     size_t count, bh_diag *diag)
{
    bh_synapses *s = monitor->synapses;
    monitor->count = bh_synapses_count(s);
    monitor->width = index ? count : monitor->count;
    if (monitor->width == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "there is no synapse of %s to record",
                           s->name);
    for (size_t n = 0; index && n < count; n++)
        if (index[n] >= monitor->count)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "synapse %u of %s cannot be recorded; there are %zu",
                               index[n], s->name, monitor->count);
    monitor->variable = malloc(strlen(variable) + 1);
    monitor->values = malloc(monitor->count * sizeof *monitor->values);
    monitor->index = index ? malloc(count * sizeof *index) : NULL;
    if (!monitor->variable || !monitor->values || (index && !monitor->index))
        return no_memory(s, diag);
    strcpy(monitor->variable, variable);
    if (index)
        memcpy(monitor->index, index, count * sizeof *index);
    return bh_synapses_get(s, variable, monitor->values, monitor->count, diag);
}

bh_status
bh_weight_monitor_new(bh_synapses *synapses, const char *variable,
                      const uint32_t *index, size_t count, double every_s,
                      bh_weight_monitor **out, bh_diag *diag)
{
    bh_weight_monitor *monitor = calloc(1, sizeof *monitor);
    if (!monitor)
        return no_memory(synapses, diag);
    monitor->synapses = synapses;
    bh_operation_config config = bh_operation_config_default(synapses->net);
    config.call = take;
    config.user = monitor;
    config.when = "start";
    config.every_s = every_s;
    bh_status status = fill(monitor, variable, index, count, diag);
    if (status == BH_OK)
        status = operation_add(synapses->net, &config, release, diag);
    if (status != BH_OK) {
        release(monitor);
        return status;
    }
    *out = monitor;
    return BH_OK;
}

bh_block
bh_weight_monitor_rows(const bh_weight_monitor *monitor)
{
    return (bh_block){monitor->rows, monitor->kept, monitor->width, monitor->width,
                      BH_DOUBLE};
}

const double *
bh_weight_monitor_times(const bh_weight_monitor *monitor)
{
    return monitor->time_s;
}
