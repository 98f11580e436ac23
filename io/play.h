/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_PLAY_H
#define BH_IO_PLAY_H

#include "core/source.h"
#include "core/status.h"
#include "sounds/sound.h"

BH_BEGIN_DECLS

/* Sounds through the loudspeakers or headphones of this machine, by PortAudio
 * (io/audio.h finds the devices). */

/// How a sound is played.
typedef struct bh_play_config {
    const char *device;   ///< as bh_audio_find takes it; NULL: the default one
    const char *host_api; ///< likewise; NULL: any
    double full_scale_db; ///< what the device's full scale is, dB SPL of RMS 1.0
} bh_play_config;

/// The default device, 1 Pa is its full scale.
BH_API bh_play_config bh_play_config_default(void);

/// Plays all that is left of a source, and returns when it has been heard. `config` may
/// be NULL for the default. The source is read by the calling thread, up to half a
/// second ahead; where it is slower than real time there are gaps.
///
/// Samples beyond full scale end it with BH_ERR_DATA, and the sentence says which full
/// scale would hold the peak so far: nothing is clipped. BH_ERR_DEVICE where there is
/// no such device, where it cannot play at this sample rate or with as many channels,
/// or where it stops taking sound for three seconds (ten in the beginning). It never
/// waits longer; where the sound system does not return, a thread that waits for it is
/// left behind: then end the process with _exit, not exit.
BH_API BH_NODISCARD bh_status bh_source_play(bh_source *source,
                                             const bh_play_config *config,
                                             bh_diag *diag);
/// The same for a sound in memory.
BH_API BH_NODISCARD bh_status bh_sound_play(const bh_sound *sound,
                                            const bh_play_config *config,
                                            bh_diag *diag);

BH_END_DECLS

#endif
