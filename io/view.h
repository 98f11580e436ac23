/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_VIEW_H
#define BH_IO_VIEW_H

/* Watching a run: what a filterbank and its nerve do now, as a web page of one's own
 * machine or in the terminal. Whoever runs shows blocks and spikes to the view, which
 * makes columns of them; viewers read the columns when they can. Showing never waits
 * for a viewer: who is slow misses columns. */

#include "core/block.h"
#include "core/events.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

BH_BEGIN_DECLS

typedef struct bh_view bh_view;

/// What is shown; everything is copied. Leave out (0, NULL) what there is not.
typedef struct bh_view_config {
    const char *title;          ///< UTF-8
    double samplerate_hz;       ///< of the blocks that are shown, Hz
    size_t channels;            ///< of these blocks
    const double *cf_hz;        ///< [channels] Hz, never descending; NULL: by number
    size_t neurons;             ///< of the spikes that are shown
    const double *neuron_cf_hz; ///< [neurons] Hz, never descending; NULL: by number
    /// Variables shown as lines, each with its unit: "v of nerve 0 (mV)".
    const char *const *traces;
    size_t trace_count; ///< at most BH_VIEW_TRACES
    double column_s;    ///< what one column lasts, s: 1e-4 to 10
    size_t columns;     ///< how many stay visible, 100 to 10000
    size_t rows;        ///< places are merged into at most so many rows, 16 to 2000
} bh_view_config;

enum { BH_VIEW_TRACES = 8 };

/// Columns of 10 ms, 1000 of them, at most 400 rows; nothing to show yet.
BH_API bh_view_config bh_view_config_default(void);

/// BH_ERR_ARGUMENT for values outside the ranges above.
BH_API BH_NODISCARD bh_status bh_view_new(const bh_view_config *config, bh_view **out,
                                          bh_diag *diag);
/// Ends all viewers, then frees the view. NULL is allowed.
BH_API void bh_view_free(bh_view *view);

/* The functions that show return BH_OK always where the shapes fit, do not wait or
 * allocate, and belong to one thread. Their forms are those of the callbacks of a
 * network: bh_network_watch, the sink of a spike monitor, bh_network_report. */

/// Shows the next frames of the filterbank, Pa. `view` is a bh_view.
BH_API bh_status bh_view_block(void *view, bh_block block, bh_diag *diag);
/// Shows spikes, in order of time.
BH_API bh_status bh_view_spikes(void *view, bh_events events, bh_diag *diag);
/// Says that all up to `time_s` has been shown: columns that end before go out.
BH_API bh_status bh_view_advance(void *view, double time_s, bh_diag *diag);
/// Shows the next frames of the sound itself, Pa, for the level meter.
BH_API bh_status bh_view_sound(void *view, bh_block block, bh_diag *diag);
/// Shows the value that the trace with this number has at `time_s`.
BH_API void bh_view_trace(bh_view *view, size_t trace, double time_s, double value);
/// Sets the line below the picture: UTF-8, cut at 255 bytes.
BH_API void bh_view_status(bh_view *view, const char *text);

/// Serves the page to browsers on this machine, on 127.0.0.1 and `port` (0: any that is
/// free), from threads of its own. `address`, of `size` bytes, gets what a browser
/// opens; it holds a secret, so only who is told it can look. BH_ERR_UNSUPPORTED where
/// the port cannot be had. Once for a view.
BH_API BH_NODISCARD bh_status bh_view_serve(bh_view *view, int port, char *address,
                                            size_t size, bh_diag *diag);
/// How many are looking now: browsers, and the terminal.
BH_API size_t bh_view_watchers(const bh_view *view);

/// Draws on a terminal, from a thread of its own, until the view is freed; `fd` stays
/// the caller's. It follows the size of the terminal. BH_ERR_UNSUPPORTED where `fd` is
/// no terminal. Once for a view.
BH_API BH_NODISCARD bh_status bh_view_terminal(bh_view *view, int fd, bh_diag *diag);

BH_END_DECLS

#endif
