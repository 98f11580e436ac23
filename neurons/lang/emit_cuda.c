/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/emit_cuda.h"

#include "neurons/lang/printer.h"

#include <stdio.h>

/* The same code as emit.c's for a GPU: a kernel in which one thread takes one neuron
 * through all steps of a window. What it needs stands in neurons/device_kernel.h. */

static const char *
type_of(bh_precision precision)
{
    return precision == BH_SINGLE ? "float" : "double";
}

/* What prints a group's steps. */
struct body {
    struct writer *writer;
    const struct emit_step *step;
    struct printer_style style;
    bool reset_only;
};

static struct body
body_new(struct writer *writer, const struct emit_step *step, bool reset_only)
{
    struct body body = {writer, step, printer_device, reset_only};
    body.style.held = step->held && !reset_only;
    return body;
}

/* The steps' values and body of one piece of code; its result, a condition, is kept as
 * the mark of an event. */
static void
print_piece(const struct body *body, const struct code *code, int event)
{
    static const char indent[] = "            ";
    struct printer p;
    if (printer_start(&p, body->writer, code, &body->style)) {
        print_step_values(&p, indent);
        print_neuron(&p, indent);
        if (code->result >= 0) {
            write_text(body->writer, "%smark%d = ", indent, event);
            print_operand(&p, code->result);
            write_text(body->writer, ";\n");
        }
    }
    printer_end(&p);
    write_text(body->writer, "        }\n");
}

/* Every code of the body in turn. */
static void
each_code(const struct body *body,
          void (*print)(struct writer *, const struct code *, bool *), bool *seen)
{
    const struct emit_step *step = body->step;
    for (const struct regular *r = step->regular; r; r = r->next)
        if (!body->reset_only || r->slot != SLOT_START)
            print(body->writer, r->code, seen);
    print(body->writer, body->reset_only ? NULL : step->update, seen);
    print(body->writer, step->reset, seen);
    for (const struct event *e = step->events; e; e = e->next) {
        print(body->writer, body->reset_only ? NULL : e->condition, seen);
        print(body->writer, e->statements, seen);
    }
}

static bool
has_spikes(const struct body *body)
{
    return body->step->update->result >= 0;
}

/* What the steps touch, each once: pointers, or the values themselves. */
static void
print_variables(const struct body *body)
{
    bool seen[MOST_ARRAYS] = {false};
    const bool held = body->style.held;
    each_code(body, held ? print_held : print_device_arrays, seen);
    if (!held)
        write_text(body->writer,
                   "    __attribute__((unused)) int32_t *restrict lastspike_at = "
                   "f->lastspike;\n");
    else if (has_spikes(body))
        write_text(body->writer, "    int32_t lastspike_at[1] = {f->lastspike[n]};\n");
}

static void
print_loop(const struct body *body, const char *from, const char *to)
{
    write_text(body->writer,
               "    for (int32_t k = %s; k < %s; k++) {\n"
               "        __attribute__((unused)) const int32_t now = f->now + k;\n"
               "        if (bh_device_rests(f, n, k))\n"
               "            continue;\n",
               from, to);
}

/* The loop's end; what was held goes back. */
static void
print_end(const struct body *body)
{
    bool stored[MOST_ARRAYS] = {false};
    write_text(body->writer, "    }\n");
    if (body->style.held) {
        each_code(body, print_release, stored);
        if (has_spikes(body))
            write_text(body->writer, "    f->lastspike[n] = lastspike_at[0];\n");
    }
    write_text(body->writer, "}\n");
}

/* A neuron that spikes is refractory from now on. */
static void
print_spike(const struct body *body)
{
    const struct code *update = body->step->update;
    const char *at = body->style.held ? "0" : "n";
    write_text(body->writer,
               "        if (mark0) {\n            lastspike_at[%s] = now;\n", at);
    for (int i = 0; i < update->store_count; i++)
        if (update->stores[i].symbol->kind == SYMBOL_NOT_REFRACTORY)
            write_text(body->writer, "            %s_at[%s] = 0;\n",
                       update->stores[i].symbol->name, at);
    write_text(body->writer,
               "        }\n"
               "        f->marks[bh_device_mark(f, 0, n, k)] = (uint8_t)mark0;\n");
}

