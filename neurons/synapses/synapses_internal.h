/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_SYNAPSES_INTERNAL_H
#define BH_NEURONS_SYNAPSES_INTERNAL_H

/* What the files of the synapses know of each other: names (synapse_scope.c), storage
 * (synapse_storage.c), values (synapse_values.c), making (connect*.c) and running. */

#include "neurons/connect.h"
#include "neurons/engine_internal.h"
#include "neurons/synapses.h"

/* Objects of random numbers below this are groups. */
#define SYNAPSES_OBJECT (UINT32_C(1) << 31)

/* Delays of single synapses are 16 bits; one delay for all can be longer. */
enum { LONGEST_DELAY = UINT16_MAX };

/* What a spike of one side, or another event of its group, does at its synapses. */
struct pathway {
    char *name;
    bool from_post;
    int event; /* its number in the group; 0: spikes */
    int order;
    struct text text;
    struct statement *statements; /* parsed and checked */
    uint32_t delay_steps;         /* of all synapses, where there is no array */
    uint16_t *delay;              /* [position] steps, or NULL */
    const struct symbol *delay_symbol;
    struct pathway *next; /* in the order in which they run */
};

/* x_post = expression : unit (summed) */
struct summed {
    struct symbol *target; /* of the group: its side tells which */
    struct equation *equation;
    struct summed *next;
};

/* Statements that run for all synapses at the beginning of every so many steps. */
struct synapse_regular {
    struct text text;
    struct statement *statements;
    int64_t steps;
    struct synapse_regular *next;
};

/* Of synapses that several processes share: each has those onto its own neurons, whose
 * targets are a stretch of every row. */
struct whole {
    size_t count;           /* of all processes */
    uint32_t *row, *before; /* [source]: synapses of all, and those to lower targets
                               that this process lacks */
};

struct bh_synapses {
    bh_network *net;
    uint32_t object; /* for random numbers; apart from those of groups */
    char *name;
    bh_subgroup source, target;
    bh_precision precision; /* the target group's: of code and variables */
    bh_arena *arena;
    struct lang lang;
    struct scope scope; /* `stored` counts the synapses' own variables */
    char *comment;      /* the texts, for generated code */
    struct text model;
    struct equation *equations; /* without summed ones */
    struct summed *summed;
    const char *method;
    struct pathway *pathways;
    struct synapse_regular *regular;
    double max_delay_s;
    uint32_t calls; /* of connect and set, so that each draws its own numbers */
    bool connected; /* connect has been called */
    const struct symbol *multisynaptic_index; /* or NULL */

    /* Storage. A synapse's position is its index in all arrays. Row i holds the
     * synapses of source i (of the subgroup), and is cut into `partitions` sub-rows:
     * sub-row p of source i is row[i * partitions + p] up to the next. Before a run
     * (canonical) there is one partition, `post` holds j, and rows have the public
     * order. For a run (final: there is a cut) `local` holds neurons of the target
     * GROUP, counted from cut[p]; sub-rows are sorted by the delay of `sorted_by`, then
     * target, then public order. */
    size_t count;
    uint32_t partitions;
    uint32_t *cut; /* [partitions + 1] final: neurons of the target group */
    uint64_t *row; /* [source.count * partitions + 1] */
    uint32_t *post;
    uint16_t *local; /* NULL where every source has all targets once, in order */
    const struct pathway *sorted_by; /* NULL: by target alone */
    uint16_t *copy; /* final: which of the synapses of its pair; or NULL: no matter */
    void **arrays;  /* [scope.stored], of `precision` */
    int32_t *lastupdate;   /* steps since the epoch; NULL where nothing asks */
    bool needs_lastupdate; /* something asks */

    /* Synapses by target: those of neuron j (of the subgroup) are column_position[
     * column[j]] up to column[j + 1], ascending by source, then position;
     * column_source tells the source (synapses_source_bytes each). NULL until
     * synapses_index makes them. */
    uint64_t *column;
    uint32_t *column_position;
    void *column_source;

    struct whole *whole;           /* NULL: all synapses are here */
    struct procedural *procedural; /* how to make them again; NULL: stored, as above */
    struct synapse_run *run;       /* of the engine */
    struct bh_synapses *next;
};

/* synapses.c */
void synapses_free(bh_synapses *synapses);
bh_status synapses_text(bh_synapses *synapses, const char *what, const char *given,
                        struct text *out);
/* The steps of a delay; where it cannot be, why says what is wrong with it. */
bh_status synapses_delay_steps(const bh_synapses *synapses, double delay_s,
                               uint32_t longest, uint32_t *steps, const char **why);

