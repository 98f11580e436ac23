/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_PLACE_INTERNAL_H
#define BH_FILTERBANK_PLACE_INTERNAL_H

/* The parts of a bank on a device: place.c carries windows, place_lane.c and
 * place_fourier.c are what can be done with them. */

#include "core/device_ops.h"
#include "filterbank/filterbank_ops.h"
#include "filterbank/place.h"

/* Windows in the device's memory, in the bank's precision. */
struct place_window {
    const void *in; /* [frames][in_stride] */
    void *out;      /* [frames][out_stride] */
    size_t in_channels, in_stride, frames, out_stride;
    bool lent; /* the reader's kernel computes: only the frame is made ready */
};

/* What is run on the device; all that can fail says so. */
struct place_method {
    bool one_channel; ///< hears no more
    bh_status (*run)(void *self, const struct place_window *window, bh_diag *diag);
    /* What the reader's kernel is made of: all of `part` but its precision. False, or
     * NULL, where windows cannot be computed there. */
    bool (*part)(const void *self, size_t in_channels, bh_source_part *part);
    bh_status (*reset)(void *self, bh_diag *diag);
    void (*free)(void *self);
};

/* Elements from one frame of a window to the next: one channel lies side by side, as
 * what hears one channel wants it. */
static inline size_t
place_stride(size_t channels)
{
    return channels > 1 ? bh_lanes_round(channels) : 1;
}

/* Back to the processor, for a bank that has not heard anything on its device. */
void place_undo(bh_filterbank *fb);

/* What a method is made of: the bank as the processor has it. */
struct place_order {
    bh_device *device;
    const struct bh_filterbank_config *bank;
    struct bh_bank_form form;
};

BH_NODISCARD bh_status place_lane_new(const struct place_order *order,
                                      const struct place_method **method, void **out,
                                      bh_diag *diag);
BH_NODISCARD bh_status place_behind_new(const struct place_order *order,
                                        const struct place_method **method, void **out,
                                        bh_diag *diag);
/* Of a graph (graph_place.c), whose banks are placed the same way. */
BH_NODISCARD bh_status place_graph_new(const struct place_order *order,
                                       bh_place_method how,
                                       const struct place_method **method, void **out,
                                       bh_diag *diag);
BH_NODISCARD bh_status place_scan_new(const struct place_order *order,
                                      const struct place_method **method, void **out,
                                      bh_diag *diag);
BH_NODISCARD bh_status place_fourier_new(const struct place_order *order,
                                         bh_place_method how,
                                         const struct place_method **method, void **out,
                                         bh_diag *diag);

#endif
