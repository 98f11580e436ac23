/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_BENCH_BENCH_H
#define BH_BENCH_BENCH_H

/* What every benchmark needs: a clock, and calls that must succeed. */

#include "core/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static bh_diag diag;

static inline double
now_s(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static inline void
must(bh_status status)
{
    if (status == BH_OK)
        return;
    fprintf(stderr, "%s\n", diag.text[0] ? diag.text : bh_strerror(status));
    exit(1);
}

#endif
