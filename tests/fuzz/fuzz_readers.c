/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libFuzzer's way into what reads files without a library behind it; -DREADER=... says
 * which: read_spikes, read_table, read_list, read_journal or read_store. HDF5 is left
 * out: its library is known to crash on damaged files. tests/fuzz/run starts it. */
#define _GNU_SOURCE /* memfd_create, memmem */
#include "core/hash_internal.h"

#include <brianhears.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bh_diag diag;

/* Reads all that was read, so that a wrong count is seen. */
static void
touch(const void *data, size_t size)
{
    static volatile uint64_t sum;
    sum = bh_hash(sum, data, size);
}

/* What is refused says why. */
static void
expect_reason(bh_status status)
{
    char message[1024];
    if (status == BH_OK)
        return;
    bh_diag_format(&diag, message, sizeof message);
    if (!message[0])
        abort();
}

/* The bytes as a file that lies in memory only. */
static const char *
as_file(const uint8_t *data, size_t size)
{
    static char path[64];
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("fuzz", 0);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path;
}

static inline void
read_spikes(const uint8_t *data, size_t size)
{
    bh_spikes *spikes = NULL;
    const bh_status status = bh_spikes_read(as_file(data, size), NULL, &spikes, &diag);
    expect_reason(status);
    if (status != BH_OK)
        return;
    const bh_events events = bh_spikes_events(spikes);
    touch(events.time_s, events.count * sizeof *events.time_s);
    touch(events.index, events.count * sizeof *events.index);
    for (size_t i = 0; i < events.count; i++)
        if (events.index[i] >= bh_spikes_neurons(spikes) ||
            (i && events.time_s[i] < events.time_s[i - 1]))
            abort();
    if (bh_spikes_cf(spikes) && bh_spikes_neurons(spikes) < 1000000)
        touch(bh_spikes_cf(spikes), bh_spikes_neurons(spikes) * sizeof(double));
    if (bh_spikes_partial(spikes))
        touch(bh_spikes_partial(spikes), strlen(bh_spikes_partial(spikes)));
    bh_spikes_free(spikes);
}

static inline void
read_table(const uint8_t *data, size_t size)
{
    bh_table *table = NULL;
    const bh_status status = bh_table_read(as_file(data, size), &table, &diag);
    expect_reason(status);
    for (size_t c = 0; status == BH_OK && c < bh_table_columns(table); c++) {
        touch(bh_table_column(table, c), bh_table_rows(table) * sizeof(double));
        touch(bh_table_name(table, c), strlen(bh_table_name(table, c)));
        (void)bh_table_cf(table, c);
    }
    bh_table_free(table);
}

static inline void
read_list(const uint8_t *data, size_t size)
{
    bh_sound_list *list = NULL;
    size_t labels = 0;
    const bh_status status = bh_sound_list_read(as_file(data, size), &list, &diag);
    expect_reason(status);
    for (size_t i = 0; status == BH_OK && i < bh_sound_list_count(list); i++) {
        const bh_listed_sound *sound = bh_sound_list_get(list, i);
        const char *const *names = bh_sound_list_labels(list, &labels);
        if (sound->label >= labels)
            abort();
        touch(names[sound->label], strlen(names[sound->label]));
        touch(sound->path, strlen(sound->path));
        touch(sound->name, strlen(sound->name));
    }
    bh_sound_list_free(list);
}

/* Of every second text the heads of records are made good: else none would pass. */
static void
mend_records(uint8_t *bytes, size_t size)
{
    enum { HEAD = 32 };
    for (size_t at = 0; at + HEAD <= size;) {
        uint64_t key, length;
        memcpy(bytes + at, "BHJRNL1", 8);
        memcpy(&key, bytes + at + 8, 8);
        memcpy(&length, bytes + at + 16, 8);
        if (length > size - at - HEAD)
            return;
        const uint64_t check = bh_hash(key, bytes + at + HEAD, length);
        memcpy(bytes + at + 24, &check, 8);
        at += HEAD + length;
    }
}

