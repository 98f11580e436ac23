/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_STORE_H
#define BH_NEURONS_STORE_H

#include "core/status.h"
#include "neurons/network.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// The whole state of a network between two runs: variables, what noise comes next,
/// spikes that are under way, synapses, how far sources have been read, and what
/// monitors have recorded. A run that goes on from it gives the same bits as one that
/// was never interrupted.
typedef struct bh_store bh_store;

/// Takes the state down. Readies the network (bh_network_prepare) where it has not run.
BH_API BH_NODISCARD bh_status bh_network_store(bh_network *net, bh_store **out,
                                               bh_diag *diag);
/// Puts a network into a state that was taken from it, or from another one that was
/// made alike, in this process or an earlier one: the same texts, sizes, values of the
/// namespace, seed, time step and monitors, else BH_ERR_DATA. Threads, window and
/// compiled or not may differ.
///
/// A source is read up to where it was, from its beginning if it stands behind that
/// (BH_ERR_UNSUPPORTED where it cannot go back). Spikes that a group was given
/// (bh_generator_set) and operations are not part of the state. After a failure the
/// network can only be freed or restored again.
BH_API BH_NODISCARD bh_status bh_network_restore(bh_network *net, const bh_store *store,
                                                 bh_diag *diag);
BH_API void bh_store_free(bh_store *store);

/// When it was, s.
BH_API double bh_store_time(const bh_store *store);
/// The state as bytes, for files (io/checkpoint.h): the store's. They belong to
/// machines with the same byte order.
BH_API const void *bh_store_bytes(const bh_store *store, size_t *size);
/// The same back from bytes, which are copied and checked against their sum: damage is
/// told, but a state that was made up with a right sum is not; run on from states of
/// your own only.
BH_API BH_NODISCARD bh_status bh_store_open(const void *bytes, size_t size,
                                            bh_store **out, bh_diag *diag);

BH_END_DECLS

#endif
