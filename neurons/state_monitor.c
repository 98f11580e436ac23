/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/state_monitor.h"

#include "neurons/spread_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bh_state_monitor_config
bh_state_monitor_config_default(const bh_group *group)
{
    return (bh_state_monitor_config){
        .every_s = group->dt_s, .when = "start", .record = true, .recent_s = INFINITY};
}

void
state_free(bh_state_monitor *monitor)
{
    for (size_t v = 0; monitor->recorded && v < monitor->variables; v++) {
        free(monitor->recorded[v].rows);
        free(monitor->recorded[v].scratch);
    }
    if (monitor->release)
        monitor->release(monitor->config.user);
    free(monitor->recorded);
    free(monitor->columns);
    free(monitor->first);
    free(monitor);
}

/* What is no stored variable is computed where it is recorded. */
static bh_status
compile_value(bh_state_monitor *monitor, struct recorded *recorded, bh_diag *diag)
{
    bh_group *group = monitor->group;
    const char *name = recorded->symbol->name;
    const struct text text = {name, name, strlen(name)};
    const struct node node = {
        .code = OP_LOAD, .at = name, .symbol = (void *)recorded->symbol};
    group->lang.diag = diag;
    struct env env = {.code = code_new(&group->lang, group->precision)};
    if (!env.code)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a monitor");
    group_guard(group, &env, monitor->at_end ? 0 : 1);
    env.code->result = lower_expression(&env, &node);
    BH_TRY(code_finish(env.code, &text));
    code_fuse(env.code);
    BH_TRY(group_refuse_noise(group, env.code, &text));
    BH_TRY(interp_prepare(&group->lang, env.code, &recorded->interp));
    recorded->scratch_size = (interp_scratch_size(&recorded->interp) + 63) / 64 * 64;
    recorded->scratch = aligned_alloc(
        64, recorded->scratch_size * (size_t)bh_pool_threads(group->net->pool));
    recorded->code = env.code;
    return recorded->scratch
               ? BH_OK
               : bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a monitor");
}

static bh_status
find_variable(bh_state_monitor *monitor, const char *name, struct recorded *recorded,
              bh_diag *diag)
{
    const struct symbol *symbol = scope_find(&monitor->group->scope, name);
    bool computed = symbol &&
                    (symbol->kind == SYMBOL_LASTSPIKE ||
                     symbol->kind == SYMBOL_NOT_REFRACTORY ||
                     (symbol->kind == SYMBOL_SUBEXPRESSION && symbol->slot < 0));
    if (!computed && (!symbol || symbol->kind != SYMBOL_SUBEXPRESSION))
        symbol = group_variable(monitor->group, name, diag);
    recorded->symbol = symbol;
    if (!symbol)
        return BH_ERR_ARGUMENT;
    return computed ? compile_value(monitor, recorded, diag) : BH_OK;
}

/* Splits the list of names. */
static bh_status
find_variables(bh_state_monitor *monitor, const char *names, bh_diag *diag)
{
    static const char *const between = " ,\t\n";
    bh_group *group = monitor->group;
    char *list =
        bh_arena_text(group->arena, names ? names : "", names ? strlen(names) : 0);
    if (!list)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a monitor");
    size_t most = strlen(list) / 2 + 1;
    monitor->recorded = calloc(most, sizeof *monitor->recorded);
    if (!monitor->recorded)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a monitor");
    for (char *name = list + strspn(list, between); *name;) {
        char *end = name + strcspn(name, between), *next = end + strspn(end, between);
        *end = 0;
        struct recorded *recorded = &monitor->recorded[monitor->variables++];
        BH_TRY(find_variable(monitor, name, recorded, diag));
        name = next;
    }
    if (monitor->variables == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a state monitor of %s needs the name of a variable",
                           group->name);
    return BH_OK;
}

static int
compare(const void *a, const void *b)
{
    const struct column *x = a, *y = b;
    if (x->neuron != y->neuron)
        return x->neuron < y->neuron ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

/* Which columns each block fills. */
static bh_status
arrange_columns(bh_state_monitor *monitor, const uint32_t *index, bh_diag *diag)
{
    const bh_group *group = monitor->group;
    size_t count = monitor->width;
    monitor->columns = malloc(count * sizeof *monitor->columns);
    monitor->first = calloc(group->blocks + 1, sizeof *monitor->first);
    if (!monitor->columns || !monitor->first)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a monitor");
    for (size_t c = 0; c < count; c++) {
        if (index[c] >= group->count)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "neuron %u of %s cannot be recorded; there are %zu",
                               index[c], group->name, group->count);
        monitor->columns[c] = (struct column){index[c], (uint32_t)c};
    }
    qsort(monitor->columns, count, sizeof *monitor->columns, compare);
    for (size_t b = 0, c = 0; b <= group->blocks; b++) {
        while (c < count && monitor->columns[c].neuron / BLOCK < b)
            c++;
        monitor->first[b] = c;
    }
    return BH_OK;
}

