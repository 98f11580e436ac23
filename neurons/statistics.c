/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/statistics.h"

#include "core/block_internal.h"
#include "neurons/engine_internal.h"
#include "neurons/store_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bh_status
no_memory(const bh_group *group, bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a monitor of %s",
                       group->name);
}

/* Hands the spikes of each window to a sink that is freed with the group. */
static bh_status
listen(bh_group *group, bh_status (*sink)(void *, bh_events, bh_diag *), void *user,
       void (*release)(void *), void (*visit)(void *, struct state *), bh_diag *diag)
{
    bh_spike_monitor *monitor;
    bh_spike_monitor_config config = bh_spike_monitor_config_default();
    config.record = false;
    config.sink = sink;
    config.user = user;
    bh_status status = bh_spike_monitor_new(group, &config, &monitor, diag);
    if (status == BH_OK)
        monitor->release = release, monitor->visit = visit;
    else
        release(user);
    return status;
}

static int64_t
step_of(const bh_group *group, double time_s)
{
    return (int64_t)nearbyint(time_s / group->net->config.dt_s);
}

struct bh_spike_counter {
    size_t neurons;
    uint64_t *count;
};

static void
counter_visit(void *user, struct state *state)
{
    const bh_spike_counter *counter = user;
    state_bytes(state, counter->count, counter->neurons * sizeof *counter->count);
}

static void
counter_release(void *user)
{
    bh_spike_counter *counter = user;
    free(counter->count);
    free(counter);
}

static bh_status
counter_add(void *user, bh_events events, bh_diag *diag)
{
    const bh_spike_counter *counter = user;
    (void)diag;
    for (size_t s = 0; s < events.count; s++)
        counter->count[events.index[s]]++;
    return BH_OK;
}

bh_status
bh_spike_counter_new(bh_group *group, bh_spike_counter **out, bh_diag *diag)
{
    bh_spike_counter *counter = calloc(1, sizeof *counter);
    if (counter)
        counter->count = calloc(group->count, sizeof *counter->count);
    if (!counter || !counter->count) {
        free(counter);
        return no_memory(group, diag);
    }
    counter->neurons = group->count;
    BH_TRY(listen(group, counter_add, counter, counter_release, counter_visit, diag));
    *out = counter;
    return BH_OK;
}

const uint64_t *
bh_spike_counter_counts(const bh_spike_counter *counter)
{
    return counter->count;
}

struct bh_rate_monitor {
    bh_group *group;
    int64_t first, bin; /* steps */
    uint64_t *count;    /* [capacity] */
    double *rates;
    size_t capacity, rated;
};

static void
rate_release(void *user)
{
    bh_rate_monitor *monitor = user;
    free(monitor->count);
    free(monitor->rates);
    free(monitor);
}

static void
rate_visit(void *user, struct state *state)
{
    bh_rate_monitor *monitor = user;
    size_t bins = monitor->capacity, room = bins;
    STATE_VALUE(state, monitor->first);
    state_array(state, (void **)&monitor->count, &bins, &room, sizeof *monitor->count);
    monitor->rated = 0; /* to be computed again */
    if (bins < room && !state->failed)
        memset(monitor->count + bins, 0, (room - bins) * sizeof *monitor->count);
    monitor->capacity = room;
}

static bh_status
rate_add(void *user, bh_events events, bh_diag *diag)
{
    bh_rate_monitor *monitor = user;
    if (events.count == 0)
        return BH_OK;
    int64_t last = step_of(monitor->group, events.time_s[events.count - 1]);
    size_t bins = (size_t)((last - monitor->first) / monitor->bin) + 1;
    if (bins > monitor->capacity) {
        uint64_t *more = realloc(monitor->count, 2 * bins * sizeof *more);
        if (!more)
            return no_memory(monitor->group, diag);
        memset(more + monitor->capacity, 0,
               (2 * bins - monitor->capacity) * sizeof *more);
        monitor->count = more;
        monitor->capacity = 2 * bins;
    }
    for (size_t s = 0; s < events.count; s++)
        monitor->count[(step_of(monitor->group, events.time_s[s]) - monitor->first) /
                       monitor->bin]++;
    return BH_OK;
}

bh_status
bh_rate_monitor_new(bh_group *group, double bin_s, bh_rate_monitor **out, bh_diag *diag)
{
    double bin = bin_s / group->net->config.dt_s;
    if (!(bin > 0.5) || bin > 1e15 || fabs(bin - nearbyint(bin)) > 1e-4 * bin)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "bins of %g s; they must be a multiple of the time step, %g "
                           "s",
                           bin_s, group->net->config.dt_s);
    bh_rate_monitor *monitor = calloc(1, sizeof *monitor);
    if (!monitor)
        return no_memory(group, diag);
    monitor->group = group;
    monitor->first = group->net->step;
    monitor->bin = (int64_t)nearbyint(bin);
    BH_TRY(listen(group, rate_add, monitor, rate_release, rate_visit, diag));
    *out = monitor;
    return BH_OK;
}

