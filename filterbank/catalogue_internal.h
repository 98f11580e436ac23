/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_CATALOGUE_INTERNAL_H
#define BH_FILTERBANK_CATALOGUE_INTERNAL_H

/* The tables of kinds (catalogue_kinds.c, catalogue_given.c) as catalogue.c reads them,
 * one behind the other. */

#include "filterbank/catalogue.h"

enum { BANK_MOST_PARAMS = 16 };

struct bank_list {
    double *numbers;
    size_t count;
};

/* What a kind makes a bank of: values in the order of its parameters; of lists the
 * first number, and all of them. */
struct bank_order {
    double samplerate_hz;
    const double *cf_hz;
    size_t channels;
    const double *value;
    const struct bank_list *list;
    bh_precision precision;
};

struct bank_entry {
    bh_bank_kind kind;
    bh_status (*make)(const struct bank_order *order, bh_filterbank **out,
                      bh_diag *diag);
};

extern const struct bank_entry bank_entries[];
extern const size_t bank_entry_count;
extern const struct bank_entry given_bank_entries[];
extern const size_t given_bank_entry_count;

#endif
