/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_LANG_GENERATOR_H
#define BH_NEURONS_LANG_GENERATOR_H

/* parse_generator.c: the text that says which synapses are made. */

#include "neurons/lang/lang.h"

/* value for variable in range(...) if condition */
struct generator_tree {
    struct node *value, *condition; /* condition: or NULL */
    const char *variable;
    bool sample;           /* of the range: with a chance, or of a size */
    struct node *range[3]; /* start, stop, step; NULL where it is not given */
    struct node *chance, *size;
};
bh_status parse_generator(struct lang *lang, const struct text *text,
                          struct generator_tree *out);

#endif
