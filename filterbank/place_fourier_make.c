/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the responses of a bank are cut for filterbank/place_fourier.c, and what that
 * needs on the device. */
#include "core/fourier_internal.h"
#include "filterbank/place_fourier_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PART = 1024,      /* with sums; */
    PART_MOST = 8192, /* without */
    /* Channels in a group from which transforms multiply by themselves: below, it saves
     * less than a plan with code of ours costs (docs/decisions/0016). */
    FUSED_LEAST = 32
};

void
convolver_free(void *self)
{
    struct convolver *c = self;
    bh_device *device = c->device;
    for (size_t i = 0; i < c->group_count; i++) {
        struct group *group = &c->groups[i];
        if (group->many)
            device->ops->fft_free(device, group->many);
        if (group->back)
            device->ops->fft_free(device, group->back);
        device->ops->give(device, group->responses);
        device->ops->give(device, group->frames);
    }
    for (size_t i = 0; i < c->heard_count; i++) {
        if (c->heard[i].plan)
            device->ops->fft_free(device, c->heard[i].plan);
        device->ops->give(device, c->heard[i].spectrum);
    }
    void *const memory[] = {c->taps,    c->sound[0], c->sound[1],
                            c->time,    c->tail,     c->frames,
                            c->many[0], c->many[1],  c->many_spectra};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
        device->ops->give(device, memory[i]);
    if (c->program)
        device->ops->unload(device, c->program);
    free(c);
}

/* Where a response ends: what follows is less than the precision has, even where all of
 * it adds up. */
static size_t
response_end(const struct place_order *order, size_t ch)
{
    const struct bh_filterbank_config *bank = order->bank;
    const double least = bank->precision == BH_SINGLE ? 1e-8 : 1e-17;
    double sum = 0, rest = 0;
    size_t end = order->form.fields;
    for (size_t k = 0; k < order->form.fields; k++)
        sum += fabs(bank->ops->number(bank->self, ch, k));
    while (end > 1) {
        rest += fabs(bank->ops->number(bank->self, ch, end - 1));
        if (rest > least * sum)
            break;
        end--;
    }
    return end;
}

/* Where the first of all begins. */
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

static const struct heard *
heard_of(struct convolver *c, size_t size)
{
    for (size_t i = 0; i < c->heard_count; i++)
        if (c->heard[i].size == size)
            return &c->heard[i];
    c->heard[c->heard_count].size = size;
    return &c->heard[c->heard_count++];
}

/* Cuts the bank into groups of neighbours; the last takes what is left over. */
static void
set_groups(struct convolver *c, const size_t *ends)
{
    c->past = c->head;
    for (size_t ch = 0; ch < c->channels; ch++) {
        const size_t size = transform_size(c, ends[ch]);
        struct group *last = c->group_count ? &c->groups[c->group_count - 1] : NULL;
        if (ends[ch] <= c->head)
            continue;
        const bool next = last && last->first + last->count == ch;
        if ((next && last->size == size) || c->group_count == CONVOLVE_GROUPS) {
            last->count = ch + 1 - last->first;
            last->size = size > last->size ? size : last->size;
        } else {
            c->groups[c->group_count++] =
                (struct group){.first = ch, .count = 1, .size = size};
            last = &c->groups[c->group_count - 1];
        }
        c->past = last->size > c->past ? last->size : c->past;
    }
    /* What lies between transforms is as many bytes in either precision. */
    const size_t most = CONVOLVE_BLOCK * sizeof(float) / c->number;
    for (size_t i = 0; i < c->group_count; i++) {
        struct group *group = &c->groups[i];
        const size_t parts = (group->count + most - 1) / most;
        group->batch = (group->count + parts - 1) / parts;
        group->heard = heard_of(c, group->size);
    }
}

/* How the responses are cut. */
static bh_status
set_parts(struct convolver *c, const struct place_order *order, bh_diag *diag)
{
    const size_t silent = silent_taps(order);
    size_t longest = 1, *ends = malloc(c->channels * sizeof *ends);
    if (!ends)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels",
                           c->channels);
    c->part = PART;
    c->head = PART;
    if (silent >= PART) {
        c->head = 0;
        while (2 * c->part <= silent && c->part < PART_MOST)
            c->part *= 2;
    }
    for (size_t ch = 0; ch < c->channels; ch++) {
        ends[ch] = response_end(order, ch);
        longest = ends[ch] > longest ? ends[ch] : longest;
    }
    if (!c->device->ops->fft_new || longest <= PART)
        c->head = (longest + CONVOLVE_RUN - 1) / CONVOLVE_RUN * CONVOLVE_RUN;
    set_groups(c, ends);
    free(ends);
    return BH_OK;
}

