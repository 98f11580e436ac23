/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_FRAMES_H
#define BH_IO_FRAMES_H

#include "core/block.h"
#include "core/status.h"

#include <stddef.h>

BH_BEGIN_DECLS

/* Samples of many channels to files, such as the waveforms behind a filterbank: exact,
 * as they come, in memory that does not depend on their number.
 *
 * .npy   NumPy's format 1.0 (NumPy Enhancement Proposal 1): an array of shape
 *        (frames, channels), C order.
 * .h5    HDF5: a dataset /frames of shape [frames][channels] with the attribute
 *        samplerate_hz and, where centre frequencies are given, a dataset /cf_hz with
 *        one for each channel, @units "Hz". Call from one thread at a time, since the
 *        HDF5 library keeps global state.
 * .wav   Floating-point WAV, 1.0 for 1; RF64 from 4 GB on. At most 1024 channels, and
 *        sample rates in whole Hz.
 * .csv   A header line, then one frame a line: its time in s (nine decimals) and one
 *        column for each channel, named by its centre frequency in Hz, or ch0, ch1 ...
 *        where there is none. Numbers have the digits that bring back every bit. */

typedef enum bh_frames_format {
    BH_FRAMES_AUTO, ///< by the ending: .npy .h5 .hdf5 .wav .csv; "-", devices: CSV
    BH_FRAMES_NPY,
    BH_FRAMES_HDF5,
    BH_FRAMES_WAV,
    BH_FRAMES_CSV,
} bh_frames_format;

/// What is written, and where. Nothing of it is kept after opening.
typedef struct bh_frames_writer_config {
    const char *path; ///< a file, or "-" for standard output (CSV only)
    bh_frames_format format;
    double samplerate_hz;
    size_t channels;
    const double *cf_hz;    ///< centre frequency of each channel, Hz, or NULL
    bh_precision precision; ///< of the samples in the file
} bh_frames_writer_config;

/// Format by the ending, double precision; the rest 0 or NULL.
BH_API bh_frames_writer_config bh_frames_writer_config_default(void);

/// Streams frames to a file. One thread at a time.
typedef struct bh_frames_writer bh_frames_writer;

/// Begins a file under a temporary name beside `path`; what was at `path` stays until
/// bh_frames_writer_close. Devices, pipes and standard output are written straight and
/// take CSV only: the other formats put the number of frames before the frames.
BH_API BH_NODISCARD bh_status bh_frames_writer_open(
    const bh_frames_writer_config *config, bh_frames_writer **out, bh_diag *diag);
/// Adds frames, of either precision and with the file's number of channels
/// (BH_ERR_ARGUMENT). After a failure only close, which fails then, and abort are of
/// use.
BH_API BH_NODISCARD bh_status bh_frames_writer_write(bh_frames_writer *writer,
                                                     bh_block frames, bh_diag *diag);
/// Says in the file that it is a part of what was to come, and why, as "interrupted":
/// HDF5 gets the text as the attribute `partial` of its root, WAV as its comment
/// "partial: <why>", CSV as a last line `# partial: <why>`. BH_ERR_UNSUPPORTED for
/// .npy, which has no room for it. The writer is to be closed or aborted then.
BH_API BH_NODISCARD bh_status bh_frames_writer_partial(bh_frames_writer *writer,
                                                       const char *why, bh_diag *diag);
/// Ends the file and gives it its name. The writer is gone after this, whatever the
/// result; on failure no file is left and an older one at `path` is as it was.
BH_API BH_NODISCARD bh_status bh_frames_writer_close(bh_frames_writer *writer,
                                                     bh_diag *diag);
/// Gives the writer back and leaves nothing behind. NULL is allowed.
BH_API void bh_frames_writer_abort(bh_frames_writer *writer);

BH_END_DECLS

#endif
