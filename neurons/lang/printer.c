/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/printer.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Expressions deeper than this get a name: compilers bound the depth of brackets. */
enum { DEEPEST = 30 };

void
write_text(struct writer *writer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0 || writer->failed)
        return;
    size_t needed = writer->length + (size_t)length + 1;
    if (needed > writer->capacity) {
        size_t capacity = 2 * needed + 1024;
        char *text = realloc(writer->text, capacity);
        if (!text) {
            writer->failed = true;
            return;
        }
        writer->text = text;
        writer->capacity = capacity;
    }
    va_start(args, format);
    vsnprintf(writer->text + writer->length, (size_t)length + 1, format, args);
    va_end(args);
    writer->length += (size_t)length;
}

void
writer_free(struct writer *writer)
{
    free(writer->text);
    *writer = (struct writer){0};
}

static void
print_number(struct printer *p, double value)
{
    char digits[40];
    bool single = p->code->precision == BH_SINGLE && !p->scalar;
    if (isnan(value) || isinf(value)) {
        write_text(p->writer, isnan(value) ? "((real)NAN)"
                              : value > 0  ? "((real)INFINITY)"
                                           : "(-(real)INFINITY)");
        return;
    }
    snprintf(digits, sizeof digits, single ? "%.9g" : "%.17g",
             single ? (double)(float)value : value);
    if (!strpbrk(digits, ".e"))
        strcat(digits, ".0");
    write_text(p->writer, signbit(value) ? "(%s%s)" : "%s%s", digits,
               single ? "f" : "");
}

void
print_operand(struct printer *p, int i)
{
    const struct op *op = &p->code->ops[i];
    if (op->code == OP_CONST && p->bound[i])
        write_text(p->writer, "b%d", i);
    else if (op->code == OP_CONST)
        print_number(p, op->number);
    else if (p->named[i] && op->rate == RATE_STEP)
        write_text(p->writer, p->scalar ? "s%d" : "(real)s%d", p->number[i]);
    else if (op->code == OP_LOAD)
        write_text(p->writer, "%s_", op->symbol->name);
    else if (op_is_drawn(op->code))
        write_text(p->writer, "%s%d%s", op->code == OP_RAND ? "uniform" : "normal",
                   (int)op->number, p->style->draw);
    else if (p->named[i])
        write_text(p->writer, "t%d", p->number[i]);
    else {
        write_text(p->writer, "(");
        print_op(p, i);
        write_text(p->writer, ")");
    }
}

/* A function's name for the working type: sin or sinf, bh_exp or bh_expf. */
static const char *
print_function(struct printer *p, const char *at)
{
    bool single = p->code->precision == BH_SINGLE && !p->scalar;
    const char *end = strchr(at, ')');
    write_text(p->writer, "%s%.*s%s", *at == 'K' ? "bh_" : "", (int)(end - at - 2),
               at + 2, single ? "f" : "");
    return end + 1;
}

/* Of a value that every element has: in its array, or where it alone is held. */
static const char *
own_index(const struct printer *p)
{
    return p->style->held ? "0" : "n";
}

/* Prints the operation's expression with its arguments in place of a, b and c. */
void
print_op(struct printer *p, int i)
{
    const struct op *op = &p->code->ops[i];
    if (op->code == OP_READY) {
        const struct op *steps = &p->code->ops[op->arg[0]];
        if (steps->code == OP_CONST && steps->number <= INT32_MAX / 2) {
            write_text(p->writer, "now - lastspike_at[%s] >= %d", own_index(p),
                       (int)steps->number);
            return;
        }
        write_text(p->writer, "(real)(now - lastspike_at[%s]) >= ", own_index(p));
        print_operand(p, op->arg[0]);
        return;
    }
    if (op->code == OP_ROW || op->code == OP_CELL) {
        write_text(p->writer, "%sbh_table_%s(f->table[%d], ", p->scalar ? "" : "(real)",
                   op->code == OP_ROW ? "row" : "cell", op->symbol->slot);
        print_operand(p, op->arg[0]);
        if (op->code == OP_CELL) {
            write_text(p->writer, ", ");
            print_operand(p, op->arg[1]);
        }
        write_text(p->writer, ")");
        return;
    }
    if (op->code == OP_POISSON) {
        write_text(p->writer, p->style->poisson, (int)op->number);
        print_operand(p, op->arg[0]);
        write_text(p->writer, ")");
        return;
    }
    for (const char *c = op_info(op->code)->expression; *c;) {
        const char *end = c;
        while (isalnum((unsigned char)*end) || *end == '_')
            end++;
        if (end - c == 1 && (*c == 'R' || *c == 'K') && *end == '(') {
            c = print_function(p, c);
            continue;
        }
        if (end - c == 1 && *c >= 'a' && *c <= 'c')
            print_operand(p, op->arg[*c - 'a']);
        else if (end > c)
            write_text(p->writer, "%.*s", (int)(end - c), c);
        else
            write_text(p->writer, "%c", *c++);
        if (end > c)
            c = end;
    }
}

