/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* nanosleep */
#include "cli/processes.h"

#include "cli/command.h"
#include "cli/console.h"

#include <string.h>
#include <time.h>

bh_status
processes_join(bh_comm **comm, const char *operand, bh_diag *diag)
{
    BH_TRY(bh_comm_open(comm, diag));
    if (bh_comm_size(*comm) > 1 && strcmp(operand, "-") == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "standard input reaches one of %d processes only; name a "
                           "file",
                           bh_comm_size(*comm));
    return BH_OK;
}

int
processes_fail(bh_comm *comm, const bh_diag *diag, int (*tell)(const bh_diag *diag))
{
    const struct timespec moment = {.tv_nsec = 500000000};
    const int rank = bh_comm_rank(comm), size = bh_comm_size(comm);
    if (size == 1)
        return tell(diag);
    if (rank > 0 && diag->status == BH_ERR_STOPPED)
        return EXIT_RUN_FAILED; /* process 0 says so */
    if (rank > 0) {
        /* What all meet, as a model that is wrong, process 0 says, and ends this one.
         */
        nanosleep(&moment, NULL);
        say("process %d of %d:", rank, size);
    }
    const int status = tell(diag);
    if (diag->status != BH_ERR_STOPPED)
        bh_comm_abort(comm, status);
    return status;
}
