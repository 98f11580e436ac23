/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "io/view_internal.h"

#include "core/block_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Columns that may be filling at once: blocks and spikes of a window reach beyond the
 * oldest. */
enum { OPEN = 128 };

static const double PASCAL_REF = 20e-6, NO_SOUND_DB = -200;

struct view_open {
    uint8_t *level;  /* [level rows] */
    uint16_t *count; /* [raster rows] spikes */
    uint64_t spikes;
    float trace[BH_VIEW_TRACES][2];
};

bh_view_config
bh_view_config_default(void)
{
    return (bh_view_config){.column_s = 0.01, .columns = 1000, .rows = 400};
}

static bh_status
check_axis(const char *what, const double *cf_hz, size_t count, bh_diag *diag)
{
    for (size_t i = 0; cf_hz && i < count; i++)
        if (!isfinite(cf_hz[i]) || (i > 0 && cf_hz[i] < cf_hz[i - 1]))
            return bh_diag_set(
                diag, BH_ERR_ARGUMENT,
                "the frequency of %s %zu is %g Hz; frequencies of a view "
                "must be finite and never descend",
                what, i, cf_hz[i]);
    return BH_OK;
}

static bh_status
check_config(const bh_view_config *c, bh_diag *diag)
{
    if (!(c->column_s >= 1e-4) || !(c->column_s <= 10))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "columns of %g s; they can last 1e-4 to 10 s", c->column_s);
    if (c->columns < 100 || c->columns > 10000)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%zu columns; a view can have 100 to 10000", c->columns);
    if (c->rows < 16 || c->rows > 2000)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%zu rows; a view can have 16 to 2000", c->rows);
    if (c->trace_count > BH_VIEW_TRACES)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%zu traces; a view can have up to %d", c->trace_count,
                           BH_VIEW_TRACES);
    if (c->channels > 0 && !(c->samplerate_hz > 0 && isfinite(c->samplerate_hz)))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the sample rate of the view is %g Hz; it must be above 0",
                           c->samplerate_hz);
    BH_TRY(check_axis("channel", c->cf_hz, c->channels, diag));
    return check_axis("neuron", c->neuron_cf_hz, c->neurons, diag);
}

/* Merges places into at most `most` rows of nearly equal size. */
static bool
make_rows(struct view_rows *rows, size_t places, const double *cf_hz, size_t most)
{
    size_t count = places < most ? places : most;
    *rows = (struct view_rows){.places = places, .count = count};
    rows->first = calloc(count + 1, sizeof *rows->first);
    rows->row = calloc(places + 1, sizeof *rows->row);
    rows->cf_hz = cf_hz ? calloc(count + 1, sizeof *rows->cf_hz) : NULL;
    if (!rows->first || !rows->row || (cf_hz && !rows->cf_hz))
        return false;
    for (size_t r = 0; r < count; r++) {
        rows->first[r] = r * places / count;
        rows->first[r + 1] = (r + 1) * places / count;
        for (size_t p = rows->first[r]; p < rows->first[r + 1]; p++)
            rows->row[p] = (uint32_t)r;
        if (cf_hz)
            rows->cf_hz[r] = cf_hz[(rows->first[r] + rows->first[r + 1] - 1) / 2];
    }
    return true;
}

static void
clear_open(const bh_view *view, struct view_open *open)
{
    memset(open->level, 0, view->level.count);
    memset(open->count, 0, view->raster.count * sizeof *open->count);
    open->spikes = 0;
    for (size_t k = 0; k < view->trace_count; k++)
        open->trace[k][0] = open->trace[k][1] = NAN;
}

static bool
take_columns(bh_view *view)
{
    view->energy = calloc(view->level.places + 1, sizeof *view->energy);
    view->open = calloc(OPEN, sizeof *view->open);
    for (size_t c = 0; view->open && c < OPEN; c++) {
        view->open[c].level = calloc(view->level.count + 1, 1);
        view->open[c].count = calloc(view->raster.count + 1, sizeof(uint16_t));
        if (!view->open[c].level || !view->open[c].count)
            return false;
        clear_open(view, &view->open[c]);
    }
    view->words = view_trace_word(view) + 2 * view->trace_count;
    view->ring = calloc(view->capacity * view->words, sizeof *view->ring);
    return view->energy && view->open && view->ring;
}

bh_status
bh_view_new(const bh_view_config *config, bh_view **out, bh_diag *diag)
{
    BH_TRY(check_config(config, diag));
    bh_view *view = calloc(1, sizeof *view);
    if (!view)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a view");
    view->samplerate_hz = config->samplerate_hz;
    view->column_s = config->column_s;
    view->sound_db = view->peak_db = (float)NO_SOUND_DB;
    view->trace_count = config->trace_count;
    /* Room for a reader that copies the oldest visible column when a new one comes. */
    view->capacity = config->columns + config->columns / 4;
    view->title = strdup(config->title ? config->title : "Brian hears");
    bool ok = view->title != NULL;
    for (size_t k = 0; ok && k < config->trace_count; k++)
        ok = (view->traces[k] = strdup(config->traces[k])) != NULL;
    ok =
        ok && make_rows(&view->level, config->channels, config->cf_hz, config->rows) &&
        make_rows(&view->raster, config->neurons, config->neuron_cf_hz, config->rows) &&
        take_columns(view);
    if (!ok) {
        bh_view_free(view);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a view of %zu columns",
                           config->columns);
    }
    *out = view;
    return BH_OK;
}

