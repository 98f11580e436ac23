/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_MODELS_SOUND_LIST_H
#define BH_MODELS_SOUND_LIST_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/// One sound of a corpus; its texts belong to the list.
typedef struct bh_listed_sound {
    const char *path;
    const char *name; ///< the path as the list says it; below the folder for a folder
    size_t label;     ///< which of the list's
    uint64_t bytes;   ///< size of the file, 0 where it cannot be told
    uint64_t changed; ///< when the file was written, as the system counts
} bh_listed_sound;

/// The sounds of a corpus, with labels. Read by any number of threads.
typedef struct bh_sound_list bh_sound_list;

/// Reads which sounds there are.
///
/// A folder: all sound files in it and below it, by their endings, in the order of
/// their names (byte by byte, whatever the locale); the label is the name of the first
/// folder below, "" for sounds that lie in none.
///
/// A file, or "-" for standard input: one sound a line, `path` or `path,label`; a path
/// that does not begin with '/' is relative to the file (to where the program runs for
/// "-"). Empty lines and lines that begin with '#' do not count; a path with a comma
/// stands in double quotes. Sounds that are not there stay in the list: what reads them
/// tells.
///
/// Labels are numbered in the order of their names. Errors: BH_ERR_FILE where it cannot
/// be read, BH_ERR_DATA with the line where a line is wrong or a sound comes twice, and
/// where there is no sound at all.
BH_API BH_NODISCARD bh_status bh_sound_list_read(const char *path, bh_sound_list **out,
                                                 bh_diag *diag);
/// Gives the list back. NULL is allowed.
BH_API void bh_sound_list_free(bh_sound_list *list);

BH_API size_t bh_sound_list_count(const bh_sound_list *list);
BH_API const bh_listed_sound *bh_sound_list_get(const bh_sound_list *list, size_t i);
/// The names of the labels, in their order; `count` is how many.
BH_API const char *const *bh_sound_list_labels(const bh_sound_list *list,
                                               size_t *count);

BH_END_DECLS

#endif
