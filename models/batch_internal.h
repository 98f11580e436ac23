/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_MODELS_BATCH_INTERNAL_H
#define BH_MODELS_BATCH_INTERNAL_H

#include "core/events.h"
#include "io/journal.h"
#include "models/batch.h"

#include <pthread.h>
#include <stdatomic.h>

/* What hearing one sound gave: as it is kept in the journal, head and arrays. */
struct heard_head {
    uint64_t good;  /* else all below is 0, and the message says why */
    uint64_t shape; /* key of the record that has the frequencies, 0: none */
    uint64_t neurons, channels, frames;
    uint64_t spikes, count; /* those kept here, and how many there were */
    double duration_s;
    char message[240];
};

struct heard {
    struct heard_head head;
    double *time_s;        /* [spikes] */
    uint32_t *index;       /* [spikes] */
    float *frames;         /* [frames][channels] */
    double *cf_hz;         /* [neurons] or NULL */
    double *channel_cf_hz; /* [channels] or NULL */
    size_t spike_room, frame_room;
};

struct batch {
    const bh_batch_config *config;
    bh_model *model; /* as it was read once, which those of the sounds are made from */
    char *text;      /* of it, with all that it includes and changes */
    uint64_t files;  /* hash of the other files that the model reads */
    bool reads_hdf5;
    bh_journal *journal;
    uint64_t settings; /* hash of all that the results depend on but the sound */
    uint64_t *key;     /* of each sound's record */
    size_t *order;     /* which sounds are to be heard, longest first */
    size_t todo;
    size_t failed; /* in this call */
    double heard_s;
    pthread_mutex_t hdf5; /* whose library has global state */
    atomic_bool stop;
};

/* The frequencies of neurons and channels, once for all sounds that have the same. */
struct shape {
    double *cf_hz, *channel_cf_hz; /* in one piece of memory, that of cf_hz's array */
    void *memory;
};

/* batch.c: a name beside the output's, and one in the folder that the output is; false
 * where that is too long. */
bool batch_beside(const char *output, const char *ending, char *path, size_t size);
bool batch_own_path(const char *output, const char *name, const char *ending,
                    char *path, size_t size);

/* batch_record.c */
bh_status heard_spikes(struct heard *heard, bh_events events, bh_diag *diag);
bh_status heard_frame(struct heard *heard, const double *rms, bh_diag *diag);
void heard_fail(struct heard *heard, const bh_diag *why);
void heard_free(struct heard *heard);
/* Puts a sound's result, and its shape where that is new, into the journal. */
bh_status record_put(struct batch *batch, size_t sound, struct heard *heard,
                     bh_diag *diag);
/* A sound's result from there; to be given to heard_free. BH_ERR_DATA where there is
 * none. */
bh_status record_get(const struct batch *batch, size_t sound, struct heard *heard,
                     bh_diag *diag);
bool record_is_good(const struct batch *batch, size_t sound);
bool record_is_there(const struct batch *batch, size_t sound);
bh_status record_shape(const struct batch *batch, const struct heard *heard,
                       struct shape *shape, bh_diag *diag);

/* batch_hear.c: one sound through the model. What is wrong with the sound is in
 * `heard`; a failure is one of the whole batch. On any thread. */
bh_status batch_hear(struct batch *batch, size_t sound, struct heard *heard,
                     bh_diag *diag);
/* Whether the model has the one sound and the one group that a batch needs. */
bh_status batch_check_model(const struct batch *batch, const bh_model *model,
                            bh_diag *diag);

/* batch_queue.c: hears all that is to do. */
bh_status batch_hear_all(struct batch *batch, bh_diag *diag);

/* batch_write.c: the output and the table, from the journal. */
bh_status batch_write(const struct batch *batch, bh_batch_result *result,
                      bh_diag *diag);

#endif
