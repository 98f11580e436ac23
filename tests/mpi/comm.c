/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What core/comm.h promises, seen by each of several processes. Exit status 1: a
 * promise was broken; 3: the process that was told to fail (first argument "fail")
 * ended all. */
#include "core/comm.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 64, TICKETS = 40 };

static int faults, rank, size;

#define CHECK(condition)                                                               \
    do {                                                                               \
        if (!(condition)) {                                                            \
            fprintf(stderr, "process %d of %d: %s:%d: %s\n", rank, size, __FILE__,     \
                    __LINE__, #condition);                                             \
            faults++;                                                                  \
        }                                                                              \
    } while (0)

static void
check_exchange(bh_comm *comm)
{
    int own = 100 + rank, all[MOST];
    CHECK(bh_comm_allgather(comm, &own, sizeof own, all, NULL) == BH_OK);
    for (int r = 0; r < size; r++)
        CHECK(all[r] == 100 + r);
    memset(all, 0, sizeof all);
    CHECK(bh_comm_start(comm, &own, sizeof own, all, NULL) == BH_OK);
    CHECK(bh_comm_wait(comm, NULL) == BH_OK);
    for (int r = 0; r < size; r++)
        CHECK(all[r] == 100 + r);
}

/* A call that blocks, while an exchange is under way, leaves that alone. */
static void
check_between(bh_comm *comm)
{
    enum { BYTES = 4 << 20 };
    unsigned char *own = malloc(BYTES), *all = calloc((size_t)size, BYTES);
    double sum = 1;
    CHECK(own && all);
    if (!own || !all)
        exit(1);
    memset(own, 1 + rank, BYTES);
    CHECK(bh_comm_start(comm, own, BYTES, all, NULL) == BH_OK);
    CHECK(bh_comm_allreduce(comm, BH_COMM_SUM, &sum, 1, NULL) == BH_OK);
    CHECK(bh_comm_wait(comm, NULL) == BH_OK);
    CHECK(sum == size);
    size_t wrong = 0;
    for (int r = 0; r < size; r++)
        for (size_t n = 0; n < BYTES; n++)
            wrong += all[(size_t)r * BYTES + n] != 1 + r;
    CHECK(wrong == 0);
    free(own);
    free(all);
}

/* Process r gives r bytes (process 0 none). */
static void
check_unequal(bh_comm *comm)
{
    size_t bytes[MOST], total = 0;
    char own[MOST], all[MOST * MOST], at_root[MOST * MOST];
    memset(own, 'a' + rank, sizeof own);
    for (int r = 0; r < size; r++)
        total += bytes[r] = (size_t)r;
    CHECK(bh_comm_allgatherv(comm, own, bytes, all, NULL) == BH_OK);
    CHECK(bh_comm_gatherv(comm, size - 1, own, bytes, rank == size - 1 ? at_root : NULL,
                          NULL) == BH_OK);
    size_t at = 0;
    for (int r = 0; r < size; r++)
        for (int n = 0; n < r; n++)
            CHECK(all[at++] == 'a' + r);
    CHECK(at == total);
    if (rank == size - 1)
        CHECK(memcmp(all, at_root, total) == 0);
}

static void
check_values(bh_comm *comm)
{
    double least = rank, most = rank, sum[2] = {rank, 1};
    char word[6] = "";
    if (rank == size - 1)
        memcpy(word, "hello", sizeof word);
    CHECK(bh_comm_broadcast(comm, size - 1, word, sizeof word, NULL) == BH_OK);
    CHECK(strcmp(word, "hello") == 0);
    CHECK(bh_comm_allreduce(comm, BH_COMM_MIN, &least, 1, NULL) == BH_OK);
    CHECK(bh_comm_allreduce(comm, BH_COMM_MAX, &most, 1, NULL) == BH_OK);
    CHECK(bh_comm_allreduce(comm, BH_COMM_SUM, sum, 2, NULL) == BH_OK);
    CHECK(least == 0 && most == size - 1);
    CHECK(sum[0] == size * (size - 1) / 2.0 && sum[1] == size);
}

/* Every ticket goes to one process, whichever. */
static void
check_tickets(bh_comm *comm)
{
    double taken[TICKETS] = {0};
    for (;;) {
        uint64_t ticket;
        CHECK(bh_comm_next(comm, &ticket, NULL) == BH_OK);
        if (ticket >= TICKETS)
            break;
        taken[ticket]++;
    }
    CHECK(bh_comm_allreduce(comm, BH_COMM_SUM, taken, TICKETS, NULL) == BH_OK);
    for (int n = 0; n < TICKETS; n++)
        CHECK(taken[n] == 1);
}

int
main(int argc, char **argv)
{
    bh_comm *comm;
    bh_diag diag;
    if (bh_comm_open(&comm, &diag) != BH_OK) {
        fprintf(stderr, "%s\n", diag.text);
        return 1;
    }
    rank = bh_comm_rank(comm);
    size = bh_comm_size(comm);
    if (rank == 0)
        printf("%d processes, %s\n", size, bh_comm_name(comm));
    check_exchange(comm);
    check_between(comm);
    check_unequal(comm);
    check_values(comm);
    check_tickets(comm);
    if (argc > 1 && strcmp(argv[1], "fail") == 0) {
        if (rank == size - 1) {
            fprintf(stderr, "process %d of %d: this one fails\n", rank, size);
            bh_comm_abort(comm, 3);
        }
        CHECK(bh_comm_barrier(comm, NULL) == BH_OK); /* never returns */
    }
    CHECK(bh_comm_barrier(comm, NULL) == BH_OK);
    bh_comm_free(comm);
    return faults > 0;
}
