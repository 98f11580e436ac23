/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_MIX_DEVICE_KERNEL_H
#define BH_FILTERBANK_MIX_DEVICE_KERNEL_H

/* What the kernels of filterbank/mix.cu are handed; host and device read it alike. */

#include "core/block.h"

#ifdef BH_ONE_LANE
/* As filterbank/mix.h has them. */
typedef enum bh_operation { BH_PLUS, BH_MINUS, BH_TIMES, BH_OVER } bh_operation;
#else
#include "filterbank/mix.h"
extern const char bh_mix[]; /* the program */
#endif

#define BH_MIX_INPUTS 64 /* BH_GRAPH_INPUTS_MAX */

/* A node that is heard. All pointers are the device's. */
struct bh_mix_input {
    const void *data; ///< [frames][stride]; NULL: a number
    uint64_t stride, channels;
};

/* Where a channel comes from. */
struct bh_mix_origin {
    uint32_t input, channel;
};

struct bh_mix_frame {
    struct bh_mix_input in[BH_MIX_INPUTS];
    double number[BH_MIX_INPUTS];       ///< weights of a sum, sides of an operation
    const struct bh_mix_origin *origin; ///< [channels], of a route
    void *out;                          ///< [frames][out_stride]
    uint64_t out_stride;
    uint32_t frames, channels, count;
    uint32_t operation; ///< bh_operation
};

#endif
