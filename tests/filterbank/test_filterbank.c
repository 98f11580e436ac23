/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/filterbank.h"

#include "core/pool.h"
#include "filterbank/filterbank_ops.h"
#include "filterbank/gammatone.h"
#include "tests/check.h"

#include <stdint.h>

enum { CHANNELS = 70, FRAMES = 3000 };

static bh_filterbank *
make_bank(bh_precision precision)
{
    double cf_hz[CHANNELS];
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_erbspace(50, 7000, CHANNELS, bh_erb_params_default(), cf_hz, &diag),
             diag);
    CHECK_OK(bh_gammatone_new(16000, cf_hz, CHANNELS, NULL, precision, &fb, &diag),
             diag);
    return fb;
}

/* Numbers of which single precision holds every bit. */
static double
noise(size_t t, size_t ch)
{
    uint32_t state = (uint32_t)(t * 2654435761u + ch * 40503u + 1);
    state ^= state >> 15;
    state *= 2246822519u;
    state ^= state >> 13;
    return (double)(state >> 10) * 0x1p-22 - 0.5;
}

static bh_block
make_block(size_t frames, size_t channels, bh_precision precision)
{
    size_t stride = channels + 3;
    return (bh_block){calloc(frames * stride, bh_precision_size(precision)), frames,
                      channels, stride, precision};
}

static bh_block
make_noise(size_t frames, size_t channels, bh_precision precision)
{
    bh_block block = make_block(frames, channels, precision);
    for (size_t t = 0; t < frames; t++)
        for (size_t ch = 0; ch < channels; ch++) {
            if (precision == BH_SINGLE)
                ((float *)block.data)[t * block.stride + ch] = (float)noise(t, ch);
            else
                ((double *)block.data)[t * block.stride + ch] = noise(t, ch);
        }
    return block;
}

static double
sample(bh_block block, size_t t, size_t ch)
{
    size_t i = t * block.stride + ch;
    return block.precision == BH_SINGLE ? ((float *)block.data)[i]
                                        : ((double *)block.data)[i];
}

static double
largest_difference(bh_block a, bh_block b)
{
    double most = 0;
    for (size_t t = 0; t < a.frames; t++)
        for (size_t ch = 0; ch < a.channels; ch++)
            most = fmax(most, fabs(sample(a, t, ch) - sample(b, t, ch)));
    return most;
}

static void
process(bh_filterbank *fb, bh_block in, bh_block out)
{
    bh_diag diag = {0};
    CHECK_OK(bh_filterbank_process(fb, in, out, &diag), diag);
}

/* What is between the channels and the stride, and past the channels, stays as it was.
 */
static void
writes_only_its_channels(void)
{
    for (int p = BH_SINGLE; p <= BH_DOUBLE; p++) {
        bh_filterbank *fb = make_bank((bh_precision)p);
        bh_block in = make_noise(100, 1, BH_SINGLE);
        bh_block out = make_block(100, CHANNELS, (bh_precision)p);
        process(fb, in, out);
        for (size_t t = 0; t < 100; t++)
            for (size_t ch = CHANNELS; ch < out.stride; ch++)
                CHECK(sample(out, t, ch) == 0);
        free(out.data);
        free(in.data);
        bh_filterbank_free(fb);
    }
}

/* The precision of the blocks changes nothing but the rounding of the result: the noise
 * is exact in both. */
static void
any_precision_of_blocks(void)
{
    for (int p = BH_SINGLE; p <= BH_DOUBLE; p++) {
        bh_precision precision = (bh_precision)p;
        bh_filterbank *fb = make_bank(precision);
        CHECK(bh_filterbank_precision(fb) == precision);
        bh_block want = make_block(FRAMES, CHANNELS, precision);
        bh_block own = make_noise(FRAMES, 1, precision);
        process(fb, own, want);
        for (int kind = 0; kind < 4; kind++) {
            bh_block in = make_noise(FRAMES, 1, (bh_precision)(kind & 1));
            bh_block out = make_block(FRAMES, CHANNELS, (bh_precision)(kind >> 1));
            bh_filterbank_reset(fb);
            process(fb, in, out);
            /* 2^-25 of numbers below 1, where doubles are rounded. */
            double tolerance = out.precision < precision ? 3e-8 : 0;
            CHECK_NEAR(largest_difference(out, want), 0, tolerance);
            free(out.data);
            free(in.data);
        }
        free(own.data);
        free(want.data);
        bh_filterbank_free(fb);
    }
}

