/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/json.h"

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "an unknown compiler"
#endif

#if defined(__x86_64__)
#define INSTRUCTIONS "baseline, avx2, avx512"
#else
#define INSTRUCTIONS "baseline"
#endif

static int
run(const void *settings, const char *operand)
{
    (void)settings, (void)operand;
    const char *kernels = bh_backend_kernels();
    if (common()->json) {
        struct json json;
        json_begin(&json, stdout);
        json_text(&json, "version", BH_VERSION);
        json_text(&json, "licence", "GPL-3.0-or-later");
        json_text(&json, "compiler", COMPILER);
        json_text(&json, "instruction_sets", INSTRUCTIONS);
        json_text(&json, "mpi", BH_MPIS);
        json_text(&json, "gpu_kernels", kernels);
        json_end(&json);
        return end_output();
    }
    printf("bhears " BH_VERSION "\n"
           "GNU General Public License, version 3 or later; no warranty.\n"
           "Built by " COMPILER "; instruction sets: " INSTRUCTIONS ".\n"
           "Built in: sound files (libsndfile), resampling (libsoxr), head-related "
           "transfer\n"
           "functions (libmysofa), spikes (HDF5, CSV), pictures (PNG, SVG, PDF by "
           "cairo).\n"
           "Found when it runs: a C compiler for the equations, CUDA, MPI (" BH_MPIS
           ").\n"
           "Machine code for filterbanks on GPUs: %s.\n",
           kernels[0] ? kernels : "none; NVRTC makes it when it runs");
    return end_output();
}

const struct command command_version = {
    .name = "version",
    .summary = "the version, the licence, and what is built in",
    .examples = "  bhears version\n  bhears version --json\n",
    .takes = TAKES_JSON,
    .run = run,
};
