/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "tests/filterbank/placed.h"

#include "core/source.h"
#include "filterbank/catalogue.h"
#include "filterbank/haircell.h"
#include "filterbank/linear.h"

static bh_filterbank *
new_kind(const bh_bank_kind *kind, size_t channels, bh_precision precision)
{
    bh_diag diag;
    bh_filterbank *fb = NULL;
    double cf_hz[64];
    for (size_t ch = 0; ch < channels; ch++)
        cf_hz[ch] = 100 * pow(100, (double)ch / 63);
    CHECK_OK(bh_bank_new(kind, 44100, cf_hz, channels, NULL, 0, precision, &fb, &diag),
             diag);
    return fb;
}

static void
test_kind_same(const bh_bank_kind *kind, size_t channels, bh_precision precision,
               bool wide)
{
    check_same(kind->name, new_kind(kind, channels, precision),
               new_kind(kind, channels, precision), wide ? channels : 1, precision,
               0.02);
}

static void
test_same_bits(void)
{
    static const char *const names[] = {"gammatone",      "approximate_gammatone",
                                        "log_gammachirp", "iir",
                                        "lowpass",        "asymmetric_compensation",
                                        "drnl",           "middle_ear",
                                        "haircell",       "middle_ears",
                                        "tan_carney",     "zhang_synapse",
                                        "linear"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const bh_bank_kind *kind = bh_bank_kind_find(names[i]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(kind);
        test_kind_same(kind, 33, BH_SINGLE, i % 2);
        test_kind_same(kind, 47, BH_DOUBLE, i % 3 == 0);
    }
    for (size_t channels = 1; channels < 64; channels += 31) /* 1, 32, 63 */
        test_kind_same(bh_bank_kind_find("gammatone"), channels, BH_SINGLE, false);
}

/* A bank goes on where the processor left it, and comes back as a source. */
static void
test_goes_on(void)
{
    enum { FRAMES = 300, CHANNELS = 20 };
    bh_filterbank *here = new_gammatone(44100, BH_SINGLE, BH_GAMMATONE_RECURSIVE, 0);
    bh_filterbank *there = new_gammatone(44100, BH_SINGLE, BH_GAMMATONE_RECURSIVE, 0);
    bh_block in = new_sound(FRAMES, 1, BH_SINGLE, 1);
    bh_block want = new_block(FRAMES, CHANNELS, BH_SINGLE);
    bh_block got = new_block(FRAMES, CHANNELS, BH_SINGLE);
    run(here, in, want, FRAMES, true);
    run(there, bh_block_frames(in, 0, 100), bh_block_frames(got, 0, 100), 100, true);
    place(there, BH_PLACE_SAME);
    run(there, bh_block_frames(in, 100, 200), bh_block_frames(got, 100, 200), 33, true);
    CHECK(same(got, want));
    bh_filterbank_free(here);
    bh_filterbank_free(there);
    free(in.data);
    free(want.data);
    free(got.data);
}

/* A sound in memory as a source. */
struct player {
    bh_block sound;
    size_t at, frames;
};

static bh_status
play(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    struct player *player = self;
    (void)diag;
    player->at += player->frames;
    const size_t left = player->sound.frames - player->at;
    *got = player->frames = left < frames ? left : frames;
    return BH_OK;
}

static void
play_tile(void *self, size_t tile, bh_block out)
{
    const struct player *player = self;
    (void)tile;
    for (size_t t = 0; t < out.frames; t++)
        ((float *)out.data)[t * out.stride] =
            ((float *)player->sound.data)[player->at + t];
}

static bh_source *
new_player(struct player *player)
{
    const bh_source_config config = {.samplerate_hz = 44100,
                                     .channels = 1,
                                     .length = player->sound.frames,
                                     .tiles = 1,
                                     .self = player,
                                     .begin = play,
                                     .tile = play_tile};
    bh_source *source = NULL;
    bh_diag diag;
    CHECK_OK(bh_source_new(&config, &source, &diag), diag);
    return source;
}

/* Hair cells behind a gammatone, both there: what goes from one to the other stays. */
static void
check_chain(bh_block in, bh_block out, bool placed, bool keep)
{
    struct player player = {in, 0, 0};
    bh_filterbank *ear = new_gammatone(44100, BH_SINGLE, BH_GAMMATONE_RECURSIVE, 0);
    bh_filterbank *cells = NULL;
    bh_source *sound = new_player(&player), *heard = NULL, *rates = NULL;
    bh_block window = {.precision = BH_SINGLE};
    bh_diag diag;
    CHECK_OK(bh_haircell_new(44100, NULL, out.channels, NULL, BH_SINGLE, &cells, &diag),
             diag);
    if (placed) {
        place(ear, BH_PLACE_SAME);
        place(cells, BH_PLACE_SAME);
    }
    CHECK_OK(bh_filterbank_source(ear, sound, &heard, &diag), diag);
    CHECK_OK(bh_filterbank_source(cells, heard, &rates, &diag), diag);
    size_t got = 0, launches = fake ? fake->launches : 0;
    if (keep) {
        CHECK(bh_source_keep(rates, &gpu->device, &window));
        for (size_t t = 0; t < in.frames; t += got) {
            CHECK_OK(bh_source_begin(rates, 170, &got, &diag), diag);
            for (size_t i = 0; i < got; i++)
                CHECK_OK(gpu->device.ops->read(&gpu->device,
                                               (float *)out.data + (t + i) * out.stride,
                                               (float *)window.data + i * window.stride,
                                               out.channels * sizeof(float), &diag),
                         diag);
        }
    } else {
        CHECK_OK(bh_source_read(rates, out, &got, &diag), diag);
    }
    CHECK(!fake || !placed || fake->launches > launches);
    bh_source_free(rates);
    bh_source_free(heard);
    bh_source_free(sound);
    bh_filterbank_free(ear);
    bh_filterbank_free(cells);
}

static void
test_chain(void)
{
    enum { FRAMES = 500, CHANNELS = 20 };
    bh_block in = new_sound(FRAMES, 1, BH_SINGLE, 0.02);
    bh_block want = new_block(FRAMES, CHANNELS, BH_SINGLE);
    bh_block got = new_block(FRAMES, CHANNELS, BH_SINGLE);
    check_chain(in, want, false, false);
    check_chain(in, got, true, false);
    CHECK(same(got, want));
    memset(got.data, 0xff, bytes(got));
    check_chain(in, got, true, true);
    CHECK(same(got, want));
    free(in.data);
    free(want.data);
    free(got.data);
}

static void
check_refused(bh_filterbank *fb, bh_status status, const char *part)
{
    bh_diag diag;
    CHECK(bh_filterbank_place(fb, &gpu->device, BH_PLACE_SAME, &diag) == status);
    CHECK_HAS(diag.text, part);
    bh_filterbank_free(fb);
}

static void
test_processor(void)
{
    bh_filterbank *fb = new_fir(2, 9, 0, BH_DOUBLE);
    bh_diag diag;
    CHECK_OK(bh_filterbank_place(fb, NULL, BH_PLACE_SAME, &diag), diag);
    bh_filterbank_free(fb);
}

static void
test_refused(void)
{
    enum { STAGES = 30 };
    double b[3 * STAGES] = {0}, a[3 * STAGES] = {0};
    for (int i = 0; i < STAGES; i++) {
        a[i] = b[i] = 1;
        b[2 * STAGES + i] = 0.5;
    }
    bh_linear_params params = {.b = b, .a = a, .order = 2, .stages = STAGES};
    bh_filterbank *fb = NULL;
    bh_diag diag;
    CHECK_OK(bh_linear_new(44100, 1, &params, BH_DOUBLE, &fb, &diag), diag);
    check_refused(fb, BH_ERR_UNSUPPORTED, "too many");
    params.stages = 1;
    params.changing = true;
    CHECK_OK(bh_linear_new(44100, 1, &params, BH_DOUBLE, &fb, &diag), diag);
    check_refused(fb, BH_ERR_UNSUPPORTED, "change");
    fb = new_fir(2, 9, 0, BH_SINGLE);
    place(fb, BH_PLACE_SAME);
    check_refused(fb, BH_ERR_ARGUMENT, "already");
}

/* Whatever fails while a bank is placed, the bank stays where it was and as it was;
 * what fails later is said by the call. */
static void
check_failing(bh_filterbank *fb, const char *function)
{
    enum { FRAMES = 50, CHANNELS = 20 };
    bh_filterbank *here = new_gammatone(44100, BH_SINGLE, BH_GAMMATONE_RECURSIVE, 0);
    bh_block in = new_sound(FRAMES, 1, BH_SINGLE, 1);
    bh_block want = new_block(FRAMES, CHANNELS, BH_SINGLE);
    bh_block got = new_block(FRAMES, CHANNELS, BH_SINGLE);
    bh_diag diag;
    bh_status status = BH_ERR_DEVICE;
    for (int call = 1; status != BH_OK && call < 20; call++) {
        fake_gpu_fail(fake, function, call, 2);
        status = bh_filterbank_place(fb, &gpu->device, BH_PLACE_SAME, &diag);
        const bool reached = fake->failing_call <= 0;
        CHECK(status == BH_OK || reached);
        if (status == BH_OK && reached)
            fprintf(stderr, "call %d of %s failed unheard\n", call, function);
        CHECK(status != BH_OK || !reached);
    }
    CHECK(status == BH_OK);
    fake->failing[0] = 0;
    run(here, in, want, FRAMES, true);
    run(fb, in, got, FRAMES, true);
    CHECK(same(got, want));
    bh_filterbank_free(here);
    bh_filterbank_free(fb);
    free(in.data);
    free(want.data);
    free(got.data);
}

static void
test_failures(void)
{
    if (!fake)
        return;
    static const char *const functions[] = {"cuMemAlloc", "cuMemHostAlloc",
                                            "cuModuleLoadData"};
    set_order(FORWARD, 0);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        check_failing(new_gammatone(44100, BH_SINGLE, BH_GAMMATONE_RECURSIVE, 0),
                      functions[i]);
}

static void
test_lost(void)
{
    enum { FRAMES = 50 };
    if (!fake)
        return;
    bh_filterbank *fb = new_gammatone(44100, BH_SINGLE, BH_GAMMATONE_RECURSIVE, 0);
    bh_block in = new_sound(FRAMES, 1, BH_SINGLE, 1);
    bh_block out = new_block(FRAMES, bh_filterbank_channels(fb), BH_SINGLE);
    bh_diag diag;
    place(fb, BH_PLACE_SAME);
    fake_gpu_fail(fake, "cuLaunchKernel", 1, 719);
    CHECK(bh_filterbank_process(fb, in, out, &diag) != BH_OK);
    CHECK_HAS(diag.text, "cuLaunchKernel");
    fake->failing[0] = 0;
    bh_filterbank_free(fb);
    free(in.data);
    free(out.data);
}

int
main(void)
{
    const struct test tests[] = {
        {"a device opens", test_open},
        {"side by side: the processor's bits", test_same_bits},
        {"from processor to device", test_goes_on},
        {"a chain stays there", test_chain},
        {"no device is the processor", test_processor},
        {"what cannot be placed says so", test_refused},
        {"what fails leaves the bank", test_failures},
        {"what is lost is said", test_lost},
        {"everything is given back", test_close},
    };
    return run_placed("banks on a device", tests, sizeof tests / sizeof *tests);
}
