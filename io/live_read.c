/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* sem_clockwait, CLOCK_BOOTTIME */

#include "io/live.h"

#include "io/live_internal.h"
#include "sounds/level.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* A device that is alive delivers every few milliseconds, PulseAudio's at least every
 * quarter of a second; its first samples may take two seconds. */
#define SILENT_S 3.0
#define BEGIN_S  10.0
#define LOOK_NS  100000000L /* between looks whether the device is still there */
#define ASLEEP_S 1.0
#define LEVEL_S  0.1
#define LOAD_S   1.0

static bh_status
lose(bh_live *live, const char *what)
{
    live->lost = true;
    return bh_diag_set(&live->why, BH_ERR_DEVICE,
                       "%s after %.1f s: %s ('%.80s', %.60s)", "live sound ended",
                       (double)live->read_frames / live->config.samplerate_hz, what,
                       live->device, live->host_api);
}

double
bh_live_slept(void)
{
    double slept = 0;
#ifdef CLOCK_BOOTTIME
    struct timespec with;
    clock_gettime(CLOCK_BOOTTIME, &with);
    slept = (double)with.tv_sec + 1e-9 * (double)with.tv_nsec - bh_audio_clock();
#endif
    return slept;
}

/* Fails where the device is not what it was. */
static bh_status
look_after(bh_live *live)
{
    char text[128];
    const double silent_s = bh_audio_clock() - live->data_s;
    const bool begun = live->stamp.host_frames > 0;
    if (bh_live_slept() - live->slept_s > ASLEEP_S)
        return lose(live, "the computer was asleep");
    if (!isnan(live->clock.seen_hz)) {
        snprintf(text, sizeof text,
                 "the device now delivers %.0f frames a second, not "
                 "%.0f",
                 live->clock.seen_hz, live->config.samplerate_hz);
        return lose(live, text);
    }
    if (silent_s < 1e-9 * LOOK_NS)
        return BH_OK;
    if (!bh_live_active(live))
        return lose(live, "the device stopped; was it unplugged, or did the sound "
                          "server end?");
    if (silent_s < (begun ? SILENT_S : BEGIN_S))
        return BH_OK;
    snprintf(text, sizeof text, "the device has delivered nothing for %.0f s",
             silent_s);
    return lose(live, text);
}

static void
wait_a_little(bh_live *live)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    sem_clockwait(&live->arrived, CLOCK_MONOTONIC, &until);
}

/* Waits until so many frames are there; fewer are only there at the end. */
static bh_status
wait_for(bh_live *live, size_t *frames)
{
    const uint64_t left = live->length - live->read_frames;
    if (*frames > left)
        *frames = (size_t)left;
    for (;;) {
        if (atomic_load(&live->stopped))
            *frames = 0;
        if (*frames == 0)
            return BH_OK;
        const size_t there = bh_ring_filled(live->frames);
        if (there > live->seen_frames || there >= *frames)
            live->data_s = bh_audio_clock();
        live->seen_frames = there;
        BH_TRY(look_after(live));
        if (there >= *frames)
            return BH_OK;
        wait_a_little(live);
    }
}

/* Follows the callback's stamps up to the frame that is read next, so that the clock
 * and the number of frames dropped before that frame are known. */
static void
follow_stamps(bh_live *live, uint64_t frame)
{
    struct bh_live_stamp stamp = live->stamp;
    while (stamp.ring_frames <= frame && bh_ring_read(live->stamps, &stamp, 1) == 1) {
        bh_live_clock_take(&live->clock, stamp.host_frames, stamp.time_s);
        live->stamp = stamp;
    }
    atomic_store_explicit(&live->drift_ppm, live->clock.drift_ppm,
                          memory_order_relaxed);
    atomic_store_explicit(&live->missing_s, live->clock.missing_s,
                          memory_order_relaxed);
}

/* The reader comes back: what it did with the block before is done. */
static void
note_return(bh_live *live, double now_s)
{
    live->busy_s += now_s - live->returned_s;
    if (!isnan(live->captured_s))
        bh_latency_add(&live->latency, now_s - live->captured_s);
}

static void
note_leave(bh_live *live, uint64_t first_frame)
{
    const double now_s = bh_audio_clock();
    const uint64_t dropped = live->stamp.host_frames - live->stamp.ring_frames;
    live->captured_s =
        bh_live_clock_captured(&live->clock, (double)(first_frame + dropped));
    live->returned_s = now_s;
    if (now_s - live->load_from_s < LOAD_S)
        return;
    atomic_store_explicit(&live->load, live->busy_s / (now_s - live->load_from_s),
                          memory_order_relaxed);
    live->load_from_s = now_s;
    live->busy_s = 0;
}

