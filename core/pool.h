/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_POOL_H
#define BH_CORE_POOL_H

#include "core/status.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// Threads that share out numbered pieces of work. Which thread does which piece is not
/// fixed, so pieces must not depend on each other.
typedef struct bh_pool bh_pool;

/// A pool that works on `threads` threads, the caller's among them; 0 means one for
/// each processor this process may use.
BH_API BH_NODISCARD bh_status bh_pool_new(int threads, bh_pool **out, bh_diag *diag);
BH_API void bh_pool_free(bh_pool *pool);
BH_API int bh_pool_threads(const bh_pool *pool);

/// Calls `work(context, i, thread)` once for each i below `count`, with `thread` below
/// bh_pool_threads, and returns when all are done. `cost_ns` says about how long all of
/// it takes on one thread, ns: what is shorter than a meeting of threads stays on the
/// caller's. One caller at a time.
BH_API void bh_pool_run(bh_pool *pool, size_t count, double cost_ns,
                        void (*work)(void *context, size_t i, int thread),
                        void *context);

BH_END_DECLS

#endif
