/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/device/device_internal.h"
#include "neurons/lang/emit_cuda.h"

#include <stdio.h>

/* One kernel for a source's channels, the link and the group that it drives, where
 * nobody else wants what is between them (docs/decisions/0014-fused-kernels.md). A
 * group for which it cannot be has a kernel for each. */

/* A thread for each neuron of a block, and registers enough for each thread. */
enum { MOST_THREADS = 512, WARP = 32 };

static bool
is_only_link(const bh_network *net, const struct link *link)
{
    for (const struct link *other = net->links; other; other = other->next)
        if (other != link && other->feed == link->feed)
            return false;
    return true;
}

/* Whether a group has one in another link. */
static bool
is_taken(const bh_network *net, const struct link *link)
{
    for (const struct link *other = net->links; other; other = other->next)
        if (other != link && other->to == link->to && other->feed &&
            other->feed->part.text)
            return true;
    return false;
}

/* A frame for each step, for each of which the group takes one, all at once. */
static bool
is_plain(const bh_network *net, const struct link *link)
{
    const struct feed *feed = link->feed;
    const bh_group *to = link->to;
    return feed && !link->function && !link->at_end && link->clock_steps == 1 &&
           feed->frames_per_step == 1 && feed->precision == to->precision &&
           to->every == 1 && !to->generator && !to->receives && !to->states &&
           is_only_link(net, link) && !is_taken(net, link);
}

static uint32_t
threads_of(const struct link *link)
{
    const bh_source_part *part = &link->feed->part;
    const size_t neurons = part->channels * link->repeat.times;
    const size_t threads = neurons > part->threads ? neurons : part->threads;
    return threads > MOST_THREADS ? 0 : (uint32_t)((threads + WARP - 1) / WARP * WARP);
}

/* Asks the source. What it says stays in the feed. */
static bool
ask_source(bh_network *net, const struct link *link)
{
    struct feed *feed = link->feed;
    bh_source_part part = {.precision = feed->precision};
    if (!bh_source_lend(feed->source, net->config.device, &part))
        return false;
    bh_source_lend(feed->source, net->config.device, NULL);
    feed->part = part;
    if (threads_of(link) > 0)
        return true;
    feed->part = (bh_source_part){0};
    return false;
}

/* The source's text in a namespace: its kernels are nobody's here. */
static void
write_part(struct writer *writer, const bh_source_part *part, const char *space)
{
    write_text(writer,
               "\n#undef BH_KERNEL\n#define BH_KERNEL BH_KERNEL_NONE\n"
               "namespace %s {\n%s}\n"
               "#undef BH_KERNEL\n#define BH_KERNEL BH_KERNEL_OWN\n",
               space, part->text);
}

static void
write_fused(struct writer *writer, const struct link *link)
{
    char space[40];
    const bh_group *to = link->to;
    const struct emit_step step = group_step(to);
    const struct emit_map map = {link->map ? link->expression : "A link", link->map,
                                 link->feed->precision, to->precision};
    const struct emit_fused fused = {.number = to->object,
                                     .step = &step,
                                     .map = &map,
                                     .symbol = link->symbol,
                                     .space = space,
                                     .part = &link->feed->part,
                                     .threads = threads_of(link),
                                     .width = link->width,
                                     .times = link->repeat.times};
    snprintf(space, sizeof space, "bh_part_%u", to->object);
    write_part(writer, &link->feed->part, space);
    emit_cuda_fused(writer, &fused);
}

void
device_fused_write(bh_network *net, struct writer *writer)
{
    for (struct link *link = net->links; link; link = link->next)
        if (is_plain(net, link) && ask_source(net, link))
            write_fused(writer, link);
}

void
device_fused_begin(struct device_run *run, struct device_link *own)
{
    struct feed *feed = own->link->feed;
    const struct device_group *to = &run->groups[own->link->to->object];
    own->fused = feed && feed->part.text && feed->device && !feed->watch && to->ahead &&
                 !run->net->separate;
    if (feed)
        feed->lent = own->fused;
}

static const struct device_link *
fused_link(const struct device_run *run, const struct device_group *g)
{
    for (size_t n = 0; n < run->link_count; n++)
        if (run->links[n].fused && run->links[n].link->to == g->group)
            return &run->links[n];
    return NULL;
}

bh_status
device_fused_order(struct device_run *run, const struct device_group *g, bool *ordered,
                   bh_diag *diag)
{
    const struct device_link *own = fused_link(run, g);
    bh_device_fused_frame frame;
    char name[40];
    *ordered = own != NULL;
    if (!own)
        return BH_OK;
    const struct link *link = own->link;
    const bh_source_part *part = &link->feed->part;
    frame = (bh_device_fused_frame){.part = part->frame,
                                    .heard = own->row,
                                    .out = own->out,
                                    .out_stride = (int64_t)link->stride};
    BH_TRY(device_group_frame(run, g, &frame.group, diag));
    snprintf(name, sizeof name, "bh_fused_%u", g->group->object);
    return device_launch(run, &run->first, name,
                         (link->width + part->channels - 1) / part->channels,
                         threads_of(link), &frame, sizeof frame, diag);
}

bh_status
device_fused_send(struct device_run *run, const struct device_link *own, bh_diag *diag)
{
    const int32_t heard = (int32_t)own->link->feed->got;
    return run->device->ops->write(run->device, own->row, &heard, sizeof heard, diag);
}
