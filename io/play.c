/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "io/play.h"

#include "core/ring.h"
#include "io/audio_internal.h"
#include "io/soundfile.h"
#include "sounds/level.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How far ahead the source is read, and how much of it at a time. */
#define AHEAD_S 0.5
enum { FRAMES = 256 };

/* What is played may be late, but must not have gaps. */
#define LATENCY_S 0.2

/* A device that takes nothing for so long is gone; PulseAudio begins after 1.8 s. */
#define LOST_S       3.0
/* The silence after a sound takes at most 1.2 s. */
#define TAIL_S       1.3
#define CLOSE_S      1.0
#define NAP_S        0.005
#define CHANNELS_MAX 1024

struct player {
    char *device, *host_api; /* or NULL */
    double samplerate_hz;
    size_t channels;
    bh_ring *frames; /* floats, [channels] each */
    PaStream *stream;
    bh_diag why; /* what the sound system said */
    bool opened, started, stuck;
    size_t silence;    /* frames still to come after the sound: see open_device */
    atomic_bool ended; /* no more frames will come */
    atomic_uint_fast64_t taken; /* frames that the device has */
    atomic_int holders;         /* the caller, and a thread that was left behind */
};

bh_play_config
bh_play_config_default(void)
{
    return (bh_play_config){.full_scale_db = BH_FULL_SCALE_PASCAL};
}

/* On the thread of the sound system: no locks, no memory, no words. */
static int
callback(const void *input, void *output, unsigned long frames,
         const PaStreamCallbackTimeInfo *times, PaStreamCallbackFlags flags, void *user)
{
    (void)input, (void)times, (void)flags;
    struct player *player = user;
    float *out = output;
    const bool ended = atomic_load(&player->ended);
    const size_t got = bh_ring_read(player->frames, out, frames);
    for (size_t i = got * player->channels; i < frames * player->channels; i++)
        out[i] = 0;
    atomic_fetch_add_explicit(&player->taken, got, memory_order_relaxed);
    if (!ended || got == frames)
        return paContinue;
    const size_t silent = frames - got;
    player->silence -= silent < player->silence ? silent : player->silence;
    return player->silence > 0 ? paContinue : paComplete;
}

static void
release(void *context)
{
    struct player *player = context;
    if (atomic_fetch_sub(&player->holders, 1) > 1)
        return;
    bh_ring_free(player->frames);
    free(player->device);
    free(player->host_api);
    free(player);
}