static void
rows_free(struct view_rows *rows)
{
    free(rows->first);
    free(rows->row);
    free(rows->cf_hz);
}

void
bh_view_free(bh_view *view)
{
    if (!view)
        return;
    atomic_store(&view->closing, true);
    view_server_free(view->server);
    view_terminal_free(view->terminal);
    for (size_t c = 0; view->open && c < OPEN; c++) {
        free(view->open[c].level);
        free(view->open[c].count);
    }
    for (size_t k = 0; k < view->trace_count; k++)
        free(view->traces[k]);
    rows_free(&view->level);
    rows_free(&view->raster);
    free(view->open);
    free(view->energy);
    free(view->ring);
    free(view->title);
    free(view);
}

static uint8_t
level_byte(double mean_square)
{
    double db = 10 * log10(mean_square / (PASCAL_REF * PASCAL_REF));
    double byte = 2 * (db + 20) + 1;
    return (uint8_t)(byte >= 1 ? byte < 255 ? byte : 255 : 0);
}

static uint8_t
rate_byte(double rate_hz)
{
    double byte = 8 * sqrt(rate_hz) + 0.5;
    return (uint8_t)(byte < 255 ? byte : 255);
}

/* Words are released and acquired: who sees a new one also sees what was stored before
 * it, so also the count that says the old ones are gone. */
static void
put_bytes(atomic_uint *words, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i += 4) {
        uint32_t word = 0;
        memcpy(&word, bytes + i, count - i < 4 ? count - i : 4);
        atomic_store_explicit(&words[i / 4], word, memory_order_release);
    }
}

static void
put_floats(atomic_uint *words, const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t word;
        memcpy(&word, &values[i], sizeof word);
        atomic_store_explicit(&words[i], word, memory_order_release);
    }
}

static float
decibels(double square)
{
    double db = 10 * log10(square / (PASCAL_REF * PASCAL_REF));
    return (float)(db > NO_SOUND_DB ? db : NO_SOUND_DB);
}

static void
put_head(bh_view *view, atomic_uint *words, uint64_t number,
         const struct view_open *open)
{
    const double area = view->column_s * (double)view->raster.places;
    if (view->sound_frames >
        0) { /* else as it was: blocks may be longer than columns */
        double square = view->sound_square / (double)view->sound_frames;
        view->sound_db = decibels(square);
        view->peak_db = decibels(view->sound_peak * view->sound_peak);
    }
    struct view_head head = {(uint32_t)number, view->sound_db, view->peak_db,
                             area > 0 ? (float)((double)open->spikes / area) : 0};
    view->sound_square = view->sound_peak = 0;
    view->sound_frames = 0;
    put_bytes(words, (const uint8_t *)&head, sizeof head);
}

/* Gives the oldest open column to the viewers. */
static void
publish(bh_view *view)
{
    uint64_t number = atomic_load_explicit(&view->published, memory_order_relaxed);
    struct view_open *open = &view->open[number % OPEN];
    atomic_uint *words = view->ring + number % view->capacity * view->words;
    uint8_t rates[2000];
    put_head(view, words, number, open);
    put_bytes(words + view_level_word(), open->level, view->level.count);
    for (size_t r = 0; r < view->raster.count; r++) {
        size_t neurons = view->raster.first[r + 1] - view->raster.first[r];
        rates[r] = rate_byte(open->count[r] / (view->column_s * (double)neurons));
    }
    put_bytes(words + view_rate_word(view), rates, view->raster.count);
    for (size_t k = 0; k < view->trace_count; k++)
        put_floats(words + view_trace_word(view) + 2 * k, open->trace[k], 2);
    atomic_store_explicit(&view->published, number + 1, memory_order_release);
    clear_open(view, open);
}

/* The open column of this number; NULL where it is out already. Columns that lie too
 * far back go out. */
static struct view_open *
open_column(bh_view *view, uint64_t number)
{
    uint64_t out = atomic_load_explicit(&view->published, memory_order_relaxed);
    if (number < out)
        return NULL;
    for (; number >= out + OPEN; out++)
        publish(view);
    return &view->open[number % OPEN];
}

static struct view_open *
column_at(bh_view *view, double time_s)
{
    double column = time_s / view->column_s + 1e-9;
    return open_column(view, (uint64_t)(column > 0 ? column : 0));
}

static void
close_levels(bh_view *view, uint64_t number)
{
    struct view_open *open = open_column(view, number);
    for (size_t r = 0; open && r < view->level.count; r++) {
        float most = 0;
        for (size_t ch = view->level.first[r]; ch < view->level.first[r + 1]; ch++)
            most = view->energy[ch] > most ? view->energy[ch] : most;
        open->level[r] = level_byte((double)most / (double)view->summed);
    }
    memset(view->energy, 0, view->level.places * sizeof *view->energy);
    view->summed = 0;
}

