/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* RTLD_DEFAULT */

#include "io/audio.h"

#include "io/audio_internal.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static void
hear_alsa(const char *file, int line, const char *function, int error,
          const char *format, ...)
{
    (void)file, (void)line, (void)function, (void)error, (void)format;
}

static void
hear_jack(const char *text)
{
    (void)text;
}

/* The libraries behind PortAudio are found by name, so that a PortAudio built without
 * one of them works too. */
PaError
bh_audio_initialize(void)
{
    union {
        void *symbol;
        int (*alsa)(void (*)(const char *, int, const char *, int, const char *, ...));
        void (*jack)(void (*)(const char *));
    } set;
    static const char *const jack[] = {"jack_set_error_function",
                                       "jack_set_info_function"};
    set.symbol = dlsym(RTLD_DEFAULT, "snd_lib_error_set_handler");
    if (set.symbol)
        set.alsa(hear_alsa);
    for (int i = 0; i < 2; i++) {
        set.symbol = dlsym(RTLD_DEFAULT, jack[i]);
        if (set.symbol)
            set.jack(hear_jack);
    }
    return Pa_Initialize();
}

bh_status
bh_audio_failed(bh_diag *diag, const char *what, PaError error)
{
    const char *why = Pa_GetErrorText(error);
    const PaHostErrorInfo *host = Pa_GetLastHostErrorInfo();
    if (error == paUnanticipatedHostError && host && host->errorText &&
        *host->errorText)
        why = host->errorText;
    return bh_diag_set(diag, BH_ERR_DEVICE, "%s: %s", what, why);
}

void
bh_audio_list_free(bh_audio_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; list->devices && i < list->device_count; i++)
        free((char *)list->devices[i].name);
    for (size_t i = 0; list->host_apis && i < list->host_api_count; i++)
        free(list->host_apis[i]);
    free(list->devices);
    free(list->host_apis);
    free(list);
}

/* PortAudio names a default device for each host API, and one of these APIs as the
 * default, which may have no device: then the first that has one. */
static int
default_device(bool input)
{
    int number = input ? Pa_GetDefaultInputDevice() : Pa_GetDefaultOutputDevice();
    for (int api = 0; number == paNoDevice && api < Pa_GetHostApiCount(); api++) {
        const PaHostApiInfo *info = Pa_GetHostApiInfo(api);
        number = input ? info->defaultInputDevice : info->defaultOutputDevice;
    }
    return number;
}

static bool
copy_list(bh_audio_list *list)
{
    const int apis = Pa_GetHostApiCount(), devices = Pa_GetDeviceCount();
    list->host_api_count = apis > 0 ? (size_t)apis : 0;
    list->device_count = devices > 0 ? (size_t)devices : 0;
    list->host_apis = calloc(list->host_api_count + 1, sizeof *list->host_apis);
    list->devices = calloc(list->device_count + 1, sizeof *list->devices);
    if (!list->host_apis || !list->devices)
        return false;
    for (int i = 0; i < apis; i++)
        if (!(list->host_apis[i] = strdup(Pa_GetHostApiInfo(i)->name)))
            return false;
    for (int i = 0; i < devices; i++) {
        const PaDeviceInfo *info = Pa_GetDeviceInfo(i);
        list->devices[i] =
            (bh_audio_device){.number = i,
                              .name = strdup(info->name),
                              .host_api = list->host_apis[info->hostApi],
                              .inputs = (size_t)info->maxInputChannels,
                              .outputs = (size_t)info->maxOutputChannels,
                              .samplerate_hz = info->defaultSampleRate,
                              .default_input = i == default_device(true),
                              .default_output = i == default_device(false)};
        if (!list->devices[i].name)
            return false;
    }
    return true;
}

struct look {
    bh_audio_list *list;
    PaError error;
    bool copied;
};

static void
look_around(void *context)
{
    struct look *look = context;
    look->error = bh_audio_initialize();
    if (look->error != paNoError)
        return;
    look->copied = copy_list(look->list);
    Pa_Terminate();
}

static void
look_free(void *context)
{
    struct look *look = context;
    bh_audio_list_free(look->list);
    free(look);
}

bh_status
bh_audio_list_new(bh_audio_list **out, bh_diag *diag)
{
    struct look *look = calloc(1, sizeof *look);
    if (look)
        look->list = calloc(1, sizeof *look->list);
    if (!look || !look->list) {
        free(look);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a list of devices");
    }
    if (!bh_bounded_call(look_around, look_free, look, BH_AUDIO_PATIENCE_S))
        return bh_diag_set(
            diag, BH_ERR_DEVICE,
            "the sound system does not answer; is a sound server stuck?");
    bh_status status = BH_OK;
    if (look->error != paNoError)
        status = bh_audio_failed(diag, "the sound system cannot be used", look->error);
    else if (!look->copied)
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a list of devices");
    if (status == BH_OK) {
        *out = look->list;
        look->list = NULL;
    }
    look_free(look);
    return status;
}

size_t
bh_audio_host_api_count(const bh_audio_list *list)
{
    return list->host_api_count;
}

const char *
bh_audio_host_api(const bh_audio_list *list, size_t i)
{
    return list->host_apis[i];
}

size_t
bh_audio_device_count(const bh_audio_list *list)
{
    return list->device_count;
}

const bh_audio_device *
bh_audio_device_get(const bh_audio_list *list, size_t i)
{
    return &list->devices[i];
}