/* Whether each synapse has a value of it. */
static inline bool
is_own_variable(const struct symbol *symbol)
{
    return symbol->side == SIDE_OWN && symbol->slot >= 0 &&
           (symbol->kind == SYMBOL_STATE || symbol->kind == SYMBOL_PARAMETER);
}

/* synapse_scope.c: fills the scope from the equations and both groups. */
bh_status synapse_scope_fill(bh_synapses *synapses, const bh_namespace *names);
/* A group's expression on the symbols of one side; NULL without memory, or where it
 * needs what synapses cannot see. */
struct node *synapse_scope_node(bh_synapses *synapses, const struct node *node,
                                enum side side);
/* Whether a checked expression has a symbol in it. */
bool node_uses(const struct node *node, const struct symbol *symbol);
/* Parses and checks the statements of a pathway. */
bh_status synapse_scope_statements(bh_synapses *synapses, const struct text *text,
                                   struct statement **out);

/* synapse_eval.c: an expression over many pairs or synapses, in double. Everything is
 * in an arena of its own. */
struct formula {
    bh_synapses *s;
    bh_arena *arena;
    struct lang lang;
    struct scope scope; /* the synapses' names, and those of the formula alone */
    struct text text;
    const struct node *node;
    struct interp interp;
    bool uses_i, uses_j, random; /* whether the value differs between sources, between
                                    targets, each time */
    uint32_t term;               /* of its random numbers */
    const uint32_t *incoming, *outgoing; /* synapses of each target, source */
};

enum formula_kind { FORMULA_NUMBER, FORMULA_CONDITION, FORMULA_SECONDS };

/* Pairs to evaluate for: at most BLOCK with those of others. Without positions,
 * synapses' own variables cannot be used. */
struct pairs {
    size_t count;
    const uint32_t *i, *j;
    const uint64_t *position;
    const double *argument; /* the variable of a generator */
    size_t before, behind;  /* pairs of other processes, which draw their numbers too */
};

/* Begins a formula: names of its own can then be added to its scope. */
bh_status formula_new(bh_synapses *synapses, struct formula *out, bh_diag *diag);
void formula_free(struct formula *formula);
/* Compiles a text whose value has the dimension of `like` (NULL: none). */
bh_status formula_compile(struct formula *formula, const char *what, const char *text,
                          enum type type, struct bh_dim dim);
/* The same for a tree that is parsed already. */
bh_status formula_compile_node(struct formula *formula, struct node *node,
                               enum type type, struct bh_dim dim, const char *what);
/* Whether synapses' own values are used, where there are none. */
bh_status formula_refuse_own(struct formula *formula);

/* Terms of random numbers: those of one call of connect, set or remove. */
enum {
    TERMS = 64,
    TERM_FORMULA = 0,
    TERM_SECOND = 16,
    TERM_THIRD = 32,
    TERM_PAIRS = 48
};

/* What one thread evaluates formulas with. */
struct evaluator {
    void *scratch;
    bh_random_stream *streams; /* [uniforms + noises] */
    double *drawn;             /* [uniforms + noises][BLOCK] */
    bh_random_counter poissons[TERM_SECOND - TERM_FORMULA];
    size_t done; /* pairs of the row */
};
bh_status evaluator_new(const struct formula *formula, struct evaluator *out);
void evaluator_free(struct evaluator *evaluator);
/* Begins the random numbers of one row. */
void evaluator_start(const struct formula *formula, struct evaluator *evaluator,
                     size_t row);
/* The values, valid until the next call. */
const double *evaluator_run(const struct formula *formula, struct evaluator *evaluator,
                            const struct pairs *pairs);

bh_random_key synapses_key(const bh_synapses *synapses, uint32_t term);

/* synapse_sort.c: the order that sorts `count` keys, equal ones as they stand; what is
 * in order already costs little. `spare` has room for as many. */
void synapse_sort(const uint32_t *keys, size_t count, uint32_t *order, uint32_t *spare);

/* synapse_storage.c */
/* Cuts rows for a run: partition p of the target group has its neurons from cut[p] to
 * cut[p + 1], at most 65536. Can be called again, with another cut too. */
bh_status synapses_finalise(bh_synapses *synapses, const uint32_t *cut,
                            uint32_t partitions, bh_diag *diag);
/* Back to one partition and the public order. */
bh_status synapses_canonise(bh_synapses *synapses, bh_diag *diag);
/* The longest row. */
size_t synapses_longest_row(const bh_synapses *synapses);
/* Positions and targets of a row in public order; each has room for the longest row,
 * `scratch` for three times as many. */
