/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FIR banks on a device (filterbank/convolve.cu). As on the processor, a response is
 * cut in two (fir_tail_kernel.h): its first `part` samples are sums, and what all later
 * ones say in a part of the sound is computed when the part begins, from sound that is
 * over by then, through transforms. Parts begin at fixed times, so no split of the
 * sound changes a bit. A response that begins with so long a delay has no sums. */
#include "core/fourier_internal.h"
#include "core/source.h"
#include "filterbank/convolve_device_kernel.h"
#include "filterbank/lane_device_kernel.h"
#include "filterbank/place_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PART = 1024,      /* with sums; */
    PART_MOST = 8192, /* without */
    GROUPS = 16,      /* of neighbours with transforms of the same size */
    BLOCK = 256, /* channels transformed together: what lies between transforms stays
                    in the cache of a large device */
    THREADS = 256
};

struct group {
    size_t first, count, size; /* channels, and samples of their transforms */
    size_t batch;              /* channels at a time */
    float *responses;          /* [count, whole batches][bins][2] */
    void *forward, *back;
    char *frames; /* what the kernels are handed, for each batch */
};

struct convolver {
    bh_device *device;
    size_t channels, stride, part, head, past, at;
    size_t group_count;
    struct group groups[GROUPS];
    void *program, *say, *multiply, *turn;
    float *taps;     /* [head][stride] */
    float *sound[2]; /* `past` samples, the part, and as much as a window reaches on */
    float *spectrum, *product, *time, *tail;
    void *frame;
    int now; /* which of the two sounds */
};

static size_t
bins(const struct group *group)
{
    return group->size / 2 + 1;
}

static size_t
batches(const struct group *group)
{
    return (group->count + group->batch - 1) / group->batch;
}

/* Of the frames of a group's batch: first the multiplication, then the turn. */
static char *
batch_frame(const struct group *group, size_t batch)
{
    return group->frames + batch * (sizeof(struct bh_convolve_multiply) +
                                    sizeof(struct bh_convolve_turn));
}

static void
convolver_free(void *self)
{
    struct convolver *c = self;
    bh_device *device = c->device;
    for (size_t i = 0; i < c->group_count; i++) {
        struct group *group = &c->groups[i];
        if (group->forward)
            device->ops->fft_free(device, group->forward);
        if (group->back)
            device->ops->fft_free(device, group->back);
        device->ops->give(device, group->responses);
        device->ops->give(device, group->frames);
    }
    void *const memory[] = {c->taps,    c->sound[0], c->sound[1], c->spectrum,
                            c->product, c->time,     c->tail,     c->frame};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
        device->ops->give(device, memory[i]);
    if (c->program)
        device->ops->unload(device, c->program);
    free(c);
}

static size_t
sound_size(const struct convolver *c)
{
    return (c->past + c->part) * sizeof(float);
}

static bh_status
convolver_reset(void *self, bh_diag *diag)
{
    struct convolver *c = self;
    c->at = 0;
    return c->device->ops->clear(c->device, c->sound[c->now], sound_size(c), diag);
}

/* What a group's later taps say in the part that begins now. */
static bh_status
group_ready(struct convolver *c, const struct group *group, bh_diag *diag)
{
    bh_device *device = c->device;
    const size_t across = (bins(group) + THREADS - 1) / THREADS;
    const size_t down = (group->batch + CONVOLVE_RUN - 1) / CONVOLVE_RUN;
    const size_t squares = (group->batch + CONVOLVE_LANES - 1) / CONVOLVE_LANES *
                           (c->part / CONVOLVE_LANES);
    BH_TRY(device->ops->fft_run(device, group->forward,
                                c->sound[c->now] + c->past - group->size, c->spectrum,
                                diag));
    for (size_t i = 0; i < batches(group); i++) {
        const char *frame = batch_frame(group, i);
        BH_TRY(device->ops->launch(device, c->multiply, (uint32_t)(across * down),
                                   THREADS, frame, diag));
        BH_TRY(device->ops->fft_run(device, group->back, c->product, c->time, diag));
        BH_TRY(device->ops->launch(device, c->turn, (uint32_t)squares, CONVOLVE_THREADS,
                                   frame + sizeof(struct bh_convolve_multiply), diag));
    }
    return BH_OK;
}