bh_status
bh_rate_monitor_rates(bh_rate_monitor *monitor, const double **rates_hz, size_t *count,
                      bh_diag *diag)
{
    const bh_network *net = monitor->group->net;
    size_t bins = (size_t)((net->step - monitor->first) / monitor->bin);
    double whole = (double)monitor->group->count * (double)monitor->bin *
                   net->config.dt_s;
    if (bins > monitor->rated || !monitor->rates) {
        double *more = realloc(monitor->rates, (bins + 1) * sizeof *more);
        if (!more)
            return no_memory(monitor->group, diag);
        monitor->rates = more;
    }
    for (size_t b = monitor->rated; b < bins; b++)
        monitor->rates[b] = b < monitor->capacity ? (double)monitor->count[b] / whole
                                                  : 0;
    monitor->rated = bins;
    *rates_hz = monitor->rates;
    *count = bins;
    return BH_OK;
}

bh_status
bh_rate_monitor_smooth(bh_rate_monitor *monitor, bh_rate_window window, double width_s,
                       double *rates_hz, size_t count, bh_diag *diag)
{
    const double *rates;
    size_t bins;
    double width = width_s / ((double)monitor->bin * monitor->group->net->config.dt_s);
    BH_TRY(bh_rate_monitor_rates(monitor, &rates, &bins, diag));
    if (count != bins || !(width > 0) || width > 1e9)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a window of %g s for %zu rates; there are %zu, and the "
                           "window must be longer than 0 s",
                           width_s, count, bins);
    int64_t half = (int64_t)nearbyint(window == BH_RATE_FLAT ? width / 2 : 2 * width);
    double sum = 0;
    for (int64_t k = -half; k <= half; k++)
        sum += window == BH_RATE_FLAT ? 1 : exp(-(double)(k * k) / (2 * width * width));
    for (size_t b = 0; b < bins; b++) {
        double smooth = 0;
        int64_t low = -half > -(int64_t)b ? -half : -(int64_t)b;
        for (int64_t k = low; k <= half && (int64_t)b + k < (int64_t)bins; k++)
            smooth += rates[(int64_t)b + k] *
                      (window == BH_RATE_FLAT
                           ? 1
                           : exp(-(double)(k * k) / (2 * width * width)));
        rates_hz[b] = smooth / sum;
    }
    return BH_OK;
}

struct bh_histogram {
    bh_group *group;
    double *edges; /* [bins + 1] */
    size_t bins;
    uint64_t *count;
    int64_t *last; /* of each neuron: the step of its last spike, or -1 */
};

static void
histogram_release(void *user)
{
    bh_histogram *histogram = user;
    free(histogram->edges);
    free(histogram->count);
    free(histogram->last);
    free(histogram);
}

static void
histogram_visit(void *user, struct state *state)
{
    bh_histogram *histogram = user;
    state_bytes(state, histogram->count, histogram->bins * sizeof *histogram->count);
    state_bytes(state, histogram->last,
                histogram->group->count * sizeof *histogram->last);
}

static bh_status
histogram_new(bh_group *group, const double *edges, size_t bins, bh_histogram **out,
              bh_diag *diag)
{
    for (size_t b = 0; b < bins; b++)
        if (!(edges[b + 1] > edges[b]))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "edge %zu of a histogram is %g, not above %g", b + 1,
                               edges[b + 1], edges[b]);
    if (bins == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "a histogram needs a bin or more");
    bh_histogram *histogram = calloc(1, sizeof *histogram);
    if (!histogram)
        return no_memory(group, diag);
    histogram->group = group;
    histogram->bins = bins;
    histogram->edges = malloc((bins + 1) * sizeof *histogram->edges);
    histogram->count = calloc(bins, sizeof *histogram->count);
    histogram->last = malloc(group->count * sizeof *histogram->last);
    if (!histogram->edges || !histogram->count || !histogram->last) {
        histogram_release(histogram);
        return no_memory(group, diag);
    }
    memcpy(histogram->edges, edges, (bins + 1) * sizeof *edges);
    for (size_t n = 0; n < group->count; n++)
        histogram->last[n] = -1;
    *out = histogram;
    return BH_OK;
}

static void
put(bh_histogram *histogram, double value)
{
    size_t low = 0, high = histogram->bins;
    if (!(value >= histogram->edges[0] && value < histogram->edges[high]))
        return;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (value >= histogram->edges[middle])
            low = middle;
        else
            high = middle;
    }
    histogram->count[low]++;
}

static bh_status
add_intervals(void *user, bh_events events, bh_diag *diag)
{
    bh_histogram *histogram = user;
    (void)diag;
    for (size_t s = 0; s < events.count; s++) {
        int64_t step = step_of(histogram->group, events.time_s[s]);
        int64_t *last = &histogram->last[events.index[s]];
        if (*last >= 0)
            put(histogram, (double)(step - *last) * histogram->group->net->config.dt_s);
        *last = step;
    }
    return BH_OK;
}

