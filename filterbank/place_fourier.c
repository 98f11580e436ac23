/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FIR banks on a device (filterbank/convolve.cu). As on the processor, a response is
 * cut in two (fir_tail_kernel.h): its first `part` samples are sums, and what all later
 * ones say in a part of the sound is computed when the part begins, from sound that is
 * over by then, through transforms. Parts begin at fixed times, so no split of the
 * sound changes a bit. A response that begins with so long a delay has no sums.
 *
 * While the input has one channel its transforms are shared; when it has one for each
 * of the bank, each is transformed. Going from one to many copies the past; there is no
 * way back but a reset, as on the processor. */
#include "filterbank/place_fourier_internal.h"

#include <stdlib.h>
#include <string.h>

static void *
at(const struct convolver *c, const void *start, size_t numbers)
{
    return (char *)(uintptr_t)start + numbers * c->number;
}

static bh_status
convolver_reset(void *self, bh_diag *diag)
{
    struct convolver *c = self;
    c->at = 0;
    c->now = 0;
    if (c->wide) {
        c->wide = false;
        for (size_t i = 0; i < c->group_count; i++)
            BH_TRY(convolver_set_frames(c, &c->groups[i], diag));
    }
    return c->device->ops->clear(c->device, c->sound[0], convolver_room(c) * c->number,
                                 diag);
}

/* One window is mostly like the last but one. */
static bh_status
launch(struct convolver *c, int which, void *kernel, size_t blocks, const void *frame,
       size_t size, bh_diag *diag)
{
    bh_device *device = c->device;
    struct sent *sent = &c->sent[which][c->now];
    if (sent->size != size || memcmp(&sent->frame, frame, size) != 0) {
        sent->size = 0;
        memcpy(&sent->frame, frame, size);
        BH_TRY(device->ops->write(device, sent->there, frame, size, diag));
        sent->size = size;
    }
    return device->ops->launch(device, kernel, (uint32_t)blocks, CONVOLVE_THREADS,
                               sent->there, diag);
}

/* `count` samples to each channel's sound; with a stride of 0 they are the same. */
static bh_status
move(struct convolver *c, int which, const void *from, size_t from_stride, void *to,
     size_t count, bh_diag *diag)
{
    const size_t block = CONVOLVE_RUN * CONVOLVE_THREADS;
    const size_t across = (count + block - 1) / block;
    struct bh_convolve_move frame;
    memset(&frame, 0, sizeof frame);
    frame.from = from;
    frame.to = to;
    frame.from_stride = from_stride;
    frame.to_stride = convolver_room(c);
    frame.count = (uint32_t)count;
    return launch(c, which, c->move, across * c->channels, &frame, sizeof frame, diag);
}

/* Of a sound that all have heard so far, one for each. */
static bh_status
widen(struct convolver *c, bh_diag *diag)
{
    if (!c->many[0])
        BH_TRY(convolver_take_many(c, diag));
    BH_TRY(move(c, SENT_MOVE, c->sound[c->now], 0, c->many[c->now], c->past + c->at,
                diag));
    c->wide = true;
    for (size_t i = 0; i < c->group_count; i++)
        BH_TRY(convolver_set_frames(c, &c->groups[i], diag));
    return BH_OK;
}

/* The spectra of one batch: in c->time, or made as they are transformed back. */
static bh_status
batch_ready(struct convolver *c, const struct group *group, size_t i, bh_diag *diag)
{
    bh_device *device = c->device;
    const size_t across = (convolve_bins(group->size) + CONVOLVE_THREADS - 1) /
                          CONVOLVE_THREADS;
    const size_t down = (group->batch + CONVOLVE_RUN - 1) / CONVOLVE_RUN;
    const size_t first = group->first + i * group->batch;
    if (c->wide)
        BH_TRY(device->ops->fft_run(
            device, group->many,
            at(c, c->many[c->now], first * convolver_room(c) + c->past - group->size),
            c->many_spectra, diag));
    if (group->fused)
        return BH_OK;
    return device->ops->launch(device, c->multiply, (uint32_t)(across * down),
                               CONVOLVE_THREADS, group_frame(group, i), diag);
}

/* What a group's later taps say in the part that begins now. */
static bh_status
group_ready(struct convolver *c, const struct group *group, bh_diag *diag)
{
    bh_device *device = c->device;
    const size_t squares = (group->batch + CONVOLVE_LANES - 1) / CONVOLVE_LANES *
                           (c->part / CONVOLVE_LANES);
    for (size_t i = 0; i < group_batches(group); i++) {
        BH_TRY(batch_ready(c, group, i, diag));
        BH_TRY(device->ops->fft_run(device, group->back, c->time, c->time, diag));
        BH_TRY(device->ops->launch(
            device, c->turn, (uint32_t)squares, CONVOLVE_THREADS,
            group_frame(group, i) + sizeof(struct bh_convolve_multiply), diag));
    }
    return BH_OK;
}

