/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "models/batch_internal.h"

#include "core/hash_internal.h"
#include "io/output_internal.h"
#include "models/model_internal.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bh_batch_config
bh_batch_config_default(void)
{
    return (bh_batch_config){.form = BH_BATCH_CORPUS, .spikes = true, .shards = 1};
}

bool
batch_beside(const char *output, const char *ending, char *path, size_t size)
{
    size_t length = strlen(output);
    while (length > 1 && output[length - 1] == '/')
        length--;
    return (size_t)snprintf(path, size, "%.*s%s", (int)length, output, ending) < size;
}

/* A name that leads out of the folder is kept inside it. */
bool
batch_own_path(const char *output, const char *name, const char *ending, char *path,
               size_t size)
{
    int length = snprintf(path, size, "%s/", output);
    if (length < 0 || (size_t)length >= size)
        return false;
    size_t at = (size_t)length;
    while (*name) {
        const size_t part = strcspn(name, "/");
        const bool up = part == 2 && name[0] == '.' && name[1] == '.',
                   here = part == 0 || (part == 1 && name[0] == '.');
        if (at + part + 2 >= size)
            return false;
        if (up)
            at += (size_t)sprintf(path + at, "up/");
        else if (!here)
            at += (size_t)sprintf(path + at, "%.*s/", (int)part, name);
        name += part + (name[part] == '/');
    }
    at -= at > (size_t)length; /* the last slash */
    return (size_t)snprintf(path + at, size - at, "%s", ending) < size - at;
}

/* What would fail after all was heard is told before. */
static bh_status
check_output(const bh_batch_config *config, bh_diag *diag)
{
    struct stat info;
    size_t labels;
    const bool there = stat(config->output, &info) == 0;
    if (config->form != BH_BATCH_CORPUS)
        return BH_OK;
    (void)bh_sound_list_labels(config->sounds, &labels);
    if (labels > 65536)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a corpus has at most 65,536 labels, not %zu", labels);
    if (strcmp(config->output, "-") == 0 || (there && !S_ISREG(info.st_mode)))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a corpus cannot go to '%s': name a file", config->output);
    return BH_OK;
}

static bh_status
check(const bh_batch_config *config, bh_diag *diag)
{
    if (!config->model || !config->sounds || !config->output || !*config->output)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a batch needs a model, sounds and an output");
    if (strcmp(config->model, "-") == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a batch that goes on later reads its model again: it must "
                           "be a file");
    if (!config->spikes && !(config->frames_hz > 0))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a batch writes spikes, a cochleagram, or both");
    if (!isfinite(config->frames_hz) || config->frames_hz < 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "frames come at 0 Hz (none) or more, not %g",
                           config->frames_hz);
    if (config->frames_hz > 0 && config->form != BH_BATCH_CORPUS)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "frames of the cochleagram go into a corpus, not into files "
                           "of their own");
    if (config->shard >= config->shards)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "there is no share %zu of %zu (they count from 0)",
                           config->shard, config->shards);
    return check_output(config, diag);
}

static uint64_t
hash_text(uint64_t start, const char *text)
{
    return bh_hash(start, text ? text : "", text ? strlen(text) + 1 : 0);
}

/* A file that the model reads besides the sounds: which one, and when it was written.
 */
static uint64_t
hash_file(uint64_t start, const struct model_value *value)
{
    char path[MODEL_PATH_MAX];
    struct stat info;
    if (!value->node || model_path(value, path, sizeof path, NULL) != BH_OK)
        return start;
    const uint64_t sum = hash_text(start, path);
    if (stat(path, &info) != 0)
        return sum;
    const uint64_t file[] = {(uint64_t)info.st_size, (uint64_t)info.st_mtim.tv_sec,
                             (uint64_t)info.st_mtim.tv_nsec};
    return bh_hash(sum, file, sizeof file);
}