bh_status
state_reserve(bh_state_monitor *monitor, size_t rows, bh_diag *diag)
{
    bh_precision precision = monitor->group->precision;
    if (rows <= monitor->capacity)
        return BH_OK;
    for (size_t v = 0; v < monitor->variables; v++) {
        void *more = row_new(rows, monitor->stride, precision);
        if (!more)
            return bh_diag_set(diag, BH_ERR_MEMORY,
                               "no memory for %zu rows of %zu values of %s", rows,
                               monitor->width, monitor->group->name);
        if (monitor->kept > 0)
            memcpy(more, monitor->recorded[v].rows,
                   monitor->kept * monitor->stride * bh_precision_size(precision));
        free(monitor->recorded[v].rows);
        monitor->recorded[v].rows = more;
    }
    monitor->capacity = rows;
    return BH_OK;
}

static bh_status
fill(bh_state_monitor *monitor, bh_diag *diag)
{
    const bh_state_monitor_config *config = &monitor->config;
    const bh_group *group = monitor->group;
    double dt_s = group->net->config.dt_s, every = config->every_s / dt_s;
    if (!(every > 0.5) || every > 1e15 || fabs(every - nearbyint(every)) > 1e-4 * every)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "every %g s; it must be a multiple of the time step, %g s",
                           config->every_s, dt_s);
    monitor->every = (int64_t)nearbyint(every);
    monitor->at_end = config->when && strcmp(config->when, "end") == 0;
    if (!monitor->at_end && (!config->when || strcmp(config->when, "start") != 0))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "states cannot be recorded at '%s'; they can at 'start' or "
                           "'end'",
                           config->when ? config->when : "");
    if (!(config->recent_s >= 0))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the last %g s; it must be 0 s or longer", config->recent_s);
    if (config->index && config->count == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "no neuron of %s to record",
                           group->name);
    monitor->width = config->index ? config->count : group->count;
    monitor->stride = row_stride(monitor->width);
    BH_TRY(find_variables(monitor, config->variables, diag));
    if (config->index)
        BH_TRY(arrange_columns(monitor, config->index, diag));
    if (!config->record || isinf(config->recent_s))
        return BH_OK;
    if (config->recent_s / config->every_s > 1e12)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "%g s are too many rows to keep",
                           config->recent_s);
    /* Rows move to the front only now and then. */
    size_t window = BH_WINDOW_MAX / (size_t)monitor->every + 1;
    monitor->depth = (size_t)(config->recent_s / config->every_s + 1e-6) + 1;
    size_t spare = monitor->depth > window ? monitor->depth : window;
    return state_reserve(monitor, monitor->depth + window + spare, diag);
}

bh_status
bh_state_monitor_new(bh_group *group, const bh_state_monitor_config *config,
                     bh_state_monitor **out, bh_diag *diag)
{
    bh_state_monitor *monitor = calloc(1, sizeof *monitor);
    if (!monitor)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a monitor");
    monitor->config = *config;
    monitor->group = group;
    bh_status status = fill(monitor, diag);
    monitor->config.index = NULL; /* both were read */
    monitor->config.variables = NULL;
    if (status != BH_OK) {
        state_free(monitor);
        return status;
    }
    bh_state_monitor **end = &group->states;
    while (*end)
        end = &(*end)->next;
    *end = monitor;
    group->net->layout++;
    if (out)
        *out = monitor;
    return BH_OK;
}

/* The first multiple of `every` at or behind a step, counted in `every`. */
static int64_t
tick_from(int64_t step, int64_t every)
{
    return (step + every - 1) / every;
}

bh_status
state_begin(bh_group *group, size_t steps, bh_diag *diag)
{
    int64_t step = group->net->step;
    for (bh_state_monitor *m = group->states; m; m = m->next) {
        size_t element = bh_precision_size(group->precision);
        m->tick = tick_from(step, m->every);
        m->coming = (size_t)(tick_from(step + (int64_t)steps, m->every) - m->tick);
        if (!m->config.record)
            m->kept = 0;
        size_t rows = m->kept + m->coming;
        if (rows <= m->capacity)
            continue;
        if (m->depth == 0) {
            BH_TRY(state_reserve(m, 2 * rows, diag));
            continue;
        }
        for (size_t v = 0; v < m->variables; v++)
            memmove(m->recorded[v].rows,
                    row_at(m->recorded[v].rows, m->kept - m->depth, m->stride,
                           group->precision),
                    m->depth * m->stride * element);
        m->kept = m->depth;
    }
    return BH_OK;
}

bh_block
state_view(const bh_state_monitor *monitor, size_t variable, size_t first, size_t rows)
{
    bh_precision precision = monitor->group->precision;
    return (bh_block){
        row_at(monitor->recorded[variable].rows, first, monitor->stride, precision),
        rows, monitor->width, monitor->stride, precision};
}

