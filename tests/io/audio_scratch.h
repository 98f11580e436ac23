/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_IO_AUDIO_SCRATCH_H
#define BH_TESTS_IO_AUDIO_SCRATCH_H

/* For tests that let PortAudio look for devices. */

#include <dlfcn.h>
#include <stddef.h>

/// Keeps libgomp in memory: plugins of ALSA load and unload it at each look, and it
/// leaks eight bytes every time, which the leak sanitizer takes for ours.
static inline void
keep_libgomp(void)
{
    static void *kept;
    if (!kept)
        kept = dlopen("libgomp.so.1", RTLD_NOW);
    (void)kept;
}

#endif
