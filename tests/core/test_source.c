/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/source.h"

#include "tests/check.h"

#include <stdbool.h>

/* A source whose sample (t, ch) is 10 t + ch, in as many tiles as it has channels. */
struct ramp {
    size_t length, at, window, channels;
    int freed;
    size_t fail_at; /* the frame from which it fails */
    size_t longest; /* the longest window that was asked for */
};

static bh_status
ramp_begin(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    struct ramp *ramp = self;
    if (ramp->at >= ramp->fail_at)
        return bh_diag_set(diag, BH_ERR_DATA, "frame %zu is bad", ramp->at);
    if (frames > ramp->longest)
        ramp->longest = frames;
    size_t left = ramp->length - ramp->at;
    *got = ramp->window = frames < left ? frames : left;
    ramp->at += *got;
    return BH_OK;
}

static void
ramp_tile(void *self, size_t tile, bh_block out)
{
    struct ramp *ramp = self;
    size_t first = ramp->at - ramp->window;
    for (size_t t = 0; t < out.frames; t++) {
        double value = 10.0 * (double)(first + t) + (double)tile;
        if (out.precision == BH_DOUBLE)
            ((double *)out.data)[t * out.stride + tile] = value;
        else
            ((float *)out.data)[t * out.stride + tile] = (float)value;
    }
}

static bh_status
ramp_rewind(void *self, bh_diag *diag)
{
    (void)diag;
    ((struct ramp *)self)->at = 0;
    return BH_OK;
}

static void
ramp_free(void *self)
{
    ((struct ramp *)self)->freed++;
}

static bh_source_config
ramp_config(struct ramp *ramp)
{
    return (bh_source_config){
        .samplerate_hz = 44100,
        .channels = ramp->channels,
        .length = ramp->length,
        .tiles = ramp->channels,
        .self = ramp,
        .begin = ramp_begin,
        .tile = ramp_tile,
        .rewind = ramp_rewind,
        .free = ramp_free,
    };
}

static bh_source *
open_ramp(struct ramp *ramp)
{
    bh_diag diag;
    bh_source *source = NULL;
    bh_source_config config = ramp_config(ramp);
    CHECK_OK(bh_source_new(&config, &source, &diag), diag);
    return source;
}

static void
test_a_source_says_what_it_is(void)
{
    struct ramp ramp = {.length = 5000, .channels = 3, .fail_at = SIZE_MAX};
    bh_source *source = open_ramp(&ramp);
    CHECK(bh_source_samplerate(source) == 44100);
    CHECK(bh_source_channels(source) == 3);
    CHECK(bh_source_length(source) == 5000);
    CHECK(bh_source_tiles(source) == 3);
    bh_source_free(source);
    CHECK(ramp.freed == 1);
    bh_source_free(NULL);
}

/* Reads in pieces of any size see every sample once, windows stay below the limit, and
 * what lies between the rows of the block is left alone. */
static void
check_split(size_t piece, bh_precision precision)
{
    enum { LENGTH = 3000, CHANNELS = 2, STRIDE = 3 };
    static double data[LENGTH * STRIDE + STRIDE];
    struct ramp ramp = {.length = LENGTH, .channels = CHANNELS, .fail_at = SIZE_MAX};
    bh_source *source = open_ramp(&ramp);
    size_t done = 0, got = piece;
    int wrong = 0;
    while (got == piece) {
        memset(data, 0xff, sizeof data);
        bh_block out = {data, piece, CHANNELS, STRIDE, precision};
        bh_diag diag;
        CHECK_OK(bh_source_read(source, out, &got, &diag), diag);
        for (size_t t = 0; t < got; t++)
            for (size_t ch = 0; ch < STRIDE; ch++) {
                double want = 10.0 * (double)(done + t) + (double)ch;
                double have = precision == BH_DOUBLE ? data[t * STRIDE + ch]
                                                     : ((float *)data)[t * STRIDE + ch];
                wrong += ch < CHANNELS ? have != want : !isnan(have);
            }
        done += got;
    }
    CHECK(wrong == 0);
    CHECK(done == LENGTH);
    CHECK(ramp.longest <= BH_WINDOW_MAX);
    bh_source_free(source);
}

static void
test_any_split_gives_the_same(void)
{
    static const size_t pieces[] = {1, 7, 500, 1024, 1025, 2999, 3000, 3001};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        check_split(pieces[i], BH_DOUBLE);
        check_split(pieces[i], BH_SINGLE);
    }
}

static void
test_past_the_end_there_is_nothing(void)
{
    double data[8];
    bh_diag diag;
    struct ramp ramp = {.length = 3, .channels = 1, .fail_at = SIZE_MAX};
    bh_source *source = open_ramp(&ramp);
    bh_block out = {data, 8, 1, 1, BH_DOUBLE};
    size_t got = 99;
    CHECK_OK(bh_source_read(source, out, &got, &diag), diag);
    CHECK(got == 3);
    CHECK_OK(bh_source_read(source, out, &got, &diag), diag);
    CHECK(got == 0);
    CHECK_OK(bh_source_rewind(source, &diag), diag);
    CHECK_OK(bh_source_read(source, out, &got, &diag), diag);
    CHECK(got == 3 && data[2] == 20);
    bh_source_free(source);
}

static void
test_failures_pass_through(void)
{
    static double data[3000];
    bh_diag diag;
    struct ramp ramp = {.length = 3000, .channels = 1, .fail_at = 1500};
    bh_source *source = open_ramp(&ramp);
    bh_block out = {data, 3000, 1, 1, BH_DOUBLE};
    size_t got = 99;
    CHECK(bh_source_read(source, out, &got, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "is bad");
    CHECK(got == 99);
    out.channels = 2;
    CHECK(bh_source_read(source, out, &got, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the block has 2 channels, the source 1");
    CHECK(bh_source_begin(source, BH_WINDOW_MAX + 1, &got, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "1025 frames is longer than 1024");
    bh_source_free(source);
}

static void
test_what_cannot_be_a_source(void)
{
    bh_diag diag;
    bh_source *source = NULL;
    struct ramp ramp = {.length = 3, .channels = 1, .fail_at = SIZE_MAX};
    static const double rates[] = {0, -44100, NAN, INFINITY};
    for (size_t i = 0; i < 4; i++) {
        bh_source_config config = ramp_config(&ramp);
        config.samplerate_hz = rates[i];
        CHECK(bh_source_new(&config, &source, &diag) == BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, "the sample rate is");
    }
    bh_source_config config = ramp_config(&ramp);
    config.channels = 0;
    CHECK(bh_source_new(&config, &source, &diag) == BH_ERR_ARGUMENT);
    CHECK(source == NULL && ramp.freed == 0);

    config = ramp_config(&ramp);
    config.rewind = NULL;
    config.free = NULL;
    CHECK_OK(bh_source_new(&config, &source, &diag), diag);
    CHECK(bh_source_rewind(source, &diag) == BH_ERR_UNSUPPORTED);
    bh_source_free(source);
}

TEST_MAIN("core/source", {"a source says what it is", test_a_source_says_what_it_is},
          {"any split gives the same", test_any_split_gives_the_same},
          {"past the end there is nothing", test_past_the_end_there_is_nothing},
          {"failures pass through", test_failures_pass_through},
          {"what cannot be a source", test_what_cannot_be_a_source})
