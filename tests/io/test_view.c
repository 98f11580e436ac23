/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/view_internal.h"
#include "tests/check.h"

/* A view of 40 channels at 1 kHz in columns of 10 frames, and 80 neurons. */
enum { CHANNELS = 40, NEURONS = 80, FRAMES = 10, ROWS = 20 };

static bh_view *
new_view(size_t columns)
{
    static const char *const traces[] = {"v (mV)"};
    static double cf_hz[CHANNELS];
    bh_view_config config = bh_view_config_default();
    bh_view *view = NULL;
    bh_diag diag;
    for (int i = 0; i < CHANNELS; i++)
        cf_hz[i] = 100 * (i + 1);
    config.samplerate_hz = 1000;
    config.channels = CHANNELS;
    config.cf_hz = cf_hz;
    config.neurons = NEURONS;
    config.rows = ROWS;
    config.columns = columns;
    config.traces = traces;
    config.trace_count = 1;
    CHECK_OK(bh_view_new(&config, &view, &diag), diag);
    return view;
}

/* `frames` frames of silence but for one channel. */
static void
show_channel(bh_view *view, size_t channel, float pressure, size_t frames)
{
    float data[50][CHANNELS] = {{0}};
    bh_diag diag;
    for (size_t t = 0; t < frames; t++)
        data[t][channel] = t % 2 ? pressure : -pressure;
    bh_block block = {data, frames, CHANNELS, CHANNELS, BH_SINGLE};
    CHECK_OK(bh_view_block(view, block, &diag), diag);
}

struct column {
    struct view_head head;
    uint8_t level[ROWS], rate[ROWS];
    float trace[2];
};

static bool
read_column(const bh_view *view, uint64_t number, struct column *out)
{
    uint32_t words[200];
    if (!view_column(view, number, words))
        return false;
    memcpy(&out->head, words, sizeof out->head);
    memcpy(out->level, words + view_level_word(), ROWS);
    memcpy(out->rate, words + view_rate_word(view), ROWS);
    memcpy(out->trace, words + view_trace_word(view), sizeof out->trace);
    return true;
}

static void
levels_are_decibels_in_their_row(void)
{
    bh_view *view = new_view(100);
    struct column column = {.head.number = 9};
    /* 2 mPa RMS are 40 dB SPL; rows have two channels, the louder one counts. */
    show_channel(view, 13, 2e-3F, FRAMES);
    CHECK(!read_column(view, 0, &column));
    bh_view_advance(view, 0.01, NULL);
    CHECK(read_column(view, 0, &column));
    CHECK(column.head.number == 0);
    for (size_t r = 0; r < ROWS; r++)
        CHECK(column.level[r] == (r == 6 ? 1 + 2 * (40 + 20) : 0));
    CHECK(view->level.cf_hz[6] == 1300);
    bh_view_free(view);
}

static void
blocks_of_any_size_give_the_same_columns(void)
{
    bh_view *whole = new_view(100), *parts = new_view(100);
    struct column a, b;
    for (int i = 0; i < 6; i++)
        show_channel(whole, 3, 0.1F, 50);
    for (int i = 0, next = 0; next < 300; i++) {
        size_t frames = (size_t)(1 + i % 13 * 2); /* odd: the sign goes on */
        if (next + (int)frames > 300)
            frames = (size_t)(300 - next);
        show_channel(parts, 3, 0.1F, frames);
        next += (int)frames;
    }
    bh_view_advance(whole, 0.3, NULL);
    bh_view_advance(parts, 0.3, NULL);
    for (uint64_t c = 0; c < 30; c++) {
        CU_ASSERT_FATAL(read_column(whole, c, &a) && read_column(parts, c, &b));
        CHECK(memcmp(a.level, b.level, ROWS) == 0 && a.level[1] > 0);
    }
    CHECK(!read_column(whole, 30, &a));
    bh_view_free(whole);
    bh_view_free(parts);
}

