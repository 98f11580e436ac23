/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/run_internal.h"

#include "neurons/timed_array_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct bh_dim second = {{0, 0, DIM_ONE, 0, 0, 0, 0}};

bh_subgroup
bh_all(bh_group *group)
{
    return (bh_subgroup){group, 0, group->count};
}

bh_subgroup
bh_part(bh_group *group, size_t first, size_t count)
{
    return (bh_subgroup){group, first, count};
}

bh_synapses_config
bh_synapses_config_default(void)
{
    return (bh_synapses_config){.name = "synapses", .max_delay_s = INFINITY};
}

bh_pathway_config
bh_pathway_config_default(void)
{
    return (bh_pathway_config){.order = -1};
}

const char *
bh_synapses_name(const bh_synapses *synapses)
{
    return synapses->name;
}

size_t
bh_synapses_count(const bh_synapses *synapses)
{
    if (synapses->procedural)
        return procedural_count(synapses);
    return synapses->whole ? synapses->whole->count : synapses->count;
}

void
synapses_free(bh_synapses *s)
{
    synapse_run_free(s);
    procedural_free(s);
    whole_free(s);
    for (struct pathway *path = s->pathways; path; path = path->next)
        free(path->delay);
    for (int i = 0; s->arrays && i < s->scope.stored; i++)
        free(s->arrays[i]);
    free(s->arrays);
    free(s->cut);
    free(s->row);
    free(s->post);
    free(s->local);
    free(s->copy);
    free(s->lastupdate);
    synapses_index_free(s);
    scope_release(&s->scope);
    bh_arena_free(s->arena);
    free(s);
}

bh_status
synapses_text(bh_synapses *s, const char *what, const char *given, struct text *out)
{
    char where[112];
    snprintf(where, sizeof where, "%.60s of %s", what, s->name);
    size_t length = given ? strlen(given) : 0;
    char *copy = bh_arena_text(s->lang.arena, given ? given : "", length);
    char *name = bh_arena_text(s->lang.arena, where, strlen(where));
    if (!copy || !name)
        return bh_diag_set(s->lang.diag, BH_ERR_MEMORY, "no memory for synapses");
    *out = (struct text){name, copy, length};
    return BH_OK;
}

bh_status
synapses_delay_steps(const bh_synapses *s, double delay_s, uint32_t longest,
                     uint32_t *steps, const char **why)
{
    const double n = delay_s / s->net->config.dt_s + 0.5;
    if (!isfinite(delay_s))
        *why = "it must be a finite time";
    else if (delay_s < 0)
        *why = "it must be 0 or longer";
    else if (delay_s > s->max_delay_s)
        *why = "it is longer than the max_delay_s that was promised";
    else if (n >= (double)longest + 1)
        *why = "it is more steps than the machine keeps";
    else {
        *steps = (uint32_t)n;
        return BH_OK;
    }
    return BH_ERR_DATA;
}

/* A delay that all synapses of a pathway have. */
static bh_status
fixed_delay(bh_synapses *s, struct pathway *path, const char *given)
{
    struct text text;
    struct node *node;
    char what[128];
    double value = 0;
    const char *why;
    if (!given)
        return BH_OK;
    snprintf(what, sizeof what, "delay of pathway %s", path->name);
    BH_TRY(synapses_text(s, what, given, &text));
    BH_TRY(parse_expression(&s->lang, &text, &node));
    BH_TRY(check_quantity(&s->scope, node, second, "the delay"));
    if (!node_constant(node, &value))
        return lang_error(&s->lang, &text, node->at,
                          "the delay of all synapses is a constant; "
                          "bh_synapses_set gives each its own");
    if (synapses_delay_steps(s, value, INT32_MAX / 2, &path->delay_steps, &why) !=
        BH_OK)
        return lang_error(&s->lang, &text, node->at, "the delay is %g s; %s", value,
                          why);
    return BH_OK;
}

