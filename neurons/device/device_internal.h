/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_DEVICE_INTERNAL_H
#define BH_NEURONS_DEVICE_INTERNAL_H

/* A network on a device (core/device_ops.h). The device keeps it from run to run:
 * memory, orders and graph as long as the network has the same layout, and its state as
 * long as nobody asks for it here (device_home). In a run there are only orders:
 * launches whose arguments never change, because what changes stands in the device's
 * memory, beginning with the clock. Three lists of orders make a run: those at the
 * beginning of a window, those of a step, and those at the end of the window.
 *
 * What goes back and forth in a window lies in one of two slots of pinned memory, so
 * that the host can take what one window gave while the next one is under way. */

#include "core/device_ops.h"
#include "neurons/device_frames_kernel.h"
#include "neurons/run_internal.h"

enum { ITEM_THREADS = 128, PACK_THREADS = 64 };

struct order {
    enum { ORDER_LAUNCH, ORDER_CLEAR, ORDER_COPY } kind;
    void *kernel;
    uint32_t blocks, threads;
    const void *argument;
    void *to;
    const void *from;
    size_t bytes;
};
struct orders {
    struct order *order;
    size_t count, capacity;
};

/* Host memory with a copy on the device. What the host alone changes does not come
 * back. */
struct mirror {
    void *const *host; /* where it is now */
    void *device;
    size_t bytes;
    bool back;
};

/* What a window sends, and how far the queue has to come for its results. */
enum { SLOTS = 2 };
struct device_slot {
    char *pinned;
    size_t size, used;
    size_t steps;
    void *mark;
};

/* The events of a window, packed: those of step k of it are `neuron[offset[k]]` up to
 * `neuron[offset[k + 1]]`. */
struct device_packed {
    uint32_t *offset, *neuron;           /* on the device */
    uint32_t *offset_here, *neuron_here; /* pinned; room for `room` neurons, */
    size_t asked;                        /* and so many were asked for */
};

/* Whom an event of a group happened to. */
struct device_event {
    struct block *block;
    struct history *history;
    bh_device_list list;   /* no neurons: nobody asks for it */
    bh_device_list *frame; /* the same, on the device */
    bool heard;            /* by monitors */
    struct device_packed packed[SLOTS];
    size_t room;    /* for as many as are asked for at most */
    size_t hoped;   /* how many a window will have */
    uint32_t *rest; /* where a window had more */
    size_t rest_room;
    const uint32_t *offset_taken, *neuron_taken; /* of the window that was taken */
};

struct device_state {
    bh_state_monitor *monitor;
    void **rows; /* [variables] on the device */
};

struct device_group {
    bh_group *group;
    bool ahead; /* takes a window at once */
    uint8_t *marks;
    void **arrays, **device_arrays; /* [stored]; the second on the device */
    int32_t *lastspike;
    bh_device_input *input;      /* [stored] */
    struct device_event *events; /* [event_count + 1] */
    const bh_table **tables;
    struct device_state *states;
    size_t state_count;
};

struct device_link {
    struct link *link;
    const void *before, *in;
    void *out;
    int32_t *row;
    size_t in_stride;
    bool fused; /* one kernel with its source and its group; row[0]: frames of the
                   window */
};

/* A source's samples: the frame before the window, and the window, which is the
 * source's own where that leaves it on the device. */
struct device_feed {
    struct feed *feed;
    void *before, *window;
    size_t stride;
};

struct device_trace {
    const struct trace *trace;
    bh_synapses *synapses;
    bh_device_trace_frame frame;
    void *view; /* frame.view, on the device */
};

struct device_synapses {
    const bh_synapses *synapses;
    bh_device_path frame; /* what all its code has in common */
};