static void
close_stream(void *context)
{
    struct player *player = context;
    if (!player->opened)
        return;
    /* Ends what is still playing, without the waiting of Pa_StopStream. */
    Pa_CloseStream(player->stream);
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
bounded(struct player *player, void (*work)(void *), void (*late)(void *),
        double limit_s)
{
    atomic_fetch_add(&player->holders, 1);
    const bool done = bh_bounded_call(work, late, player, limit_s);
    player->stuck = !done;
    if (done)
        atomic_fetch_sub(&player->holders, 1); /* the caller's is still there */
    return done;
}

static void
open_device(struct player *player, const bh_audio_device *device)
{
    const PaDeviceInfo *info = Pa_GetDeviceInfo(device->number);
    const PaStreamParameters out = {
        .device = device->number,
        .channelCount = (int)player->channels,
        .sampleFormat = paFloat32,
        .suggestedLatency = fmax(LATENCY_S, info->defaultHighOutputLatency)};
    PaError error = paNoError;
    if (player->channels > device->outputs)
        bh_diag_set(&player->why, BH_ERR_DEVICE,
                    "'%.80s' plays at most %zu channels, and the sound has %zu",
                    device->name, device->outputs, player->channels);
    else
        error = Pa_OpenStream(&player->stream, NULL, &out, player->samplerate_hz,
                              paFramesPerBufferUnspecified, paClipOff | paDitherOff,
                              callback, player);
    if (error == paInvalidSampleRate)
        bh_diag_set(&player->why, BH_ERR_DEVICE,
                    "'%.80s' cannot play at %g Hz; resample the sound to %g Hz",
                    device->name, player->samplerate_hz, info->defaultSampleRate);
    else if (error != paNoError)
        bh_audio_failed(&player->why, "the sound device cannot be opened", error);
    /* Over ALSA PortAudio drops what is on its way when a stream ends. */
    const PaStreamInfo *opened = player->stream ? Pa_GetStreamInfo(player->stream)
                                                : NULL;
    const double late_s = opened ? opened->outputLatency : 0;
    player->silence =
        (size_t)(player->samplerate_hz * (LATENCY_S + fmax(0, fmin(late_s, 1))));
}

static void
open_stream(void *context)
{
    struct player *player = context;
    bh_audio_list *list = NULL;
    const bh_audio_device *device = NULL;
    const PaError error = bh_audio_initialize();
    if (error != paNoError) {
        bh_audio_failed(&player->why, "the sound system cannot be used", error);
        return;
    }
    if (bh_audio_list_new(&list, &player->why) == BH_OK &&
        bh_audio_find(list, player->device, player->host_api, BH_AUDIO_OUTPUT, &device,
                      &player->why) == BH_OK)
        open_device(player, device);
    bh_audio_list_free(list);
    player->opened = player->stream != NULL;
    if (!player->opened)
        Pa_Terminate();
}

static void
start_stream(void *context)
{
    struct player *player = context;
    const PaError error = Pa_StartStream(player->stream);
    if (error != paNoError)
        bh_audio_failed(&player->why, "the sound device cannot be started", error);
}

/* Opens or starts, whatever `work` is. */
static bh_status
ask(struct player *player, void (*work)(void *), bh_diag *diag)
{
    if (!bounded(player, work, close_late, BH_AUDIO_PATIENCE_S))
        return bh_diag_set(
            diag, BH_ERR_DEVICE,
            "the sound system does not answer; is a sound server stuck?");
    if (player->why.status == BH_OK)
        return BH_OK;
    return bh_diag_set(diag, player->why.status, "%s", player->why.text);
}

/* How the device gets on with what it was given. */
struct watch {
    uint64_t taken;
    double since_s;
};

static bh_status
check_device(const struct player *player, struct watch *watch, bh_diag *diag)
{
    const uint64_t taken = atomic_load(&player->taken);
    const double now_s = bh_audio_clock();
    if (taken != watch->taken) {
        watch->taken = taken;
        watch->since_s = now_s;
    }
    const double patience_s = taken > 0 ? LOST_S : BH_AUDIO_PATIENCE_S;
    if (now_s - watch->since_s < patience_s)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_DEVICE,
                       "the sound device takes no sound any more, after %.3g s",
                       (double)taken / player->samplerate_hz);
}

static void
nap(void)
{
    const struct timespec time = {0, (long)(NAP_S * 1e9)};
    nanosleep(&time, NULL);
}

/* Samples as the device takes them. */
static bh_status
convert(const double *samples, size_t count, double factor, float *out, bh_diag *diag)
{
    double peak = 0;
    for (size_t i = 0; i < count; i++) {
        const double sample = samples[i] * factor;
        if (!isfinite(sample))
            return bh_diag_set(
                diag, BH_ERR_DATA,
                "a sample is not a finite number, which nobody can hear");
        peak = fmax(peak, fabs(sample));
        out[i] = (float)sample;
    }
    if (peak <= 1 + 1e-12)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_DATA,
                       "the sound does not fit into the device: its peak is %.6g times "
                       "full scale; a full scale of %.1f dB SPL would hold it",
                       peak, ceil(bh_level_from_rms(peak / factor) * 10 + 1e-6) / 10);
}

