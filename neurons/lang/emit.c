/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/printer.h"

#include <stdio.h>

/* Statements for the neurons of a list: "spikes" of them, at "neuron". */
static void
print_listed(struct writer *writer, const struct code *code, int event)
{
    struct printer p;
    if (!code)
        return;
    write_text(writer, "        if (events%d > 0) {\n", event);
    if (printer_start(&p, writer, code, &printer_host)) {
        print_step_values(&p, "            ");
        write_text(writer,
                   "            for (int32_t s = 0; s < events%d; s++) {\n"
                   "                const int32_t n = neuron%d[s];\n",
                   event, event);
        print_neuron(&p, "                ");
        write_text(writer, "            }\n        }\n");
    }
    printer_end(&p);
}

static void
print_collect(struct writer *writer, int event, const char *condition)
{
    write_text(writer,
               "        const int32_t *neuron%d;\n"
               "        const int32_t events%d = %sf->collect(f, %d, k, &neuron%d);\n",
               event, event, condition, event, event);
}

/* What happens behind the threshold: the group's own events, the reset, and what the
 * events do. */
static void
print_reset(struct writer *writer, const struct emit_step *step)
{
    if (step->update->result >= 0)
        print_listed(writer, step->reset, 0);
    for (const struct event *e = step->events; e; e = e->next)
        print_listed(writer, e->statements, e->number);
}

/* What the engine computes before a run, for the reader. */
static void
print_constants(struct writer *writer, const struct code *constants)
{
    struct printer p;
    write_text(writer, "/* Computed once a run:\n");
    if (printer_start(&p, writer, constants, &printer_host))
        print_neuron(&p, " *   ");
    printer_end(&p);
    write_text(writer, " */\n");
}

/* Computes code for all neurons of the block; its result, a condition of event
 * `event`, is kept for each neuron and for all. */
static void
print_all(struct writer *writer, const struct code *code, int event, const char *indent)
{
    struct printer p;
    char inner[20];
    snprintf(inner, sizeof inner, "%s    ", indent);
    if (printer_start(&p, writer, code, &printer_host)) {
        print_step_values(&p, indent);
        write_text(writer, "%sfor (int32_t n = 0; n < count; n++) {\n", indent);
        print_neuron(&p, inner);
        if (code->result >= 0) {
            write_text(writer, "%sconst int32_t above = ", inner);
            print_operand(&p, code->result);
            write_text(writer, ";\n%sspiked[n] = above;\n%sany%d |= above;\n", inner,
                       inner, event);
        }
        write_text(writer, "%s}\n", indent);
    }
    printer_end(&p);
}

/* The statements of one slot. Those behind the threshold wait where the reset does. */
static void
print_regular(struct writer *writer, const struct emit_step *step,
              enum regular_slot slot)
{
    const char *when = slot == SLOT_START ? "" : "f->resets";
    for (const struct regular *r = step->regular; r; r = r->next) {
        if (r->slot != slot)
            continue;
        write_text(writer,
                   r->steps == 1 && slot == SLOT_START ? "        {\n"
                   : r->steps == 1                     ? "        if (%s) {\n"
                                                       : "        if (%s%s",
                   when, slot == SLOT_START ? "" : " && ");
        if (r->steps > 1)
            write_text(writer, "(f->step + k) %% %lld == 0) {\n", (long long)r->steps);
        print_all(writer, r->code, 0, "            ");
        write_text(writer, "        }\n");
    }
}

/* Integration, threshold and the group's own events. */
static void
print_update(struct writer *writer, const struct emit_step *step)
{
    char condition[24];
    if (step->update->result >= 0)
        write_text(writer, "        int32_t any0 = 0;\n");
    print_all(writer, step->update, 0, "        ");
    if (step->update->result >= 0)
        print_collect(writer, 0, "any0 == 0 ? 0 : ");
    for (const struct event *e = step->events; e; e = e->next) {
        write_text(writer, "        int32_t any%d = 0;\n        { /* %s */\n",
                   e->number, e->name);
        print_all(writer, e->condition, e->number, "            ");
        write_text(writer, "        }\n");
        snprintf(condition, sizeof condition, "any%d == 0 ? 0 : ", e->number);
        print_collect(writer, e->number, condition);
    }
}

