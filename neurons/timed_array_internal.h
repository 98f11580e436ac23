/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_TIMED_ARRAY_INTERNAL_H
#define BH_NEURONS_TIMED_ARRAY_INTERNAL_H

#include "neurons/lang/lang.h"
#include "neurons/timed_array.h"

/* The values of one array, shared by the namespaces and scopes that know it. */
struct timed_array;

struct timed_array *timed_array_keep(struct timed_array *array);
/* NULL is allowed. */
void timed_array_release(struct timed_array *array);

/* namespace.c: the value of an expression of numbers, units and the namespace's. */
bh_status namespace_evaluate(const bh_namespace *names, const char *name,
                             const char *value, bh_diag *diag, double *number,
                             struct bh_dim *dim);
/* Gives an array a name; the namespace releases it. */
bh_status namespace_put_array(bh_namespace *names, const char *name,
                              struct timed_array *array, bh_diag *diag);
/* The array of the i-th name, or NULL where that is a number. */
struct timed_array *namespace_array(const bh_namespace *names, size_t i);

/* The array as steps of `dt_s` see it, under a name of the scope, which keeps it. */
bh_status scope_add_array(struct scope *scope, const char *name,
                          struct timed_array *array, double dt_s);
/* Lets go of what the scope keeps. */
void scope_release(struct scope *scope);

#endif
