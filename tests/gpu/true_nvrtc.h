/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_GPU_TRUE_NVRTC_H
#define BH_TESTS_GPU_TRUE_NVRTC_H

#include <stddef.h>

/* Whether the true NVRTC, where the machine has one, takes a text with these options:
 * without a warning, with all variables in registers, and with no instruction that only
 * approximates. 0, or -1 with what is wrong in `why`; 1 where there is no NVRTC. */
int true_nvrtc_check(const char *text, int count, const char *const *options, char *why,
                     size_t size);

#endif
