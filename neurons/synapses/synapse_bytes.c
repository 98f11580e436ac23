/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/run_internal.h"

/* Bytes of each synapse that paths have. */
static size_t
bytes_of_paths(const bh_synapses *s)
{
    size_t bytes = 0;
    for (const struct path *path = s->run->paths; path; path = path->next)
        bytes += (path->own_order ? sizeof *path->own_order : 0) +
                 (path->own_source ? synapses_source_bytes(s) : 0) +
                 (path->place_delay ? sizeof *path->place_delay : 0);
    return bytes;
}

/* Bytes of what paths know of each neuron. */
static size_t
bytes_of_reach(const bh_synapses *s)
{
    size_t bytes = 0;
    for (const struct path *path = s->run->paths; path; path = path->next)
        if (path->reach)
            bytes += path_rows(path) * (path->longest - path->shortest + 2) *
                     sizeof *path->reach;
    return bytes;
}

size_t
bh_synapses_bytes(const bh_synapses *s)
{
    const size_t element = bh_precision_size(s->precision);
    size_t each = (s->post ? sizeof *s->post : 0) + (s->local ? sizeof *s->local : 0) +
                  (s->copy ? sizeof *s->copy : 0) +
                  (s->lastupdate ? sizeof *s->lastupdate : 0) +
                  (s->column_position ? sizeof *s->column_position : 0) +
                  (s->column_source ? synapses_source_bytes(s) : 0) +
                  (s->run ? bytes_of_paths(s) : 0);
    for (int v = 0; v < s->scope.stored; v++)
        each += s->arrays[v] ? element : 0;
    for (const struct pathway *path = s->pathways; path; path = path->next)
        each += path->delay ? sizeof *path->delay : 0;
    size_t lists = (s->source.count * s->partitions + 1) * sizeof *s->row;
    if (s->column)
        lists += (s->target.count + 1) * sizeof *s->column;
    if (s->run)
        lists += bytes_of_reach(s);
    return s->count * each + lists + (s->procedural ? procedural_bytes(s) : 0);
}