/* One input for each filter: with the same sound in all of them it is as if there were
 * one, and with different sounds each channel hears its own. */
static void
one_input_for_each(void)
{
    for (int kind = 0; kind < 4; kind++) {
        bh_filterbank *fb = make_bank((bh_precision)(kind & 1));
        bh_precision of_in = (bh_precision)(kind >> 1);
        bh_block in = make_noise(FRAMES, CHANNELS, of_in);
        bh_block together = make_block(FRAMES, CHANNELS, BH_DOUBLE);
        bh_block alone = make_block(FRAMES, CHANNELS, BH_DOUBLE);
        process(fb, in, together);
        for (size_t ch = 0; ch < CHANNELS; ch += 23) {
            bh_filterbank_reset(fb);
            process(fb, bh_block_channels(in, ch, 1), alone);
            double most = 0;
            for (size_t t = 0; t < FRAMES; t++)
                most = fmax(most, fabs(sample(alone, t, ch) - sample(together, t, ch)));
            CHECK_NEAR(most, 0, 0);
        }
        free(alone.data);
        free(together.data);
        free(in.data);
        bh_filterbank_free(fb);
    }
}

static void
reset_forgets(void)
{
    bh_filterbank *fb = make_bank(BH_SINGLE);
    bh_block in = make_noise(FRAMES, 1, BH_SINGLE);
    bh_block first = make_block(FRAMES, CHANNELS, BH_SINGLE);
    bh_block second = make_block(FRAMES, CHANNELS, BH_SINGLE);
    process(fb, in, first);
    process(fb, in, second);
    CHECK(largest_difference(first, second) > 0);
    bh_filterbank_reset(fb);
    process(fb, in, second);
    CHECK_NEAR(largest_difference(first, second), 0, 0);
    free(second.data);
    free(first.data);
    free(in.data);
    bh_filterbank_free(fb);
}

/* What is not finite is refused as a whole, with its place, before any filter hears it:
 * the next sound comes out as if there had been none. */
static void
not_finite(void)
{
    const double bads[] = {NAN, INFINITY, -INFINITY};
    for (int kind = 0; kind < 12; kind++) {
        bh_filterbank *fb = make_bank((bh_precision)(kind & 1));
        const bh_precision precision = (bh_precision)(kind >> 1 & 1);
        const size_t wide = kind < 6 ? 1 : CHANNELS, ch = wide - 1;
        bh_block in = make_noise(FRAMES, wide, precision);
        bh_block want = make_block(FRAMES, CHANNELS, BH_DOUBLE);
        bh_block got = make_block(FRAMES, CHANNELS, BH_DOUBLE);
        bh_diag diag = {0};
        process(fb, in, want);
        bh_filterbank_reset(fb);
        process(fb, bh_block_frames(in, 0, 2000), bh_block_frames(got, 0, 2000));
        bh_block rest = bh_block_frames(in, 2000, 1000);
        bh_block said = bh_block_frames(got, 2000, 1000);
        bh_block bad = bh_block_channels(bh_block_frames(in, 2345, 1), ch, 1);
        if (precision == BH_SINGLE)
            *(float *)bad.data = (float)bads[kind % 3];
        else
            *(double *)bad.data = bads[kind % 3];
        CHECK(bh_filterbank_process(fb, rest, said, &diag) == BH_ERR_DATA);
        CHECK_HAS(diag.text, wide == 1 ? "sample 2345 of channel 0 is"
                                       : "sample 2345 of channel 69 is");
        if (precision == BH_SINGLE)
            *(float *)bad.data = (float)noise(2345, ch);
        else
            *(double *)bad.data = noise(2345, ch);
        process(fb, rest, said);
        CHECK_NEAR(largest_difference(want, got), 0, 0);
        free(got.data);
        free(want.data);
        free(in.data);
        bh_filterbank_free(fb);
    }
}

/* A source of noise(t, ch) that ends after `length` frames. */
struct noise_source {
    size_t channels, t, frames, length;
};

static bh_status
noise_begin(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    struct noise_source *source = self;
    (void)diag;
    source->t += source->frames;
    size_t left = source->length - source->t;
    source->frames = *got = frames < left ? frames : left;
    return BH_OK;
}

static void
noise_tile(void *self, size_t tile, bh_block out)
{
    struct noise_source *source = self;
    (void)tile;
    for (size_t t = 0; t < out.frames; t++)
        for (size_t ch = 0; ch < out.channels; ch++) {
            double x = noise(source->t + t, ch);
            if (out.precision == BH_SINGLE)
                ((float *)out.data)[t * out.stride + ch] = (float)x;
            else
                ((double *)out.data)[t * out.stride + ch] = x;
        }
}

