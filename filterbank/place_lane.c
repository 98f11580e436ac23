/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Banks on a device whose channels run side by side, sample by sample
 * (filterbank/lane.cu), so behind another bank (filterbank/dcgc.cu), or in parallel
 * over time (filterbank/gammatone_scan.cu). */
#include "core/source.h"
#include "filterbank/dcgc_device_kernel.h"
#include "filterbank/gammatone_scan_kernel.h"
#include "filterbank/lane_device_kernel.h"
#include "filterbank/place_internal.h"

#include <stdlib.h>
#include <string.h>

enum {
    THREADS = 32
}; /* of a block: a bank of 3000 channels has work for all of an H200 */

struct lanes {
    bh_device *device;
    struct bh_filterbank_config bank;
    struct bh_bank_form form;
    void *program, *kernel;
    size_t stride, rows_size;
    void *numbers; /* of the host: [fields][stride] */
    void *rows;    /* the same on the device */
    void *frame;   /* what the kernel is handed */
    union sent {
        struct bh_lane_frame lane;
        struct bh_scan_frame scan;
        struct bh_dcgc_frame behind;
    } sent;           /* what the device has there, */
    size_t sent_size; /* or 0: not known */
    float *sound;     /* of the scan: from the tile's beginning to the window's end */
    size_t begin;     /* of the window in its tile */
};

static void
lanes_free(void *self)
{
    struct lanes *lanes = self;
    bh_device *device = lanes->device;
    device->ops->give(device, lanes->sound);
    device->ops->give(device, lanes->frame);
    device->ops->give(device, lanes->rows);
    if (lanes->program)
        device->ops->unload(device, lanes->program);
    free(lanes->numbers);
    free(lanes);
}

/* Coefficients and state as the processor has them. */
static bh_status
lanes_reset(void *self, bh_diag *diag)
{
    struct lanes *lanes = self;
    const struct bh_filterbank_config *bank = &lanes->bank;
    for (size_t field = 0; field < lanes->form.fields; field++)
        for (size_t ch = 0; ch < bank->channels; ch++) {
            const double x = bank->ops->number(bank->self, ch, field);
            const size_t i = field * lanes->stride + ch;
            if (lanes->form.row_precision == BH_SINGLE)
                ((float *)lanes->numbers)[i] = (float)x;
            else
                ((double *)lanes->numbers)[i] = x;
        }
    lanes->begin = 0;
    lanes->sent_size = 0;
    return lanes->device->ops->write(lanes->device, lanes->rows, lanes->numbers,
                                     lanes->rows_size, diag);
}

/* One window is mostly like the last. */
static bh_status
send_frame(struct lanes *lanes, const void *frame, size_t size, bh_diag *diag)
{
    if (lanes->sent_size == size && memcmp(&lanes->sent, frame, size) == 0)
        return BH_OK;
    lanes->sent_size = 0;
    memcpy(&lanes->sent, frame, size);
    BH_TRY(lanes->device->ops->write(lanes->device, lanes->frame, frame, size, diag));
    lanes->sent_size = size;
    return BH_OK;
}

static struct bh_lane_frame
lane_frame(const struct lanes *lanes, const struct place_window *window)
{
    const struct bh_filterbank_config *bank = &lanes->bank;
    return (struct bh_lane_frame){
        .in = window->in,
        .out = window->out,
        .rows = lanes->rows,
        .in_stride = window->in_stride,
        .out_stride = window->out_stride,
        .stride = lanes->stride,
        .frames = (uint32_t)window->frames,
        .channels = (uint32_t)bank->channels,
        .fields = (uint32_t)lanes->form.fields,
        .wide = window->in_channels != 1,
        .order = (uint32_t)lanes->form.order,
        .stages = (uint32_t)lanes->form.stages,
        .size = (uint32_t)bh_precision_size(bank->precision),
        .precision = bank->precision,
    };
}

/* One thread for each of `count`. */
static bh_status
launch(struct lanes *lanes, void *kernel, const void *frame, size_t size, size_t count,
       bh_diag *diag)
{
    const uint32_t blocks = (uint32_t)((count + THREADS - 1) / THREADS);
    BH_TRY(send_frame(lanes, frame, size, diag));
    return lanes->device->ops->launch(lanes->device, kernel, blocks, THREADS,
                                      lanes->frame, diag);
}

