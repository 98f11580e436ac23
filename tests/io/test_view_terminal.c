/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* posix_openpt */

#include "io/view.h"
#include "tests/check.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A terminal that understands what the view sends, and nothing else. */
enum { WIDE = 120, HIGH = 50 };

struct screen {
    struct {
        char glyph[5];
        int front[3], back[3];
    } cell[HIGH][WIDE];
    int line, column, front[3], back[3];
    bool alternate, hidden, unknown;
    int clears;
    char text[1 << 20];
    size_t length, read;
};

static int master, slave;
static struct screen screen;

static void
resize(unsigned short columns, unsigned short lines)
{
    struct winsize size = {.ws_col = columns, .ws_row = lines};
    ioctl(master, TIOCSWINSZ, &size);
}

static void
take_escape(const char *sequence)
{
    struct screen *s = &screen;
    int n[6];
    if (sscanf(sequence, "\x1b[38;2;%d;%d;%d;48;2;%d;%d;%dm", &n[0], &n[1], &n[2],
               &n[3], &n[4], &n[5]) == 6) {
        memcpy(s->front, n, sizeof s->front);
        memcpy(s->back, n + 3, sizeof s->back);
    } else if (strchr(sequence, 'H') &&
               sscanf(sequence, "\x1b[%d;%dH", &n[0], &n[1]) == 2) {
        s->line = n[0] - 1;
        s->column = n[1] - 1;
    } else if (strcmp(sequence, "\x1b[?1049h") == 0)
        s->alternate = true;
    else if (strcmp(sequence, "\x1b[?1049l") == 0)
        s->alternate = false;
    else if (strcmp(sequence, "\x1b[?25l") == 0)
        s->hidden = true;
    else if (strcmp(sequence, "\x1b[?25h") == 0)
        s->hidden = false;
    else if (strcmp(sequence, "\x1b[2J") == 0) {
        memset(s->cell, 0, sizeof s->cell);
        s->clears++;
    } else if (strcmp(sequence, "\x1b[0m") != 0)
        s->unknown = true;
}

static void
take_glyph(const char *glyph, size_t length)
{
    struct screen *s = &screen;
    if (s->line >= HIGH || s->column >= WIDE) {
        s->unknown = true;
        return;
    }
    memset(s->cell[s->line][s->column].glyph, 0, 5);
    memcpy(s->cell[s->line][s->column].glyph, glyph, length);
    memcpy(s->cell[s->line][s->column].front, s->front, sizeof s->front);
    memcpy(s->cell[s->line][s->column].back, s->back, sizeof s->back);
    s->column++;
}

/* Interprets what has come; a piece that is not whole yet stays. */
static void
interpret(void)
{
    struct screen *s = &screen;
    while (s->read < s->length) {
        const char *at = s->text + s->read;
        size_t left = s->length - s->read, size = 1;
        if (*at == '\x1b') {
            while (size < left &&
                   !(at[size] >= 'A' && at[size] <= 'z' && at[size] != '['))
                size++;
            if (size == left)
                return;
            char sequence[64] = {0};
            memcpy(sequence, at, size + 1 < sizeof sequence ? size + 1 : 63);
            take_escape(sequence);
            size++;
        } else {
            if ((unsigned char)*at >= 0xe0)
                size = 3;
            if (size > left)
                return;
            take_glyph(at, size);
        }
        s->read += size;
    }
}

/* Reads what the view sends for a while. */
static void
look(int ms)
{
    struct pollfd ready = {master, POLLIN, 0};
    for (int waited = 0; waited < ms; waited += 10)
        while (poll(&ready, 1, 10) > 0) {
            ssize_t got = read(master, screen.text + screen.length,
                               sizeof screen.text - screen.length);
            if (got <= 0)
                return;
            screen.length += (size_t)got;
            waited += 10;
            if (waited > ms)
                break;
        }
    interpret();
}

