/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_GRAPH_INTERNAL_H
#define BH_FILTERBANK_GRAPH_INTERNAL_H

/* A graph as its parts see it: graph.c builds it, graph_nodes.c, mix.c and
 * graph_route.c are the kinds of node, graph_run.c advances it, graph_doors.c makes it
 * a source or a bank, graph_place.c puts it on a device. */

#include "filterbank/filterbank_ops.h"
#include "filterbank/graph.h"

struct bh_mix_origin; /* mix_device_kernel.h */

/* What a device needs to run a node (filterbank/mix.cu). */
struct node_form {
    const char *kernel[2];              /* in single and in double precision */
    unsigned operation;                 /* bh_operation */
    size_t first;                       /* where the first input stands, 0 or 1 */
    double number[BH_GRAPH_INPUTS_MAX]; /* weights, sides that are numbers */
    const struct bh_mix_origin *origin; /* of each channel; NULL: of the same */
};

/* What a kind of node does. */
struct node_ops {
    /* Writes the channels of `out`, which are those from `channel` on, and its frames,
     * which are those from `frame` on of what a bank has been told of. `in` are the
     * inputs, these frames and all channels. */
    void (*run)(void *self, size_t channel, size_t frame, const bh_block *in,
                bh_block out);
    void (*reset)(void *self); /* NULL: nothing to forget */
    void (*free)(void *self);  /* NULL: nothing to free */
    /* NULL where no device can run it, and for banks. */
    void (*form)(const void *self, struct node_form *out);
};

/* A node as its kind orders it. */
struct node_order {
    const struct node_ops *ops; /* NULL: the samples come from outside */
    void *self;
    const bh_node *inputs;
    size_t count, channels;
    const double *cf_hz; /* as long as the node lives, or NULL */
    bool borrowed;       /* its window is not its own memory */
    bool any_channels;   /* `run` may be asked for some of the channels, by threads */
    bool same_channels;  /* and hears of inputs only these, or their only one */
};

/* Who asks for a node: nobody, one output whose tiles compute it as they come, or so
 * many that it is computed for all of them before. */
enum { ASKED_BY_NONE = -2, ASKED_BY_ALL = -1 };

struct node {
    struct node_order order; /* with `inputs` its own */
    bh_filterbank *bank;     /* NULL where it is none */
    bh_source *source;       /* NULL where it is none */
    bool ended;              /* the source; */
    bool kept;               /* its windows lie on the graph's device */
    size_t got;              /* frames of it in this window */
    void *memory;            /* its own: BH_WINDOW_MAX frames */
    bh_block block;          /* the window */
    int asked_by;            /* an output or ASKED_BY_ ... */
};

struct control {
    bh_graph_controller config; /* with `inputs` its own */
    bh_block *heard;            /* the frames since the last call */
};

struct graph_output {
    bh_node node;
    uint64_t position; /* frames said */
};

struct bh_graph {
    double samplerate_hz;
    bh_precision precision;
    struct node *nodes;
    struct control *controls;
    struct graph_output *outputs;
    size_t node_count, control_count, output_count;
    bh_node input; /* that hears what the bank is given */
    bool has_input, has_source;
    bool runs;                   /* too late for nodes */
    bool broken;                 /* a window failed; nothing goes on before a rewind */
    uint64_t start;              /* of the window */
    size_t asked, got;           /* frames of it */
    uint64_t position;           /* behind it */
    struct graph_placed *placed; /* graph_place.c; NULL: on the processor */
};

/* Adds a node (its number in `out`); `self` stays with the caller on failure. */
BH_NODISCARD bh_status graph_add(bh_graph *graph, const struct node_order *order,
                                 bh_node *out, bh_diag *diag);
/* That the inputs are nodes, not too many, each of one or as many channels as the
 * widest, which are `channels`. */
BH_NODISCARD bh_status graph_check_inputs(const bh_graph *graph, const bh_node *inputs,
                                          size_t count, size_t *channels,
                                          bh_diag *diag);
/* That they are nodes, and not too many. */
BH_NODISCARD bh_status graph_check_nodes(const bh_graph *graph, const bh_node *nodes,
                                         size_t count, bh_diag *diag);
/* Adds an output (its number in `out`). */
BH_NODISCARD bh_status graph_add_output(bh_graph *graph, bh_node node, size_t *out,
                                        bh_diag *diag);

/* Decides once which node is computed when. */
void graph_plan(bh_graph *graph);
/* Reads sources: `got` frames of the `frames` asked for. */
BH_NODISCARD bh_status graph_read(bh_graph *graph, size_t frames, size_t *got,
                                  bh_diag *diag);
/* Computes what the outputs' tiles do not, for `frames` more frames. */
BH_NODISCARD bh_status graph_advance(bh_graph *graph, size_t frames, bh_diag *diag);
/* Writes the channels of `out` from `channel` on and frames from `frame` of the window
 * on of an output. In parallel. */
void graph_say(const bh_graph *graph, size_t output, size_t channel, size_t frame,
               bh_block out);
/* Forgets all sound, but does not rewind sources. */
void graph_reset(bh_graph *graph);

/* Of a graph on a device: computes `frames` more frames of all nodes, brings those of
 * the outputs to the host, and where an output's lie there. */
BH_NODISCARD bh_status graph_run_placed(bh_graph *graph, size_t frames, bh_diag *diag);
BH_NODISCARD bh_status graph_bring(bh_graph *graph, size_t frames, bh_diag *diag);
bh_block graph_brought(const bh_graph *graph, size_t output);
/* bh_source_keep of an output, of a graph anywhere. */
bool graph_keep(bh_graph *graph, size_t output, struct bh_device *device,
                bh_block *window);
/* bh_source_lend of an output that is a bank's. */
bool graph_lend(bh_graph *graph, size_t output, struct bh_device *device,
                bh_source_part *part);
/* Back to the processor, for a graph that has not heard anything there, or to be freed.
 */
void graph_unplace(bh_graph *graph);

#endif
