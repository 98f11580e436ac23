/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/batch_internal.h"

#include "io/corpus.h"
#include "io/output_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What goes into the corpus, in the order of the list: the first sound that could be
 * heard says how many neurons and channels all have. */
struct writing {
    const struct batch *batch;
    bh_corpus_writer *corpus;
    struct bh_output table;
    struct heard_head first;
    char line[1200];
};

static bh_status
open_corpus(struct writing *w, const struct heard *heard, bh_diag *diag)
{
    const bh_batch_config *config = w->batch->config;
    struct shape shape;
    char seed[24];
    BH_TRY(record_shape(w->batch, heard, &shape, diag));
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)config->seed);
    const bh_corpus_metadata metadata[] = {{"program", "bhears " BH_VERSION, 0},
                                           {"seed", seed, 0},
                                           {"model", w->batch->text, 0}};
    bh_corpus_config corpus = {.path = config->output,
                               .neurons = (size_t)heard->head.neurons,
                               .cf_hz = shape.cf_hz,
                               .channels = (size_t)heard->head.channels,
                               .channel_cf_hz = shape.channel_cf_hz,
                               .frames_hz = config->frames_hz,
                               .metadata = metadata,
                               .metadata_count = sizeof metadata / sizeof metadata[0]};
    corpus.keys = bh_sound_list_labels(config->sounds, &corpus.key_count);
    w->first = heard->head;
    const bh_status status = bh_corpus_writer_open(&corpus, &w->corpus, diag);
    free(shape.memory);
    return status;
}

static bh_status
add_to_corpus(struct writing *w, const bh_listed_sound *sound, struct heard *heard,
              bh_diag *diag)
{
    if (!w->corpus)
        BH_TRY(open_corpus(w, heard, diag));
    if (heard->head.shape != w->first.shape) {
        bh_diag why;
        (void)bh_diag_set(&why, BH_ERR_DATA,
                          "other neurons or channels (%llu and %llu) than the first "
                          "sound's (%llu and %llu), or other frequencies",
                          (unsigned long long)heard->head.neurons,
                          (unsigned long long)heard->head.channels,
                          (unsigned long long)w->first.neurons,
                          (unsigned long long)w->first.channels);
        heard_fail(heard, &why);
        return BH_OK;
    }
    const bh_corpus_sound entry = {
        .name = sound->name,
        .label = sound->label,
        .duration_s = heard->head.duration_s,
        .spikes = {heard->time_s, heard->index, (size_t)heard->head.spikes},
        .frames = heard->frames,
        .frame_count = (size_t)heard->head.frames};
    return bh_corpus_writer_add(w->corpus, &entry, diag);
}

/* A text for a field of the table: no tabs, no line ends. */
static void
plain(char *text)
{
    for (; *text; text++)
        if (*text == '\t' || *text == '\n' || *text == '\r')
            *text = ' ';
}

static bh_status
add_to_table(struct writing *w, const bh_listed_sound *sound, struct heard *heard,
             bh_diag *diag)
{
    size_t labels;
    const struct heard_head *head = &heard->head;
    const char *const *keys = bh_sound_list_labels(w->batch->config->sounds, &labels);
    char name[600], label[200];
    snprintf(name, sizeof name, "%s", sound->name);
    snprintf(label, sizeof label, "%s", keys[sound->label]);
    plain(name);
    plain(label);
    plain(heard->head.message);
    if (head->good)
        snprintf(w->line, sizeof w->line, "%s\t%s\t%.9g\t%llu\tok\n", name, label,
                 head->duration_s, (unsigned long long)head->count);
    else
        snprintf(w->line, sizeof w->line, "%s\t%s\t\t\t%s\n", name, label,
                 head->message);
    return bh_output_write(&w->table, w->line, strlen(w->line), diag);
}

static bh_status
write_all(struct writing *w, bh_batch_result *result, bh_diag *diag)
{
    static const char header[] = "sound\tlabel\tduration_s\tspikes\tstatus\n";
    const bh_batch_config *config = w->batch->config;
    BH_TRY(bh_output_write(&w->table, header, sizeof header - 1, diag));
    for (size_t i = 0; i < result->sounds; i++) {
        const bh_listed_sound *sound = bh_sound_list_get(config->sounds, i);
        struct heard heard;
        BH_TRY(record_get(w->batch, i, &heard, diag));
        bh_status status = BH_OK;
        if (heard.head.good && config->form == BH_BATCH_CORPUS)
            status = add_to_corpus(w, sound, &heard, diag);
        result->failed += !heard.head.good;
        if (status == BH_OK)
            status = add_to_table(w, sound, &heard, diag);
        heard_free(&heard);
        BH_TRY(status);
    }
    if (!w->corpus)
        return BH_OK;
    bh_corpus_writer *corpus = w->corpus;
    w->corpus = NULL;
    return bh_corpus_writer_close(corpus, diag);
}

bh_status
batch_write(const struct batch *batch, bh_batch_result *result, bh_diag *diag)
{
    struct writing w = {.batch = batch};
    char path[4096];
    if (!batch_beside(batch->config->output, ".tsv", path, sizeof path))
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "the name of the output is too long");
    result->failed = 0;
    BH_TRY(bh_output_open(path, &w.table, diag));
    const bh_status status = write_all(&w, result, diag);
    if (status == BH_OK)
        return bh_output_commit(&w.table, diag);
    bh_corpus_writer_abort(w.corpus);
    bh_output_abort(&w.table);
    return status;
}
