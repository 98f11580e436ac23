/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* setenv */
#include "core/comm.h"

#include "core/comm_internal.h"
#include "tests/check.h"

/* An environment of our own: pairs of names and values. */
static const char *const *environment;

static const char *
get(const char *name)
{
    for (const char *const *pair = environment; *pair; pair += 2)
        if (strcmp(*pair, name) == 0)
            return pair[1];
    return NULL;
}

static void
test_launchers(void)
{
    static const struct {
        const char *environment[8];
        const char *module; /* NULL: alone */
        int size;
    } cases[] = {
        {{NULL}, NULL, 1},
        {{"OMPI_COMM_WORLD_SIZE", "4", "PMIX_RANK", "1"}, "openmpi", 4},
        {{"OMPI_COMM_WORLD_SIZE", "1"}, NULL, 1},
        {{"PMI_SIZE", "3", "PMI_RANK", "0", "PMI_FD", "6"}, "mpich", 3},
        {{"PMI_SIZE", "1", "PMI_FD", "6"}, NULL, 1},
        {{"PMIX_RANK", "0", "SLURM_STEP_NUM_TASKS", "8"}, "openmpi", 8},
        {{"PMI_FD", "6", "SLURM_STEP_NUM_TASKS", "8"}, "mpich", 8},
        {{"SLURM_STEP_NUM_TASKS", "8"}, "", 8},
        {{"SLURM_STEP_NUM_TASKS", "1"}, NULL, 1},
        {{"SLURM_NTASKS", "8"}, NULL, 1}, /* a batch script before any srun */
        {{"BH_MPI", "off", "OMPI_COMM_WORLD_SIZE", "4"}, NULL, 1},
        {{"BH_MPI", "mpich", "OMPI_COMM_WORLD_SIZE", "4"}, "mpich", 4},
        {{"BH_MPI", "", "PMI_SIZE", "2"}, "mpich", 2},
    };
    for (size_t n = 0; n < sizeof cases / sizeof cases[0]; n++) {
        environment = cases[n].environment;
        const struct comm_launch launch = comm_launch_find(get);
        CHECK((launch.module == NULL) == (cases[n].module == NULL));
        if (launch.module && cases[n].module)
            CHECK(strcmp(launch.module, cases[n].module) == 0);
        CHECK(launch.size == cases[n].size);
    }
}

static void
check_alone(bh_comm *comm)
{
    bh_diag diag;
    char out[4] = "";
    const size_t bytes = 3;
    double values[2] = {1.5, -2};
    CHECK(bh_comm_rank(comm) == 0);
    CHECK(bh_comm_size(comm) == 1);
    CHECK(strcmp(bh_comm_name(comm), "no MPI") == 0);
    CHECK_OK(bh_comm_barrier(comm, &diag), diag);
    CHECK_OK(bh_comm_broadcast(comm, 0, values, sizeof values, &diag), diag);
    CHECK_OK(bh_comm_allgather(comm, "abc", 3, out, &diag), diag);
    CHECK(strcmp(out, "abc") == 0);
    CHECK_OK(bh_comm_allgatherv(comm, "def", &bytes, out, &diag), diag);
    CHECK(strcmp(out, "def") == 0);
    CHECK_OK(bh_comm_gatherv(comm, 0, "ghi", &bytes, out, &diag), diag);
    CHECK(strcmp(out, "ghi") == 0);
    CHECK_OK(bh_comm_start(comm, "jkl", 3, out, &diag), diag);
    CHECK_OK(bh_comm_wait(comm, &diag), diag);
    CHECK(strcmp(out, "jkl") == 0);
    CHECK_OK(bh_comm_allreduce(comm, BH_COMM_SUM, values, 2, &diag), diag);
    CHECK(values[0] == 1.5 && values[1] == -2);
    bh_comm_abort(comm, 1); /* nobody else is there: the caller ends by itself */
}

static void
test_alone(void)
{
    bh_diag diag;
    bh_comm *comm = NULL;
    check_alone(NULL);
    CHECK(bh_comm_next(NULL, &(uint64_t){0}, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "bh_comm_open");
    CHECK_OK(bh_comm_open(&comm, &diag), diag);
    check_alone(comm);
    for (uint64_t n = 0; n < 3; n++) {
        uint64_t ticket = 99;
        CHECK_OK(bh_comm_next(comm, &ticket, &diag), diag);
        CHECK(ticket == n);
    }
    bh_comm_free(comm);
    bh_comm_free(NULL);
}

static void
test_no_module(void)
{
    bh_diag diag;
    bh_comm *comm = NULL;
    setenv("BH_MPI", "absent", 1);
    CHECK(bh_comm_open(&comm, &diag) == BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "brianhears-absent.so");
    unsetenv("BH_MPI");
    setenv("SLURM_STEP_NUM_TASKS", "4", 1);
    CHECK(bh_comm_open(&comm, &diag) == BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "srun --mpi=pmix");
    unsetenv("SLURM_STEP_NUM_TASKS");
    CHECK(comm == NULL);
}

TEST_MAIN("core/comm", {"what launchers leave in the environment", test_launchers},
          {"one process", test_alone}, {"a module that is not there", test_no_module})
