/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_MODEL_H
#define BH_CLI_MODEL_H

/* The equations of a nerve fibre from the command line. */

#include "cli/settings.h"

struct model_settings {
    const char *equations, *threshold, *reset, *refractory, *method, *link;
    struct text_list define;
};

extern const struct setting model_table[7];

#define MODEL_SETTINGS(type, member) SETTINGS("Model", model_table, type, member)

extern const char *const precision_names[];

/* The texts as they are used. */
struct model {
    bh_group_config group;
    const char *link;  /* expression of x */
    char variable[64]; /* that the link drives */
    char *file;        /* the equations, where they came from a file */
    bh_namespace *names;
    char *definitions; /* those of --define, in one text */
};

/* Resolves the settings: Brian hears' simple auditory nerve where nothing is given,
 * else the user's own. On failure nothing is left to free. */
bh_status model_open(const struct model_settings *settings, bh_precision precision,
                     struct model *out, bh_diag *diag);
void model_close(struct model *model);

/* Adds `count` fibres of the model to the network and drives them by `source`. */
bh_status model_add(const struct model *model, bh_network *net, size_t count,
                    bh_source *source, bh_group **out, bh_diag *diag);

#endif
