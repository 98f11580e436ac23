/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_CPU_H
#define BH_CORE_CPU_H

/* Which of the compiled instruction sets this machine runs. A file `x_isa.c` is
 * compiled once for each level with BH_ISA(name) giving each copy names of its own, and
 * exports one const table; BH_ISA_PICK chooses the table at start. */

#ifndef BH_ONE_LANE
#include "core/api.h"

BH_BEGIN_DECLS

typedef enum bh_cpu_level { BH_CPU_BASELINE, BH_CPU_AVX2, BH_CPU_AVX512 } bh_cpu_level;

/// The best level of this machine, or a lower one named by the environment variable
/// BH_CPU (baseline, avx2, avx512). Levels with FMA (avx2, avx512) give the same bits.
BH_API bh_cpu_level bh_cpu(void);
/// "baseline", "avx2" or "avx512".
BH_API const char *bh_cpu_name(bh_cpu_level level);
#endif

#ifdef BH_ISA_SUFFIX
#define BH_ISA_JOIN2(name, suffix) name##_##suffix
#define BH_ISA_JOIN(name, suffix)  BH_ISA_JOIN2(name, suffix)
#define BH_ISA(name)               BH_ISA_JOIN(name, BH_ISA_SUFFIX)
#endif

#if defined(BH_ONE_LANE)
/* A GPU is no level: its kernels are not called through tables. */
#define BH_ISA_DECLARE(type, table) type
#elif defined(__x86_64__)
#define BH_ISA_DECLARE(type, table)                                                    \
    extern const type table##_baseline, table##_avx2, table##_avx512
#define BH_ISA_PICK(table)                                                             \
    (bh_cpu() == BH_CPU_AVX512 ? &table##_avx512                                       \
     : bh_cpu() == BH_CPU_AVX2 ? &table##_avx2                                         \
                               : &table##_baseline)
#else
#define BH_ISA_DECLARE(type, table) extern const type table##_baseline
#define BH_ISA_PICK(table)          (&table##_baseline)
#endif

#ifndef BH_ONE_LANE
BH_END_DECLS
#endif

#endif
