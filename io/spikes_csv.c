/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/output_internal.h"
#include "io/spikes_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lines are put together from ready pieces, because a nerve fires millions of times a
 * second of sound: printf needs about 390 ns for such a line, this 7. The time is the
 * same for the many spikes of one step, so its digits are made once a step; the rest of
 * a line depends only on the neuron, so it is made once, on opening. */

enum {
    TEXT_MAX = 24, /* bytes of "9000000.000000000" and room to copy in one piece */
    TAIL_MAX = 32, /* bytes of ",4294967295,1000000000.999999\n", length in the last */
    BUFFER_SIZE = 1 << 20,
};

struct csv {
    struct bh_output output;
    char *buffer;
    size_t used;
    char (*tails)[TAIL_MAX];
    double time_s; /* whose digits `text` holds */
    char text[TEXT_MAX];
    size_t length;
};

static size_t
put_number(char *to, uint64_t number)
{
    char digits[20];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    for (size_t i = 0; i < count; i++)
        to[i] = digits[count - 1 - i];
    return count;
}

/* "<whole>.<decimals digits>", whatever the locale. */
static size_t
put_decimal(char *to, double value, int decimals)
{
    uint64_t one = 1;
    for (int i = 0; i < decimals; i++)
        one *= 10;
    const uint64_t scaled = (uint64_t)(value * (double)one + 0.5);
    size_t length = put_number(to, scaled / one);
    to[length] = '.';
    uint64_t rest = scaled % one;
    for (int i = decimals; i > 0; i--) {
        to[length + (size_t)i] = (char)('0' + rest % 10);
        rest /= 10;
    }
    return length + (size_t)decimals + 1;
}

static void
make_tail(char *tail, size_t index, const double *cf_hz)
{
    size_t length = 0;
    tail[length++] = ',';
    length += put_number(tail + length, index);
    if (cf_hz) {
        tail[length++] = ',';
        length += put_decimal(tail + length, cf_hz[index], 6);
        while (tail[length - 1] == '0')
            length--;
        length -= tail[length - 1] == '.';
    }
    tail[length++] = '\n';
    tail[TAIL_MAX - 1] = (char)length;
}

static void
csv_abort(void *self)
{
    struct csv *csv = self;
    bh_output_abort(&csv->output);
    free(csv->buffer);
    free(csv->tails);
    free(csv);
}

static bh_status
csv_flush(void *self, bh_diag *diag)
{
    struct csv *csv = self;
    const size_t used = csv->used;
    csv->used = 0;
    return bh_output_write(&csv->output, csv->buffer, used, diag);
}

static bh_status
csv_write(void *self, bh_events events, bh_diag *diag)
{
    struct csv *csv = self;
    for (size_t i = 0; i < events.count; i++) {
        if (csv->used > BUFFER_SIZE - TEXT_MAX - TAIL_MAX)
            BH_TRY(csv_flush(csv, diag));
        if (events.time_s[i] != csv->time_s) {
            csv->time_s = events.time_s[i];
            csv->length = put_decimal(csv->text, csv->time_s, 9);
        }
        /* Whole pieces: a copy of fixed size is a few moves. */
        memcpy(csv->buffer + csv->used, csv->text, TEXT_MAX);
        csv->used += csv->length;
        const char *tail = csv->tails[events.index[i]];
        memcpy(csv->buffer + csv->used, tail, TAIL_MAX);
        csv->used += (size_t)tail[TAIL_MAX - 1];
    }
    return BH_OK;
}

/* One line, whatever is in the text. */
static bh_status
csv_mark(void *self, const char *why, bh_diag *diag)
{
    struct csv *csv = self;
    enum { WHY_MAX = 200 };
    if (csv->used > BUFFER_SIZE - WHY_MAX - TAIL_MAX)
        BH_TRY(csv_flush(csv, diag));
    char *line = csv->buffer + csv->used;
    const int length = sprintf(line, "# partial: %.*s\n", WHY_MAX, why);
    for (char *at = line; at < line + length - 1; at++)
        if (*at == '\n' || *at == '\r')
            *at = ' ';
    csv->used += (size_t)length;
    return BH_OK;
}

static bh_status
csv_close(void *self, double duration_s, bh_diag *diag)
{
    (void)duration_s;
    struct csv *csv = self;
    bh_status status = csv_flush(csv, diag);
    if (status != BH_OK) {
        csv_abort(csv);
        return status;
    }
    status = bh_output_commit(&csv->output, diag);
    csv_abort(csv);
    return status;
}

bh_status
bh_spikes_csv_open(const bh_spike_writer_config *config, struct bh_spike_sink *out,
                   bh_diag *diag)
{
    struct csv *csv = calloc(1, sizeof *csv);
    if (!csv)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to write '%s'",
                           config->path);
    csv->output.fd = -1;
    csv->time_s = NAN;
    csv->buffer = malloc(BUFFER_SIZE);
    csv->tails = calloc(config->neurons, sizeof *csv->tails);
    bh_status status = BH_OK;
    if (!csv->buffer || !csv->tails)
        status =
            bh_diag_set(diag, BH_ERR_MEMORY, "no memory to write '%s'", config->path);
    if (status == BH_OK)
        status = bh_output_open(config->path, &csv->output, diag);
    if (status != BH_OK) {
        csv_abort(csv);
        return status;
    }
    for (size_t i = 0; i < config->neurons; i++)
        make_tail(csv->tails[i], i, config->cf_hz);
    const char *header = config->cf_hz ? "time_s,index,cf_hz\n" : "time_s,index\n";
    csv->used = strlen(header);
    memcpy(csv->buffer, header, csv->used);
    *out = (struct bh_spike_sink){csv,      csv_write, csv_flush,
                                  csv_mark, csv_close, csv_abort};
    return BH_OK;
}
