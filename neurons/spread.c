/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/spread_internal.h"

#include "core/comm_internal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What stands before every message. */
struct header {
    uint64_t bytes; /* of the message behind it */
    int32_t status; /* BH_OK; or the message is a sentence */
    int32_t stop;
};

enum { LEAST_SLOT = 256 };

bh_status
spread_new(bh_network *net, bh_diag *diag)
{
    bh_comm *comm = net->config.comm;
    const int size = bh_comm_size(comm);
    if (size == 1)
        return BH_OK;
    if (net->config.device)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "a network runs on a device or over %d processes, not both",
                           size);
    struct spread *spread = calloc(1, sizeof *spread);
    net->spread = spread;
    if (spread) {
        *spread = (struct spread){.comm = comm,
                                  .rank = bh_comm_rank(comm),
                                  .size = size,
                                  .length = sizeof(struct header),
                                  .slot = LEAST_SLOT,
                                  .capacity = LEAST_SLOT,
                                  .out = calloc(1, LEAST_SLOT),
                                  .place = calloc(2 * (size_t)size, sizeof(size_t))};
        spread->bytes = spread->place ? spread->place + size : NULL;
    }
    if (!spread || !spread->out || !spread->place)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a network");
    return BH_OK;
}

void
spread_free(bh_network *net)
{
    if (!net->spread)
        return;
    free(net->spread->out);
    free(net->spread->in);
    free(net->spread->place);
    free(net->spread);
}

void
spread_own(const bh_network *net, int rank, const bh_group *group, size_t *first,
           size_t *last)
{
    const size_t size = net->spread ? (size_t)net->spread->size : 1,
                 turn = ((size_t)rank + group->object) % size;
    *first = group->blocks * turn / size;
    *last = group->blocks * (turn + 1) / size;
}

bool
spread_is_far(const bh_network *net)
{
    return net->spread && comm_machines(net->spread->comm) > 1;
}

static bool
reserve(struct spread *spread, size_t capacity)
{
    if (capacity <= spread->capacity)
        return true;
    capacity += capacity / 2;
    unsigned char *more = realloc(spread->out, capacity);
    if (!more)
        return false;
    memset(more + spread->capacity, 0, capacity - spread->capacity);
    spread->out = more;
    spread->capacity = capacity;
    return true;
}

void
spread_begin(bh_network *net)
{
    net->spread->length = sizeof(struct header);
}

void
spread_put(bh_network *net, const void *bytes, size_t size)
{
    struct spread *spread = net->spread;
    if (size == 0)
        return;
    if (!reserve(spread, spread->length + size)) {
        spread->no_memory = true; /* the exchange tells */
        return;
    }
    memcpy(spread->out + spread->length, bytes, size);
    spread->length += size;
}

const unsigned char *
spread_words(const bh_network *net, int rank, size_t *bytes)
{
    const struct spread *spread = net->spread;
    *bytes = spread->bytes[rank];
    return spread->in + spread->place[rank];
}

static bool
make_room(struct spread *spread, size_t bytes)
{
    if (bytes <= spread->in_capacity)
        return true;
    free(spread->in);
    spread->in = malloc(bytes);
    spread->in_capacity = spread->in ? bytes : 0;
    return spread->in != NULL;
}

/* Finds the messages in what came: `stride` bytes apart, or one behind the other. */
static size_t
find_words(struct spread *spread, size_t stride)
{
    size_t at = 0, most = 0;
    for (int r = 0; r < spread->size; r++) {
        struct header header;
        memcpy(&header, spread->in + at, sizeof header);
        spread->place[r] = at + sizeof header;
        spread->bytes[r] = (size_t)header.bytes;
        spread->stop = spread->stop || header.stop;
        const size_t whole = sizeof header + spread->bytes[r];
        most = whole > most ? whole : most;
        at += stride ? stride : whole;
    }
    return most;
}

/* A message was longer than the first round carries: all are sent whole. */
static bool
send_whole(struct spread *spread, bh_status *status, bh_diag *diag)
{
    size_t total = 0;
    for (int r = 0; r < spread->size; r++)
        total += spread->bytes[r] += sizeof(struct header);
    if (!make_room(spread, total))
        return false;
    spread->traffic.bytes += spread->bytes[spread->rank];
    *status =
        bh_comm_allgatherv(spread->comm, spread->out, spread->bytes, spread->in, diag);
    if (*status == BH_OK)
        find_words(spread, 0);
    return true;
}

/* All see the same messages and therefore choose the same. */
static void
choose_slot(struct spread *spread, size_t most)
{
    enum { MOST_SLOT = 1 << 20 };
    size_t slot = spread->slot;
    if (most > slot)
        slot = (most + most / 4 + 63) / 64 * 64;
    else if (most < slot / 4)
        slot = slot / 2;
    slot = slot > MOST_SLOT ? MOST_SLOT : slot;
    spread->slot = slot < LEAST_SLOT ? LEAST_SLOT : slot;
}

