/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_LANG_H
#define BH_NEURONS_LANG_H

/* The equation language, stage by stage: text -> tokens -> tree -> checked tree -> code
 * (a graph of operations) -> interpreter or C. One section for each file. Everything is
 * taken from one arena; a stage fills the diag and returns a status when the text is
 * wrong. */

#include "core/arena.h"
#include "core/block.h"
#include "core/random.h"
#include "core/status.h"
#include "core/text.h"
#include "neurons/lang/units.h"
#include "neurons/namespace.h"
#include "neurons/table_kernel.h"

#include <stdbool.h>
#include <stdint.h>

/* What all stages share. */
struct lang {
    bh_arena *arena;
    bh_diag *diag;
};

/* A piece of user text. `where` names it in messages: "equations of nerve". */
struct text {
    const char *where;
    const char *start;
    size_t length;
};

/* Fills the diag with a sentence that points at `at` within `text`. */
bh_status lang_error(struct lang *lang, const struct text *text, const char *at,
                     const char *format, ...) BH_PRINTF(4, 5);
/* Says that there is no such function, and which is near. */
bh_status lang_no_function(struct lang *lang, const struct text *text, const char *at,
                           const char *name);
/* --- scan.c: text -> tokens ---------------------------------------------------------
 */

enum token_kind {
#define BH_TOKEN(name, text) TOKEN_##name,
#include "neurons/lang/tokens.def"
};

struct token {
    enum token_kind kind;
    const char *at;
    size_t length;
    double number;
};

struct scanner {
    struct lang *lang;
    const struct text *text;
    const char *next;
    struct token token; /* the current one */
};

bh_status scan_start(struct scanner *scanner, struct lang *lang,
                     const struct text *text);
bh_status scan_next(struct scanner *scanner);
/* How a kind is written, for messages. */
const char *token_text(enum token_kind kind);

/* --- parse.c: tokens -> tree --------------------------------------------------------
 */

enum op_code {
    OP_CONST,   /* a number */
    OP_LOAD,    /* a name (tree), a symbol's value (code) */
    OP_NOISE,   /* the normal deviate of one noise term (code only) */
    OP_RAND,    /* rand(): uniform in [0, 1) */
    OP_RANDN,   /* randn(): normal */
    OP_POISSON, /* poisson(a) */
    OP_READY,   /* at least a steps have passed since the last spike (code only) */
    OP_HELD,  /* the value a, taken as it is at the beginning of the step (code only) */
    OP_CHAIN, /* a < b < c: the comparison a < b, c, and in `number` the second one's
               * operation (tree only) */
    OP_TABLE, /* a function of the namespace: a name and arguments (tree only) */
    OP_ROW,   /* the row of an array at time a (code only) */
    OP_CELL,  /* the value of an array in row a, column b (code only) */
    OP_DRIFT, /* f(x, t) of a scheme: the right-hand side without noise */
    OP_DIFFUSION, /* g(x, t) of a scheme: the factor of one noise term */
#define BH_OP(code, name, args, units, type, expression) OP_##code,
#include "neurons/lang/ops.def"
    OP_COUNT
};

enum type { TYPE_REAL, TYPE_INTEGER, TYPE_BOOLEAN };

struct op_info {
    const char *code;
    const char *name; /* NULL where text cannot name it */
    int args;
    enum {
        UNITS_SAME,
        UNITS_NONE,
        UNITS_KEEP,
        UNITS_DROP,
        UNITS_COMPARE,
        UNITS_LOGIC,
        UNITS_OWN
    } units;
    enum type type;
    const char *expression;
};
const struct op_info *op_info(enum op_code code);
/* Numbers that are drawn for a whole block, before its loop. */
static inline bool
op_is_drawn(enum op_code code)
{
    return code == OP_NOISE || code == OP_RAND || code == OP_RANDN;
}
/* Functions that give another number with each call. */
static inline bool
op_is_random(enum op_code code)
{
    return code == OP_RAND || code == OP_RANDN || code == OP_POISSON;
}

struct node {
    enum op_code code;
    const struct text *text;
    const char *at;
    int count; /* arguments */
    int depth;
    struct node *arg[3];
    double number;         /* OP_CONST; random functions: which occurrence */
    const char *name;      /* OP_LOAD; of functions too */
    struct symbol *symbol; /* OP_LOAD and OP_TABLE, after the check */
    struct bh_dim dim;
    enum type type;
    bool wildcard; /* a plain 0 or inf: fits every dimension */
};

