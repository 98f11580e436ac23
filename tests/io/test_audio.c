/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* usleep */

#include "io/audio.h"

#include "io/audio_internal.h"
#include "tests/check.h"
#include "tests/io/audio_scratch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

/* What a laptop with JACK running looks like. */
static bh_audio_device devices[] = {
    {0, "HDA Intel: ALC295 (hw:0,0)", "ALSA", 2, 2, 48000, false, false},
    {1, "HDMI 0", "ALSA", 0, 8, 48000, false, false},
    {2, "pulse", "ALSA", 32, 32, 44100, false, false},
    {3, "default", "ALSA", 32, 32, 44100, true, true},
    {4, "system", "JACK Audio Connection Kit", 2, 2, 48000, false, false},
    {5, "HDA Webcam", "JACK Audio Connection Kit", 1, 0, 48000, false, false},
};
static char alsa[] = "ALSA", jack[] = "JACK Audio Connection Kit", oss[] = "OSS";
static char *host_apis[] = {alsa, jack, oss};
static const bh_audio_list laptop = {devices, host_apis, 6, 3};
static const bh_audio_list bare = {NULL, host_apis, 0, 1};

static void
finds(int number, const char *device, const char *host_api, bh_audio_way way)
{
    bh_diag diag;
    const bh_audio_device *found = NULL;
    CHECK_OK(bh_audio_find(&laptop, device, host_api, way, &found, &diag), diag);
    CHECK(found->number == number);
}

static void
test_find(void)
{
    finds(3, NULL, NULL, BH_AUDIO_INPUT);
    finds(3, NULL, NULL, BH_AUDIO_OUTPUT);
    finds(4, NULL, "jack", BH_AUDIO_INPUT);
    finds(2, "2", NULL, BH_AUDIO_INPUT);
    finds(1, "1", "alsa", BH_AUDIO_OUTPUT);
    finds(5, "webcam", NULL, BH_AUDIO_INPUT);
    finds(5, "hda", "JACK", BH_AUDIO_INPUT);
    finds(0, "hda", NULL, BH_AUDIO_OUTPUT);
    finds(2, "PULSE", NULL, BH_AUDIO_INPUT);
    finds(4, "system", "JACK", BH_AUDIO_OUTPUT);
}

static void
refuses(const bh_audio_list *list, const char *device, const char *host_api,
        const char *part, const char *more)
{
    bh_diag diag = {0};
    const bh_audio_device *found = NULL;
    CHECK(bh_audio_find(list, device, host_api, BH_AUDIO_INPUT, &found, &diag) ==
          BH_ERR_DEVICE);
    CHECK(found == NULL);
    CHECK_HAS(diag.text, part);
    CHECK_HAS(diag.text, more);
}

static void
test_find_refuses(void)
{
    refuses(&laptop, "hda", NULL, "several", "0 'HDA Intel: ALC295 (hw:0,0)', 5 'HDA");
    refuses(&laptop, "1", NULL, "no sound device that can record", "2 'pulse'");
    refuses(&laptop, "microphone", NULL, "answers to 'microphone'", "5 'HDA Webcam'");
    refuses(&laptop, "17", "jack", "of host API 'jack'", "4 'system'");
    refuses(&laptop, NULL, "asio", "called 'asio'", "ALSA, JACK Audio");
    refuses(&laptop, NULL, "oss", "no sound device to record from", "'oss'");
    refuses(&bare, NULL, NULL, "no sound device to record from", "plugged in");
    refuses(&bare, "3", NULL, "no sound device to record from", "running?");
}

/* Whatever is on this machine, none or many: looking twice works, and in silence. */
static void
test_list(void)
{
    keep_libgomp();
    for (int turn = 0; turn < 2; turn++) {
        bh_diag diag;
        bh_audio_list *list = NULL;
        char path[] = "/tmp/bh-audio-XXXXXX";
        const int file = mkstemp(path), stderr_was = dup(STDERR_FILENO);
        CU_ASSERT_FATAL(file >= 0 && stderr_was >= 0);
        dup2(file, STDERR_FILENO);
        const bh_status status = bh_audio_list_new(&list, &diag);
        dup2(stderr_was, STDERR_FILENO);
        close(stderr_was);
        const off_t said = lseek(file, 0, SEEK_END);
        close(file);
        unlink(path);
        CHECK_OK(status, diag);
        CHECK(said == 0);
        CHECK(bh_audio_host_api_count(list) > 0);
        for (size_t i = 0; i < bh_audio_device_count(list); i++) {
            const bh_audio_device *device = bh_audio_device_get(list, i);
            CHECK(device->number == (int)i && device->inputs + device->outputs > 0);
        }
        bh_audio_list_free(list);
    }
    bh_audio_list_free(NULL);
}

struct slow {
    atomic_int worked, released;
    int sleep_us;
};

static void
sleep_long(void *context)
{
    struct slow *slow = context;
    usleep((useconds_t)slow->sleep_us);
    atomic_store(&slow->worked, 1);
}

static void
note_release(void *context)
{
    atomic_store(&((struct slow *)context)->released, 1);
}

/* A call that takes too long is left alone, and what it holds is released at its end.
 */
static void
test_bounded_call(void)
{
    struct slow quick = {.sleep_us = 1000}, late = {.sleep_us = 300000};
    CHECK(bh_bounded_call(sleep_long, note_release, &quick, 10));
    CHECK(quick.worked == 1 && quick.released == 0);
    const double start_s = bh_audio_clock();
    CHECK(!bh_bounded_call(sleep_long, note_release, &late, 0.05));
    CHECK(bh_audio_clock() - start_s < 0.25);
    CHECK(atomic_load(&late.worked) == 0);
    for (int i = 0; i < 1000 && !atomic_load(&late.released); i++)
        usleep(10000);
    CHECK(atomic_load(&late.worked) == 1 && atomic_load(&late.released) == 1);
}

TEST_MAIN("io/audio", {"find", test_find}, {"find refuses", test_find_refuses},
          {"list", test_list}, {"bounded call", test_bounded_call})
