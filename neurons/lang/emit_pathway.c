/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/emit_pathway.h"

#include "neurons/lang/printer.h"

/* Functions for synapses, for the host and for GPUs: bh_path_frame in
 * neurons/frame_kernel.h and bh_device_path in neurons/device_path_kernel.h tell what
 * they get. In what is printed, q is a place, p the synapse's position, i its source
 * and j its target within the part (on a GPU: within the group). */

static const char *
index_of(const struct symbol *symbol)
{
    return symbol->side == SIDE_PRE ? "i" : symbol->side == SIDE_POST ? "j" : "p";
}

static bool
is_stored(const struct symbol *symbol)
{
    return symbol->slot >= 0 &&
           (symbol->kind == SYMBOL_STATE || symbol->kind == SYMBOL_PARAMETER ||
            symbol->kind == SYMBOL_SUBEXPRESSION ||
            symbol->kind == SYMBOL_NOT_REFRACTORY);
}

/* What is no variable of a neuron or synapse. */
static bool
print_special(struct printer *p, const struct op *op, const char *indent)
{
    const char *name = op->symbol->name, *value;
    switch (op->symbol->kind) {
    case SYMBOL_INDEX:
        value = op->symbol->side == SIDE_PRE ? "i" : "((int32_t)j + f->shift)";
        break;
    case SYMBOL_LASTSPIKE:
        value = op->symbol->side == SIDE_PRE
                    ? "((double)f->step * f->dt - (double)(now - f->lastspike_pre[i]) "
                      "* f->dt)"
                    : "((double)f->step * f->dt - (double)(now - lastspike_at[j]) * "
                      "f->dt)";
        break;
    case SYMBOL_ELAPSED:
        value = "((double)(now - lastupdate[p]) * f->dt)";
        break;
    case SYMBOL_LASTUPDATE:
        value = "((double)f->step * f->dt - (double)(now - lastupdate[p]) * f->dt)";
        break;
    case SYMBOL_DELAY:
        value = "((double)(f->delay ? f->delay[p] : f->fixed_delay) * f->dt)";
        break;
    case SYMBOL_INCOMING:
        value = "f->incoming[j]";
        break;
    case SYMBOL_OUTGOING:
        value = "f->outgoing[i]";
        break;
    case SYMBOL_TRACE:
        write_text(p->writer,
                   op->symbol->side == SIDE_PRE
                       ? "%sconst real %s_ = (real)bh_trace_at(&trace%d, i, now - "
                         "(place_delay ? place_delay[q] : place_fixed));\n"
                       : "%sconst real %s_ = (real)trace%d.now[j];\n",
                   indent, name, op->symbol->slot);
        return true;
    default:
        return false;
    }
    write_text(p->writer, "%sconst real %s_ = (real)%s;\n", indent, name, value);
    return true;
}

static const struct printer_style style = {
    .draw = "", .single = true, .index = index_of, .load = print_special};

/* CUDA is C++: pointers do not become others by themselves. */
static void
print_array(struct writer *writer, const struct symbol *symbol,
            const struct emit_path *path)
{
    static const char *const from[] = {"own", "pre", "post"};
    const char *type = symbol->side != SIDE_PRE ? "real"
                       : path->pre == BH_SINGLE ? "float"
                                                : "double";
    bool alone = symbol->side == SIDE_OWN || !path->one_group;
    write_text(writer, "    %s *%s%s_at = (%s *)f->%s[%d];\n", type,
               alone ? "restrict " : "", symbol->name, type, from[symbol->side],
               symbol->slot);
}

/* A pointer for each variable that the code touches. */
static void
print_touched(struct writer *writer, const struct emit_path *path)
{
    const struct code *code = path->code;
    const struct symbol *seen[MOST_ARRAYS];
    int count = 0;
    for (int i = 0; i < code->count + code->store_count; i++) {
        const struct op *op = i < code->count ? &code->ops[i] : NULL;
        const struct symbol *symbol = op ? op->symbol
                                         : code->stores[i - code->count].symbol;
        if (!symbol || (op && op->uses == 0) ||
            (!is_stored(symbol) && symbol->kind != SYMBOL_TRACE))
            continue;
        bool known = false;
        for (int k = 0; k < count; k++)
            known = known || seen[k] == symbol;
        if (known || count == MOST_ARRAYS)
            continue;
        seen[count++] = symbol;
        if (symbol->kind == SYMBOL_TRACE)
            write_text(writer, "    const bh_trace trace%d = *f->trace[%d];\n",
                       symbol->slot, symbol->slot);
        else
            print_array(writer, symbol, path);
    }
}

