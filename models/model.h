/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_MODELS_MODEL_H
#define BH_MODELS_MODEL_H

/* Models as files: one YAML text says which sounds, filters, neurons and synapses there
 * are, what is recorded and how long it runs (docs/model-files.md). A model is read,
 * built into a network, and run; it may be built again, for another sound say.
 *
 *     bh_model_read("nerve.yaml", NULL, 0, &model, &diag);
 *     bh_model_build(model, &diag);
 *     bh_model_run(model, &diag);
 *     bh_model_free(model);
 *
 * Messages point into the text: diag's `where` is the file (or its end, where the name
 * is long), `line` and `column` count from 1, also inside equations. One thread at a
 * time may use a model. */

#include "core/source.h"
#include "core/status.h"
#include "neurons/network.h"

#include <stdbool.h>
#include <stddef.h>

BH_BEGIN_DECLS

struct bh_device;

typedef struct bh_model bh_model;

/// Reads a model file ("-": standard input), or where there is no such file the
/// built-in model of that name (models/preset.h), and what it includes, and checks all
/// that can be said without its sounds: names, values, units, references.
///
/// `set` are `count` texts such as "nerve.N=30000" that change what the file says;
/// paths of files in them begin at the working directory, those in a model file where
/// that lies. Nothing of the arguments is kept. BH_ERR_TEXT and BH_ERR_ARGUMENT point
/// into the file, or into one of the texts, whose `where` is "--set".
BH_API BH_NODISCARD bh_status bh_model_read(const char *path, const char *const *set,
                                            size_t count, bh_model **out,
                                            bh_diag *diag);

/// The same from a text of `size` bytes, which is called `name` in messages and is
/// copied.
BH_API BH_NODISCARD bh_status bh_model_parse(const char *name, const char *text,
                                             size_t size, const char *const *set,
                                             size_t count, bh_model **out,
                                             bh_diag *diag);

/// Frees a model and the network that it built. NULL is allowed.
BH_API void bh_model_free(bh_model *model);

/// Hears `source` in place of a sound of the model; `name` NULL means its only one.
/// What the file says of that sound does not hold then. The source stays the caller's,
/// must outlive the network that is built next, and is read by it alone; NULL brings
/// the sound of the file back. BH_ERR_ARGUMENT where there is no such sound.
BH_API BH_NODISCARD bh_status bh_model_set_sound(bh_model *model, const char *name,
                                                 bh_source *source, bh_diag *diag);

/// Hears another file in place of a sound of the model; `name` NULL means its only one.
/// All else that the model says of a file holds; of a sound that it makes or hears
/// live, only level, full_scale and samplerate. Held from build to build, `path` is
/// copied. BH_ERR_ARGUMENT where there is no such sound.
BH_API BH_NODISCARD bh_status bh_model_set_file(bh_model *model, const char *name,
                                                const char *path, bh_diag *diag);

/// Lets these processes share the network that is built next; all read, build and run
/// the same model. `comm` must outlive it; NULL: this process alone. Files are written
/// by process 0, and a sound from a device belongs to one process: BH_ERR_UNSUPPORTED.
BH_API BH_NODISCARD bh_status bh_model_spread(bh_model *model, bh_comm *comm,
                                              bh_diag *diag);

/// Lets the filters and networks that are built from now on run on a device
/// (bh_backend_device), which must outlive them; NULL is the processor. What banks do
/// in parallel over time there, they do (BH_PLACE_PARALLEL).
///
/// Filters or a network that the device cannot run, or has no room for, are an error of
/// bh_model_build or, with `in_part`, stay on the processor, and bh_model_notice says
/// why.
BH_API void bh_model_place(bh_model *model, struct bh_device *device, bool in_part);

/// Why parts of the model that was built are not on its device, in one line; NULL where
/// nothing is to be said.
BH_API const char *bh_model_notice(const bh_model *model);

/// Makes the network, from the beginning where there is one already (which is freed).
/// Sounds are opened and code is compiled; nothing is written yet.
BH_API BH_NODISCARD bh_status bh_model_build(bh_model *model, bh_diag *diag);

/// Whether all of it can be built: as bh_model_build, but nothing is compiled, levels
/// are not measured, devices are not opened, and what was made is freed.
BH_API BH_NODISCARD bh_status bh_model_check(bh_model *model, bh_diag *diag);

/// Runs the network that was built from its beginning for as long as the model says,
/// and writes the files that it names.
///
/// Where the run is stopped (BH_ERR_STOPPED, by a callback of the network) or a device
/// fails (BH_ERR_DEVICE), spikes and states until then are written all the same, marked
/// as partial, but for files that cannot say so and those that are there already; after
/// other failures no files are left.
BH_API BH_NODISCARD bh_status bh_model_run(bh_model *model, bh_diag *diag);

/// The network; NULL before it is built. The model's: callbacks (bh_network_report) may
/// be set, monitors added, and the network run by hand instead of by bh_model_run.
BH_API bh_network *bh_model_network(const bh_model *model);

/// How long the model runs, s, or BH_UNTIL_END, as bh_network_run takes it.
BH_API double bh_model_duration(const bh_model *model);

/// How long its longest sound is, s, or the duration where that is given; NaN where
/// nobody knows. For showing how far a run is, once it is built.
BH_API double bh_model_expected(const bh_model *model);

/// What the model says of itself in one line; NULL where it says nothing.
BH_API const char *bh_model_title(const bh_model *model);

/// The model as YAML, with all that was included and set, but not its comments. Paths
/// begin where they did. To be given to free().
BH_API BH_NODISCARD bh_status bh_model_text(const bh_model *model, char **out,
                                            bh_diag *diag);

BH_END_DECLS

#endif
