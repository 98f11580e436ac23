/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_PLACE_H
#define BH_FILTERBANK_PLACE_H

/* Banks on a device beside the processor, such as a GPU. A bank that is placed there is
 * the same bank with the same functions; what it hears is carried there, and what it
 * says back, window by window. */

#include "core/status.h"
#include "filterbank/filterbank.h"

BH_BEGIN_DECLS

struct bh_device; ///< an open device: bh_backend_device (gpu/backend.h)

/// How a device computes a bank.
typedef enum bh_place_method {
    /// One thread takes one channel, sample by sample, with the processor's own
    /// operations: the same bits. All numbers of channels are about as fast up to some
    /// tens of thousands.
    BH_PLACE_SAME,
    /// In parallel over time as well, where the kind can: the gammatone, within 1e-5 of
    /// the largest output (double precision: 1e-11), whose input may go from one
    /// channel to one for each filter and back only at multiples of 1024 frames, or
    /// after a reset. FIR banks are transforms in either case; in this one those of 32
    /// channels and more multiply inside the transforms, where CUDA's libraries can,
    /// which takes longer to make ready (docs/decisions/0016). All else as
    /// BH_PLACE_SAME.
    BH_PLACE_PARALLEL
} bh_place_method;

/// Lets a device run the bank from here on, with the state that it has now; NULL is the
/// processor and changes nothing. The device must outlive the bank, and is used by the
/// thread that uses the bank.
///
/// What can be placed: graphs (bh_graph_filterbank) of what can be placed, with all
/// that filterbank/mix.h makes, whose windows stay there; gammatones (the recursive
/// engine and the one by Fourier transforms), approximate gammatones, gammachirps,
/// linear, IIR and low-pass filters, middle ears, DRNL, DCGC, Tan and Carney, both hair
/// cells, and FIR banks with their like (HRTFs, linear chirps, fractional delays). Not
/// graphs with C functions or controls, filters of more than 128 coefficients a
/// channel, and gammachirps and approximate gammatones of as high an order:
/// BH_ERR_UNSUPPORTED with a sentence, and the bank stays where it was. FIR banks are
/// in their own precision there, within 1e-5 (single) or 1e-12 (double) of the largest
/// output of all channels, and begin in silence.
///
/// On the same bits: doubles below 2.2e-308 count as zero on the processor alone.
///
/// bh_filterbank_process then waits for the device. While a device fails (memory, a
/// lost device) calls return its status, and the bank is of no use any more.
BH_API BH_NODISCARD bh_status bh_filterbank_place(bh_filterbank *fb,
                                                  struct bh_device *device,
                                                  bh_place_method method,
                                                  bh_diag *diag);

struct bh_graph; ///< bh_graph (filterbank/graph.h)

/// The same for a graph that reads sources, after its outputs have been made and before
/// the first is read: all of it runs on the device, and only what outputs say comes
/// back, or stays where bh_source_keep asks for that. Sources that say their windows on
/// that device (bh_source_keep) are heard there. On failure nothing has changed.
BH_API BH_NODISCARD bh_status bh_graph_place(struct bh_graph *graph,
                                             struct bh_device *device,
                                             bh_place_method method, bh_diag *diag);

BH_END_DECLS

#endif
