/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_STATUS_H
#define BH_CORE_STATUS_H

#include "core/api.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// How a call ended. Every function that can fail returns one; 0 is success.
typedef enum bh_status {
    BH_OK = 0,
    BH_ERR_MEMORY,      ///< no memory left
    BH_ERR_ARGUMENT,    ///< a value outside its range, or one that does not fit another
    BH_ERR_TEXT,        ///< equations, units or options that do not read
    BH_ERR_FILE,        ///< a file that cannot be opened, read or written
    BH_ERR_FORMAT,      ///< a file whose content is not what it should be
    BH_ERR_DATA,        ///< samples or values that are not finite
    BH_ERR_UNSUPPORTED, ///< right, but not possible in this build or on this machine
    BH_ERR_STOPPED,     ///< a callback asked to stop
    BH_ERR_DEVICE,      ///< a sound device that is not there, or went away
} bh_status;

/// What went wrong, in one sentence that names what, where and what would be right.
///
/// The caller owns it, passes its address as the last argument of a call, and may pass
/// NULL. It is written only when the call fails. `line` and `column` count from 1 and
/// point into user text (`excerpt` is that line); both are 0 where there is no text.
typedef struct bh_diag {
    bh_status status;
    int line;
    int column;
    char where[256];   ///< which text: "equations of nerve", "threshold of nerve" ...
    char excerpt[160]; ///< the line of text that `column` points into
    int caret;         ///< column within `excerpt`, counted from 1
    char text[512];    ///< the sentence, no newline
} bh_diag;

/// The meaning of a status in a few words; never NULL.
BH_API const char *bh_strerror(bh_status status);

/// Writes the whole message, with the excerpt and a caret below it where there is user
/// text, into `buffer` of `size` bytes (always ended by a zero). Lines are separated by
/// newlines; there is none at the end.
BH_API void bh_diag_format(const bh_diag *diag, char *buffer, size_t size);

/// Fills `diag` (when not NULL) with a status and a sentence, and returns the status.
BH_API bh_status bh_diag_set(bh_diag *diag, bh_status status, const char *format, ...)
    BH_PRINTF(3, 4);

/// Returns from the calling function when `expr` fails.
#define BH_TRY(expr)                                                                   \
    do {                                                                               \
        bh_status bh_try_status_ = (expr);                                             \
        if (bh_try_status_ != BH_OK)                                                   \
            return bh_try_status_;                                                     \
    } while (0)

BH_END_DECLS

#endif
