/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_PLACE_FOURIER_INTERNAL_H
#define BH_FILTERBANK_PLACE_FOURIER_INTERNAL_H

/* FIR banks on a device: place_fourier_make.c makes what place_fourier.c runs. */

#include "filterbank/convolve_device_kernel.h"
#include "filterbank/place_internal.h"

enum {
    CONVOLVE_GROUPS = 16, /* of neighbours with transforms of the same size */
    CONVOLVE_BLOCK = 256  /* the most channels that are transformed together */
};

/* Of the sound, where all channels hear the same. */
struct heard {
    size_t size;
    void *plan;
    void *spectrum; /* [bins][2] */
};

struct group {
    size_t first, count, size; /* channels, and samples of their transforms */
    size_t batch;              /* channels at a time */
    const struct heard *heard;
    bool fused;      /* the transforms back multiply by themselves */
    void *responses; /* [count, whole batches][bins][2] */
    void *many;      /* the plan for sounds of their own, once there are any */
    void *back;
    char *frames; /* what the kernels are handed, for each batch */
};

/* A structure that a kernel is handed anew for each window, where it has changed. */
struct sent {
    void *there;
    size_t size; /* 0: not known */
    union {
        struct bh_convolve_say say;
        struct bh_convolve_turn turn;
        struct bh_convolve_move move;
    } frame;
};

enum { SENT_SAY, SENT_HEAR, SENT_MOVE, SENT_KINDS };

struct convolver {
    bh_device *device;
    bh_precision precision;
    size_t number; /* bytes of one */
    size_t channels, stride, part, head, past, at;
    size_t group_count, heard_count;
    struct group groups[CONVOLVE_GROUPS];
    struct heard heard[CONVOLVE_GROUPS];
    void *program, *say, *multiply, *turn, *move;
    void *taps;     /* [head][stride] */
    void *sound[2]; /* `past` samples, and the part */
    void *time;     /* spectra of a batch, and what becomes of them */
    void *tail;     /* [part][stride]; what transforms say in the part */
    void *frames;
    struct sent sent[SENT_KINDS][2];
    int now; /* which of the two sounds */
    /* Where every channel has a sound of its own, the same for each: */
    bool wide;
    void *many[2];      /* [channels, whole batches][past + part] */
    void *many_spectra; /* of a batch */
};

static inline size_t
convolve_bins(size_t size)
{
    return size / 2 + 1;
}

static inline size_t
group_batches(const struct group *group)
{
    return (group->count + group->batch - 1) / group->batch;
}

/* Of the frames of a group's batch: first the multiplication, then the turn. The first
 * batch's multiplication is what transforms that multiply are told of. */
static inline char *
group_frame(const struct group *group, size_t batch)
{
    return group->frames + batch * (sizeof(struct bh_convolve_multiply) +
                                    sizeof(struct bh_convolve_turn));
}

/* Samples that a sound has room for. */
static inline size_t
convolver_room(const struct convolver *c)
{
    return c->past + c->part;
}

BH_NODISCARD bh_status convolver_new(const struct place_order *order, bool fused,
                                     struct convolver **out, bh_diag *diag);
void convolver_free(void *self);
/* What the kernels of a group are handed, after `wide` has changed. */
BH_NODISCARD bh_status convolver_set_frames(struct convolver *c,
                                            const struct group *group, bh_diag *diag);
/* Room for sounds of the channels' own. */
BH_NODISCARD bh_status convolver_take_many(struct convolver *c, bh_diag *diag);

#endif
