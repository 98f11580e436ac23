/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_SOURCE_H
#define BH_CORE_SOURCE_H

#include "core/block.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

struct bh_device; ///< core/device_ops.h

/// Anything that yields samples in time order: a sound, a file, a filterbank behind
/// one. One consumer reads it from one thread; reading advances it.
typedef struct bh_source bh_source;

/// The largest number of frames in one window, so that no source needs to allocate
/// while it runs.
#define BH_WINDOW_MAX 1024

/// Length of a source that does not know where it ends.
#define BH_LENGTH_UNKNOWN UINT64_MAX

/// How a kernel of the reader's computes the windows of a source by itself, so that
/// they need not lie in the device's memory (bh_source_lend). A block of threads has
/// some channels, and takes a window in tiles of its shared memory.
typedef struct bh_source_part {
    bh_precision precision; ///< that a window has: the only thing that the reader says
    const char *text;       ///< CUDA C, for a namespace of its own, with the next two:
    /// `int32_t fill(const void *frame, int32_t from, T *tile)`, called by all threads
    /// of a block, puts frames of the window from `from` on into the tile and says how
    /// many (below what bh_source_begin said there are). They have their barrier before
    /// the tile is read, and before it is filled again.
    const char *fill;
    /// `int32_t place(int32_t channel, int32_t frame)`: where in the tile they lie,
    /// counted from the block's first channel and from `from`.
    const char *place;
    const void *frame; ///< in the device's memory, made ready by bh_source_begin
    uint32_t channels; ///< of a block: block b has those from b times this on
    uint32_t threads;  ///< that a block has at least
    uint32_t frames;   ///< of a tile at most
    uint32_t size;     ///< of a tile, in samples
} bh_source_part;

/// What a source is made of. A window is one call of `begin` on the reading thread,
/// then one call of `tile` for each of `tiles`, on any threads, in any order, in
/// parallel.
typedef struct bh_source_config {
    double samplerate_hz;
    size_t channels;
    uint64_t length; ///< frames in all, or BH_LENGTH_UNKNOWN
    size_t tiles;    ///< how many independent parts a window has, at least 1
    size_t window;   ///< frames that should be read together at most, because more come
                     ///< later only; 0 where they are all there
    void *self;      ///< passed to the functions below
    /// Readies the next window of at most `frames` (<= BH_WINDOW_MAX) and says how many
    /// there are: fewer only at the end, 0 past it.
    bh_status (*begin)(void *self, size_t frames, size_t *got, bh_diag *diag);
    /// Writes the channels of one tile of the window into `out`, which has the window's
    /// frames and all channels, in the precision of `out`.
    void (*tile)(void *self, size_t tile, bh_block out);
    /// Goes back to the beginning; NULL where that cannot be.
    bh_status (*rewind)(void *self, bh_diag *diag);
    /// Gives back `self`; may be NULL.
    void (*free)(void *self);
    /// See bh_source_keep; NULL where windows are never on a device.
    bool (*keep)(void *self, struct bh_device *device, bh_block *window);
    /// See bh_source_lend; NULL where no kernel but the source's own computes windows.
    bool (*lend)(void *self, struct bh_device *device, bh_source_part *part);
} bh_source_config;

/// Makes a source from its parts (copied). On failure `self` stays with the caller.
BH_API BH_NODISCARD bh_status bh_source_new(const bh_source_config *config,
                                            bh_source **out, bh_diag *diag);
/// Gives a source back. NULL is allowed.
BH_API void bh_source_free(bh_source *source);

BH_API double bh_source_samplerate(const bh_source *source);
BH_API size_t bh_source_channels(const bh_source *source);
/// Frames in all, or BH_LENGTH_UNKNOWN.
BH_API uint64_t bh_source_length(const bh_source *source);

/// Reads the next frames into `out` (shape [frames][channels]); `got` says how many
/// there were: fewer than `out.frames` only at the end.
BH_API BH_NODISCARD bh_status bh_source_read(bh_source *source, bh_block out,
                                             size_t *got, bh_diag *diag);
/// Goes back to the first frame. BH_ERR_UNSUPPORTED where the source cannot.
BH_API BH_NODISCARD bh_status bh_source_rewind(bh_source *source, bh_diag *diag);

/* For those that spread a window over threads: begin once, then every tile once. */

BH_API size_t bh_source_tiles(const bh_source *source);
/// The most frames that a window should have: BH_WINDOW_MAX, or less for live sound.
BH_API size_t bh_source_window(const bh_source *source);
BH_API BH_NODISCARD bh_status bh_source_begin(bh_source *source, size_t frames,
                                              size_t *got, bh_diag *diag);
BH_API BH_REALTIME void bh_source_tile(bh_source *source, size_t tile, bh_block out);

/// Asks a source to leave its windows where they are computed, in the memory of
/// `device`, in the precision that `window` has. Where it can, `window` becomes that
/// memory (BH_WINDOW_MAX frames, always the same): each bh_source_begin from here on
/// queues what fills its first frames, and nobody asks for tiles any more. Otherwise
/// false, and all is as before. To be called before the first window.
BH_API bool bh_source_keep(bh_source *source, struct bh_device *device,
                           bh_block *window);

/// Of a source that keeps its windows: says what the reader's kernel is made of, so
/// that one kernel computes what the source yields and what becomes of it. From here on
/// bh_source_begin queues only what that kernel needs, and the reader queues the kernel
/// once for each window, before the next begins; of a kept window only the last frame
/// is there then. NULL: the source computes its windows again, with the same bits.
/// False where it cannot be, and the source goes on by itself.
BH_API bool bh_source_lend(bh_source *source, struct bh_device *device,
                           bh_source_part *part);

BH_END_DECLS

#endif