/* Gives the device all frames, in time, and starts it when half a second is ready. */
static bh_status
feed(struct player *player, bh_source *source, double factor, double *samples,
     float *frames, bh_diag *diag)
{
    const size_t channels = player->channels;
    const size_t room = (size_t)(AHEAD_S * player->samplerate_hz);
    const bh_block block = {samples, FRAMES, channels, channels, BH_DOUBLE};
    struct watch watch = {0, bh_audio_clock()};
    for (size_t got = FRAMES; got == FRAMES;) {
        BH_TRY(bh_source_read(source, block, &got, diag));
        BH_TRY(convert(samples, got * channels, factor, frames, diag));
        bh_ring_write(player->frames, frames, got);
        const bool full = bh_ring_filled(player->frames) > room;
        if (!player->started && (full || got < FRAMES)) {
            atomic_store(&player->ended, got < FRAMES);
            BH_TRY(ask(player, start_stream, diag));
            player->started = true;
            watch.since_s = bh_audio_clock();
        }
        while (player->started && bh_ring_filled(player->frames) > room) {
            BH_TRY(check_device(player, &watch, diag));
            nap();
        }
    }
    atomic_store(&player->ended, true);
    while (Pa_IsStreamActive(player->stream) == 1) {
        if (bh_ring_filled(player->frames) > 0)
            BH_TRY(check_device(player, &watch, diag));
        else if (bh_audio_clock() - watch.since_s > TAIL_S)
            break; /* JACK keeps a stream active that has completed */
        nap();
    }
    return BH_OK;
}

static bh_status
play(struct player *player, bh_source *source, double factor, bh_diag *diag)
{
    const size_t channels = player->channels;
    const size_t room = (size_t)(AHEAD_S * player->samplerate_hz) + 2 * FRAMES;
    BH_TRY(bh_ring_new(channels * sizeof(float), room, &player->frames, diag));
    BH_TRY(ask(player, open_stream, diag));
    double *samples = malloc(FRAMES * channels * sizeof *samples);
    float *frames = malloc(FRAMES * channels * sizeof *frames);
    bh_status status = BH_OK;
    if (!samples || !frames)
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory to play a sound");
    else
        status = feed(player, source, factor, samples, frames, diag);
    free(samples);
    free(frames);
    return status;
}

/* A copy of a text that may be missing. */
static bool
copy(const char *text, char **out)
{
    *out = text ? strdup(text) : NULL;
    return !text || *out;
}

bh_status
bh_source_play(bh_source *source, const bh_play_config *config, bh_diag *diag)
{
    const bh_play_config defaults = bh_play_config_default();
    config = config ? config : &defaults;
    const double factor = pow(10, (BH_FULL_SCALE_PASCAL - config->full_scale_db) / 20);
    if (!isnormal(factor))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a full scale of %g dB SPL is not possible",
                           config->full_scale_db);
    if (bh_source_channels(source) > CHANNELS_MAX)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a sound of %zu channels cannot be played; %d are the most",
                           bh_source_channels(source), CHANNELS_MAX);
    struct player *player = calloc(1, sizeof *player);
    if (!player)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to play a sound");
    player->samplerate_hz = bh_source_samplerate(source);
    player->channels = bh_source_channels(source);
    player->holders = 1;
    bh_status status = BH_OK;
    if (!copy(config->device, &player->device) ||
        !copy(config->host_api, &player->host_api))
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory to play a sound");
    else
        status = play(player, source, factor, diag);
    if (!player->stuck && !bounded(player, close_stream, release, CLOSE_S) &&
        status == BH_OK)
        status = bh_diag_set(diag, BH_ERR_DEVICE,
                             "the sound system does not let go of the device");
    release(player);
    return status;
}

bh_status
bh_sound_play(const bh_sound *sound, const bh_play_config *config, bh_diag *diag)
{
    bh_source *source = NULL;
    BH_TRY(bh_sound_source(sound, &source, diag));
    const bh_status status = bh_source_play(source, config, diag);
    bh_source_free(source);
    return status;
}
