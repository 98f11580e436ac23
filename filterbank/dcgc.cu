/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The dynamic compressive gammachirp on a GPU, behind its passive filters, which are a
 * bank of their own (filterbank/lane.cu of the gammachirp). As that has heard the whole
 * window, a thread has its channel and the one that makes its level at hand, and goes
 * through all frames by itself with the processor's text (dcgc_isa.c). Compile as
 * filterbank/lane.cu. */

/* Not all that the included texts have is used. */
#pragma nv_diag_suppress 177

#include "filterbank/dcgc_isa.c"
#include "core/cuda_kernel.h"
#include "filterbank/dcgc_device_kernel.h"

BH_KERNEL(bh_lane_behind, struct bh_dcgc_frame, f)
{
    const struct bh_lane_frame *lane = &f->lane;
    const uint32_t ch = blockIdx.x * blockDim.x + threadIdx.x;
    if (ch >= lane->channels)
        return;
    double *fields = (double *)lane->rows + ch;
    const double *in = (const double *)lane->in;
    const size_t heard = (size_t)fields[DCGC_HEARD * lane->stride];
    struct dcgc_row row;
    for (int i = 0; i < DCGC_LANES; i++)
        ((double *)&row)[i] = fields[(size_t)i * lane->stride];
    row.until_update = (size_t)fields[DCGC_UNTIL_UPDATE * lane->stride];
    active(&row, &f->shared, in + ch, in + heard, lane->in_stride,
           bh_lane_out(lane, ch));
    for (int i = 0; i < DCGC_LANES; i++)
        fields[(size_t)i * lane->stride] = ((double *)&row)[i];
    fields[DCGC_UNTIL_UPDATE * lane->stride] = (double)row.until_update;
}

/* What the passive filters hear, [frames][channels], in double. */
BH_KERNEL(bh_lane_widen, struct bh_lane_frame, f)
{
    const uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
    const size_t t = i / f->channels, ch = i % f->channels;
    if (t < f->frames)
        ((double *)f->out)[t * f->out_stride + ch] =
            ((const float *)f->in)[t * f->in_stride + ch];
}
