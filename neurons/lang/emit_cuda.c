/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/emit_cuda.h"

#include "neurons/lang/printer.h"

/* The same code as emit.c's for a GPU: a kernel in which one thread takes one neuron
 * through all steps of a window. What it needs stands in neurons/device_kernel.h. */

/* The steps' values and body of one piece of code; its result, a condition, is kept as
 * the mark of an event. */
static void
print_piece(struct writer *writer, const struct code *code, int event)
{
    static const char indent[] = "            ";
    struct printer p;
    if (printer_start(&p, writer, code, &printer_device)) {
        print_step_values(&p, indent);
        print_neuron(&p, indent);
        if (code->result >= 0) {
            write_text(writer, "%smark%d = ", indent, event);
            print_operand(&p, code->result);
            write_text(writer, ";\n");
        }
    }
    printer_end(&p);
    write_text(writer, "        }\n");
}

/* Pointers to what the step touches, each once, and the loop over its steps. */
static void
print_start(struct writer *writer, const char *name, const struct emit_step *step,
            bool reset_only)
{
    bool seen[MOST_ARRAYS] = {false};
    write_text(writer,
               "#define real %s\nBH_KERNEL(%s, bh_device_frame, given)\n{\n"
               "    const int32_t n = BH_DEVICE_THREAD;\n"
               "    if (n >= given->count)\n        return;\n"
               "    const bh_device_frame frame = bh_device_begin(given);\n"
               "    const bh_device_frame *const f = &frame;\n",
               step->update->precision == BH_SINGLE ? "float" : "double", name);
    for (const struct regular *r = step->regular; r; r = r->next)
        if (!reset_only || r->slot != SLOT_START)
            print_device_arrays(writer, r->code, seen);
    print_device_arrays(writer, reset_only ? NULL : step->update, seen);
    print_device_arrays(writer, step->reset, seen);
    for (const struct event *e = step->events; e; e = e->next) {
        print_device_arrays(writer, reset_only ? NULL : e->condition, seen);
        print_device_arrays(writer, e->statements, seen);
    }
    write_text(writer,
               "    __attribute__((unused)) int32_t *restrict lastspike_at = "
               "f->lastspike;\n"
               "    for (int32_t k = 0; k < f->steps; k++) {\n"
               "        __attribute__((unused)) const int32_t now = f->now + k;\n"
               "        if (bh_device_rests(f, n, k))\n"
               "            continue;\n");
}

static void
print_end(struct writer *writer)
{
    write_text(writer, "    }\n}\n#undef real\n");
}

/* A neuron that spikes is refractory from now on. */
static void
print_spike(struct writer *writer, const struct code *update)
{
    write_text(writer, "        if (mark0) {\n            lastspike_at[n] = now;\n");
    for (int i = 0; i < update->store_count; i++)
        if (update->stores[i].symbol->kind == SYMBOL_NOT_REFRACTORY)
            write_text(writer, "            %s_at[n] = 0;\n",
                       update->stores[i].symbol->name);
    write_text(writer,
               "        }\n"
               "        f->marks[bh_device_mark(f, 0, n, k)] = (uint8_t)mark0;\n");
}

static void
print_marked(struct writer *writer, const struct code *code, int event)
{
    if (!code)
        return;
    write_text(writer, "        if (mark%d) {\n", event);
    print_piece(writer, code, event);
}

/* The statements of one slot. */
static void
print_regular(struct writer *writer, const struct emit_step *step,
              enum regular_slot slot)
{
    for (const struct regular *r = step->regular; r; r = r->next) {
        if (r->slot != slot)
            continue;
        write_text(writer, "        if ((f->step + k) %% %lld == 0) {\n",
                   (long long)r->steps);
        print_piece(writer, r->code, 0);
    }
}

/* What is behind the threshold: regular statements, the reset, and what the group's own
 * events do. */
static void
print_resets(struct writer *writer, const struct emit_step *step)
{
    print_regular(writer, step, SLOT_SYNAPSES);
    if (step->update->result >= 0)
        print_marked(writer, step->reset, 0);
    for (const struct event *e = step->events; e; e = e->next)
        print_marked(writer, e->statements, e->number);
    print_regular(writer, step, SLOT_END);
}

