/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_GPU_FAKE_FAILURES_H
#define BH_TESTS_GPU_FAKE_FAILURES_H

#include "core/status.h"
#include "tests/check.h"
#include "tests/gpu/fake_gpu.h"

/* What must come of it when one call of a CUDA library fails: a status, a sentence, and
 * nothing that is not given back. Nothing fails where something is being freed, or
 * where what the cache had is made anew. */

static inline void
fake_gpu_check_failure(struct fake_gpu *fake, const char *function, int call, int code,
                       bh_status (*scenario)(void *user, bh_diag *diag), void *user)
{
    bh_diag diag = {0};
    const size_t before = fake_gpu_leaks(fake);
    fake_gpu_fail(fake, function, call, code);
    bh_status status = scenario(user, &diag);
    const bool may_go_on = strcmp(function, "cuCtxSetCurrent") == 0 ||
                           strcmp(function, "cuModuleLoadData") == 0;
    const bool told = (status == BH_OK && may_go_on) ||
                      (status != BH_OK && status == diag.status && diag.text[0] != 0);
    if (!told || fake_gpu_leaks(fake) != before)
        fprintf(stderr, "%s, call %d, code %d: %s; %zu pieces of memory, %zu handles\n",
                function, call, code, told ? diag.text : "not told",
                fake->live + fake->pinned, fake->handles);
    CHECK(told);
    CHECK(fake_gpu_leaks(fake) == before);
    fake->failing[0] = 0;
}

/* Runs a scenario, which opens the device, does something and frees everything, with
 * every call of every function failing in turn: as it would where memory is full, where
 * the device is lost, and for a reason without a name. Of many calls of one function
 * `most` fail, from the first on. */
static inline void
fake_gpu_check_failures(struct fake_gpu *fake, int most,
                        bh_status (*scenario)(void *user, bh_diag *diag), void *user)
{
    static const int codes[] = {2, 719, 4711};
    bh_diag diag = {0};
    struct fake_gpu sound;
    if (!fake)
        return;
    CHECK_OK(scenario(user, &diag), diag); /* the cache has what it compiles then */
    memset(fake->called, 0, sizeof fake->called);
    CHECK_OK(scenario(user, &diag), diag);
    CHECK(fake_gpu_leaks(fake) == 0);
    sound = *fake;
    for (int i = 0; sound.called[i].function; i++)
        for (int n = 1; n <= sound.called[i].calls && n <= most; n++)
            for (size_t c = 0; c < sizeof codes / sizeof codes[0]; c++)
                fake_gpu_check_failure(fake, sound.called[i].function, n, codes[c],
                                       scenario, user);
}

#endif