static inline void
read_journal(const uint8_t *data, size_t size)
{
    static char folder[] = "/tmp/fuzz-journal-XXXXXX", path[64];
    bh_journal *journal = NULL;
    if (!path[0]) {
        if (!mkdtemp(folder))
            abort();
        snprintf(path, sizeof path, "%s/a.journal", folder);
    }
    uint8_t *copy = malloc(size + 1);
    memcpy(copy, data, size);
    if (size & 1)
        mend_records(copy, size);
    unlink(path);
    if (symlink(as_file(copy, size), path) != 0)
        abort();
    const bh_status status = bh_journal_open(folder, &journal, &diag);
    expect_reason(status);
    for (size_t at = 0; status == BH_OK && at + 16 <= size; at++) {
        void *record = NULL;
        size_t length = 0;
        uint64_t key;
        memcpy(&key, copy + at + 8, sizeof key);
        if (!bh_journal_has(journal, key))
            continue;
        if (bh_journal_get(journal, key, &record, &length, &diag) != BH_OK)
            abort();
        touch(record, length);
        free(record);
    }
    bh_journal_close(journal);
    unlink(path);
    free(copy);
}

/* A network with all that has a state: noise, monitors, delays, plasticity. */
static bh_network *
make_network(void)
{
    bh_network *net;
    bh_group *cells;
    bh_synapses *synapses;
    bh_network_config config = bh_network_config_default();
    config.code = BH_CODE_INTERPRETED;
    config.threads = 1;
    const bh_group_config group = {
        .name = "cells",
        .count = 3,
        .equations = "dv/dt = (2-v)/(1*ms) + 0.1*xi*ms**-0.5 : 1",
        .threshold = "v > 1",
        .reset = "v = 0.1*rand()",
        .refractory = "0.2*ms",
        .precision = BH_DOUBLE};
    const bh_connect_config all = {.condition = "i != j"};
    bh_spike_monitor *spikes;
    bh_synapses_config wires = bh_synapses_config_default();
    if (bh_network_new(&config, &net, &diag) != BH_OK ||
        bh_group_new(net, &group, &cells, &diag) != BH_OK)
        abort();
    bh_spike_monitor_config watch = bh_spike_monitor_config_default();
    wires.source = wires.target = bh_all(cells);
    wires.model = "w : 1\ndA/dt = -A/(1*ms) : 1 (event-driven)";
    wires.on_pre = "v += w\nA += 1";
    wires.on_post = "w = w + 0.01*A";
    if (bh_spike_monitor_new(cells, &watch, &spikes, &diag) != BH_OK ||
        bh_synapses_new(&wires, &synapses, &diag) != BH_OK ||
        bh_synapses_connect(synapses, &all, &diag) != BH_OK ||
        bh_synapses_set(synapses, "delay", NULL, "0.1*ms*(1 + j)", &diag) != BH_OK ||
        bh_network_run(net, 2e-3, &diag) != BH_OK)
        abort();
    return net;
}

/* A network takes back a state whose sums are right, whatever is in it, or refuses; it
 * does not run on: a state is as trusted as the program. The first byte is the kind. */
static inline void
read_store(const uint8_t *data, size_t size)
{
    enum { HEAD = 56 }; /* magic, version, model, step, dt, size, sum */
    static bh_network *net;
    static unsigned char head[HEAD];
    bh_store *store = NULL;
    size_t whole = 0;
    if (!net) {
        net = make_network();
        if (bh_network_store(net, &store, &diag) != BH_OK)
            abort();
        memcpy(head, bh_store_bytes(store, &whole), HEAD);
        const char *seed = getenv("FUZZ_SEED");
        if (seed && bh_checkpoint_write(
                        seed, (const char *)bh_store_bytes(store, &whole) + HEAD - 1,
                        whole - HEAD + 1, &diag) != BH_OK)
            abort();
        bh_store_free(store);
        store = NULL;
    }
    void *bytes = NULL;
    expect_reason(bh_checkpoint_read(as_file(data, size), &bytes, &whole, &diag));
    expect_reason(bh_store_open(bytes, whole, &store, &diag));
    free(bytes);
    bh_store_free(store);
    store = NULL;
    uint8_t *made = malloc(HEAD + size);
    const uint64_t length = size ? size - 1 : 0;
    uint64_t model;
    memcpy(&model, head + 16, 8);
    memcpy(made, head, HEAD);
    if (size)
        memcpy(made + HEAD, data + 1, size - 1);
    const uint64_t check = bh_hash(model, made + HEAD, length);
    memcpy(made + 40, &length, 8);
    memcpy(made + 48, &check, 8);
    if (bh_store_open(made, HEAD + length, &store, &diag) != BH_OK)
        abort();
    expect_reason(bh_network_restore(net, store, &diag)); /* as often as one likes */
    bh_store_free(store);
    free(made);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!memmem(data, size, "\x89HDF", 4))
        READER(data, size);
    return 0;
}