/* How often an operation's expression writes its j-th argument. */
static int
mentions(enum op_code code, int j)
{
    int count = 0;
    const char *text = op_info(code)->expression;
    for (const char *c = text ? text : ""; *c; c++)
        if (*c == 'a' + j && (c == text || !isalnum((unsigned char)c[-1])) &&
            !isalnum((unsigned char)c[1]))
            count++;
    return count;
}

static void
name_repeated_arguments(struct printer *p)
{
    for (int i = 0; i < p->code->count; i++)
        for (int j = 0; p->code->ops[i].uses > 0 && j < 3; j++) {
            int arg = p->code->ops[i].arg[j];
            if (arg >= 0 && p->code->ops[arg].code != OP_CONST &&
                mentions(p->code->ops[i].code, j) > 1)
                p->named[arg] = true;
        }
}

/* The bounds of max and min. Where elements are taken one by one, compilers make a
 * branch of a bound that they know to be a number, and one instruction of any other. */
static void
name_bounds(struct printer *p)
{
    for (int i = 0; p->style->single && i < p->code->count; i++) {
        const struct op *op = &p->code->ops[i];
        if (op->uses > 0 && (op->code == OP_MAX || op->code == OP_MIN) &&
            op->rate == RATE_NEURON && p->code->ops[op->arg[1]].code == OP_CONST)
            p->bound[op->arg[1]] = true;
    }
}

const struct printer_style printer_host = {.draw = "[n]",
                                           .poisson = "(real)f->poisson(f, %d, n, k, "};

const struct printer_style printer_device = {
    .draw = "", .poisson = "(real)bh_device_poisson(f, %d, n, k, ", .device = true};

bool
printer_start(struct printer *p, struct writer *writer, const struct code *code,
              const struct printer_style *style)
{
    int count = 0;
    *p = (struct printer){.writer = writer, .code = code, .style = style};
    p->depth = calloc((size_t)code->count + 1, sizeof *p->depth);
    p->named = calloc((size_t)code->count + 1, sizeof *p->named);
    p->number = calloc((size_t)code->count + 1, sizeof *p->number);
    p->bound = calloc((size_t)code->count + 1, sizeof *p->bound);
    if (!p->depth || !p->named || !p->number || !p->bound) {
        writer->failed = true;
        return false;
    }
    name_repeated_arguments(p);
    name_bounds(p);
    for (int i = 0; i < code->count; i++) {
        const struct op *op = &code->ops[i];
        for (int j = 0; j < 3; j++)
            if (op->arg[j] >= 0 && p->depth[op->arg[j]] >= p->depth[i])
                p->depth[i] = p->depth[op->arg[j]] + 1;
        p->named[i] = op->code != OP_CONST &&
                      (p->named[i] || op->uses > 1 || op->rate == RATE_STEP ||
                       p->depth[i] >= DEEPEST);
        if (p->named[i])
            p->depth[i] = 0;
        bool leaf = op->code == OP_LOAD && op->rate == RATE_NEURON;
        if (p->named[i] && op->uses > 0 && !leaf)
            p->number[i] = ++count;
    }
    return true;
}

void
printer_end(struct printer *p)
{
    free(p->depth);
    free(p->named);
    free(p->number);
    free(p->bound);
}

bool
uses_lastspike(const struct code *code)
{
    for (int i = 0; code && i < code->count; i++) {
        const struct op *op = &code->ops[i];
        bool time = op->code == OP_LOAD && op->symbol->kind == SYMBOL_LASTSPIKE;
        if (op->uses > 0 && (time || op->code == OP_READY))
            return true;
    }
    return false;
}