static void
open_terminal(void)
{
    memset(&screen, 0, sizeof screen);
    master = posix_openpt(O_RDWR | O_NOCTTY);
    CU_ASSERT_FATAL(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    CU_ASSERT_FATAL(slave >= 0);
    resize(80, 24);
}

static bh_view *
open_view(void)
{
    enum { CHANNELS = 100 };
    static double cf_hz[CHANNELS];
    bh_view_config config = bh_view_config_default();
    bh_view *view = NULL;
    bh_diag diag;
    for (int i = 0; i < CHANNELS; i++)
        cf_hz[i] = 100 + 50 * i;
    config.title = "sweep";
    config.samplerate_hz = 1000;
    config.channels = CHANNELS;
    config.cf_hz = cf_hz;
    config.neurons = CHANNELS;
    config.neuron_cf_hz = cf_hz;
    CHECK_OK(bh_view_new(&config, &view, &diag), diag);
    CHECK_OK(bh_view_terminal(view, slave, &diag), diag);
    CHECK(bh_view_terminal(view, slave, &diag) == BH_ERR_ARGUMENT);
    return view;
}

static void
show(bh_view *view, double seconds, double *time_s)
{
    static float frames[10][100];
    for (int c = 0; c < (int)(100 * seconds + 0.5); c++) {
        const double spike_s = *time_s + 0.005;
        const uint32_t index = 25;
        memset(frames, 0, sizeof frames);
        for (int t = 0; t < 10; t++)
            frames[t][75] = 0.02F; /* 60 dB SPL */
        bh_view_block(view, (bh_block){frames, 10, 100, 100, BH_SINGLE}, NULL);
        bh_view_spikes(view, (bh_events){&spike_s, &index, 1}, NULL);
        *time_s += 0.01;
        bh_view_advance(view, *time_s, NULL);
    }
}

/* In which half line of a panel, counted from its top, one half differs from all above:
 * where the ridge is. */
static int
brightest(int column, int top, int lines, bool dark_is_much)
{
    int best = -1, where = -1;
    for (int half = 0; half < 2 * lines; half++) {
        const int *rgb = half % 2 ? screen.cell[top + half / 2][column].back
                                  : screen.cell[top + half / 2][column].front;
        int light = rgb[0] + rgb[1] + rgb[2];
        light = dark_is_much ? 765 - light : light;
        if (light > best) {
            best = light;
            where = half;
        }
    }
    return where;
}

static void
the_picture_is_where_it_should_be(void)
{
    double time_s = 0;
    open_terminal();
    bh_view *view = open_view();
    show(view, 3, &time_s);
    bh_view_status(view, "0 frames dropped");
    look(400);
    CHECK(screen.alternate && screen.hidden && !screen.unknown);
    /* 11 lines of 2 halves for 100 rows: row 75 is half 16 from below, 5 from the top.
     */
    CHECK(strcmp(screen.cell[3][20].glyph, "\xe2\x96\x80") == 0);
    CHECK(brightest(20, 1, 11, false) == 5);
    /* Row 25 of the spikes below: half 5 from below, 16 from the top. */
    CHECK(brightest(20, 12, 11, true) == 16);
    char line[WIDE + 1] = {0};
    for (int c = 0; c < 80; c++)
        line[c] = screen.cell[0][c].glyph[0];
    CHECK_HAS(line, "sweep  3.0 s");
    CHECK_HAS(line, "colours 0 to 60 dB SPL");
    for (int c = 0; c < 80; c++)
        line[c] = screen.cell[23][c].glyph[0];
    CHECK_HAS(line, "0 frames dropped");
    for (int c = 0; c < 7; c++)
        line[c] = screen.cell[11][c].glyph[0];
    line[7] = 0;
    CHECK_HAS(line, "100");
    bh_view_free(view);
    look(100);
    CHECK(!screen.alternate && !screen.hidden && !screen.unknown);
    close(slave);
    close(master);
}

static void
only_what_changed_is_sent(void)
{
    double time_s = 0;
    open_terminal();
    bh_view *view = open_view();
    show(view, 2, &time_s);
    look(400);
    size_t whole = screen.length;
    look(300); /* nothing is shown: nothing is sent */
    CHECK(screen.length == whole);
    show(view, 0.1, &time_s);
    look(300); /* one column, the one before the sweep, and the clock */
    CHECK(screen.length > whole && screen.length - whole < whole / 4);
    bh_view_free(view);
    close(slave);
    close(master);
}

static void
it_follows_the_size(void)
{
    double time_s = 0;
    open_terminal();
    bh_view *view = open_view();
    show(view, 3, &time_s);
    look(300);
    CHECK(screen.clears == 1);
    resize(100, 40);
    look(400);
    CHECK(screen.clears == 2 && !screen.unknown);
    /* 19 lines each now: row 75 is half 28 from below, 9 from the top. */
    CHECK(brightest(20, 1, 19, false) == 9);
    CHECK(screen.cell[39][99].glyph[0] == ' ');
    resize(5, 2); /* too small: draws as if it were larger, and does not fall */
    look(200);
    bh_view_free(view);
    close(slave);
    close(master);
}

TEST_MAIN("view terminal",
          {"the picture is where it should be", the_picture_is_where_it_should_be},
          {"only what changed is sent", only_what_changed_is_sent},
          {"it follows the size", it_follows_the_size})
