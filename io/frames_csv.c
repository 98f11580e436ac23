/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/frames_internal.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    NUMBER_MAX = 40, /* bytes of a number with its comma, "-1.2345678901234567e-308," */
    BUFFER_SIZE = 1 << 18,
};

struct csv {
    struct bh_frames_file file;
    locale_t plain; /* where numbers have a point */
    char *buffer;
    size_t used;
};

static bh_status
flush(struct csv *csv, bh_diag *diag)
{
    const size_t used = csv->used;
    csv->used = 0;
    return bh_output_write(&csv->file.output, csv->buffer, used, diag);
}

/* Adds "<before><number>" with so many significant digits. */
static bh_status
put_number(struct csv *csv, const char *before, double number, int digits,
           bh_diag *diag)
{
    if (csv->used > BUFFER_SIZE - NUMBER_MAX)
        BH_TRY(flush(csv, diag));
    const int length =
        snprintf(csv->buffer + csv->used, NUMBER_MAX, "%s%.*g", before, digits, number);
    csv->used += (size_t)length;
    return BH_OK;
}

/* The fewest digits that bring a number back. */
static int
enough_digits(double number)
{
    char text[NUMBER_MAX];
    for (int digits = 6; digits < 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            return digits;
    }
    return 17;
}

static bh_status
put_header(struct csv *csv, const double *cf_hz, bh_diag *diag)
{
    csv->used = (size_t)snprintf(csv->buffer, NUMBER_MAX, "time_s");
    for (size_t ch = 0; ch < csv->file.channels; ch++)
        if (cf_hz && isfinite(cf_hz[ch]))
            BH_TRY(put_number(csv, ",", cf_hz[ch], enough_digits(cf_hz[ch]), diag));
        else
            BH_TRY(put_number(csv, ",ch", (double)ch, 17, diag));
    return BH_OK;
}

static bh_status
put_time(struct csv *csv, size_t frame, bh_diag *diag)
{
    if (csv->used > BUFFER_SIZE - NUMBER_MAX)
        BH_TRY(flush(csv, diag));
    const int length =
        snprintf(csv->buffer + csv->used, NUMBER_MAX, "\n%.9f",
                 (double)(csv->file.written + frame) / csv->file.samplerate_hz);
    csv->used += (size_t)length;
    return BH_OK;
}

static bh_status
put_frames(struct csv *csv, const void *samples, size_t frames, bh_diag *diag)
{
    const size_t channels = csv->file.channels;
    const float *singles = samples;
    const double *doubles = samples;
    const bool single = csv->file.precision == BH_SINGLE;
    for (size_t t = 0; t < frames; t++) {
        BH_TRY(put_time(csv, t, diag));
        for (size_t i = t * channels; i < (t + 1) * channels; i++)
            BH_TRY(put_number(csv, ",", single ? (double)singles[i] : doubles[i],
                              single ? 9 : 17, diag));
    }
    return BH_OK;
}

static bh_status
csv_open(void *self, const bh_frames_writer_config *config, bh_diag *diag)
{
    struct csv *csv = self;
    csv->plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    csv->buffer = malloc(BUFFER_SIZE);
    if (!csv->buffer || !csv->plain)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to write '%s'",
                           config->path);
    const locale_t before = uselocale(csv->plain);
    const bh_status status = put_header(csv, config->cf_hz, diag);
    uselocale(before);
    return status;
}

static bh_status
csv_write(void *self, const void *samples, size_t frames, bh_diag *diag)
{
    struct csv *csv = self;
    const locale_t before = uselocale(csv->plain);
    const bh_status status = put_frames(csv, samples, frames, diag);
    uselocale(before);
    return status;
}

/* One line, whatever is in the text. */
static bh_status
csv_mark(void *self, const char *why, bh_diag *diag)
{
    struct csv *csv = self;
    enum { WHY_MAX = 200 };
    if (csv->used > BUFFER_SIZE - WHY_MAX - NUMBER_MAX)
        BH_TRY(flush(csv, diag));
    char *line = csv->buffer + csv->used;
    const int length = sprintf(line, "\n# partial: %.*s", WHY_MAX, why);
    for (char *at = line + 1; at < line + length; at++)
        if (*at == '\n' || *at == '\r')
            *at = ' ';
    csv->used += (size_t)length;
    return BH_OK;
}

static bh_status
csv_end(void *self, bh_diag *diag)
{
    struct csv *csv = self;
    csv->buffer[csv->used++] = '\n';
    return flush(csv, diag);
}

static void
csv_release(void *self)
{
    struct csv *csv = self;
    if (csv->plain)
        freelocale(csv->plain);
    free(csv->buffer);
}

const struct bh_frames_sink bh_frames_csv = {
    .size = sizeof(struct csv),
    .open = csv_open,
    .write = csv_write,
    .mark = csv_mark,
    .end = csv_end,
    .release = csv_release,
};
