/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_COMM_H
#define BH_CORE_COMM_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/// The processes that work together: those that mpirun, mpiexec or srun has started, on
/// one machine or many, or this one alone. Where a function takes a bh_comm, NULL means
/// this process alone too.
///
/// All processes run the same program. Functions marked "all" must be called by all of
/// them, in the same order; they return when what the caller needs is there. One thread
/// of a process at a time may use it. docs/scaling.md shows it at work.
typedef struct bh_comm bh_comm;

/// All: joins the processes of the launcher that started this one; without one (or with
/// one process) it is alone, and needs no MPI. MPI (the interface of version 3: Open
/// MPI, MPICH and what is compatible with them) is in a module that is loaded now; the
/// environment tells which. BH_MPI=openmpi, mpich or off decides otherwise;
/// BH_MODULE_DIR names a directory to look for modules first. Once a process, as MPI
/// begins once. Errors: BH_ERR_UNSUPPORTED where the module or its MPI is not there.
BH_API BH_NODISCARD bh_status bh_comm_open(bh_comm **out, bh_diag *diag);

/// All: leaves, and ends MPI. NULL is allowed.
BH_API void bh_comm_free(bh_comm *comm);

/// Which of the processes this is, from 0 on. NULL: 0.
BH_API int bh_comm_rank(const bh_comm *comm);
/// How many there are. NULL: 1.
BH_API int bh_comm_size(const bh_comm *comm);
/// "Open MPI v4.1.4", or "no MPI"; of the comm.
BH_API const char *bh_comm_name(const bh_comm *comm);

/// All: returns when all have come here.
BH_API BH_NODISCARD bh_status bh_comm_barrier(bh_comm *comm, bh_diag *diag);

/// All: everyone gets the `bytes` at `data` of process `root`.
BH_API BH_NODISCARD bh_status bh_comm_broadcast(bh_comm *comm, int root, void *data,
                                                size_t bytes, bh_diag *diag);

/// All: everyone gets the same number of bytes from everyone, by rank; `out` has room
/// for size * bytes, and must not overlap `in`.
BH_API BH_NODISCARD bh_status bh_comm_allgather(bh_comm *comm, const void *in,
                                                size_t bytes, void *out, bh_diag *diag);

/// All: the same where process r gives bytes[r], which all must know; one behind the
/// other. `in` must not overlap `out`.
BH_API BH_NODISCARD bh_status bh_comm_allgatherv(bh_comm *comm, const void *in,
                                                 const size_t *bytes, void *out,
                                                 bh_diag *diag);

/// All: the same, but only process `root` gets them; elsewhere `out` may be NULL.
/// At most 2 GiB in all: BH_ERR_ARGUMENT.
BH_API BH_NODISCARD bh_status bh_comm_gatherv(bh_comm *comm, int root, const void *in,
                                              const size_t *bytes, void *out,
                                              bh_diag *diag);

/// All: begins what bh_comm_allgather does; until bh_comm_wait returns, `in` and `out`
/// belong to it. One at a time.
BH_API BH_NODISCARD bh_status bh_comm_start(bh_comm *comm, const void *in, size_t bytes,
                                            void *out, bh_diag *diag);
/// All: ends it.
BH_API BH_NODISCARD bh_status bh_comm_wait(bh_comm *comm, bh_diag *diag);

typedef enum bh_comm_op { BH_COMM_MIN, BH_COMM_MAX, BH_COMM_SUM } bh_comm_op;

/// All: replaces each value by the smallest, largest, or sum of it over all processes.
/// Whole numbers are exact below 2^53.
BH_API BH_NODISCARD bh_status bh_comm_allreduce(bh_comm *comm, bh_comm_op op,
                                                double *values, size_t count,
                                                bh_diag *diag);

/// The next ticket: 0, 1, 2, ... Each goes to one process only, whoever asks first, so
/// that work shares itself out. Not "all": anyone asks at any time, without waiting for
/// the others. (Between machines process 0 hands them out from within its own calls:
/// one that computes for long without asking lets others wait.) NULL: BH_ERR_ARGUMENT.
BH_API BH_NODISCARD bh_status bh_comm_next(bh_comm *comm, uint64_t *ticket,
                                           bh_diag *diag);

/// Ends all processes at once with this exit status, this one too: for a process that
/// has met an error (and said so) while others may be waiting for it. Returns only
/// where this process is alone.
BH_API void bh_comm_abort(bh_comm *comm, int exit_status);

BH_END_DECLS

#endif