static bh_status
look_for_errors(struct spread *spread, bh_diag *diag)
{
    for (int r = 0; r < spread->size; r++) {
        struct header header;
        memcpy(&header, spread->in + spread->place[r] - sizeof header, sizeof header);
        if (header.status == BH_OK)
            continue;
        spread->failed = true;
        return bh_diag_set(diag, (bh_status)header.status, "process %d of %d: %.*s", r,
                           spread->size, (int)header.bytes,
                           (const char *)spread->in + spread->place[r]);
    }
    return BH_OK;
}

static double
now_s(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

bh_network_traffic
bh_network_traffic_get(const bh_network *net)
{
    return net->spread ? net->spread->traffic : (bh_network_traffic){0};
}

/* Begins an exchange; the message is not touched until it ends. */
static bh_status
start(bh_network *net, bh_status own, bh_diag *diag)
{
    struct spread *spread = net->spread;
    const struct header header = {.bytes = spread->length - sizeof header,
                                  .status = (int32_t)own,
                                  .stop = atomic_load(&net->stop)};
    const size_t slot = spread->slot;
    bh_status status = BH_ERR_MEMORY;
    const double before_s = now_s();
    if (reserve(spread, slot) && make_room(spread, slot * (size_t)spread->size)) {
        memcpy(spread->out, &header, sizeof header);
        status = bh_comm_start(spread->comm, spread->out, slot, spread->in, diag);
    } else {
        bh_diag_set(diag, BH_ERR_MEMORY, "no memory for an exchange");
    }
    spread->traffic.exchanges++;
    spread->traffic.bytes += slot;
    spread->traffic.wait_s += now_s() - before_s;
    spread->pending = status == BH_OK;
    spread->failed = spread->failed || status != BH_OK; /* nobody can be told */
    return status;
}

bh_status
spread_finish(bh_network *net, bh_diag *diag)
{
    struct spread *spread = net->spread;
    const size_t slot = spread->slot;
    const double before_s = now_s();
    spread->pending = false;
    bh_status status = bh_comm_wait(spread->comm, diag);
    const size_t most = status == BH_OK ? find_words(spread, slot) : 0;
    if (most > slot && !send_whole(spread, &status, diag))
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory for an exchange");
    spread->traffic.wait_s += now_s() - before_s;
    if (status != BH_OK) {
        spread->failed = true;
        return status;
    }
    choose_slot(spread, most);
    return look_for_errors(spread, diag);
}

bh_status
spread_start(bh_network *net, bh_diag *diag)
{
    if (net->spread->no_memory)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for an exchange");
    return start(net, BH_OK, diag);
}

bh_status
spread_exchange(bh_network *net, bh_diag *diag)
{
    BH_TRY(spread_start(net, diag));
    return spread_finish(net, diag);
}

bh_status
spread_fail(bh_network *net, bh_status status, bh_diag *diag)
{
    struct spread *spread = net->spread;
    if (!spread || spread->failed)
        return status;
    const char *text = diag && diag->text[0] ? diag->text : bh_strerror(status);
    bh_diag others;
    if (spread->pending && spread_finish(net, &others) != BH_OK)
        return status; /* another one has failed too */
    spread->no_memory = false;
    spread_begin(net);
    spread_put(net, text, strlen(text));
    if (spread->no_memory) /* the status is all there is to say */
        spread_begin(net);
    spread->no_memory = false;
    if (start(net, status, &others) == BH_OK)
        (void)spread_finish(net, &others); /* this process's is one of the errors */
    spread->failed = true;
    return status;
}

bh_status
spread_agree(bh_network *net, bh_status status, bh_diag *diag)
{
    bh_diag own = {0};
    if (!net->spread)
        return status;
    diag = diag ? diag : &own;
    net->spread->failed = false;
    spread_begin(net);
    if (status == BH_OK)
        return spread_exchange(net, diag);
    return spread_fail(net, status, diag);
}

bh_status
spread_least(bh_network *net, double *values, size_t count, bh_diag *diag)
{
    if (!net->spread)
        return BH_OK;
    spread_begin(net);
    spread_put(net, values, count * sizeof *values);
    BH_TRY(spread_exchange(net, diag));
    for (int r = 0; r < net->spread->size; r++) {
        size_t bytes;
        const unsigned char *words = spread_words(net, r, &bytes);
        for (size_t n = 0; n < count && bytes == count * sizeof *values; n++) {
            double value;
            memcpy(&value, words + n * sizeof value, sizeof value);
            values[n] = value < values[n] ? value : values[n];
        }
    }
    return BH_OK;
}

bh_status
spread_compare(bh_network *net, uint64_t model, bh_diag *diag)
{
    if (!net->spread)
        return BH_OK;
    spread_begin(net);
    spread_put(net, &model, sizeof model);
    BH_TRY(spread_exchange(net, diag));
    for (int r = 0; r < net->spread->size; r++) {
        size_t bytes;
        const unsigned char *words = spread_words(net, r, &bytes);
        if (bytes == sizeof model && memcmp(words, &model, bytes) == 0)
            continue;
        net->spread->failed = true; /* all see this */
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "process %d has built another network than process %d; all "
                           "must build the same, with the same seed",
                           r, net->spread->rank);
    }
    return BH_OK;
}
