/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/batch_internal.h"

#include "core/hash_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sound that failed has its record under another key: it is tried again, and what it
 * gives then is what counts. */
#define FAILED UINT64_C(0x6661696c6564)

static bh_status
no_memory(bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for what a sound gave");
}

bh_status
heard_spikes(struct heard *heard, bh_events events, bh_diag *diag)
{
    const size_t count = (size_t)heard->head.spikes + events.count;
    if (count > heard->spike_room) {
        const size_t room = count + count / 2 + 1024;
        double *time_s = realloc(heard->time_s, room * sizeof *time_s);
        if (time_s)
            heard->time_s = time_s;
        uint32_t *index = realloc(heard->index, room * sizeof *index);
        if (index)
            heard->index = index;
        if (!time_s || !index)
            return no_memory(diag);
        heard->spike_room = room;
    }
    if (events.count > 0) {
        memcpy(heard->time_s + heard->head.spikes, events.time_s,
               events.count * sizeof *events.time_s);
        memcpy(heard->index + heard->head.spikes, events.index,
               events.count * sizeof *events.index);
    }
    heard->head.spikes = count;
    return BH_OK;
}

bh_status
heard_frame(struct heard *heard, const double *rms, bh_diag *diag)
{
    const size_t channels = (size_t)heard->head.channels;
    if (heard->head.frames == heard->frame_room) {
        const size_t room = 2 * heard->frame_room + 64;
        float *more = realloc(heard->frames, room * channels * sizeof *more);
        if (!more)
            return no_memory(diag);
        heard->frames = more;
        heard->frame_room = room;
    }
    float *frame = heard->frames + heard->head.frames++ * channels;
    for (size_t ch = 0; ch < channels; ch++)
        frame[ch] = (float)rms[ch];
    return BH_OK;
}

void
heard_free(struct heard *heard)
{
    free(heard->time_s);
    free(heard->index);
    free(heard->frames);
    free(heard->cf_hz);
    free(heard->channel_cf_hz);
    *heard = (struct heard){0};
}

void
heard_fail(struct heard *heard, const bh_diag *why)
{
    heard_free(heard);
    snprintf(heard->head.message, sizeof heard->head.message, "%s", why->text);
}

static uint64_t
failed_key(const struct batch *batch, size_t sound)
{
    return batch->key[sound] ^ FAILED;
}

/* One piece of memory that is filled from its beginning, or read so. */
struct piece {
    unsigned char *bytes;
    size_t size, at;
    bool reading, short_of;
};

static void
pass(struct piece *piece, void *data, size_t size)
{
    if (size > piece->size - piece->at) {
        piece->short_of = true;
        return;
    }
    if (size && piece->reading)
        memcpy(data, piece->bytes + piece->at, size);
    else if (size)
        memcpy(piece->bytes + piece->at, data, size);
    piece->at += size;
}

static size_t
record_size(const struct heard_head *head)
{
    return sizeof *head + head->spikes * (sizeof(double) + sizeof(uint32_t)) +
           head->frames * head->channels * sizeof(float);
}

static void
pass_record(struct piece *piece, struct heard *heard)
{
    const struct heard_head *head = &heard->head;
    pass(piece, heard->time_s, head->spikes * sizeof *heard->time_s);
    pass(piece, heard->index, head->spikes * sizeof *heard->index);
    pass(piece, heard->frames, head->frames * head->channels * sizeof *heard->frames);
}

/* The frequencies go into a record of their own, once. */
static bh_status
put_shape(struct batch *batch, struct heard *heard, bh_diag *diag)
{
    const size_t neurons = heard->cf_hz ? (size_t)heard->head.neurons : 0,
                 channels = heard->channel_cf_hz ? (size_t)heard->head.channels : 0;
    double *both = malloc((2 + neurons + channels) * sizeof *both);
    if (!both)
        return no_memory(diag);
    both[0] = (double)neurons;
    both[1] = (double)channels;
    if (neurons)
        memcpy(both + 2, heard->cf_hz, neurons * sizeof *both);
    if (channels)
        memcpy(both + 2 + neurons, heard->channel_cf_hz, channels * sizeof *both);
    const size_t size = (2 + neurons + channels) * sizeof *both;
    heard->head.shape = bh_hash(batch->settings, both, size);
    bh_status status = BH_OK;
    if (!bh_journal_has(batch->journal, heard->head.shape))
        status = bh_journal_put(batch->journal, heard->head.shape, both, size, diag);
    free(both);
    return status;
}

bh_status
record_put(struct batch *batch, size_t sound, struct heard *heard, bh_diag *diag)
{
    if (heard->head.good)
        BH_TRY(put_shape(batch, heard, diag));
    struct piece piece = {.size = record_size(&heard->head)};
    piece.bytes = malloc(piece.size);
    if (!piece.bytes)
        return no_memory(diag);
    pass(&piece, &heard->head, sizeof heard->head);
    pass_record(&piece, heard);
    const uint64_t key = heard->head.good ? batch->key[sound]
                                          : failed_key(batch, sound);
    const bh_status status =
        bh_journal_put(batch->journal, key, piece.bytes, piece.size, diag);
    free(piece.bytes);
    return status;
}

static bh_status
unpack(struct piece *piece, struct heard *heard, bh_diag *diag)
{
    struct heard_head *head = &heard->head;
    pass(piece, head, sizeof *head);
    if (piece->short_of || head->spikes > piece->size ||
        (head->channels && head->frames > piece->size / head->channels) ||
        record_size(head) != piece->size)
        return bh_diag_set(diag, BH_ERR_DATA,
                           "a record of the journal is of another "
                           "kind");
    const size_t frames = head->frames * head->channels;
    heard->time_s = malloc((head->spikes + 1) * sizeof *heard->time_s);
    heard->index = malloc((head->spikes + 1) * sizeof *heard->index);
    heard->frames = malloc((frames + 1) * sizeof *heard->frames);
    if (!heard->time_s || !heard->index || !heard->frames)
        return no_memory(diag);
    pass_record(piece, heard);
    return BH_OK;
}

bh_status
record_get(const struct batch *batch, size_t sound, struct heard *heard, bh_diag *diag)
{
    const uint64_t key = record_is_good(batch, sound) ? batch->key[sound]
                                                      : failed_key(batch, sound);
    struct piece piece = {.reading = true};
    void *data = NULL;
    BH_TRY(bh_journal_get(batch->journal, key, &data, &piece.size, diag));
    piece.bytes = data;
    *heard = (struct heard){0};
    const bh_status status = unpack(&piece, heard, diag);
    free(data);
    if (status != BH_OK)
        heard_free(heard);
    return status;
}

bool
record_is_good(const struct batch *batch, size_t sound)
{
    return bh_journal_has(batch->journal, batch->key[sound]);
}

bool
record_is_there(const struct batch *batch, size_t sound)
{
    return record_is_good(batch, sound) ||
           bh_journal_has(batch->journal, failed_key(batch, sound));
}

bh_status
record_shape(const struct batch *batch, const struct heard *heard, struct shape *shape,
             bh_diag *diag)
{
    void *data = NULL;
    size_t size = 0;
    BH_TRY(bh_journal_get(batch->journal, heard->head.shape, &data, &size, diag));
    double *both = data;
    const size_t neurons = (size_t)both[0], channels = (size_t)both[1];
    *shape = (struct shape){.memory = data,
                            .cf_hz = neurons ? both + 2 : NULL,
                            .channel_cf_hz = channels ? both + 2 + neurons : NULL};
    return BH_OK;
}