static bh_status
noise_rewind(void *self, bh_diag *diag)
{
    struct noise_source *source = self;
    (void)diag;
    source->t = source->frames = 0;
    return BH_OK;
}

static bh_source *
make_source(struct noise_source *self, double samplerate_hz, size_t channels)
{
    *self = (struct noise_source){.channels = channels, .length = FRAMES};
    bh_source_config config = {
        .samplerate_hz = samplerate_hz,
        .channels = channels,
        .length = FRAMES,
        .tiles = 1,
        .self = self,
        .begin = noise_begin,
        .tile = noise_tile,
        .rewind = noise_rewind,
    };
    bh_source *source = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_source_new(&config, &source, &diag), diag);
    return source;
}

/* A bank behind a source gives what it gives when called, in either precision, with
 * tiles in any order, to the end and again after rewinding. */
static void
bank_behind_a_source(void)
{
    for (int kind = 0; kind < 8; kind++) {
        bh_precision precision = (bh_precision)(kind & 1);
        size_t channels = kind & 4 ? CHANNELS : 1;
        bh_filterbank *fb = make_bank(precision);
        bh_block in = make_noise(FRAMES, channels, precision);
        bh_block want = make_block(FRAMES, CHANNELS, (bh_precision)(kind >> 1 & 1));
        bh_block got = make_block(FRAMES + 9, CHANNELS, want.precision);
        process(fb, in, want);
        bh_filterbank_reset(fb);
        struct noise_source noise_self;
        bh_source *input = make_source(&noise_self, 16000, channels), *source = NULL;
        bh_diag diag = {0};
        CHECK_OK(bh_filterbank_source(fb, input, &source, &diag), diag);
        CHECK(bh_source_channels(source) == CHANNELS);
        CHECK(bh_source_length(source) == FRAMES);
        CHECK(bh_source_samplerate(source) == 16000);
        size_t frames = 0, read = 0;
        CHECK_OK(bh_source_read(source, got, &read, &diag), diag);
        CHECK(read == FRAMES);
        CHECK_NEAR(largest_difference(want, got), 0, 0);
        CHECK_OK(bh_source_rewind(source, &diag), diag);
        CHECK_OK(bh_source_begin(source, 100, &frames, &diag), diag);
        for (size_t i = bh_source_tiles(source); i-- > 0;)
            bh_source_tile(source, i, bh_block_frames(got, 0, frames));
        CHECK_NEAR(largest_difference(bh_block_frames(want, 0, 100), got), 0, 0);
        bh_source_free(source);
        bh_source_free(input);
        free(got.data);
        free(want.data);
        free(in.data);
        bh_filterbank_free(fb);
    }
}

struct window {
    bh_source *source;
    bh_block out;
};

static void
run_tile(void *context, size_t tile, int thread)
{
    const struct window *window = context;
    (void)thread;
    bh_source_tile(window->source, tile, window->out);
}

/* Tiles on several threads give the bits of one. */
static void
tiles_in_parallel(void)
{
    bh_diag diag = {0};
    bh_pool *pool = NULL;
    CHECK_OK(bh_pool_new(4, &pool, &diag), diag);
    for (int kind = 0; kind < 4; kind++) {
        bh_filterbank *fb = make_bank((bh_precision)(kind & 1));
        bh_block in = make_noise(FRAMES, 1, BH_DOUBLE);
        bh_block want = make_block(FRAMES, CHANNELS, (bh_precision)(kind >> 1));
        bh_block got = make_block(FRAMES, CHANNELS, want.precision);
        process(fb, in, want);
        bh_filterbank_reset(fb);
        struct noise_source noise_self;
        bh_source *input = make_source(&noise_self, 16000, 1), *source = NULL;
        CHECK_OK(bh_filterbank_source(fb, input, &source, &diag), diag);
        size_t frames = 1;
        for (size_t t = 0; t < FRAMES && frames > 0; t += frames) {
            CHECK_OK(bh_source_begin(source, 77, &frames, &diag), diag);
            struct window window = {source, bh_block_frames(got, t, frames)};
            bh_pool_run(pool, bh_source_tiles(source), INFINITY, run_tile, &window);
        }
        CHECK_NEAR(largest_difference(want, got), 0, 0);
        bh_source_free(source);
        bh_source_free(input);
        free(got.data);
        free(want.data);
        free(in.data);
        bh_filterbank_free(fb);
    }
    bh_pool_free(pool);
}