/* Random numbers: a row for the block, or the neuron's own. */
static void
print_draw(struct printer *p, const struct op *op, const char *indent)
{
    const int term = (int)op->number;
    bool uniform = op->code == OP_RAND;
    if (!p->style->device)
        write_text(p->writer,
                   uniform ? "%sconst real *restrict uniform%d = "
                             "f->uniforms(f, %d, k);\n"
                           : "%sconst float *restrict normal%d = "
                             "f->normals(f, %d, k);\n",
                   indent, term, term);
    else if (!uniform)
        write_text(p->writer,
                   "%sconst float normal%d = bh_device_normal(f, %d, n, k);\n", indent,
                   term, term);
    else
        write_text(p->writer,
                   "%sconst real uniform%d = bh_device_uniform%s(f, %d, n, k);\n",
                   indent, term, p->code->precision == BH_SINGLE ? "f" : "", term);
}

/* What is computed once a step, and pointers to the rows of this step. */
void
print_step_values(struct printer *p, const char *indent)
{
    for (int i = 0; i < p->code->count; i++) {
        const struct op *op = &p->code->ops[i];
        if (p->bound[i]) {
            write_text(p->writer, "%sreal b%d = ", indent, i);
            print_number(p, op->number);
            write_text(p->writer, ";\n%sBH_HIDE_NUMBER(b%d);\n", indent, i);
        }
        if (op->uses == 0 || (p->style->load && op->rate != RATE_STEP))
            continue;
        if (op->rate == RATE_STEP) {
            p->scalar = true;
            write_text(p->writer, "%sconst double s%d = ", indent, p->number[i]);
            if (op->code == OP_LOAD)
                write_text(p->writer, op->symbol->kind == SYMBOL_STEP
                                          ? "(double)(f->step + k)"
                                          : "(double)(f->step + k) * f->dt");
            else
                print_op(p, i);
            write_text(p->writer, ";\n");
            p->scalar = false;
        } else if (op_is_drawn(op->code)) {
            print_draw(p, op, indent);
        } else if (op->code == OP_LOAD && op->symbol->linked && !p->style->device) {
            write_text(p->writer,
                       "%sconst real *restrict %s_at = f->input(f, %d, k);\n", indent,
                       op->symbol->name, op->symbol->slot);
        }
    }
}

static const char *
index_of(const struct printer *p, const struct symbol *symbol)
{
    return p->style->index ? p->style->index(symbol) : own_index(p);
}

static void
print_load(struct printer *p, const struct op *op, const char *indent)
{
    const char *name = op->symbol->name, *index = index_of(p, op->symbol);
    bool boolean = op->type == TYPE_BOOLEAN;
    if (p->style->load && p->style->load(p, op, indent))
        return;
    if (op->symbol->kind == SYMBOL_INDEX)
        write_text(p->writer, "%sconst real %s_ = (real)(f->first + %s);\n", indent,
                   name, p->style->held ? "n" : index);
    else if (op->symbol->kind == SYMBOL_LASTSPIKE)
        write_text(p->writer,
                   "%sconst real %s_ = (real)((double)(f->step + k) * f->dt - "
                   "(double)(now - lastspike_at[%s]) * f->dt);\n",
                   indent, name, index);
    else if (op->symbol->linked && p->style->near &&
             op->symbol->slot == p->style->near->slot)
        write_text(p->writer, "%sconst %s %s_ = %s%s;\n", indent,
                   boolean ? "int" : "real", name, p->style->near_at,
                   boolean ? " != 0" : "");
    else if (op->symbol->linked && p->style->device)
        write_text(p->writer,
                   "%sconst %s %s_ = ((const real *)f->input[%d].rows)"
                   "[bh_device_place(f, &f->input[%d], n, k)]%s;\n",
                   indent, boolean ? "int" : "real", name, op->symbol->slot,
                   op->symbol->slot, boolean ? " != 0" : "");
    else
        write_text(p->writer, "%sconst %s %s_ = %s_at[%s]%s;\n", indent,
                   boolean ? "int" : "real", name, name, index, boolean ? " != 0" : "");
}

