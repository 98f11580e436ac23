/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* dladdr */
#include "core/comm.h"

#include "core/comm_internal.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* MPI counts in int: what is longer goes in pieces. */
enum { PIECE = 1 << 30 };

struct bh_comm {
    const struct comm_ops *ops; /* NULL: alone */
    int rank, size;
    int machines, here; /* how many processes are on this one */
    uint64_t ticket;    /* alone */
    char name[128];
    int *counts, *places; /* [size] each */
};

static const char *
get_environment(const char *name)
{
    return getenv(name);
}

/* The directory of the library (or program) that this is part of. */
static void
own_directory(char *path, size_t size)
{
    Dl_info info;
    path[0] = 0;
    void *address;
    bh_status (*here)(bh_comm **, bh_diag *) = bh_comm_open;
    memcpy(&address, &here, sizeof address);
    if (dladdr(address, &info) && info.dli_fname)
        snprintf(path, size, "%s", info.dli_fname);
    char *slash = strrchr(path, '/');
    if (slash)
        *slash = 0;
    else
        snprintf(path, size, ".");
}

/* Where the module is: a directory of one's own, that of the modules, or, before the
 * library is installed, beside it. */
static bool
find_module(const char *module, char *path, size_t size)
{
    const char *own = getenv("BH_MODULE_DIR");
    char directory[PATH_MAX];
    own_directory(directory, sizeof directory);
    const char *roots[] = {own ? own : directory, directory, directory};
    const char *folders[] = {own ? "" : "/brianhears", "/brianhears", ""};
    for (int n = 0; n < 3; n++) {
        snprintf(path, size, "%s%s/brianhears-%s.so", roots[n], folders[n], module);
        FILE *file = fopen(path, "rb");
        if (file) {
            fclose(file);
            return true;
        }
    }
    return false;
}

static bh_status
no_module(const struct comm_launch *launch, bh_diag *diag)
{
    if (launch->module[0] == 0)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "srun has started %d tasks that cannot find each other; "
                           "'srun --mpi=pmix' (Open MPI) or 'srun --mpi=pmi2' (MPICH) "
                           "lets them, BH_MPI=off runs each alone",
                           launch->size);
    return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                       "%s has started this program, but there is no module "
                       "brianhears-%s.so; it is built where there is an mpicc of that "
                       "MPI (Debian: lib%s-dev), and BH_MODULE_DIR says where it is",
                       launch->launcher, launch->module, launch->module);
}

static bh_status
load(const struct comm_launch *launch, const struct comm_ops **out, bh_diag *diag)
{
    char path[PATH_MAX + 64];
    if (!find_module(launch->module, path, sizeof path))
        return no_module(launch, diag);
    /* Parts that MPI loads by itself look for its symbols. */
    void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
    const struct comm_ops *ops = library ? dlsym(library, COMM_MODULE) : NULL;
    const char *why = ops ? NULL : dlerror();
    if (!ops)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED, "%s does not load: %s", path,
                           why ? why : "no reason given");
    if (ops->abi != COMM_ABI)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "%s is of another version than the library; install both "
                           "together",
                           path);
    *out = ops;
    return BH_OK;
}

static bh_status
check(const bh_comm *comm, int error, const char *what, bh_diag *diag)
{
    char why[256];
    if (error == 0)
        return BH_OK;
    comm->ops->explain(error, why, sizeof why);
    return bh_diag_set(diag, BH_ERR_DEVICE, "process %d of %d: %s fails in %s: %s",
                       comm->rank, comm->size, comm->name, what, why);
}

bh_status
bh_comm_open(bh_comm **out, bh_diag *diag)
{
    const struct comm_launch launch = comm_launch_find(get_environment);
    bh_comm *comm = calloc(1, sizeof *comm);
    if (!comm)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to begin");
    comm->size = comm->machines = 1;
    snprintf(comm->name, sizeof comm->name, "no MPI");
    bh_status status = launch.module ? load(&launch, &comm->ops, diag) : BH_OK;
    if (status == BH_OK && comm->ops)
        status = check(comm,
                       comm->ops->open(&comm->rank, &comm->size, &comm->machines,
                                       &comm->here, comm->name, sizeof comm->name),
                       "its beginning", diag);
    comm->counts = calloc(2 * (size_t)comm->size, sizeof *comm->counts);
    if (status == BH_OK && !comm->counts)
        status =
            bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %d processes", comm->size);
    if (status != BH_OK) {
        free(comm->counts);
        free(comm);
        return status;
    }
    comm->places = comm->counts + comm->size;
    *out = comm;
    return BH_OK;
}

void
bh_comm_free(bh_comm *comm)
{
    if (!comm)
        return;
    if (comm->ops)
        comm->ops->close();
    free(comm->counts);
    free(comm);
}

static bool
is_alone(const bh_comm *comm)
{
    return !comm || !comm->ops;
}

int
bh_comm_rank(const bh_comm *comm)
{
    return comm ? comm->rank : 0;
}

int
bh_comm_size(const bh_comm *comm)
{
    return comm ? comm->size : 1;
}

const char *
bh_comm_name(const bh_comm *comm)
{
    return comm ? comm->name : "no MPI";
}

