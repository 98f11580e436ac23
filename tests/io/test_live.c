/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/live.h"

#include "io/live_internal.h"
#include "tests/check.h"
#include "tests/io/audio_scratch.h"

/* A device that hands over a period at a time, each delayed by up to 3 ms. Frames go
 * missing at `gap_s` where that is not 0. */
struct device {
    double rate_hz, period, gap_s, gap_frames;
};

static void
run_clock(struct bh_live_clock *clock, const struct device *device, double seconds)
{
    unsigned noise = 1;
    double heard = 0;
    bh_live_clock_start(clock, 48000);
    for (double frames = device->period; frames / device->rate_hz < seconds;
         frames += device->period) {
        const double time_s = 100 + frames / device->rate_hz;
        noise = noise * 1664525u + 1013904223u;
        heard += device->period;
        if (device->gap_s > 0 && time_s - 100 > device->gap_s &&
            time_s - 100 < device->gap_s + device->gap_frames / device->rate_hz)
            heard -= device->period;
        bh_live_clock_take(clock, (uint64_t)heard,
                           time_s + 3e-3 * (noise >> 8) / 0x1p24);
    }
}

/* A clock that is 80 ppm fast, seen through 3 ms of unrest. The least offset of a
 * window may lie anywhere in its 2 s, in which the clocks part by 160 us: in the 56 s
 * that the drift is seen over, 3 ppm. */
static void
test_drift(void)
{
    struct bh_live_clock clock;
    const struct device fast = {48000 * (1 + 80e-6), 256, 0, 0};
    run_clock(&clock, &fast, 60);
    CHECK_NEAR(clock.drift_ppm, 80, 3);
    CHECK(clock.missing_s == 0 && isnan(clock.seen_hz));
    run_clock(&clock, &fast, 12);
    CHECK(isnan(clock.drift_ppm));
    /* frames are captured a whole period before they arrive together */
    CHECK_NEAR(bh_live_clock_captured(&clock, 48000 * (1 + 80e-6) * 11), 111, 5e-4);
}

/* A tenth of a second that never came, and nobody said so. */
static void
test_missing(void)
{
    struct bh_live_clock clock;
    const struct device leaky = {48000, 240, 21, 4800};
    run_clock(&clock, &leaky, 60);
    CHECK_NEAR(clock.missing_s, 0.1, 1e-3);
    CHECK_NEAR(clock.drift_ppm, 0, 3);
    CHECK(isnan(clock.seen_hz));
}

static void
test_other_rate(void)
{
    struct bh_live_clock clock;
    const struct device slow = {44100, 256, 0, 0}, quick = {96000, 256, 0, 0};
    run_clock(&clock, &slow, 12);
    CHECK_NEAR(clock.seen_hz, 44100, 50); /* 3 ms of unrest in windows of 2 s */
    run_clock(&clock, &quick, 12);
    CHECK_NEAR(clock.seen_hz, 96000, 150);
}

/* A server that stands still now and then loses time, and has no other rate. */
static void
test_stalls(void)
{
    struct bh_live_clock clock;
    double time_s = 100;
    bh_live_clock_start(&clock, 48000);
    for (uint64_t frames = 256; frames < 48000 * 20; frames += 256) {
        time_s += 256 / 48000.0 + (frames / 256 % 10 == 0 ? 5e-3 : 0);
        bh_live_clock_take(&clock, frames, time_s);
        /* what waited behind the stall is known soon */
        if (frames > 48000 && frames / 256 % 10 == 9)
            CHECK(time_s - bh_live_clock_captured(&clock, (double)(frames - 256)) <
                  0.022);
    }
    CHECK(isnan(clock.seen_hz));
    /* stalls make 9 % of the 22 s; those of the first two windows do not count */
    CHECK_NEAR(clock.missing_s, 0.0857 * 18, 0.2);
}