/* `frames` of the window, from `done` on, all in one part. */
static bh_status
run_piece(struct convolver *c, const struct place_window *window, size_t done,
          size_t frames, bh_diag *diag)
{
    bh_device *device = c->device;
    float *sound = c->sound[c->now] + c->past + c->at;
    const size_t blocks = (c->channels + CONVOLVE_LANES - 1) / CONVOLVE_LANES *
                          ((frames + CONVOLVE_FRAMES - 1) / CONVOLVE_FRAMES);
    const struct bh_convolve_say say = {
        .sound = sound,
        .taps = c->taps,
        .tail = c->tail ? c->tail + c->at * c->stride : NULL,
        .out = (float *)window->out + done * window->out_stride,
        .stride = c->stride,
        .out_stride = window->out_stride,
        .head = (uint32_t)c->head,
        .frames = (uint32_t)frames,
        .channels = (uint32_t)c->channels,
    };
    for (size_t i = 0; c->at == 0 && i < c->group_count; i++)
        BH_TRY(group_ready(c, &c->groups[i], diag));
    BH_TRY(device->ops->copy(device, sound, (const float *)window->in + done,
                             frames * sizeof(float), diag));
    BH_TRY(device->ops->write(device, c->frame, &say, sizeof say, diag));
    BH_TRY(device->ops->launch(device, c->say, (uint32_t)blocks, CONVOLVE_THREADS,
                               c->frame, diag));
    c->at += frames;
    if (c->at < c->part)
        return BH_OK;
    BH_TRY(device->ops->copy(device, c->sound[!c->now], c->sound[c->now] + c->part,
                             c->past * sizeof(float), diag));
    c->now = !c->now;
    c->at = 0;
    return BH_OK;
}

static bh_status
convolver_run(void *self, const struct place_window *window, bh_diag *diag)
{
    struct convolver *c = self;
    for (size_t done = 0; done < window->frames;) {
        const size_t left = window->frames - done, room = c->part - c->at;
        const size_t frames = left < room ? left : room;
        BH_TRY(run_piece(c, window, done, frames, diag));
        done += frames;
    }
    return BH_OK;
}

/* Where a response ends for single precision, and where the first of all begins. */
static size_t
response_end(const struct place_order *order, size_t ch)
{
    const struct bh_filterbank_config *bank = order->bank;
    double sum = 0, rest = 0;
    size_t end = order->form.fields;
    for (size_t k = 0; k < order->form.fields; k++)
        sum += fabs(bank->ops->number(bank->self, ch, k));
    while (end > 1) {
        rest += fabs(bank->ops->number(bank->self, ch, end - 1));
        if (rest > 1e-8 * sum)
            break;
        end--;
    }
    return end;
}

static size_t
silent_taps(const struct place_order *order)
{
    const struct bh_filterbank_config *bank = order->bank;
    for (size_t k = 0; k < order->form.fields; k++)
        for (size_t ch = 0; ch < bank->channels; ch++)
            if (bank->ops->number(bank->self, ch, k) != 0)
                return k;
    return order->form.fields;
}

/* The transforms of a response that ends at `end`. */
static size_t
transform_size(const struct convolver *c, size_t end)
{
    size_t size = 2 * c->part;
    while (size < end)
        size *= 2;
    return size;
}

/* Cuts the bank into groups of neighbours; the last takes what is left over. */
static void
set_groups(struct convolver *c, const struct place_order *order)
{
    c->past = c->head;
    for (size_t ch = 0; ch < c->channels; ch++) {
        const size_t end = response_end(order, ch), size = transform_size(c, end);
        struct group *last = c->group_count ? &c->groups[c->group_count - 1] : NULL;
        if (end <= c->head)
            continue;
        const bool next = last && last->first + last->count == ch;
        if ((next && last->size == size) || c->group_count == GROUPS) {
            last->count = ch + 1 - last->first;
            last->size = size > last->size ? size : last->size;
        } else {
            c->groups[c->group_count++] =
                (struct group){.first = ch, .count = 1, .size = size};
            last = &c->groups[c->group_count - 1];
        }
        c->past = last->size > c->past ? last->size : c->past;
    }
    for (size_t i = 0; i < c->group_count; i++) {
        struct group *group = &c->groups[i];
        const size_t parts = (group->count + BLOCK - 1) / BLOCK;
        group->batch = (group->count + parts - 1) / parts;
    }
}

