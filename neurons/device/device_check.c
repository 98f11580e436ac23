/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/device/device_internal.h"

/* What a device cannot do, in a sentence each; docs/gpu-networks.md has the list. */

static bh_status
check_synapses(const bh_synapses *s, bh_diag *diag)
{
    enum { MOST_OF_PART = 1 << 16 };
    if (s->procedural)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "%s is procedural, which runs on the processor only; stored "
                           "synapses run on a GPU too",
                           s->name);
    for (const struct path *path = s->run->paths; path; path = path->next)
        if (path_is_delicate(path) && s->target.group->count > MOST_OF_PART)
            return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                               "%s sets variables of its sources; on a GPU it can have "
                               "%d target neurons, not %zu",
                               s->name, MOST_OF_PART, s->target.group->count);
    return BH_OK;
}

/* A block of threads has a part: enough for all multiprocessors, as long as parts are
 * no smaller than a warp and the rows of sources need no more than their synapses. */
size_t
device_parts(const bh_network *net, const bh_group *group, bool delicate)
{
    enum { WARP = 32, MOST_STARTS = 1 << 25 };
    size_t parts = 2 * (size_t)net->config.device->multiprocessors;
    if (!group->receives || delicate)
        return 1;
    if (parts > (group->count + WARP - 1) / WARP)
        parts = (group->count + WARP - 1) / WARP;
    for (const bh_synapses *s = net->synapses; s; s = s->next)
        if (s->target.group == group && parts > MOST_STARTS / (s->source.count + 1))
            parts = MOST_STARTS / (s->source.count + 1);
    const size_t least = (group->count + UINT16_MAX) / (UINT16_MAX + 1);
    return parts < least ? least : parts > 0 ? parts : 1;
}

bh_status
device_check(const bh_network *net, bh_diag *diag)
{
    if (bh_comm_size(net->config.comm) > 1)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "a network runs on a GPU or in several processes, not both");
    for (const struct link *link = net->links; link; link = link->next)
        if (link->from && link->function)
            return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                               "the link from %s to '%s' of %s calls a function, which "
                               "runs on the processor only; an expression runs on a "
                               "GPU too",
                               link->from->name, link->symbol->name, link->to->name);
    for (const bh_synapses *s = net->synapses; s; s = s->next)
        BH_TRY(check_synapses(s, diag));
    return BH_OK;
}