void synapses_row(const bh_synapses *synapses, size_t source, uint64_t *position,
                  uint32_t *j, uint32_t *scratch);
static inline size_t
synapses_row_count(const bh_synapses *s, size_t source)
{
    return (size_t)(s->row[(source + 1) * s->partitions] -
                    s->row[source * s->partitions]);
}
/* The first neuron of a partition that is a target, counted from its cut. */
static inline uint32_t
synapses_first_target(const bh_synapses *s, uint32_t partition)
{
    const uint32_t cut = s->cut[partition];
    return s->target.first > cut ? (uint32_t)s->target.first - cut : 0;
}
/* The target of a final synapse, counted from the cut; its sub-row begins at `first`.
 */
static inline uint32_t
synapses_local(const bh_synapses *s, uint32_t partition, uint64_t first,
               uint64_t position)
{
    return s->local
               ? s->local[position]
               : synapses_first_target(s, partition) + (uint32_t)(position - first);
}
/* The value of a delay array that is still missing is that of the pathway. */
bh_status synapses_take_delays(bh_synapses *synapses, struct pathway *path,
                               bh_diag *diag);

/* procedural.c: synapses that are never stored, so that count above is 0. */
bh_status procedural_new(bh_synapses *synapses, bh_diag *diag);
void procedural_free(bh_synapses *synapses);
/* Refuses a pathway that would have to find or keep single synapses. */
bh_status procedural_pathway(bh_synapses *synapses, const struct pathway *path,
                             bh_diag *diag);
bh_status procedural_connect(bh_synapses *synapses, const bh_connect_config *config,
                             bh_diag *diag);
size_t procedural_count(const bh_synapses *synapses);
size_t procedural_bytes(const bh_synapses *synapses);
/* Makes the synapses of a source onto a part of the targets: neurons of the part, valid
 * until the same thread makes others. False without memory. */
bool procedural_targets(const bh_synapses *synapses, size_t source, size_t part,
                        int thread, const uint16_t **targets, size_t *count);
bh_status procedural_pairs(const bh_synapses *synapses, uint32_t *i, uint32_t *j,
                           bh_diag *diag);
/* Adds to the numbers of synapses of each source, and of each target. */
bh_status procedural_degrees(const bh_synapses *synapses, uint32_t *outgoing,
                             uint32_t *incoming, bh_diag *diag);

/* synapse_spread.c: synapses over several processes. */
bh_status whole_new(bh_synapses *synapses, bh_diag *diag);
void whole_free(bh_synapses *synapses);
/* The targets (of the subgroup) that are this process's: from *first on, below *last.
 */
void synapses_own(const bh_synapses *synapses, uint32_t *first, uint32_t *last);
/* Keeps the own ones of ascending targets of a source, and counts the others; returns
 * how many are left, moved to the front. */
size_t whole_keep(const bh_synapses *synapses, size_t source, uint32_t *targets,
                  size_t count);
/* Counts a synapse that is, or is not, kept here. */
void whole_count(const bh_synapses *synapses, size_t source, uint32_t target);
/* Counts all that there are now. */
void whole_total(bh_synapses *synapses);
/* Brings together values of all synapses, `size` bytes each, in public order: each
 * process has filled in those of its own. */
bh_status whole_gather(const bh_synapses *synapses, size_t size, void *values,
                       bh_diag *diag);
/* Of numbers for each target, those of the processes that have them. */
bh_status whole_targets(const bh_synapses *synapses, uint32_t *numbers, bh_diag *diag);

/* Bytes of a source's number in the index by target: few, as spikes of targets read all
 * of theirs. */
static inline size_t
synapses_source_bytes(const bh_synapses *s)
{
    return s->source.count > 65536 ? sizeof(uint32_t) : sizeof(uint16_t);
}

static inline uint32_t
synapses_source(const bh_synapses *s, const void *sources, uint64_t at)
{
    return synapses_source_bytes(s) > sizeof(uint16_t)
               ? ((const uint32_t *)sources)[at]
               : ((const uint16_t *)sources)[at];
}

static inline void
synapses_put_source(const bh_synapses *s, void *sources, uint64_t at, uint32_t source)
{
    if (synapses_source_bytes(s) > sizeof(uint16_t))
        ((uint32_t *)sources)[at] = source;
    else
        ((uint16_t *)sources)[at] = (uint16_t)source;
}

/* synapse_index.c: makes the index by target of final synapses; changes drop it. */
bh_status synapses_index(bh_synapses *synapses, bool with_source, bh_diag *diag);
void synapses_index_free(bh_synapses *synapses);

#endif
