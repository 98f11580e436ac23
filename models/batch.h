/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_MODELS_BATCH_H
#define BH_MODELS_BATCH_H

#include "core/comm.h"
#include "core/status.h"
#include "models/model.h"
#include "models/sound_list.h"

#include <stdbool.h>
#include <stddef.h>

BH_BEGIN_DECLS

/* A corpus: one model hears many sounds, on all threads of all processes and machines
 * that share a folder. Each sound is heard alone by a network of its own, whose seed
 * follows from the seed and the sound's name, so that no result depends on who heard
 * it, when, and beside what. What is done is kept in a journal beside the output
 * (io/journal.h) until all is there; a batch that was ended in any way goes on from it.
 */

/// What the spikes and frames become.
typedef enum bh_batch_form {
    BH_BATCH_CORPUS, ///< one HDF5 file (io/corpus.h)
    BH_BATCH_HDF5,   ///< a folder with NAME.h5 (io/spikes.h) for each sound
    BH_BATCH_CSV,    ///< a folder with NAME.csv for each sound
} bh_batch_form;

/// How far a batch is.
typedef struct bh_batch_progress {
    size_t sounds; ///< in this process's share, or of all processes of the comm
    size_t done;   ///< of these, the failed among them
    size_t failed;
    double heard_s;         ///< of sound, by this process
    const char *name, *why; ///< of a sound that has just failed, else NULL
} bh_batch_progress;

typedef struct bh_batch_config {
    const char *model;      ///< a model file, or the name of a built-in model
    const char *const *set; ///< changes to it, as bh_model_read takes them
    size_t set_count;
    const char *sound; ///< which sound of the model is the corpus's; NULL: its only one
    const char *group; ///< whose spikes; NULL: the model's only group
    const bh_sound_list *sounds;
    const char *output; ///< the corpus, or the folder
    bh_batch_form form;
    bool spikes;      ///< write spikes
    double frames_hz; ///< write frames of the cochleagram at this rate, Hz; 0: none.
                      ///< A frame has the RMS of each channel that drives the group, Pa
    uint64_t seed;
    int threads;   ///< each hears a sound at a time; 0: one for each processor
    bh_comm *comm; ///< who shares the work, ticket by ticket: one batch a comm; NULL:
                   ///< this process alone
    bool replace;  ///< what another batch has left under the output's name
    size_t shard, shards; ///< this process hears share `shard` (from 0) of `shards`
    /// Called on the thread that runs, after each sound; a status other than BH_OK ends
    /// the batch with that status, and what is done stays done.
    bh_status (*report)(void *user, const bh_batch_progress *progress, bh_diag *diag);
    void *user;
} bh_batch_config;

/// A corpus of spikes, seed 0, all processors, no shares; the rest NULL or 0.
BH_API bh_batch_config bh_batch_config_default(void);

/// What came out.
typedef struct bh_batch_result {
    size_t sounds, failed; ///< of the whole list
    size_t missing; ///< not heard yet, by other shares; the output is not made then
    double heard_s; ///< of sound, by this process in this call
} bh_batch_result;

/// Hears what has not been heard yet and, when nothing is missing, writes the output
/// and beside it a table of all sounds (OUTPUT.tsv: name, label, duration, spikes, "ok"
/// or why it failed). A sound that cannot be read or heard never ends the batch; it is
/// not in the corpus, and tried again by the next call, for which the journal stays.
///
/// All processes of the comm must call it. Errors: of the output and the journal, of
/// `report`, BH_ERR_ARGUMENT.
BH_API BH_NODISCARD bh_status bh_batch_run(const bh_batch_config *config,
                                           bh_batch_result *result, bh_diag *diag);

BH_END_DECLS

#endif
