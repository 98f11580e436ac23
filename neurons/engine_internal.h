/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_ENGINE_INTERNAL_H
#define BH_NEURONS_ENGINE_INTERNAL_H

/* What the files of the engine know of each other. A window of a run is: every source
 * begins (feed.c), its tiles fill the feed's rows in parallel, links turn rows into the
 * values of variables (link.c), blocks of neurons take all steps of the window in
 * parallel (step.c), spikes are put in order for the monitors (monitor.c). */

#include "core/pool.h"
#include "neurons/frame_kernel.h"
#include "neurons/group.h"
#include "neurons/lang/lang.h"
#include "neurons/link.h"
#include "neurons/monitor.h"
#include "neurons/network.h"
#include "neurons/operation.h"
#include "neurons/state_monitor.h"
#include "neurons/synapses.h"
#include "neurons/vector_ops.h"

#include <stdatomic.h>

/* Neurons that take their steps together and share random streams: a constant of the
 * model, whatever the number of threads. */
enum { BLOCK = BH_RANDOM_BLOCK };

/* lastspike counts steps from the network's epoch, which moves so that 32 bits do. */
#define NEVER       (-(INT32_C(1) << 30))
#define EPOCH_STEPS (INT32_C(1) << 29)

/* A source, and the samples of it that the window needs. Row 0 is the last sample of
 * the window before. */
struct feed {
    bh_source *source;
    bh_precision precision;
    double frames_per_step;
    size_t channels, stride;
    void *rows;
    int64_t position; /* frames before row 1 */
    size_t frames;    /* rows of this window */
    size_t got;       /* those of them that the source had */
    bool ended;
    struct bh_device *device; /* where the source leaves its windows, */
    bh_block kept;            /* and these; NULL: here, as tiles */
    bh_source_part part;      /* of a kernel of the network's that computes them, */
    bool lent;                /* and whether it does in this run */
    bh_status (*watch)(void *user, bh_block block, bh_diag *diag);
    void *user;
    struct feed *next;
};

struct state; /* store_internal.h */

typedef void map_function(const void *in, void *out, size_t count);

struct link {
    struct feed *feed; /* or */
    const bh_group *from;
    const struct symbol *from_symbol;
    bh_group *to;
    const struct symbol *symbol;
    const char *expression;
    const struct code *map; /* NULL: the value itself */
    struct interp interp;
    map_function *compiled;
    void (*function)(void *, size_t, const double *, double *, size_t);
    void *user;
    bool at_end;
    int64_t clock_steps;
    size_t width, stride;
    struct repeat repeat;
    void *rows; /* row 0: the values before this window */
    struct link *next;
};

struct block {
    uint32_t *spikes; /* step of the window << 16 | neuron of the block */
    size_t count;
    size_t cursor;
    size_t taken;      /* spikes that are in the history */
    size_t sent;       /* spikes that other processes know */
    struct work *work; /* step.c's */
};

struct part;
struct history;
struct plan;
struct component;

/* Spikes that are given, not computed: the lists of all blocks, one behind another. */
struct given {
    int64_t step;
    uint32_t neuron;
};
struct cursor {
    size_t at;
    int64_t cycle; /* how often the period has passed */
};
struct generator {
    struct given *spikes;
    size_t *first; /* [blocks + 1] */
    struct cursor *cursor;
    size_t capacity;
    int64_t period; /* steps; 0: none */
    bh_status (*next)(void *user, double from_s, double to_s, bh_events *out,
                      bh_diag *diag);
    void *user;
};

struct bh_group {
    bh_network *net;
    uint32_t object;
    char *name;
    const char *method;
    char *comment; /* the texts, for generated code */
    size_t count, blocks;
    size_t own_first, own_last; /* blocks that this process takes through their steps */
    int64_t every;              /* steps of the network, for one of its own */
    double dt_s;                /* of its own steps */
    bh_precision precision;
    bh_arena *arena;
    struct lang lang;
    struct scope scope;
    struct code *update, *reset;
    struct code *constants; /* what update needs and nothing changes during a run */
    struct interp update_interp, reset_interp, constants_interp;
    struct regular *regular; /* run_regularly, in the order in which they run */
    struct event *events;    /* its own, in the order in which they run */
    int event_count;
    bool ready; /* the code has its final form */
    void (*compiled)(bh_frame *frame);
    void (*compiled_reset)(bh_frame *frame);
    bool driven;   /* some variable is linked */
    bool receives; /* synapses act on it between thresholds and resets */
    void **arrays;
    int32_t *lastspike;                  /* NULL where the group has no threshold */
    const struct symbol *not_refractory; /* NULL: refractoriness by time, or none */
    const struct node *refractory;       /* its text; NULL where there is none */
    struct link **link;                  /* [stored]: what drives each variable */
    struct block *block;
    struct part *part; /* rows of blocks that take their steps together */
    size_t parts;
    size_t first_part,
        last_part;           /* those of this process; others only have histories */
    uint32_t *cut;           /* [parts + 1] neurons */
    struct history *history; /* [event_count + 1] by the event's number; 0: spikes */
    struct plan *plan;       /* code of synapses onto it */
    bh_random_stream *normal_streams, *uniform_streams; /* [term][block] */
    bh_random_counter *normal_counters, *uniform_counters, *poisson_counters;
    struct generator *generator; /* NULL: spikes come from the threshold */
    uint32_t sets; /* calls of bh_group_set, so that each draws its own numbers */
    bh_spike_monitor *monitors;
    bh_state_monitor *states;
    struct bh_group *next;
};

