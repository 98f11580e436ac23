/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/device/device_internal.h"
#include "neurons/spread_internal.h"
#include "neurons/synapses/trace_internal.h"

#include "core/comm_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bh_network_config
bh_network_config_default(void)
{
    /* See docs/decisions/0003-engine.md. */
    return (bh_network_config){
        .dt_s = 1e-4, .random = BH_RANDOM_FAST, .code = BH_CODE_AUTO};
}

/* All processors, shared out among the processes of this machine; or as many as are
 * wanted. */
static bh_status
take_threads(bh_network *net, bh_diag *diag)
{
    const int share = comm_threads(net->config.comm);
    BH_TRY(bh_pool_new(net->config.threads, &net->pool, diag));
    if (net->config.threads > 0 || share == 0 || bh_pool_threads(net->pool) <= share)
        return BH_OK;
    bh_pool_free(net->pool);
    net->pool = NULL;
    return bh_pool_new(share, &net->pool, diag);
}

bh_status
bh_network_new(const bh_network_config *given, bh_network **out, bh_diag *diag)
{
    bh_network_config config = given ? *given : bh_network_config_default();
    if (!(config.dt_s > 0) || !isfinite(config.dt_s))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the time step is %g s; it must be above 0", config.dt_s);
    if (config.window > BH_WINDOW_MAX)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "a window of %zu steps; it can have 1 to %d, or 0 for what suits",
            config.window, BH_WINDOW_MAX);
    bh_network *net = calloc(1, sizeof *net);
    if (!net)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a network");
    net->config = config;
    net->random = bh_random_ops_get();
    net->vector = BH_ISA_PICK(vector_ops);
    bh_status status = take_threads(net, diag);
    if (status == BH_OK)
        status = spread_new(net, diag);
    if (status != BH_OK) {
        bh_network_free(net);
        return status;
    }
    *out = net;
    return BH_OK;
}

void
bh_network_free(bh_network *net)
{
    if (!net)
        return;
    device_end(net);
    if (net->device_program)
        net->config.device->ops->unload(net->config.device, net->device_program);
    step_free(net);
    schedule_free(net);
    for (struct link *link = net->links, *next; link; link = next) {
        next = link->next;
        link_free(link);
    }
    for (struct feed *feed = net->feeds, *next; feed; feed = next) {
        next = feed->next;
        feed_free(feed);
    }
    for (bh_synapses *synapses = net->synapses, *next; synapses; synapses = next) {
        next = synapses->next;
        synapses_free(synapses);
    }
    for (bh_group *group = net->groups, *next; group; group = next) {
        next = group->next;
        group_free(group);
    }
    for (struct operation *op = net->operations, *next; op; op = next) {
        next = op->next;
        operation_free(op);
    }
    spread_free(net);
    bh_pool_free(net->pool);
    jit_free(net->library);
    free(net->code);
    free(net->cuda);
    free(net->event_time);
    free(net->event_index);
    free(net);
}

double
bh_network_time(const bh_network *net)
{
    return (double)net->step * net->config.dt_s;
}

double
bh_network_dt(const bh_network *net)
{
    return net->config.dt_s;
}

int
bh_network_threads(const bh_network *net)
{
    return bh_pool_threads(net->pool);
}

const char *
bh_network_notice(const bh_network *net)
{
    return net->notice[0] ? net->notice : NULL;
}

bh_status
bh_network_code(bh_network *net, const char **text, bh_diag *diag)
{
    BH_TRY(program_write(net, diag));
    *text = net->code;
    return BH_OK;
}

void
bh_network_report(bh_network *net,
                  bh_status (*report)(void *user, double time_s, bh_diag *diag),
                  void *user)
{
    net->report = report;
    net->user = user;
}

bh_status
bh_network_watch(bh_network *net, const bh_source *source,
                 bh_status (*watch)(void *user, bh_block block, bh_diag *diag),
                 void *user, bh_diag *diag)
{
    for (struct feed *feed = net->feeds; feed; feed = feed->next)
        if (feed->source == source) {
            feed->watch = watch;
            feed->user = user;
            net->layout++;
            return BH_OK;
        }
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "the source to watch is not linked to the network");
}

