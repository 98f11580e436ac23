/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_QUANTITY_H
#define BH_CLI_QUANTITY_H

#include <brianhears.h>

/* Numbers with units as people write them on a command line. */

enum quantity { QUANTITY_FREQUENCY, QUANTITY_TIME };

/* Reads "20Hz", "20 kHz", "1.5*s", "50ms": a decimal number and a unit, to Hz or s. The
 * unit must be there. */
bh_status quantity_parse(const char *text, enum quantity quantity, double *si,
                         bh_diag *diag);

#endif
