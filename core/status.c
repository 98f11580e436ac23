/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *
bh_strerror(bh_status status)
{
    switch (status) {
    case BH_OK:
        return "success";
    case BH_ERR_MEMORY:
        return "out of memory";
    case BH_ERR_ARGUMENT:
        return "a value is out of range";
    case BH_ERR_TEXT:
        return "the text does not read";
    case BH_ERR_FILE:
        return "a file cannot be read or written";
    case BH_ERR_FORMAT:
        return "a file's content is not what it should be";
    case BH_ERR_DATA:
        return "a value is not finite";
    case BH_ERR_UNSUPPORTED:
        return "not possible in this build or on this machine";
    case BH_ERR_STOPPED:
        return "stopped";
    case BH_ERR_DEVICE:
        return "a sound device is not there or went away";
    }
    return "unknown status";
}

bh_status
bh_diag_set(bh_diag *diag, bh_status status, const char *format, ...)
{
    if (!diag)
        return status;
    char text[sizeof diag->text]; /* the arguments may point into diag itself */
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    memset(diag, 0, sizeof *diag);
    diag->status = status;
    memcpy(diag->text, text, strlen(text));
    return status;
}

void
bh_diag_format(const bh_diag *diag, char *buffer, size_t size)
{
    const char *text = diag->text[0] ? diag->text : bh_strerror(diag->status);
    if (diag->line == 0) {
        snprintf(buffer, size, "%s", text);
        return;
    }
    snprintf(buffer, size, "%s:%d:%d: %s\n    %s\n    %*s^", diag->where, diag->line,
             diag->column, text, diag->excerpt, diag->caret > 0 ? diag->caret - 1 : 0,
             "");
}