struct device_run {
    bh_network *net;
    struct bh_device *device;
    uint64_t layout;   /* the network's, that it was made for */
    enum state_place { /* whose state is the newest */
                       STATE_HERE,
                       STATE_BOTH,
                       STATE_THERE
    } state;
    bool busy; /* between the windows of a run nobody can ask for the state */
    struct device_slot slot[SLOTS];
    int turn;   /* the slot of the next window */
    int queued; /* windows that were not taken yet */
    void **memory, **pinned;
    size_t taken, most_taken, pinned_taken, most_pinned;
    struct mirror *mirrors;
    size_t mirror_count, most_mirrors;
    bh_device_clock *clock;
    struct device_group *groups; /* by object */
    struct device_link *links;
    struct device_feed *feeds;
    size_t link_count, feed_count;
    struct device_trace *traces;
    struct device_synapses *synapses;
    size_t trace_count, synapses_count;
    struct orders first, step, last[SLOTS];
    void *graph;   /* of GRAPH_STEPS steps, or NULL */
    void *staging; /* of the host, for lists */
    size_t staging_bytes;
};

/* device_memory.c */
bh_status device_take(struct device_run *run, size_t bytes, const char *what,
                      void **out, bh_diag *diag);
bh_status device_take_pinned(struct device_run *run, size_t bytes, const char *what,
                             void **out, bh_diag *diag);
/* Room in the slots for all that windows send. */
bh_status device_slots(struct device_run *run, size_t bytes, bh_diag *diag);
/* Sends a part of the window, without a wait while there is room in its slot. */
bh_status device_upload(struct device_run *run, void *to, const void *from,
                        size_t bytes, bh_diag *diag);
/* A copy of host memory on the device; NULL where there is none. */
bh_status device_place(struct device_run *run, const void *host, size_t bytes,
                       const char *what, void **out, bh_diag *diag);
/* Memory for a copy of what stands at `*host` whenever state is sent. With `back` what
 * changes there comes back with the state. NULL where `*host` is NULL. */
bh_status device_mirror(struct device_run *run, void *const *host, size_t bytes,
                        bool back, const char *what, void **out, bh_diag *diag);
bh_status device_write_mirrors(struct device_run *run, bh_diag *diag);
bh_status device_read_mirrors(struct device_run *run, bh_diag *diag);
bh_status device_order(struct device_run *run, struct orders *orders,
                       struct order order, bh_diag *diag);
/* A launch of a kernel of the network's program, with a copy of its frame. */
bh_status device_launch(struct device_run *run, struct orders *orders,
                        const char *kernel, size_t blocks, uint32_t threads,
                        const void *frame, size_t bytes, bh_diag *diag);
bh_status device_give_orders(struct device_run *run, const struct orders *orders,
                             bh_diag *diag);
/* Host memory for lists that come and go; at least so many bytes. */
void *device_staging(struct device_run *run, size_t bytes, bh_diag *diag);
void device_free(struct device_run *run);

/* device_check.c */
/* In how many parts a device goes through the synapses onto a group. */
size_t device_parts(const bh_network *net, const bh_group *group, bool delicate);
/* Says why a network cannot run on a device. */
bh_status device_check(const bh_network *net, bh_diag *diag);

/* device_tables.c: arrays over time, as pointers on the device. */
bh_status device_tables(struct device_run *run, const struct scope *scope,
                        const bh_table *const **out, bh_diag *diag);

/* device_groups.c */
bh_status device_groups_begin(struct device_run *run, bh_diag *diag);
/* What its kernels find. */
bh_status device_group_frame(struct device_run *run, const struct device_group *g,
                             bh_device_frame *out, bh_diag *diag);
/* Orders of one group within a step: its neurons up to the thresholds, and what is
 * behind them. */
bh_status device_group_update(struct device_run *run, struct device_group *g,
                              bh_diag *diag);
bh_status device_group_reset(struct device_run *run, struct device_group *g,
                             bh_diag *diag);
/* Orders at the end of a window. */
bh_status device_group_end(struct device_run *run, struct device_group *g,
                           bh_diag *diag);

