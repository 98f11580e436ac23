/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "io/picture_internal.h"
#include "io/view_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* The picture is swept as an oscilloscope's is: the newest column overwrites the
 * oldest, so that little of the terminal changes from one drawing to the next. */

enum {
    FRAME_NS = 50000000, /* 20 drawings a second */
    LABELS = 7,          /* columns of the terminal for the axis */
    MOST_CELLS = 500,    /* in each direction */
    NARROWEST = 24,
    LOWEST = 8,
    CELL_BYTES = 64, /* the most that one cell takes on its way to the terminal */
};

static const double RANGE_DB = 60;

/* What stands in one place of the terminal. */
struct cell {
    uint8_t front[3], back[3];
    char glyph[5]; /* UTF-8 */
};

struct panel {
    const struct view_rows *rows;
    bool levels;
    int top, height; /* lines of the terminal */
};

struct view_terminal {
    const bh_view *view;
    int fd;
    pthread_t thread;
    int width, height;
    struct cell *wanted, *shown; /* [height][width] */
    char *text;                  /* on its way to the terminal */
    struct panel panel[2];
    int panels;
    uint64_t next;   /* the first column that is not drawn */
    double top_db;   /* the brightest colour */
    uint32_t *words; /* one column */
    float *sum;      /* [rows] of one cell's columns */
    float sound_db, rate_hz;
};

static const uint8_t paper[3] = {255, 255, 255}, ink[3] = {16, 24, 48},
                     violet[3] = {68, 1, 84};

static struct cell *
cell_at(const struct view_terminal *t, int line, int column)
{
    return &t->wanted[line * t->width + column];
}

static void
put_glyph(struct cell *cell, const char *glyph, const uint8_t *front,
          const uint8_t *back)
{
    memset(cell, 0, sizeof *cell);
    memcpy(cell->front, front, 3);
    memcpy(cell->back, back, 3);
    strncpy(cell->glyph, glyph, sizeof cell->glyph - 1);
}

/* Writes text, blank to the end of the line; what is no ASCII becomes a question mark,
 * for nobody knows how wide it is. */
static void
put_line(struct view_terminal *t, int line, const char *text)
{
    for (int column = 0; column < t->width; column++) {
        char glyph[2] = {' ', 0};
        if (*text)
            glyph[0] = *text >= ' ' && *text <= '~' ? *text : '?';
        text += *text != 0;
        put_glyph(cell_at(t, line, column), glyph, ink, paper);
    }
}

static void
put_axis(struct view_terminal *t, const struct panel *panel)
{
    const struct view_rows *rows = panel->rows;
    for (int line = 0; line < panel->height; line++)
        for (int column = 0; column < LABELS; column++)
            put_glyph(cell_at(t, panel->top + line, column), " ", ink, paper);
    int step = panel->height > 12 ? 4 : 3;
    for (int line = panel->height - 1; line >= 0; line -= step) {
        size_t row = (size_t)(panel->height - 1 - line) * rows->count /
                     (size_t)panel->height;
        char label[24];
        double value = rows->cf_hz ? rows->cf_hz[row] : (double)rows->first[row];
        if (value >= 1000)
            snprintf(label, sizeof label, "%5.3gk", value / 1000);
        else
            snprintf(label, sizeof label, "%6.3g", value);
        for (int column = 0; column < LABELS - 1 && label[column]; column++)
            cell_at(t, panel->top + line, column)->glyph[0] = label[column];
    }
}

/* Colour of the rows that one half of a cell stands for; `sum` holds decibels or rates.
 */
static void
half_colour(const struct view_terminal *t, const struct panel *panel, int half,
            uint8_t *rgb)
{
    const int halves = 2 * panel->height;
    size_t from = (size_t)half * panel->rows->count / (size_t)halves;
    size_t to = (size_t)(half + 1) * panel->rows->count / (size_t)halves;
    double value = 0;
    for (size_t r = from; r < to || r == from; r++)
        value = t->sum[r] > value || r == from ? (double)t->sum[r] : value;
    if (panel->levels)
        bh_palette_viridis((value - t->top_db + RANGE_DB) / RANGE_DB, rgb);
    else
        bh_palette_ink(value / 200, rgb);
}

static void
draw_strip(struct view_terminal *t, const struct panel *panel, int column)
{
    uint8_t upper[3], lower[3];
    for (int line = 0; line < panel->height; line++) {
        int half = 2 * (panel->height - 1 - line);
        half_colour(t, panel, half + 1, upper);
        half_colour(t, panel, half, lower);
        put_glyph(cell_at(t, panel->top + line, column), "\xe2\x96\x80", upper, lower);
    }
}

