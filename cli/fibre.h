/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_FIBRE_H
#define BH_CLI_FIBRE_H

/* The equations of a nerve fibre from the command line. */

#include "cli/settings.h"

struct fibre_settings {
    const char *equations, *threshold, *reset, *refractory, *method, *link;
    struct text_list define;
};

extern const struct setting fibre_model_table[7];

#define FIBRE_MODEL_SETTINGS(type, member)                                             \
    SETTINGS("Fibre model", fibre_model_table, type, member)

extern const char *const precision_names[];

/* The texts as they are used. */
struct fibre {
    bh_group_config group;
    const char *link;  /* expression of x */
    char variable[64]; /* that the link drives */
    char *file;        /* the equations, where they came from a file */
    bh_namespace *names;
    char *definitions; /* those of --define, in one text */
};

/* Resolves the settings: Brian hears' simple auditory nerve where nothing is given,
 * else the user's own. On failure nothing is left to free. */
bh_status fibre_open(const struct fibre_settings *settings, bh_precision precision,
                     struct fibre *out, bh_diag *diag);
void fibre_close(struct fibre *fibre);

/* Adds `count` fibres of the model to the network and drives them by `source`. */
bh_status fibre_add(const struct fibre *fibre, bh_network *net, size_t count,
                    bh_source *source, bh_group **out, bh_diag *diag);

#endif
