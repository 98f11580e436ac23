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
    size_t begin;     /* of the scan: the window in its tile, ... */
    size_t passed;    /* ... once so many samples are gone from `sound` */
    void *sound;      /* what all channels hear, from there to the window's end, or */
    void *past;       /* what each hears, up to the window */
    size_t past_stride, heard; /* channels in that tile */
    void *wide;                /* the kernel for that */
};

static void
lanes_free(void *self)
{
    struct lanes *lanes = self;
    bh_device *device = lanes->device;
    device->ops->give(device, lanes->sound);
    device->ops->give(device, lanes->past);
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
    lanes->begin = lanes->passed = 0;
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
    if (window->lent)
        return send_frame(lanes, &frame, sizeof frame, diag);
    return launch(lanes, lanes->kernel, &frame, sizeof frame, lanes->bank.channels,
                  diag);
}

/* A channel's numbers are in the registers of a thread, of which 512 threads have 512
 * bytes each: more than so many would not fit in beside what is done with them. */
enum { PART_NUMBERS = 384 };

static bool
lanes_part(const void *self, size_t in_channels, bh_source_part *part)
{
    const struct lanes *lanes = self;
    (void)in_channels;
    part->text = lanes->form.text;
    part->fill = lanes->bank.precision == BH_SINGLE ? "bh_lane_part_float"
                                                    : "bh_lane_part_double";
    part->place = "bh_lane_part_place";
    part->frame = lanes->frame;
    part->channels = part->threads = LANE_PART_CHANNELS;
    part->frames = LANE_PART_FRAMES;
    part->size = LANE_PART_SIZE;
    return lanes->form.fields * bh_precision_size(lanes->form.row_precision) <=
               PART_NUMBERS &&
           strstr(part->text, part->fill) != NULL;
}

static struct bh_scan_frame
scan_frame(const struct lanes *lanes, const struct place_window *window)
{
    return (struct bh_scan_frame){
        .sound = lanes->sound,
        .past = lanes->past,
        .in = window->in,
        .out = window->out,
        .rows = lanes->rows,
        .past_stride = lanes->past_stride,
        .in_stride = window->in_stride,
        .out_stride = window->out_stride,
        .stride = lanes->stride,
        .begin = (uint32_t)lanes->begin,
        .frames = (uint32_t)window->frames,
        .channels = (uint32_t)lanes->bank.channels,
    };
}

/* Channels of a block of threads. */
static uint32_t
scan_block(const struct lanes *lanes)
{
    const size_t sample = bh_precision_size(lanes->bank.precision);
    return (uint32_t)(SCAN_CHANNELS * sizeof(float) / sample);
}

static bh_status
scan_launch(struct lanes *lanes, void *kernel, const struct place_window *window,
            bh_diag *diag)
{
    const struct bh_scan_frame frame = scan_frame(lanes, window);
    const uint32_t block = scan_block(lanes);
    BH_TRY(send_frame(lanes, &frame, sizeof frame, diag));
    if (window->lent)
        return BH_OK;
    return lanes->device->ops->launch(
        lanes->device, kernel, (uint32_t)((lanes->bank.channels + block - 1) / block),
        block * SCAN_LANES, lanes->frame, diag);
}

/* A window that ends in a tile leaves what it heard of it for the next, which moves it
 * to the front: by then the kernel, whoever's it is, has been queued. */
static bh_status
scan_one(struct lanes *lanes, const struct place_window *window, bh_diag *diag)
{
    bh_device *device = lanes->device;
    const size_t sample = bh_precision_size(lanes->bank.precision);
    const size_t end = lanes->begin + window->frames;
    char *sound = lanes->sound;
    if (lanes->passed > 0 && lanes->begin > 0)
        BH_TRY(device->ops->copy(device, sound, sound + lanes->passed * sample,
                                 lanes->begin * sample, diag));
    BH_TRY(device->ops->copy(device, sound + lanes->begin * sample, window->in,
                             window->frames * sample, diag));
    BH_TRY(scan_launch(lanes, lanes->kernel, window, diag));
    lanes->passed = end / SCAN_TILE * SCAN_TILE;
    lanes->begin = end - lanes->passed;
    return BH_OK;
}

