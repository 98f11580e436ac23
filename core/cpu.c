/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/cpu.h"

#include <stdlib.h>
#include <string.h>

static bh_cpu_level
detect(void)
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return BH_CPU_BASELINE;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        return BH_CPU_AVX512;
    return BH_CPU_AVX2;
#else
    return BH_CPU_BASELINE;
#endif
}

bh_cpu_level
bh_cpu(void)
{
    bh_cpu_level best = detect();
    const char *wanted = getenv("BH_CPU");
    for (int level = BH_CPU_BASELINE; wanted && level < (int)best; level++)
        if (strcmp(wanted, bh_cpu_name((bh_cpu_level)level)) == 0)
            return (bh_cpu_level)level;
    return best;
}

const char *
bh_cpu_name(bh_cpu_level level)
{
    static const char *const names[] = {"baseline", "avx2", "avx512"};
    return names[level];
}
