/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/printer.h"

static void
print_reset(struct writer *writer, const struct code *reset)
{
    struct printer p;
    write_text(writer,
               "        if (any) {\n"
               "            const int32_t *neuron;\n"
               "            const int32_t spikes = f->collect(f, k, &neuron);\n");
    if (!reset) {
        write_text(writer, "            (void)spikes;\n        }\n");
        return;
    }
    if (printer_start(&p, writer, reset, &printer_host)) {
        print_step_values(&p, "            ");
        write_text(writer, "            for (int32_t s = 0; s < spikes; s++) {\n"
                           "                const int32_t n = neuron[s];\n");
        print_neuron(&p, "                ");
        write_text(writer, "            }\n        }\n");
    }
    printer_end(&p);
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

static void
print_regular(struct writer *writer, const struct regular *regular)
{
    struct printer p;
    if (regular->steps == 1)
        write_text(writer, "        {\n");
    else
        write_text(writer, "        if ((f->step + k) %% %lld == 0) {\n",
                   (long long)regular->steps);
    if (printer_start(&p, writer, regular->code, &printer_host)) {
        print_step_values(&p, "            ");
        write_text(writer, "            for (int32_t n = 0; n < count; n++) {\n");
        print_neuron(&p, "                ");
        write_text(writer, "            }\n        }\n");
    }
    printer_end(&p);
}

/* Integration and threshold of all neurons of the block. */
static void
print_update(struct writer *writer, const struct code *update)
{
    struct printer p;
    if (printer_start(&p, writer, update, &printer_host)) {
        print_step_values(&p, "        ");
        if (update->result >= 0)
            write_text(writer, "        int32_t any = 0;\n");
        write_text(writer, "        for (int32_t n = 0; n < count; n++) {\n");
        print_neuron(&p, "            ");
        if (update->result >= 0) {
            write_text(writer, "            const int32_t above = ");
            print_operand(&p, update->result);
            write_text(writer, ";\n            spiked[n] = above;\n"
                               "            any |= above;\n");
        }
        write_text(writer, "        }\n");
    }
    printer_end(&p);
}

/* Opens the function: pointers to what it touches. */
static void
print_head(struct writer *writer, const char *name, const struct emit_step *step)
{
    bool seen[MOST_ARRAYS] = {false};
    bool last = uses_lastspike(step->update) ||
                (step->reset && uses_lastspike(step->reset));
    write_text(writer, "#define real %s\nvoid\n%s(bh_frame *f)\n{\n",
               step->update->precision == BH_SINGLE ? "float" : "double", name);
    for (const struct regular *r = step->regular; r; r = r->next) {
        print_arrays(writer, r->code, seen);
        last = last || uses_lastspike(r->code);
    }
    print_arrays(writer, step->update, seen);
    print_arrays(writer, step->reset, seen);
    if (last)
        write_text(writer,
                   "    const int32_t *restrict lastspike_at = f->lastspike;\n");
    if (step->update->result >= 0)
        write_text(writer, "    int32_t *restrict spiked = f->spiked;\n");
    write_text(writer, "    const int32_t steps = f->steps, count = f->count;\n"
                       "    for (int32_t k = 0; k < steps; k++) {\n");
    if (last)
        write_text(writer, "        const int32_t now = f->now + k;\n");
}

void
emit_update(struct writer *writer, const char *name, const struct emit_step *step)
{
    print_comment(writer, step->comment);
    if (step->constants)
        print_constants(writer, step->constants);
    print_head(writer, name, step);
    for (const struct regular *r = step->regular; r; r = r->next)
        print_regular(writer, r);
    print_update(writer, step->update);
    if (step->update->result >= 0)
        print_reset(writer, step->reset);
    write_text(writer, "    }\n}\n#undef real\n");
}

void
emit_reset(struct writer *writer, const char *name, const struct code *reset)
{
    bool seen[MOST_ARRAYS] = {false};
    struct printer p;
    write_text(writer, "#define real %s\nvoid\n%s(bh_frame *f)\n{\n",
               reset->precision == BH_SINGLE ? "float" : "double", name);
    print_arrays(writer, reset, seen);
    if (uses_lastspike(reset))
        write_text(writer,
                   "    const int32_t *restrict lastspike_at = f->lastspike;\n");
    write_text(writer, "    const int32_t k = 0, now = f->now, *neuron;\n"
                       "    const int32_t spikes = f->collect(f, k, &neuron);\n"
                       "    (void)now;\n");
    if (printer_start(&p, writer, reset, &printer_host)) {
        print_step_values(&p, "    ");
        write_text(writer, "    for (int32_t s = 0; s < spikes; s++) {\n"
                           "        const int32_t n = neuron[s];\n");
        print_neuron(&p, "        ");
        write_text(writer, "    }\n}\n#undef real\n");
    }
    printer_end(&p);
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
