/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* sched_yield, sysconf */
#include "core/api.h"
#include "core/comm_internal.h"

#include <mpi.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What core/comm.c knows of MPI. A module exists once in a process, as MPI does; what
 * it remembers between calls is therefore here. */

static MPI_Comm comm;
static MPI_Request pending = MPI_REQUEST_NULL; /* of module_start */
static MPI_Win window;
static uint64_t *tickets;
static int patience; /* polls before the processor is left to others */

/* The first line of what MPI says of itself, without addresses and dates behind it. */
static void
name_library(char *name, int size)
{
    char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;
    MPI_Get_library_version(text, &length);
    text[strcspn(text, ",\n")] = 0;
    for (char *c = text; *c; c++)
        if (*c == '\t')
            *c = ' ';
    snprintf(name, (size_t)size, "%s", text);
}

static int
open_tickets(int rank)
{
    int error = MPI_Win_allocate(rank == 0 ? (MPI_Aint)sizeof *tickets : 0, 1,
                                 MPI_INFO_NULL, comm, &tickets, &window);
    if (error != MPI_SUCCESS)
        return error;
    if (rank == 0)
        *tickets = 0;
    if ((error = MPI_Win_lock_all(0, window)) != MPI_SUCCESS)
        return error;
    return MPI_Barrier(comm);
}

/* Each machine has one process that is the first of those that share its memory. */
static int
count_machines(int *machines, int *here)
{
    MPI_Comm shared;
    int rank, error = MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL,
                                          &shared);
    if (error)
        return error;
    MPI_Comm_rank(shared, &rank);
    MPI_Comm_size(shared, here);
    MPI_Comm_free(&shared);
    *machines = rank == 0;
    return MPI_Allreduce(MPI_IN_PLACE, machines, 1, MPI_INT, MPI_SUM, comm);
}

static int
module_open(int *rank, int *size, int *machines, int *here, char *name, int name_size)
{
    int error, provided;
    /* Any thread may call, one at a time. */
    if ((error = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided)))
        return error;
    if ((error = MPI_Comm_dup(MPI_COMM_WORLD, &comm)))
        return error;
    MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN);
    MPI_Comm_rank(comm, rank);
    MPI_Comm_size(comm, size);
    name_library(name, name_size);
    if ((error = count_machines(machines, here)))
        return error;
    patience = *here > sysconf(_SC_NPROCESSORS_ONLN) ? 50 : 5000;
    return open_tickets(*rank);
}

static int
module_close(void)
{
    MPI_Win_unlock_all(window);
    MPI_Win_free(&window);
    MPI_Comm_free(&comm);
    return MPI_Finalize();
}

static void
module_explain(int error, char *text, int size)
{
    char whole[MPI_MAX_ERROR_STRING] = "";
    int length;
    MPI_Error_string(error, whole, &length);
    snprintf(text, (size_t)size, "%s", whole);
}

/* Waits as MPI itself would, but lets others have the processor in time: MPICH takes
 * milliseconds for an exchange where there are more processes than processors. */
static int
wait_for(MPI_Request *request)
{
    int error = MPI_SUCCESS, done = 0;
    for (int polls = 0; error == MPI_SUCCESS && !done; polls++) {
        error = MPI_Test(request, &done, MPI_STATUS_IGNORE);
        if (!done && polls > patience)
            sched_yield();
    }
    return error;
}

static int
finish(int error, MPI_Request *request)
{
    return error ? error : wait_for(request);
}

static int
module_barrier(void)
{
    MPI_Request request;
    return finish(MPI_Ibarrier(comm, &request), &request);
}

static int
module_broadcast(int root, void *data, int count)
{
    MPI_Request request;
    return finish(MPI_Ibcast(data, count, MPI_BYTE, root, comm, &request), &request);
}

static int
module_allgather(const void *in, int count, void *out)
{
    MPI_Request request;
    return finish(
        MPI_Iallgather(in, count, MPI_BYTE, out, count, MPI_BYTE, comm, &request),
        &request);
}

static int
module_allgatherv(const void *in, int count, void *out, const int *counts,
                  const int *places)
{
    MPI_Request request;
    return finish(MPI_Iallgatherv(in, count, MPI_BYTE, out, counts, places, MPI_BYTE,
                                  comm, &request),
                  &request);
}

static int
module_gatherv(int root, const void *in, int count, void *out, const int *counts,
               const int *places)
{
    MPI_Request request;
    return finish(MPI_Igatherv(in, count, MPI_BYTE, out, counts, places, MPI_BYTE, root,
                               comm, &request),
                  &request);
}

static int
module_start(const void *in, int count, void *out)
{
    return MPI_Iallgather(in, count, MPI_BYTE, out, count, MPI_BYTE, comm, &pending);
}

static int
module_wait(void)
{
    return wait_for(&pending);
}

static int
module_allreduce(int op, double *values, int count)
{
    MPI_Request request;
    const MPI_Op ops[] = {MPI_MIN, MPI_MAX, MPI_SUM};
    return finish(MPI_Iallreduce(MPI_IN_PLACE, values, count, MPI_DOUBLE, ops[op], comm,
                                 &request),
                  &request);
}

static int
module_next(uint64_t *ticket)
{
    const uint64_t one = 1;
    int error = MPI_Fetch_and_op(&one, ticket, MPI_UINT64_T, 0, 0, MPI_SUM, window);
    return error ? error : MPI_Win_flush(0, window);
}

static void
module_end_all(int exit_status)
{
    MPI_Abort(comm, exit_status);
}

extern BH_API const struct comm_ops bh_comm_module;
const struct comm_ops bh_comm_module = {
    COMM_ABI,       module_open,      module_close,     module_explain,
    module_barrier, module_broadcast, module_allgather, module_allgatherv,
    module_gatherv, module_start,     module_wait,      module_allreduce,
    module_next,    module_end_all};