static void
print_draws(struct writer *writer, const struct emit_path *path)
{
    const struct code *code = path->code;
    for (int i = 0; i < code->count; i++) {
        const struct op *op = &code->ops[i];
        const bool uniform = op->code == OP_RAND;
        const int term = (int)op->number;
        if (op->uses == 0 || (!uniform && op->code != OP_RANDN))
            continue;
        write_text(writer, "            const real %s%d = (real)",
                   uniform ? "uniform" : "normal", term);
        if (path->device)
            write_text(writer, "bh_device_synapse_%s%s(f, %d, i, (int32_t)j, p);\n",
                       uniform ? "uniform" : "normal",
                       uniform && code->precision == BH_SINGLE ? "f" : "", term);
        else
            write_text(writer, "f->draw(f, %d, i, (int32_t)j, p);\n",
                       uniform ? term : -1 - term);
    }
}

static const char *
source_type(const struct emit_path *path)
{
    return path->wide ? "uint32_t" : "uint16_t";
}

/* The first variable of the synapses' own: what a spike has to wait for. */
static const struct symbol *
first_own(const struct code *code)
{
    for (int i = 0; i < code->count; i++)
        if (code->ops[i].uses > 0 && code->ops[i].code == OP_LOAD &&
            code->ops[i].symbol->side == SIDE_OWN && is_stored(code->ops[i].symbol))
            return code->ops[i].symbol;
    return NULL;
}

/* Asks for what says where the synapses of a span of targets are. (A function in the
 * frame's header would be dropped: to GCC one that only prefetches does nothing.) */
static void
print_ask(struct writer *writer, const struct emit_path *path, const char *indent,
          const char *span)
{
    write_text(
        writer,
        "%sfor (int64_t n = f->span[%s].first; n < f->span[%s].last; n += 16) {\n"
        "%s    __builtin_prefetch(&order[n], 0, 2);\n"
        "%s    __builtin_prefetch(&source[n], 0, 2);\n",
        indent, span, span, indent, indent);
    if (path->traces)
        write_text(writer,
                   "%s    if (place_delay)\n"
                   "%s        __builtin_prefetch(&place_delay[n], 0, 2);\n",
                   indent, indent);
    write_text(writer, "%s}\n", indent);
}

/* A column's synapses lie all over the memory: each is asked for some places before,
 * into the second-level cache, which has room for more requests under way than the
 * first; and what says where they are one column before. */
static void
print_columns(struct writer *writer, const struct emit_path *path, const char *name)
{
    write_text(writer, "    if (f->spans > 0) {\n");
    print_ask(writer, path, "        ", "0");
    write_text(writer,
               "        for (int64_t n = 0; n < BH_AHEAD; n++)\n"
               "            __builtin_prefetch(&%s_at[order[f->span[0].first + n]], 1, "
               "2);\n"
               "    }\n"
               "    for (int32_t s = 0; s < f->spans; s++) {\n"
               "        int64_t jump = 0;\n"
               "        if (s + 1 < f->spans) {\n"
               "            jump = f->span[s + 1].first - f->span[s].last;\n",
               name);
    print_ask(writer, path, "            ", "s + 1");
    write_text(writer, "        }\n");
}

static void
print_places(struct writer *writer, const struct emit_path *path)
{
    const struct symbol *own = first_own(path->code);
    if (path->from_post && own)
        print_columns(writer, path, own->name);
    else
        write_text(writer, "    for (int32_t s = 0; s < f->spans; s++) {\n");
    write_text(writer,
               "        const int64_t last = f->span[s].last;\n"
               "        const int32_t %s = f->span[s].neuron;\n",
               path->from_post ? "j" : "i");
    if (!path->from_post) /* a loop without `target` becomes vector code */
        write_text(writer, "        const int64_t ahead = f->first_target - "
                           "f->span[s].first;\n");
    if (!path->from_post && own)
        write_text(writer,
                   "        if (!order && target && s + 6 < f->spans) {\n"
                   "            __builtin_prefetch(&target[f->span[s + 6].first]);\n"
                   "            __builtin_prefetch(&%s_at[f->span[s + 6].first], 1);\n"
                   "        }\n",
                   own->name);
    write_text(writer,
               "        for (int64_t q = f->span[s].first; q < last; q++) {\n"
               "            const int64_t p = %s;\n"
               "            const %s;\n",
               path->from_post ? "order[q]" : "order ? order[q] : q",
               path->from_post ? "int32_t i = source[q]"
                               : "int64_t j = target ? (int64_t)target[p] : q + ahead");
    if (path->from_post && own)
        write_text(
            writer,
            "            const int64_t next = q + BH_AHEAD;\n"
            "            __builtin_prefetch(&%s_at[order[next < last ? next : next "
            "+ jump]], 1, 2);\n",
            own->name);
}

