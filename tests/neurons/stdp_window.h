/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_NEURONS_STDP_WINDOW_H
#define BH_TESTS_NEURONS_STDP_WINDOW_H

/* [B2] Brian 2.5.1: a presynaptic spike at 50 ms, a postsynaptic one some time later,
 * with delays of both pathways; the weight after them, which was 0.5. Steps of the
 * traces 0.01 and -0.0105, time constants of 20 ms. */
#include <stddef.h>

static const struct pairing {
    double after_ms;
    const char *delay, *delay_post;
    double w;
} stdp_window[] = {{-20, NULL, NULL, .49613726586769985},
                   {-10, NULL, NULL, .49363142807301735},
                   {-1, NULL, NULL, .4900120910427425},
                   {-.1, NULL, NULL, .4895523689684768},
                   {0, NULL, NULL, .51},
                   {.1, NULL, NULL, .5099501247919268},
                   {1, NULL, NULL, .5095122942450071},
                   {10, NULL, NULL, .5060653065971263},
                   {20, NULL, NULL, .5036787944117144},
                   {10, "3*ms", NULL, .5070468808971871},
                   {2, "3*ms", NULL, .4900120910427425},
                   {10, NULL, "4*ms", .5049658530379141}};
enum { STDP_WINDOW = sizeof stdp_window / sizeof stdp_window[0] };

#endif
