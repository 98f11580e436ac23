/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/comm_internal.h"

#include <stdlib.h>
#include <string.h>

/* What launchers put into the environment of the processes they start. */
static const struct sign {
    const char *there; /* set by this launcher alone */
    const char *size;  /* has the number of processes; or NULL */
    const char *module, *launcher;
} signs[] = {
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_SIZE", "openmpi", "mpirun of Open MPI"},
    {"PMIX_RANK", "SLURM_STEP_NUM_TASKS", "openmpi", "a launcher with PMIx"},
    {"PMI_SIZE", "PMI_SIZE", "mpich", "mpiexec of MPICH"},
    {"PMI_FD", "SLURM_STEP_NUM_TASKS", "mpich", "a launcher with PMI-2"},
    /* last: tasks of srun that no MPI knows of */
    {"SLURM_STEP_NUM_TASKS", "SLURM_STEP_NUM_TASKS", "", "srun"},
};

static int
whole_number(const char *text)
{
    const long value = text ? strtol(text, NULL, 10) : 0;
    return value > 0 && value < 1 << 30 ? (int)value : 0;
}

struct comm_launch
comm_launch_find(const char *(*get)(const char *name))
{
    struct comm_launch launch = {NULL, "no launcher", 1};
    const char *own = get("BH_MPI");
    if (own && strcmp(own, "off") == 0)
        return launch;
    for (size_t n = 0; n < sizeof signs / sizeof signs[0]; n++) {
        if (!get(signs[n].there))
            continue;
        launch = (struct comm_launch){signs[n].module, signs[n].launcher,
                                      whole_number(get(signs[n].size))};
        break;
    }
    if (launch.size == 1) /* one process needs nobody to speak to */
        launch.module = NULL;
    if (own && *own)
        launch.module = own;
    return launch;
}
