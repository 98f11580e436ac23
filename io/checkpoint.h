/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_CHECKPOINT_H
#define BH_IO_CHECKPOINT_H

#include "core/status.h"

#include <stddef.h>

BH_BEGIN_DECLS

/* Files that hold the state of a run (neurons/store.h), so that it can go on after
 * whatever ended it. */

/// Writes bytes to a file under a temporary name, to the disk, then renames it: at
/// every moment `path` is the old file or the new one, whole.
BH_API BH_NODISCARD bh_status bh_checkpoint_write(const char *path, const void *bytes,
                                                  size_t size, bh_diag *diag);
/// Reads a whole file into memory that free() gives back. BH_ERR_FILE where there is
/// none.
BH_API BH_NODISCARD bh_status bh_checkpoint_read(const char *path, void **bytes,
                                                 size_t *size, bh_diag *diag);

BH_END_DECLS

#endif