bh_status
state_end(bh_group *group, bh_diag *diag)
{
    for (bh_state_monitor *m = group->states; m; m = m->next) {
        size_t first = m->kept, rows = m->coming;
        double first_s = (double)(m->tick * m->every) * group->net->config.dt_s;
        if (rows == 0)
            continue;
        m->kept += rows;
        m->count += rows;
        m->tick += (int64_t)rows;
        m->coming = 0;
        /* of several processes only the first tells the user's code */
        const bool told =
            m->config.sink &&
            (!group->net->spread || group->net->spread->rank == 0 || m->release);
        for (size_t v = 0; told && v < m->variables; v++)
            BH_TRY(m->config.sink(m->config.user, m->recorded[v].symbol->name, first_s,
                                  state_view(m, v, first, rows), diag));
    }
    return BH_OK;
}

bool
state_wants(const bh_state_monitor *monitor, size_t b, int64_t step, bool at_end)
{
    return monitor->at_end == at_end && step % monitor->every == 0 &&
           (!monitor->columns || monitor->first[b + 1] > monitor->first[b]);
}

int64_t
state_next(const bh_group *group, size_t b, int64_t step)
{
    int64_t next = INT64_MAX;
    for (const bh_state_monitor *m = group->states; m; m = m->next) {
        if (m->columns && m->first[b + 1] == m->first[b])
            continue;
        int64_t own = tick_from(m->at_end ? step : step + 1, m->every) * m->every +
                      (m->at_end ? 1 : 0);
        next = own < next ? own : next;
    }
    return next;
}

void
state_copy(bh_state_monitor *monitor, size_t variable, size_t b, int64_t step,
           const void *values)
{
    const bh_group *group = monitor->group;
    bh_precision precision = group->precision;
    size_t element = bh_precision_size(precision), count = group->count - b * BLOCK;
    size_t row = monitor->kept + (size_t)(step / monitor->every - monitor->tick);
    char *out =
        row_at(monitor->recorded[variable].rows, row, monitor->stride, precision);
    if (!monitor->columns) {
        memcpy(out + b * BLOCK * element, values,
               (count < BLOCK ? count : BLOCK) * element);
        return;
    }
    for (size_t c = monitor->first[b]; c < monitor->first[b + 1]; c++) {
        const struct column *column = &monitor->columns[c];
        if (precision == BH_SINGLE)
            ((float *)out)[column->column] =
                ((const float *)values)[column->neuron % BLOCK];
        else
            ((double *)out)[column->column] =
                ((const double *)values)[column->neuron % BLOCK];
    }
}

uint64_t
bh_state_monitor_count(const bh_state_monitor *monitor)
{
    return monitor->count;
}

bh_status
state_find(const bh_state_monitor *monitor, const char *variable, size_t *out,
           bh_diag *diag)
{
    for (size_t v = 0; v < monitor->variables; v++)
        if (strcmp(monitor->recorded[v].symbol->name, variable) == 0) {
            *out = v;
            return BH_OK;
        }
    return bh_diag_set(diag, BH_ERR_ARGUMENT, "'%s' of %s is not recorded here",
                       variable, monitor->group->name);
}

/* How many of the rows in memory are the monitor's word. */
static size_t
rows_there(const bh_state_monitor *monitor)
{
    if (!monitor->config.record)
        return 0;
    if (monitor->depth > 0 && monitor->kept > monitor->depth)
        return monitor->depth;
    return monitor->kept;
}

bh_status
bh_state_monitor_rows(const bh_state_monitor *monitor, const char *variable,
                      bh_block *out, bh_diag *diag)
{
    size_t v = 0, rows = rows_there(monitor);
    BH_TRY(state_find(monitor, variable, &v, diag));
    *out = state_view(monitor, v, monitor->kept - rows, rows);
    return BH_OK;
}

double
bh_state_monitor_time(const bh_state_monitor *monitor, size_t row)
{
    int64_t tick = monitor->tick - (int64_t)rows_there(monitor) + (int64_t)row;
    return (double)(tick * monitor->every) * monitor->group->net->config.dt_s;
}

bh_status
bh_state_monitor_past(const bh_state_monitor *monitor, const char *variable,
                      double lag_s, bh_block *out, bh_diag *diag)
{
    size_t v = 0, rows = rows_there(monitor);
    double every_s = (double)monitor->every * monitor->group->net->config.dt_s;
    BH_TRY(state_find(monitor, variable, &v, diag));
    double back = floor(lag_s / every_s + 1e-6);
    if (!(back >= 0) || back >= (double)rows)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%g s ago is not among the %zu rows of %s", lag_s, rows,
                           monitor->group->name);
    *out = state_view(monitor, v, monitor->kept - 1 - (size_t)back, 1);
    return BH_OK;
}