enum flag {
    FLAG_UNLESS_REFRACTORY = 1,
    FLAG_CONSTANT = 2,
    FLAG_CONSTANT_OVER_DT = 4,
    FLAG_SHARED = 8,
    FLAG_LINKED = 16,
    FLAG_EVENT_DRIVEN = 32,
    FLAG_CLOCK_DRIVEN = 64,
    FLAG_SUMMED = 128,
};

enum equation_kind {
    EQUATION_DIFFERENTIAL,
    EQUATION_SUBEXPRESSION,
    EQUATION_PARAMETER
};

struct equation {
    enum equation_kind kind;
    const char *name;
    const char *at;
    struct node *expression; /* NULL for parameters */
    struct bh_dim dim;
    enum type type;
    unsigned flags;
    struct equation *next;
};

struct statement {
    const char *name;
    const char *at;
    struct node *expression; /* of x += y: x + y */
    struct statement *next;
};

bh_status parse_equations(struct lang *lang, const struct text *text,
                          struct equation **out);
bh_status parse_statements(struct lang *lang, const struct text *text,
                           struct statement **out);
bh_status parse_expression(struct lang *lang, const struct text *text,
                           struct node **out);
/* Statements of an integration scheme, where f and g are functions too. */
bh_status parse_scheme(struct lang *lang, const struct text *text,
                       struct statement **out);

/* --- scope.c: the names that a text can use ------------------------------------------
 */

enum symbol_kind {
    SYMBOL_STATE,     /* differential equation: stored */
    SYMBOL_PARAMETER, /* stored */
    SYMBOL_SUBEXPRESSION,
    SYMBOL_CONSTANT,       /* a number: pi, a namespace value, a unit */
    SYMBOL_NOISE,          /* xi, xi_name */
    SYMBOL_TIME,           /* t */
    SYMBOL_STEP,           /* t_in_timesteps */
    SYMBOL_INDEX,          /* i */
    SYMBOL_NOT_REFRACTORY, /* stored where refractoriness is a condition */
    SYMBOL_LASTSPIKE,      /* s */
    SYMBOL_TABLE,          /* an array over time */
    SYMBOL_ARGUMENT,       /* x of a link's expression: stored elsewhere */
    SYMBOL_DELAY,          /* of a synapse's pathway, s */
    SYMBOL_LASTUPDATE,     /* of a synapse, s */
    SYMBOL_ELAPSED,        /* since then, s */
    SYMBOL_TRACE,          /* a synapse's variable that is kept for each neuron */
    SYMBOL_INCOMING,       /* synapses of the target */
    SYMBOL_OUTGOING,       /* synapses of the source */
};

/* Whose a symbol of synapses is: their own, the presynaptic neuron's, the target's. */
enum side { SIDE_OWN, SIDE_PRE, SIDE_POST };

struct symbol {
    enum symbol_kind kind;
    const char *name;
    const char *alias; /* a second name, or NULL */
    enum side side;
    struct symbol *of; /* a variable of a group, as synapses see it: that variable */
    const struct equation *equation; /* STATE, PARAMETER, SUBEXPRESSION */
    struct bh_dim dim;
    enum type type;
    unsigned flags;
    double value;          /* CONSTANT; STEP: so many of the network are one */
    int slot;              /* stored: which array; NOISE: which noise term */
    const bh_table *table; /* TABLE; its slot is the table's number */
    bool steady;           /* TABLE: its rows begin with steps */
    bool linked;           /* its value arrives through a link */
    bool driven;           /* code of synapses sets it */
    bool varies;           /* something changes it while the network runs */
    enum { MARK_NONE, MARK_OPEN, MARK_DONE } mark; /* the search for cycles */
    struct symbol *next;
};

/* More variables, and arrays over time, than any model has. */
enum { MOST_ARRAYS = 1024, MOST_TABLES = 64 };
struct timed_array;

/* All names that a text of one group can use. */
struct scope {
    struct lang *lang;
    struct symbol *symbols;
    int stored;   /* arrays */
    int noises;   /* noise terms, xi and randn() alike */
    int uniforms; /* occurrences of rand() */
    int poissons; /* occurrences of poisson() */
    int tables;
    const bh_table *table[MOST_TABLES];
    struct timed_array *array[MOST_TABLES]; /* kept for the tables */
    bool synapses;                          /* its equations are those of synapses */
};

struct symbol *scope_add(struct scope *scope, enum symbol_kind kind, const char *name,
                         struct bh_dim dim);
struct symbol *scope_find(const struct scope *scope, const char *name);
/* Adds pi, e, inf, True, False and the namespace's values; where there is a time step,
 * dt and t; for neurons N and i. */
bh_status scope_add_defaults(struct scope *scope, double dt_s, double count,
                             const bh_namespace *names);
