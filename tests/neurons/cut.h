/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_NEURONS_CUT_H
#define BH_TESTS_NEURONS_CUT_H

/* Networks for tests of the engine. */

#include "tests/check.h"

#include "brianhears.h"

/* How a run is cut into pieces. */
struct cut {
    int threads;
    size_t window;
    bh_code_mode code;
    bh_random_mode random;
    bh_precision precision;
    double piece_s; /* runs of this length, one after another */
};

static const struct cut plain = {1, 64, BH_CODE_AUTO, BH_RANDOM_FAST, BH_SINGLE, 1};

static inline bh_network *
network(struct cut cut, double dt_s)
{
    bh_diag diag;
    bh_network *net;
    bh_network_config config = {.dt_s = dt_s,
                                .seed = 7,
                                .random = cut.random,
                                .threads = cut.threads,
                                .window = cut.window,
                                .code = cut.code};
    CHECK_OK(bh_network_new(&config, &net, &diag), diag);
    return net;
}

/* A group that follows its input at once: v(t+dt) = I(t). */
static inline bh_group *
follower(bh_network *net, const char *name, size_t count, bh_precision precision)
{
    bh_diag diag;
    bh_group *group;
    bh_group_config config = bh_group_config_default();
    config.name = name;
    config.count = count;
    config.precision = precision;
    config.equations = "dv/dt = (I-v)/dt : 1\nI : 1";
    config.method = "euler";
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    return group;
}

/* 0, 1, 2 ... as a sound. */
static inline bh_sound *
ramp(size_t frames, size_t channels, double samplerate_hz)
{
    bh_diag diag;
    bh_sound *sound;
    CHECK_OK(bh_sound_new(frames, channels, samplerate_hz, &sound, &diag), diag);
    for (size_t t = 0; t < frames; t++)
        for (size_t c = 0; c < channels; c++)
            bh_sound_data(sound)[t * channels + c] = (double)(1000 * c + t);
    return sound;
}

#endif