static void
test_latency(void)
{
    static struct bh_latency latency;
    CHECK(isnan(bh_latency_quantile(&latency, 0.5)));
    for (int i = 1; i <= 1000; i++)
        bh_latency_add(&latency, 1e-5 * i);
    /* bins are 2.2 % wide */
    CHECK_NEAR(bh_latency_quantile(&latency, 0.5), 5e-3, 0.022 * 5e-3);
    CHECK_NEAR(bh_latency_quantile(&latency, 0.99), 9.9e-3, 0.022 * 9.9e-3);
    CHECK(latency.max_s == 1e-2);
    bh_latency_add(&latency, 1e9);
    bh_latency_add(&latency, 0);
    bh_latency_add(&latency, -1);
    CHECK(latency.max_s == 1e9);
    CHECK(bh_latency_quantile(&latency, 1) > 100);
}

/* A live sound without a device: the test puts into its rings what the callback would.
 */
static bh_live *
fake(uint64_t length)
{
    bh_diag diag;
    static char device[] = "fake";
    bh_live *live = calloc(1, sizeof *live);
    live->config = bh_live_config_default();
    live->config.samplerate_hz = 48000;
    live->config.channels = 2;
    live->device = device;
    live->host_api = device;
    live->factor = 2;
    live->length = length;
    live->started = true;
    live->window = malloc(BH_WINDOW_MAX * 2 * sizeof(float));
    live->captured_s = NAN;
    live->data_s = live->returned_s = live->load_from_s = bh_audio_clock();
    live->slept_s = bh_live_slept();
    sem_init(&live->arrived, 0, 0);
    bh_live_clock_start(&live->clock, 48000);
    CHECK_OK(bh_ring_new(2 * sizeof(float), 256, &live->frames, &diag), diag);
    CHECK_OK(bh_ring_new(sizeof(struct bh_live_stamp), 64, &live->stamps, &diag), diag);
    return live;
}

static void
fake_free(bh_live *live)
{
    bh_ring_free(live->frames);
    bh_ring_free(live->stamps);
    sem_destroy(&live->arrived);
    free(live->window);
    free(live);
}

/* Frame n is (n, -n). */
static void
deliver(bh_live *live, size_t frames)
{
    for (size_t i = 0; i < frames; i++) {
        const float n = (float)live->host_frames++, frame[2] = {n, -n};
        live->ring_frames += bh_ring_write(live->frames, frame, 1);
    }
    const struct bh_live_stamp stamp = {live->ring_frames, live->host_frames,
                                        bh_audio_clock()};
    bh_ring_write(live->stamps, &stamp, 1);
}

static size_t
read_frames(bh_live *live, bh_precision precision, double first, size_t frames)
{
    bh_diag diag;
    double buffer[3 * 128];
    size_t got = 0;
    const bh_block block = {buffer, frames, 2, 3, precision};
    CHECK_OK(bh_live_read(live, block, &got, &diag), diag);
    for (size_t t = 0; t < got; t++)
        for (size_t ch = 0; ch < 2; ch++) {
            const double want = 2 * (first + (double)t) * (ch ? -1 : 1);
            CHECK((precision == BH_SINGLE ? (double)((float *)buffer)[3 * t + ch]
                                          : buffer[3 * t + ch]) == want);
        }
    return got;
}

/* Blocks in either precision, what was dropped, and the end by duration. */
static void
test_reading(void)
{
    bh_live *live = fake(300);
    deliver(live, 100);
    CHECK(read_frames(live, BH_SINGLE, 0, 64) == 64);
    deliver(live, 100);
    CHECK(read_frames(live, BH_DOUBLE, 64, 64) == 64);
    deliver(live, 200); /* of which 184 have room */
    bh_live_status status = bh_live_get_status(live);
    CHECK(status.dropped == 16 && status.heard_s == 128 / 48000.0);
    CHECK(read_frames(live, BH_SINGLE, 128, 128) == 128);
    CHECK(read_frames(live, BH_SINGLE, 256, 128) == 300 - 256);
    CHECK(read_frames(live, BH_SINGLE, 300, 128) == 0);
    status = bh_live_get_status(live);
    CHECK(status.heard_s == 300 / 48000.0);
    CHECK(status.latency_max_s > 0 && status.latency_max_s < 10);
    CHECK(bh_live_get_info(live).channels == 2);
    fake_free(live);
}

