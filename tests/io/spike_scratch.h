/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_IO_SPIKE_SCRATCH_H
#define BH_TESTS_IO_SPIKE_SCRATCH_H

/* Spikes to be written and read back. Needs _XOPEN_SOURCE 700. */

#include "io/spikes.h"
#include "tests/io/scratch.h"

#define DT      (1 / 44100.0)
#define NEURONS 3000

static inline const double *
cfs(void)
{
    static double cf[NEURONS];
    for (int i = 0; i < NEURONS; i++)
        cf[i] = 20 * pow(1000, i / (double)NEURONS);
    return cf;
}

static inline bh_spike_writer_config
config_for(const char *path)
{
    bh_spike_writer_config config = bh_spike_writer_config_default();
    config.path = path;
    config.neurons = NEURONS;
    config.cf_hz = cfs();
    config.dt_s = DT;
    return config;
}

/* `count` spikes: some steps have many, some none; within a step the index goes up. */
static inline bh_events
make_events(size_t count)
{
    static double time_s[200000];
    static uint32_t index[200000];
    for (size_t i = 0; i < count; i++) {
        time_s[i] = (double)(i / 7 * 3) * DT;
        index[i] = (uint32_t)(i % 7 * 428 + i % 100);
    }
    return (bh_events){time_s, index, count};
}

static inline void
write_spikes(const bh_spike_writer_config *config, bh_events events, size_t piece)
{
    bh_diag diag = {0};
    bh_spike_writer *writer = NULL;
    CHECK_OK(bh_spike_writer_open(config, &writer, &diag), diag);
    for (size_t at = 0; at < events.count; at += piece) {
        size_t left = events.count - at;
        bh_events part = {events.time_s + at, events.index + at,
                          left < piece ? left : piece};
        CHECK_OK(bh_spike_writer_write(writer, part, &diag), diag);
    }
    CHECK_OK(bh_spike_writer_flush(writer, &diag), diag);
    CHECK_OK(bh_spike_writer_close(writer, 1.5, &diag), diag);
}

/* Times come back within `tolerance`: through ms and back a last place is lost (HDF5),
 * and CSV has whole nanoseconds. */
static inline void
check_spikes(const char *path, bh_events want, double tolerance)
{
    bh_diag diag = {0};
    bh_spikes *spikes = NULL;
    CHECK_OK(bh_spikes_read(path, NULL, &spikes, &diag), diag);
    bh_events got = bh_spikes_events(spikes);
    CHECK(got.count == want.count);
    size_t wrong = 0;
    double worst = 0;
    for (size_t i = 0; i < got.count && i < want.count; i++) {
        wrong += got.index[i] != want.index[i];
        worst = fmax(worst, fabs(got.time_s[i] - want.time_s[i]));
    }
    CHECK(wrong == 0);
    CHECK_NEAR(worst, 0, tolerance);
    bh_spikes_free(spikes);
}

#endif