/* What a pathway waits for: spikes, or an event that its group has. */
static bh_status
find_event(const bh_synapses *s, const bh_pathway_config *config, int *number)
{
    const bh_group *group = config->from_post ? s->target.group : s->source.group;
    if (!config->event)
        return BH_OK;
    if (!group_blocks(group, config->event, s->lang.diag))
        return BH_ERR_ARGUMENT;
    const struct event *event = group_event(group, config->event);
    *number = event ? event->number : 0;
    return BH_OK;
}

/* Pathways stand in the order in which they run. */
static void
insert_pathway(bh_synapses *s, struct pathway *path)
{
    struct pathway **link = &s->pathways;
    while (*link &&
           ((*link)->order < path->order ||
            ((*link)->order == path->order && strcmp((*link)->name, path->name) < 0)))
        link = &(*link)->next;
    path->next = *link;
    *link = path;
}

static bh_status
add_pathway(bh_synapses *s, const bh_pathway_config *config)
{
    struct pathway *path = bh_arena_take(s->arena, sizeof *path);
    if (!path)
        return bh_diag_set(s->lang.diag, BH_ERR_MEMORY, "no memory for synapses");
    path->name = bh_arena_text(s->arena, config->name, strlen(config->name));
    if (!path->name)
        return bh_diag_set(s->lang.diag, BH_ERR_MEMORY, "no memory for synapses");
    path->from_post = config->from_post;
    BH_TRY(find_event(s, config, &path->event));
    path->order = config->order;
    if (strcmp(path->name, "pre") == 0)
        path->delay_symbol = scope_find(&s->scope, "delay");
    if (strcmp(path->name, "post") == 0)
        path->delay_symbol = scope_find(&s->scope, "delay_post");
    char what[64];
    snprintf(what, sizeof what, "on_%s", path->name);
    BH_TRY(synapses_text(s, what, config->code, &path->text));
    BH_TRY(synapse_scope_statements(s, &path->text, &path->statements));
    BH_TRY(fixed_delay(s, path, config->delay));
    if (s->procedural)
        BH_TRY(procedural_pathway(s, path, s->lang.diag));
    insert_pathway(s, path);
    return BH_OK;
}

bh_status
bh_synapses_pathway(bh_synapses *s, const bh_pathway_config *config, bh_diag *diag)
{
    if (s->net->frozen)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "pathways must be made before the network runs");
    if (!config->name || !config->name[0] || strlen(config->name) > 40 ||
        strchr(config->name, '.'))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a pathway needs a name of 1 to 40 characters without '.'");
    if (!config->code)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "pathway %s of %s has no code",
                           config->name, s->name);
    bool taken = strcmp(config->name, "pre") == 0 || strcmp(config->name, "post") == 0;
    for (const struct pathway *path = s->pathways; path; path = path->next)
        taken = taken || strcmp(path->name, config->name) == 0;
    if (taken)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s cannot have another pathway named '%s'", s->name,
                           config->name);
    s->lang.diag = diag;
    return add_pathway(s, config);
}

static bh_status
take_arrays(bh_synapses *s)
{
    s->row = calloc(s->source.count + 1, sizeof *s->row);
    s->arrays = calloc((size_t)s->scope.stored + 1, sizeof *s->arrays);
    if (!s->row || !s->arrays)
        return bh_diag_set(s->lang.diag, BH_ERR_MEMORY, "no memory for synapses");
    s->partitions = 1;
    return whole_new(s, s->lang.diag);
}

/* The number of a synapse among those of its pair is a parameter that connect fills. */
static bh_status
add_multisynaptic_index(bh_synapses *s, const char *name)
{
    struct equation **end = &s->equations;
    struct text text;
    char line[64];
    if (strlen(name) > 40)
        return bh_diag_set(s->lang.diag, BH_ERR_ARGUMENT,
                           "the multisynaptic index of %s has a name of more than 40 "
                           "characters",
                           s->name);
    snprintf(line, sizeof line, "%s : integer (constant)", name);
    BH_TRY(synapses_text(s, "multisynaptic index", line, &text));
    while (*end)
        end = &(*end)->next;
    return parse_equations(&s->lang, &text, end);
}