/* A block has room for the sound of one channel beside what all say. */
static bool
scan_part(const void *self, size_t in_channels, bh_source_part *part)
{
    const struct lanes *lanes = self;
    part->text = lanes->form.scan;
    part->fill = "bh_scan_part";
    part->place = "bh_scan_part_place";
    part->frame = lanes->frame;
    part->channels = scan_block(lanes);
    part->threads = part->channels * SCAN_LANES;
    part->frames = SCAN_TILE;
    part->size = part->channels * SCAN_PART_CHANNEL;
    return in_channels == 1;
}

/* The frames of a window from one on become the past, from frame `to` of the tile on.
 */
static bh_status
scan_remember(struct lanes *lanes, const struct place_window *window, size_t from,
              size_t to, bh_diag *diag)
{
    bh_device *device = lanes->device;
    const size_t sample = bh_precision_size(lanes->bank.precision);
    const size_t frame = window->in_stride * sample, frames = window->frames - from;
    const char *in = (const char *)window->in + from * frame;
    if (to == 0)
        lanes->past_stride = window->in_stride;
    const size_t past = lanes->past_stride * sample;
    if (past == frame)
        return device->ops->copy(device, (char *)lanes->past + to * past, in,
                                 frames * frame, diag);
    for (size_t t = 0; t < frames; t++)
        BH_TRY(device->ops->copy(device, (char *)lanes->past + (to + t) * past,
                                 in + t * frame, window->in_channels * sample, diag));
    return BH_OK;
}

/* The same where each channel hears its own. */
static bh_status
scan_each(struct lanes *lanes, const struct place_window *window, bh_diag *diag)
{
    const size_t begin = lanes->begin, end = begin + window->frames;
    const size_t whole = end / SCAN_TILE * SCAN_TILE;
    BH_TRY(scan_launch(lanes, lanes->wide, window, diag));
    if (whole == 0)
        BH_TRY(scan_remember(lanes, window, 0, begin, diag));
    else if (whole < end)
        BH_TRY(scan_remember(lanes, window, whole - begin, 0, diag));
    lanes->begin = end - whole;
    return BH_OK;
}

static bh_status
scan_run(void *self, const struct place_window *window, bh_diag *diag)
{
    struct lanes *lanes = self;
    if (lanes->begin > 0 && lanes->heard != window->in_channels)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "the input has %zu channels and had %zu before; in parallel "
            "over time that can change every %d frames, or after a reset",
            window->in_channels, lanes->heard, SCAN_TILE);
    lanes->heard = window->in_channels;
    if (window->in_channels == 1)
        return scan_one(lanes, window, diag);
    return scan_each(lanes, window, diag);
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
        .run = lanes_run, .part = lanes_part, .reset = lanes_reset, .free = lanes_free};
    const char *name = order->bank->precision == BH_SINGLE ? "bh_lane_float"
                                                           : "bh_lane_double";
    struct lanes *lanes;
    BH_TRY(lanes_new(order, order->form.text, name, &lanes, diag));
    *method = &lane_method;
    *out = lanes;
    return BH_OK;
}

static bh_status
take_sound(struct lanes *lanes, bh_diag *diag)
{
    bh_device *device = lanes->device;
    const size_t sample = bh_precision_size(lanes->bank.precision);
    BH_TRY(device->ops->take(device, (SCAN_TILE + BH_WINDOW_MAX) * sample,
                             "a filterbank", &lanes->sound, diag));
    BH_TRY(device->ops->take(device, SCAN_TILE * lanes->stride * sample, "a filterbank",
                             &lanes->past, diag));
    return device->ops->find(device, lanes->program, "bh_gammatone_scan_wide",
                             &lanes->wide, diag);
}

bh_status
place_scan_new(const struct place_order *order, const struct place_method **method,
               void **out, bh_diag *diag)
{
    static const struct place_method scan_method = {
        .run = scan_run, .part = scan_part, .reset = lanes_reset, .free = lanes_free};
    struct lanes *lanes;
    BH_TRY(lanes_new(order, order->form.scan, "bh_gammatone_scan", &lanes, diag));
    const bh_status status = take_sound(lanes, diag);
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
