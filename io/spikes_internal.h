/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_SPIKES_INTERNAL_H
#define BH_IO_SPIKES_INTERNAL_H

/* The formats behind io/spikes.h. */

#include "io/spikes.h"

#include <stdbool.h>

/// One format of spike writer. `close` and `abort` free `self`.
struct bh_spike_sink {
    void *self;
    bh_status (*write)(void *self, bh_events events, bh_diag *diag);
    bh_status (*flush)(void *self, bh_diag *diag);
    bh_status (*mark)(void *self, const char *why, bh_diag *diag);
    bh_status (*close)(void *self, double duration_s, bh_diag *diag);
    void (*abort)(void *self);
};

bh_status bh_spikes_csv_open(const bh_spike_writer_config *config,
                             struct bh_spike_sink *out, bh_diag *diag);
bh_status bh_spikes_hdf5_open(const bh_spike_writer_config *config,
                              struct bh_spike_sink *out, bh_diag *diag);

struct bh_spikes {
    double *time_s;
    uint32_t *index;
    size_t count;
    size_t neurons;
    double *cf_hz;
    double duration_s;
    double dt_s;
    char partial[80]; ///< why it is a part, or ""
};

/// Fill `spikes`, which is zeroed with NaN durations, in the order of the file.
bh_status bh_spikes_csv_read(const char *path, struct bh_spikes *spikes, bh_diag *diag);
bh_status bh_spikes_hdf5_read(const char *path, const char *population,
                              struct bh_spikes *spikes, bh_diag *diag);
/// Whether the file can be opened and has the HDF5 signature.
bool bh_spikes_is_hdf5(const char *path);

#endif
