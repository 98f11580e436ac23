/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_CORPUS_H
#define BH_IO_CORPUS_H

#include "core/block.h"
#include "core/events.h"
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/* Many sounds in one HDF5 file, as trainers of spiking and other networks load them.
 * Spikes have the layout of the Spiking Heidelberg Digits (Cramer, Stradmann, Schemmel
 * and Zenke, IEEE Trans. Neural Netw. Learn. Syst. 33:2744-2757, 2022), n sounds:
 *
 *     /                      the metadata as attributes
 *     /spikes/times          float32 lists [n], @units "s"
 *     /spikes/units          uint16 lists [n]; uint32 from 65,537 neurons on
 *     /labels                uint16 [n]: indices into /extra/keys
 *     /extra/keys            texts: the names of the labels
 *     /extra/files           texts [n]: which sound it was
 *     /extra/duration_s      float64 [n]
 *     /extra/cf_hz           float64 [neurons], @units "Hz"; only where given
 *
 * and, where frames are written, the output of the filters of all sounds, one behind
 * the other:
 *
 *     /cochleagram/frames    float32 [total frames][channels], @samplerate_hz
 *     /cochleagram/first     uint64 [n + 1]: sound i has the frames from first[i] up to
 *                            but not including first[i + 1]
 *     /cochleagram/cf_hz     float64 [channels], @units "Hz"
 *
 * The same sounds give the same bytes. Call from one thread at a time, since the HDF5
 * library keeps global state. */

/// One entry of the root's attributes: a text or, where `text` is NULL, a number.
typedef struct bh_corpus_metadata {
    const char *key;
    const char *text;
    double number;
} bh_corpus_metadata;

/// What all sounds share. Nothing of it is kept after opening.
typedef struct bh_corpus_config {
    const char *path;
    size_t neurons;          ///< indices of spikes are below it; 0: no spikes
    const double *cf_hz;     ///< of each neuron, Hz, or NULL
    const char *const *keys; ///< names of the labels, at most 65,536
    size_t key_count;
    size_t channels; ///< of the frames; 0: no frames
    const double *channel_cf_hz;
    double frames_hz; ///< frames each second
    const bh_corpus_metadata *metadata;
    size_t metadata_count;
} bh_corpus_config;

/// One sound.
typedef struct bh_corpus_sound {
    const char *name;
    size_t label; ///< below key_count
    double duration_s;
    bh_events spikes;
    const float *frames; ///< shape [frame_count][channels]
    size_t frame_count;
} bh_corpus_sound;

/// Streams sounds to a file in memory that depends on the largest only.
typedef struct bh_corpus_writer bh_corpus_writer;

/// Begins a file under a temporary name beside `path`; what was at `path` stays until
/// bh_corpus_writer_close.
BH_API BH_NODISCARD bh_status bh_corpus_writer_open(const bh_corpus_config *config,
                                                    bh_corpus_writer **out,
                                                    bh_diag *diag);
/// Adds a sound. After a failure only close, which fails then, and abort are of use.
BH_API BH_NODISCARD bh_status bh_corpus_writer_add(bh_corpus_writer *writer,
                                                   const bh_corpus_sound *sound,
                                                   bh_diag *diag);
/// Ends the file and gives it its name. The writer is gone after this, whatever the
/// result; on failure no file is left and an older one at `path` is as it was.
BH_API BH_NODISCARD bh_status bh_corpus_writer_close(bh_corpus_writer *writer,
                                                     bh_diag *diag);
/// Gives the writer back and leaves nothing behind. NULL is allowed.
BH_API void bh_corpus_writer_abort(bh_corpus_writer *writer);

BH_END_DECLS

#endif
