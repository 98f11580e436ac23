/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"

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
    printf("bhears " BH_VERSION "\n"
           "GNU General Public License, version 3 or later; no warranty.\n"
           "Built by " COMPILER "; instruction sets: " INSTRUCTIONS ".\n"
           "Built in: sound files (libsndfile), resampling (libsoxr), head-related "
           "transfer\n"
           "functions (libmysofa), spikes (HDF5, CSV), pictures (PNG, SVG, PDF by "
           "cairo).\n"
           "Found when it runs: a C compiler for the equations, CUDA.\n");
    return end_output();
}

const struct command command_version = {
    .name = "version",
    .summary = "the version, the licence, and what is built in",
    .run = run,
};
