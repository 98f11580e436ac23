/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands in for nvJitLink: it is there, and fake_cufft.c does what it would do. */
#include "tests/gpu/fake_cuda.h"

EXPORT int nvJitLinkVersion(unsigned *major, unsigned *minor);

int
nvJitLinkVersion(unsigned *major, unsigned *minor)
{
    if (fake_fails(__func__) != 0)
        return 1;
    *major = 13;
    *minor = 0;
    return 0;
}
