/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_LIVE_INTERNAL_H
#define BH_IO_LIVE_INTERNAL_H

/* What the files of live sound know of each other. */

#include "core/ring.h"
#include "io/audio_internal.h"
#include "io/live.h"

#include <semaphore.h>
#include <stdatomic.h>

/* live_clock.c: what the times at which frames arrive tell.
 *
 * A frame that is the n-th of its stream and arrives at time t has the offset t - n /
 * rate. Frames are delayed by more or less, never by less than nothing, so the smallest
 * offset of a while is that of the stream itself: a slow slope of it is drift between
 * the clocks, a step up is sound that was lost, and a steep slope is another rate. */

struct bh_live_clock {
    double rate_hz;
    double begin_s;               ///< of this window
    double least_s;               ///< the smallest offset in this window, and
    double before_s;              ///< in the one before
    uint64_t windows;             ///< complete ones
    double near_s, near_before_s; ///< the same in shorter windows, for latencies, which
    double near_begin_s;          ///< should not be told from long ago
    double base_s, base_at_s;     ///< offset and time from which drift is counted
    double steps_s;               ///< all steps since then
    double missing_s;             ///< the steps up among them
    int steep;        ///< windows in a row that were too long (+) or short (-)
    double drift_ppm; ///< or NaN
    double seen_hz;   ///< the rate, where it is another one; else NaN
};

void bh_live_clock_start(struct bh_live_clock *clock, double rate_hz);
/// `frames` of the stream had arrived by `time_s`.
void bh_live_clock_take(struct bh_live_clock *clock, uint64_t frames, double time_s);
/// When the frame of that number, the next one or an older, was captured.
double bh_live_clock_captured(const struct bh_live_clock *clock, double frame);

/* live_latency.c: how long blocks took, counted by one thread, read by any. */

enum { BH_LATENCY_BINS = 704 };

struct bh_latency {
    _Atomic uint64_t count[BH_LATENCY_BINS];
    _Atomic double max_s;
};

void bh_latency_add(struct bh_latency *latency, double seconds);
/// The time that this part (0 to 1) of all were faster than, within 2 %; NaN where
/// there are none.
double bh_latency_quantile(const struct bh_latency *latency, double part);

/* live.c and live_read.c */

/// What the callback says of each of its calls.
struct bh_live_stamp {
    uint64_t ring_frames; ///< put into the ring so far
    uint64_t host_frames; ///< that came from the host API so far
    double time_s;
};

struct bh_live {
    bh_live_config config;
    char *device, *host_api;
    PaStream *stream;
    size_t input_channels, output_channels; ///< that are opened
    double device_latency_s;
    float factor; ///< from the device's samples to Pa
    atomic_int holders;
    bool opened, started;
    bool stuck;  ///< a thread is still in a call to the sound system
    bool lost;   ///< the device is, and
    bh_diag why; ///< says this

    /* between the threads */
    bh_ring *frames, *stamps;
    sem_t arrived;
    _Atomic uint64_t overflows;
    atomic_bool stopped;

    /* the callback's */
    uint64_t ring_frames, host_frames;

    /* the reader's */
    uint64_t read_frames, length;
    struct bh_live_stamp stamp; ///< the newest that was taken
    struct bh_live_clock clock;
    double data_s; ///< when something came last
    size_t seen_frames;
    double captured_s;         ///< the first frame of the block that was handed on
    double returned_s, busy_s; ///< when that was; work since load_from_s
    double load_from_s, slept_s;
    double square_sum;
    size_t squares;
    float *window; ///< for the source: BH_WINDOW_MAX frames
    size_t window_frames;

    /* for everybody */
    struct bh_latency latency;
    _Atomic uint64_t heard;
    _Atomic double load, drift_ppm, missing_s, level_db;
};

/// Whether the device still records. Not for the callback.
bool bh_live_active(const bh_live *live);
/// How long this machine has slept since it was started, s.
double bh_live_slept(void);

#endif
