/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/engine_internal.h"

#include "core/denormal_kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bh_link_config
bh_link_config_default(bh_group *to)
{
    return (bh_link_config){
        .to = to, .when = "start", .clock_dt_s = bh_network_dt(to->net)};
}

bh_status
bh_link(bh_group *to, const char *variable, bh_source *source, const char *expression,
        bh_diag *diag)
{
    bh_link_config config = bh_link_config_default(to);
    config.source = source;
    config.to_variable = variable;
    config.expression = expression;
    return bh_link_new(&config, diag);
}

void
link_free(struct link *link)
{
    free(link->repeat.pattern);
    free(link->rows);
    free(link);
}

/* Before the step's update, or behind everything it does. */
static bh_status
parse_when(const char *when, bool *at_end, bh_diag *diag)
{
    static const char *const early[] = {"start", "before_start", "after_start",
                                        "before_groups"};
    static const char *const late[] = {"end", "before_end", "after_end",
                                       "after_resets"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(when, early[i]) == 0 || strcmp(when, late[i]) == 0) {
            *at_end = strcmp(when, late[i]) == 0;
            return BH_OK;
        }
    }
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "a link cannot be made at '%s'; it can at 'start' or 'end'",
                       when);
}

static bh_status
find_target(const bh_link_config *config, const struct symbol **out, bh_diag *diag)
{
    bh_group *to = config->to;
    const struct symbol *symbol = group_variable(to, config->to_variable, diag);
    if (!symbol)
        return BH_ERR_ARGUMENT;
    if (symbol->kind != SYMBOL_PARAMETER)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "'%s' of %s has an equation of its own; only a parameter, "
                           "as '%s : 1', can be linked",
                           symbol->name, to->name, symbol->name);
    if (to->link[symbol->slot])
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "'%s' of %s is linked already",
                           symbol->name, to->name);
    if (group_sets(to, symbol) || symbol->driven)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT, "'%s' of %s is set by %s, so it cannot be linked",
            symbol->name, to->name, symbol->driven ? "synapses" : "the group itself");
    *out = symbol;
    return BH_OK;
}

static bh_status
find_values(const bh_link_config *config, struct link *link, bh_diag *diag)
{
    bh_network *net = config->to->net;
    if (!config->source == !config->from)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a link needs a source or a group, one of the two");
    if (config->source) {
        BH_TRY(feed_new(net, config->source, config->to->precision, &link->feed, diag));
        link->width = link->feed->channels;
        return BH_OK;
    }
    if (config->from->net != net)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s and %s belong to two networks; linked groups share one",
                           config->from->name, config->to->name);
    link->from = config->from;
    link->from_symbol = group_variable(config->from, config->from_variable, diag);
    link->width = config->from->count;
    return link->from_symbol ? BH_OK : BH_ERR_ARGUMENT;
}

static bh_status
make_repeat(struct link *link, bh_diag *diag)
{
    size_t neurons = link->to->count, values = link->width;
    if (values == 0 || neurons % values != 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%zu values cannot drive the %zu neurons of %s; the neurons "
                           "must be a multiple of the values",
                           values, neurons, link->to->name);
    size_t times = neurons / values;
    link->repeat.times = times;
    link->repeat.pattern = calloc(times, sizeof *link->repeat.pattern);
    if (!link->repeat.pattern)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a link");
    for (size_t r = 0; r < times; r++)
        for (size_t lane = 0; lane < REPEAT_LANES; lane++)
            link->repeat.pattern[r][lane] = (int32_t)((r + lane) / times);
    return BH_OK;
}