/* device_lists.c: histories of the host, and lists on the device. */
bh_status device_lists_begin(struct device_run *run, struct device_group *g,
                             bh_diag *diag);
/* Sends and fetches what happened in the last steps: all of it. */
bh_status device_lists_send(struct device_run *run, struct device_group *g,
                            bh_diag *diag);
bh_status device_lists_fetch(struct device_run *run, struct device_group *g,
                             bh_diag *diag);
/* The window's events for the host's monitors: asks for those of the window that is
 * queued, and takes those of the slot whose mark has been reached. */
bh_status device_lists_ask(struct device_run *run, struct device_group *g, size_t steps,
                           bh_diag *diag);
bh_status device_lists_take(struct device_run *run, struct device_group *g, int slot,
                            bh_diag *diag);
/* Given spikes for the device. */
bh_status device_lists_give(struct device_run *run, struct device_group *g,
                            size_t steps, bh_diag *diag);

/* device_links.c */
bh_status device_links_begin(struct device_run *run, bh_diag *diag);
/* The rows before the window, and those of the window. */
bh_status device_links_start(struct device_run *run, bh_diag *diag);
bh_status device_links_send(struct device_run *run, size_t steps, bh_diag *diag);
/* The most that the second sends, bytes. */
size_t device_links_size(const struct device_run *run);
bh_status device_links_end(struct device_run *run, size_t steps, bh_diag *diag);
bh_status device_links_fetch(struct device_run *run, bh_diag *diag);

/* device_fused.c */
/* Writes a kernel for each link that can be one with its source and its group. */
void device_fused_write(bh_network *net, struct writer *writer);
/* Whether it shall be in this run: then the group's order is all there is. */
void device_fused_begin(struct device_run *run, struct device_link *own);
bh_status device_fused_order(struct device_run *run, const struct device_group *g,
                             bool *ordered, bh_diag *diag);
/* What the kernel must know of a window. */
bh_status device_fused_send(struct device_run *run, const struct device_link *own,
                            bh_diag *diag);

/* device_states.c */
bh_status device_states_begin(struct device_run *run, struct device_group *g,
                              bh_diag *diag);
bh_status device_states_gather(struct device_run *run, struct device_group *g,
                               bool at_end, bh_diag *diag);
bh_status device_states_hear(struct device_run *run, struct device_group *g,
                             bh_diag *diag);

/* device_traces.c: variables of synapses that are kept once for each neuron. */
bh_status device_traces_begin(struct device_run *run, bh_diag *diag);
bh_status device_traces_send(struct device_run *run, bh_diag *diag);
/* The orders before those of a path that spikes run. */
bh_status device_traces_order(struct device_run *run, const struct path *path,
                              bh_diag *diag);
bh_status device_traces_fetch(struct device_run *run, bh_diag *diag);

/* device_paths.c */
bh_status device_paths_begin(struct device_run *run, bh_diag *diag);
/* The orders of some kinds that follow each other in a step. */
bh_status device_paths_order(struct device_run *run, const struct plan *plan,
                             enum path_kind first, enum path_kind end, bh_diag *diag);

/* device_run.c: what network.c calls. */
/* Compiles the network's kernels. Once. */
bh_status device_prepare(bh_network *net, bh_diag *diag);
/* Readies the device for windows: with new memory and orders where the layout is
 * another, and with the state where that was changed here. */
bh_status device_begin(bh_network *net, bh_diag *diag);
/* Waits for what has been queued. */
bh_status device_pause(bh_network *net, bh_diag *diag);
/* Gives the device's memory back. */
void device_end(bh_network *net);
/* Whether a window can be queued before what the last one gave is taken. */
bool device_overlaps(const bh_network *net);
/* Queues the steps of a window whose sources have begun, and takes what the oldest
 * window gave that was queued. */
bh_status device_queue(bh_network *net, size_t steps, bh_diag *diag);
bh_status device_collect(bh_network *net, bh_diag *diag);

#endif
