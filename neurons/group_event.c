/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/engine_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct event *
group_event(const bh_group *group, const char *name)
{
    for (struct event *event = group->events; event; event = event->next)
        if (strcmp(event->name, name) == 0)
            return event;
    return NULL;
}

struct block *
group_blocks(const bh_group *group, const char *event, bh_diag *diag)
{
    const char *names[64];
    size_t count = 0;
    const struct event *own = group_event(group, event);
    if (own)
        return own->block;
    if (strcmp(event, "spike") == 0 && group->lastspike)
        return group->block;
    if (strcmp(event, "spike") == 0) {
        bh_diag_set(diag, BH_ERR_ARGUMENT, "%s has no threshold, so it has no spikes",
                    group->name);
        return NULL;
    }
    if (group->lastspike)
        names[count++] = "spike";
    for (own = group->events; own && count < 64; own = own->next)
        names[count++] = own->name;
    const char *near = bh_text_nearest(event, names, count);
    bh_diag_set(diag, BH_ERR_ARGUMENT,
                near ? "%s has no event '%.40s'; did you mean '%s'?"
                     : "%s has no event '%.40s'",
                group->name, event, near);
    return NULL;
}

static bh_status
check_name(const bh_group *group, const char *name, bh_diag *diag)
{
    size_t length = name ? strlen(name) : 0;
    bool good = length > 0 && length <= 40 && !(*name >= '0' && *name <= '9');
    for (const char *c = name; good && *c; c++)
        good = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_' ||
               (*c >= '0' && *c <= '9');
    if (!good)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "an event of %s needs a name of 1 to 40 letters, digits and "
                           "'_', which begins with no digit",
                           group->name);
    if (strcmp(name, "spike") == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the event 'spike' of %s is its threshold", group->name);
    if (group->event_count == MOST_EVENTS)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "%s has more than %d events",
                           group->name, MOST_EVENTS);
    if (group_event(group, name))
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "%s has an event '%s' already",
                           group->name, name);
    return BH_OK;
}

static bh_status
frozen(const bh_group *group, bh_diag *diag)
{
    if (group->generator)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s is given its spikes; it has no events of its own",
                           group->name);
    if (!group->net->frozen)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "events must be made before the network runs");
}

static bh_status
no_memory(const bh_group *group, bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for an event of %s",
                       group->name);
}

/* Events that happen together run in the order of their names. */
static void
insert(bh_group *group, struct event *event)
{
    struct event **at = &group->events;
    while (*at && strcmp((*at)->name, event->name) < 0)
        at = &(*at)->next;
    event->next = *at;
    *at = event;
    event->number = ++group->event_count;
}

static bh_status
compile_condition(bh_group *group, struct event *event, const struct text *text)
{
    struct node *node;
    struct env env = {.code = event->condition};
    BH_TRY(parse_expression(&group->lang, text, &node));
    BH_TRY(check_condition(&group->scope, node, "the condition"));
    group_guard(group, &env, 0);
    event->condition->result = lower_expression(&env, node);
    BH_TRY(code_finish(event->condition, text));
    return group_refuse_noise(group, event->condition, text);
}

bh_status
bh_group_event(bh_group *group, const char *name, const char *condition, bh_diag *diag)
{
    struct text text;
    char what[64];
    BH_TRY(frozen(group, diag));
    BH_TRY(check_name(group, name, diag));
    group->lang.diag = diag;
    struct event *event = bh_arena_take(group->arena, sizeof *event);
    if (!event)
        return no_memory(group, diag);
    event->name = bh_arena_text(group->arena, name, strlen(name));
    event->condition = code_new(&group->lang, group->precision);
    if (!event->name || !event->condition)
        return no_memory(group, diag);
    snprintf(what, sizeof what, "event %s", name);
    BH_TRY(group_text(group, what, condition, &text));
    BH_TRY(compile_condition(group, event, &text));
    event->block = calloc(group->blocks, sizeof *event->block);
    if (!event->block)
        return no_memory(group, diag);
    insert(group, event);
    return BH_OK;
}

bh_status
bh_group_on_event(bh_group *group, const char *name, const char *statements,
                  bh_diag *diag)
{
    struct text text;
    struct statement *parsed;
    char what[64];
    struct event *event = name ? group_event(group, name) : NULL;
    struct env env = {.code = code_new(&group->lang, group->precision)};
    BH_TRY(frozen(group, diag));
    if (!event)
        return group_blocks(group, name ? name : "", diag)
                   ? bh_diag_set(diag, BH_ERR_ARGUMENT,
                                 "what a spike of %s does is its reset", group->name)
                   : BH_ERR_ARGUMENT;
    if (event->statements)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the event '%s' of %s has its statements already", name,
                           group->name);
    if (!env.code)
        return no_memory(group, diag);
    group->lang.diag = diag;
    snprintf(what, sizeof what, "on event %s", name);
    BH_TRY(group_text(group, what, statements, &text));
    BH_TRY(parse_statements(&group->lang, &text, &parsed));
    BH_TRY(check_statements(&group->scope, parsed, &text));
    group_guard(group, &env, 0);
    env.guarded = false; /* as a reset, an event may set what stands still */
    lower_statements(&env, &group->scope, parsed);
    BH_TRY(code_finish(env.code, &text));
    BH_TRY(group_refuse_noise(group, env.code, &text));
    event->statements = env.code;
    return BH_OK;
}

bh_status
event_ready(bh_group *group, struct event *event)
{
    code_fuse(event->condition);
    BH_TRY(interp_prepare(&group->lang, event->condition, &event->condition_interp));
    if (!event->statements)
        return BH_OK;
    code_fuse(event->statements);
    return interp_prepare(&group->lang, event->statements, &event->statements_interp);
}