/* Pointers, values of the step, and the body of the loop over places; the loop itself
 * comes from `print_loop`. */
static void
print_body(struct writer *writer, const struct emit_path *path,
           void (*print_loop)(struct writer *, const struct emit_path *))
{
    struct printer p;
    write_text(
        writer,
        "    __attribute__((unused)) const int32_t k = 0, now = f->now;\n"
        "    const uint32_t *restrict order = f->order;\n"
        "    __attribute__((unused)) const uint16_t *restrict target = f->target;\n"
        "    __attribute__((unused)) const int32_t *restrict lastspike_at = "
        "f->lastspike;\n"
        "    __attribute__((unused)) int32_t *restrict lastupdate = f->lastupdate;\n");
    if (path->device ? path->columns : path->from_post)
        write_text(writer, "    const %s *restrict source = (const %s *)f->source;\n",
                   source_type(path), source_type(path));
    if (path->traces)
        write_text(writer,
                   "    const uint16_t *restrict place_delay = f->place_delay;\n"
                   "    const int32_t place_fixed = f->place_fixed;\n");
    print_touched(writer, path);
    if (printer_start(&p, writer, path->code, &style)) {
        print_step_values(&p, "    ");
        print_loop(writer, path);
        if (uses_lastspike(path->code))
            write_text(writer, "            const int32_t n = (int32_t)j;\n");
        print_draws(writer, path);
        print_neuron(&p, "            ");
        if (path->updates)
            write_text(writer, "            lastupdate[p] = now;\n");
        write_text(writer, "        }\n");
    }
    printer_end(&p);
}

static void
print_real(struct writer *writer, const struct emit_path *path)
{
    print_comment(writer, path->comment);
    write_text(writer, "#define real %s\n",
               path->code->precision == BH_SINGLE ? "float" : "double");
}

void
emit_path(struct writer *writer, const char *name, const struct emit_path *path)
{
    print_real(writer, path);
    write_text(writer, "void\n%s(bh_path_frame *f)\n{\n", name);
    print_body(writer, path, print_places);
    write_text(writer, "    }\n}\n#undef real\n");
}

/* One span on a GPU: threads side by side. */
static void
print_lanes(struct writer *writer, const struct emit_path *path)
{
    write_text(
        writer,
        "    __attribute__((unused)) const int32_t %s = span.neuron;\n"
        "        for (int64_t q = span.first + lane; q < span.last; q += lanes) "
        "{\n"
        "            __attribute__((unused)) const int64_t p = order ? order[q] : q;\n"
        "            __attribute__((unused)) const %s;\n",
        path->columns ? "j" : "i",
        path->columns ? "int32_t i = (int32_t)source[q]"
                      : "int32_t j = target ? f->base + (int32_t)target[p] : "
                        "f->dense + (int32_t)(q - span.first)");
}

void
emit_cuda_path(struct writer *writer, const char *name, const struct emit_path *path)
{
    print_real(writer, path);
    write_text(writer,
               "BH_DEVICE void\n%s_span(const bh_device_path *f, const bh_span span, "
               "const int32_t lane,\n    const int32_t lanes)\n{\n",
               name);
    print_body(writer, path, print_lanes);
    write_text(writer,
               "}\n"
               "BH_KERNEL(%s, bh_device_path, given)\n{\n",
               name);
    if (path->all)
        write_text(writer, "    bh_device_all(given, %s_span, %d);\n", name,
                   path->columns);
    else
        write_text(writer, "    bh_device_deliver(given, %s_span);\n", name);
    write_text(writer, "}\n#undef real\n");
}