/* A bank whose channels depend on each other does its work once a window, in `begin`:
 * channel ch gives the sum of all inputs heard so far, plus ch. */
struct summing {
    double sum, window[BH_WINDOW_MAX];
};

static void
summing_begin(void *self, bh_block in)
{
    struct summing *summing = self;
    for (size_t t = 0; t < in.frames; t++)
        summing->window[t] = summing->sum += ((double *)in.data)[t * in.stride];
}

static void
summing_tile(void *self, size_t channel, size_t frame, bh_block in, bh_block out)
{
    const struct summing *summing = self;
    (void)in;
    CHECK(out.channels % BH_LANES == 0);
    for (size_t t = 0; t < out.frames; t++)
        for (size_t i = 0; i < out.channels; i++)
            ((double *)out.data)[t * out.stride + i] = summing->window[frame + t] +
                                                       (double)(channel + i);
}

static void
summing_reset(void *self)
{
    ((struct summing *)self)->sum = 0;
}

static void
bank_of_another_kind(void)
{
    static const struct bh_filterbank_ops ops = {.begin = summing_begin,
                                                 .tile = summing_tile,
                                                 .reset = summing_reset,
                                                 .free = free};
    double cf_hz[CHANNELS] = {0};
    struct bh_filterbank_config config = {.ops = &ops,
                                          .self = calloc(1, sizeof(struct summing)),
                                          .samplerate_hz = 16000,
                                          .channels = CHANNELS,
                                          .tile_channels = 16,
                                          .cf_hz = cf_hz,
                                          .precision = BH_DOUBLE};
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_filterbank_new(&config, &fb, &diag), diag);
    for (int p = BH_SINGLE; p <= BH_DOUBLE; p++) {
        bh_block in = make_noise(FRAMES, 1, (bh_precision)p);
        bh_block out = make_block(FRAMES, CHANNELS, BH_DOUBLE);
        process(fb, in, out);
        double sum = 0;
        for (size_t t = 0; t < FRAMES; t++) {
            sum += noise(t, 0);
            CHECK(sample(out, t, 0) == sum);
            CHECK(sample(out, t, CHANNELS - 1) == sum + CHANNELS - 1);
        }
        bh_filterbank_reset(fb);
        free(out.data);
        free(in.data);
    }
    bh_filterbank_free(fb);
}

static void
wrong_blocks(void)
{
    bh_filterbank *fb = make_bank(BH_SINGLE);
    bh_block in = make_block(10, 1, BH_SINGLE),
             out = make_block(10, CHANNELS, BH_SINGLE);
    bh_block stereo = make_block(10, 2, BH_SINGLE);
    bh_diag diag;
    CHECK(bh_filterbank_process(fb, stereo, out, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text,
              "the input has 2 channels and the filterbank 70; the input must "
              "have 1 channel");
    CHECK(bh_filterbank_process(fb, in, stereo, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the output block has 2 channels, the filterbank 70");
    CHECK(bh_filterbank_process(fb, bh_block_frames(in, 0, 9), out, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the input block has 9 frames, the output block 10");
    bh_block narrow = out;
    narrow.stride = 5;
    CHECK(bh_filterbank_process(fb, in, narrow, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "stride");
    CHECK_OK(bh_filterbank_process(fb, bh_block_frames(in, 0, 0),
                                   bh_block_frames(out, 0, 0), &diag),
             diag);
    struct noise_source noise_self;
    bh_source *source = NULL, *input = make_source(&noise_self, 44100, 1);
    CHECK(bh_filterbank_source(fb, input, &source, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "44100 Hz, the filterbank was made for 16000 Hz");
    bh_source_free(input);
    input = make_source(&noise_self, 16000, 2);
    CHECK(bh_filterbank_source(fb, input, &source, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the input has 2 channels");
    CHECK(source == NULL);
    bh_source_free(input);
    free(stereo.data);
    free(out.data);
    free(in.data);
    bh_filterbank_free(fb);
    bh_filterbank_free(NULL);
}

TEST_MAIN("filterbank", {"writes only its channels", writes_only_its_channels},
          {"any precision of blocks", any_precision_of_blocks},
          {"one input for each", one_input_for_each}, {"reset forgets", reset_forgets},
          {"not finite", not_finite}, {"bank behind a source", bank_behind_a_source},
          {"tiles in parallel", tiles_in_parallel},
          {"bank of another kind", bank_of_another_kind},
          {"wrong blocks", wrong_blocks})
