/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/device/device_internal.h"

#include <stdio.h>
#include <stdlib.h>

/* Links on a device: the rows of sources go there, and a kernel for each link makes the
 * values of its variable of them. A link through a function of the user's is made by
 * the host. */

static const struct device_feed *
find_feed(const struct device_run *run, const struct feed *feed)
{
    for (size_t n = 0; n < run->feed_count; n++)
        if (run->feeds[n].feed == feed)
            return &run->feeds[n];
    return NULL;
}

/* A function of the user's needs the rows of its source on the host. */
static bool
host_needs(const bh_network *net, const struct feed *feed)
{
    for (const struct link *link = net->links; link; link = link->next)
        if (link->feed == feed && link->function)
            return true;
    return false;
}

static size_t
row_bytes(const struct device_feed *own)
{
    return own->stride * bh_precision_size(own->feed->precision);
}

/* The rows of a source; how many frames a window has differs by one. */
static bh_status
begin_feed(struct device_run *run, struct feed *feed, bh_diag *diag)
{
    struct device_feed *own = &run->feeds[run->feed_count++];
    own->feed = feed;
    if (!host_needs(run->net, feed))
        feed_keep(feed, run->device);
    own->stride = feed->device ? feed->kept.stride : feed->stride;
    const size_t rows = 1 + (feed->device ? 0 : BH_WINDOW_MAX);
    BH_TRY(device_take(run, rows * row_bytes(own), "the samples of a source",
                       &own->before, diag));
    own->window = feed->device ? feed->kept.data : (char *)own->before + row_bytes(own);
    return BH_OK;
}

static bh_status
order_link(struct device_run *run, const struct device_link *own, int number,
           bh_diag *diag)
{
    const struct link *link = own->link;
    char name[40];
    const bh_device_link_frame frame = {.clock = run->clock,
                                        .before = own->before,
                                        .in = own->in,
                                        .out = own->out,
                                        .row = own->row,
                                        .in_stride = (int64_t)own->in_stride,
                                        .out_stride = (int64_t)link->stride,
                                        .count = (int32_t)link->width};
    snprintf(name, sizeof name, "bh_map_%d", number);
    if (!link->function && !own->fused)
        BH_TRY(device_launch(run, &run->first, name,
                             (link->width + ITEM_THREADS - 1) / ITEM_THREADS,
                             ITEM_THREADS, &frame, sizeof frame, diag));
    run->groups[link->to->object].input[link->symbol->slot] =
        (bh_device_input){.rows = own->out,
                          .stride = (int64_t)link->stride,
                          .times = (int32_t)link->repeat.times};
    return BH_OK;
}

static bh_status
begin_link(struct device_run *run, struct link *link, int number, bh_diag *diag)
{
    struct device_link *own = &run->links[run->link_count++];
    const size_t element = bh_precision_size(link->to->precision);
    void *placed;
    own->link = link;
    device_fused_begin(run, own);
    BH_TRY(device_take(run, (run->net->window + 1) * link->stride * element,
                       "the values of a link", &own->out, diag));
    BH_TRY(device_take(run, run->net->window * sizeof *own->row, "the rows of a link",
                       &placed, diag));
    own->row = placed;
    if (link->feed) {
        const struct device_feed *feed = find_feed(run, link->feed);
        own->before = feed->before;
        own->in = feed->window;
        own->in_stride = feed->stride;
    } else {
        own->before = run->groups[link->from->object].arrays[link->from_symbol->slot];
    }
    return order_link(run, own, number, diag);
}

bh_status
device_links_begin(struct device_run *run, bh_diag *diag)
{
    size_t links = 1, feeds = 1;
    int number = 0;
    for (const struct link *link = run->net->links; link; link = link->next)
        links++;
    for (const struct feed *feed = run->net->feeds; feed; feed = feed->next)
        feeds++;
    run->links = calloc(links, sizeof *run->links);
    run->feeds = calloc(feeds, sizeof *run->feeds);
    if (!run->links || !run->feeds)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to run the network");
    for (struct feed *feed = run->net->feeds; feed; feed = feed->next)
        BH_TRY(begin_feed(run, feed, diag));
    for (struct link *link = run->net->links; link; link = link->next)
        BH_TRY(begin_link(run, link, number++, diag));
    return BH_OK;
}

bh_status
device_links_start(struct device_run *run, bh_diag *diag)
{
    struct bh_device *device = run->device;
    for (size_t n = 0; n < run->feed_count; n++) {
        const struct feed *feed = run->feeds[n].feed;
        BH_TRY(device->ops->write(device, run->feeds[n].before, feed->rows,
                                  feed->channels * bh_precision_size(feed->precision),
                                  diag));
    }
    for (size_t n = 0; n < run->link_count; n++) {
        struct link *link = run->links[n].link;
        if (run->net->step == 0)
            link_first_row(link);
        BH_TRY(device->ops->write(device, run->links[n].out, link->rows,
                                  link->stride * bh_precision_size(link->to->precision),
                                  diag));
    }
    return BH_OK;
}

