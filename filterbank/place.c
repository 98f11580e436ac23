/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/place.h"

#include "core/source.h"
#include "filterbank/place_internal.h"

#include <stdlib.h>
#include <string.h>

struct placed {
    bh_device *device;
    struct bh_filterbank_config bank; /* as the processor runs it */
    const struct place_method *method;
    void *self; /* the method's */
    size_t out_stride;
    void *heard, *said; /* windows of the host, the second in pinned memory */
    void *in;           /* and the first on the device */
    struct place_window window;
    bool again; /* begins anew with the next window */
    bool kept;  /* what is said stays on the device */
};

static bh_status
take(bh_device *device, size_t bytes, void **out, bh_diag *diag)
{
    return device->ops->take(device, bytes, "windows of a filterbank", out, diag);
}

/* All but the bank itself. */
static void
give_back(struct placed *placed)
{
    bh_device *device = placed->device;
    if (placed->method)
        placed->method->free(placed->self);
    device->ops->give(device, placed->in);
    device->ops->give(device, placed->window.out);
    if (placed->said)
        device->ops->give_pinned(device, placed->said);
    free(placed->heard);
    free(placed);
}

static void
placed_free(void *self)
{
    struct placed *placed = self;
    const struct bh_filterbank_config bank = placed->bank;
    give_back(placed);
    bank.ops->free(bank.self);
}

/* The device takes them up when it hears the next window, as this cannot fail. */
static void
placed_reset(void *self)
{
    struct placed *placed = self;
    placed->bank.ops->reset(placed->bank.self);
    placed->again = true;
}

/* Frames behind each other, as they go to the device. */
static void
pack(bh_block in, char *to)
{
    const size_t sample = bh_precision_size(in.precision), frame = in.channels * sample;
    for (size_t t = 0; t < in.frames; t++)
        memcpy(to + t * frame, (const char *)in.data + t * in.stride * sample, frame);
}

static bh_status
placed_begin_kept(void *self, bh_block in, bh_diag *diag)
{
    struct placed *placed = self;
    bh_device *device = placed->device;
    const size_t sample = bh_precision_size(placed->bank.precision);
    if (placed->again)
        BH_TRY(placed->method->reset(placed->self, diag));
    placed->again = false;
    placed->window.in = in.data;
    placed->window.in_channels = in.channels;
    placed->window.in_stride = in.stride;
    placed->window.frames = in.frames;
    BH_TRY(placed->method->run(placed->self, &placed->window, diag));
    if (placed->kept)
        return BH_OK;
    return device->ops->read(device, placed->said, placed->window.out,
                             in.frames * placed->window.out_stride * sample, diag);
}

static bh_status
placed_begin(void *self, bh_block in, bh_diag *diag)
{
    struct placed *placed = self;
    const size_t frame = in.channels * bh_precision_size(in.precision);
    const bh_block there = {placed->in, in.frames, in.channels, in.channels,
                            in.precision};
    pack(in, placed->heard);
    BH_TRY(placed->device->ops->write(placed->device, placed->in, placed->heard,
                                      in.frames * frame, diag));
    return placed_begin_kept(self, there, diag);
}

static bool
placed_keep(void *self, struct bh_device *device, bh_block *window)
{
    struct placed *placed = self;
    if (device != placed->device || window->precision != placed->bank.precision)
        return false;
    placed->kept = true;
    *window = (bh_block){placed->window.out, BH_WINDOW_MAX, placed->bank.channels,
                         placed->window.out_stride, placed->bank.precision};
    return true;
}

static bool
placed_lend(void *self, struct bh_device *device, size_t in_channels,
            bh_source_part *part)
{
    struct placed *placed = self;
    placed->window.lent = part && device == placed->device && placed->method->part &&
                          part->precision == placed->bank.precision &&
                          placed->method->part(placed->self, in_channels, part);
    return placed->window.lent;
}

static void
placed_tile(void *self, size_t channel, size_t frame, bh_block in, bh_block out)
{
    const struct placed *placed = self;
    const size_t sample = bh_precision_size(out.precision);
    const size_t stride = placed->window.out_stride, left = stride - channel;
    const size_t size = (out.channels < left ? out.channels : left) * sample;
    (void)in;
    for (size_t t = 0; t < out.frames; t++)
        memcpy((char *)out.data + t * out.stride * sample,
               (const char *)placed->said + ((frame + t) * stride + channel) * sample,
               size);
}

static const struct bh_filterbank_ops placed_ops = {
    .try_begin = placed_begin,
    .tile = placed_tile,
    .reset = placed_reset,
    .free = placed_free,
    .keep = placed_keep,
    .lend = placed_lend,
    .begin_kept = placed_begin_kept,
};

void
place_undo(bh_filterbank *fb)
{
    struct placed *placed = bh_filterbank_self(fb, &placed_ops);
    const struct bh_filterbank_config *bank = &placed->bank;
    bh_filterbank_replace(fb, bank->ops, bank->self, bank->in_channels, NULL);
    give_back(placed);
}

static bh_status
take_windows(struct placed *placed, bh_diag *diag)
{
    const size_t channels = placed->bank.channels;
    const size_t widest = placed->bank.in_channels > channels ? placed->bank.in_channels
                                                              : channels;
    const size_t row = BH_WINDOW_MAX * bh_precision_size(placed->bank.precision);
    bh_device *device = placed->device;
    placed->window.out_stride = place_stride(channels);
    placed->heard = malloc(row * widest);
    if (!placed->heard)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    BH_TRY(take(device, row * widest, &placed->in, diag));
    BH_TRY(take(device, row * placed->window.out_stride, &placed->window.out, diag));
    return device->ops->take_pinned(device, row * placed->window.out_stride,
                                    "windows of a filterbank", &placed->said, diag);
}

static bh_status
take_method(struct placed *placed, bh_place_method method, bh_diag *diag)
{
    struct place_order order = {placed->device, &placed->bank, {0}};
    placed->bank.ops->form(placed->bank.self, &order.form);
    if (order.form.graph)
        return place_graph_new(&order, method, &placed->method, &placed->self, diag);
    if (order.form.fields == 0)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "this filterbank has too many coefficients a channel for a "
                           "device, or such as change; it runs on the processor only");
    if (!order.form.text)
        return place_fourier_new(&order, method, &placed->method, &placed->self, diag);
    if (order.form.before)
        return place_behind_new(&order, &placed->method, &placed->self, diag);
    if (method == BH_PLACE_PARALLEL && order.form.scan)
        return place_scan_new(&order, &placed->method, &placed->self, diag);
    return place_lane_new(&order, &placed->method, &placed->self, diag);
}

bh_status
bh_filterbank_place(bh_filterbank *fb, struct bh_device *device, bh_place_method method,
                    bh_diag *diag)
{
    const struct bh_filterbank_config *bank = bh_filterbank_parts(fb);
    if (!device)
        return BH_OK;
    if (bank->device)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "this filterbank runs on a device already");
    if (!bank->ops->form)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "filterbanks of this kind run on the processor only");
    struct placed *placed = calloc(1, sizeof *placed);
    if (!placed)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a filterbank");
    placed->device = device;
    placed->bank = *bank;
    bh_status status = take_windows(placed, diag);
    if (status == BH_OK)
        status = take_method(placed, method, diag);
    if (status != BH_OK) {
        give_back(placed);
        return status;
    }
    bh_filterbank_replace(fb, &placed_ops, placed,
                          placed->method->one_channel ? 1 : bank->in_channels, device);
    return BH_OK;
}