static bh_status
part_ready(struct convolver *c, bh_diag *diag)
{
    bh_device *device = c->device;
    for (size_t i = 0; !c->wide && i < c->heard_count; i++)
        BH_TRY(device->ops->fft_run(device, c->heard[i].plan,
                                    at(c, c->sound[c->now], c->past - c->heard[i].size),
                                    c->heard[i].spectrum, diag));
    for (size_t i = 0; i < c->group_count; i++)
        BH_TRY(group_ready(c, &c->groups[i], diag));
    return BH_OK;
}

/* Takes the window's frames from `done` on to where the sound is. */
static bh_status
hear(struct convolver *c, const struct place_window *window, size_t done, size_t frames,
     bh_diag *diag)
{
    const void *from = at(c, window->in, done * window->in_stride);
    void *to = at(c, (c->wide ? c->many : c->sound)[c->now], c->past + c->at);
    if (!c->wide)
        return c->device->ops->copy(c->device, to, from, frames * c->number, diag);
    if (window->in_channels == 1)
        return move(c, SENT_HEAR, from, 0, to, frames, diag);
    struct bh_convolve_turn frame;
    memset(&frame, 0, sizeof frame);
    frame.from = from;
    frame.to = to;
    frame.from_stride = window->in_stride;
    frame.to_stride = convolver_room(c);
    frame.rows = (uint32_t)frames;
    frame.columns = (uint32_t)c->channels;
    const size_t squares = (frames + CONVOLVE_LANES - 1) / CONVOLVE_LANES *
                           ((c->channels + CONVOLVE_LANES - 1) / CONVOLVE_LANES);
    return launch(c, SENT_HEAR, c->turn, squares, &frame, sizeof frame, diag);
}

static bh_status
say(struct convolver *c, const struct place_window *window, size_t done, size_t frames,
    bh_diag *diag)
{
    const size_t blocks = (c->channels + CONVOLVE_LANES - 1) / CONVOLVE_LANES *
                          ((frames + CONVOLVE_FRAMES - 1) / CONVOLVE_FRAMES);
    const void *sound = (c->wide ? c->many : c->sound)[c->now];
    struct bh_convolve_say frame;
    memset(&frame, 0, sizeof frame);
    frame.sound = at(c, sound, c->past + c->at);
    frame.taps = c->taps;
    frame.tail = c->tail ? at(c, c->tail, c->at * c->stride) : NULL;
    frame.out = at(c, window->out, done * window->out_stride);
    frame.stride = c->stride;
    frame.out_stride = window->out_stride;
    frame.sound_stride = c->wide ? convolver_room(c) : 0;
    frame.head = (uint32_t)c->head;
    frame.frames = (uint32_t)frames;
    frame.channels = (uint32_t)c->channels;
    return launch(c, SENT_SAY, c->say, blocks, &frame, sizeof frame, diag);
}

/* The past of the part that begins now. */
static bh_status
move_on(struct convolver *c, bh_diag *diag)
{
    bh_device *device = c->device;
    const size_t size = c->past * c->number;
    if (c->wide)
        BH_TRY(move(c, SENT_MOVE, at(c, c->many[c->now], c->part), convolver_room(c),
                    c->many[!c->now], c->past, diag));
    else
        BH_TRY(device->ops->copy(device, c->sound[!c->now],
                                 at(c, c->sound[c->now], c->part), size, diag));
    c->now = !c->now;
    c->at = 0;
    return BH_OK;
}

static bh_status
convolver_run(void *self, const struct place_window *window, bh_diag *diag)
{
    struct convolver *c = self;
    if (window->in_channels > 1 && !c->wide)
        BH_TRY(widen(c, diag));
    for (size_t done = 0; done < window->frames;) {
        const size_t left = window->frames - done, room = c->part - c->at;
        const size_t frames = left < room ? left : room;
        if (c->at == 0)
            BH_TRY(part_ready(c, diag));
        BH_TRY(hear(c, window, done, frames, diag));
        BH_TRY(say(c, window, done, frames, diag));
        c->at += frames;
        done += frames;
        if (c->at == c->part)
            BH_TRY(move_on(c, diag));
    }
    return BH_OK;
}

bh_status
place_fourier_new(const struct place_order *order, bh_place_method how,
                  const struct place_method **method, void **out, bh_diag *diag)
{
    static const struct place_method fourier_method = {
        .run = convolver_run, .reset = convolver_reset, .free = convolver_free};
    struct convolver *c;
    BH_TRY(convolver_new(order, how == BH_PLACE_PARALLEL, &c, diag));
    *method = &fourier_method;
    *out = c;
    return BH_OK;
}
