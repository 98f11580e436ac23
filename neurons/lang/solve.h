/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_LANG_SOLVE_H
#define BH_NEURONS_LANG_SOLVE_H

/* What the integration methods share. */

#include "neurons/lang/lang.h"

struct solver {
    struct env *env;
    struct code *code;
    const struct scope *scope;
    const struct text *text;
    double dt_s;
    int ready;
    bool freeze; /* refractory variables stand still within the method, not by a choice
                  * behind it: where others see them between its stages */
    int variables;
    const struct symbol **variable;
    int *before;
    int noises;
    const struct symbol **noise;
    struct value {
        const char *name;
        bool per_noise;
        int *op; /* [noise][variable], or [variable] */
        struct value *next;
    } * values;
};

/* The symbol t. */
const struct symbol *solve_time(const struct solver *solver);
/* The right-hand side of variable v where the variables and the time have given values,
 * in two parts: the factor of noise k (k >= 0), or what is free of all noise (k < 0).
 */
bh_status solve_right_side(struct solver *solver, const int *at, int time, int v, int k,
                           int *out);
/* x' = M x + b, where nothing in M and b changes within a step: solved exactly. False
 * in `linear` where the equations are not like that; `after` is then as it was. */
bh_status solve_linear(struct solver *solver, int *after, bool *linear);

#endif
