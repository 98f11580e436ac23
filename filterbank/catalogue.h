/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_CATALOGUE_H
#define BH_FILTERBANK_CATALOGUE_H

/* Every kind of filterbank under its name, with its parameters, units, defaults, ranges
 * and source: what lists them, documents them or makes one from text reads this. */

#include "filterbank/filterbank.h"

#include <stdbool.h>

BH_BEGIN_DECLS

/// A parameter of a kind of bank: a number, some numbers, or one of some words.
typedef struct bh_bank_param {
    const char *name;
    const char *about;
    const char *unit;   ///< "Hz"; "" for a pure number
    double preset;      ///< what it is where it is not given
    double least, most; ///< its range, ends included
    const char *const
        *choices; ///< words, ended by NULL; then `preset` is which of them
    bool whole;   ///< whole numbers only
    size_t list;  ///< how many numbers there may be, as "1,-0.5"; 0: just one
} bh_bank_param;

typedef struct bh_bank_kind {
    const char *name;   ///< "gammatone"
    const char *about;  ///< one line
    const char *source; ///< the paper
    const bh_bank_param *params;
    size_t param_count;
    bool takes_cf; ///< false where all channels do the same, without one
} bh_bank_kind;

/// How many kinds there are, each of them (NULL behind the last), and one by its name
/// (NULL where there is none). They live for ever.
BH_API size_t bh_bank_kind_count(void);
BH_API const bh_bank_kind *bh_bank_kind_at(size_t i);
BH_API const bh_bank_kind *bh_bank_kind_find(const char *name);

/// A parameter and its value as text: "b" and "1.019", "min_bw" and "24.7 Hz".
typedef struct bh_bank_setting {
    const char *name, *value;
} bh_bank_setting;

/// A bank of a kind, with centre frequencies (Hz, copied; NULL will do where the kind
/// takes none) and settings in any order.
///
/// Every setting is checked: unknown names, words and units and values outside their
/// range give one sentence that names what would be right. The rest is as the header of
/// the kind says.
BH_API BH_NODISCARD bh_status bh_bank_new(const bh_bank_kind *kind,
                                          double samplerate_hz, const double *cf_hz,
                                          size_t channels,
                                          const bh_bank_setting *settings, size_t count,
                                          bh_precision precision, bh_filterbank **out,
                                          bh_diag *diag);

BH_END_DECLS

#endif
