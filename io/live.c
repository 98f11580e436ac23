/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* strdup */

#include "io/live.h"

#include "io/live_internal.h"
#include "io/soundfile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Closing takes some 10 ms where the sound system is well and the machine not busy. A
 * device that is lost may have taken its server along. */
#define CLOSE_S 2.0
#define LOST_S  0.5

bh_live_config
bh_live_config_default(void)
{
    return (bh_live_config){.samplerate_hz = NAN,
                            .channels = 1,
                            .block = 64,
                            .buffer_s = 2,
                            .duration_s = INFINITY,
                            .full_scale_db = BH_FULL_SCALE_PASCAL};
}

/* On the thread of the sound system: no locks, no memory, no words. */

static void
play_along(const bh_live *live, const float *in, float *out, size_t frames)
{
    for (size_t t = 0; out && t < frames; t++)
        for (size_t ch = 0; ch < live->output_channels; ch++)
            *out++ = in ? in[t * live->input_channels + live->config.channel] : 0;
}

static size_t
keep(bh_live *live, const float *in, size_t frames)
{
    const size_t opened = live->input_channels;
    if (opened == live->config.channels)
        return bh_ring_write(live->frames, in, frames);
    size_t kept = 0;
    for (size_t t = 0; t < frames; t++)
        kept += bh_ring_write(live->frames, in + t * opened + live->config.channel, 1);
    return kept;
}

static int
callback(const void *input, void *output, unsigned long frames,
         const PaStreamCallbackTimeInfo *times, PaStreamCallbackFlags flags, void *user)
{
    (void)times;
    bh_live *live = user;
    const float *in = input;
    const double now_s = bh_audio_clock();
    play_along(live, in, output, frames);
    if (flags & paInputOverflow)
        atomic_fetch_add_explicit(&live->overflows, 1, memory_order_relaxed);
    if (!in || atomic_load_explicit(&live->stopped, memory_order_relaxed))
        return paContinue;
    live->ring_frames += keep(live, in, frames);
    live->host_frames += frames;
    const struct bh_live_stamp stamp = {live->ring_frames, live->host_frames, now_s};
    bh_ring_write(live->stamps, &stamp, 1);
    sem_post(&live->arrived);
    return paContinue;
}

/* Everything that talks to the sound system runs on a thread that may be left behind;
 * that thread holds the live sound then, besides the caller. */

static void
release(void *context)
{
    bh_live *live = context;
    if (atomic_fetch_sub(&live->holders, 1) > 1)
        return;
    bh_ring_free(live->frames);
    bh_ring_free(live->stamps);
    sem_destroy(&live->arrived);
    free(live->window);
    free(live->device);
    free(live->host_api);
    free(live);
}

static void
close_stream(void *context)
{
    bh_live *live = context;
    if (!live->opened)
        return;
    /* Stopping waits for what a server that is gone will never say. */
    if (live->started && !live->lost)
        Pa_StopStream(live->stream);
    Pa_CloseStream(live->stream);
    Pa_Terminate();
}

static void
close_late(void *context)
{
    close_stream(context);
    release(context);
}

/* False where the sound system does not return from the work in time. */
static bool
bounded(bh_live *live, void (*work)(void *), void (*late)(void *), double limit_s)
{
    atomic_fetch_add(&live->holders, 1);
    live->stuck = !bh_bounded_call(work, late, live, limit_s);
    if (!live->stuck)
        release(live);
    return !live->stuck;
}

