/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_GRAPH_H
#define BH_FILTERBANK_GRAPH_H

/* Filterbanks behind, beside and around each other: a graph of nodes, each a stream of
 * channels. It is built from the sound on, so that a node hears only nodes made before
 * it, and what flows back does so through a control (bh_graph_control). A node that
 * several others hear is computed once, and one that nobody hears not at all.
 *
 *     bh_graph_new(44100, BH_DOUBLE, &graph, &diag);
 *     bh_graph_hear(graph, sound, &heard, &diag);
 *     bh_graph_bank(graph, heard, gammatone, &place, &diag);
 *     bh_graph_bank(graph, heard, lowpass, &base, &diag);
 *     bh_graph_arithmetic(graph, bh_of_node(place), BH_MINUS, bh_of_node(base), &rest,
 *                         &diag);
 *     bh_graph_source(graph, rest, &out, &diag);
 *
 * Where a node has one channel and another, which it meets, has more, the one is heard
 * by all. filterbank/mix.h has sums, arithmetic and the routing of channels. These are
 * the FunctionFilterbank, ControlFilterbank and CombinedFilterbank of brian2hears. */

#include "core/block.h"
#include "core/source.h"
#include "core/status.h"
#include "filterbank/filterbank.h"

#include <stdbool.h>
#include <stddef.h>

BH_BEGIN_DECLS

/// Nodes and what joins them. One thread at a time; memory is taken while it is built,
/// and none while it runs.
typedef struct bh_graph bh_graph;

/// A node, by its number in the graph: 0 is the first.
typedef size_t bh_node;

/// The most nodes that one node or control hears.
#define BH_GRAPH_INPUTS_MAX 64

/// An empty graph for one sample rate, whose nodes have one precision.
BH_API BH_NODISCARD bh_status bh_graph_new(double samplerate_hz, bh_precision precision,
                                           bh_graph **out, bh_diag *diag);
/// Gives back the graph and the banks in it. NULL is allowed.
BH_API void bh_graph_free(bh_graph *graph);
/// How many channels a node has; 0 where there is no such node.
BH_API size_t bh_graph_channels(const bh_graph *graph, bh_node node);

/// A node that hears what the graph is given as a bank (bh_graph_filterbank). At most
/// one, and not beside sources.
BH_API BH_NODISCARD bh_status bh_graph_input(bh_graph *graph, size_t channels,
                                             bh_node *out, bh_diag *diag);

/// A node that reads `source`, which stays the caller's, must outlive the graph and is
/// read by it alone. The graph ends where its longest source does; behind the end of
/// the others is silence. A sample that is not finite ends the run with BH_ERR_DATA and
/// its place.
BH_API BH_NODISCARD bh_status bh_graph_hear(bh_graph *graph, bh_source *source,
                                            bh_node *out, bh_diag *diag);

/// A bank behind a node, of the graph's sample rate and precision; the node has one
/// channel or as many as the bank. The bank is the graph's from here on and freed with
/// it; on failure it stays with the caller.
BH_API BH_NODISCARD bh_status bh_graph_bank(bh_graph *graph, bh_node input,
                                            bh_filterbank *fb, bh_node *out,
                                            bh_diag *diag);

/// A function of some nodes, sample by sample or with a memory.
typedef struct bh_graph_function {
    const bh_node *inputs; ///< copied; none for a function that makes sound itself
    size_t count;
    size_t channels; ///< of the result; 0: of the widest input
    /// Writes all of `out` from as many frames of each input, in the graph's precision.
    /// Inputs must not be written. Blocks are cut anywhere.
    void (*call)(void *user, const bh_block *in, bh_block out);
    /// Each channel of the result hears only the same channel of the inputs (which have
    /// one or all), and `user` is only read: then `call` may get some of the channels,
    /// on several threads at once.
    bool each_channel;
    void *user;
    void (*reset)(void *user); ///< forgets all sound; may be NULL
    void (*free)(void *user);  ///< when the graph is freed; may be NULL
} bh_graph_function;

/// A node that is a function of others. On failure `user` stays with the caller.
BH_API BH_NODISCARD bh_status bh_graph_call(bh_graph *graph,
                                            const bh_graph_function *function,
                                            bh_node *out, bh_diag *diag);

/// What listens to nodes and changes others: coefficients (bh_linear_set), numbers that
/// a function reads.
typedef struct bh_graph_controller {
    const bh_node *inputs; ///< copied
    size_t count;
    size_t interval; ///< frames from one call to the next, 1 to BH_WINDOW_MAX
    /// Gets the last `interval` frames of each input. What it changes holds from the
    /// next frame on. A status other than BH_OK ends the run.
    bh_status (*update)(void *user, const bh_block *heard, bh_diag *diag);
    void *user;
    void (*reset)(void *user); ///< back to what was before the first frame; may be NULL
    void (*free)(void *user);  ///< when the graph is freed; may be NULL
} bh_graph_controller;

/// Lets a controller hear some nodes. It is called at every multiple of its interval,
/// however the sound is cut into blocks; several are called in the order in which they
/// came. The whole graph then runs on one thread and stops that often; a graph of its
/// own for the loop, put into the other as a bank, leaves that as it was. On failure
/// `user` stays with the caller.
BH_API BH_NODISCARD bh_status bh_graph_control(bh_graph *graph,
                                               const bh_graph_controller *controller,
                                               bh_diag *diag);

/// What a node says, as a source. The graph must outlive it, and gets no more nodes.
///
/// A graph may have several such outputs, all made before the first is read. They are
/// read in step: each window of one is
/// asked of the others too before the next begins. Rewinding one rewinds them all.
BH_API BH_NODISCARD bh_status bh_graph_source(bh_graph *graph, bh_node node,
                                              bh_source **out, bh_diag *diag);

/// The graph from its input (bh_graph_input) to `node` as one bank, which owns it from
/// here on, and runs by itself, behind a source, or in another graph. On failure the
/// graph stays with the caller.
BH_API BH_NODISCARD bh_status bh_graph_filterbank(bh_graph *graph, bh_node node,
                                                  bh_filterbank **out, bh_diag *diag);

BH_END_DECLS

#endif
