/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_AUDIO_INTERNAL_H
#define BH_IO_AUDIO_INTERNAL_H

/* What recording and playing share. */

#include "io/audio.h"

#include <portaudio.h>

struct bh_audio_list {
    bh_audio_device *devices;
    char **host_apis;
    size_t device_count, host_api_count;
};

/// How long a sound server may take to answer, s. PulseAudio needs 1.8 s for the first
/// samples on an idle machine.
#define BH_AUDIO_PATIENCE_S 10.0

/// Calls `work(context)` on a thread of its own and waits for its end, at most
/// `limit_s` seconds. Returns true when it has ended; then `context` is the caller's
/// as before. Else `context` belongs to the thread that still works, which calls
/// `release(context)` if it ever ends. Calls into a sound server that has died may
/// never return (Pa_StopStream over JACK), and nothing must wait for them.
bool bh_bounded_call(void (*work)(void *context), void (*release)(void *context),
                     void *context, double limit_s);

/// Pa_Initialize without a word from ALSA and JACK. Every success needs a Pa_Terminate.
PaError bh_audio_initialize(void);

/// Fills `diag` with "<what>: <why>", and returns BH_ERR_DEVICE.
bh_status bh_audio_failed(bh_diag *diag, const char *what, PaError error);

/// Seconds on the monotonic clock.
double bh_audio_clock(void);

#endif
