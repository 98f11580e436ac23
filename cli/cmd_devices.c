/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"

static bh_status
print_cpu(bh_diag *diag)
{
    bh_network *net = NULL;
    BH_TRY(bh_network_new(NULL, &net, diag));
    printf("CPU    %s, %d threads\n", bh_cpu_name(bh_cpu()), bh_network_threads(net));
    bh_network_free(net);
    return BH_OK;
}

static void
print_gpu(int number)
{
    bh_diag diag = {0};
    bh_gpu_info gpu;
    if (bh_gpu_describe(number, &gpu, &diag) != BH_OK)
        printf("GPU %-2d %s\n", number, diag.text);
    else
        printf("GPU %-2d %s, %.1f GiB, %d multiprocessors, compute capability %d.%d, "
               "CUDA %d.%d\n",
               number, gpu.name, (double)gpu.memory_bytes / (1 << 30),
               gpu.multiprocessors, gpu.compute_major, gpu.compute_minor,
               gpu.cuda_major, gpu.cuda_minor);
}

static int
run(const void *settings, const char *operand)
{
    (void)settings, (void)operand;
    bh_diag diag = {0};
    int count = 0;
    if (print_cpu(&diag) != BH_OK)
        return fail(&diag);
    if (bh_gpu_count(&count, &diag) != BH_OK)
        printf("GPU    none: %s\n", diag.text);
    for (int i = 0; i < count; i++)
        print_gpu(i);
    return end_output();
}

const struct command command_devices = {
    .name = "devices",
    .summary = "the processors and GPUs of this machine",
    .about =
        "Prints the instruction set and the number of threads that are used, and "
        "the CUDA devices of this machine, or why there are none. Sounds are heard "
        "on the CPU. The environment "
        "variable BH_CPU (baseline, avx2, avx512) asks for a lower instruction "
        "set.",
    .run = run,
};
