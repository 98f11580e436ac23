/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_API_H
#define BH_CORE_API_H

/* What the marks on a public declaration mean. */

/// Part of the library's interface; everything else is hidden.
#define BH_API       __attribute__((visibility("default")))
/// The result is a status that must be looked at.
#define BH_NODISCARD __attribute__((warn_unused_result))
/// Neither allocates, locks, prints nor waits: may be called from an audio thread.
#define BH_REALTIME
/// Format checking for functions that take a printf format.
#define BH_PRINTF(text, first) __attribute__((format(printf, text, first)))

#ifdef __cplusplus
#define BH_BEGIN_DECLS extern "C" {
#define BH_END_DECLS   }
#else
#define BH_BEGIN_DECLS
#define BH_END_DECLS
#endif

#endif