struct bh_spike_monitor {
    bh_spike_monitor_config config;
    struct block *block;                            /* of the event: [blocks] */
    void (*release)(void *user);                    /* of the sink's user, or NULL */
    void (*visit)(void *user, struct state *state); /* what it knows, or NULL */
    uint64_t count;
    double *time_s;
    uint32_t *index;
    size_t kept, capacity;
    struct bh_spike_monitor *next;
};

/* One variable that a state monitor records, and its rows. */
struct recorded {
    const struct symbol *symbol;
    const struct code *code; /* of a subexpression; NULL: a stored variable */
    struct interp interp;
    char *scratch; /* for each thread */
    size_t scratch_size;
    void *rows;
};

/* Where the value of a neuron goes. */
struct column {
    uint32_t neuron, column;
};

struct bh_state_monitor {
    bh_state_monitor_config config;
    bh_group *group;
    struct recorded *recorded;
    size_t variables;
    size_t width, stride;
    struct column *columns; /* by neuron; NULL: all neurons in order */
    size_t *first;          /* of each block's columns */
    int64_t every;          /* steps */
    bool at_end;
    size_t depth; /* rows that stay; 0: all */
    size_t kept, capacity;
    int64_t tick;  /* of the next row, in units of `every` */
    size_t coming; /* rows of this window */
    uint64_t count;
    void (*release)(void *user);                    /* of the sink's user, or NULL */
    void (*visit)(void *user, struct state *state); /* what it knows, or NULL */
    struct bh_state_monitor *next;
};

/* Elements of one list of neurons: room for a vector to be written behind the last. */
enum { LIST = BLOCK + 16 };

/* What one thread works with. */
struct worker {
    float *normals;         /* [term][BLOCK] */
    void *uniforms;         /* [term][BLOCK] */
    void *inputs;           /* [stored][BLOCK] */
    int32_t *spiked, *list; /* list: [event][LIST] */
    void *scratch;
    void *memory;
};

/* A call of the user's code between steps. */
struct operation {
    bh_operation_config config;
    int slot; /* in order */
    bool at_end;
    int64_t every;  /* steps, or */
    int64_t *steps; /* a list of them */
    size_t count, cursor;
    int64_t done;                /* the step of the last call */
    void (*release)(void *user); /* of the user, with the network; or NULL */
    struct operation *next;
};

struct bh_network {
    bh_network_config config;
    struct spread *spread; /* over several processes; NULL: this one is alone */
    bh_pool *pool;
    const bh_random_ops *random;
    const struct vector_ops *vector;
    int64_t step, epoch;
    bh_group *groups;
    uint32_t group_count;
    bh_synapses *synapses;
    uint32_t synapses_count;
    struct feed *feeds;
    struct link *links;
    struct operation *operations; /* in the order in which they are called */
    atomic_bool stop;
    bool frozen; /* code has been made of it: nothing can be added */
    bool prepared;
    struct component *components; /* in the order in which they take a window */
    size_t component_count;
    atomic_bool no_memory; /* a thread ran out of it */
    void *device_program;  /* its kernels, compiled; NULL: it runs on the processor */
    struct device_run *on_device; /* since it ran there */
    bool overlaps;                /* windows there, in this run; */
    size_t pending;               /* the steps before `step` that were not taken yet */
    uint64_t layout;  /* grows where what is kept for runs on a device is of no use */
    bool device_lost; /* it failed, and the state with it */
    bool separate; /* sources, links and groups have kernels of their own: for tests */
    struct worker *workers;
    size_t window; /* the most steps of one window */
    void *library; /* generated code */
    char *code, *cuda;
    char notice[320];
    bh_status (*report)(void *, double, bh_diag *);
    void *user;
    double *event_time; /* the spikes of one window */
    uint32_t *event_index;
    size_t event_capacity;
};

