/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_NEURONS_DEVICE_SHIM_H
#define BH_TESTS_NEURONS_DEVICE_SHIM_H

/* Enough of CUDA for a C compiler to take the text of a network's kernels: a kernel is
 * a function, and whoever calls it says first which thread it is. */
static const char device_shim[] =
    "#include <math.h>\n"
    "#include <stdint.h>\n"
    "#include <string.h>\n"
    "#define __global__\n"
    "static struct { unsigned x; } blockIdx, blockDim, threadIdx;\n"
    "void shim_place(unsigned block, unsigned size, unsigned thread)\n"
    "{\n"
    "    blockIdx.x = block;\n"
    "    blockDim.x = size;\n"
    "    threadIdx.x = thread;\n"
    "}\n";

#endif
