/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_SPIKES_H
#define BH_IO_SPIKES_H

#include "core/events.h"
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/* Spikes to files and back.
 *
 * HDF5 files have the SONATA layout (AllenInstitute/sonata, SONATA_DEVELOPER_GUIDE.md,
 * "Spike file"):
 *
 *     /                       @magic 0x0A7A, @version [0, 1], and the metadata
 *     /spikes/<population>    @sorting by_time, @neurons, @dt_s, @duration_s
 *         timestamps  double  @units "ms"
 *         node_ids    uint64
 *         cf_hz       double  @units "Hz": row i belongs to node i; only where given
 *
 * CSV files have a header line `time_s,index` or `time_s,index,cf_hz` and one spike a
 * line. Times have nine decimals (1 ns, far below a sample); cf has at most six. Lines
 * that begin with # are remarks; there is no other room for metadata in them.
 *
 * The HDF5 library keeps global state: call the functions of this header from one
 * thread at a time where HDF5 files are concerned. Files that are cut short or of
 * another kind are told, but bytes changed in the middle of one can crash that library
 * (1.10 does): read HDF5 files only from those you trust. */

typedef enum bh_spike_format {
    BH_SPIKES_AUTO, ///< by the ending: .h5 .hdf5 .csv; "-" and devices are CSV
    BH_SPIKES_HDF5,
    BH_SPIKES_CSV,
} bh_spike_format;

/// One attribute of the file: a text or, where `text` is NULL, a number.
typedef struct bh_spike_metadata {
    const char *key;
    const char *text;
    double number;
} bh_spike_metadata;

/// What is written, and where. Nothing of it is kept after opening.
typedef struct bh_spike_writer_config {
    const char *path; ///< a file, or "-" for standard output (CSV only)
    bh_spike_format format;
    const char *population; ///< name of the group of neurons, no '/'
    size_t neurons;         ///< how many there are; indices are below it
    const double *cf_hz;    ///< characteristic frequency of each neuron, Hz, or NULL
    double dt_s;            ///< time step of the spikes, s
    const bh_spike_metadata *metadata; ///< attributes of the root (HDF5), or NULL
    size_t metadata_count;
    int deflate; ///< HDF5 compression 0 (none) to 9; it is many times slower
} bh_spike_writer_config;

/// Population "nerve", format by the ending, no compression; the rest 0 or NULL.
BH_API bh_spike_writer_config bh_spike_writer_config_default(void);

/// Streams spikes to a file in memory that does not depend on their number.
typedef struct bh_spike_writer bh_spike_writer;

/// Begins a file under a temporary name beside `path`; what was at `path` stays until
/// bh_spike_writer_close. Devices, pipes and standard output are written straight.
BH_API BH_NODISCARD bh_status bh_spike_writer_open(const bh_spike_writer_config *config,
                                                   bh_spike_writer **out,
                                                   bh_diag *diag);
/// Adds spikes. Times must not go back, from one call to the next too, and indices must
/// be below `neurons` (BH_ERR_ARGUMENT; nothing of the call is written then). After a
/// failure only close and abort are of use.
BH_API BH_NODISCARD bh_status bh_spike_writer_write(bh_spike_writer *writer,
                                                    bh_events events, bh_diag *diag);
/// Hands on to the system what is still in the buffer; only CSV has use for it, where
/// somebody reads along.
BH_API BH_NODISCARD bh_status bh_spike_writer_flush(bh_spike_writer *writer,
                                                    bh_diag *diag);
/// Says in the file that it is a part of what was to come, and why, as "interrupted":
/// HDF5 gets the text as the attribute `partial` of its root, CSV a last line
/// `# partial: <why>`. Nothing can be written after it: the writer is to be closed.
BH_API BH_NODISCARD bh_status bh_spike_writer_partial(bh_spike_writer *writer,
                                                      const char *why, bh_diag *diag);
/// Ends the file and gives it its name. `duration_s` is how long was listened, s, or
/// NaN if that is not known. The writer is gone after this, whatever the result; on
/// failure no file is left and an older one at `path` is as it was.
BH_API BH_NODISCARD bh_status bh_spike_writer_close(bh_spike_writer *writer,
                                                    double duration_s, bh_diag *diag);
/// Gives the writer back and leaves nothing behind. NULL is allowed.
BH_API void bh_spike_writer_abort(bh_spike_writer *writer);

/// Spikes read back from a file, in memory, in order of time and then index.
typedef struct bh_spikes bh_spikes;

/// Reads an HDF5 file (SONATA layout, times in the units that it states, ms if none) or
/// a CSV file (as above; further columns are ignored). The content decides which it is,
/// not the name. `population` names one, or is NULL where there is only one; CSV
/// ignores it.
BH_API BH_NODISCARD bh_status bh_spikes_read(const char *path, const char *population,
                                             bh_spikes **out, bh_diag *diag);
/// Gives spikes back. NULL is allowed.
BH_API void bh_spikes_free(bh_spikes *spikes);
/// All spikes, borrowed from `spikes`.
BH_API bh_events bh_spikes_events(const bh_spikes *spikes);
/// How many neurons: what the file says, else the largest index plus one.
BH_API size_t bh_spikes_neurons(const bh_spikes *spikes);
/// Characteristic frequency of each neuron, Hz, borrowed; NULL where the file has none.
/// From CSV, neurons without a spike have NaN.
BH_API const double *bh_spikes_cf(const bh_spikes *spikes);
/// How long was listened, s; NaN where the file does not say.
BH_API double bh_spikes_duration(const bh_spikes *spikes);
/// Why the spikes are a part of what was to come (at most 79 bytes of it), borrowed;
/// NULL where they are complete, as far as the file says.
BH_API const char *bh_spikes_partial(const bh_spikes *spikes);
/// The time step, s; NaN where the file does not say.
BH_API double bh_spikes_dt(const bh_spikes *spikes);

BH_END_DECLS

#endif