/* x has the units of the variable it comes from; samples of sound are pure numbers. */
static bh_status
compile_map(const bh_link_config *config, struct link *link, bh_diag *diag)
{
    bh_group *to = link->to;
    if (!config->expression || config->function)
        return BH_OK;
    to->lang.diag = diag;
    char where[64] = "link to ";
    strncat(where, to->name, 40);
    struct scope scope = {.lang = &to->lang};
    char *text_copy =
        bh_arena_text(to->arena, config->expression, strlen(config->expression));
    char *where_copy = bh_arena_text(to->arena, where, strlen(where));
    struct code *code = code_new(&to->lang, to->precision);
    const struct bh_dim dim = link->from_symbol ? link->from_symbol->dim
                                                : (struct bh_dim){{0}};
    if (!text_copy || !where_copy || !code)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a link");
    BH_TRY(scope_add_defaults(&scope, 0, 0, NULL));
    struct symbol *x = scope_add(&scope, SYMBOL_ARGUMENT, "x", dim);
    if (!x)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a link");
    struct text text = {where_copy, text_copy, strlen(text_copy)};
    struct node *node;
    BH_TRY(parse_expression(&to->lang, &text, &node));
    BH_TRY(check_quantity(&scope, node, link->symbol->dim, "the linked value"));
    if (scope.noises > 0 || scope.uniforms > 0 || scope.poissons > 0)
        return lang_error(&to->lang, &text, node->at,
                          "a link cannot draw random numbers");
    struct env env = {.code = code};
    code->result = lower_expression(&env, node);
    BH_TRY(code_finish(code, &text));
    code_fuse(code);
    link->expression = text_copy;
    link->map = code;
    return interp_prepare(&to->lang, code, &link->interp);
}

static bh_status
link_fill(const bh_link_config *config, struct link *link, bh_diag *diag)
{
    bh_network *net = config->to->net;
    double ticks = config->clock_dt_s / net->config.dt_s;
    if (!(ticks > 0.5) || ticks > 1e9 || fabs(ticks - nearbyint(ticks)) > 1e-4 * ticks)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "the clock of a link ticks every %g s; it must be a multiple "
            "of the time step, %g s",
            config->clock_dt_s, net->config.dt_s);
    link->to = config->to;
    link->function = config->function;
    link->user = config->user;
    link->clock_steps = (int64_t)nearbyint(ticks);
    BH_TRY(parse_when(config->when ? config->when : "start", &link->at_end, diag));
    BH_TRY(find_target(config, &link->symbol, diag));
    BH_TRY(find_values(config, link, diag));
    BH_TRY(make_repeat(link, diag));
    BH_TRY(compile_map(config, link, diag));
    link->stride = row_stride(link->width);
    link->rows = row_new(BH_WINDOW_MAX + 1, link->stride, link->to->precision);
    if (!link->rows)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu values",
                           link->width);
    return BH_OK;
}

bh_status
bh_link_new(const bh_link_config *config, bh_diag *diag)
{
    bh_network *net = config->to->net;
    if (net->frozen)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "links must be made before the network runs");
    struct link *link = calloc(1, sizeof *link);
    if (!link)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a link");
    bh_status status = link_fill(config, link, diag);
    if (status != BH_OK) {
        link_free(link);
        return status;
    }
    struct symbol *symbol = scope_find(&config->to->scope, link->symbol->name);
    symbol->linked = true;
    config->to->link[symbol->slot] = link;
    config->to->driven = true;
    link->next = net->links;
    net->links = link;
    return BH_OK;
}

/* One value of either precision. */
static double
value_at(const void *values, bh_precision precision, size_t i)
{
    return precision == BH_SINGLE ? (double)((const float *)values)[i]
                                  : ((const double *)values)[i];
}

static void
set_value(void *values, bh_precision precision, size_t i, double value)
{
    if (precision == BH_SINGLE)
        ((float *)values)[i] = (float)value;
    else
        ((double *)values)[i] = value;
}

static void
convert(const void *in, bh_precision from, void *out, bh_precision to, size_t count)
{
    if (from == to)
        memcpy(out, in, count * bh_precision_size(to));
    else
        for (size_t i = 0; i < count; i++)
            set_value(out, to, i, value_at(in, from, i));
}