/* How many columns of the view a column of the terminal stands for. */
static uint64_t
columns_per_cell(const struct view_terminal *t)
{
    uint64_t shown = t->view->capacity - t->view->capacity / 5;
    uint64_t cells = (uint64_t)(t->width - LABELS);
    return (shown + cells - 1) / cells;
}

/* Sums up the view's columns from `first` on that one cell stands for; false where none
 * of them can be had. */
static bool
gather(struct view_terminal *t, const struct panel *panel, uint64_t first)
{
    const uint64_t each = columns_per_cell(t);
    const size_t word = panel->levels ? view_level_word() : view_rate_word(t->view);
    uint64_t got = 0;
    memset(t->sum, 0, panel->rows->count * sizeof *t->sum);
    for (size_t r = 0; panel->levels && r < panel->rows->count; r++)
        t->sum[r] = -1000;
    for (uint64_t c = first; c < first + each; c++) {
        if (!view_column(t->view, c, t->words))
            continue;
        const uint8_t *bytes = (const uint8_t *)(t->words + word);
        struct view_head head;
        memcpy(&head, t->words, sizeof head);
        t->sound_db = head.sound_db;
        t->rate_hz = head.rate_hz;
        got++;
        for (size_t r = 0; r < panel->rows->count; r++) {
            float value = (float)bytes[r];
            if (!panel->levels)
                t->sum[r] += value * value / 64;
            else if (bytes[r] && t->sum[r] < (value - 1) / 2 - 20)
                t->sum[r] = (value - 1) / 2 - 20;
        }
    }
    for (size_t r = 0; !panel->levels && got && r < panel->rows->count; r++)
        t->sum[r] /= (float)got;
    return got > 0;
}

/* Draws all cells that have new columns in them, and clears the one ahead of them. */
static void
draw_columns(struct view_terminal *t)
{
    const uint64_t each = columns_per_cell(t), cells = (uint64_t)(t->width - LABELS);
    uint64_t published = atomic_load(&t->view->published);
    uint64_t first = t->next / each;
    if (published == 0)
        return;
    if (first + cells <= (published - 1) / each)
        first = (published - 1) / each - cells + 1;
    double loudest = -1000;
    for (uint64_t cell = first; cell <= (published - 1) / each; cell++) {
        int column = LABELS + (int)(cell % cells);
        for (int p = 0; p < t->panels; p++) {
            if (!gather(t, &t->panel[p], cell * each))
                continue;
            for (size_t r = 0; t->panel[p].levels && r < t->panel[p].rows->count; r++)
                loudest = (double)t->sum[r] > loudest ? (double)t->sum[r] : loudest;
            draw_strip(t, &t->panel[p], column);
            for (int line = 0; line < t->panel[p].height; line++)
                put_glyph(cell_at(t, t->panel[p].top + line,
                                  LABELS + (int)((cell + 1) % cells)),
                          " ", ink, t->panel[p].levels ? violet : paper);
        }
    }
    t->next = published;
    if (loudest > t->top_db) { /* all colours change */
        t->top_db = 10 * ceil(loudest / 10);
        t->next = 0;
    }
}

static void
draw_texts(struct view_terminal *t)
{
    char line[VIEW_STATUS + 128], status[VIEW_STATUS];
    double time_s = (double)t->next * t->view->column_s;
    int length = snprintf(line, sizeof line, "%.60s  %.1f s", t->view->title, time_s);
    if (t->sound_db > -199)
        length += snprintf(line + length, sizeof line - (size_t)length, "  %.0f dB SPL",
                           (double)t->sound_db);
    if (t->view->raster.count)
        length += snprintf(line + length, sizeof line - (size_t)length,
                           "  %.0f spikes/s", (double)t->rate_hz);
    if (t->view->level.count)
        snprintf(line + length, sizeof line - (size_t)length,
                 "  colours %.0f to %.0f dB SPL", t->top_db - RANGE_DB, t->top_db);
    put_line(t, 0, line);
    view_status_copy(t->view, status);
    put_line(t, t->height - 1, status);
}

static void
write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, text, length);
        if (written <= 0)
            return; /* a terminal that has gone: nobody looks */
        text += written;
        length -= (size_t)written;
    }
}

