/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_STORE_INTERNAL_H
#define BH_NEURONS_STORE_INTERNAL_H

/* State in, state out: the same function walks over an object's memory to write it into
 * a store and to read it back. */

#include "neurons/engine_internal.h"

/* Longer delays than any. */
#define LONGEST_RECALL (UINT32_C(1) << 30)

struct state {
    bool reading;
    bool failed; /* no memory, or bytes that are no state of this network */
    unsigned char *bytes;
    size_t size, capacity; /* size: written so far, or all there is to read */
    size_t at;             /* read so far */
};

/* Writes or reads so many bytes. */
void state_bytes(struct state *state, void *at, size_t size);
/* The same for an array that grows: `count` elements of `size` bytes. Reading takes new
 * memory where there is not room for so many. */
void state_array(struct state *state, void **array, size_t *count, size_t *capacity,
                 size_t size);

/* store_synapses.c: synapses, and the spikes on their way. */
void state_synapses(struct state *state, bh_synapses *synapses);
bh_status state_history(struct state *state, bh_group *group, bh_diag *diag);

#define STATE_VALUE(state, value) state_bytes(state, &(value), sizeof(value))

#endif
