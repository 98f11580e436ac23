/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* strcasestr */

#include "io/audio.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is looked for. */
struct wish {
    const char *device, *host_api;
    bh_audio_way way;
};

static const char *
verb(const struct wish *wish)
{
    return wish->way == BH_AUDIO_INPUT ? "record" : "play";
}

static bool
fits(const struct wish *wish, const bh_audio_device *device)
{
    return (wish->way == BH_AUDIO_INPUT ? device->inputs : device->outputs) > 0 &&
           (!wish->host_api || strcasestr(device->host_api, wish->host_api));
}

/* Names for a sentence, in quotes, as many as there is room for. */
static void
append(char *text, size_t size, const char *name, int number)
{
    const size_t used = strlen(text);
    char entry[96];
    if (number >= 0)
        snprintf(entry, sizeof entry, "%s%d '%.60s'", used ? ", " : "", number, name);
    else
        snprintf(entry, sizeof entry, "%s%.60s", used ? ", " : "", name);
    if (used + strlen(entry) < size)
        strcat(text, entry);
}

static bh_status
no_host_api(const bh_audio_list *list, const struct wish *wish, bh_diag *diag)
{
    char names[200] = "";
    for (size_t i = 0; i < bh_audio_host_api_count(list); i++)
        append(names, sizeof names, bh_audio_host_api(list, i), -1);
    return bh_diag_set(diag, BH_ERR_DEVICE,
                       "no host API here is called '%.60s'; there are: %s",
                       wish->host_api, *names ? names : "none");
}

static bh_status
no_device(const bh_audio_list *list, const struct wish *wish, bh_diag *diag)
{
    char names[300] = "", where[80] = "on this machine";
    for (size_t i = 0; i < bh_audio_device_count(list); i++) {
        const bh_audio_device *device = bh_audio_device_get(list, i);
        if (fits(wish, device))
            append(names, sizeof names, device->name, device->number);
    }
    if (wish->host_api)
        snprintf(where, sizeof where, "of host API '%.50s'", wish->host_api);
    if (!*names)
        return bh_diag_set(
            diag, BH_ERR_DEVICE,
            "there is no sound device to %s %s %s; is it plugged in, and is the sound "
            "server (PipeWire, PulseAudio, JACK) running?",
            verb(wish), wish->way == BH_AUDIO_INPUT ? "from" : "to", where);
    return bh_diag_set(diag, BH_ERR_DEVICE,
                       "no sound device that can %s %s answers to '%.60s'; there are: "
                       "%s",
                       verb(wish), where, wish->device, names);
}

static bh_status
several(const bh_audio_list *list, const struct wish *wish, bh_diag *diag)
{
    char names[300] = "";
    for (size_t i = 0; i < bh_audio_device_count(list); i++) {
        const bh_audio_device *device = bh_audio_device_get(list, i);
        if (fits(wish, device) && strcasestr(device->name, wish->device))
            append(names, sizeof names, device->name, device->number);
    }
    return bh_diag_set(diag, BH_ERR_DEVICE,
                       "several sound devices answer to '%.60s'; say one by its "
                       "number: %s",
                       wish->device, names);
}

static bool
is_number(const char *text)
{
    for (const char *c = text; *c; c++)
        if (!isdigit((unsigned char)*c))
            return false;
    return *text && strlen(text) < 7;
}

/* The default one, or the first of a host API that is not the default. */
static const bh_audio_device *
find_default(const bh_audio_list *list, const struct wish *wish)
{
    const bh_audio_device *first = NULL;
    for (size_t i = 0; i < bh_audio_device_count(list); i++) {
        const bh_audio_device *device = bh_audio_device_get(list, i);
        if (!fits(wish, device))
            continue;
        if (wish->way == BH_AUDIO_INPUT ? device->default_input
                                        : device->default_output)
            return device;
        first = first ? first : device;
    }
    return first;
}

static const bh_audio_device *
find_named(const bh_audio_list *list, const struct wish *wish, size_t *found)
{
    const bool number = is_number(wish->device);
    const bh_audio_device *result = NULL;
    *found = 0;
    for (size_t i = 0; i < bh_audio_device_count(list); i++) {
        const bh_audio_device *device = bh_audio_device_get(list, i);
        if (!fits(wish, device))
            continue;
        if (number ? device->number == atoi(wish->device)
                   : strcmp(device->name, wish->device) == 0) {
            *found = 1;
            return device;
        }
        if (!number && strcasestr(device->name, wish->device)) {
            result = result ? result : device;
            ++*found;
        }
    }
    return result;
}

bh_status
bh_audio_find(const bh_audio_list *list, const char *device, const char *host_api,
              bh_audio_way way, const bh_audio_device **out, bh_diag *diag)
{
    const struct wish wish = {device, host_api, way};
    bool known = !host_api;
    for (size_t i = 0; !known && i < bh_audio_host_api_count(list); i++)
        known = strcasestr(bh_audio_host_api(list, i), host_api) != NULL;
    if (!known)
        return no_host_api(list, &wish, diag);
    size_t found = 0;
    const bh_audio_device *result = device ? find_named(list, &wish, &found)
                                           : find_default(list, &wish);
    if (!result)
        return no_device(list, &wish, diag);
    if (found > 1)
        return several(list, &wish, diag);
    *out = result;
    return BH_OK;
}