static void
open_device(bh_live *live, const bh_audio_device *device)
{
    bh_live_config *config = &live->config;
    const PaDeviceInfo *info = Pa_GetDeviceInfo(device->number);
    const PaHostApiInfo *api = Pa_GetHostApiInfo(info->hostApi);
    const PaDeviceInfo *player = Pa_GetDeviceInfo(api->defaultOutputDevice);
    if (isnan(config->samplerate_hz))
        config->samplerate_hz = info->defaultSampleRate;
    PaStreamParameters in = {.device = device->number,
                             .channelCount = (int)live->input_channels,
                             .sampleFormat = paFloat32,
                             .suggestedLatency = info->defaultLowInputLatency};
    PaStreamParameters out = {.device = api->defaultOutputDevice,
                              .sampleFormat = paFloat32};
    if (config->monitor && player) {
        live->output_channels = player->maxOutputChannels < 2 ? 1 : 2;
        out.channelCount = (int)live->output_channels;
        out.suggestedLatency = player->defaultLowOutputLatency;
    }
    PaError error = paNoError;
    if (config->monitor && !player)
        bh_diag_set(&live->why, BH_ERR_DEVICE,
                    "there is no output to play '%.80s' to (%.80s)", info->name,
                    api->name);
    else if (in.channelCount > info->maxInputChannels)
        bh_diag_set(&live->why, BH_ERR_DEVICE,
                    "'%.80s' records %d channel(s), so it has no channel %d, counted "
                    "from 0",
                    info->name, info->maxInputChannels, in.channelCount - 1);
    else
        error = Pa_OpenStream(&live->stream, &in, live->output_channels ? &out : NULL,
                              config->samplerate_hz, config->block,
                              paClipOff | paDitherOff, callback, live);
    if (error == paInvalidSampleRate)
        bh_diag_set(&live->why, BH_ERR_DEVICE,
                    "'%.80s' cannot record at %g Hz; its usual rate is %g Hz",
                    info->name, config->samplerate_hz, info->defaultSampleRate);
    else if (error != paNoError)
        bh_audio_failed(&live->why, "the sound device cannot be opened", error);
}

static void
open_stream(void *context)
{
    bh_live *live = context;
    bh_audio_list *list = NULL;
    const bh_audio_device *device = NULL;
    const PaError error = bh_audio_initialize();
    if (error != paNoError) {
        bh_audio_failed(&live->why, "the sound system cannot be used", error);
        return;
    }
    /* As long as this initialization lasts, numbers of devices stay. */
    if (bh_audio_list_new(&list, &live->why) == BH_OK &&
        bh_audio_find(list, live->config.device, live->config.host_api, BH_AUDIO_INPUT,
                      &device, &live->why) == BH_OK) {
        live->device = strdup(device->name);
        live->host_api = strdup(device->host_api);
        open_device(live, device);
    }
    bh_audio_list_free(list);
    live->opened = live->stream != NULL;
    if (!live->opened)
        Pa_Terminate();
}

static void
start_stream(void *context)
{
    bh_live *live = context;
    const PaError error = Pa_StartStream(live->stream);
    if (error != paNoError)
        bh_audio_failed(&live->why, "the sound device cannot be started", error);
}

bool
bh_live_active(const bh_live *live)
{
    return Pa_IsStreamActive(live->stream) == 1;
}

static bh_status
check_config(const bh_live_config *c, bh_diag *diag)
{
    if (c->block < 1 || c->block > BH_WINDOW_MAX)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "blocks of %zu frames; they can have 1 to %d", c->block,
                           BH_WINDOW_MAX);
    if (c->channels < 1 || c->channels > 1024 || c->channel > 1023)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%zu channels from number %zu on; there must be 1 to 1024, "
                           "the first of them 0 to 1023",
                           c->channels, c->channel);
    if (!(isnan(c->samplerate_hz) ||
          (c->samplerate_hz >= 1000 && c->samplerate_hz <= 1e6)))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a sample rate of %g Hz; devices have 1000 to 1000000 Hz",
                           c->samplerate_hz);
    if (!(c->buffer_s > 0 && c->buffer_s <= 60))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a buffer of %g s; it can be up to 60 s, above 0",
                           c->buffer_s);
    if (!(c->duration_s >= 0))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a duration of %g s; it must be 0 s or longer",
                           c->duration_s);
    if (!isfinite(c->full_scale_db))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a full scale of %g dB SPL is not possible",
                           c->full_scale_db);
    return BH_OK;
}

