/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_LIVE_H
#define BH_IO_LIVE_H

#include "core/block.h"
#include "core/source.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/* Sound from a device while it happens. The thread of the sound system only moves
 * samples into a ring (core/ring.h); one other thread reads them, in blocks, and may
 * fall behind by as much as the ring holds. What does not fit then is dropped and
 * counted. */

/// Sound from an input device. Its functions are for one thread, but for bh_live_stop
/// and bh_live_get_status, which any thread may call until bh_live_close.
typedef struct bh_live bh_live;

typedef struct bh_live_config {
    const char *device;   ///< as bh_audio_find takes it; NULL: the default one
    const char *host_api; ///< likewise; NULL: any
    double samplerate_hz; ///< NaN: the device's usual one
    size_t channel;       ///< the first channel of the device that is heard, from 0
    size_t channels;      ///< how many are heard from there on
    size_t block;         ///< frames that come and go together, 1 to BH_WINDOW_MAX
    double buffer_s;      ///< how far the reader may fall behind before frames drop, s
    double duration_s;    ///< the sound ends after so long, s; INFINITY: it does not
    double full_scale_db; ///< what RMS 1.0 of the device means, dB SPL
    bool monitor;         ///< play the first channel to the same host API's output
} bh_live_config;

/// The default device at its usual rate, its first channel, blocks of 64, 2 s of
/// buffer, no end, 1.0 = 1 Pa, no monitor.
BH_API bh_live_config bh_live_config_default(void);

/// Opens an input device; `config` is copied. Nothing is recorded yet, so there is time
/// to make what will hear it. BH_ERR_DEVICE where there is no such device, it cannot do
/// what is asked for, or does not answer within ten seconds.
BH_API BH_NODISCARD bh_status bh_live_open(const bh_live_config *config, bh_live **out,
                                           bh_diag *diag);
/// Starts recording.
BH_API BH_NODISCARD bh_status bh_live_start(bh_live *live, bh_diag *diag);
/// Waits for sound and copies it into `out`, shape [frames][channels], in Pa. `got` is
/// less than `out.frames` only at the end: after the duration, or bh_live_stop.
///
/// BH_ERR_DEVICE when the device went away, its server ended, it delivers nothing (for
/// three seconds, or ten in the beginning), its rate changed or the machine slept; from
/// then on at each call. It never waits longer.
BH_API BH_NODISCARD bh_status bh_live_read(bh_live *live, bh_block out, size_t *got,
                                           bh_diag *diag);
/// Ends the sound for its reader, at once, also while it waits. May be called from a
/// signal handler.
BH_API void bh_live_stop(bh_live *live);
/// Closes the device and gives everything back; NULL is allowed. Where the sound system
/// does not return from that within two seconds, as JACK does after its server was
/// killed, the thread that waits for it is left behind and the status is BH_ERR_DEVICE:
/// then end the process with _exit, not exit.
BH_API bh_status bh_live_close(bh_live *live, bh_diag *diag);

/// The live sound as a source, so that filterbanks and networks hear it; windows are as
/// long as its block. `live` must outlive it and not be read otherwise. It cannot
/// rewind.
BH_API BH_NODISCARD bh_status bh_live_source(bh_live *live, bh_source **out,
                                             bh_diag *diag);

/// What was opened; the texts are the live sound's.
typedef struct bh_live_info {
    const char *device, *host_api;
    double samplerate_hz;
    size_t channels, block;
    double device_latency_s; ///< before frames reach us, s, as the host API has it; NaN
                             ///< where it says nothing sensible
} bh_live_info;

BH_API bh_live_info bh_live_get_info(const bh_live *live);

/// How it goes. A latency is the time from when the first frame of a block was captured
/// to when its reader came back for the next block, having done all that it does with
/// it: for a network, to its spikes being delivered. When a frame was captured follows
/// from when the frames before and after it reached us, so latencies before that (of
/// converters and cables) are not in it.
typedef struct bh_live_status {
    double heard_s;       ///< sound that was read, s
    uint64_t dropped;     ///< frames for which there was no room, since the start
    uint64_t overflows;   ///< how often the host API says that it lost frames itself
    double missing_s;     ///< sound that by the clock should have come and did not, s,
                          ///< in gaps of more than 10 ms; tells losses nobody reports
    double load;          ///< part of the last second that the reader worked, 0 to 1
    double latency_p50_s; ///< half of all blocks were faster; NaN before there are any
    double latency_p99_s; ///< 99 of 100 were faster
    double latency_max_s;
    double drift_ppm;    ///< device's clock against the machine's, above 0 where the
                         ///< device is faster; NaN for the first fourteen seconds
    double level_db_spl; ///< of the last tenth of a second; -INFINITY in silence
} bh_live_status;

BH_API bh_live_status bh_live_get_status(const bh_live *live);

BH_END_DECLS

#endif
