/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/mix.h"

#include "filterbank/graph_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define REAL float
#include "filterbank/mix_run.inc"
#undef REAL
#define REAL double
#include "filterbank/mix_run.inc"
#undef REAL

/* The block of an input for the channels of `out`. */
static bh_block
share(bh_block in, size_t channel, bh_block out)
{
    return in.channels == 1 ? in : bh_block_channels(in, channel, out.channels);
}

struct sum {
    size_t count;
    double weight[BH_GRAPH_INPUTS_MAX];
};

static void
sum_run(void *self, size_t channel, size_t frame, const bh_block *in, bh_block out)
{
    const struct sum *sum = self;
    (void)frame;
    for (size_t i = 0; i < sum->count; i++)
        if (out.precision == BH_SINGLE)
            add_float(share(in[i], channel, out), (float)sum->weight[i], i == 0, out);
        else
            add_double(share(in[i], channel, out), sum->weight[i], i == 0, out);
}

static void
sum_form(const void *self, struct node_form *out)
{
    const struct sum *sum = self;
    out->kernel[0] = "bh_mix_sum_float";
    out->kernel[1] = "bh_mix_sum_double";
    memcpy(out->number, sum->weight, sum->count * sizeof *sum->weight);
}

static const struct node_ops sum_ops = {.run = sum_run, .free = free, .form = sum_form};

/* Adds a node whose `self` is freed where that fails. */
static bh_status
add(bh_graph *graph, const struct node_ops *ops, void *self, const bh_node *inputs,
    size_t count, size_t channels, bh_node *out, bh_diag *diag)
{
    const struct node_order order = {.ops = ops,
                                     .self = self,
                                     .inputs = inputs,
                                     .count = count,
                                     .channels = channels,
                                     .any_channels = true,
                                     .same_channels = true};
    const bh_status status = graph_add(graph, &order, out, diag);
    if (status != BH_OK)
        ops->free(self);
    return status;
}

bh_status
bh_graph_sum(bh_graph *graph, const bh_node *inputs, const double *weights,
             size_t count, bh_node *out, bh_diag *diag)
{
    size_t channels;
    if (count == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a sum of 0 nodes has no channels; it needs at least 1");
    BH_TRY(graph_check_inputs(graph, inputs, count, &channels, diag));
    for (size_t i = 0; weights && i < count; i++)
        if (!isfinite(weights[i]))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "weight %zu of a sum is %g; it must be finite", i,
                               weights[i]);
    struct sum *sum = malloc(sizeof *sum);
    if (!sum)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a sum");
    sum->count = count;
    for (size_t i = 0; i < count; i++)
        sum->weight[i] = weights ? weights[i] : 1;
    return add(graph, &sum_ops, sum, inputs, count, channels, out, diag);
}

struct arithmetic {
    bh_operation operation;
    bh_operand side[2];
};

static void
arithmetic_run(void *self, size_t channel, size_t frame, const bh_block *in,
               bh_block out)
{
    const struct arithmetic *arithmetic = self;
    const double numbers[] = {arithmetic->side[0].number, arithmetic->side[1].number};
    bh_block side[2] = {{0}, {0}};
    (void)frame;
    for (size_t i = 0, next = 0; i < 2; i++)
        if (!arithmetic->side[i].is_number)
            side[i] = share(in[next++], channel, out);
    if (out.precision == BH_SINGLE)
        operate_float(arithmetic->operation, side, numbers, out);
    else
        operate_double(arithmetic->operation, side, numbers, out);
}

static void
arithmetic_form(const void *self, struct node_form *out)
{
    const struct arithmetic *arithmetic = self;
    out->kernel[0] = "bh_mix_operate_float";
    out->kernel[1] = "bh_mix_operate_double";
    out->operation = arithmetic->operation;
    out->first = arithmetic->side[0].is_number;
    out->number[0] = arithmetic->side[0].number;
    out->number[1] = arithmetic->side[1].number;
}

static const struct node_ops arithmetic_ops = {
    .run = arithmetic_run, .free = free, .form = arithmetic_form};

static bh_status
check_operation(bh_operation operation, const bh_operand side[2], bh_diag *diag)
{
    if ((unsigned)operation > BH_OVER)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "there is no operation %d; there are plus, minus, times and "
                           "over",
                           (int)operation);
    if (side[0].is_number && side[1].is_number)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "an operation on two numbers hears no sound; one side must "
                           "be a node");
    for (int i = 0; i < 2; i++)
        if (side[i].is_number && !isfinite(side[i].number))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "a number in an operation is %g; it must be finite",
                               side[i].number);
    if (operation == BH_OVER && side[1].is_number && side[1].number == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a node cannot be divided by 0; any other number will do");
    return BH_OK;
}

bh_status
bh_graph_arithmetic(bh_graph *graph, bh_operand left, bh_operation operation,
                    bh_operand right, bh_node *out, bh_diag *diag)
{
    const bh_operand side[2] = {left, right};
    bh_node inputs[2];
    size_t count = 0, channels;
    BH_TRY(check_operation(operation, side, diag));
    for (int i = 0; i < 2; i++)
        if (!side[i].is_number)
            inputs[count++] = side[i].node;
    BH_TRY(graph_check_inputs(graph, inputs, count, &channels, diag));
    struct arithmetic *arithmetic = malloc(sizeof *arithmetic);
    if (!arithmetic)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for an operation");
    *arithmetic = (struct arithmetic){operation, {left, right}};
    return add(graph, &arithmetic_ops, arithmetic, inputs, count, channels, out, diag);
}
