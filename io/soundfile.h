/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_SOUNDFILE_H
#define BH_IO_SOUNDFILE_H

#include "core/source.h"
#include "core/status.h"
#include "sounds/sound.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/* Sound files, through libsndfile: WAV, FLAC, Ogg, MP3, AIFF, AU, CAF, W64 and the
 * others that it knows. Samples become pascals on the way in and full-scale fractions
 * on the way out. */

/// Level in dB SPL of RMS 1.0 when a file's samples are taken as pascals: 1.0 = 1 Pa.
#define BH_FULL_SCALE_PASCAL 93.979400086720375

/// The mean of all channels.
#define BH_CHANNEL_MIX (-1)
/// Every channel as it is.
#define BH_CHANNEL_ALL (-2)

/// How a sound file is read.
typedef struct bh_soundfile_options {
    /// What RMS 1.0 of the file means, dB SPL. Not used where `level_db` is given.
    double full_scale_db;
    /// Level to set, dB SPL; NaN leaves the sound as it is. The level is that of what
    /// is read: this section, these channels. It costs one more pass over the file.
    double level_db;
    /// A channel counted from 0, BH_CHANNEL_MIX or BH_CHANNEL_ALL.
    int channel;
    double start_s;    ///< where to begin, s from the beginning of the file
    double duration_s; ///< how long to read at most, s; INFINITY reads to the end
} bh_soundfile_options;

/// 1.0 = 1 Pa, level as it is, mean of the channels, the whole file.
BH_API bh_soundfile_options bh_soundfile_options_default(void);

/* `path` may be "-" for standard input. Standard input, pipes and sockets are first
 * copied to an unnamed temporary file (in TMPDIR, else /tmp), so that every format
 * works from there and memory stays flat; reading begins when the other side has ended.
 *
 * WAV headers that a stream writer could not complete (data size 0 or the largest
 * number) are read to the end of the file. A file that ends before its header says is
 * an error (BH_ERR_FORMAT), unless the section that is asked for lies before the break;
 * for WAV, RF64, AIFF and AU this is found on opening, for FLAC when the break is
 * reached. MP3 lengths may be estimates of the format, so an MP3 just ends where it
 * ends. Samples that are not finite numbers are BH_ERR_DATA, with sample number,
 * channel and time. */

/// Reads a sound file into memory. `options` may be NULL for the default.
BH_API BH_NODISCARD bh_status bh_sound_read(const char *path,
                                            const bh_soundfile_options *options,
                                            bh_sound **out, bh_diag *diag);
/// Opens a sound file as a source that reads while it is asked, in memory that does not
/// depend on the length, and that can rewind. `options` may be NULL for the default.
/// Errors inside the file come from reading the source. For one thread.
BH_API BH_NODISCARD bh_status bh_soundfile_open(const char *path,
                                                const bh_soundfile_options *options,
                                                bh_source **out, bh_diag *diag);

/// What a sound file says of itself.
typedef struct bh_soundfile_info {
    char format[80]; ///< such as "WAV (Microsoft), Signed 16 bit PCM"
    double samplerate_hz;
    size_t channels;
    uint64_t frames; ///< or BH_LENGTH_UNKNOWN
} bh_soundfile_info;

/// Reads the header of a sound file.
BH_API BH_NODISCARD bh_status bh_soundfile_query(const char *path,
                                                 bh_soundfile_info *out, bh_diag *diag);

/// How samples are stored in a file.
typedef enum bh_soundfile_encoding {
    BH_ENCODING_AUTO,   ///< WAV: 32-bit float. FLAC: 24 bit
    BH_ENCODING_PCM8,   ///< 8-bit integers
    BH_ENCODING_PCM16,  ///< 16-bit integers
    BH_ENCODING_PCM24,  ///< 24-bit integers
    BH_ENCODING_PCM32,  ///< 32-bit integers (WAV only)
    BH_ENCODING_FLOAT,  ///< 32-bit float (WAV only): keeps pascals, cannot clip
    BH_ENCODING_DOUBLE, ///< 64-bit float (WAV only): every bit of a sample
} bh_soundfile_encoding;

/// Writes all that is left of a source to `path` while it is read, in memory that does
/// not depend on the length, as WAV or FLAC by its ending (.wav, .flac); RF64 from 4 GB
/// on. "-" is standard output; that, pipes and devices get WAV, and the source must
/// know its length.
///
/// Full scale of the file is `full_scale_db` (dB SPL of RMS 1.0; BH_FULL_SCALE_PASCAL
/// makes 1 Pa 1.0). Samples beyond full scale in an integer encoding are BH_ERR_DATA,
/// with a sentence that says how many, where the peak is and which full scale would
/// hold it; nothing is clipped. A file appears under its name only when it is complete;
/// a pipe ends where the trouble is.
BH_API BH_NODISCARD bh_status bh_soundfile_write(const char *path, bh_source *source,
                                                 bh_soundfile_encoding encoding,
                                                 double full_scale_db, bh_diag *diag);
/// The same for a sound in memory.
BH_API BH_NODISCARD bh_status bh_sound_write(const char *path, const bh_sound *sound,
                                             bh_soundfile_encoding encoding,
                                             double full_scale_db, bh_diag *diag);

BH_END_DECLS

#endif