static bh_status
lanes_run(void *self, const struct place_window *window, bh_diag *diag)
{
    struct lanes *lanes = self;
    const struct bh_lane_frame frame = lane_frame(lanes, window);
    return launch(lanes, lanes->kernel, &frame, sizeof frame, lanes->bank.channels,
                  diag);
}

/* A window that ends in a tile leaves what it heard of it for the next. */
static bh_status
scan_run(void *self, const struct place_window *window, bh_diag *diag)
{
    struct lanes *lanes = self;
    bh_device *device = lanes->device;
    const size_t channels = lanes->bank.channels, end = lanes->begin + window->frames;
    const struct bh_scan_frame frame = {
        .sound = lanes->sound,
        .out = window->out,
        .rows = lanes->rows,
        .out_stride = window->out_stride,
        .stride = lanes->stride,
        .begin = (uint32_t)lanes->begin,
        .frames = (uint32_t)window->frames,
        .channels = (uint32_t)channels,
    };
    const uint32_t blocks = (uint32_t)((channels + SCAN_CHANNELS - 1) / SCAN_CHANNELS);
    const size_t whole = end / SCAN_TILE * SCAN_TILE;
    BH_TRY(device->ops->copy(device, lanes->sound + lanes->begin, window->in,
                             window->frames * sizeof(float), diag));
    BH_TRY(send_frame(lanes, &frame, sizeof frame, diag));
    BH_TRY(device->ops->launch(device, lanes->kernel, blocks, SCAN_THREADS,
                               lanes->frame, diag));
    if (whole > 0 && whole < end)
        BH_TRY(device->ops->copy(device, lanes->sound, lanes->sound + whole,
                                 (end - whole) * sizeof(float), diag));
    lanes->begin = end - whole;
    return BH_OK;
}

/* Memory on the device for a bank, and a kernel that runs it. */
static bh_status
lanes_new(const struct place_order *order, const char *text, const char *name,
          struct lanes **out, bh_diag *diag)
{
    bh_device *device = order->device;
    struct lanes *lanes = calloc(1, sizeof *lanes);
    if (!lanes)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a filterbank");
    lanes->device = device;
    lanes->bank = *order->bank;
    lanes->form = order->form;
    lanes->stride = bh_lanes_round(order->bank->channels);
    lanes->rows_size = lanes->form.fields * lanes->stride *
                       bh_precision_size(lanes->form.row_precision);
    lanes->numbers = calloc(1, lanes->rows_size);
    bh_status status = BH_ERR_MEMORY;
    if (lanes->numbers)
        status = device->ops->take(device, lanes->rows_size, "a filterbank",
                                   &lanes->rows, diag);
    else
        bh_diag_set(diag, status, "no memory for %zu channels", lanes->bank.channels);
    if (status == BH_OK)
        status = device->ops->take(device, sizeof lanes->sent, "a filterbank",
                                   &lanes->frame, diag);
    if (status == BH_OK)
        status = device->ops->load(device, text, BH_DEVICE_FLUSH_DENORMALS,
                                   &lanes->program, diag);
    if (status == BH_OK)
        status = device->ops->find(device, lanes->program, name, &lanes->kernel, diag);
    if (status == BH_OK)
        status = lanes_reset(lanes, diag);
    if (status != BH_OK)
        lanes_free(lanes);
    else
        *out = lanes;
    return status;
}

bh_status
place_lane_new(const struct place_order *order, const struct place_method **method,
               void **out, bh_diag *diag)
{
    static const struct place_method lane_method = {
        .run = lanes_run, .reset = lanes_reset, .free = lanes_free};
    const char *name = order->bank->precision == BH_SINGLE ? "bh_lane_float"
                                                           : "bh_lane_double";
    struct lanes *lanes;
    BH_TRY(lanes_new(order, order->form.text, name, &lanes, diag));
    *method = &lane_method;
    *out = lanes;
    return BH_OK;
}

