/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_AUDIO_H
#define BH_IO_AUDIO_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

BH_BEGIN_DECLS

/* The sound devices of this machine, through PortAudio. ALSA and JACK print on standard
 * error when PortAudio looks for devices; here they are told to be quiet, for the whole
 * process. Functions that use PortAudio are for one thread at a time. */

/// A sound device as PortAudio knows it.
typedef struct bh_audio_device {
    int number;           ///< what may stand for its name; changes with what is there
    const char *name;     ///< the list's
    const char *host_api; ///< "ALSA", "JACK Audio Connection Kit" ...; the list's
    size_t inputs;        ///< channels that it can record at most, or 0
    size_t outputs;       ///< channels that it can play at most, or 0
    double samplerate_hz; ///< its usual sample rate
    bool default_input;   ///< the one to record from where none is named
    bool default_output;  ///< the one to play to where none is named
} bh_audio_device;

/// What was there when the list was made. Reading it is for any thread.
typedef struct bh_audio_list bh_audio_list;

/// Looks for sound devices; that there are none is no error. A sound server that does
/// not answer for ten seconds is (BH_ERR_DEVICE).
BH_API BH_NODISCARD bh_status bh_audio_list_new(bh_audio_list **out, bh_diag *diag);
/// Gives a list back. NULL is allowed.
BH_API void bh_audio_list_free(bh_audio_list *list);

/// How many host APIs (ALSA, JACK ...) PortAudio found here.
BH_API size_t bh_audio_host_api_count(const bh_audio_list *list);
/// The name of one of them, i below the count; the list's.
BH_API const char *bh_audio_host_api(const bh_audio_list *list, size_t i);
BH_API size_t bh_audio_device_count(const bh_audio_list *list);
/// One of the devices, i below the count; the list's.
BH_API const bh_audio_device *bh_audio_device_get(const bh_audio_list *list, size_t i);

/// Which way sound goes.
typedef enum bh_audio_way { BH_AUDIO_INPUT, BH_AUDIO_OUTPUT } bh_audio_way;

/// The device that `device` means: a number, a name, or a part of a name (letters of
/// any case) that only one device has; NULL for the default one. `host_api`, a part of
/// its name or NULL, leaves only the devices of that one. BH_ERR_DEVICE, with a
/// sentence that says what there is, where no device or several answer to it.
BH_API BH_NODISCARD bh_status bh_audio_find(const bh_audio_list *list,
                                            const char *device, const char *host_api,
                                            bh_audio_way way,
                                            const bh_audio_device **out, bh_diag *diag);

BH_END_DECLS

#endif
