/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_OUTPUT_H
#define BH_IO_OUTPUT_H

#include "core/status.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// Writes a file as a whole: it has its name when it is complete, and what was there
/// before stays where that fails (BH_ERR_FILE). "-" is standard output.
BH_API BH_NODISCARD bh_status bh_output_file(const char *path, const void *data,
                                             size_t size, bh_diag *diag);

BH_END_DECLS

#endif