static void
print_marked(const struct body *body, const struct code *code, int event)
{
    if (!code)
        return;
    write_text(body->writer, "        if (mark%d) {\n", event);
    print_piece(body, code, event);
}

/* The statements of one slot. */
static void
print_regular(const struct body *body, enum regular_slot slot)
{
    for (const struct regular *r = body->step->regular; r; r = r->next) {
        if (r->slot != slot)
            continue;
        write_text(body->writer, "        if ((f->step + k) %% %lld == 0) {\n",
                   (long long)r->steps);
        print_piece(body, r->code, 0);
    }
}

/* What is behind the threshold: regular statements, the reset, and what the group's own
 * events do. */
static void
print_resets(const struct body *body)
{
    print_regular(body, SLOT_SYNAPSES);
    if (has_spikes(body))
        print_marked(body, body->step->reset, 0);
    for (const struct event *e = body->step->events; e; e = e->next)
        print_marked(body, e->statements, e->number);
    print_regular(body, SLOT_END);
}

/* What one step does up to the thresholds, and behind them. */
static void
print_step(const struct body *body)
{
    struct writer *writer = body->writer;
    print_regular(body, SLOT_START);
    if (has_spikes(body))
        write_text(writer, "        int32_t mark0;\n");
    write_text(writer, "        {\n");
    print_piece(body, body->step->update, 0);
    if (has_spikes(body))
        print_spike(body);
    for (const struct event *e = body->step->events; e; e = e->next) {
        write_text(writer, "        int32_t mark%d;\n        { /* %s */\n", e->number,
                   e->name);
        print_piece(body, e->condition, e->number);
        write_text(writer,
                   "        f->marks[bh_device_mark(f, %d, n, k)] = (uint8_t)mark%d;\n",
                   e->number, e->number);
    }
    write_text(writer, "        if (!f->resets)\n            continue;\n");
    print_resets(body);
}

static void
print_kernel(const struct body *body, const char *name)
{
    write_text(body->writer,
               "#define real %s\nBH_KERNEL(%s, bh_device_frame, given)\n{\n"
               "    const int32_t n = BH_DEVICE_THREAD;\n"
               "    if (n >= given->count)\n        return;\n"
               "    const bh_device_frame frame = bh_device_begin(given);\n"
               "    const bh_device_frame *const f = &frame;\n",
               type_of(body->step->update->precision), name);
    print_variables(body);
    print_loop(body, "0", "f->steps");
}

void
emit_cuda_update(struct writer *writer, const char *name, const struct emit_step *step)
{
    const struct body body = body_new(writer, step, false);
    print_comment(writer, step->comment);
    print_kernel(&body, name);
    print_step(&body);
    print_end(&body);
    write_text(writer, "#undef real\n");
}

void
emit_cuda_reset(struct writer *writer, const char *name, const struct emit_step *step)
{
    const struct body body = body_new(writer, step, true);
    print_kernel(&body, name);
    if (step->reset && has_spikes(&body))
        write_text(
            writer,
            "        const int32_t mark0 = f->marks[bh_device_mark(f, 0, n, k)];\n");
    for (const struct event *e = step->events; e; e = e->next)
        if (e->statements)
            write_text(writer,
                       "        const int32_t mark%d = "
                       "f->marks[bh_device_mark(f, %d, n, k)];\n",
                       e->number, e->number);
    print_resets(&body);
    print_end(&body);
    write_text(writer, "#undef real\n");
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
    const char *from = type_of(map->from);
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
               "        const %s *const row = f->row[k] == 0 ? (const %s *)f->before "
               ": (const %s *)f->in + (f->row[k] - 1) * f->in_stride;\n"
               "        const real value = (real)row[n];\n",
               type_of(map->to), name, from, from, from);
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

