/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_GPU_BACKEND_H
#define BH_GPU_BACKEND_H

/* Where filterbanks and networks do their work: on the processor, or on a GPU. The same
 * functions, models and files serve both. */

#include "core/status.h"

BH_BEGIN_DECLS

/// One place to work, for one thread at a time.
typedef struct bh_backend bh_backend;

/// Opens "cpu", "cuda" (the first GPU that the CUDA driver shows; its variable
/// CUDA_VISIBLE_DEVICES picks another) or "auto": a GPU where there is one that works,
/// else the processor, and then bh_backend_notice says why.
///
/// BH_ERR_TEXT for another name; "cuda" fails with what is missing or wrong: no driver,
/// no device, an old driver (BH_ERR_UNSUPPORTED), a device that is lost or taken
/// (BH_ERR_DEVICE). Opening a GPU takes a good part of a second.
BH_API BH_NODISCARD bh_status bh_backend_open(const char *name, bh_backend **out,
                                              bh_diag *diag);
/// After all that works there has been freed. NULL is allowed.
BH_API void bh_backend_free(bh_backend *backend);

/// "cpu" or "cuda": what was opened, also by "auto".
BH_API const char *bh_backend_name(const bh_backend *backend);
/// The GPU's name, or the processor's instruction set.
BH_API const char *bh_backend_describe(const bh_backend *backend);
/// A sentence on why "auto" is the processor; NULL where there is nothing to tell.
BH_API const char *bh_backend_notice(const bh_backend *backend);

/// The GPUs that this library has machine code for, as compilers call them, with blanks
/// between them ("sm_80 sm_90 compute_75": the last for all others from 7.5 on,
/// compiled by the driver); "" where it was built without. Where a GPU takes it,
/// filterbanks need no NVRTC; networks, whose code is made from their equations, always
/// do.
BH_API const char *bh_backend_kernels(void);

/// What banks and networks are placed on (bh_filterbank_place, bh_network_config): the
/// backend's own. NULL is the processor.
BH_API struct bh_device *bh_backend_device(const bh_backend *backend);

BH_END_DECLS

#endif