/* Adds a symbol for each equation; refuses reserved and doubled names. */
bh_status scope_add_equations(struct scope *scope, const struct equation *equations,
                              const struct text *text);
/* The symbol of a name in an expression; makes those of units and noise terms. */
bh_status scope_resolve(struct scope *scope, const struct node *node,
                        struct symbol **out);

/* --- check.c: dimensions and types
 * ---------------------------------------------------- */

/* Resolves and checks the right-hand sides of all equations. */
bh_status check_equations(struct scope *scope, const struct equation *equations);
/* Resolves the names of an expression, and finds its dimension and type. */
bh_status check_expression(struct scope *scope, struct node *node);
/* The same, and it must be a truth value. */
bh_status check_condition(struct scope *scope, struct node *node, const char *what);
/* The same, and it must be a number of this dimension. */
bh_status check_quantity(struct scope *scope, struct node *node, struct bh_dim wanted,
                         const char *what);
/* The value of a checked tree without variables; false where it has some. */
bool node_constant(const struct node *node, double *value);
bh_status check_statements(struct scope *scope, struct statement *statements,
                           const struct text *text);

/* --- code.c: a graph of operations, each made once -----------------------------------
 */

/* How often a value changes; a value is computed outside the loops it does not need. */
enum rate { RATE_CONSTANT, RATE_STEP, RATE_NEURON };

struct op {
    enum op_code code;
    enum type type; /* REAL or BOOLEAN */
    enum rate rate;
    int arg[3];                  /* -1 where there is none */
    double number;               /* CONST; NOISE, RAND, RANDN, POISSON: which term */
    const struct symbol *symbol; /* LOAD */
    int uses;
    int temp; /* for printers */
};

struct store {
    const struct symbol *symbol;
    int op;
};

struct code {
    struct lang *lang;
    bh_precision precision;
    struct op *ops;
    int count, capacity;
    int *table; /* hash of ops, so that equal ones are made once */
    int table_size;
    struct store *stores;
    int store_count, store_capacity;
    int result;  /* a condition or value besides the stores, or -1 */
    bool failed; /* no memory, or too large; set once, reported by code_finish */
};

struct code *code_new(struct lang *lang, bh_precision precision);
/* What an operation gives for numbers. */
double op_compute(enum op_code code, double a, double b, double c);
int code_number(struct code *code, double value);
int code_load(struct code *code, const struct symbol *symbol);
int code_noise(struct code *code, enum op_code code_of_noise, int term);
int code_poisson(struct code *code, int term, int mean);
/* One operation; folds constants and simplifies. Unused arguments are -1. */
int code_op(struct code *code, enum op_code op, int a, int b, int c);
/* OP_ROW or OP_CELL of an array. */
int code_table(struct code *code, enum op_code name, const struct symbol *array, int a,
               int b);
bool code_is(const struct code *code, int op, double number);
/* code_split.c: true where the value of `op` is built from `leaf`. */
bool code_depends(const struct code *code, int op, int leaf);
/* Splits `op` into factor * leaf + rest; each is -1 where it is zero. False where `op`
 * is not linear in the leaf. */
bool code_split(struct code *code, int op, int leaf, int *factor, int *rest);
/* The same where functions of the leaf may stand in factor and rest, to be held; there
 * is then a factor. */
bool code_collect(struct code *code, int op, int leaf, int *factor, int *rest);
/* Remembers that a symbol gets a value at the end. Later stores replace earlier ones.
 */
void code_store(struct code *code, const struct symbol *symbol, int op);
/* The same without looking for anything simpler. */
int code_plain(struct code *code, enum op_code op, int a, int b, int c);
/* Counts uses, so that what nothing needs is known; fails where the code did. */
bh_status code_finish(struct code *code, const struct text *text);
/* Makes one operation of a product and a sum (single precision), at the very end. */
void code_fuse(struct code *code);

/* --- lower.c: checked trees -> code
 * --------------------------------------------------- */

/* Values that symbols have at one point of a text. */
struct binding {
    const struct symbol *symbol;
    int op;
    struct binding *next;
};

struct env {
    struct code *code;
    struct binding *bindings;
    bool step_begins; /* what is constant over dt is computed, not loaded */
    bool guarded; /* statements leave (unless refractory) variables as they are ... */
    int guard;    /* ... where this operation is false */
};

/* Values of subexpressions are bound when first needed; forget them when what they are
 * made of changes. */
void env_forget_subexpressions(struct env *env);

void env_bind(struct env *env, const struct symbol *symbol, int op);
int lower_expression(struct env *env, const struct node *node);
/* Computes and stores what is constant over dt. */
void lower_step_beginning(struct env *env, const struct equation *equations,
                          const struct scope *scope);
