/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/synapses/synapses_internal.h"

#include <string.h>

/* Few keys: insertion. */
static void
insert(const uint32_t *keys, size_t count, uint32_t *order)
{
    for (size_t n = 1; n < count; n++) {
        const uint32_t moved = order[n];
        size_t at = n;
        while (at > 0 && keys[order[at - 1]] > keys[moved]) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = moved;
    }
}

/* One pass of a radix sort, by eight bits of the key. */
static void
pass(const uint32_t *keys, size_t count, int shift, const uint32_t *from, uint32_t *to)
{
    uint32_t place[256] = {0}, next = 0;
    for (size_t n = 0; n < count; n++)
        place[keys[n] >> shift & 255]++;
    for (int digit = 0; digit < 256; digit++) {
        const uint32_t here = place[digit];
        place[digit] = next;
        next += here;
    }
    for (size_t n = 0; n < count; n++)
        to[place[keys[from[n]] >> shift & 255]++] = from[n];
}

void
synapse_sort(const uint32_t *keys, size_t count, uint32_t *order, uint32_t *spare)
{
    enum { FEW = 48 };
    uint32_t differ = 0;
    bool sorted = true;
    for (size_t n = 0; n < count; n++) {
        order[n] = (uint32_t)n;
        differ |= keys[n] ^ keys[0];
        sorted = sorted && (n == 0 || keys[n - 1] <= keys[n]);
    }
    if (sorted)
        return;
    if (count <= FEW) {
        insert(keys, count, order);
        return;
    }
    uint32_t *from = order, *to = spare;
    for (int shift = 0; shift < 32; shift += 8) {
        if (!(differ >> shift & 255))
            continue;
        pass(keys, count, shift, from, to);
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != order)
        memcpy(order, from, count * sizeof *order);
}
