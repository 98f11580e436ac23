/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/engine_internal.h"

#include "core/device_ops.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t
row_stride(size_t width)
{
    size_t stride = (width + 15) / 16 * 16;
    /* 4096 bytes apart means the same set of a first-level cache. */
    return stride % 512 == 0 ? stride + 16 : stride;
}

void *
row_new(size_t rows, size_t stride, bh_precision precision)
{
    size_t element = bh_precision_size(precision), bytes;
    if (__builtin_mul_overflow(rows, stride, &bytes) ||
        __builtin_mul_overflow(bytes + 32, element, &bytes))
        return NULL;
    bytes = (bytes + 63) / 64 * 64;
    void *memory = aligned_alloc(64, bytes);
    if (memory)
        memset(memory, 0, bytes);
    return memory;
}

bh_status
feed_new(bh_network *net, bh_source *source, bh_precision precision, struct feed **out,
         bh_diag *diag)
{
    for (struct feed *feed = net->feeds; feed; feed = feed->next)
        if (feed->source == source) {
            *out = feed;
            return BH_OK;
        }
    double ratio = bh_source_samplerate(source) * net->config.dt_s;
    if (ratio > BH_WINDOW_MAX / 4)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "a time step of %g s spans %g samples of the source at %g Hz; "
            "at most %d can be linked",
            net->config.dt_s, ratio, bh_source_samplerate(source), BH_WINDOW_MAX / 4);
    struct feed *feed = calloc(1, sizeof *feed);
    if (!feed)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a link");
    feed->source = source;
    feed->precision = precision;
    /* Sample and step are one where their rates differ by rounding only. */
    feed->frames_per_step = fabs(ratio - 1) < 1e-9 ? 1 : ratio;
    feed->channels = bh_source_channels(source);
    feed->stride = row_stride(feed->channels);
    feed->rows = row_new(BH_WINDOW_MAX + 1, feed->stride, precision);
    if (!feed->rows) {
        free(feed);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels",
                           bh_source_channels(source));
    }
    feed->next = net->feeds;
    net->feeds = feed;
    *out = feed;
    return BH_OK;
}

void
feed_free(struct feed *feed)
{
    free(feed->rows);
    free(feed);
}

/* The sample that a step sees: the last one at or before its time. */
int64_t
feed_frame(const struct feed *feed, int64_t step)
{
    if (feed->frames_per_step == 1)
        return step;
    return (int64_t)floor((double)step * feed->frames_per_step + 1e-6);
}

bh_status
feed_begin(struct feed *feed, int64_t last_step, bh_diag *diag)
{
    feed->frames = (size_t)(feed_frame(feed, last_step) + 1 - feed->position);
    feed->got = 0;
    if (feed->frames == 0 || feed->ended)
        return BH_OK;
    BH_TRY(bh_source_begin(feed->source, feed->frames, &feed->got, diag));
    feed->ended = feed->got < feed->frames;
    return BH_OK;
}

/* Fewer steps than were asked for: only what they see belongs to the window. */
void
feed_cut(struct feed *feed, int64_t last_step)
{
    int64_t frames = feed_frame(feed, last_step) + 1 - feed->position;
    feed->frames = frames > 0 ? (size_t)frames : 0;
    if (feed->got > feed->frames)
        feed->got = feed->frames;
}

/* What a sample of a channel costs, as a cheap filter has it. */
static const double NS_A_SAMPLE = 0.3;

struct fill {
    struct feed *feed;
    bh_block block;
};

static void
fill_tile(void *context, size_t tile, int thread)
{
    const struct fill *fill = context;
    (void)thread;
    bh_source_tile(fill->feed->source, tile, fill->block);
}

void
feed_keep(struct feed *feed, struct bh_device *device)
{
    bh_block window = {.precision = feed->precision};
    if (!feed->device && !feed->watch && feed->position == 0 &&
        bh_source_keep(feed->source, device, &window)) {
        feed->device = device;
        feed->kept = window;
    }
}

void
feed_lend(struct feed *feed, bool lent)
{
    if (feed->device)
        bh_source_lend(feed->source, feed->device, lent ? &feed->part : NULL);
}

/* A row of the window that lies on the device. */
static bh_status
fetch_row(struct feed *feed, size_t frame, size_t row, bh_diag *diag)
{
    return feed->device->ops->read(
        feed->device, row_at(feed->rows, row, feed->stride, feed->precision),
        row_at(feed->kept.data, frame, feed->kept.stride, feed->precision),
        feed->channels * bh_precision_size(feed->precision), diag);
}

bh_status
feed_fill(struct feed *feed, bh_pool *pool, bh_diag *diag)
{
    for (size_t t = 0; feed->device && feed->watch && t < feed->got; t++)
        BH_TRY(fetch_row(feed, t, t + 1, diag));
    if (feed->device)
        return BH_OK;
    struct fill fill = {feed,
                        {row_at(feed->rows, 1, feed->stride, feed->precision),
                         feed->got, feed->channels, feed->stride, feed->precision}};
    if (feed->got > 0)
        bh_pool_run(pool, bh_source_tiles(feed->source),
                    NS_A_SAMPLE * (double)(feed->got * feed->channels), fill_tile,
                    &fill);
    if (feed->got < feed->frames) /* silence behind the end */
        memset(row_at(feed->rows, 1 + feed->got, feed->stride, feed->precision), 0,
               (feed->frames - feed->got) * feed->stride *
                   bh_precision_size(feed->precision));
    return BH_OK;
}

size_t
steps_with_sound(const bh_network *net, size_t steps)
{
    size_t most = 0;
    for (const struct feed *feed = net->feeds; feed; feed = feed->next)
        while (most < steps && feed_frame(feed, net->step + (int64_t)most) <
                                   feed->position + (int64_t)feed->got)
            most++;
    return most;
}

void
feed_end(struct feed *feed)
{
    if (feed->frames > 0 && !feed->device)
        memcpy(feed->rows,
               row_at(feed->rows, feed->frames, feed->stride, feed->precision),
               feed->stride * bh_precision_size(feed->precision));
    feed->position += (int64_t)feed->frames;
}

bh_status
feed_seek(struct feed *feed, int64_t position, bh_pool *pool, bh_diag *diag)
{
    if (feed->position > position) {
        BH_TRY(bh_source_rewind(feed->source, diag));
        feed->position = 0;
        feed->ended = false;
    }
    const int64_t most = (int64_t)bh_source_window(feed->source);
    feed_lend(feed, false);
    while (feed->position < position) {
        int64_t left = position - feed->position;
        feed->frames = (size_t)(left < most ? left : most);
        feed->got = 0;
        if (!feed->ended)
            BH_TRY(bh_source_begin(feed->source, feed->frames, &feed->got, diag));
        feed->ended = feed->got < feed->frames;
        if (!feed->device)
            BH_TRY(feed_fill(feed, pool, diag));
        else if (feed->got > 0)
            BH_TRY(fetch_row(feed, feed->got - 1, 0, diag));
        if (feed->device && feed->ended)
            memset(feed->rows, 0, feed->stride * bh_precision_size(feed->precision));
        feed_end(feed);
    }
    return BH_OK;
}
