/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_VIEW_INTERNAL_H
#define BH_IO_VIEW_INTERNAL_H

#include "io/view.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

/* A column on its way to viewers, in words: this head, then a byte for the level of
 * each row, a byte for the rate of each row, each of the two rounded up to words, then
 * the least and the greatest value of each trace. Viewers get these bytes as they are.
 */
struct view_head {
    uint32_t number; /* of the column, from 0 */
    float sound_db;  /* level of the sound, dB SPL; -200 where there was none */
    float peak_db;   /* its highest sample, dB re 20 uPa */
    float rate_hz;   /* mean of all neurons */
};

/* Level byte: 0 is below -20 dB SPL, then half a decibel each. Rate byte: 8 times the
 * root of the rate in spikes/s, so that a single spike among many neurons shows. */
enum { VIEW_HEAD_WORDS = sizeof(struct view_head) / 4, VIEW_STATUS = 256 };

/* Rows that stand for places: row r is places first[r] to first[r + 1]. */
struct view_rows {
    size_t places, count;
    size_t *first; /* [count + 1] */
    double *cf_hz; /* [count] of the middle place, or NULL */
    uint32_t *row; /* [places] the row of each */
};

struct bh_view {
    char *title;
    double samplerate_hz, column_s;
    struct view_rows level, raster;
    char *traces[BH_VIEW_TRACES];
    size_t trace_count;

    /* What the thread that shows is filling. */
    float *energy;   /* [channels] sum of squares in the column that blocks are in */
    uint64_t frames; /* shown so far ... */
    size_t summed;   /* ... and of them in `energy` */
    double sound_square, sound_peak;
    size_t sound_frames;
    float sound_db, peak_db; /* of the last column with sound */
    struct view_open *open;  /* columns that are not out yet: c in slot c % OPEN */

    /* Columns that are out: the last `capacity` ones, written by one thread and read
     * by many. `published` counts them; a reader looks again afterwards whether what it
     * copied may have been overwritten. */
    size_t words, capacity;
    atomic_uint *ring;
    atomic_uint_fast64_t published;
    atomic_uint status_version;
    atomic_uint status[VIEW_STATUS / 4];

    atomic_bool closing;
    atomic_int watchers;
    struct view_server *server;
    struct view_terminal *terminal;
};

/* Copies column `number` into `words`; false where it is not there yet or any more. */
bool view_column(const bh_view *view, uint64_t number, uint32_t *words);
/* Copies the status line, VIEW_STATUS bytes. */
void view_status_copy(const bh_view *view, char *text);
static inline size_t
view_level_word(void)
{
    return VIEW_HEAD_WORDS;
}
static inline size_t
view_rate_word(const bh_view *view)
{
    return VIEW_HEAD_WORDS + (view->level.count + 3) / 4;
}
static inline size_t
view_trace_word(const bh_view *view)
{
    return view_rate_word(view) + (view->raster.count + 3) / 4;
}

/* view_web.c, view_terminal.c */
void view_server_free(struct view_server *server);
void view_terminal_free(struct view_terminal *terminal);

#endif