/* Sends what differs from what the terminal shows. */
static void
send_changes(struct view_terminal *t)
{
    size_t length = 0;
    int pen_line = -1, pen_column = -1;
    const struct cell *pen = NULL;
    for (int line = 0; line < t->height; line++)
        for (int column = 0; column < t->width; column++) {
            const struct cell *cell = cell_at(t, line, column);
            struct cell *shown = &t->shown[line * t->width + column];
            if (memcmp(cell, shown, sizeof *cell) == 0)
                continue;
            char *text = t->text + length;
            if (pen_line != line || pen_column != column)
                length += (size_t)sprintf(text, "\x1b[%d;%dH", line + 1, column + 1);
            if (!pen || memcmp(pen->front, cell->front, 6) != 0)
                length += (size_t)sprintf(
                    t->text + length, "\x1b[38;2;%d;%d;%d;48;2;%d;%d;%dm",
                    cell->front[0], cell->front[1], cell->front[2], cell->back[0],
                    cell->back[1], cell->back[2]);
            length += (size_t)sprintf(t->text + length, "%s", cell->glyph);
            *shown = *cell;
            pen = cell;
            pen_line = line;
            pen_column = column + 1;
        }
    write_all(t->fd, t->text, length);
}

static void
arrange(struct view_terminal *t)
{
    const bh_view *view = t->view;
    const int room = t->height - 2;
    t->panels = 0;
    if (view->level.count)
        t->panel[t->panels++] =
            (struct panel){&view->level, true, 1, view->raster.count ? room / 2 : room};
    if (view->raster.count) {
        int above = t->panels ? room / 2 : 0;
        t->panel[t->panels++] =
            (struct panel){&view->raster, false, 1 + above, room - above};
    }
    for (int i = 0; i < t->width * t->height; i++)
        put_glyph(&t->wanted[i], " ", ink, paper);
    for (int p = 0; p < t->panels; p++)
        put_axis(t, &t->panel[p]);
    memset(t->shown, 0, sizeof(struct cell) * (size_t)(t->width * t->height));
    t->next = 0;
}

static int
between(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

/* Follows the size of the terminal; what does not fit is not drawn. */
static void
follow_size(struct view_terminal *t)
{
    struct winsize size;
    int width = 80, height = 24;
    if (ioctl(t->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        width = between(size.ws_col, NARROWEST, MOST_CELLS);
        height = between(size.ws_row, LOWEST, MOST_CELLS);
    }
    if (width == t->width && height == t->height)
        return;
    t->width = width;
    t->height = height;
    static const char clear[] = "\x1b[0m\x1b[2J";
    write_all(t->fd, clear, sizeof clear - 1);
    arrange(t);
}

static void *
terminal_main(void *context)
{
    static const char enter[] = "\x1b[?1049h\x1b[?25l",
                      leave[] = "\x1b[0m\x1b[?25h\x1b[?1049l";
    struct view_terminal *t = context;
    write_all(t->fd, enter, sizeof enter - 1);
    while (!atomic_load(&t->view->closing)) {
        follow_size(t);
        draw_columns(t);
        draw_texts(t);
        send_changes(t);
        nanosleep(&(struct timespec){0, FRAME_NS}, NULL);
    }
    write_all(t->fd, leave, sizeof leave - 1);
    return NULL;
}

static void
terminal_give_back(struct view_terminal *t)
{
    free(t->wanted);
    free(t->shown);
    free(t->text);
    free(t->words);
    free(t->sum);
    free(t);
}

bh_status
bh_view_terminal(bh_view *view, int fd, bh_diag *diag)
{
    const size_t cells = (size_t)MOST_CELLS * MOST_CELLS;
    if (view->terminal)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "the view has a terminal already");
    if (!isatty(fd))
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "the view needs a terminal to draw on");
    struct view_terminal *t = calloc(1, sizeof *t);
    if (!t)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to draw on a terminal");
    size_t rows = view->level.count > view->raster.count ? view->level.count
                                                         : view->raster.count;
    t->view = view;
    t->fd = fd;
    t->top_db = 40;
    t->sound_db = -200;
    t->wanted = calloc(cells, sizeof *t->wanted);
    t->shown = calloc(cells, sizeof *t->shown);
    t->text = malloc(cells * CELL_BYTES);
    t->words = calloc(view->words, sizeof *t->words);
    t->sum = calloc(rows + 1, sizeof *t->sum);
    if (!t->wanted || !t->shown || !t->text || !t->words || !t->sum ||
        pthread_create(&t->thread, NULL, terminal_main, t) != 0) {
        terminal_give_back(t);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to draw on a terminal");
    }
    view->terminal = t;
    return BH_OK;
}

void
view_terminal_free(struct view_terminal *terminal)
{
    if (!terminal)
        return;
    pthread_join(terminal->thread, NULL);
    terminal_give_back(terminal);
}
