/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/run_internal.h"
#include "neurons/spread_internal.h"

#include <string.h>

/* Reads a message from its beginning; one that is too short gives zeros. */
struct reader {
    const unsigned char *at;
    size_t left;
};

static void
take(struct reader *reader, void *to, size_t size)
{
    const size_t there = size < reader->left ? size : reader->left;
    memcpy(to, reader->at, there);
    memset((char *)to + there, 0, size - there);
    reader->at += there;
    reader->left -= there;
}

static struct reader
read_from(const bh_network *net, int rank)
{
    struct reader reader;
    reader.at = spread_words(net, rank, &reader.left);
    return reader;
}

void
spread_forget(bh_network *net)
{
    for (bh_group *group = net->spread ? net->groups : NULL; group; group = group->next)
        for (int e = 0; group->history && e <= group->event_count; e++)
            for (size_t b = 0; group->history[e].block && b < group->blocks; b++)
                if (b < group->own_first || b >= group->own_last) {
                    struct block *block = &group->history[e].block[b];
                    block->count = block->cursor = 0;
                }
}

/* Whether anybody wants to know when an event happens. */
static bool
is_wanted(const bh_group *group, const struct history *history)
{
    return history->recall > 0 || monitor_hears(group, history->block);
}

/* What has happened to one's own blocks since the last exchange of the window. */
static bool
put_events(bh_network *net, bh_group *group, bool first)
{
    bool any = false;
    for (int e = 0; e <= group->event_count; e++) {
        if (!is_wanted(group, &group->history[e]))
            continue;
        any = true;
        for (size_t b = group->own_first; b < group->own_last; b++) {
            struct block *block = &group->history[e].block[b];
            const size_t from = first ? 0 : block->sent;
            const uint32_t count = (uint32_t)(block->count - from);
            spread_put(net, &count, sizeof count);
            spread_put(net, block->spikes + from, count * sizeof *block->spikes);
            block->sent = block->count;
        }
    }
    return any;
}

static void
take_events(bh_network *net, bh_group *group, int rank, struct reader *reader)
{
    size_t first, last;
    spread_own(net, rank, group, &first, &last);
    for (int e = 0; e <= group->event_count; e++) {
        if (!is_wanted(group, &group->history[e]))
            continue;
        for (size_t b = first; b < last; b++) {
            struct block *block = &group->history[e].block[b];
            uint32_t count;
            take(reader, &count, sizeof count);
            if (count > net->window * BLOCK - block->count)
                count = 0; /* no message of ours */
            take(reader, block->spikes + block->count, count * sizeof *block->spikes);
            block->count += count;
        }
    }
}

/* The parts of others take down their spikes as one's own do. */
static bool
remember(bh_group *group, size_t begin, size_t steps)
{
    for (size_t p = 0; p < group->parts; p++)
        for (size_t k = begin; k < begin + steps; k++)
            if ((p < group->first_part || p >= group->last_part) &&
                !history_take(group, p, k))
                return false;
    return true;
}

bh_status
spread_events_start(bh_network *net, const struct component *c, size_t begin,
                    bh_diag *diag)
{
    bool any = false;
    if (!net->spread)
        return BH_OK;
    spread_begin(net);
    for (size_t g = 0; g < c->groups; g++)
        any = put_events(net, c->group[g], begin == 0) || any;
    return any ? spread_start(net, diag) : BH_OK;
}

bh_status
spread_events_finish(bh_network *net, const struct component *c, size_t begin,
                     size_t steps, bh_diag *diag)
{
    if (!net->spread || !net->spread->pending || steps == 0)
        return BH_OK;
    BH_TRY(spread_finish(net, diag));
    for (int r = 0; r < net->spread->size; r++) {
        struct reader reader = read_from(net, r);
        for (size_t g = 0; r != net->spread->rank && g < c->groups; g++)
            take_events(net, c->group[g], r, &reader);
    }
    for (size_t g = 0; g < c->groups; g++)
        if (!remember(c->group[g], begin, steps))
            return bh_diag_set(diag, BH_ERR_MEMORY,
                               "no memory for spikes on their "
                               "way");
    return BH_OK;
}

