/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/store.h"

#include "core/hash_internal.h"
#include "neurons/engine_internal.h"
#include "neurons/store_internal.h"
#include "neurons/synapses/synapses_internal.h"

#include <stdlib.h>
#include <string.h>

/* Grows with every change of what stands in a store. */
enum { STORE_VERSION = 2 };

struct header {
    char magic[8];
    uint32_t version, reserved;
    uint64_t model; /* hash of what a network is made of */
    int64_t step;
    double dt_s;
    uint64_t size, check; /* of the body */
};

struct bh_store {
    unsigned char *bytes; /* header and body */
    size_t size;
};

static const char magic[8] = "BHSTORE";

void
state_bytes(struct state *state, void *at, size_t size)
{
    if (state->failed || size == 0)
        return;
    if (state->reading) {
        state->failed = size > state->size - state->at;
        if (!state->failed)
            memcpy(at, state->bytes + state->at, size);
        state->at += state->failed ? 0 : size;
        return;
    }
    if (size > state->capacity - state->size) {
        size_t capacity = state->size + size + state->capacity / 2;
        unsigned char *more = realloc(state->bytes, capacity);
        if (!more) {
            state->failed = true;
            return;
        }
        state->bytes = more;
        state->capacity = capacity;
    }
    memcpy(state->bytes + state->size, at, size);
    state->size += size;
}

void
state_array(struct state *state, void **array, size_t *count, size_t *capacity,
            size_t size)
{
    uint64_t wanted = *count;
    STATE_VALUE(state, wanted);
    if (state->reading && !state->failed) {
        state->failed = wanted > (state->size - state->at) / size;
        if (!state->failed && wanted > *capacity) {
            void *more = realloc(*array, (size_t)wanted * size);
            state->failed = !more;
            *array = more ? more : *array;
            *capacity = more ? (size_t)wanted : *capacity;
        }
        if (!state->failed)
            *count = (size_t)wanted;
    }
    state_bytes(state, *array, *count * size);
}

static uint64_t
hash_text(uint64_t sum, const char *text)
{
    return bh_hash(sum, text, strlen(text) + 1);
}

/* What must be alike: the code (its first line names the version of the library), and
 * what is no code. */
uint64_t
network_hash(const bh_network *net)
{
    const bh_network_config *config = &net->config;
    const char *code = strchr(net->code, '\n');
    uint64_t sum = hash_text(BH_HASH_START, code ? code : net->code);
    sum = bh_hash(sum, &config->dt_s, sizeof config->dt_s);
    sum = bh_hash(sum, &config->seed, sizeof config->seed);
    sum = bh_hash(sum, &config->random, sizeof config->random);
    for (const bh_group *group = net->groups; group; group = group->next) {
        uint64_t own[] = {group->count,
                          group->precision,
                          (uint64_t)group->scope.stored,
                          group->lastspike != NULL,
                          0,
                          0};
        for (const bh_spike_monitor *m = group->monitors; m; m = m->next)
            own[4] += 1 + (m->visit ? 1000 : 0);
        for (const bh_state_monitor *m = group->states; m; m = m->next)
            own[5] += 1 + 3 * m->width + 5 * m->variables + 7 * (uint64_t)m->every;
        sum = bh_hash(hash_text(sum, group->name), own, sizeof own);
    }
    for (const bh_synapses *s = net->synapses; s; s = s->next)
        for (const struct pathway *path = s->pathways; path; path = path->next)
            sum = bh_hash(sum, &path->event, sizeof path->event);
    for (const struct feed *feed = net->feeds; feed; feed = feed->next)
        sum = bh_hash(sum, &feed->channels, sizeof feed->channels);
    return sum;
}

static void
visit_spike_monitor(struct state *state, bh_spike_monitor *monitor)
{
    size_t capacity = monitor->capacity;
    STATE_VALUE(state, monitor->count);
    if (monitor->visit)
        monitor->visit(monitor->config.user, state);
    size_t kept = monitor->kept;
    state_array(state, (void **)&monitor->time_s, &kept, &capacity,
                sizeof *monitor->time_s);
    capacity = monitor->capacity;
    state_array(state, (void **)&monitor->index, &monitor->kept, &capacity,
                sizeof *monitor->index);
    if (monitor->capacity < capacity)
        monitor->capacity = capacity;
}

static void
visit_state_monitor(struct state *state, bh_state_monitor *monitor)
{
    const size_t row = monitor->stride * bh_precision_size(monitor->group->precision);
    uint64_t kept = monitor->config.record ? monitor->kept : 0;
    STATE_VALUE(state, monitor->count);
    STATE_VALUE(state, monitor->tick);
    STATE_VALUE(state, kept);
    if (monitor->visit)
        monitor->visit(monitor->config.user, state);
    if (state->reading && !state->failed) {
        const size_t rows = (size_t)monitor->variables * row;
        state->failed = (rows > 0 && kept > (state->size - state->at) / rows) ||
                        state_reserve(monitor, (size_t)kept, NULL) != BH_OK;
        monitor->kept = state->failed ? 0 : (size_t)kept;
    }
    for (size_t v = 0; v < monitor->variables; v++)
        state_bytes(state, monitor->recorded[v].rows, (size_t)kept * row);
}

static void
visit_group(struct state *state, bh_group *group)
{
    const size_t padded = group->blocks * BLOCK,
                 element = bh_precision_size(group->precision);
    for (int i = 0; i < group->scope.stored; i++)
        state_bytes(state, group->arrays[i], padded * element);
    if (group->lastspike)
        state_bytes(state, group->lastspike, padded * sizeof *group->lastspike);
    state_bytes(state, group->normal_streams,
                (size_t)group->scope.noises * group->blocks * sizeof(bh_random_stream));
    state_bytes(state, group->uniform_streams,
                (size_t)group->scope.uniforms * group->blocks *
                    sizeof(bh_random_stream));
    STATE_VALUE(state, group->sets);
    for (bh_spike_monitor *m = group->monitors; m; m = m->next)
        visit_spike_monitor(state, m);
    for (bh_state_monitor *m = group->states; m; m = m->next)
        visit_state_monitor(state, m);
}

