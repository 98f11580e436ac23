/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_MODELS_MODEL_PARTS_H
#define BH_MODELS_MODEL_PARTS_H

/* What a model has, by the names that its file gives. What is handed out belongs to the
 * network that was built, and is gone when it is built again. */

#include "core/source.h"
#include "io/live.h"
#include "models/model.h"
#include "neurons/group.h"
#include "neurons/monitor.h"
#include "neurons/state_monitor.h"
#include "neurons/synapses.h"

BH_BEGIN_DECLS

typedef enum bh_model_part {
    BH_MODEL_SOUNDS,
    BH_MODEL_FILTERS,
    BH_MODEL_GROUPS, ///< and then inputs
    BH_MODEL_SYNAPSES,
    BH_MODEL_MONITORS
} bh_model_part;

/// The files that bh_model_run would write, in the order of the model; NULL behind the
/// last. May be asked before the model is built.
BH_API const char *bh_model_output(const bh_model *model, size_t i);

/// How many of a kind there are, and the name of each in the order of the file (NULL
/// behind the last). These may be asked before the model is built.
BH_API size_t bh_model_count(const bh_model *model, bh_model_part part);
BH_API const char *bh_model_name(const bh_model *model, bh_model_part part, size_t i);

/// The device of the first live sound, once the model is built; NULL where there is
/// none.
BH_API bh_live *bh_model_live(const bh_model *model);

/// A group or input of the network that was built; NULL where there is none.
BH_API bh_group *bh_model_group(const bh_model *model, const char *name);
/// The same for synapses.
BH_API bh_synapses *bh_model_synapses(const bh_model *model, const char *name);
/// A monitor of spikes; they are kept in memory where the monitor names no file.
BH_API bh_spike_monitor *bh_model_spike_monitor(const bh_model *model,
                                                const char *name);
/// A monitor of states, likewise.
BH_API bh_state_monitor *bh_model_state_monitor(const bh_model *model,
                                                const char *name);

/// What a sound or filter says, where some group is linked to it; NULL where it is not.
BH_API const bh_source *bh_model_source(const bh_model *model, const char *name);
/// Shows `watch` each window of such a filter, shape [frames][channels], in time order,
/// on the thread that runs; one at a time. BH_ERR_ARGUMENT where no group is linked to
/// it.
BH_API BH_NODISCARD bh_status bh_model_watch(bh_model *model, const char *name,
                                             bh_status (*watch)(void *user,
                                                                bh_block block,
                                                                bh_diag *diag),
                                             void *user, bh_diag *diag);
/// The centre frequencies of a filter's channels, Hz; NULL where it has none.
BH_API const double *bh_model_cf(const bh_model *model, const char *name,
                                 size_t *channels);
/// The centre frequency for each neuron of a group that is linked to such a filter, Hz;
/// NULL for others.
BH_API const double *bh_model_group_cf(const bh_model *model, const char *name);
/// The filter, or else the sound, that drives a group; NULL where none does.
BH_API const char *bh_model_group_source(const bh_model *model, const char *name);

BH_END_DECLS

#endif
