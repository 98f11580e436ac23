/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_CONSOLE_H
#define BH_CLI_CONSOLE_H

/* What the user sees besides the data, and how the user stops a run. */

#include <brianhears.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Writes "bhears: <message>" and a newline to standard error. */
void say(const char *format, ...) BH_PRINTF(1, 2);

/* Where `say` writes: standard error, or what that was before libraries_hush. */
FILE *console(void);
/* What libraries print on standard error by themselves is lost from here on: PortAudio
 * does when a device goes away, from threads of its own. */
void libraries_hush(void);

/* Says what went wrong, and returns the exit status that belongs to it. That who reads
 * standard output has gone is no news to anybody: nothing is said then. */
int fail(const bh_diag *diag);

/* Says so where `path` is "-" and standard output is a terminal, which is no place for
 * a sound file. */
bool output_refused(const char *path);

/* Ends standard output: EXIT_DONE, or says that it could not be written. */
int end_output(void);

/* From here on SIGINT, SIGTERM and SIGHUP are remembered instead of ending the program;
 * the second one does end it. A pipe that nobody reads is a failure to write. */
void signals_catch(void);
/* BH_ERR_STOPPED after such a signal. */
bh_status signals_check(bh_diag *diag);

/* A line on standard error that says how far a run is: only on a terminal, and at most
 * ten times a second. */
struct meter {
    bh_progress *progress; /* NULL: shows nothing */
    double start_s, shown_s;
    bool drawn;
};

/* `total_s` of sound are to come, or NaN. Nothing is shown with --quiet, or where
 * `hidden`. */
bh_status meter_start(struct meter *meter, double total_s, bool hidden, bh_diag *diag);
void meter_show(struct meter *meter, double done_s);
/* The same by numbers of things: "37 of 1000 sounds ...". */
void meter_count(struct meter *meter, size_t done, size_t total, const char *what);
/* Takes the line away, until the next time it is shown. */
void meter_hide(struct meter *meter);
/* Takes the line away. */
void meter_end(struct meter *meter);

/* The "s" of so many things. */
const char *plural(uint64_t count);

/* Seconds on a steady clock. */
double clock_s(void);

#endif