/* Calls the user's function on pieces of a row, in double. */
static void
call_function(const struct link *link, const void *in, void *out, size_t first,
              size_t count)
{
    enum { PIECE = 256 };
    double values[PIECE], results[PIECE];
    bh_precision precision = link->to->precision;
    for (size_t i = 0; i < count; i += PIECE) {
        size_t piece = count - i < PIECE ? count - i : PIECE;
        for (size_t j = 0; j < piece; j++)
            values[j] = value_at(in, precision, i + j);
        link->function(link->user, first + i, values, results, piece);
        for (size_t j = 0; j < piece; j++)
            set_value(out, precision, i + j, results[j]);
    }
}

static void
interpret_map(const struct link *link, struct worker *worker, const void *in, void *out,
              size_t count)
{
    size_t element = bh_precision_size(link->to->precision);
    for (size_t i = 0; i < count; i += BLOCK) {
        int piece = (int)(count - i < BLOCK ? count - i : BLOCK);
        void *x = (char *)in + i * element;
        struct interp_frame frame = {.count = piece, .arrays = &x};
        const void *y = interp_ops_get()->run(&link->interp, &frame, worker->scratch);
        memcpy((char *)out + i * element, y, (size_t)piece * element);
    }
}

struct link_job {
    struct link *link;
    bh_network *net;
    size_t steps, piece;
};

/* The feed's row that a step of the window sees. */
static const void *
feed_row(const struct link *link, int64_t step)
{
    const struct feed *feed = link->feed;
    int64_t row = feed_frame(feed, step) - feed->position + 1;
    return row_at(feed->rows, (size_t)row, feed->stride, feed->precision);
}

/* Maps one piece of the channels for all steps of the window. */
static void
run_piece(void *context, size_t piece, int thread)
{
    const struct link_job *job = context;
    struct link *link = job->link;
    bh_precision precision = link->to->precision;
    size_t element = bh_precision_size(precision), first = piece * job->piece;
    size_t count = link->width - first < job->piece ? link->width - first : job->piece;
    unsigned flags = bh_denormal_flush();
    for (size_t k = 0; k < job->steps; k++) {
        char *out = row_at(link->rows, k + 1, link->stride, precision);
        int64_t step = job->net->step + (int64_t)k - (link->at_end ? 1 : 0);
        out += first * element;
        if (step < 0 || step % link->clock_steps != 0) {
            memcpy(out, out - link->stride * element, count * element);
            continue;
        }
        bh_precision from = link->feed ? link->feed->precision : link->from->precision;
        const char *in = link->feed ? feed_row(link, step)
                                    : link->from->arrays[link->from_symbol->slot];
        in += first * bh_precision_size(from);
        double converted[BLOCK];
        if (from != precision) {
            convert(in, from, converted, precision, count);
            in = (const char *)converted;
        }
        if (link->function)
            call_function(link, in, out, first, count);
        else if (!link->map)
            memcpy(out, in, count * element);
        else if (link->compiled)
            link->compiled(in, out, count);
        else
            interpret_map(link, &job->net->workers[thread], in, out, count);
    }
    bh_denormal_restore(flags);
}

/* At first a variable has the value that it was given. */
void
link_first_row(struct link *link)
{
    bh_precision precision = link->to->precision;
    const void *values = link->to->arrays[link->symbol->slot];
    for (size_t i = 0; i < link->width; i++)
        set_value(link->rows, precision, i,
                  value_at(values, precision, i * link->repeat.times));
}

void
link_run(struct link *link, bh_network *net, size_t steps)
{
    struct link_job job = {link, net, steps, BLOCK};
    if (net->step == 0)
        link_first_row(link);
    double cost_ns = (link->function ? 5 : 0.5) * (double)(link->width * steps);
    bh_pool_run(net->pool, (link->width + BLOCK - 1) / BLOCK, cost_ns, run_piece, &job);
    memcpy(link->rows, row_at(link->rows, steps, link->stride, link->to->precision),
           link->stride * bh_precision_size(link->to->precision));
}
