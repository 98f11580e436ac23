/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_FILTERBANK_RESPONSE_H
#define BH_TESTS_FILTERBANK_RESPONSE_H

/* What a linear bank of one channel does to a click, and to a tone. */

#include "filterbank/filterbank.h"
#include "tests/check.h"

/* The response to 1 in the first frame, to be freed. */
static inline double *
click_response(bh_filterbank *bank, size_t frames)
{
    bh_diag diag = {0};
    double *click = calloc(frames, sizeof *click), *response = malloc(frames * 8);
    CU_ASSERT_FATAL(click && response);
    click[0] = 1;
    const bh_block in = {click, frames, 1, 1, BH_DOUBLE};
    const bh_block out = {response, frames, 1, 1, BH_DOUBLE};
    CHECK_OK(bh_filterbank_process(bank, in, out, &diag), diag);
    free(click);
    return response;
}

/* The gain at so many cycles a sample. */
static inline double
gain_of(const double *response, size_t frames, double frequency)
{
    double re = 0, im = 0;
    for (size_t t = 0; t < frames; t++) {
        const double cycles = frequency * (double)t;
        const double angle = 6.283185307179586 * (cycles - floor(cycles));
        re += response[t] * cos(angle);
        im += response[t] * sin(angle);
    }
    return sqrt(re * re + im * im);
}

#endif
