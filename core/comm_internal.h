/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_COMM_INTERNAL_H
#define BH_CORE_COMM_INTERNAL_H

/* What core/comm.c asks of a module: MPI in as few words as it needs. A module is one
 * source, core/mpi_module.c, compiled by one MPI's compiler; nothing of MPI's types
 * leaves it. */

#include "core/comm.h"

#include <stdint.h>

/* A module of another version is refused. */
enum { COMM_ABI = 1 };

/* All functions return 0 or a number that `explain` puts into words. Counts are of
 * bytes unless they say otherwise. */
struct comm_ops {
    int abi;
    int (*open)(int *rank, int *size, int *machines, int *here, char *name,
                int name_size);
    int (*close)(void);
    void (*explain)(int error, char *text, int size);
    int (*barrier)(void);
    int (*broadcast)(int root, void *data, int count);
    int (*allgather)(const void *in, int count, void *out);
    int (*allgatherv)(const void *in, int count, void *out, const int *counts,
                      const int *places);
    int (*gatherv)(int root, const void *in, int count, void *out, const int *counts,
                   const int *places);
    int (*start)(const void *in, int count, void *out);
    int (*wait)(void);
    int (*allreduce)(int op, double *values, int count_of_values);
    int (*next)(uint64_t *ticket);
    void (*end_all)(int exit_status);
};

#define COMM_MODULE "bh_comm_module"

/* How many machines the processes are on: 1 where all share memory. */
int comm_machines(const bh_comm *comm);
/* How many threads each process of this machine can have, at least 1; 0 where it is
 * alone, and can have all that it may use. */
int comm_threads(const bh_comm *comm);
/* Lets a test have as many as it likes. */
void comm_pretend(bh_comm *comm, int machines);

/* Which MPI an environment asks for. */
struct comm_launch {
    const char *module; /* "openmpi", "mpich"; NULL: this process is alone */
    const char *launcher;
    int size; /* 0: not known */
};
/* `get` is getenv, or a test's. */
struct comm_launch comm_launch_find(const char *(*get)(const char *name));

#endif
