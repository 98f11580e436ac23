/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/catalogue_internal.h"
#include "filterbank/fir.h"
#include "filterbank/fractional_delay.h"
#include "filterbank/linear.h"

#include <stdlib.h>
#include <string.h>

/* Filters that are not models: what they are is given in numbers. */

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const bh_bank_param fir_params[] = {
    {"taps", "the impulse response, as 0.25,0.5,0.25", "", 1, -1e9, 1e9, NULL, false,
     4096},
};

static bh_status
make_fir(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    const bh_fir_params params = {.taps = order->list[0].numbers,
                                  .length = order->list[0].count,
                                  .same = true,
                                  .cf_hz = order->cf_hz};
    return bh_fir_new(order->samplerate_hz, order->channels, &params, order->precision,
                      out, diag);
}

static const bh_bank_param delay_params[] = {
    {"delay", "how much later than half of the length, below 0 earlier", "s", 0, -0.1,
     0.1, NULL, false, 0},
    {"length", "of the filters, samples; 0: 2048, or 2.5 times the delay", "", 0, 0,
     100000, NULL, true, 0},
};

static bh_status
make_delay(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    double *delay_s = malloc(order->channels * sizeof *delay_s + 1);
    if (!delay_s)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels",
                           order->channels);
    for (size_t ch = 0; ch < order->channels; ch++)
        delay_s[ch] = order->value[0];
    bh_status status = bh_fractional_delay_new(order->samplerate_hz, delay_s,
                                               order->channels, (size_t)order->value[1],
                                               order->precision, out, diag);
    free(delay_s);
    return status;
}

static const bh_bank_param linear_params[] = {
    {"b", "what the input is weighed with, newest first", "", 1, -1e9, 1e9, NULL, false,
     BH_LINEAR_ORDER_MAX + 1},
    {"a", "the same of the output, as 1,-0.95; all are divided by the first", "", 1,
     -1e9, 1e9, NULL, false, BH_LINEAR_ORDER_MAX + 1},
    {"repeats", "filters in a row", "", 1, 1, 64, NULL, true, 0},
};

static bh_status
make_linear(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    const struct bank_list *b = &order->list[0], *a = &order->list[1];
    const size_t taps = b->count > a->count ? b->count : a->count;
    double *all = calloc(order->channels + 1, 2 * taps * sizeof *all);
    if (!all)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels",
                           order->channels);
    double *all_b = all, *all_a = all + order->channels * taps;
    for (size_t ch = 0; ch < order->channels; ch++) {
        memcpy(all_b + ch * taps, b->numbers, b->count * sizeof *all);
        memcpy(all_a + ch * taps, a->numbers, a->count * sizeof *all);
    }
    const bh_linear_params params = {.b = all_b,
                                     .a = all_a,
                                     .order = taps - 1,
                                     .stages = 1,
                                     .repeats = (size_t)order->value[2],
                                     .cf_hz = order->cf_hz};
    bh_status status = bh_linear_new(order->samplerate_hz, order->channels, &params,
                                     order->precision, out, diag);
    free(all);
    return status;
}

const struct bank_entry given_bank_entries[] = {
    {{"linear", "any recursive filter, by its coefficients",
      "Oppenheim and Schafer 2010, Discrete-Time Signal Processing, section 6.3",
      linear_params, COUNT(linear_params), false},
     make_linear},
    {{"fir", "any finite impulse response, by its samples",
      "Oppenheim and Schafer 2010, Discrete-Time Signal Processing, section 6.5",
      fir_params, COUNT(fir_params), false},
     make_fir},
    {{"fractional_delay", "delays by parts of a sample",
      "Laakso et al. 1996, IEEE Signal Process. Mag. 13:30", delay_params,
      COUNT(delay_params), false},
     make_delay},
};

const size_t given_bank_entry_count = COUNT(given_bank_entries);