static bh_status
take(struct convolver *c, size_t numbers, void **out, bh_diag *diag)
{
    return c->device->ops->take(c->device, (numbers + 1) * c->number, "a filterbank",
                                out, diag);
}

/* A number in the bank's precision. */
static void
put(const struct convolver *c, void *to, size_t i, double x)
{
    if (c->precision == BH_SINGLE)
        ((float *)to)[i] = (float)x;
    else
        ((double *)to)[i] = x;
}

static bh_status
set_taps(struct convolver *c, const struct place_order *order, bh_diag *diag)
{
    const struct bh_filterbank_config *bank = order->bank;
    void *taps = calloc(c->head * c->stride + 1, c->number);
    if (!taps)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels",
                           c->channels);
    for (size_t k = 0; k < c->head && k < order->form.fields; k++)
        for (size_t ch = 0; ch < c->channels; ch++)
            put(c, taps, k * c->stride + ch, bank->ops->number(bank->self, ch, k));
    const bh_status status = c->device->ops->write(
        c->device, c->taps, taps, c->head * c->stride * c->number, diag);
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
    const size_t numbers = 2 * convolve_bins(group->size), size = numbers * c->number;
    bh_fourier *fourier = NULL;
    double *x = bh_fourier_memory(group->size);
    double(*spectrum)[2] = (double(*)[2])bh_fourier_memory(numbers);
    void *converted = malloc(size);
    bh_status status = BH_ERR_MEMORY;
    if (x && spectrum && converted)
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
        for (size_t k = 0; k < numbers; k++)
            put(c, converted, k, spectrum[k / 2][k % 2]);
        status = c->device->ops->write(c->device, (char *)group->responses + i * size,
                                       converted, size, diag);
    }
    bh_fourier_free(fourier);
    free(converted);
    free(spectrum);
    free(x);
    return status;
}

static char *
responses_of(const struct convolver *c, const struct group *group, size_t batch)
{
    const size_t one = 2 * convolve_bins(group->size) * c->number;
    return (char *)group->responses + batch * group->batch * one;
}

bh_status
convolver_set_frames(struct convolver *c, const struct group *group, bh_diag *diag)
{
    bh_device *device = c->device;
    const size_t bins = convolve_bins(group->size), batches = group_batches(group);
    uint32_t shift = 0;
    while (((size_t)1 << shift) + 1 < bins)
        shift++;
    for (size_t i = 0; i < batches; i++) {
        const size_t done = i * group->batch, left = group->count - done;
        const size_t channels = left < group->batch ? left : group->batch;
        const struct bh_convolve_multiply multiply = {
            .responses = responses_of(c, group, i),
            .sound = c->wide ? c->many_spectra : group->heard->spectrum,
            .product = c->time,
            .bins = (uint32_t)bins,
            .shift = shift,
            .channels = (uint32_t)channels,
            .wide = c->wide,
        };
        const struct bh_convolve_turn turn = {
            .from = (char *)c->time + (group->size - c->part) * c->number,
            .to = (char *)c->tail + (group->first + done) * c->number,
            .from_stride = 2 * bins,
            .to_stride = c->stride,
            .rows = (uint32_t)channels,
            .columns = (uint32_t)c->part,
            .next = group->fused ? (struct bh_convolve_multiply *)group->frames : NULL,
            .next_responses = responses_of(c, group, (i + 1) % batches),
        };
        char *frame = group_frame(group, i);
        BH_TRY(device->ops->write(device, frame, &multiply, sizeof multiply, diag));
        BH_TRY(device->ops->write(device, frame + sizeof multiply, &turn, sizeof turn,
                                  diag));
    }
    return BH_OK;
}

/* Spectra and what becomes of them lie in the same place, which halves what the cache
 * must hold. */
static bh_device_fft_config
transforms(const struct convolver *c, size_t size, size_t batch)
{
    const size_t bins = convolve_bins(size);
    return (bh_device_fft_config){.size = size,
                                  .batch = batch,
                                  .real_stride = 2 * bins,
                                  .complex_stride = bins,
                                  .wide = c->precision == BH_DOUBLE};
}

/* The transforms back, with the multiplication in them where that is worth it and can
 * be had. */
static bh_status
set_back(struct convolver *c, struct group *group, bool fused, bh_diag *diag)
{
    bh_device *device = c->device;
    bh_device_fft_config back = transforms(c, group->size, group->batch);
    back.inverse = true;
    if (fused && group->count >= FUSED_LEAST && back.complex_stride < 1u << 23) {
        bh_device_fft_config with = back;
        with.load = back.wide ? bh_convolve_load_double : bh_convolve_load;
        with.load_info = group->frames;
        group->fused = device->ops->fft_new(device, &with, &group->back, NULL) == BH_OK;
    }
    if (group->fused)
        return BH_OK;
    return device->ops->fft_new(device, &back, &group->back, diag);
}