/* What needs the sample rate, which the device may have decided. */
static bh_status
make_room(bh_live *live, bh_diag *diag)
{
    const bh_live_config *c = &live->config;
    const double rate_hz = c->samplerate_hz, frames = ceil(c->buffer_s * rate_hz);
    size_t room = frames > 4.0 * (double)c->block ? (size_t)frames : 4 * c->block;
    BH_TRY(bh_ring_new(c->channels * sizeof(float), room, &live->frames, diag));
    BH_TRY(
        bh_ring_new(sizeof(struct bh_live_stamp), room / 16 + 64, &live->stamps, diag));
    live->window = malloc(BH_WINDOW_MAX * c->channels * sizeof *live->window);
    if (!live->window || !live->device || !live->host_api)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for live sound");
    live->length = isinf(c->duration_s) || c->duration_s * rate_hz > 1e15
                       ? BH_LENGTH_UNKNOWN
                       : (uint64_t)nearbyint(c->duration_s * rate_hz);
    live->factor = (float)pow(10, (c->full_scale_db - BH_FULL_SCALE_PASCAL) / 20);
    live->config.device = live->config.host_api = NULL; /* the caller's */
    const PaStreamInfo *info = Pa_GetStreamInfo(live->stream);
    /* JACK says 89478 s where no port has a latency. */
    live->device_latency_s = info && info->inputLatency > 0 && info->inputLatency < 10
                                 ? info->inputLatency
                                 : NAN;
    return BH_OK;
}

static bh_status
not_answered(bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_DEVICE,
                       "the sound system does not answer; is a sound server stuck?");
}

bh_status
bh_live_open(const bh_live_config *given, bh_live **out, bh_diag *diag)
{
    const bh_live_config config = given ? *given : bh_live_config_default();
    BH_TRY(check_config(&config, diag));
    bh_live *live = calloc(1, sizeof *live);
    if (!live)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for live sound");
    live->config = config;
    live->input_channels = config.channel + config.channels;
    live->level_db = -INFINITY;
    live->drift_ppm = NAN;
    live->holders = 1;
    sem_init(&live->arrived, 0, 0);
    bh_status status = BH_OK;
    if (!bounded(live, open_stream, close_late, BH_AUDIO_PATIENCE_S))
        status = not_answered(diag);
    else if (!live->opened)
        status = bh_diag_set(diag, live->why.status, "%s", live->why.text);
    else
        status = make_room(live, diag);
    if (status == BH_OK)
        *out = live;
    else
        bh_live_close(live, NULL);
    return status;
}

bh_status
bh_live_start(bh_live *live, bh_diag *diag)
{
    if (live->started)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "live sound starts only once");
    bh_live_clock_start(&live->clock, live->config.samplerate_hz);
    live->data_s = live->returned_s = live->load_from_s = bh_audio_clock();
    live->slept_s = bh_live_slept();
    live->captured_s = NAN;
    live->started = true;
    if (!bounded(live, start_stream, close_late, BH_AUDIO_PATIENCE_S))
        return not_answered(diag);
    if (live->why.status == BH_OK)
        return BH_OK;
    live->lost = true;
    return bh_diag_set(diag, live->why.status, "%s", live->why.text);
}

void
bh_live_stop(bh_live *live)
{
    atomic_store(&live->stopped, true);
    sem_post(&live->arrived);
}

bh_status
bh_live_close(bh_live *live, bh_diag *diag)
{
    if (!live)
        return BH_OK;
    atomic_store(&live->stopped, true);
    bool closed = false;
    if (!live->stuck)
        closed = bounded(live, close_stream, release, live->lost ? LOST_S : CLOSE_S);
    release(live);
    return closed ? BH_OK
                  : bh_diag_set(diag, BH_ERR_DEVICE,
                                "the sound system does not let go of the device");
}