bh_status
bh_network_hear(bh_network *net, bh_source *source, bh_diag *diag)
{
    struct feed *feed;
    if (net->step > 0)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "the network has run for %g s already; it hears sources from "
            "its first step on",
            bh_network_time(net));
    return feed_new(net, source, BH_DOUBLE, &feed, diag);
}

/* On a device a window has its cost, and memory for all spikes that could be. */
static size_t
suiting_window(const bh_network *net)
{
    enum { USUAL = 256, MANY = 100000 };
    size_t neurons = 0;
    for (const bh_group *group = net->groups; group; group = group->next)
        neurons += group->count;
    return net->config.device && neurons <= MANY ? BH_WINDOW_MAX : USUAL;
}

/* The most steps in which nothing can see what another does in the same window. A link
 * between groups hands a value over at every step. One thread has nobody to meet, and
 * is fastest where the rows of a window stay in the second-level cache. */
static size_t
longest_window(const bh_network *net)
{
    enum { CACHE_BYTES = 1 << 20, SHORT = 64 };
    size_t window = net->config.window > 0 ? net->config.window : suiting_window(net);
    size_t row_bytes = 1;
    for (const struct feed *feed = net->feeds; feed; feed = feed->next)
        row_bytes += 2 * feed->stride * bh_precision_size(feed->precision);
    if (!net->config.device && bh_pool_threads(net->pool) == 1 && window > SHORT &&
        window * row_bytes > CACHE_BYTES)
        window = SHORT;
    for (const struct link *link = net->links; link; link = link->next)
        if (link->from)
            window = 1;
    for (const struct feed *feed = net->feeds; feed; feed = feed->next) {
        const double together = (double)bh_source_window(feed->source);
        double fit = floor(fmin(together, BH_WINDOW_MAX - 2) / feed->frames_per_step);
        if ((double)window > fit)
            window = fit < 1 ? 1 : (size_t)fit;
    }
    return window;
}

/* Of several processes the first compiles, and the others find what it has made. */
static bh_status
load_program(bh_network *net, bh_diag *diag)
{
    const bool first = net->spread && net->spread->rank == 0;
    if (first)
        BH_TRY(program_load(net, diag));
    BH_TRY(spread_least(net, NULL, 0, diag));
    return first ? BH_OK : program_load(net, diag);
}

bh_status
bh_network_prepare(bh_network *net, bh_diag *diag)
{
    if (net->prepared)
        return BH_OK;
    if (!net->groups)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "the network has no group of neurons, so there is nothing to "
            "run");
    for (const bh_group *group = net->groups; group; group = group->next)
        for (const struct symbol *s = group->scope.symbols; s; s = s->next)
            if ((s->flags & FLAG_LINKED) && !s->linked)
                return bh_diag_set(diag, BH_ERR_ARGUMENT,
                                   "'%s' of %s is (linked), but no link drives it",
                                   s->name, group->name);
    for (const bh_synapses *s = net->synapses; s; s = s->next)
        if (!s->connected)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "%s has not been connected; bh_synapses_connect makes "
                               "synapses",
                               s->name);
    double window = (double)longest_window(net);
    BH_TRY(spread_least(net, &window, 1, diag)); /* threads may differ */
    net->window = (size_t)window;
    BH_TRY(load_program(net, diag));
    BH_TRY(device_prepare(net, diag));
    BH_TRY(schedule_cut(net, diag));
    BH_TRY(step_prepare(net, diag));
    net->prepared = true;
    return spread_compare(net, network_hash(net), diag);
}

static void
move_steps(int32_t *steps, size_t count)
{
    for (size_t n = 0; steps && n < count; n++)
        steps[n] = steps[n] < NEVER + EPOCH_STEPS ? NEVER : steps[n] - EPOCH_STEPS;
}

/* Hands on what was recorded in a window that begins at the network's step. */
static bh_status
hand_on(bh_network *net, size_t steps, bh_diag *diag)
{
    for (bh_group *group = net->groups; group; group = group->next)
        BH_TRY(state_end(group, diag));
    for (bh_group *group = net->groups; group; group = group->next)
        BH_TRY(monitor_deliver(group, steps, diag));
    return BH_OK;
}

