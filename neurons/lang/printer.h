/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_LANG_PRINTER_H
#define BH_NEURONS_LANG_PRINTER_H

/* Prints code as the body of a loop over elements (neurons, synapses). Whoever prints a
 * function writes what stands around the body:
 *
 *     if (printer_start(&p, writer, code, &style)) {
 *         print_step_values(&p, indent);   what is computed once a step
 *         ... the head of the loop over n ...
 *         print_neuron(&p, indent);        loads, named values, stores
 *     }
 *     printer_end(&p);
 *
 * The printed text expects the type `real`, the functions of core/math_kernel.h, a
 * pointer x_at for each stored variable x, and the names that print_step_values uses.
 */

#include "neurons/lang/lang.h"

struct printer;

/* What differs between targets, and between neurons and other elements. */
struct printer_style {
    const char *draw;    /* what follows the name of drawn numbers: normal0[n] */
    const char *poisson; /* a call up to its last argument, the mean; %d is the term */
    bool device;         /* a kernel of neuron n, not a loop: neurons/device_kernel.h */
    bool single;         /* one element after the other: no loop for vector code */
    bool held;           /* x_at is the one value of this element, not an array */
    /* A linked variable that has no row in memory, and where its value is. */
    const struct symbol *near;
    const char *near_at;
    /* The index of a symbol's value in its array; NULL: n for all. */
    const char *(*index)(const struct symbol *symbol);
    /* Prints a load of its own way; false leaves it to the printer. Drawn numbers are
     * then its business too. */
    bool (*load)(struct printer *p, const struct op *op, const char *indent);
};

/* One element a pass of a loop over n, in C for the host. */
extern const struct printer_style printer_host;
/* One element a thread, in CUDA C for a GPU. */
extern const struct printer_style printer_device;

/* A piece of code that is being printed. A user's name x is printed as x_: it can then
 * be no keyword, function or macro of C. */
struct printer {
    struct writer *writer;
    const struct code *code;
    const struct printer_style *style;
    int *depth;
    bool *named; /* printed as a name: t<number>, or s<number> where it is a scalar */
    int *number;
    bool *bound; /* constants that something is compared with: printed as b<number> */
    bool scalar; /* printing what is computed once a step, in double */
};

/* Decides which operations get a name; false where there is no memory, which the writer
 * then knows too. printer_end is due in either case. */
bool printer_start(struct printer *p, struct writer *writer, const struct code *code,
                   const struct printer_style *style);
void printer_end(struct printer *p);

/* An operation's expression with its arguments in place of a, b and c, and the same in
 * brackets or by its name. */
void print_op(struct printer *p, int i);
void print_operand(struct printer *p, int i);
/* What is computed once a step, and pointers to the rows of this step. */
void print_step_values(struct printer *p, const char *indent);
/* Loads, named values and stores of one element. */
void print_neuron(struct printer *p, const char *indent);
/* Declares a pointer to each stored variable that a code touches, if it is the first:
 * `seen` has MOST_ARRAYS. NULL code touches nothing. */
void print_arrays(struct writer *writer, const struct code *code, bool *seen);
void print_device_arrays(struct writer *writer, const struct code *code, bool *seen);
/* The same as values of neuron n, to be held while it takes its steps; and back to
 * where they were: `stored` has MOST_ARRAYS too. */
void print_held(struct writer *writer, const struct code *code, bool *seen);
void print_release(struct writer *writer, const struct code *code, bool *stored);
/* The user's text as a comment: printable characters only, and no end of a comment. */
void print_comment(struct writer *writer, const char *comment);
bool uses_lastspike(const struct code *code);

#endif