/* Pointers to what some code of the step touches, each once. */
static void
print_pointers(struct writer *writer, const struct emit_step *step, bool reset_only)
{
    bool seen[MOST_ARRAYS] = {false}, last = false;
    const struct code *codes[2] = {reset_only ? NULL : step->update, step->reset};
    for (const struct regular *r = step->regular; r; r = r->next) {
        if (reset_only && r->slot == SLOT_START)
            continue;
        print_arrays(writer, r->code, seen);
        last = last || uses_lastspike(r->code);
    }
    for (int i = 0; i < 2; i++) {
        print_arrays(writer, codes[i], seen);
        last = last || uses_lastspike(codes[i]);
    }
    for (const struct event *e = step->events; e; e = e->next) {
        const struct code *own[2] = {reset_only ? NULL : e->condition, e->statements};
        for (int i = 0; i < 2; i++) {
            print_arrays(writer, own[i], seen);
            last = last || uses_lastspike(own[i]);
        }
    }
    if (last)
        write_text(writer,
                   "    const int32_t *restrict lastspike_at = f->lastspike;\n");
    if (!reset_only && (step->update->result >= 0 || step->events))
        write_text(writer, "    int32_t *restrict spiked = f->spiked;\n");
    write_text(writer, "    const int32_t steps = f->steps, count = f->count;\n"
                       "    for (int32_t k = 0; k < steps; k++) {\n");
    if (last)
        write_text(writer, "        const int32_t now = f->now + k;\n");
}

static void
print_head(struct writer *writer, const char *name, const struct emit_step *step)
{
    write_text(writer, "#define real %s\nvoid\n%s(bh_frame *f)\n{\n",
               step->update->precision == BH_SINGLE ? "float" : "double", name);
}

void
emit_update(struct writer *writer, const char *name, const struct emit_step *step)
{
    print_comment(writer, step->comment);
    if (step->constants)
        print_constants(writer, step->constants);
    print_head(writer, name, step);
    print_pointers(writer, step, false);
    print_regular(writer, step, SLOT_START);
    print_update(writer, step);
    print_regular(writer, step, SLOT_SYNAPSES);
    print_reset(writer, step);
    print_regular(writer, step, SLOT_END);
    write_text(writer, "    }\n}\n#undef real\n");
}

void
emit_reset(struct writer *writer, const char *name, const struct emit_step *step)
{
    print_head(writer, name, step);
    print_pointers(writer, step, true);
    if (step->reset)
        print_collect(writer, 0, "");
    for (const struct event *e = step->events; e; e = e->next)
        if (e->statements)
            print_collect(writer, e->number, "");
    print_regular(writer, step, SLOT_SYNAPSES);
    print_reset(writer, step);
    print_regular(writer, step, SLOT_END);
    write_text(writer, "    }\n}\n#undef real\n");
}

void
emit_map(struct writer *writer, const char *name, const char *comment,
         const struct code *code)
{
    struct printer p;
    print_comment(writer, comment);
    write_text(
        writer,
        "#define real %s\nvoid\n%s(const real *restrict x_at, real *restrict y_at, "
        "size_t count)\n{\n    for (size_t n = 0; n < count; n++) {\n",
        code->precision == BH_SINGLE ? "float" : "double", name);
    if (printer_start(&p, writer, code, &printer_host)) {
        print_neuron(&p, "        ");
        write_text(writer, "        y_at[n] = ");
        print_operand(&p, code->result);
        write_text(writer, ";\n");
    }
    printer_end(&p);
    write_text(writer, "    }\n}\n#undef real\n");
}
