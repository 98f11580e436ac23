/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_NVRTC_KERNEL_H
#define BH_CORE_NVRTC_KERNEL_H

/* What the other kernel headers take from the C library, for NVRTC, which has no
 * headers. Stands before them in what is handed to it. */

#ifdef __CUDACC_RTC__
#pragma nv_diag_suppress 177 /* no program needs all functions */
typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef int int32_t;
typedef unsigned int uint32_t;
typedef long long int64_t;
typedef unsigned long long uint64_t;
#define INT32_MAX 2147483647
#define INFINITY  __int_as_float(0x7f800000)
#define NAN       __int_as_float(0x7fc00000)
#endif

#endif
