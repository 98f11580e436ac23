/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/step_internal.h"

const void *
work_input(bh_frame *frame, int32_t variable, int32_t k)
{
    const struct work *work = (const struct work *)frame;
    const bh_group *group = work->group;
    const struct link *link = group->link[variable];
    size_t element = bh_precision_size(group->precision);
    const size_t step = (size_t)(work->begin + k);
    const char *row = row_at(link->rows, step + 1, link->stride, group->precision);
    size_t first = (size_t)frame->first, count = (size_t)frame->count;
    if (link->repeat.times == 1)
        return row + first * element;
    char *out = (char *)work->worker->inputs + (size_t)variable * BLOCK * element;
    const struct vector_ops *vector = group->net->vector;
    if (group->precision == BH_SINGLE)
        vector->repeat_single(&link->repeat, (const float *)row, (float *)out, first,
                              count);
    else
        vector->repeat_double(&link->repeat, (const double *)row, (double *)out, first,
                              count);
    return out;
}

const float *
work_normals(bh_frame *frame, int32_t term, int32_t k)
{
    const struct work *work = (const struct work *)frame;
    const bh_group *group = work->group;
    const bh_random_ops *random = group->net->random;
    float *out = work->worker->normals + (size_t)term * BLOCK;
    if (group->net->config.random == BH_RANDOM_FAST)
        random->normals(
            &group->normal_streams[(size_t)term * group->blocks + work->number], out,
            (size_t)frame->count);
    else
        random->counter_normals(group->normal_counters[term], (uint32_t)frame->first,
                                (uint64_t)(frame->step + k), out, (size_t)frame->count);
    return out;
}

const void *
work_uniforms(bh_frame *frame, int32_t term, int32_t k)
{
    const struct work *work = (const struct work *)frame;
    const bh_group *group = work->group;
    const bh_random_ops *random = group->net->random;
    size_t count = (size_t)frame->count;
    uint64_t step = (uint64_t)(frame->step + k);
    void *out = (char *)work->worker->uniforms + (size_t)term * BLOCK * sizeof(double);
    bh_random_stream *stream =
        &group->uniform_streams[(size_t)term * group->blocks + work->number];
    if (group->net->config.random == BH_RANDOM_FAST && group->precision == BH_SINGLE)
        random->uniforms(stream, out, count);
    else if (group->net->config.random == BH_RANDOM_FAST)
        random->uniforms_double(stream, out, count);
    else if (group->precision == BH_SINGLE)
        random->counter_uniforms(group->uniform_counters[term], (uint32_t)frame->first,
                                 step, out, count);
    else
        random->counter_uniforms_double(group->uniform_counters[term],
                                        (uint32_t)frame->first, step, out, count);
    return out;
}

double
work_poisson(const bh_frame *frame, int32_t term, int32_t n, int32_t k, double mean)
{
    const bh_group *group = ((const struct work *)frame)->group;
    return group->net->random->counter_poisson(group->poisson_counters[term],
                                               (uint32_t)(frame->first + n),
                                               (uint64_t)(frame->step + k), mean);
}
