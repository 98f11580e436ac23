/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_BANK_H
#define BH_CLI_BANK_H

/* A filterbank of any kind from the command line. */

#include "cli/ear.h"

struct bank_settings {
    const char *kind, *cf; /* a list of frequencies, or NULL */
    struct range range;    /* zeros where it is not given */
    int64_t channels;      /* 0 where it is not given */
    struct text_list set;
};

extern const struct setting bank_table[5];

#define BANK_SETTINGS(type, member) SETTINGS("Filterbank", bank_table, type, member)

/* The settings as they are used. */
struct bank {
    const bh_bank_kind *kind;
    struct range range;
    size_t channels;
    double *cf_hz; /* NULL where the range says it, or the kind has none */
    bh_bank_setting set[64];
    size_t count;
    char *texts; /* that `set` points into */
};

/* The kind of that name; where there is none the sentence has the nearest one. */
bh_status bank_find(const char *name, const bh_bank_kind **out, bh_diag *diag);

/* What can be said of the settings before there is a sound. On failure nothing is left
 * to free. */
bh_status bank_read(const struct bank_settings *settings, struct bank *out,
                    bh_diag *diag);
void bank_free(struct bank *bank);

/* Makes the bank and puts it behind the sound of `ear`. */
bh_status bank_put(const struct bank *bank, bh_precision precision, struct ear *ear,
                   bh_diag *diag);

#endif
