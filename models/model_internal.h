/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_MODELS_MODEL_INTERNAL_H
#define BH_MODELS_MODEL_INTERNAL_H

/* A model while it is built: what the file says (parts_internal.h), and what has been
 * made of it, by the same numbers. */

#include "filterbank/cochleagram.h"
#include "filterbank/filterbank.h"
#include "filterbank/graph.h"
#include "io/frames.h"
#include "io/live.h"
#include "io/raster.h"
#include "io/spikes.h"
#include "models/model.h"
#include "models/model_parts.h"
#include "models/parts_internal.h"
#include "neurons/statistics.h"
#include "neurons/weight_monitor.h"

struct model_sound_built {
    bh_source *given;   /* instead of what the file says; stays from build to build */
    const char *file;   /* likewise */
    bh_source *part[8]; /* each reads the one before it */
    size_t count;
    bh_live *live;  /* which the first part hears, or NULL */
    bh_source *out; /* the last part; NULL until it is opened */
    bool heard;     /* by the graph */
    bh_node node;
    bh_source *linked; /* what links read: the graph's, or `out` itself */
};

enum model_progress { MODEL_UNTOUCHED, MODEL_ENTERED, MODEL_DONE };

struct model_filter_built {
    enum model_progress progress;
    bh_node node;
    const double *cf_hz; /* of its channels, or NULL */
    size_t channels;
    bh_source *out;         /* where a link asked for it */
    bh_cochleagram *levels; /* of the first picture of it */
    bh_status (*watch)(void *user, bh_block block, bh_diag *diag); /* or NULL */
    void *user;
    bool watched; /* by the network, for either */
};

struct model_group_built {
    bh_group *group;
    double *cf_hz;      /* of each neuron, or NULL */
    const char *source; /* filter or sound that drives it, or NULL */
};

struct model_monitor_built {
    bh_spike_monitor *spikes;
    bh_state_monitor *state;
    bh_weight_monitor *weights;
    bh_rate_monitor *rate;
    bh_spike_counter *counts;
    bh_histogram *intervals;
    bh_spike_writer *spike_writer; /* while it runs */
    bh_frames_writer *frames_writer;
};

struct model_picture_built {
    bh_raster *raster;
    struct model_filter_built *levels;
};

struct bh_model {
    bh_arena *arena;
    const struct doc_node *root; /* all that is said; NULL: nothing */
    struct model_file file;
    bh_namespace *names; /* the file's constants */
    size_t sounds, filters, groups, inputs, synapses, monitors, pictures;
    struct model_sound_built *sound;
    struct model_filter_built *filter;
    struct model_group_built *group; /* groups, then inputs */
    bh_synapses **synapse;
    struct model_monitor_built *monitor;
    struct model_picture_built *picture;
    bh_namespace *all; /* constants and timed arrays */
    bh_graph *graph;
    bh_network *net;
    bh_comm *comm;            /* that share the network, or NULL */
    struct bh_device *device; /* that runs it, or NULL */
    bool in_part;             /* what it cannot stays here, */
    bool network_stays;       /* such as the network */
    char notice[1000];
    double samplerate_hz; /* of the graph */
    bool checking;
};

enum { MODEL_PATH_MAX = 4096 };

/* The parts of the file. */
#define MODEL_PART(model, member, type, i)                                             \
    (&((const struct type *)(model)->file.member.at)[i])

/* Which text a message may be about. */
struct model_blame {
    const char *where; /* what its `where` begins with */
    const struct model_value *value;
};

/* Makes a message about texts or objects one about the file. */
bh_status model_blame(bh_status status, bh_diag *diag,
                      const struct model_object *object,
                      const struct model_blame *texts, size_t count);
/* The same where it can only be about one value. */
bh_status model_blame_value(bh_status status, bh_diag *diag,
                            const struct doc_node *node);

/* The same model again, with more changes and parts of its own: nothing is read, and
 * `first`, which is only looked at (by any thread), must outlive it. */
bh_status model_again(const bh_model *first, const char *const *set, size_t count,
                      bh_model **out, bh_diag *diag);

/* The path of a file as its text has it, from where that text is. */
bh_status model_path(const struct model_value *value, char *path, size_t size,
                     bh_diag *diag);
/* Constants and timed arrays, and a group's own names with them; to be freed. */
bh_status model_namespace(const bh_model *model, const struct model_names *own,
                          bh_namespace **out, bh_diag *diag);
/* The values of a list in SI units; plain numbers are SI. */
bh_status model_si(const bh_namespace *names, const struct model_list *list,
                   double *out, bh_diag *diag);
/* build_timed.c */
bh_status model_define_timed(const bh_model *model, bh_namespace *names, size_t i,
                             bh_diag *diag);
bh_status model_set_timed(const bh_model *model, bh_group *group,
                          const struct model_timed *timed, bh_diag *diag);
/* A group or input, or a part of one, as a text names it. */
bh_status model_subgroup(const bh_model *model, const struct model_value *value,
                         bh_subgroup *out, bh_diag *diag);
/* The namespace of an object: the model's, or one with names of its own, which is
 * `made` and to be freed. */
bh_status model_names_of(const bh_model *model, const struct model_names *own,
                         bh_namespace **made, const bh_namespace **out, bh_diag *diag);
bh_precision model_precision(const bh_model *model, const struct model_value *own);
/* Whether a part that a device does not take stays on the processor; takes that down.
 */
bool model_stays(const bh_model *model, const bh_diag *why);
void model_note(bh_model *model, const char *name, const bh_diag *why);

/* values.c: what can be said of values besides what the table says. */
bh_status model_check_values(const bh_model *model, struct model_reader *reader);

/* build_*.c, in this order. */
bh_status model_open_sound(bh_model *model, size_t i, bh_diag *diag);
void model_close_sound(struct model_sound_built *built);
bh_status model_make_stimulus(const struct model_sound *sound, bh_source **out,
                              bh_diag *diag);
/* Makes the nodes of a filter or sound, all of which a graph wants before its first
 * output. */
bh_status model_hear(bh_model *model, const struct model_value *name, bh_diag *diag);
/* What a filter or sound says, for a link. */
bh_status model_source(bh_model *model, const struct model_value *name, bh_source **out,
                       const double **cf_hz, size_t *channels, bh_diag *diag);
bh_status model_build_groups(bh_model *model, bh_diag *diag);
bh_status model_build_inputs(bh_model *model, bh_diag *diag);
bh_status model_build_links(bh_model *model, bh_diag *diag);
bh_status model_build_synapses(bh_model *model, bh_diag *diag);
bh_status model_build_monitors(bh_model *model, bh_diag *diag);
bh_status model_build_pictures(bh_model *model, bh_diag *diag);
/* The filters go to the device, when all that hears them is known. */
bh_status model_place_filters(bh_model *model, bh_diag *diag);
/* Everything that was built, but not the sounds that were given. */
void model_unbuild(bh_model *model);

/* output.c: files are begun before a run, and completed after it or left out; `partial`
 * (or NULL) is why they are a part of what was to come. */
bh_status model_open_outputs(bh_model *model, bh_diag *diag);
bh_status model_close_outputs(bh_model *model, const char *partial, bh_diag *diag);
void model_abort_outputs(bh_model *model);

/* overrides and includes: a tree of all that is said. */
bh_status model_load(bh_arena *arena, const char *path, const struct doc_node **out,
                     bh_diag *diag);
bh_status model_load_text(bh_arena *arena, const struct doc_source *source,
                          const struct doc_node **out, bh_diag *diag);
bh_status model_override(bh_arena *arena, const struct doc_node **root, const char *set,
                         bh_diag *diag);

#endif
