/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_TEXT_H
#define BH_CORE_TEXT_H

/* What several readers of users' text need. */

#include "core/api.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// The one of `words` that `word` most likely was meant to be: one begins the other, or
/// few letters (about one in three) differ; NULL where none is near.
BH_API const char *bh_text_nearest(const char *word, const char *const *words,
                                   size_t count);

/// Like strtod, but the decimal point is a point in every locale.
BH_API double bh_text_number(const char *text, char **end);

BH_END_DECLS

#endif