static uint64_t
hash_files(uint64_t sum, const bh_model *model)
{
    const struct model_file *file = &model->file;
    for (size_t i = 0; i < file->sounds.count; i++)
        sum = hash_file(sum, &MODEL_PART(model, sounds, model_sound, i)->file);
    for (size_t i = 0; i < file->filters.count; i++)
        sum = hash_file(sum, &MODEL_PART(model, filters, model_filter, i)->hrtf);
    for (size_t i = 0; i < file->inputs.count; i++)
        sum = hash_file(sum, &MODEL_PART(model, inputs, model_input, i)->file);
    for (size_t i = 0; i < file->timed_arrays.count; i++)
        sum = hash_file(sum, &MODEL_PART(model, timed_arrays, model_timed, i)->file);
    for (size_t i = 0; i < file->groups.count; i++) {
        const struct model_objects *timed =
            &MODEL_PART(model, groups, model_group, i)->timed;
        for (size_t t = 0; t < timed->count; t++)
            sum = hash_file(sum, &((const struct model_timed *)timed->at)[t].file);
    }
    return sum;
}

/* What a sound's result depends on, so that a journal serves no other batch. */
static void
make_keys(struct batch *batch)
{
    const bh_batch_config *config = batch->config;
    const uint64_t numbers[] = {config->seed, (uint64_t)config->form, config->spikes};
    uint64_t sum = hash_text(batch->files, "bhears " BH_VERSION);
    sum = hash_text(sum, batch->text);
    sum = hash_text(sum, config->sound);
    sum = hash_text(sum, config->group);
    sum = bh_hash(sum, numbers, sizeof numbers);
    sum = bh_hash(sum, &config->frames_hz, sizeof config->frames_hz);
    batch->settings = sum;
    for (size_t i = 0; i < bh_sound_list_count(config->sounds); i++) {
        const bh_listed_sound *sound = bh_sound_list_get(config->sounds, i);
        const uint64_t file[] = {sound->bytes, sound->changed};
        batch->key[i] = bh_hash(hash_text(sum, sound->name), file, sizeof file);
    }
}

struct candidate {
    uint64_t bytes;
    size_t sound;
};

/* Longest first, as far as the file's size tells, so that the last to end are short. */
static int
longest_first(const void *a, const void *b)
{
    const struct candidate *one = a, *other = b;
    if (one->bytes != other->bytes)
        return one->bytes < other->bytes ? 1 : -1;
    return one->sound < other->sound ? -1 : 1;
}

/* What is to be heard is the first process's to say, as tickets count the same list. */
static bh_status
make_order(struct batch *batch, bh_diag *diag)
{
    const bh_batch_config *config = batch->config;
    const size_t count = bh_sound_list_count(config->sounds);
    struct candidate *all = malloc(count * sizeof *all);
    unsigned char *there = malloc(count);
    if (!all || !there) {
        free(all);
        free(there);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu sounds", count);
    }
    for (size_t i = 0; i < count; i++) {
        all[i] = (struct candidate){bh_sound_list_get(config->sounds, i)->bytes, i};
        there[i] = record_is_good(batch, i);
    }
    qsort(all, count, sizeof *all, longest_first);
    const bh_status status = bh_comm_broadcast(config->comm, 0, there, count, diag);
    for (size_t i = 0; i < count; i++)
        if (i % config->shards == config->shard && !there[all[i].sound])
            batch->order[batch->todo++] = all[i].sound;
    free(all);
    free(there);
    return status;
}

/* Where all is there, this process writes the output, unless another has. */
static bh_status
finish(struct batch *batch, bh_batch_result *result, bool *removed, bh_diag *diag)
{
    bool alive;
    BH_TRY(bh_journal_lock(batch->journal, &alive, diag));
    if (!alive)
        return BH_OK;
    BH_TRY(bh_journal_refresh(batch->journal, diag));
    for (size_t i = 0; i < result->sounds; i++)
        result->missing += !record_is_there(batch, i);
    result->failed = batch->failed;
    if (result->missing > 0)
        return BH_OK;
    BH_TRY(batch_write(batch, result, diag));
    *removed = result->failed == 0;
    return BH_OK;
}

/* All processes must have found the same sounds: tickets count them. */
static bh_status
compare(const struct batch *batch, bh_diag *diag)
{
    const size_t count = bh_sound_list_count(batch->config->sounds);
    const uint64_t mine[] = {
        count, bh_hash(batch->settings, batch->key, count * sizeof *batch->key)};
    uint64_t first[] = {mine[0], mine[1]};
    BH_TRY(bh_comm_broadcast(batch->config->comm, 0, first, sizeof first, diag));
    if (memcmp(first, mine, sizeof mine) != 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "this process found %zu sounds or a model other than the "
                           "first one's (%llu): do files change, or are clocks apart?",
                           count, (unsigned long long)first[0]);
    return BH_OK;
}