static void
spikes_are_rates_in_their_row_and_column(void)
{
    const double time_s[] = {0.0101, 0.0199, 0.02, 0.02};
    const uint32_t index[] = {0, 3, 79, 78}, wrong[] = {NEURONS};
    bh_view *view = new_view(100);
    struct column column;
    bh_diag diag;
    CHECK_OK(bh_view_spikes(view, (bh_events){time_s, index, 4}, &diag), diag);
    bh_view_advance(view, 0.03, NULL);
    CU_ASSERT_FATAL(read_column(view, 1, &column));
    /* 2 spikes of 4 neurons in 10 ms: 50 spikes/s; 8 * sqrt(50) = 56.6 */
    CHECK(column.rate[0] == 57 && column.rate[19] == 0);
    CHECK_NEAR(column.head.rate_hz, 2 / 0.01 / NEURONS, 1e-6);
    CU_ASSERT_FATAL(read_column(view, 2, &column));
    CHECK(column.rate[0] == 0 && column.rate[19] == 57);
    CHECK(bh_view_spikes(view, (bh_events){time_s, wrong, 1}, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "neuron 80");
    bh_view_free(view);
}

static void
a_network_without_blocks_moves_on(void)
{
    bh_view *view = new_view(100);
    const double late_s = 3.0;
    const uint32_t index = 5;
    struct column column;
    bh_diag diag;
    /* Far ahead of everything shown: what is before goes out empty. */
    CHECK_OK(bh_view_spikes(view, (bh_events){&late_s, &index, 1}, &diag), diag);
    bh_view_advance(view, 3.01, NULL);
    CU_ASSERT_FATAL(read_column(view, 300, &column));
    CHECK(column.rate[1] > 0);
    CU_ASSERT_FATAL(read_column(view, 299, &column));
    CHECK(column.rate[1] == 0);
    /* The first ones are gone. */
    CHECK(!read_column(view, 0, &column));
    CHECK(!read_column(view, 301 - view->capacity, &column));
    CHECK(read_column(view, 302 - view->capacity, &column));
    bh_view_free(view);
}

static void
sound_traces_and_status_are_shown(void)
{
    bh_view *view = new_view(100);
    double sound[4] = {0.2, -0.2, 0.2, -0.2};
    char status[VIEW_STATUS], tooth[400];
    struct column column;
    bh_view_trace(view, 0, 0.001, -60);
    bh_view_trace(view, 0, 0.002, -50);
    bh_view_trace(view, 0, 0.009, -55);
    bh_view_trace(view, 0, 0.01, 7);
    bh_view_trace(view, 1, 0, 99); /* there is none */
    bh_view_sound(view, (bh_block){sound, 4, 1, 1, BH_DOUBLE}, NULL);
    bh_view_advance(view, 0.02, NULL);
    CU_ASSERT_FATAL(read_column(view, 0, &column));
    CHECK_NEAR(column.head.sound_db, 80, 1e-4);
    CHECK_NEAR(column.head.peak_db, 80, 1e-4);
    CHECK(column.trace[0] == -60 && column.trace[1] == -50);
    CU_ASSERT_FATAL(read_column(view, 1, &column));
    CHECK_NEAR(column.head.sound_db, 80, 1e-4); /* as long as nothing else is heard */
    CHECK(column.trace[0] == 7 && column.trace[1] == 7);
    bh_view_status(view, "all is well");
    view_status_copy(view, status);
    CHECK(strcmp(status, "all is well") == 0);
    memset(tooth, 'x', sizeof tooth);
    tooth[sizeof tooth - 1] = 0;
    bh_view_status(view, tooth);
    view_status_copy(view, status);
    CHECK(strlen(status) == VIEW_STATUS - 1);
    bh_view_free(view);
}

/* A reader beside the writer never sees a column that is half one, half another. */
static void *
read_on(void *context)
{
    const bh_view *view = context;
    uint64_t read = 0, torn = 0;
    struct column column;
    for (uint64_t next = 0; next < 20000;) {
        uint64_t published = atomic_load(&view->published);
        if (next + view->capacity <= published)
            next = published - view->capacity + 1;
        if (!read_column(view, next, &column))
            continue;
        for (size_t r = 0; r < ROWS; r++)
            torn += column.rate[r] != column.rate[0];
        torn += column.head.number != (uint32_t)next;
        read++;
        next++;
    }
    return (void *)(uintptr_t)(torn + (read == 0));
}

static void
readers_see_whole_columns(void)
{
    bh_view *view = new_view(100);
    uint32_t index[NEURONS];
    double time_s[NEURONS];
    pthread_t reader[2];
    void *faults[2];
    for (int t = 0; t < 2; t++)
        CU_ASSERT_FATAL(pthread_create(&reader[t], NULL, read_on, view) == 0);
    for (int c = 0; c < 20000; c++) {
        for (uint32_t i = 0; i < NEURONS; i++) {
            index[i] = i;
            time_s[i] = 0.01 * c + 0.005;
        }
        size_t each = c % 3 ? NEURONS : 0; /* all rows have the same */
        bh_view_spikes(view, (bh_events){time_s, index, each}, NULL);
        bh_view_advance(view, 0.01 * (c + 1), NULL);
    }
    for (int t = 0; t < 2; t++) {
        pthread_join(reader[t], &faults[t]);
        CHECK(faults[t] == NULL);
    }
    bh_view_free(view);
}

static void
wrong_settings_are_named(void)
{
    static const double falling[] = {200, 100};
    bh_view_config good = bh_view_config_default(), config = good;
    bh_view *view;
    bh_diag diag;
    config.column_s = 0;
    CHECK(bh_view_new(&config, &view, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "1e-4 to 10 s");
    config = good;
    config.columns = 99;
    CHECK(bh_view_new(&config, &view, &diag) == BH_ERR_ARGUMENT);
    config = good;
    config.rows = 5000;
    CHECK(bh_view_new(&config, &view, &diag) == BH_ERR_ARGUMENT);
    config = good;
    config.neurons = 2;
    config.neuron_cf_hz = falling;
    CHECK(bh_view_new(&config, &view, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "neuron 1 is 100 Hz");
    config = good;
    config.channels = 3;
    CHECK(bh_view_new(&config, &view, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "sample rate");
    view = new_view(100);
    float data[2] = {0};
    CHECK(bh_view_block(view, (bh_block){data, 1, 2, 2, BH_SINGLE}, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK(bh_view_terminal(view, -1, &diag) == BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "terminal");
    bh_view_free(view);
    bh_view_free(NULL);
}

TEST_MAIN("view",
          {"levels are decibels in their row", levels_are_decibels_in_their_row},
          {"blocks of any size give the same columns",
           blocks_of_any_size_give_the_same_columns},
          {"spikes are rates in their row and column",
           spikes_are_rates_in_their_row_and_column},
          {"a network without blocks moves on", a_network_without_blocks_moves_on},
          {"sound, traces and status are shown", sound_traces_and_status_are_shown},
          {"readers see whole columns", readers_see_whole_columns},
          {"wrong settings are named", wrong_settings_are_named})