/* One neuron through the steps that a tile has. */
static void
print_tile_steps(struct writer *writer, const struct emit_fused *fused)
{
    char at[120];
    struct body body = body_new(writer, fused->step, false);
    snprintf(at, sizeof at, "tile[%s::%s(c, k - from)]", fused->space,
             fused->part->place);
    body.style.near = fused->symbol;
    body.style.near_at = at;
    write_text(writer,
               "#define real %s\nBH_DEVICE void\nbh_steps_%u(const bh_device_frame *f, "
               "int32_t n, int32_t from, int32_t to, const real *tile, int32_t c)\n{\n",
               type_of(fused->step->update->precision), fused->number);
    print_variables(&body);
    print_loop(&body, "from", "to");
    print_step(&body);
    print_end(&body);
}

/* The link's expression, in place. */
static void
print_tile_map(struct writer *writer, const struct emit_fused *fused)
{
    struct printer p;
    if (!fused->map->code)
        return;
    write_text(
        writer,
        "        for (int32_t i = t; i < %u * count; i += (int32_t)blockDim.x) {\n"
        "            real *const at = tile + %s::%s(i %% %u, i / %u);\n"
        "            if (i %% %u >= channels)\n                continue;\n"
        "            const real value = *at;\n",
        fused->part->channels, fused->space, fused->part->place, fused->part->channels,
        fused->part->channels, fused->part->channels);
    if (printer_start(&p, writer, fused->map->code, &map_style)) {
        print_neuron(&p, "            ");
        write_text(writer, "            *at = ");
        print_operand(&p, fused->map->code->result);
        write_text(writer, ";\n");
    }
    printer_end(&p);
    write_text(writer, "        }\n        __syncthreads();\n");
}

/* A tile of what the source says, and silence behind its end. */
static void
print_tile(struct writer *writer, const struct emit_fused *fused)
{
    const bh_source_part *part = fused->part;
    write_text(writer,
               "    for (int32_t from = 0, count; from < f->steps; from += count) {\n"
               "        if (from < heard) {\n"
               "            count = %s::%s(given->part, from, tile);\n"
               "        } else {\n"
               "            count = f->steps - from < %u ? f->steps - from : %u;\n"
               "            for (int32_t i = t; i < %u * count; "
               "i += (int32_t)blockDim.x)\n"
               "                tile[%s::%s(i %% %u, i / %u)] = 0;\n"
               "        }\n"
               "        __syncthreads();\n",
               fused->space, part->fill, part->frames, part->frames, part->channels,
               fused->space, part->place, part->channels, part->channels);
}

void
emit_cuda_fused(struct writer *writer, const struct emit_fused *fused)
{
    const bh_source_part *part = fused->part;
    const unsigned times = (unsigned)fused->times;
    print_comment(writer, fused->step->comment);
    print_tile_steps(writer, fused);
    print_comment(writer, fused->map->comment);
    write_text(writer,
               "BH_KERNEL_BOUND(%u, bh_fused_%u, bh_device_fused_frame, given)\n{\n"
               "    BH_SHARED real tile[%u];\n"
               "    const bh_device_frame frame = bh_device_begin(&given->group);\n"
               "    const bh_device_frame *const f = &frame;\n"
               "    const int32_t t = (int32_t)threadIdx.x, heard = *given->heard;\n"
               "    const int32_t first = (int32_t)blockIdx.x * %u;\n"
               "    const int32_t channels = %u - first < %u ? %u - first : %u;\n",
               fused->threads, fused->number, part->size, part->channels,
               (unsigned)fused->width, part->channels, (unsigned)fused->width,
               part->channels);
    print_tile(writer, fused);
    print_tile_map(writer, fused);
    write_text(
        writer,
        "        if (from + count == f->steps && t < channels)\n"
        "            ((real *)given->out)[f->steps * given->out_stride + first + "
        "t] = tile[%s::%s(t, count - 1)];\n"
        "        if (t < channels * %u)\n"
        "            bh_steps_%u(f, first * %u + t, from, from + count, tile, "
        "t / %u);\n"
        "        __syncthreads();\n    }\n}\n#undef real\n",
        fused->space, part->place, times, fused->number, times, times);
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
               type_of(code->precision), name);
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