bh_status
bh_interval_histogram_new(bh_group *group, const double *edges, size_t bins,
                          bh_histogram **out, bh_diag *diag)
{
    bh_histogram *histogram = NULL;
    BH_TRY(histogram_new(group, edges, bins, &histogram, diag));
    BH_TRY(listen(group, add_intervals, histogram, histogram_release, histogram_visit,
                  diag));
    *out = histogram;
    return BH_OK;
}

static bh_status
add_values(void *user, const char *variable, double first_s, bh_block rows,
           bh_diag *diag)
{
    (void)variable, (void)first_s, (void)diag;
    for (size_t k = 0; k < rows.frames; k++)
        for (size_t n = 0; n < rows.channels; n++)
            put(user, bh_block_get(rows, k, n));
    return BH_OK;
}

bh_status
bh_state_histogram_new(bh_group *group, const char *variable, double every_s,
                       const double *edges, size_t bins, bh_histogram **out,
                       bh_diag *diag)
{
    bh_histogram *histogram = NULL;
    bh_state_monitor *monitor;
    bh_state_monitor_config config = bh_state_monitor_config_default(group);
    BH_TRY(histogram_new(group, edges, bins, &histogram, diag));
    config.variables = variable;
    config.every_s = every_s;
    config.record = false;
    config.sink = add_values;
    config.user = histogram;
    bh_status status = bh_state_monitor_new(group, &config, &monitor, diag);
    if (status != BH_OK) {
        histogram_release(histogram);
        return status;
    }
    monitor->release = histogram_release;
    monitor->visit = histogram_visit;
    *out = histogram;
    return BH_OK;
}

const uint64_t *
bh_histogram_counts(const bh_histogram *histogram)
{
    return histogram->count;
}

struct bh_spike_average {
    bh_group *group;
    bh_state_monitor *recent;
    size_t variable, rows, width;
    uint64_t spikes;
    double *sum, *mean; /* [rows][width] */
};

static void
average_release(void *user)
{
    bh_spike_average *average = user;
    free(average->sum);
    free(average->mean);
    free(average);
}

static void
average_visit(void *user, struct state *state)
{
    bh_spike_average *average = user;
    STATE_VALUE(state, average->spikes);
    state_bytes(state, average->sum,
                average->rows * average->width * sizeof *average->sum);
}

/* Adds the rows before each spike; the monitor has those of this window already. */
static bh_status
average_add(void *user, bh_events events, bh_diag *diag)
{
    bh_spike_average *average = user;
    const bh_state_monitor *recent = average->recent;
    (void)diag;
    for (size_t s = 0; s < events.count; s++) {
        int64_t tick = step_of(average->group, events.time_s[s]) / recent->every;
        int64_t row = (int64_t)recent->kept - (recent->tick - tick);
        int64_t first = row + 1 - (int64_t)average->rows;
        if (first < 0 || row >= (int64_t)recent->kept)
            continue;
        bh_block block =
            state_view(recent, average->variable, (size_t)first, average->rows);
        for (size_t k = 0; k < average->rows; k++)
            for (size_t c = 0; c < average->width; c++)
                average->sum[k * average->width + c] += bh_block_get(block, k, c);
        average->spikes++;
    }
    return BH_OK;
}

bh_status
bh_spike_average_new(bh_group *group, bh_state_monitor *recent, const char *variable,
                     size_t rows, bh_spike_average **out, bh_diag *diag)
{
    size_t v = 0, size = 0;
    BH_TRY(state_find(recent, variable, &v, diag));
    if (recent->group->net != group->net)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "%s and %s belong to two networks",
                           group->name, recent->group->name);
    if (!recent->config.record || rows == 0 ||
        (recent->depth > 0 && rows > recent->depth))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "an average over %zu rows of a monitor that keeps %zu; "
                           "there must be 1 to so many",
                           rows, recent->depth);
    bh_spike_average *average = calloc(1, sizeof *average);
    if (!average || __builtin_mul_overflow(rows, recent->width, &size)) {
        free(average);
        return no_memory(group, diag);
    }
    *average = (bh_spike_average){.group = group,
                                  .recent = recent,
                                  .variable = v,
                                  .rows = rows,
                                  .width = recent->width,
                                  .sum = calloc(size, sizeof *average->sum),
                                  .mean = calloc(size, sizeof *average->mean)};
    if (!average->sum || !average->mean) {
        average_release(average);
        return no_memory(group, diag);
    }
    BH_TRY(listen(group, average_add, average, average_release, average_visit, diag));
    *out = average;
    return BH_OK;
}

bh_block
bh_spike_average_rows(bh_spike_average *average, uint64_t *spikes)
{
    for (size_t i = 0; i < average->rows * average->width; i++)
        average->mean[i] =
            average->spikes > 0 ? average->sum[i] / (double)average->spikes : NAN;
    *spikes = average->spikes;
    return (bh_block){average->mean, average->rows, average->width, average->width,
                      BH_DOUBLE};
}