void lower_statements(struct env *env, const struct scope *scope,
                      const struct statement *statements);

/* --- solve.c: one step of the differential equations
 * ---------------------------------- */

/* Binds every state variable to its value after one step of `method` and stores it;
 * `ready` is the op that is true outside the refractory period, or -1. NULL chooses a
 * method, and then says which. */
bh_status solve_step(struct env *env, const struct scope *scope, const char **method,
                     double dt_s, int ready, const struct text *text);
/* "euler, rk2, ...": for messages and help. */
const char *solve_methods(void);

/* --- hoist.c: what stays the same in a run is computed once
 * ---------------------------- */

/* Makes new code without OP_HELD, in which what depends only on variables that nothing
 * changes during a run (symbol->varies is false) is loaded from variables of its own,
 * added to the scope. `constants` computes those; it is NULL where there are none. */
bh_status hoist(struct scope *scope, const struct code *code, struct code **out,
                struct code **constants);

/* --- interp_isa.c: runs code over a block of neurons
 * ---------------------------------- */

/* Where the interpreter finds values. Arrays hold the code's precision. */
struct interp_frame {
    int count;            /* neurons, at most BH_RANDOM_BLOCK */
    const int32_t *index; /* which of them, or NULL for all in turn */
    int64_t step;
    double t, dt;
    int32_t first; /* index of neuron 0 of the block */
    const int32_t *lastspike;
    int32_t now;
    void *const *arrays; /* one for each stored symbol, at the block's first neuron */
    const float *const *noises;        /* one for each noise term */
    const void *const *uniforms;       /* in the code's precision */
    const bh_random_counter *poissons; /* one for each poisson() */
    /* Synapses: writes the values of a load to `out`, takes those of a store from
     * `values`, in the code's precision. NULL: values are where symbols say. */
    void (*gather)(const struct interp_frame *frame, const struct op *op, void *out);
    void (*scatter)(const struct interp_frame *frame, const struct symbol *symbol,
                    const void *values);
};

struct interp {
    const struct code *code;
    int *slot; /* scratch vector of each op, or -1 */
    int slots;
    int stride; /* elements of a scratch vector */
};

struct interp_ops {
    /* Runs the code; `scratch` has interp->slots vectors. Returns the vector of
     * code->result, or NULL. */
    const void *(*run)(const struct interp *interp, const struct interp_frame *frame,
                       void *scratch);
};
const struct interp_ops *interp_ops_get(void);
bh_status interp_prepare(struct lang *lang, const struct code *code,
                         struct interp *out);
size_t interp_scratch_size(const struct interp *interp);

/* --- emit.c: code -> text
 * -------------------------------------------------------------- */

/* Text that grows. */
struct writer {
    char *text;
    size_t length, capacity;
    bool failed;
};
void write_text(struct writer *writer, const char *format, ...) BH_PRINTF(2, 3);
void writer_free(struct writer *writer);

/* When statements for all neurons run: before integration, between thresholds and
 * resets, or behind resets. */
enum regular_slot { SLOT_START, SLOT_SYNAPSES, SLOT_END };

/* Statements that run in every so many steps. */
struct regular {
    struct code *code;
    enum regular_slot slot;
    struct interp interp;
    int64_t steps;
    struct regular *next;
};

/* More events than any group has. */
enum { MOST_EVENTS = 64 };

/* A condition of the group's own, and what happens to the neurons it holds for. */
struct event {
    const char *name;
    int number; /* from 1 on */
    struct code *condition;
    struct code *statements; /* NULL where there are none */
    struct interp condition_interp, statements_interp;
    struct block *block; /* [blocks]: where and when it happened in the window */
    struct event *next;
};

/* What a step of a group is made of. */
struct emit_step {
    const char *comment;           /* the user's text */
    const struct regular *regular; /* in the order in which they run */
    const struct code *update;     /* stores new state; its result is the threshold */
    const struct code *reset;      /* NULL where there is none */
    const struct code *constants;  /* only told; NULL where there are none */
    const struct event *events;    /* in the order in which they run */
    bool held; /* a GPU's thread keeps its neuron's variables over many steps */
};
/* The function void <name>(bh_frame *): the steps of a window for one block of a group.
 */
void emit_update(struct writer *writer, const char *name, const struct emit_step *step);
/* The function void <name>(bh_frame *): what a step does behind its threshold, alone.
 */
void emit_reset(struct writer *writer, const char *name, const struct emit_step *step);
/* The function void <name>(const real *in, real *out, size_t count): an expression of
 * one argument. */
void emit_map(struct writer *writer, const char *name, const char *comment,
              const struct code *code);

#endif
