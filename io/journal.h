/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_JOURNAL_H
#define BH_IO_JOURNAL_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/* Results that survive whatever ends the program, until they are put together.
 *
 * A journal is a folder. Each process that adds to it appends records to a file of its
 * own, and a record is one write: a kill loses at most the last one, which a checksum
 * tells. Any number of processes, on all machines that share the folder, may add at the
 * same time. Of records with the same key the last found counts. */

/// From one thread at a time.
typedef struct bh_journal bh_journal;

/// Opens the folder, made where there is none, and looks through its records.
BH_API BH_NODISCARD bh_status bh_journal_open(const char *folder, bh_journal **out,
                                              bh_diag *diag);
/// Looks for what others have added since.
BH_API BH_NODISCARD bh_status bh_journal_refresh(bh_journal *journal, bh_diag *diag);
/// Whether there is a record of that key.
BH_API bool bh_journal_has(const bh_journal *journal, uint64_t key);
/// Adds a record; it is with the system when this returns.
BH_API BH_NODISCARD bh_status bh_journal_put(bh_journal *journal, uint64_t key,
                                             const void *data, size_t size,
                                             bh_diag *diag);
/// Returns when other machines that share the folder can see all that was put.
BH_API BH_NODISCARD bh_status bh_journal_flush(bh_journal *journal, bh_diag *diag);
/// A record's data, to be given to free(). BH_ERR_DATA where there is none of that key.
BH_API BH_NODISCARD bh_status bh_journal_get(bh_journal *journal, uint64_t key,
                                             void **data, size_t *size, bh_diag *diag);
/// Waits until no other process has it so; then it is this one's until the journal is
/// closed or removed. `alive` is false where the folder is gone: another process has
/// put the results together.
BH_API BH_NODISCARD bh_status bh_journal_lock(bh_journal *journal, bool *alive,
                                              bh_diag *diag);
/// Removes the folder with all records; the journal is gone after this too.
BH_API void bh_journal_remove(bh_journal *journal);
/// Gives the journal back; the records stay. NULL is allowed.
BH_API void bh_journal_close(bh_journal *journal);

BH_END_DECLS

#endif
