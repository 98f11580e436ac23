/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_MODELS_PRESET_H
#define BH_MODELS_PRESET_H

/* Models that come with the library, as texts to run (bh_model_read takes their
 * names), to read and to change. */

#include "core/api.h"
#include "core/status.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// How many there are, in the order of their names; the name of each, what it is in one
/// line, and its text (docs/model-files.md). NULL behind the last. They live for ever.
BH_API size_t bh_preset_count(void);
BH_API const char *bh_preset_name(size_t i);
BH_API const char *bh_preset_title(size_t i);
BH_API const char *bh_preset_text(size_t i);

/// Finds one by its name; BH_ERR_ARGUMENT, with the nearest name, where there is none.
BH_API BH_NODISCARD bh_status bh_preset_find(const char *name, size_t *i,
                                             bh_diag *diag);

BH_END_DECLS

#endif