/* How a response is cut. */
static void
set_parts(struct convolver *c, const struct place_order *order)
{
    const size_t silent = silent_taps(order);
    size_t longest = 1;
    c->part = PART;
    c->head = PART;
    if (silent >= PART) {
        c->head = 0;
        while (2 * c->part <= silent && c->part < PART_MOST)
            c->part *= 2;
    }
    for (size_t ch = 0; ch < c->channels; ch++) {
        const size_t end = response_end(order, ch);
        longest = end > longest ? end : longest;
    }
    if (!c->device->ops->fft_new || longest <= PART)
        c->head = (longest + CONVOLVE_RUN - 1) / CONVOLVE_RUN * CONVOLVE_RUN;
}

static bh_status
take(struct convolver *c, size_t floats, float **out, bh_diag *diag)
{
    void *memory;
    BH_TRY(c->device->ops->take(c->device, (floats + 1) * sizeof(float), "a filterbank",
                                &memory, diag));
    *out = memory;
    return BH_OK;
}

static bh_status
set_taps(struct convolver *c, const struct place_order *order, bh_diag *diag)
{
    const struct bh_filterbank_config *bank = order->bank;
    float *taps = calloc(c->head * c->stride + 1, sizeof *taps);
    if (!taps)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels",
                           c->channels);
    for (size_t k = 0; k < c->head && k < order->form.fields; k++)
        for (size_t ch = 0; ch < c->channels; ch++)
            taps[k * c->stride + ch] = (float)bank->ops->number(bank->self, ch, k);
    const bh_status status = c->device->ops->write(
        c->device, c->taps, taps, c->head * c->stride * sizeof *taps, diag);
    free(taps);
    return status;
}

/* The spectra of what a group's responses are from the end of the first part on,
 * divided by the size of the transform that leads back. */
static bh_status
set_responses(struct convolver *c, const struct group *group,
              const struct place_order *order, bh_diag *diag)
{
    const struct bh_filterbank_config *bank = order->bank;
    bh_fourier *fourier = NULL;
    double *x = bh_fourier_memory(group->size);
    double(*spectrum)[2] = (double(*)[2])bh_fourier_memory(2 * bins(group));
    float *single = malloc(2 * bins(group) * sizeof *single);
    bh_status status = BH_ERR_MEMORY;
    if (x && spectrum && single)
        status = bh_fourier_new(group->size, BH_FOURIER_ESTIMATED, &fourier, diag);
    else
        bh_diag_set(diag, status, "no memory for transforms of %zu samples",
                    group->size);
    for (size_t i = 0; status == BH_OK && i < group->count; i++) {
        memset(x, 0, group->size * sizeof *x);
        for (size_t k = c->part; k < order->form.fields && k < group->size; k++)
            x[k - c->part] = bank->ops->number(bank->self, group->first + i, k) /
                             (double)group->size;
        bh_fourier_forward(fourier, x, spectrum);
        for (size_t k = 0; k < 2 * bins(group); k++)
            single[k] = (float)spectrum[k / 2][k % 2];
        status = c->device->ops->write(c->device,
                                       group->responses + i * 2 * bins(group), single,
                                       2 * bins(group) * sizeof *single, diag);
    }
    bh_fourier_free(fourier);
    free(single);
    free(spectrum);
    free(x);
    return status;
}

static bh_status
set_frames(struct convolver *c, const struct group *group, bh_diag *diag)
{
    bh_device *device = c->device;
    for (size_t i = 0; i < batches(group); i++) {
        const size_t done = i * group->batch, left = group->count - done;
        const size_t channels = left < group->batch ? left : group->batch;
        const struct bh_convolve_multiply multiply = {
            .responses = group->responses + done * 2 * bins(group),
            .sound = c->spectrum,
            .product = c->product,
            .bins = (uint32_t)bins(group),
            .channels = (uint32_t)channels,
        };
        const struct bh_convolve_turn turn = {
            .from = c->time + group->size - c->part,
            .to = c->tail + group->first + done,
            .stride = c->stride,
            .size = (uint32_t)group->size,
            .frames = (uint32_t)c->part,
            .channels = (uint32_t)channels,
        };
        char *frame = batch_frame(group, i);
        BH_TRY(device->ops->write(device, frame, &multiply, sizeof multiply, diag));
        BH_TRY(device->ops->write(device, frame + sizeof multiply, &turn, sizeof turn,
                                  diag));
    }
    return BH_OK;
}