static bool
is_there(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* A journal of this batch says that it was begun; what another one has made is kept. */
static bh_status
begin(struct batch *batch, bh_diag *diag)
{
    const bh_batch_config *config = batch->config;
    char table[4096];
    if (bh_journal_has(batch->journal, batch->settings))
        return BH_OK;
    const char *kept = is_there(config->output) ? config->output : NULL;
    if (batch_beside(config->output, ".tsv", table, sizeof table) && is_there(table) &&
        !kept)
        kept = table;
    if (kept && !config->replace)
        return bh_diag_set(diag, BH_ERR_FILE,
                           "there is a file '%s' already, which this batch has not "
                           "begun; -f (--force) replaces it",
                           kept);
    if (bh_comm_rank(config->comm) > 0)
        return BH_OK;
    return bh_journal_put(batch->journal, batch->settings, "", 0, diag);
}

static bh_status
hear_and_finish(struct batch *batch, bh_batch_result *result, bh_diag *diag)
{
    bh_comm *comm = batch->config->comm;
    bool removed = false;
    make_keys(batch);
    BH_TRY(compare(batch, diag));
    BH_TRY(begin(batch, diag));
    BH_TRY(make_order(batch, diag));
    BH_TRY(batch_hear_all(batch, diag));
    BH_TRY(bh_journal_flush(batch->journal, diag));
    BH_TRY(bh_comm_barrier(comm, diag));
    bh_status status = BH_OK;
    if (bh_comm_rank(comm) == 0)
        status = finish(batch, result, &removed, diag);
    if (removed) {
        bh_journal_remove(batch->journal);
        batch->journal = NULL;
    }
    BH_TRY(status);
    const size_t sounds = result->sounds;
    BH_TRY(bh_comm_broadcast(comm, 0, result, sizeof *result, diag));
    result->sounds = sounds;
    result->heard_s = batch->heard_s;
    return BH_OK;
}

static bh_status
make_folder(const bh_batch_config *config, bh_diag *diag)
{
    if (config->form == BH_BATCH_CORPUS || mkdir(config->output, 0777) == 0 ||
        errno == EEXIST)
        return BH_OK;
    return bh_file_error(diag, "write", config->output, errno);
}

/* The model as it is read now: what follows from it is told before any sound is heard.
 */
static bh_status
read_model(struct batch *batch, bh_diag *diag)
{
    const bh_batch_config *config = batch->config;
    BH_TRY(bh_model_read(config->model, config->set, config->set_count, &batch->model,
                         diag));
    const bh_model *model = batch->model;
    BH_TRY(batch_check_model(batch, model, diag));
    BH_TRY(bh_model_text(model, &batch->text, diag));
    batch->files = hash_files(BH_HASH_START, model);
    for (size_t i = 0; i < model->file.inputs.count; i++)
        batch->reads_hdf5 |= MODEL_PART(model, inputs, model_input, i)->file.node !=
                             NULL;
    return BH_OK;
}

bh_status
bh_batch_run(const bh_batch_config *config, bh_batch_result *result, bh_diag *diag)
{
    char path[4096];
    BH_TRY(check(config, diag));
    if (!batch_beside(config->output, ".journal", path, sizeof path))
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "the name of the output is too long");
    const size_t count = bh_sound_list_count(config->sounds);
    struct batch batch = {.config = config};
    bh_batch_result out = {.sounds = count};
    batch.key = malloc(count * sizeof *batch.key);
    batch.order = malloc(count * sizeof *batch.order);
    bh_status status = read_model(&batch, diag);
    if (status == BH_OK && (!batch.key || !batch.order))
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu sounds", count);
    if (status == BH_OK)
        status = make_folder(config, diag);
    if (status == BH_OK)
        status = bh_journal_open(path, &batch.journal, diag);
    pthread_mutex_init(&batch.hdf5, NULL);
    if (status == BH_OK)
        status = hear_and_finish(&batch, &out, diag);
    pthread_mutex_destroy(&batch.hdf5);
    bh_journal_close(batch.journal);
    bh_model_free(batch.model);
    free(batch.text);
    free(batch.key);
    free(batch.order);
    if (status == BH_OK)
        *result = out;
    return status;
}