/* on_pre or on_post, where there is one. */
static bh_status
add_side(bh_synapses *s, const bh_pathway_config *config)
{
    const char *post = config->from_post ? "_post" : "";
    if (config->code)
        return add_pathway(s, config);
    if (config->delay)
        return bh_diag_set(s->lang.diag, BH_ERR_ARGUMENT,
                           "%s has a delay%s but no on_%s", s->name, post,
                           config->name);
    if (config->event)
        return bh_diag_set(s->lang.diag, BH_ERR_ARGUMENT,
                           "%s has an event_%s but no on_%s", s->name, config->name,
                           config->name);
    return BH_OK;
}

static bh_status
fill(bh_synapses *s, const bh_synapses_config *config)
{
    const bh_pathway_config pre = {.name = "pre",
                                   .event = config->event_pre,
                                   .code = config->on_pre,
                                   .delay = config->delay,
                                   .order = -1},
                            post = {.name = "post",
                                    .from_post = true,
                                    .event = config->event_post,
                                    .code = config->on_post,
                                    .delay = config->delay_post,
                                    .order = 1};
    s->name = bh_arena_text(s->arena, config->name, strlen(config->name));
    if (!s->name)
        return bh_diag_set(s->lang.diag, BH_ERR_MEMORY, "no memory for synapses");
    BH_TRY(synapses_text(s, "model", config->model, &s->model));
    BH_TRY(parse_equations(&s->lang, &s->model, &s->equations));
    if (config->multisynaptic_index)
        BH_TRY(add_multisynaptic_index(s, config->multisynaptic_index));
    BH_TRY(synapse_scope_fill(s, config->names));
    if (config->procedural)
        BH_TRY(procedural_new(s, s->lang.diag));
    if (config->multisynaptic_index)
        s->multisynaptic_index = scope_find(&s->scope, config->multisynaptic_index);
    if (config->method) {
        s->method = bh_arena_text(s->arena, config->method, strlen(config->method));
        if (!s->method)
            return bh_diag_set(s->lang.diag, BH_ERR_MEMORY, "no memory for synapses");
    }
    BH_TRY(add_side(s, &pre));
    BH_TRY(add_side(s, &post));
    return take_arrays(s);
}

static bh_status
check_side(const bh_synapses_config *config, bh_subgroup side, const char *what,
           bh_diag *diag)
{
    if (!side.group)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "%s has no %s", config->name, what);
    if (side.count == 0 || side.first > side.group->count ||
        side.count > side.group->count - side.first)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the %s of %s has %zu neurons from %zu on; %s has %zu "
                           "neurons",
                           what, config->name, side.count, side.first, side.group->name,
                           side.group->count);
    return BH_OK;
}

static bh_status
check_config(const bh_synapses_config *config, bh_diag *diag)
{
    if (!config->name || !config->name[0] || strlen(config->name) > 40)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "synapses need a name of 1 to 40 characters");
    BH_TRY(check_side(config, config->source, "source", diag));
    BH_TRY(check_side(config, config->target, "target", diag));
    if (config->source.group->net != config->target.group->net)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "source and target of %s belong to two networks",
                           config->name);
    if (config->source.group->net->frozen)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "synapses must be made before the network runs");
    if (!(config->max_delay_s >= 0))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the longest delay of %s is %g s; it must be 0 or longer",
                           config->name, config->max_delay_s);
    return BH_OK;
}

bh_status
bh_synapses_new(const bh_synapses_config *config, bh_synapses **out, bh_diag *diag)
{
    BH_TRY(check_config(config, diag));
    bh_network *net = config->source.group->net;
    bh_synapses *s = calloc(1, sizeof *s);
    if (!s)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for synapses");
    s->net = net;
    s->object = SYNAPSES_OBJECT + net->synapses_count;
    s->source = config->source;
    s->target = config->target;
    s->precision = config->target.group->precision;
    s->max_delay_s = config->max_delay_s;
    bh_status status = bh_arena_new(&s->arena);
    s->lang = (struct lang){s->arena, diag};
    if (status == BH_OK)
        status = fill(s, config);
    if (status != BH_OK) {
        synapses_free(s);
        return status;
    }
    bh_synapses **end = &net->synapses;
    while (*end)
        end = &(*end)->next;
    *end = s;
    net->synapses_count++;
    *out = s;
    return BH_OK;
}
