/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "cli/console.h"

#include "cli/command.h"
#include "cli/common.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_S 0.1

static atomic_int caught; /* read on the threads of a run too */
static struct timespec caught_at;

static FILE *own_console;

FILE *
console(void)
{
    return own_console ? own_console : stderr;
}

void
libraries_hush(void)
{
#ifdef __GLIBC__ /* where `stderr` is a variable */
    FILE *nowhere = fopen("/dev/null", "w");
    if (!nowhere)
        return;
    own_console = stderr;
    stderr = nowhere;
#endif
}

void
say(const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    /* Names of files and options may hold anything; a terminal should not obey it. */
    for (char *at = text; *at; at++)
        if (iscntrl((unsigned char)*at) && *at != '\n' && *at != '\t')
            *at = '?';
    fprintf(console(), "bhears: %s\n", text);
}

/* Whether who read standard output has gone. */
static bool
is_deserted(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) > 0 && (out.revents & POLLERR) != 0;
}

int
fail(const bh_diag *diag)
{
    char text[1024];
    if (diag->status == BH_ERR_FILE && is_deserted())
        return 128 + SIGPIPE;
    bh_diag_format(diag, text, sizeof text);
    say("%s", text);
    switch (diag->status) {
    case BH_ERR_ARGUMENT:
    case BH_ERR_TEXT:
        return EXIT_USAGE;
    case BH_ERR_STOPPED:
        return caught ? 128 + (int)caught : EXIT_RUN_FAILED;
    default:
        return EXIT_RUN_FAILED;
    }
}

bool
output_refused(const char *path)
{
    if (strcmp(path, "-") != 0 || !isatty(STDOUT_FILENO))
        return false;
    say("standard output is a terminal, which is no place for a WAV file; send it to a "
        "file or a program");
    return true;
}

int
end_output(void)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_DONE;
    if (is_deserted())
        return 128 + SIGPIPE;
    say("cannot write to standard output: %s", errno ? strerror(errno) : "write error");
    return EXIT_RUN_FAILED;
}

/* The first signal is remembered. Some send it twice at once, to the process and to its
 * group (timeout of coreutils does), so a second one ends the program only if it comes
 * half a second later: somebody is impatient. */
static void
remember(int number)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!caught) {
        caught_at = now;
        caught = number;
        return;
    }
    double waited_s = (double)(now.tv_sec - caught_at.tv_sec) +
                      1e-9 * (double)(now.tv_nsec - caught_at.tv_nsec);
    if (waited_s < 0.5)
        return;
    signal(number, SIG_DFL);
    raise(number);
}

static void
ignore(int number)
{
    (void)number;
}

void
signals_catch(void)
{
    /* With a handler, unlike SIG_IGN, programs that are started stay as they are. */
    const struct sigaction none = {.sa_handler = ignore, .sa_flags = SA_RESTART};
    sigaction(SIGPIPE, &none, NULL);
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = remember, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sigaction before;
        /* nohup and shells' background jobs ignore some: that stays. */
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
}

bh_status
signals_check(bh_diag *diag)
{
    return caught ? bh_diag_set(diag, BH_ERR_STOPPED, "interrupted") : BH_OK;
}

const char *
plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

double
clock_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

bh_status
meter_start(struct meter *meter, double total_s, bool hidden, bh_diag *diag)
{
    const char *terminal = getenv("TERM");
    *meter = (struct meter){.start_s = clock_s(), .shown_s = clock_s()};
    if (hidden || common()->quiet || !isatty(STDERR_FILENO) ||
        (terminal && strcmp(terminal, "dumb") == 0))
        return BH_OK;
    return bh_progress_new(total_s, &meter->progress, diag);
}

/* Whether it is time to show something; then it is shown now. */
static bool
meter_due(struct meter *meter)
{
    const double now = meter->progress ? clock_s() : 0;
    if (!meter->progress || now < meter->shown_s + REDRAW_S)
        return false;
    meter->shown_s = now;
    return meter->drawn = true;
}

void
meter_show(struct meter *meter, double done_s)
{
    char text[160];
    if (!meter_due(meter))
        return;
    bh_progress_text(meter->progress, done_s, text, sizeof text);
    fprintf(console(), "\r%s\033[K", text);
}

void
meter_count(struct meter *meter, size_t done, size_t total, const char *what)
{
    char elapsed[40], left[40];
    if (!meter_due(meter))
        return;
    const double took_s = meter->shown_s - meter->start_s;
    bh_progress_duration(took_s, elapsed, sizeof elapsed);
    fprintf(console(), "\r%zu of %zu %s, %s elapsed", done, total, what, elapsed);
    if (done > 0 && done < total) {
        bh_progress_duration(took_s / (double)done * (double)(total - done), left,
                             sizeof left);
        fprintf(console(), ", approximately %s remaining", left);
    }
    fputs("\033[K", console());
}

void
meter_hide(struct meter *meter)
{
    if (meter->drawn)
        fputs("\r\033[K", console());
    meter->drawn = false;
}

void
meter_end(struct meter *meter)
{
    meter_hide(meter);
    bh_progress_free(meter->progress);
    *meter = (struct meter){0};
}