/* Which row of its source a link takes at each step; -1: none. */
static bh_status
send_rows(struct device_run *run, const struct device_link *own, size_t steps,
          bh_diag *diag)
{
    const struct link *link = own->link;
    int32_t *row = device_staging(run, steps * sizeof *row, diag);
    if (!row)
        return BH_ERR_MEMORY;
    for (size_t k = 0; k < steps; k++) {
        const int64_t step = run->net->step + (int64_t)k - (link->at_end ? 1 : 0);
        row[k] = step < 0 || step % link->clock_steps != 0 ? -1
                 : link->feed ? (int32_t)(feed_frame(link->feed, step) -
                                          link->feed->position + 1)
                              : 0;
    }
    return device_upload(run, own->row, row, steps * sizeof *row, diag);
}

/* A window of a source: from the host, or where it lies on the device, with silence
 * behind the end. */
static bh_status
send_feed(struct device_run *run, const struct device_feed *own, bh_diag *diag)
{
    struct bh_device *device = run->device;
    const struct feed *feed = own->feed;
    const size_t row = row_bytes(own), got = feed->got;
    if (!feed->device)
        return device_upload(run, own->before, feed->rows, (feed->frames + 1) * row,
                             diag);
    if (got < feed->frames)
        return device->ops->clear(device, (char *)own->window + got * row,
                                  (feed->frames - got) * row, diag);
    return BH_OK;
}

bh_status
device_links_send(struct device_run *run, size_t steps, bh_diag *diag)
{
    for (size_t n = 0; n < run->feed_count; n++)
        BH_TRY(send_feed(run, &run->feeds[n], diag));
    for (size_t n = 0; n < run->link_count; n++) {
        const struct device_link *own = &run->links[n];
        struct link *link = own->link;
        const size_t row = link->stride * bh_precision_size(link->to->precision);
        if (own->fused) {
            BH_TRY(device_fused_send(run, own, diag));
            continue;
        }
        if (!link->function) {
            BH_TRY(send_rows(run, own, steps, diag));
            continue;
        }
        link_run(link, run->net, steps);
        BH_TRY(device_upload(run, (char *)own->out + row,
                             (const char *)link->rows + row, steps * row, diag));
    }
    return BH_OK;
}

size_t
device_links_size(const struct device_run *run)
{
    const size_t window = run->net->window;
    size_t bytes = 0;
    for (size_t n = 0; n < run->feed_count; n++)
        if (!run->feeds[n].feed->device)
            bytes += (BH_WINDOW_MAX + 1) * row_bytes(&run->feeds[n]);
    for (size_t n = 0; n < run->link_count; n++) {
        const struct link *link = run->links[n].link;
        bytes += window * (link->function
                               ? link->stride * bh_precision_size(link->to->precision)
                               : sizeof *run->links[n].row);
    }
    return bytes;
}

/* The last row of a window stands before the next. */
bh_status
device_links_end(struct device_run *run, size_t steps, bh_diag *diag)
{
    for (size_t n = 0; n < run->link_count; n++) {
        const struct link *link = run->links[n].link;
        const size_t row = link->stride * bh_precision_size(link->to->precision);
        char *out = run->links[n].out;
        BH_TRY(run->device->ops->copy(run->device, out, out + steps * row, row, diag));
    }
    for (size_t n = 0; n < run->feed_count; n++) {
        const struct device_feed *own = &run->feeds[n];
        const size_t row = row_bytes(own), frames = own->feed->frames;
        if (own->feed->device && frames > 0)
            BH_TRY(run->device->ops->copy(
                run->device, own->before,
                (const char *)own->window + (frames - 1) * row, row, diag));
    }
    return BH_OK;
}

bh_status
device_links_fetch(struct device_run *run, bh_diag *diag)
{
    for (size_t n = 0; n < run->feed_count; n++) {
        const struct feed *feed = run->feeds[n].feed;
        if (feed->device)
            BH_TRY(run->device->ops->read(
                run->device, feed->rows, run->feeds[n].before,
                feed->channels * bh_precision_size(feed->precision), diag));
    }
    for (size_t n = 0; n < run->link_count; n++) {
        const struct link *link = run->links[n].link;
        BH_TRY(run->device->ops->read(
            run->device, link->rows, run->links[n].out,
            link->stride * bh_precision_size(link->to->precision), diag));
    }
    return BH_OK;
}