static void
add_energy(bh_view *view, bh_block block)
{
    float *restrict energy = view->energy;
    const size_t channels = block.channels;
    for (size_t t = 0; t < block.frames; t++) {
        if (block.precision == BH_SINGLE) {
            const float *x = (const float *)block.data + t * block.stride;
            for (size_t ch = 0; ch < channels; ch++)
                energy[ch] += x[ch] * x[ch];
        } else {
            const double *x = (const double *)block.data + t * block.stride;
            for (size_t ch = 0; ch < channels; ch++)
                energy[ch] += (float)(x[ch] * x[ch]);
        }
    }
    view->summed += block.frames;
}

bh_status
bh_view_block(void *self, bh_block block, bh_diag *diag)
{
    bh_view *view = self;
    if (block.channels != view->level.places)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a block of %zu channels is shown to a view of %zu",
                           block.channels, view->level.places);
    const double per_column = view->column_s * view->samplerate_hz;
    for (size_t done = 0; done < block.frames;) {
        uint64_t number = (uint64_t)(((double)view->frames + 0.5) / per_column);
        uint64_t end = (uint64_t)ceil((double)(number + 1) * per_column - 0.5);
        size_t frames = block.frames - done;
        if (frames >= end - view->frames)
            frames = (size_t)(end - view->frames);
        add_energy(view, bh_block_frames(block, done, frames));
        view->frames += frames;
        done += frames;
        if (view->frames >= end)
            close_levels(view, number);
    }
    return BH_OK;
}

bh_status
bh_view_spikes(void *self, bh_events events, bh_diag *diag)
{
    bh_view *view = self;
    for (size_t s = 0; s < events.count; s++) {
        if (events.index[s] >= view->raster.places)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "a spike of neuron %u is shown to a view of %zu",
                               events.index[s], view->raster.places);
        struct view_open *open = column_at(view, events.time_s[s]);
        if (!open)
            continue;
        uint16_t *count = &open->count[view->raster.row[events.index[s]]];
        *count = (uint16_t)(*count + (*count < UINT16_MAX));
        open->spikes++;
    }
    return BH_OK;
}

bh_status
bh_view_advance(void *self, double time_s, bh_diag *diag)
{
    bh_view *view = self;
    (void)diag;
    double columns = time_s / view->column_s + 1e-6;
    while ((double)atomic_load_explicit(&view->published, memory_order_relaxed) + 1 <=
           columns)
        publish(view);
    return BH_OK;
}

bh_status
bh_view_sound(void *self, bh_block block, bh_diag *diag)
{
    bh_view *view = self;
    (void)diag;
    for (size_t t = 0; t < block.frames; t++)
        for (size_t ch = 0; ch < block.channels; ch++) {
            const double x = bh_block_get(block, t, ch);
            view->sound_square += x * x;
            view->sound_peak = fabs(x) > view->sound_peak ? fabs(x) : view->sound_peak;
        }
    view->sound_frames += block.frames * block.channels;
    return BH_OK;
}

void
bh_view_trace(bh_view *view, size_t trace, double time_s, double value)
{
    struct view_open *open = column_at(view, time_s);
    if (!open || trace >= view->trace_count)
        return;
    float *range = open->trace[trace];
    if (!(range[0] <= (float)value))
        range[0] = (float)value;
    if (!(range[1] >= (float)value))
        range[1] = (float)value;
}

void
bh_view_status(bh_view *view, const char *text)
{
    uint8_t bytes[VIEW_STATUS] = {0};
    strncpy((char *)bytes, text, sizeof bytes - 1);
    /* Odd while it is being written. */
    atomic_fetch_add(&view->status_version, 1);
    put_bytes(view->status, bytes, sizeof bytes);
    atomic_fetch_add(&view->status_version, 1);
}

void
view_status_copy(const bh_view *view, char *text)
{
    for (int attempt = 0; attempt < 100; attempt++) {
        unsigned version = atomic_load(&view->status_version);
        for (size_t i = 0; i < VIEW_STATUS / 4; i++) {
            uint32_t word =
                atomic_load_explicit(&view->status[i], memory_order_acquire);
            memcpy(text + 4 * i, &word, sizeof word);
        }
        if (version % 2 == 0 && version == atomic_load(&view->status_version))
            return;
    }
    text[0] = '\0';
}

bool
view_column(const bh_view *view, uint64_t number, uint32_t *words)
{
    uint64_t published = atomic_load_explicit(&view->published, memory_order_acquire);
    if (number >= published || number + view->capacity <= published)
        return false;
    const atomic_uint *from = view->ring + number % view->capacity * view->words;
    for (size_t i = 0; i < view->words; i++)
        words[i] = atomic_load_explicit(&from[i], memory_order_acquire);
    published = atomic_load_explicit(&view->published, memory_order_relaxed);
    return number + view->capacity > published;
}

size_t
bh_view_watchers(const bh_view *view)
{
    return (size_t)atomic_load(&view->watchers) + (view->terminal != NULL);
}