/* Loads, named values and stores of one neuron. */
void
print_neuron(struct printer *p, const char *indent)
{
    const struct code *code = p->code;
    for (int i = 0; i < code->count; i++) {
        const struct op *op = &code->ops[i];
        if (op->uses == 0 || op->rate != RATE_NEURON)
            continue;
        if (op->code == OP_LOAD) {
            print_load(p, op, indent);
        } else if (p->named[i] && !op_is_drawn(op->code)) {
            write_text(p->writer, "%sconst %s t%d = ", indent,
                       op->type == TYPE_BOOLEAN ? "int" : "real", p->number[i]);
            print_op(p, i);
            write_text(p->writer, ";\n");
        }
    }
    for (int s = 0; s < code->store_count; s++) {
        const struct op *op = &code->ops[code->stores[s].op];
        const struct symbol *to = code->stores[s].symbol;
        write_text(p->writer, "%s%s_at[%s] = ", indent, to->name, index_of(p, to));
        if (op->code == OP_LOAD || op->code == OP_CONST || p->named[code->stores[s].op])
            print_operand(p, code->stores[s].op);
        else if (op_is_drawn(op->code))
            print_operand(p, code->stores[s].op);
        else
            print_op(p, code->stores[s].op);
        write_text(p->writer, ";\n");
    }
}

/* Whether a code touches a stored variable, or one that it stores, for the first time;
 * i counts operations, then stores. */
static const struct symbol *
first_touched(const struct code *code, int i, bool *seen)
{
    const struct op *op = i < code->count ? &code->ops[i] : NULL;
    const struct symbol *symbol = op ? op->symbol
                                     : code->stores[i - code->count].symbol;
    if (!symbol || (op && op->uses == 0) || symbol->linked ||
        (symbol->kind != SYMBOL_STATE && symbol->kind != SYMBOL_PARAMETER &&
         symbol->kind != SYMBOL_SUBEXPRESSION &&
         symbol->kind != SYMBOL_NOT_REFRACTORY) ||
        seen[symbol->slot])
        return NULL;
    seen[symbol->slot] = true;
    return symbol;
}

/* A line for each such variable, with its name and its number. */
static void
print_touched(struct writer *writer, const struct code *code, bool *seen,
              const char *const text[3])
{
    for (int i = 0; code && i < code->count + code->store_count; i++) {
        const struct symbol *symbol = first_touched(code, i, seen);
        if (symbol)
            write_text(writer, "    %s%s%s%d%s\n", text[0], symbol->name, text[1],
                       symbol->slot, text[2]);
    }
}

void
print_arrays(struct writer *writer, const struct code *code, bool *seen)
{
    static const char *const text[] = {"real *restrict ", "_at = f->array[", "];"};
    print_touched(writer, code, seen, text);
}

/* CUDA is C++ */
void
print_device_arrays(struct writer *writer, const struct code *code, bool *seen)
{
    static const char *const text[] = {"real *restrict ", "_at = (real *)f->array[",
                                       "];"};
    print_touched(writer, code, seen, text);
}

void
print_held(struct writer *writer, const struct code *code, bool *seen)
{
    static const char *const text[] = {"real ", "_at[1] = {((const real *)f->array[",
                                       "])[n]};"};
    print_touched(writer, code, seen, text);
}

void
print_release(struct writer *writer, const struct code *code, bool *stored)
{
    for (int s = 0; code && s < code->store_count; s++) {
        const struct symbol *symbol = first_touched(code, code->count + s, stored);
        if (symbol)
            write_text(writer, "    ((real *)f->array[%d])[n] = %s_at[0];\n",
                       symbol->slot, symbol->name);
    }
}

/* The user's text as a comment: printable characters only, and no end of a comment. */
void
print_comment(struct writer *writer, const char *comment)
{
    write_text(writer, "\n/* ");
    for (const char *c = comment; *c; c++)
        if (*c == '\n')
            write_text(writer, "\n * ");
        else if (*c >= ' ' && *c <= '~' &&
                 !(*c == '/' && c > comment && c[-1] == '*') &&
                 !(*c == '*' && c[1] == '/'))
            write_text(writer, "%c", *c);
        else
            write_text(writer, " ");
    write_text(writer, " */\n");
}