/* Rows of samples: a stride that keeps rows from falling on the same cache sets, and
 * room for a whole vector to be read from the last element. */
size_t row_stride(size_t width);
void *row_new(size_t rows, size_t stride, bh_precision precision);
static inline void *
row_at(void *rows, size_t row, size_t stride, bh_precision precision)
{
    return (char *)rows + row * stride * bh_precision_size(precision);
}

/* device/device_run.c: brings variables, synapses and spikes here where a device has
 * the newest; with `changes` it takes them up again with the next run.
 * BH_ERR_UNSUPPORTED in the midst of a run. */
bh_status device_home(bh_network *net, bool changes, bh_diag *diag);

/* The events of the last window as a device lists them: those of step k are
 * neuron[offset[k]] up to neuron[offset[k + 1]]. False where they are in the blocks. */
bool device_heard(const bh_group *group, const struct block *blocks,
                  const uint32_t **offset, const uint32_t **neuron);

/* group.c */
void group_free(bh_group *group);
/* Takes back the group that was added last. */
void network_remove_last(bh_network *net);
/* Whether some code of the group sets a variable. */
bool group_sets(const bh_group *group, const struct symbol *symbol);
/* Gives the code its final form, when all that can change variables is known. */
bh_status group_ready(bh_group *group, bh_diag *diag);
/* Copies a text into the group's memory, named "what of group" for messages. */
bh_status group_text(bh_group *group, const char *what, const char *given,
                     struct text *out);
/* xi stands for an increment over a step, which only an integration scheme gives. */
bh_status group_refuse_noise(bh_group *group, const struct code *code,
                             const struct text *text);

/* The operation that is true outside the refractory period, as it was so many steps
 * ago (0: in the step, behind the threshold; 1: before the step), or -1 where the group
 * has no such period. Binds not_refractory in the env, and guards what it keeps from
 * being set (unless refractory). */
int group_guard(const bh_group *group, struct env *env, int steps_ago);

/* group_event.c */
struct event *group_event(const bh_group *group, const char *name);
/* Where and when an event ("spike", or the group's own) happened in the window, for
 * each block; NULL and a diag where there is no such event. */
struct block *group_blocks(const bh_group *group, const char *event, bh_diag *diag);
/* Whether statements for all neurons run behind the threshold. */
static inline bool
group_acts_late(const bh_group *group)
{
    for (const struct regular *r = group->regular; r; r = r->next)
        if (r->slot != SLOT_START)
            return true;
    return false;
}
/* Whether anything happens to neurons behind the threshold. */
static inline bool
group_resets(const bh_group *group)
{
    bool resets = group->reset != NULL || group_acts_late(group);
    for (const struct event *event = group->events; event; event = event->next)
        resets = resets || event->statements;
    return resets;
}
bh_status event_ready(bh_group *group, struct event *event);

/* group_values.c */
const struct symbol *group_variable(const bh_group *group, const char *name,
                                    bh_diag *diag);
bh_status group_check_count(const bh_group *group, size_t count, bh_diag *diag);
/* What code finds in a block between two steps; `arrays` has room for all variables. */
struct interp_frame group_frame(const bh_group *group, size_t b, void **arrays);

/* Runs code once over all blocks, with random numbers of its own. */
bh_status group_run_once(bh_group *group, const struct scope *scope,
                         const struct interp *interp);
bh_status group_check_draws(bh_group *group, const struct scope *scope,
                            const char *what);

/* regular.c */
bh_status regular_add(bh_group *group, struct code *code, int64_t steps,
                      enum regular_slot slot, bh_diag *diag);

/* operation.c */
void operation_free(struct operation *operation);
/* As bh_operation_new; `release` frees the user with the network, once this is BH_OK.
 */
bh_status operation_add(bh_network *net, const bh_operation_config *config,
                        void (*release)(void *user), bh_diag *diag);
/* Calls what is due at the start of the step to come, or the end of the last one. */
bh_status operations_run(bh_network *net, bool at_end, bh_diag *diag);
/* Whether something is due then. */
bool operations_due(bh_network *net, bool at_end);
/* How many of the steps can run before the next one is due. */
size_t operations_limit(bh_network *net, size_t steps);
/* Whether the run shall end; of several processes, what all know. */
bool network_stops(const bh_network *net);

/* feed.c */
bh_status feed_new(bh_network *net, bh_source *source, bh_precision precision,
                   struct feed **out, bh_diag *diag);