int
comm_machines(const bh_comm *comm)
{
    return comm ? comm->machines : 1;
}

int
comm_threads(const bh_comm *comm)
{
    if (is_alone(comm))
        return 0;
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors > comm->here ? (int)(processors / comm->here) : 1;
}

void
comm_pretend(bh_comm *comm, int machines)
{
    comm->machines = machines;
}

bh_status
bh_comm_barrier(bh_comm *comm, bh_diag *diag)
{
    return is_alone(comm) ? BH_OK
                          : check(comm, comm->ops->barrier(), "a barrier", diag);
}

bh_status
bh_comm_broadcast(bh_comm *comm, int root, void *data, size_t bytes, bh_diag *diag)
{
    char *at = data;
    while (!is_alone(comm) && bytes > 0) {
        const int piece = bytes < PIECE ? (int)bytes : PIECE;
        BH_TRY(check(comm, comm->ops->broadcast(root, at, piece), "a broadcast", diag));
        at += piece;
        bytes -= (size_t)piece;
    }
    return BH_OK;
}

/* Counts and places of all; false where they are beyond those of MPI. */
static bool
set_counts(bh_comm *comm, const size_t *bytes)
{
    size_t total = 0;
    for (int r = 0; r < comm->size; r++) {
        if (bytes[r] > INT_MAX || total > INT_MAX - bytes[r])
            return false;
        comm->counts[r] = (int)bytes[r];
        comm->places[r] = (int)total;
        total += bytes[r];
    }
    return true;
}

bh_status
bh_comm_allgatherv(bh_comm *comm, const void *in, const size_t *bytes, void *out,
                   bh_diag *diag)
{
    const int rank = bh_comm_rank(comm), size = bh_comm_size(comm);
    if (!is_alone(comm) && set_counts(comm, bytes))
        return check(comm,
                     comm->ops->allgatherv(in, comm->counts[rank], out, comm->counts,
                                           comm->places),
                     "an exchange", diag);
    char *at = out;
    for (int r = 0; r < size; r++) {
        if (r == rank && bytes[r] > 0)
            memcpy(at, in, bytes[r]);
        BH_TRY(bh_comm_broadcast(comm, r, at, bytes[r], diag));
        at += bytes[r];
    }
    return BH_OK;
}

bh_status
bh_comm_allgather(bh_comm *comm, const void *in, size_t bytes, void *out, bh_diag *diag)
{
    const int rank = bh_comm_rank(comm), size = bh_comm_size(comm);
    if (!is_alone(comm) && bytes <= INT_MAX)
        return check(comm, comm->ops->allgather(in, (int)bytes, out), "an exchange",
                     diag);
    for (int r = 0; r < size; r++) {
        char *at = (char *)out + (size_t)r * bytes;
        if (r == rank && bytes > 0)
            memcpy(at, in, bytes);
        BH_TRY(bh_comm_broadcast(comm, r, at, bytes, diag));
    }
    return BH_OK;
}

bh_status
bh_comm_gatherv(bh_comm *comm, int root, const void *in, const size_t *bytes, void *out,
                bh_diag *diag)
{
    if (is_alone(comm)) {
        if (bytes[0] > 0)
            memcpy(out, in, bytes[0]);
        return BH_OK;
    }
    if (!set_counts(comm, bytes))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "more than 2 GiB to gather at once; it can be done in "
                           "pieces");
    return check(comm,
                 comm->ops->gatherv(root, in, comm->counts[comm->rank], out,
                                    comm->counts, comm->places),
                 "a gathering", diag);
}

bh_status
bh_comm_start(bh_comm *comm, const void *in, size_t bytes, void *out, bh_diag *diag)
{
    if (is_alone(comm) || bytes > INT_MAX)
        return bh_comm_allgather(comm, in, bytes, out, diag);
    return check(comm, comm->ops->start(in, (int)bytes, out), "an exchange", diag);
}

bh_status
bh_comm_wait(bh_comm *comm, bh_diag *diag)
{
    return is_alone(comm) ? BH_OK : check(comm, comm->ops->wait(), "an exchange", diag);
}

bh_status
bh_comm_allreduce(bh_comm *comm, bh_comm_op op, double *values, size_t count,
                  bh_diag *diag)
{
    while (!is_alone(comm) && count > 0) {
        const int piece = count < PIECE / 8 ? (int)count : PIECE / 8;
        BH_TRY(check(comm, comm->ops->allreduce((int)op, values, piece), "a reduction",
                     diag));
        values += piece;
        count -= (size_t)piece;
    }
    return BH_OK;
}

bh_status
bh_comm_next(bh_comm *comm, uint64_t *ticket, bh_diag *diag)
{
    if (!comm)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "tickets are counted by a comm, not by NULL; open one with "
                           "bh_comm_open, which needs no MPI either");
    if (!comm->ops) {
        *ticket = comm->ticket++;
        return BH_OK;
    }
    return check(comm, comm->ops->next(ticket), "a ticket", diag);
}

void
bh_comm_abort(bh_comm *comm, int exit_status)
{
    if (!is_alone(comm))
        comm->ops->end_all(exit_status);
}