static bh_status
tell(bh_network *net, bh_diag *diag)
{
    return net->report ? net->report(net->user, bh_network_time(net), diag) : BH_OK;
}

/* Takes the window that a device was asked for before the network's step. */
static bh_status
take_pending(bh_network *net, bh_diag *diag)
{
    const int64_t steps = (int64_t)net->pending;
    if (steps == 0)
        return BH_OK;
    net->pending = 0;
    BH_TRY(device_collect(net, diag));
    net->step -= steps;
    const bh_status status = hand_on(net, (size_t)steps, diag);
    net->step += steps;
    return status;
}

static bh_status
end_pending(bh_network *net, bh_diag *diag)
{
    if (net->pending == 0)
        return BH_OK;
    BH_TRY(take_pending(net, diag));
    return tell(net, diag);
}

/* Moves the epoch before step counts outgrow 32 bits. */
static bh_status
move_epoch(bh_network *net, bh_diag *diag)
{
    if (net->step - net->epoch < EPOCH_STEPS)
        return BH_OK;
    if (net->on_device) {
        BH_TRY(end_pending(net, diag));
        BH_TRY(device_pause(net, diag));
        BH_TRY(device_home(net, true, diag));
    }
    for (bh_group *group = net->groups; group; group = group->next)
        move_steps(group->lastspike, group->blocks * BLOCK);
    for (bh_synapses *s = net->synapses; s; s = s->next)
        move_steps(s->lastupdate, s->count);
    for (bh_synapses *s = net->synapses; s; s = s->next)
        trace_move(s, EPOCH_STEPS);
    net->epoch += EPOCH_STEPS;
    return net->on_device ? device_begin(net, diag) : BH_OK;
}

static bh_status
run_feeds(bh_network *net, size_t *steps, bool until_end, bh_diag *diag)
{
    /* all before the first begins: sources may be outputs of one graph */
    for (struct feed *feed = net->feeds; feed; feed = feed->next)
        feed_lend(feed, feed->lent);
    for (struct feed *feed = net->feeds; feed; feed = feed->next)
        BH_TRY(feed_begin(feed, net->step + (int64_t)*steps - 1, diag));
    if (until_end) {
        *steps = steps_with_sound(net, *steps);
        for (struct feed *feed = net->feeds; feed; feed = feed->next)
            feed_cut(feed, net->step + (int64_t)*steps - 1);
    }
    for (struct feed *feed = net->feeds; feed; feed = feed->next) {
        BH_TRY(feed_fill(feed, net->pool, diag));
        if (feed->watch && feed->got > 0) {
            bh_block block = {row_at(feed->rows, 1, feed->stride, feed->precision),
                              feed->got, feed->channels, feed->stride, feed->precision};
            BH_TRY(feed->watch(feed->user, block, diag));
        }
    }
    return BH_OK;
}

/* The steps of a window whose sources have begun. */
static bh_status
take_steps(bh_network *net, size_t steps, bh_diag *diag)
{
    for (struct link *link = net->links; link; link = link->next) {
        if (link->from)
            BH_TRY(spread_values(net, link->from, diag));
        link_run(link, net, steps);
    }
    for (size_t c = 0; c < net->component_count; c++)
        BH_TRY(advance(net, &net->components[c], steps, diag));
    return spread_states(net, diag);
}

static void
pass(bh_network *net, size_t steps)
{
    for (struct feed *feed = net->feeds; feed; feed = feed->next)
        feed_end(feed);
    net->step += (int64_t)steps;
}

/* A window that was queued is under way while the one before it is taken. */
static bh_status
begin_pending(bh_network *net, size_t steps, bh_diag *diag)
{
    const bh_status status = end_pending(net, diag);
    pass(net, steps);
    net->pending = steps;
    return status;
}