static bh_status
set_group(struct convolver *c, struct group *group, const struct place_order *order,
          bh_diag *diag)
{
    bh_device *device = c->device;
    void *frames;
    const bh_device_fft_config forward = {.size = group->size,
                                          .batch = 1,
                                          .real_stride = group->size,
                                          .complex_stride = bins(group)};
    bh_device_fft_config back = forward;
    back.batch = group->batch;
    back.inverse = true;
    BH_TRY(take(c, batches(group) * group->batch * 2 * bins(group), &group->responses,
                diag));
    BH_TRY(device->ops->take(
        device, (size_t)(batch_frame(group, batches(group)) - group->frames),
        "a filterbank", &frames, diag));
    group->frames = frames;
    BH_TRY(set_responses(c, group, order, diag));
    BH_TRY(set_frames(c, group, diag));
    BH_TRY(device->ops->fft_new(device, &forward, &group->forward, diag));
    return device->ops->fft_new(device, &back, &group->back, diag);
}

static bh_status
set_memory(struct convolver *c, bh_diag *diag)
{
    size_t spectrum = 0, product = 0, time = 0;
    for (size_t i = 0; i < c->group_count; i++) {
        const struct group *group = &c->groups[i];
        const size_t one = 2 * bins(group), all = group->batch * one;
        spectrum = one > spectrum ? one : spectrum;
        product = all > product ? all : product;
        time = group->batch * group->size > time ? group->batch * group->size : time;
    }
    float *frame;
    BH_TRY(take(c, c->head * c->stride, &c->taps, diag));
    BH_TRY(take(c, sound_size(c) / sizeof(float), &c->sound[0], diag));
    BH_TRY(take(c, sound_size(c) / sizeof(float), &c->sound[1], diag));
    BH_TRY(take(c, sizeof(struct bh_convolve_say) / sizeof(float), &frame, diag));
    c->frame = frame;
    if (c->group_count == 0)
        return BH_OK;
    BH_TRY(take(c, spectrum, &c->spectrum, diag));
    BH_TRY(take(c, product, &c->product, diag));
    BH_TRY(take(c, time, &c->time, diag));
    return take(c, c->part * c->stride, &c->tail, diag);
}

static bh_status
set_program(struct convolver *c, bh_diag *diag)
{
    bh_device *device = c->device;
    const struct {
        const char *name;
        void **kernel;
    } kernels[] = {{"bh_convolve_say", &c->say},
                   {"bh_convolve_multiply", &c->multiply},
                   {"bh_convolve_turn", &c->turn}};
    BH_TRY(device->ops->load(device, bh_convolve, BH_DEVICE_FLUSH_DENORMALS,
                             &c->program, diag));
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        BH_TRY(device->ops->find(device, c->program, kernels[i].name, kernels[i].kernel,
                                 diag));
    return BH_OK;
}

static bh_status
set_all(struct convolver *c, const struct place_order *order, bh_diag *diag)
{
    BH_TRY(set_program(c, diag));
    BH_TRY(set_memory(c, diag));
    BH_TRY(set_taps(c, order, diag));
    for (size_t i = 0; i < c->group_count; i++)
        BH_TRY(set_group(c, &c->groups[i], order, diag));
    return BH_OK;
}

bh_status
place_fourier_new(const struct place_order *order, const struct place_method **method,
                  void **out, bh_diag *diag)
{
    static const struct place_method fourier_method = {.one_channel = true,
                                                       .run = convolver_run,
                                                       .reset = convolver_reset,
                                                       .free = convolver_free};
    if (order->bank->precision != BH_SINGLE)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "FIR banks of double precision run on the processor only");
    struct convolver *c = calloc(1, sizeof *c);
    if (!c)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a filterbank");
    c->device = order->device;
    c->channels = order->bank->channels;
    c->stride = bh_lanes_round(c->channels);
    set_parts(c, order);
    set_groups(c, order);
    const bh_status status = set_all(c, order, diag);
    if (status != BH_OK) {
        convolver_free(c);
        return status;
    }
    *method = &fourier_method;
    *out = c;
    return BH_OK;
}
