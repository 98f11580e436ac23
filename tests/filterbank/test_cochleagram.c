/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/cochleagram.h"

#include "tests/check.h"

static bh_cochleagram *
make(size_t channels, size_t rows, size_t columns, size_t column_frames)
{
    bh_cochleagram_config config = bh_cochleagram_config_default(1000, channels);
    config.max_rows = rows;
    config.max_columns = columns;
    config.column_frames = column_frames;
    bh_cochleagram *c = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_cochleagram_new(&config, &c, &diag), diag);
    return c;
}

/* Sample (t, ch): every channel has its own amplitude and every frame its own sign. */
static double
sample(size_t t, size_t ch)
{
    return (t * 7 % 5 < 2 ? -1 : 1) * (1 + (double)(t % 13)) * (1 + (double)ch) * 1e-3;
}

static void
feed(bh_cochleagram *c, size_t first, size_t frames, size_t channels,
     bh_precision precision)
{
    bh_block block = {calloc(frames * channels, bh_precision_size(precision)), frames,
                      channels, channels, precision};
    for (size_t t = 0; t < frames; t++)
        for (size_t ch = 0; ch < channels; ch++) {
            if (precision == BH_SINGLE)
                ((float *)block.data)[t * channels + ch] = (float)sample(first + t, ch);
            else
                ((double *)block.data)[t * channels + ch] = sample(first + t, ch);
        }
    bh_diag diag = {0};
    CHECK_OK(bh_cochleagram_process(c, block, &diag), diag);
    free(block.data);
}

/* Level of some frames and channels, by its definition. */
static double
want_level(size_t t0, size_t t1, size_t ch0, size_t ch1)
{
    double sum = 0;
    for (size_t t = t0; t < t1; t++)
        for (size_t ch = ch0; ch < ch1; ch++)
            sum += sample(t, ch) * sample(t, ch);
    return 20 * log10(sqrt(sum / (double)((t1 - t0) * (ch1 - ch0))) / 20e-6);
}

/* Sums of up to 64 squares in single precision: 1e-4 dB is 2e-5. */
static void
levels_are_right(void)
{
    enum { CHANNELS = 150, ROWS = 7, FRAMES = 1111 };
    for (int p = BH_SINGLE; p <= BH_DOUBLE; p++) {
        bh_cochleagram *c = make(CHANNELS, ROWS, 10, 3);
        feed(c, 0, FRAMES, CHANNELS, (bh_precision)p);
        CHECK(bh_cochleagram_rows(c) == ROWS);
        /* 3 frames a column, doubled until 10 columns hold 1111: 192. */
        size_t columns = bh_cochleagram_columns(c), column_frames = 192;
        CHECK(columns == 6);
        CHECK_NEAR(bh_cochleagram_column_s(c), 0.192, 1e-15);
        float levels[ROWS * 10];
        bh_cochleagram_levels(c, levels);
        CHECK(bh_cochleagram_row_channel(c, 0) == 0);
        CHECK(bh_cochleagram_row_channel(c, ROWS) == CHANNELS);
        double cf_hz[CHANNELS], row_cf_hz[ROWS];
        for (size_t ch = 0; ch < CHANNELS; ch++)
            cf_hz[ch] = 100 + 10 * (double)ch;
        bh_cochleagram_row_cf(c, cf_hz, row_cf_hz);
        CHECK(row_cf_hz[0] == 200);  /* the middle of channels 0 to 20 */
        CHECK(row_cf_hz[6] == 1485); /* between the middle two of 128 to 149 */
        for (size_t row = 0; row < ROWS; row++)
            for (size_t i = 0; i < columns; i++) {
                size_t end = (i + 1) * column_frames;
                double want = want_level(i * column_frames, end < FRAMES ? end : FRAMES,
                                         bh_cochleagram_row_channel(c, row),
                                         bh_cochleagram_row_channel(c, row + 1));
                CHECK_NEAR(levels[row * columns + i], want, 1e-4);
            }
        bh_cochleagram_free(c);
    }
}

/* However the frames come, and again after a reset, the picture has the same bits. */
static void
any_blocks_same_bits(void)
{
    enum { CHANNELS = 67, FRAMES = 2000 };
    float whole[CHANNELS * 64], cut[CHANNELS * 64];
    for (int p = BH_SINGLE; p <= BH_DOUBLE; p++) {
        bh_cochleagram *c = make(CHANNELS, 512, 64, 16);
        CHECK(bh_cochleagram_rows(c) == CHANNELS);
        feed(c, 0, FRAMES, CHANNELS, (bh_precision)p);
        bh_cochleagram_levels(c, whole);
        size_t columns = bh_cochleagram_columns(c);
        bh_cochleagram_reset(c);
        CHECK(bh_cochleagram_columns(c) == 0);
        for (size_t t = 0, n = 1; t < FRAMES; t += n, n = n * 3 % 101)
            feed(c, t, t + n < FRAMES ? n : FRAMES - t, CHANNELS, (bh_precision)p);
        CHECK(bh_cochleagram_columns(c) == columns);
        bh_cochleagram_levels(c, cut);
        CHECK(memcmp(whole, cut, columns * CHANNELS * sizeof *cut) == 0);
        bh_cochleagram_free(c);
    }
}

/* 1 Pa RMS is 93.98 dB SPL, silence is -infinity, an hour of it takes no more memory.
 */
static void
known_levels(void)
{
    bh_cochleagram *c = make(1, 1, 4, 1);
    float ones[1000], levels[4];
    for (size_t t = 0; t < 1000; t++)
        ones[t] = t % 2 ? 1 : -1;
    bh_block block = {ones, 1000, 1, 1, BH_SINGLE};
    for (int i = 0; i < 3600; i++)
        CHECK(bh_cochleagram_process(c, block, NULL) == BH_OK);
    bh_cochleagram_levels(c, levels);
    CHECK(bh_cochleagram_columns(c) <= 4);
    for (size_t i = 0; i < bh_cochleagram_columns(c); i++)
        CHECK_NEAR(levels[i], 93.9794, 1e-4);
    bh_cochleagram_reset(c);
    ones[0] = 0;
    block.frames = 1;
    CHECK(bh_cochleagram_process(c, block, NULL) == BH_OK);
    bh_cochleagram_levels(c, levels);
    CHECK(levels[0] == -INFINITY);
    bh_cochleagram_free(c);
    bh_cochleagram_free(NULL);
}

static void
wrong_config(void)
{
    static const bh_cochleagram_config wrong[] = {
        {0, 10, 10, 10, 1},  {NAN, 10, 10, 10, 1},      {1, 0, 10, 10, 1},
        {1, 10, 0, 10, 1},   {1, 10, 10, 1, 1},         {1, 10, 10, 10, 0},
        {1, 10, 1, ~0u, 1u}, {1, ~(size_t)0, 10, 10, 1}};
    bh_cochleagram *c = NULL;
    bh_diag diag;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        diag.text[0] = '\0';
        CHECK(bh_cochleagram_new(&wrong[i], &c, &diag) != BH_OK);
        CHECK(c == NULL && diag.text[0] != '\0');
    }
    c = make(3, 3, 4, 1);
    float x[4] = {0};
    CHECK(bh_cochleagram_process(c, (bh_block){x, 1, 4, 4, BH_SINGLE}, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the block has 4 channels, the cochleagram 3");
    bh_cochleagram_free(c);
}

TEST_MAIN("cochleagram", {"levels are right", levels_are_right},
          {"any blocks, same bits", any_blocks_same_bits},
          {"known levels", known_levels}, {"wrong config", wrong_config})