void feed_free(struct feed *feed);
int64_t feed_frame(const struct feed *feed, int64_t step);
bh_status feed_begin(struct feed *feed, int64_t last_step, bh_diag *diag);
void feed_cut(struct feed *feed, int64_t last_step);
bh_status feed_fill(struct feed *feed, bh_pool *pool, bh_diag *diag);
/* Lets the source leave its windows on a device, where it can. Their last rows are then
 * the device's to keep. */
void feed_keep(struct feed *feed, struct bh_device *device);
/* Lets a kernel of the network's compute the windows that the source begins from here
 * on, or the source. */
void feed_lend(struct feed *feed, bool lent);
void feed_end(struct feed *feed);
/* How many of the steps have a sample in some source. */
size_t steps_with_sound(const bh_network *net, size_t steps);
/* Reads a source up to a frame, from its beginning if it must. */
bh_status feed_seek(struct feed *feed, int64_t position, bh_pool *pool, bh_diag *diag);

/* link.c */
void link_free(struct link *link);
void link_run(struct link *link, bh_network *net, size_t steps);
/* The values before the first step: those that the variable was given. */
void link_first_row(struct link *link);

/* generator.c */
void generator_free(struct generator *generator);
bh_status generator_begin(bh_group *group, size_t steps, bh_diag *diag);
/* The spikes of one block, steps `begin` to `begin + steps` of a window that starts at
 * `step`. */
void generator_run(bh_group *group, size_t b, int64_t step, int32_t begin,
                   int32_t steps);
/* Finds the place in the lists that belongs to the network's step. */
void generator_seek(bh_group *group);

/* step_prepare.c */

bh_status step_prepare(bh_network *net, bh_diag *diag);
void step_free(bh_network *net);
bh_status step_constants(bh_group *group, bh_diag *diag);

/* step.c */
bool step_make_works(bh_group *group);
/* Takes all steps of the window for all blocks. */
void step_run(bh_group *group, size_t steps);
/* Takes the steps of the window from `begin` on for one block (the first piece of a
 * window begins at 0), with their resets or without. */
void step_block(bh_group *group, size_t b, int thread, size_t begin, size_t steps,
                bool resets);
/* The resets of those who spiked at step k of the window, the last one taken. */
void step_reset(bh_group *group, size_t b, int thread, size_t k);
/* Records what monitors want at the end of step k; step_block does it by itself where
 * it takes the resets too. */
void step_record_end(bh_group *group, size_t b, int thread, size_t k);

/* monitor.c */
bh_status monitor_deliver(bh_group *group, size_t steps, bh_diag *diag);
void monitor_free(bh_spike_monitor *monitor);
/* Whether a monitor listens to the event whose blocks these are. */
bool monitor_hears(const bh_group *group, const struct block *block);

/* state_monitor.c */
void state_free(bh_state_monitor *monitor);
bh_status state_find(const bh_state_monitor *monitor, const char *variable, size_t *out,
                     bh_diag *diag);
bh_block state_view(const bh_state_monitor *monitor, size_t variable, size_t first,
                    size_t rows);
/* Room for so many rows, in all variables; those there are stay. */
bh_status state_reserve(bh_state_monitor *monitor, size_t rows, bh_diag *diag);
/* Makes room for the rows of a window, and hands them on behind it. */
bh_status state_begin(bh_group *group, size_t steps, bh_diag *diag);
bh_status state_end(bh_group *group, bh_diag *diag);
/* Whether a monitor records neurons of a block at a step, at its start or end. */
bool state_wants(const bh_state_monitor *monitor, size_t b, int64_t step, bool at_end);
/* The first step behind `step` at whose start something of a block is recorded, or
 * before which something is at the end. */
int64_t state_next(const bh_group *group, size_t b, int64_t step);
/* Takes the values of a block. */
void state_copy(bh_state_monitor *monitor, size_t variable, size_t b, int64_t step,
                const void *values);

/* store.c: what a network is made of, in a number. */
uint64_t network_hash(const bh_network *net);

/* program.c: the C text of a whole network */
bh_status program_write(bh_network *net, bh_diag *diag);
/* Compiles and loads it where the network wants that and the machine can. */
bh_status program_load(bh_network *net, bh_diag *diag);

/* What stands before the CUDA text of a network, made by the build of the headers that
 * neurons/device_kernel.h names. */
extern const char bh_device_prologue[];

/* jit_host.c: C text -> a loaded library. On failure `why` says what the user should
 * know, and the status is BH_ERR_UNSUPPORTED where there is no working compiler. */
bh_status jit_load(const char *text, void **library, char *why, size_t size);
void *jit_symbol(void *library, const char *name);
void jit_free(void *library);

#endif