bh_status
place_scan_new(const struct place_order *order, const struct place_method **method,
               void **out, bh_diag *diag)
{
    static const struct place_method scan_method = {
        .one_channel = true, .run = scan_run, .reset = lanes_reset, .free = lanes_free};
    struct lanes *lanes;
    void *sound = NULL;
    BH_TRY(lanes_new(order, order->form.scan, "bh_gammatone_scan", &lanes, diag));
    const bh_status status = order->device->ops->take(
        order->device, (SCAN_TILE + BH_WINDOW_MAX) * sizeof(float), "a filterbank",
        &sound, diag);
    lanes->sound = sound;
    if (status != BH_OK) {
        lanes_free(lanes);
        return status;
    }
    *method = &scan_method;
    *out = lanes;
    return BH_OK;
}

/* A bank that hears all channels of another, both here. */
struct behind {
    struct lanes *first, *then;
    void *widen;   /* the kernel; NULL where the sound is in double precision already */
    double *heard; /* [frames][in_channels], the sound in that */
    double *said;  /* [frames][channels], by the first */
};

static void
behind_free(void *self)
{
    struct behind *behind = self;
    bh_device *device = behind->then->device;
    device->ops->give(device, behind->heard);
    device->ops->give(device, behind->said);
    if (behind->first)
        lanes_free(behind->first);
    lanes_free(behind->then);
    free(behind);
}

static bh_status
behind_reset(void *self, bh_diag *diag)
{
    struct behind *behind = self;
    BH_TRY(lanes_reset(behind->first, diag));
    return lanes_reset(behind->then, diag);
}

/* The window becomes the same in double precision. */
static bh_status
widen(struct behind *behind, struct place_window *window, bh_diag *diag)
{
    struct bh_lane_frame frame = lane_frame(behind->then, window);
    const size_t channels = window->in_channels;
    frame.out = behind->heard;
    frame.out_stride = channels;
    frame.channels = (uint32_t)channels;
    BH_TRY(launch(behind->then, behind->widen, &frame, sizeof frame,
                  window->frames * channels, diag));
    window->in = behind->heard;
    window->in_stride = channels;
    return BH_OK;
}

static bh_status
behind_run(void *self, const struct place_window *window, bh_diag *diag)
{
    struct behind *behind = self;
    const size_t channels = behind->then->bank.channels;
    struct place_window first = *window, then = *window;
    if (behind->widen)
        BH_TRY(widen(behind, &first, diag));
    first.out = behind->said;
    first.out_stride = channels;
    BH_TRY(lanes_run(behind->first, &first, diag));
    then.in = behind->said;
    then.in_stride = channels;
    struct bh_dcgc_frame frame = {.lane = lane_frame(behind->then, &then)};
    memcpy(&frame.shared, behind->then->form.shared, sizeof frame.shared);
    return launch(behind->then, behind->then->kernel, &frame, sizeof frame, channels,
                  diag);
}

/* All but the bank itself. */
static bh_status
take_first(struct behind *behind, const struct place_order *order, bh_diag *diag)
{
    bh_device *device = order->device;
    const struct bh_filterbank_config *bank = bh_filterbank_parts(order->form.before);
    struct place_order first = {device, bank, {0}};
    const size_t size = BH_WINDOW_MAX * bank->channels * sizeof(double);
    void *memory;
    bank->ops->form(bank->self, &first.form);
    BH_TRY(lanes_new(&first, first.form.text, "bh_lane_double", &behind->first, diag));
    BH_TRY(device->ops->take(device, size, "a filterbank", &memory, diag));
    behind->said = memory;
    if (order->bank->precision == BH_DOUBLE)
        return BH_OK;
    BH_TRY(device->ops->take(device, size, "a filterbank", &memory, diag));
    behind->heard = memory;
    return device->ops->find(device, behind->then->program, "bh_lane_widen",
                             &behind->widen, diag);
}

bh_status
place_behind_new(const struct place_order *order, const struct place_method **method,
                 void **out, bh_diag *diag)
{
    static const struct place_method behind_method = {
        .run = behind_run, .reset = behind_reset, .free = behind_free};
    struct behind *behind = calloc(1, sizeof *behind);
    if (!behind)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a filterbank");
    bh_status status =
        lanes_new(order, order->form.text, "bh_lane_behind", &behind->then, diag);
    if (status != BH_OK) {
        free(behind);
        return status;
    }
    status = take_first(behind, order, diag);
    if (status != BH_OK) {
        behind_free(behind);
        return status;
    }
    *method = &behind_method;
    *out = behind;
    return BH_OK;
}