static void
note_level(bh_live *live, const float *samples, size_t count)
{
    const size_t enough = (size_t)(LEVEL_S * live->config.samplerate_hz) *
                          live->config.channels;
    for (size_t i = 0; i < count; i++)
        live->square_sum += (double)samples[i] * samples[i];
    live->squares += count;
    if (live->squares < enough)
        return;
    const double level_db =
        bh_level_from_rms(sqrt(live->square_sum / (double)live->squares));
    atomic_store_explicit(&live->level_db, level_db, memory_order_relaxed);
    live->square_sum = 0;
    live->squares = 0;
}

/* At most BH_WINDOW_MAX frames into live->window, in Pa. */
static bh_status
next_window(bh_live *live, size_t frames, size_t *got, bh_diag *diag)
{
    if (!live->started)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "live sound is read before it was started");
    const uint64_t first = live->read_frames;
    note_return(live, bh_audio_clock());
    if (live->lost || wait_for(live, &frames) != BH_OK)
        return bh_diag_set(diag, live->why.status, "%s", live->why.text);
    bh_ring_read(live->frames, live->window, frames);
    live->read_frames += frames;
    follow_stamps(live, first);
    const size_t samples = frames * live->config.channels;
    for (size_t i = 0; i < samples; i++)
        live->window[i] *= live->factor;
    note_level(live, live->window, samples);
    atomic_store_explicit(&live->heard, live->read_frames, memory_order_relaxed);
    note_leave(live, first);
    *got = live->window_frames = frames;
    return BH_OK;
}

/* The window, in the precision of `out`. */
static void
hand_on(const bh_live *live, bh_block out)
{
    const size_t channels = live->config.channels;
    for (size_t t = 0; t < live->window_frames; t++) {
        const float *from = live->window + t * channels;
        if (out.precision == BH_SINGLE)
            memcpy((float *)out.data + t * out.stride, from, channels * sizeof *from);
        else
            for (size_t ch = 0; ch < channels; ch++)
                ((double *)out.data)[t * out.stride + ch] = from[ch];
    }
}

bh_status
bh_live_read(bh_live *live, bh_block out, size_t *got, bh_diag *diag)
{
    if (out.channels != live->config.channels || out.stride < out.channels)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the block has %zu channels, the live sound %zu",
                           out.channels, live->config.channels);
    size_t done = 0;
    while (done < out.frames) {
        const size_t left = out.frames - done;
        const size_t ask = left < BH_WINDOW_MAX ? left : BH_WINDOW_MAX;
        size_t window = 0;
        BH_TRY(next_window(live, ask, &window, diag));
        hand_on(live, bh_block_frames(out, done, window));
        done += window;
        if (window < ask)
            break;
    }
    *got = done;
    return BH_OK;
}

static bh_status
source_begin(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    return next_window(self, frames, got, diag);
}

static void
source_tile(void *self, size_t tile, bh_block out)
{
    (void)tile;
    hand_on(self, out);
}

bh_status
bh_live_source(bh_live *live, bh_source **out, bh_diag *diag)
{
    const bh_source_config config = {.samplerate_hz = live->config.samplerate_hz,
                                     .channels = live->config.channels,
                                     .length = live->length,
                                     .tiles = 1,
                                     .window = live->config.block,
                                     .self = live,
                                     .begin = source_begin,
                                     .tile = source_tile};
    return bh_source_new(&config, out, diag);
}

bh_live_info
bh_live_get_info(const bh_live *live)
{
    return (bh_live_info){.device = live->device,
                          .host_api = live->host_api,
                          .samplerate_hz = live->config.samplerate_hz,
                          .channels = live->config.channels,
                          .block = live->config.block,
                          .device_latency_s = live->device_latency_s};
}

bh_live_status
bh_live_get_status(const bh_live *live)
{
    return (bh_live_status){
        .heard_s = (double)atomic_load(&live->heard) / live->config.samplerate_hz,
        .dropped = bh_ring_dropped(live->frames),
        .overflows = atomic_load(&live->overflows),
        .missing_s = atomic_load(&live->missing_s),
        .load = atomic_load(&live->load),
        .latency_p50_s = bh_latency_quantile(&live->latency, 0.5),
        .latency_p99_s = bh_latency_quantile(&live->latency, 0.99),
        .latency_max_s = atomic_load(&live->latency.max_s),
        .drift_ppm = atomic_load(&live->drift_ppm),
        .level_db_spl = atomic_load(&live->level_db),
    };
}