/* One window; `steps` is what is wanted, and then what was done. */
static bh_status
run_window(bh_network *net, size_t *steps, bool until_end, bh_diag *diag)
{
    BH_TRY(move_epoch(net, diag));
    spread_forget(net);
    BH_TRY(run_feeds(net, steps, until_end, diag));
    if (*steps == 0)
        return BH_OK;
    for (bh_group *group = net->groups; group; group = group->next)
        BH_TRY(generator_begin(group, *steps, diag));
    for (bh_group *group = net->groups; group; group = group->next)
        BH_TRY(state_begin(group, *steps, diag));
    BH_TRY(net->on_device ? device_queue(net, *steps, diag)
                          : take_steps(net, *steps, diag));
    if (net->overlaps)
        return begin_pending(net, *steps, diag);
    if (net->on_device)
        BH_TRY(device_collect(net, diag));
    BH_TRY(hand_on(net, *steps, diag));
    pass(net, *steps);
    BH_TRY(tell(net, diag));
    return spread_least(net, NULL, 0, diag); /* whether one wants to stop */
}

/* Calls what is due. Between them a device waits, and its state is there for whoever
 * asks. */
static bh_status
run_operations(bh_network *net, bool at_end, bh_diag *diag)
{
    if (!net->on_device || !operations_due(net, at_end))
        return operations_run(net, at_end, diag);
    BH_TRY(end_pending(net, diag));
    BH_TRY(device_pause(net, diag));
    BH_TRY(operations_run(net, at_end, diag));
    return device_begin(net, diag);
}

/* `left` steps at most, up to the end of all sources where that is wanted. */
static bh_status
run_windows(bh_network *net, int64_t left, bool until_end, bh_diag *diag)
{
    while (left > 0 && !network_stops(net)) {
        size_t steps = left < (int64_t)net->window ? (size_t)left : net->window;
        BH_TRY(run_operations(net, false, diag));
        steps = operations_limit(net, steps);
        size_t wanted = steps;
        BH_TRY(run_window(net, &steps, until_end, diag));
        left -= (int64_t)steps;
        if (steps > 0)
            BH_TRY(run_operations(net, true, diag));
        if (until_end && steps < wanted)
            break;
    }
    return BH_OK;
}

/* What went wrong there is told before the run ends. */
static bh_status
run_on_device(bh_network *net, int64_t left, bool until_end, bh_diag *diag)
{
    BH_TRY(device_begin(net, diag));
    net->overlaps = device_overlaps(net);
    bh_status status = run_windows(net, left, until_end, diag);
    if (status == BH_OK)
        status = end_pending(net, diag);
    if (net->on_device && !net->device_lost)
        (void)take_pending(net, NULL); /* what a failure has left behind */
    net->pending = 0;
    if (net->on_device) {
        const bh_status paused = device_pause(net, status == BH_OK ? diag : NULL);
        status = status == BH_OK ? paused : status;
    }
    if (net->device_lost)
        device_end(net);
    for (struct feed *feed = net->feeds; feed; feed = feed->next)
        feed_lend(feed, false);
    return status;
}

static bh_status
run(bh_network *net, double duration_s, bh_diag *diag)
{
    bool until_end = duration_s == BH_UNTIL_END;
    if (!until_end && (!(duration_s >= 0) || duration_s / net->config.dt_s > 1e15))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a run of %g s; it must last 0 s or longer, or be "
                           "BH_UNTIL_END",
                           duration_s);
    if (until_end && !net->feeds)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "no source is linked, so the run would never end");
    BH_TRY(bh_network_prepare(net, diag));
    for (bh_group *group = net->groups; group; group = group->next)
        BH_TRY(step_constants(group, diag));
    BH_TRY(schedule_begin(net, diag));
    int64_t left = until_end ? INT64_MAX
                             : (int64_t)nearbyint(duration_s / net->config.dt_s);
    return (net->config.device ? run_on_device : run_windows)(net, left, until_end,
                                                              diag);
}

bh_status
bh_network_run(bh_network *net, double duration_s, bh_diag *diag)
{
    bh_diag own = {0};
    atomic_store(&net->stop, false);
    if (!net->spread)
        return run(net, duration_s, diag);
    diag = diag ? diag : &own;
    net->spread->stop = net->spread->failed = false;
    bh_status status = run(net, duration_s, diag);
    if (status == BH_OK) /* all processes then know all neurons */
        status = spread_values(net, NULL, diag);
    return status == BH_OK ? BH_OK : spread_fail(net, status, diag);
}
