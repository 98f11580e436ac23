/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_LANG_INTERP_H
#define BH_NEURONS_LANG_INTERP_H

#include "core/cpu.h"
#include "neurons/lang/lang.h"

BH_ISA_DECLARE(struct interp_ops, interp_ops);

#endif
