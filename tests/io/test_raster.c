/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/raster.h"

#include "io/raster_internal.h"
#include "tests/check.h"

static bh_raster *
open_raster(const bh_raster_config *config)
{
    bh_diag diag;
    bh_raster *raster = NULL;
    CHECK_OK(bh_raster_new(config, &raster, &diag), diag);
    return raster;
}

static void
add(bh_raster *raster, double time_s, uint32_t index)
{
    bh_diag diag;
    CHECK_OK(bh_raster_add(raster, (bh_events){&time_s, &index, 1}, &diag), diag);
}

static uint64_t
cell(const bh_raster *raster, size_t row, size_t column)
{
    return raster->cells[row * raster->columns + column];
}

static uint64_t
all_cells(const bh_raster *raster)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < raster->rows * raster->columns; i++)
        sum += raster->cells[i];
    return sum;
}

static void
test_places_follow_frequency(void)
{
    const double cf_hz[] = {4000, 100, NAN, 800, 100};
    bh_raster_config config = bh_raster_config_default(5, cf_hz);
    bh_raster *raster = open_raster(&config);
    CHECK(raster->places == 4);
    CHECK(raster->place[1] == 0 && raster->place[4] == 1);
    CHECK(raster->place[3] == 2 && raster->place[0] == 3);
    CHECK(raster->cf_hz[0] == 100 && raster->cf_hz[3] == 4000);
    bh_raster_free(raster);

    const double none[] = {NAN, NAN};
    config = bh_raster_config_default(2, none);
    raster = open_raster(&config);
    CHECK(raster->places == 2 && !raster->cf_hz && raster->place[1] == 1);
    bh_raster_free(raster);
}

static void
test_few_spikes_are_kept_many_are_counted(void)
{
    bh_raster_config config = bh_raster_config_default(4, NULL);
    config.max_marks = 3;
    config.max_rows = 2;
    config.max_columns = 4;
    config.column_s = 1;
    bh_raster *raster = open_raster(&config);
    add(raster, 0.5, 0);
    add(raster, 3.5, 3);
    add(raster, 1.5, 1);
    CHECK(raster->mark_s[1] == 3.5 && raster->mark[1] == 3);
    CHECK(all_cells(raster) == 0);
    add(raster, 2.0, 2);
    CHECK(bh_raster_count(raster) == 4 && all_cells(raster) == 4);
    CHECK(cell(raster, 0, 0) == 1 && cell(raster, 0, 1) == 1);
    CHECK(cell(raster, 1, 2) == 1 && cell(raster, 1, 3) == 1);
    CHECK(raster->last_s == 3.5);
    bh_raster_free(raster);
}

static void
test_columns_merge_as_time_goes_on(void)
{
    bh_raster_config config = bh_raster_config_default(1, NULL);
    config.max_marks = 0;
    config.max_columns = 4;
    config.column_s = 1;
    bh_raster *raster = open_raster(&config);
    for (int i = 0; i < 4; i++)
        add(raster, i, 0);
    CHECK(raster->column_s == 1);
    add(raster, 4, 0);
    CHECK(raster->column_s == 2);
    CHECK(cell(raster, 0, 0) == 2 && cell(raster, 0, 1) == 2 &&
          cell(raster, 0, 2) == 1);
    add(raster, 3600, 0);
    CHECK(raster->column_s == 1024);
    CHECK(cell(raster, 0, 0) == 5 && cell(raster, 0, 3) == 1);
    bh_raster_free(raster);
}

/* The grid is the same for any order of spikes and any grouping into calls. */
static void
test_grouping_does_not_matter(void)
{
    enum { SPIKES = 5000 };
    static double time_s[SPIKES];
    static uint32_t index[SPIKES];
    uint32_t state = 1;
    for (int i = 0; i < SPIKES; i++) {
        state = state * 1664525u + 1013904223u;
        time_s[i] = (state >> 8) * 1e-6;
        index[i] = (state >> 4) % 100;
    }
    bh_raster_config config = bh_raster_config_default(100, NULL);
    config.max_marks = 77;
    config.max_rows = 7;
    config.max_columns = 16;
    bh_raster *one = open_raster(&config), *other = open_raster(&config);
    bh_diag diag;
    CHECK_OK(bh_raster_add(one, (bh_events){time_s, index, SPIKES}, &diag), diag);
    for (int i = SPIKES - 1; i >= 0; i--)
        add(other, time_s[i], index[i]);
    CHECK(one->column_s == other->column_s && all_cells(one) == SPIKES);
    CHECK(memcmp(one->cells, other->cells, 7 * 16 * sizeof *one->cells) == 0);
    bh_raster_free(one);
    bh_raster_free(other);
}

static void
test_wrong_spikes_are_told_and_not_added(void)
{
    const double cf_hz[] = {100, NAN};
    bh_raster_config config = bh_raster_config_default(2, cf_hz);
    bh_raster *raster = open_raster(&config);
    bh_diag diag;
    double time_s[] = {0, 1};
    uint32_t index[] = {0, 2};
    bh_events events = {time_s, index, 2};
    CHECK(bh_raster_add(raster, events, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "neuron 2; there are 2");
    index[1] = 1;
    CHECK(bh_raster_add(raster, events, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "neuron 1, which has no characteristic frequency");
    static const double bad[] = {-1, NAN, INFINITY};
    index[1] = 0;
    for (size_t i = 0; i < 3; i++) {
        time_s[1] = bad[i];
        CHECK(bh_raster_add(raster, events, &diag) == BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, "times must be 0 or later");
    }
    CHECK(bh_raster_count(raster) == 0);
    bh_raster_free(raster);
    bh_raster_free(NULL);
}

static void
test_what_cannot_be_a_raster(void)
{
    bh_diag diag;
    bh_raster *raster = NULL;
    bh_raster_config config = bh_raster_config_default(0, NULL);
    CHECK(bh_raster_new(&config, &raster, &diag) == BH_ERR_ARGUMENT);
    config = bh_raster_config_default(1, NULL);
    config.max_columns = 1;
    CHECK(bh_raster_new(&config, &raster, &diag) == BH_ERR_ARGUMENT);
    config = bh_raster_config_default(1, NULL);
    config.column_s = 0;
    CHECK(bh_raster_new(&config, &raster, &diag) == BH_ERR_ARGUMENT);
    CHECK(raster == NULL);
}

TEST_MAIN("io/raster", {"places follow frequency", test_places_follow_frequency},
          {"few spikes are kept, many are counted",
           test_few_spikes_are_kept_many_are_counted},
          {"columns merge as time goes on", test_columns_merge_as_time_goes_on},
          {"grouping does not matter", test_grouping_does_not_matter},
          {"wrong spikes are told and not added",
           test_wrong_spikes_are_told_and_not_added},
          {"what cannot be a raster", test_what_cannot_be_a_raster})
