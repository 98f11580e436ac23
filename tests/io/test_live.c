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
          {"latency", test_latency}, {"mistakes", test_mistakes})
