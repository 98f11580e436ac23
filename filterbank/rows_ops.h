/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_ROWS_OPS_H
#define BH_FILTERBANK_ROWS_OPS_H

/* A kind of bank whose channels neither hear nor steer each other: each is a list of
 * numbers, coefficients and state, and BH_LANES channels side by side are a row that a
 * kernel runs. */

#include "filterbank/filterbank_ops.h"

struct bh_rows_config {
    double samplerate_hz;
    const double *cf_hz; ///< NULL for a bank without centre frequencies
    size_t channels;
    size_t fields; ///< numbers of a channel
    bh_precision precision;
    bh_precision row_precision; ///< of the rows; BH_DOUBLE where single is too coarse
    bh_rows_run *run;           ///< the kernel for those precisions
    const char *device_text;    ///< bh_bank_form.text and .scan, or NULL
    const char *device_scan;
};

struct bh_rows;

/// Sample rate, channels and cf, for models whose other checks need them to be right.
BH_NODISCARD bh_status bh_rows_check(const struct bh_rows_config *config,
                                     bh_diag *diag);
/// The same checks, and takes memory.
BH_NODISCARD bh_status bh_rows_new(const struct bh_rows_config *config,
                                   struct bh_rows **out, bh_diag *diag);
void bh_rows_set(struct bh_rows *rows, size_t channel, size_t field, double value);
/// The row of a channel, for what is easier done for all its channels at once.
void *bh_rows_at(struct bh_rows *rows, size_t channel);
/// Makes the bank. What the rows hold now is what they go back to when it is reset.
/// `rows` is the bank's from here on, or gone if this fails.
BH_NODISCARD bh_status bh_rows_finish(struct bh_rows *rows, bh_filterbank **out,
                                      bh_diag *diag);

#endif