bh_status
spread_events(bh_network *net, const struct component *c, size_t begin, size_t steps,
              bh_diag *diag)
{
    BH_TRY(spread_events_start(net, c, begin, diag));
    return spread_events_finish(net, c, begin, steps, diag);
}

/* Sends the values of one's own neurons, or takes those of another process's. */
static void
pass_values(bh_network *net, bh_group *group, int rank, struct reader *reader)
{
    const size_t element = bh_precision_size(group->precision);
    size_t first, last;
    spread_own(net, rank, group, &first, &last);
    const size_t begin = first * BLOCK, count = (last - first) * BLOCK;
    for (int i = 0; i <= group->scope.stored; i++) {
        const bool value = i < group->scope.stored;
        char *array = value ? group->arrays[i] : (char *)group->lastspike;
        const size_t size = value ? element : sizeof *group->lastspike;
        if (array && reader)
            take(reader, array + begin * size, count * size);
        else if (array)
            spread_put(net, array + begin * size, count * size);
    }
}

bh_status
spread_values(bh_network *net, const bh_group *only, bh_diag *diag)
{
    if (!net->spread)
        return BH_OK;
    spread_begin(net);
    for (bh_group *group = net->groups; group; group = group->next)
        if (!only || group == only)
            pass_values(net, group, net->spread->rank, NULL);
    BH_TRY(spread_exchange(net, diag));
    for (int r = 0; r < net->spread->size; r++) {
        struct reader reader = read_from(net, r);
        for (bh_group *group = net->groups; group; group = group->next)
            if (r != net->spread->rank && (!only || group == only))
                pass_values(net, group, r, &reader);
    }
    return BH_OK;
}

/* One row of a variable: sends the values of one's own neurons, or takes others'. */
static void
pass_row(const bh_state_monitor *m, char *row, size_t first, size_t last,
         struct reader *reader)
{
    const bh_group *group = m->group;
    const size_t element = bh_precision_size(group->precision);
    size_t begin = first * BLOCK, end = last * BLOCK;
    if (!m->columns) {
        end = end > group->count ? group->count : end;
        if (end > begin && reader)
            take(reader, row + begin * element, (end - begin) * element);
        else if (end > begin)
            spread_put(group->net, row + begin * element, (end - begin) * element);
        return;
    }
    for (size_t c = m->first[first]; c < m->first[last]; c++) {
        char *at = row + m->columns[c].column * element;
        if (reader)
            take(reader, at, element);
        else
            spread_put(group->net, at, element);
    }
}

/* Whether the window has rows for a monitor. */
static bool
has_states(const bh_network *net)
{
    for (const bh_group *group = net->groups; group; group = group->next)
        for (const bh_state_monitor *m = group->states; m; m = m->next)
            if (m->coming > 0)
                return true;
    return false;
}

static void
pass_states(bh_network *net, int rank, struct reader *reader)
{
    for (bh_group *group = net->groups; group; group = group->next) {
        size_t first, last;
        spread_own(net, rank, group, &first, &last);
        for (const bh_state_monitor *m = group->states; m; m = m->next)
            for (size_t v = 0; v < m->variables; v++)
                for (size_t r = m->kept; r < m->kept + m->coming; r++)
                    pass_row(
                        m, row_at(m->recorded[v].rows, r, m->stride, group->precision),
                        first, last, reader);
    }
}

bh_status
spread_states(bh_network *net, bh_diag *diag)
{
    if (!net->spread || !has_states(net))
        return BH_OK;
    spread_begin(net);
    pass_states(net, net->spread->rank, NULL);
    BH_TRY(spread_exchange(net, diag));
    for (int r = 0; r < net->spread->size; r++) {
        struct reader reader = read_from(net, r);
        if (r != net->spread->rank)
            pass_states(net, r, &reader);
    }
    return BH_OK;
}