static bh_status
visit_feed(struct state *state, bh_network *net, struct feed *feed, bh_diag *diag)
{
    int64_t position = feed->position;
    STATE_VALUE(state, position);
    if (state->reading && !state->failed)
        return feed_seek(feed, position, net->pool, diag);
    return BH_OK;
}

static bh_status
visit_network(struct state *state, bh_network *net, bh_diag *diag)
{
    STATE_VALUE(state, net->step);
    STATE_VALUE(state, net->epoch);
    state->failed = state->failed || net->epoch < 0 || net->step < net->epoch ||
                    net->step - net->epoch > INT32_MAX;
    for (bh_group *group = net->groups; group; group = group->next)
        visit_group(state, group);
    for (bh_synapses *s = net->synapses; s; s = s->next)
        state_synapses(state, s);
    for (bh_group *group = net->groups; group; group = group->next)
        BH_TRY(state_history(state, group, diag));
    for (struct link *link = net->links; link; link = link->next)
        state_bytes(state, link->rows,
                    link->stride * bh_precision_size(link->to->precision));
    for (struct feed *feed = net->feeds; feed; feed = feed->next)
        BH_TRY(visit_feed(state, net, feed, diag));
    return BH_OK;
}

/* Each process has synapses and random numbers that the others lack. */
static bh_status
refuse_spread(const bh_network *net, bh_diag *diag)
{
    if (!net->spread)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                       "a network over several processes cannot be stored or restored; "
                       "it can in one process");
}

bh_status
bh_network_store(bh_network *net, bh_store **out, bh_diag *diag)
{
    struct header header = {.version = STORE_VERSION};
    struct state state = {0};
    BH_TRY(refuse_spread(net, diag));
    BH_TRY(bh_network_prepare(net, diag));
    BH_TRY(device_home(net, false, diag));
    bh_store *store = calloc(1, sizeof *store);
    state_bytes(&state, &header, sizeof header);
    bh_status status = visit_network(&state, net, diag);
    if (status != BH_OK || !store || state.failed) {
        free(store);
        free(state.bytes);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the network's state");
    }
    memcpy(header.magic, magic, sizeof magic);
    header.model = network_hash(net);
    header.step = net->step;
    header.dt_s = net->config.dt_s;
    header.size = state.size - sizeof header;
    header.check = bh_hash(header.model, state.bytes + sizeof header, header.size);
    memcpy(state.bytes, &header, sizeof header);
    *store = (bh_store){state.bytes, state.size};
    *out = store;
    return BH_OK;
}

static struct header
header_of(const bh_store *store)
{
    struct header header;
    memcpy(&header, store->bytes, sizeof header);
    return header;
}

bh_status
bh_network_restore(bh_network *net, const bh_store *store, bh_diag *diag)
{
    BH_TRY(refuse_spread(net, diag));
    BH_TRY(bh_network_prepare(net, diag));
    if (header_of(store).model != network_hash(net))
        return bh_diag_set(diag, BH_ERR_DATA,
                           "the state is of another network: texts, sizes, names and "
                           "their values, seed, time step and monitors must be alike");
    BH_TRY(device_home(net, true, diag));
    struct state state = {.reading = true,
                          .bytes = store->bytes,
                          .size = store->size,
                          .at = sizeof(struct header)};
    BH_TRY(visit_network(&state, net, diag));
    if (state.failed || state.at != state.size)
        return bh_diag_set(diag, BH_ERR_DATA,
                           "the state does not fit the network, or there is no memory "
                           "for what its monitors have recorded");
    for (bh_group *group = net->groups; group; group = group->next)
        generator_seek(group);
    for (struct operation *op = net->operations; op; op = op->next)
        op->done = -1;
    net->device_lost = false;
    return BH_OK;
}

void
bh_store_free(bh_store *store)
{
    if (!store)
        return;
    free(store->bytes);
    free(store);
}

double
bh_store_time(const bh_store *store)
{
    return (double)header_of(store).step * header_of(store).dt_s;
}

const void *
bh_store_bytes(const bh_store *store, size_t *size)
{
    *size = store->size;
    return store->bytes;
}

bh_status
bh_store_open(const void *bytes, size_t size, bh_store **out, bh_diag *diag)
{
    struct header header = {0};
    if (size >= sizeof header)
        memcpy(&header, bytes, sizeof header);
    if (memcmp(header.magic, magic, sizeof magic) != 0)
        return bh_diag_set(diag, BH_ERR_DATA, "the bytes are no state of a network");
    if (header.version != STORE_VERSION)
        return bh_diag_set(diag, BH_ERR_DATA,
                           "the state has format %u; this library reads format %d",
                           header.version, STORE_VERSION);
    if (header.size != size - sizeof header ||
        header.check != bh_hash(header.model,
                                (const unsigned char *)bytes + sizeof header,
                                size - sizeof header))
        return bh_diag_set(diag, BH_ERR_DATA,
                           "the state is cut short or damaged: %zu bytes", size);
    bh_store *store = calloc(1, sizeof *store);
    unsigned char *copy = malloc(size);
    if (!store || !copy) {
        free(store);
        free(copy);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a state of %zu bytes",
                           size);
    }
    memcpy(copy, bytes, size);
    *store = (bh_store){copy, size};
    *out = store;
    return BH_OK;
}
