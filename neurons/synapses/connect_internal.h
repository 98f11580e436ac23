/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_SYNAPSES_CONNECT_INTERNAL_H
#define BH_NEURONS_SYNAPSES_CONNECT_INTERNAL_H

/* What the files that make synapses know of each other. Synapses are made row by row,
 * each with random numbers of its own: by source, or by target and then turned over. */

#include "neurons/synapses/synapses_internal.h"

/* Neurons that grow. */
struct list {
    uint32_t *at;
    size_t count, capacity;
};

/* Room for so many more. */
bool list_reserve(struct list *list, size_t count);
bool list_add(struct list *list, uint32_t neuron, size_t times);
bool list_append(struct list *list, const uint32_t *neurons, size_t count);

/* Rows that one piece of work makes. */
enum { MADE_ROWS = 64 };

struct piece {
    struct list made; /* the neurons of all its rows, ascending in each */
    bh_status status;
    bh_diag diag;
};

/* What a generator's text says, compiled. */
enum { RANGE_START, RANGE_STOP, RANGE_STEP, RANGE_SAMPLE, RANGE_PARTS };
struct comprehension {
    bool given, conditional, sample, by_size;
    bool used[RANGE_PARTS];
    struct formula range[RANGE_PARTS], neuron, condition;
};

struct maker;

/* What one thread makes rows with. */
struct hand {
    const struct maker *maker;
    struct evaluator condition, probability, copies, neuron, range[RANGE_PARTS];
    bh_random_stream stream;
    double drawn[BLOCK];
    size_t drawn_count, left;
    size_t step; /* how many are drawn next */
    double p;    /* by which skip[] follows from drawn[]; 0: it does not */
    double skip[BLOCK];
    uint32_t i[BLOCK], j[BLOCK];
    double argument[BLOCK];
    uint64_t *taken; /* bits; all zero between rows */
    size_t taken_words;
    struct list made; /* the row, before it is sorted */
    uint32_t *order;  /* room for sorting */
    size_t order_size;
    bh_diag *diag;
};

struct maker {
    bh_synapses *s;
    const bh_connect_config *config;
    bool by_target;
    size_t rows, columns; /* neurons of the row's side, of the other */
    struct formula condition, probability, copies;
    bool has_condition, has_probability, has_copies;
    struct comprehension generator;
    uint64_t *degree; /* of each row, where that is known before */
    uint64_t *made;   /* synapses of each row */
    struct piece *piece;
    size_t pieces;
    struct hand *hands; /* of each thread */
    /* Appends the neurons of a row to hand->made. */
    bh_status (*row)(const struct maker *maker, struct hand *hand, size_t row);
};

/* connect.c */
/* Makes one row: hand->made, ascending. */
bh_status make_row(const struct maker *maker, struct hand *hand, size_t row);
/* Compiles what config says, and makes all rows: for procedural synapses only to see
 * that it can be done, and how many they are. */
bh_status make_synapses(struct maker *maker, bh_diag *diag);
void maker_free(struct maker *maker);

/* connect_random.c */
double hand_uniform(struct hand *hand);
/* A whole number below `below`. */
uint32_t hand_below(struct hand *hand, uint32_t below);
/* The next of the candidates that are each taken with probability p, from `from` on. */
uint64_t hand_skip(struct hand *hand, uint64_t from, double p);
/* The next of them that are below `below`, from *at on, which is one; *at becomes the
 * one behind them. */
size_t hand_candidates(struct hand *hand, double p, uint64_t *at, uint64_t below,
                       uint32_t *out, size_t room);
/* How often something of probability p happens in n trials. */
uint64_t hand_binomial(struct hand *hand, uint64_t n, double p);
/* Shares out config->total over rows: maker->degree. */
bh_status share_total(struct maker *maker, struct hand *hand, bh_diag *diag);
/* Draws `count` distinct numbers below `below`, at most half of them, and sets their
 * bits in hand->taken. */
bool hand_take(struct hand *hand, uint64_t count, uint64_t below);
bh_status make_degree_row(const struct maker *maker, struct hand *hand, size_t row);

/* connect_pairs.c */
bh_status make_pairs_row(const struct maker *maker, struct hand *hand, size_t row);
bh_status make_one_to_one_row(const struct maker *maker, struct hand *hand, size_t row);
/* Adds the synapses of one pair: as many as `copies` says. */
bh_status add_pairs(const struct maker *maker, struct hand *hand, size_t count);
/* Whether both neurons of a pair are one. */
bool is_autapse(const bh_synapses *synapses, size_t i, size_t j);
/* A probability that is none, with its pair. */
bh_status refuse_probability(struct hand *hand, double p, size_t i, size_t j);

/* connect_generator.c */
bh_status generator_compile(struct maker *maker, bh_diag *diag);
bh_status make_generated_row(const struct maker *maker, struct hand *hand, size_t row);

/* connect_merge.c */
/* Moves what has been made into the storage. */
bh_status merge_made(struct maker *maker, bh_diag *diag);
/* Gives synapses with a multisynaptic index theirs. */
void merge_number(bh_synapses *synapses);
bh_status merge_arrays(bh_synapses *synapses, const bh_connect_config *config,
                       bh_diag *diag);

#endif
