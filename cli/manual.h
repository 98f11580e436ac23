/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_MANUAL_H
#define BH_CLI_MANUAL_H

/* Manual pages from the tables, as scdoc(5) takes them. */

#include "cli/command.h"

void manual_overview(FILE *out);
void manual_command(FILE *out, const struct command *command);

#endif
