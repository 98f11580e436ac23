/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_FILTERBANK_OPS_H
#define BH_FILTERBANK_FILTERBANK_OPS_H

/* What a kind of bank gives to the front door (filterbank.c), which checks, converts
 * precisions and cuts time and channels to size. A new kind is a new set of these. */

#include "filterbank/filterbank.h"
#include "filterbank/lane_kernel.h"

#include <stdbool.h>

/// The widest tile, in channels.
#define BH_TILE_MAX 64

/// The least whole number of rows for so many channels, in channels.
static inline size_t
bh_lanes_round(size_t channels)
{
    return (channels + BH_LANES - 1) / BH_LANES * BH_LANES;
}

struct bh_graph;

/// What a device (core/device_ops.h) is told of a bank that it takes over.
struct bh_bank_form {
    const char *text;     ///< filterbank/lane.cu for this kind; NULL for filters whose
                          ///< fields are the samples of their impulse responses
    const char *scan;     ///< the same in parallel over time, or NULL
    size_t fields;        ///< numbers of a channel; 0 where a device cannot have them
    size_t order, stages; ///< of a chain of linear filters
    bh_precision row_precision;
    const bh_filterbank *before; ///< of double precision: hears the sound, and the bank
                                 ///< all of its channels; NULL: there is none
    const void *shared;          ///< then struct dcgc_shared of that
    struct bh_graph *graph;      ///< that the bank is, and nothing else; or NULL
};

/// All blocks are in the bank's precision. A window has at most BH_WINDOW_MAX frames.
struct bh_filterbank_ops {
    /// Sees the whole window first, on one thread: the place for what channels share
    /// (a spectrum, a control path, a cascade along the cochlea). NULL where there is
    /// nothing.
    void (*begin)(void *self, bh_block in);
    /// The same where it can fail; one of the two.
    bh_status (*try_begin)(void *self, bh_block in, bh_diag *diag);
    /// Filters for the channels from `channel` on, `out.channels` of them: the rest of
    /// their tile, in whole rows (past the bank's last channel: padding). The frames
    /// are those from `frame` of the window on; every tile sees all frames once, in
    /// order. `in` has 1 channel or those of `out` (with `in_channels` all that there
    /// are). Tiles run in parallel.
    void (*tile)(void *self, size_t channel, size_t frame, bh_block in, bh_block out);
    void (*reset)(void *self);
    void (*free)(void *self);
    /// What a device needs to run the bank, and each number of it as it is now. NULL
    /// where no device can.
    void (*form)(const void *self, struct bh_bank_form *out);
    double (*number)(const void *self, size_t channel, size_t field);
    /// Of a bank on a device: as bh_source_keep, and try_begin for a window that lies
    /// there. NULL for all others.
    bool (*keep)(void *self, struct bh_device *device, bh_block *window);
    bh_status (*begin_kept)(void *self, bh_block in, bh_diag *diag);
    /// As bh_source_lend, of such a bank that hears so many channels.
    bool (*lend)(void *self, struct bh_device *device, size_t in_channels,
                 bh_source_part *part);
};

struct bh_filterbank_config {
    const struct bh_filterbank_ops *ops;
    void *self; ///< kept by the bank, and freed with it
    double samplerate_hz;
    size_t channels;
    size_t in_channels;   ///< what the input must have; 0: 1 or `channels`
    size_t tile_channels; ///< a multiple of BH_LANES, at most BH_TILE_MAX
    const double *cf_hz;  ///< copied; NULL where channels have none
    bh_precision precision;
    struct bh_device *device; ///< that runs it; NULL: the processor
};

/// Makes a bank of its parts. On failure `self` stays with the caller.
BH_NODISCARD bh_status bh_filterbank_new(const struct bh_filterbank_config *config,
                                         bh_filterbank **out, bh_diag *diag);

/* What a bank does inside a graph, which has checked that it may; blocks are in the
 * bank's precision. */

/// Whether the input may have so many channels.
BH_NODISCARD bh_status bh_filterbank_check_input(const bh_filterbank *fb,
                                                 size_t channels, bh_diag *diag);
/// Whether a bank must see all channels of a window before its tiles run.
bool bh_filterbank_hears_first(const bh_filterbank *fb);
/// Sees a window: once, before the tiles.
BH_NODISCARD bh_status bh_filterbank_begin(bh_filterbank *fb, bh_block in,
                                           bh_diag *diag);
/// Filters the frames of the window from `frame` on for the channels of `out`, which
/// are those from `channel` on: both multiples of BH_TILE_MAX but at the end. `in` has
/// these frames and all channels.
void bh_filterbank_run(bh_filterbank *fb, size_t channel, size_t frame, bh_block in,
                       bh_block out);

/// What a bank of a kind was made of; NULL where `fb` is of another.
void *bh_filterbank_self(const bh_filterbank *fb, const struct bh_filterbank_ops *ops);

/// What a bank was made of.
const struct bh_filterbank_config *bh_filterbank_parts(const bh_filterbank *fb);
/// Puts a device's ops in place of a bank's, which are the caller's from here on.
void bh_filterbank_replace(bh_filterbank *fb, const struct bh_filterbank_ops *ops,
                           void *self, size_t in_channels, struct bh_device *device);

/// The checks that every kind of bank needs: sample rate, number of channels, each cf
/// (`cf_hz` NULL: no cf).
BH_NODISCARD bh_status bh_filterbank_check_cf(double samplerate_hz, const double *cf_hz,
                                              size_t channels, bh_diag *diag);

#endif