static bh_status
set_group(struct convolver *c, struct group *group, const struct place_order *order,
          bool fused, bh_diag *diag)
{
    bh_device *device = c->device;
    const size_t batches = group_batches(group);
    void *frames;
    BH_TRY(take(c, batches * group->batch * 2 * convolve_bins(group->size),
                &group->responses, diag));
    BH_TRY(device->ops->take(device,
                             (size_t)(group_frame(group, batches) - group->frames),
                             "a filterbank", &frames, diag));
    group->frames = frames;
    BH_TRY(set_responses(c, group, order, diag));
    BH_TRY(set_back(c, group, fused, diag));
    return convolver_set_frames(c, group, diag);
}

static bh_status
set_heard(struct convolver *c, struct heard *heard, bh_diag *diag)
{
    const bh_device_fft_config forward = transforms(c, heard->size, 1);
    BH_TRY(take(c, 2 * convolve_bins(heard->size), &heard->spectrum, diag));
    return c->device->ops->fft_new(c->device, &forward, &heard->plan, diag);
}

static bh_status
set_memory(struct convolver *c, bh_diag *diag)
{
    const size_t frame = sizeof c->sent[0][0].frame;
    size_t time = 0;
    for (size_t i = 0; i < c->group_count; i++) {
        const struct group *group = &c->groups[i];
        const size_t all = group->batch * 2 * convolve_bins(group->size);
        time = all > time ? all : time;
    }
    BH_TRY(take(c, c->head * c->stride, &c->taps, diag));
    BH_TRY(take(c, convolver_room(c), &c->sound[0], diag));
    BH_TRY(take(c, convolver_room(c), &c->sound[1], diag));
    BH_TRY(c->device->ops->take(c->device, 2 * SENT_KINDS * frame, "a filterbank",
                                &c->frames, diag));
    for (size_t i = 0; i < 2 * SENT_KINDS; i++)
        c->sent[i / 2][i % 2].there = (char *)c->frames + i * frame;
    if (c->group_count == 0)
        return BH_OK;
    BH_TRY(take(c, time, &c->time, diag));
    return take(c, c->part * c->stride, &c->tail, diag);
}

bh_status
convolver_take_many(struct convolver *c, bh_diag *diag)
{
    size_t spectra = 0, rows = c->channels;
    for (size_t i = 0; i < c->group_count; i++) {
        struct group *group = &c->groups[i];
        bh_device_fft_config forward = transforms(c, group->size, group->batch);
        const size_t numbers = group->batch * 2 * convolve_bins(group->size);
        forward.real_stride = convolver_room(c);
        const size_t end = group->first + group_batches(group) * group->batch;
        spectra = numbers > spectra ? numbers : spectra;
        rows = end > rows ? end : rows;
        if (!group->many)
            BH_TRY(c->device->ops->fft_new(c->device, &forward, &group->many, diag));
    }
    if (!c->many_spectra)
        BH_TRY(take(c, spectra, &c->many_spectra, diag));
    if (!c->many[1])
        BH_TRY(take(c, rows * convolver_room(c), &c->many[1], diag));
    return take(c, rows * convolver_room(c), &c->many[0], diag);
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
                   {"bh_convolve_turn", &c->turn},
                   {"bh_convolve_move", &c->move}};
    BH_TRY(device->ops->load(
        device, c->precision == BH_SINGLE ? bh_convolve : bh_convolve_double,
        BH_DEVICE_FLUSH_DENORMALS, &c->program, diag));
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        BH_TRY(device->ops->find(device, c->program, kernels[i].name, kernels[i].kernel,
                                 diag));
    return BH_OK;
}

static bh_status
set_all(struct convolver *c, const struct place_order *order, bool fused, bh_diag *diag)
{
    BH_TRY(set_parts(c, order, diag));
    BH_TRY(set_program(c, diag));
    BH_TRY(set_memory(c, diag));
    BH_TRY(set_taps(c, order, diag));
    for (size_t i = 0; i < c->heard_count; i++)
        BH_TRY(set_heard(c, &c->heard[i], diag));
    for (size_t i = 0; i < c->group_count; i++)
        BH_TRY(set_group(c, &c->groups[i], order, fused, diag));
    return BH_OK;
}

bh_status
convolver_new(const struct place_order *order, bool fused, struct convolver **out,
              bh_diag *diag)
{
    struct convolver *c = calloc(1, sizeof *c);
    if (!c)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a filterbank");
    c->device = order->device;
    c->precision = order->bank->precision;
    c->number = bh_precision_size(c->precision);
    c->channels = order->bank->channels;
    c->stride = bh_lanes_round(c->channels);
    const bh_status status = set_all(c, order, fused, diag);
    if (status == BH_OK)
        *out = c;
    else
        convolver_free(c);
    return status;
}
