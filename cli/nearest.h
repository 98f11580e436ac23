/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_NEAREST_H
#define BH_CLI_NEAREST_H

#include <stddef.h>

/* The one of `words` that `word` most likely was meant to be: one begins the other, or
 * few letters (about one in three) differ; NULL where none is near. */
const char *nearest(const char *word, const char *const *words, size_t count);

#endif
