/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_MIX_H
#define BH_FILTERBANK_MIX_H

/* Nodes of a graph (filterbank/graph.h) that add, multiply and route channels:
 * SumFilterbank, RestructureFilterbank (with Repeat, Tile, Join, Interleave) and the
 * arithmetic of banks of brian2hears. Inputs of one channel are heard by all channels
 * of a sum or an operation; otherwise the numbers of channels must be the same. */

#include "core/status.h"
#include "filterbank/graph.h"

#include <stdbool.h>
#include <stddef.h>

BH_BEGIN_DECLS

/// The sum of 1 to BH_GRAPH_INPUTS_MAX nodes, each times its weight; `weights` NULL
/// means 1 for all.
BH_API BH_NODISCARD bh_status bh_graph_sum(bh_graph *graph, const bh_node *inputs,
                                           const double *weights, size_t count,
                                           bh_node *out, bh_diag *diag);

typedef enum bh_operation { BH_PLUS, BH_MINUS, BH_TIMES, BH_OVER } bh_operation;

/// One side of an operation: a node or a number.
typedef struct bh_operand {
    bool is_number;
    bh_node node;
    double number;
} bh_operand;

static inline bh_operand
bh_of_node(bh_node node)
{
    bh_operand operand = {false, node, 0};
    return operand;
}

static inline bh_operand
bh_of_number(double number)
{
    bh_operand operand = {true, 0, number};
    return operand;
}

/// left + right, left - right, left * right or left / right, at least one of them a
/// node. Numbers must be finite; dividing by silence gives infinities and NaNs.
BH_API BH_NODISCARD bh_status bh_graph_arithmetic(bh_graph *graph, bh_operand left,
                                                  bh_operation operation,
                                                  bh_operand right, bh_node *out,
                                                  bh_diag *diag);

/// Which channel goes where.
typedef struct bh_graph_routing {
    const bh_node *inputs;
    size_t count;
    size_t repeats;  ///< each channel so often: AB becomes AABB; 0 is 1
    bool interleave; ///< then AB, CD become ACBD (as many channels each), not ABCD
    size_t tiles;    ///< then all of it so often: ABCD becomes ABCDABCD; 0 is 1
    const size_t
        *map; ///< or each channel of the result, by its number in ABCD; NULL: not so
    size_t map_count;
} bh_graph_routing;

/// A node whose channels are those of others in another order. Everything is copied.
BH_API BH_NODISCARD bh_status bh_graph_route(bh_graph *graph,
                                             const bh_graph_routing *routing,
                                             bh_node *out, bh_diag *diag);

/// ABC becomes AAABBBCCC.
BH_API BH_NODISCARD bh_status bh_graph_repeat(bh_graph *graph, bh_node input,
                                              size_t times, bh_node *out,
                                              bh_diag *diag);
/// ABC becomes ABCABCABC.
BH_API BH_NODISCARD bh_status bh_graph_tile(bh_graph *graph, bh_node input,
                                            size_t times, bh_node *out, bh_diag *diag);
/// AB and CD become ABCD.
BH_API BH_NODISCARD bh_status bh_graph_join(bh_graph *graph, const bh_node *inputs,
                                            size_t count, bh_node *out, bh_diag *diag);
/// AB and CD become ACBD.
BH_API BH_NODISCARD bh_status bh_graph_interleave(bh_graph *graph,
                                                  const bh_node *inputs, size_t count,
                                                  bh_node *out, bh_diag *diag);

BH_END_DECLS

#endif