void
emit_cuda_update(struct writer *writer, const char *name, const struct emit_step *step)
{
    bool spikes = step->update->result >= 0;
    print_comment(writer, step->comment);
    print_start(writer, name, step, false);
    print_regular(writer, step, SLOT_START);
    if (spikes)
        write_text(writer, "        int32_t mark0;\n");
    write_text(writer, "        {\n");
    print_piece(writer, step->update, 0);
    if (spikes)
        print_spike(writer, step->update);
    for (const struct event *e = step->events; e; e = e->next) {
        write_text(writer, "        int32_t mark%d;\n        { /* %s */\n", e->number,
                   e->name);
        print_piece(writer, e->condition, e->number);
        write_text(writer,
                   "        f->marks[bh_device_mark(f, %d, n, k)] = (uint8_t)mark%d;\n",
                   e->number, e->number);
    }
    write_text(writer, "        if (!f->resets)\n            continue;\n");
    print_resets(writer, step);
    print_end(writer);
}

void
emit_cuda_reset(struct writer *writer, const char *name, const struct emit_step *step)
{
    print_start(writer, name, step, true);
    if (step->reset && step->update->result >= 0)
        write_text(
            writer,
            "        const int32_t mark0 = f->marks[bh_device_mark(f, 0, n, k)];\n");
    for (const struct event *e = step->events; e; e = e->next)
        if (e->statements)
            write_text(writer,
                       "        const int32_t mark%d = "
                       "f->marks[bh_device_mark(f, %d, n, k)];\n",
                       e->number, e->number);
    print_resets(writer, step);
    print_end(writer);
}

/* The one variable of a link's expression. */
static bool
print_argument(struct printer *p, const struct op *op, const char *indent)
{
    write_text(p->writer, "%sconst real %s_ = value;\n", indent, op->symbol->name);
    return true;
}

static const struct printer_style map_style = {
    .draw = "", .device = true, .load = print_argument};

/* A value that a link changes on its way, or only hands over (no code). */
void
emit_cuda_map(struct writer *writer, const char *name, const struct emit_map *map)
{
    struct printer p;
    const char *type = map->to == BH_SINGLE ? "float" : "double",
               *from = map->from == BH_SINGLE ? "float" : "double";
    print_comment(writer, map->comment);
    write_text(writer,
               "#define real %s\nBH_KERNEL(%s, bh_device_link_frame, f)\n{\n"
               "    const int32_t n = BH_DEVICE_THREAD;\n"
               "    if (n >= f->count)\n        return;\n"
               "    real *restrict out = (real *)f->out + n;\n"
               "    for (int32_t k = 0; k < f->clock->window; k++) {\n"
               "        if (f->row[k] < 0) {\n"
               "            out[(k + 1) * f->out_stride] = out[k * f->out_stride];\n"
               "            continue;\n        }\n"
               "        const real value = (real)((const %s *)f->in)"
               "[f->row[k] * f->in_stride + n];\n",
               type, name, from);
    if (!map->code) {
        write_text(writer, "        out[(k + 1) * f->out_stride] = value;\n");
    } else {
        if (printer_start(&p, writer, map->code, &map_style)) {
            print_neuron(&p, "        ");
            write_text(writer, "        out[(k + 1) * f->out_stride] = ");
            print_operand(&p, map->code->result);
            write_text(writer, ";\n");
        }
        printer_end(&p);
    }
    write_text(writer, "    }\n}\n#undef real\n");
}

void
emit_cuda_value(struct writer *writer, const char *name, const struct code *code)
{
    bool seen[MOST_ARRAYS] = {false};
    struct printer p;
    write_text(writer,
               "\n#define real %s\nBH_KERNEL(%s, bh_device_value_frame, given)\n"
               "{\n    const int32_t c = BH_DEVICE_THREAD, k = 0;\n"
               "    const int64_t out = bh_device_gathered(&given->gather, c);\n"
               "    if (out < 0)\n        return;\n"
               "    const bh_device_frame frame = bh_device_begin(&given->group);\n"
               "    const bh_device_frame *const f = &frame;\n"
               "    const int32_t n = given->gather.neuron ? "
               "(int32_t)given->gather.neuron[c] : c;\n"
               "    __attribute__((unused)) const int32_t now = f->now;\n"
               "    __attribute__((unused)) const int32_t *restrict lastspike_at = "
               "f->lastspike;\n",
               code->precision == BH_SINGLE ? "float" : "double", name);
    print_device_arrays(writer, code, seen);
    if (printer_start(&p, writer, code, &printer_device)) {
        print_step_values(&p, "    ");
        print_neuron(&p, "    ");
        write_text(writer, "    ((real *)given->gather.rows)[out] = ");
        print_operand(&p, code->result);
        write_text(writer, ";\n");
    }
    printer_end(&p);
    write_text(writer, "}\n#undef real\n");
}
