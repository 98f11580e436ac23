/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_MODELS_MODEL_SCHEMA_H
#define BH_MODELS_MODEL_SCHEMA_H

/* What a model file may say, for editors and for people: both are made from the table
 * that bh_model_read goes by. */

#include "core/api.h"

BH_BEGIN_DECLS

/// Takes a piece of text; pieces come in order.
typedef void bh_text_sink(void *user, const char *text);

/// Writes the JSON Schema (draft 07, https://json-schema.org) of model files. Editors
/// that know YAML complete keys and mark wrong ones with it.
BH_API void bh_model_schema_json(bh_text_sink *sink, void *user);

/// Writes the page of reference in Markdown: every part with its keys, units, defaults
/// and ranges.
BH_API void bh_model_schema_page(bh_text_sink *sink, void *user);

BH_END_DECLS

#endif