static void
test_source(void)
{
    bh_diag diag;
    bh_source *source = NULL;
    bh_live *live = fake(BH_LENGTH_UNKNOWN);
    CHECK_OK(bh_live_source(live, &source, &diag), diag);
    CHECK(bh_source_window(source) == 64 && bh_source_channels(source) == 2);
    CHECK(bh_source_length(source) == BH_LENGTH_UNKNOWN);
    deliver(live, 64);
    float samples[2 * 64];
    size_t got = 0;
    CHECK_OK(
        bh_source_read(source, (bh_block){samples, 64, 2, 2, BH_SINGLE}, &got, &diag),
        diag);
    CHECK(got == 64 && samples[2 * 63] == 126 && samples[2 * 63 + 1] == -126);
    CHECK(bh_source_rewind(source, &diag) == BH_ERR_UNSUPPORTED);
    bh_live_stop(live);
    CHECK_OK(
        bh_source_read(source, (bh_block){samples, 64, 2, 2, BH_SINGLE}, &got, &diag),
        diag);
    CHECK(got == 0);
    bh_source_free(source);
    fake_free(live);
}

/* The machine was suspended: its two clocks have parted. The failure stays. */
static void
test_asleep(void)
{
    bh_diag diag = {0};
    bh_live *live = fake(BH_LENGTH_UNKNOWN);
    float samples[2 * 64];
    size_t got = 0;
    deliver(live, 128);
    live->slept_s -= 100;
    for (int turn = 0; turn < 2; turn++) {
        CHECK(bh_live_read(live, (bh_block){samples, 64, 2, 2, BH_SINGLE}, &got,
                           &diag) == BH_ERR_DEVICE);
        CHECK_HAS(diag.text, "the computer was asleep");
        live->slept_s += 100;
    }
    fake_free(live);
}

static void
refuses(bh_live_config config, bh_status status, const char *part)
{
    bh_diag diag = {0};
    bh_live *live = NULL;
    CHECK(bh_live_open(&config, &live, &diag) == status);
    CHECK(live == NULL && diag.status == status);
    CHECK_HAS(diag.text, part);
}

static void
test_mistakes(void)
{
    keep_libgomp();
    bh_live_config config = bh_live_config_default();
    config.block = 0;
    refuses(config, BH_ERR_ARGUMENT, "blocks of 0 frames");
    config.block = BH_WINDOW_MAX + 1;
    refuses(config, BH_ERR_ARGUMENT, "can have 1 to 1024");
    config = bh_live_config_default();
    config.channels = 0;
    refuses(config, BH_ERR_ARGUMENT, "0 channels");
    config = bh_live_config_default();
    config.samplerate_hz = 0;
    refuses(config, BH_ERR_ARGUMENT, "sample rate of 0 Hz");
    config = bh_live_config_default();
    config.duration_s = NAN;
    refuses(config, BH_ERR_ARGUMENT, "duration");
    config = bh_live_config_default();
    config.buffer_s = 0;
    refuses(config, BH_ERR_ARGUMENT, "buffer");
    config = bh_live_config_default();
    config.host_api = "no such";
    refuses(config, BH_ERR_DEVICE, "called 'no such'");
    CHECK(bh_live_close(NULL, NULL) == BH_OK);
}

TEST_MAIN("io/live", {"drift", test_drift}, {"missing", test_missing},
          {"other rate", test_other_rate}, {"stalls", test_stalls},
          {"latency", test_latency}, {"reading", test_reading}, {"source", test_source},
          {"asleep", test_asleep}, {"mistakes", test_mistakes})
