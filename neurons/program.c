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
void
path_name(const struct path *path, const char *kind, char *name, size_t size)
{
    snprintf(name, size, "bh_%s_%u_%d", kind, path->synapses->object & ~SYNAPSES_OBJECT,
             path->number);
}

/* What prints the parts of a program. */
struct target {
    const char *what;
    bool device;
    void (*update)(struct writer *, const char *, const struct emit_step *);
    void (*reset)(struct writer *, const char *, const struct emit_step *);
    void (*map)(struct writer *, const char *, const struct link *);
    void (*path)(struct writer *, const char *, const struct emit_path *);
};

void
value_name(const bh_group *group, int monitor, size_t variable, char *name, size_t size)
{
    snprintf(name, size, "bh_value_%u_%d_%zu", group->object, monitor, variable);
}

static void
write_paths(struct writer *writer, const struct target *target, const bh_synapses *s)
{
    char name[40];
    for (const struct path *path = s->run->paths; path; path = path->next) {
        struct emit_path emit = {.comment = path->comment,
                                 .code = path->code,
                                 .from_post = path->from_post,
                                 .one_group = s->source.group == s->target.group,
                                 .wide = synapses_source_bytes(s) > 2,
                                 .updates = s->needs_lastupdate &&
                                            path->kind == PATH_SPIKES,
                                 .pre = s->source.group->precision,
                                 .device = target->device,
                                 .all = path->kind != PATH_SPIKES,
                                 .columns = path_by_target(path)};
        path_name(path, "path", name, sizeof name);
        target->path(writer, name, &emit);
        if (!path->traced)
            continue;
        emit.code = path->traced;
        emit.updates = false;
        emit.traces = true;
        path_name(path, "trace", name, sizeof name);
        target->path(writer, name, &emit);
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

static void
write_map(struct writer *writer, const char *name, const struct link *link)
{
    if (link->map)
        emit_map(writer, name, link->expression, link->map);
}

static void
write_device_map(struct writer *writer, const char *name, const struct link *link)
{
    const struct emit_map map = {link->map ? link->expression : "A link", link->map,
                                 link->feed ? link->feed->precision
                                            : link->from->precision,
                                 link->to->precision};
    if (!link->function)
        emit_cuda_map(writer, name, &map);
}

static const struct target host = {"function", false,     emit_update,
                                   emit_reset, write_map, emit_path},
                           device = {"kernel",         true,
                                     emit_cuda_update, emit_cuda_reset,
                                     write_device_map, emit_cuda_path};

/* What state monitors compute; the interpreter does it for the host. */
static void
write_values(struct writer *writer, const bh_group *group)
{
    char name[60];
    int monitor = 0;
    for (const bh_state_monitor *m = group->states; m; m = m->next, monitor++)
        for (size_t v = 0; v < m->variables; v++) {
            value_name(group, monitor, v, name, sizeof name);
            if (m->recorded[v].code)
                emit_cuda_value(writer, name, m->recorded[v].code);
        }
}

struct emit_step
group_step(const bh_group *group)
{
    return (struct emit_step){.comment = group->comment,
                              .regular = group->regular,
                              .update = group->update,
                              .reset = group->reset,
                              .constants = group->constants,
                              .events = group->events,
                              .held = !group->receives && !group->states};
}

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
        const struct emit_step step = group_step(group);
        target->update(&writer, name, &step);
        snprintf(name, sizeof name, "bh_reset_%u", group->object);
        if ((group->receives || target->device) && group_resets(group))
            target->reset(&writer, name, &step);
        if (target->device)
            write_values(&writer, group);
    }
    for (const struct link *link = net->links; link; link = link->next) {
        snprintf(name, sizeof name, "bh_map_%d", number++);
        target->map(&writer, name, link);
    }
    for (const bh_synapses *s = net->synapses; s; s = s->next)
        write_paths(&writer, target, s);
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
