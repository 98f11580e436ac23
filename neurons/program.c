/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/run_internal.h"

#include "neurons/lang/emit_cuda.h"
#include "neurons/lang/emit_pathway.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text of neurons/frame_kernel.h, core/math_kernel.h and core/angle_kernel.h, made
 * by the build. */
extern const char bh_program_prologue[];

/* A function for each piece of code of synapses, in either direction. */
static void
path_name(const struct path *path, const char *kind, char *name, size_t size)
{
    snprintf(name, size, "bh_%s_%u_%d", kind, path->synapses->object & ~SYNAPSES_OBJECT,
             path->number);
}

static void
write_paths(struct writer *writer, const bh_synapses *s)
{
    char name[40];
    for (const struct path *path = s->run->paths; path; path = path->next) {
        struct emit_path emit = {.comment = path->comment,
                                 .code = path->code,
                                 .from_post = path->from_post,
                                 .one_group = s->source.group == s->target.group,
                                 .updates = s->needs_lastupdate &&
                                            path->kind == PATH_SPIKES,
                                 .pre = s->source.group->precision};
        path_name(path, "path", name, sizeof name);
        emit_path(writer, name, &emit);
        if (!path->traced)
            continue;
        emit.code = path->traced;
        emit.updates = false;
        emit.traces = true;
        path_name(path, "trace", name, sizeof name);
        emit_path(writer, name, &emit);
    }
}

static bh_status
bind_paths(bh_network *net)
{
    char name[40];
    for (bh_synapses *s = net->synapses; s; s = s->next)
        for (struct path *path = s->run->paths; path; path = path->next) {
            path_name(path, "path", name, sizeof name);
            *(void **)&path->compiled = jit_symbol(net->library, name);
            path_name(path, "trace", name, sizeof name);
            if (path->traced)
                *(void **)&path->compiled_traced = jit_symbol(net->library, name);
            if (!path->compiled || (path->traced && !path->compiled_traced))
                return BH_ERR_UNSUPPORTED;
        }
    return BH_OK;
}

/* What prints the parts of a program. */
static const struct target {
    const char *what;
    void (*update)(struct writer *, const char *, const struct emit_step *);
    void (*reset)(struct writer *, const char *, const struct emit_step *);
    void (*map)(struct writer *, const char *, const char *, const struct code *);
} host = {"function", emit_update, emit_reset, emit_map},
  device = {"kernel", emit_cuda_update, emit_cuda_reset, emit_cuda_map};

static bh_status
write_program(bh_network *net, const struct target *target, char **text, bh_diag *diag)
{
    struct writer writer = {0};
    char name[40];
    int number = 0;
    net->frozen = true;
    for (bh_group *group = net->groups; group; group = group->next)
        BH_TRY(group_ready(group, diag));
    for (bh_synapses *s = net->synapses; s; s = s->next)
        BH_TRY(pathway_make(s, diag));
    write_text(&writer,
               "/* Made by Brian hears %s: each group of neurons is one %s,\n"
               " * each link another. */\n",
               BH_VERSION, target->what);
    for (const bh_group *group = net->groups; group; group = group->next) {
        if (group->generator)
            continue;
        snprintf(name, sizeof name, "bh_update_%u", group->object);
        const struct emit_step step = {group->comment, group->regular,   group->update,
                                       group->reset,   group->constants, group->events};
        target->update(&writer, name, &step);
        snprintf(name, sizeof name, "bh_reset_%u", group->object);
        if (group->receives && group_resets(group))
            target->reset(&writer, name, &step);
    }
    for (const struct link *link = net->links; link; link = link->next) {
        snprintf(name, sizeof name, "bh_map_%d", number++);
        if (link->map)
            target->map(&writer, name, link->expression, link->map);
    }
    for (const bh_synapses *s = net->synapses; s && target == &host; s = s->next)
        write_paths(&writer, s);
    if (writer.failed) {
        writer_free(&writer);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for generated code");
    }
    free(*text);
    *text = writer.text;
    return BH_OK;
}

bh_status
program_write(bh_network *net, bh_diag *diag)
{
    return write_program(net, &host, &net->code, diag);
}

bh_status
bh_network_cuda(bh_network *net, const char **text, bh_diag *diag)
{
    if (net->synapses)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "synapses have no kernels yet, only groups and links");
    BH_TRY(write_program(net, &device, &net->cuda, diag));
    *text = net->cuda;
    return BH_OK;
}

static bh_status
bind(bh_network *net)
{
    char name[40];
    int number = 0;
    for (bh_group *group = net->groups; group; group = group->next) {
        if (group->generator)
            continue;
        snprintf(name, sizeof name, "bh_update_%u", group->object);
        *(void **)&group->compiled = jit_symbol(net->library, name);
        if (!group->compiled)
            return BH_ERR_UNSUPPORTED;
        snprintf(name, sizeof name, "bh_reset_%u", group->object);
        if (!group->receives || !group_resets(group))
            continue;
        *(void **)&group->compiled_reset = jit_symbol(net->library, name);
        if (!group->compiled_reset)
            return BH_ERR_UNSUPPORTED;
    }
    for (struct link *link = net->links; link; link = link->next) {
        snprintf(name, sizeof name, "bh_map_%d", number++);
        if (!link->map)
            continue;
        *(void **)&link->compiled = jit_symbol(net->library, name);
        if (!link->compiled)
            return BH_ERR_UNSUPPORTED;
    }
    return bind_paths(net);
}

static void
unbind(bh_network *net)
{
    for (bh_group *group = net->groups; group; group = group->next)
        group->compiled = group->compiled_reset = NULL;
    for (struct link *link = net->links; link; link = link->next)
        link->compiled = NULL;
    for (bh_synapses *s = net->synapses; s; s = s->next)
        for (struct path *path = s->run->paths; path; path = path->next)
            path->compiled = path->compiled_traced = NULL;
}

bh_status
program_load(bh_network *net, bh_diag *diag)
{
    char why[200] = "";
    const char *wanted = getenv("BH_JIT");
    BH_TRY(program_write(net, diag));
    if (net->config.code == BH_CODE_INTERPRETED ||
        (net->config.code == BH_CODE_AUTO && wanted && strcmp(wanted, "interp") == 0))
        return BH_OK;
    struct writer whole = {0};
    write_text(&whole, "%s%s", bh_program_prologue, net->code);
    bh_status status = BH_ERR_MEMORY;
    if (!whole.failed)
        status = jit_load(whole.text, &net->library, why, sizeof why);
    writer_free(&whole);
    if (status == BH_OK)
        status = bind(net);
    if (status == BH_OK)
        return BH_OK;
    unbind(net);
    if (net->config.code == BH_CODE_COMPILED)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED, "equations cannot be compiled: %s",
                           why);
    snprintf(net->notice, sizeof net->notice,
             "%s: equations are interpreted, slower and with the same spikes", why);
    return BH_OK;
}
