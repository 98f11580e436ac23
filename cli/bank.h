/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_BANK_H
#define BH_CLI_BANK_H

/* Filterbanks of any kind, one or some in a row, from the command line. */

#include "cli/ear.h"

struct bank_settings {
    const char *kinds, *cf; /* lists; of frequencies, or NULL */
    struct range range;     /* zeros where it is not given */
    int64_t channels;       /* 0 where it is not given */
    struct text_list set;
};

extern const struct setting bank_table[5];

#define BANK_SETTINGS(type, member) SETTINGS("Filterbank", bank_table, type, member)

/* The most banks in a row. */
enum { CHAIN_MOST = 8 };

/* The settings as they are used. */
struct chain {
    const bh_bank_kind *kind[CHAIN_MOST];
    size_t length;
    bool takes_cf; /* one of the kinds */
    struct range range;
    size_t channels;
    double *cf_hz; /* NULL until there is a sound, and where no kind has places */
    bh_bank_setting set[64];
    const bh_bank_kind *set_of[64]; /* whose it is */
    size_t count;
    char *texts; /* that `set` points into */
};

/* The kind of that name; where there is none the sentence has the nearest one. */
bh_status bank_find(const char *name, const bh_bank_kind **out, bh_diag *diag);

/* What can be said of the settings before there is a sound. On failure nothing is left
 * to free. */
bh_status chain_read(const struct bank_settings *settings, struct chain *out,
                     bh_diag *diag);
void chain_free(struct chain *chain);

/* Makes the banks and puts them behind the sound of `ear`. */
bh_status chain_put(struct chain *chain, bh_precision precision, struct ear *ear,
                    bh_diag *diag);

#endif
