/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libFuzzer's way into model files: any bytes as a YAML text and, behind bytes 0x1e, as
 * changes of --set. Small models without files are built as well; nothing runs.
 * tests/fuzz/run starts it. */
#include "models/model_internal.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SETS = 4 };

/* Whether a text has a word: here an easy way to keep off files. */
static bool
mentions(const char *text, size_t size, const char *word)
{
    const size_t length = strlen(word);
    for (size_t i = 0; i + length <= size; i++)
        if (memcmp(text + i, word, length) == 0)
            return true;
    return false;
}

static bool
cheap_group(const struct model_group *g)
{
    for (size_t i = 0; i < g->timed.count; i++)
        if (((const struct model_timed *)g->timed.at)[i].file.node)
            return false;
    return g->count.number <= 200;
}

static bool
cheap_synapses(const struct model_synapses *s)
{
    for (size_t i = 0; i < s->connect.count; i++) {
        const struct model_connect *c =
            &((const struct model_connect *)s->connect.at)[i];
        if (c->copies.node || c->in_degree.number > 100 || c->out_degree.number > 100 ||
            c->total.number > 1000)
            return false;
    }
    return s->connect.count < 8;
}

static bool
cheap_sound(const struct model_sound *s)
{
    return !s->file.node && s->duration.number <= 0.2 && s->samplerate.number <= 1e5 &&
           s->channels.number <= 4 && s->frequency.count <= 4 &&
           s->live.channels.number <= 4;
}

/* What is built is small, and reads no files. */
static bool
cheap(const bh_model *model)
{
    const struct model_file *file = &model->file;
    for (size_t i = 0; i < model->sounds; i++)
        if (!cheap_sound(MODEL_PART(model, sounds, model_sound, i)))
            return false;
    for (size_t i = 0; i < model->filters; i++) {
        const struct model_filter *f = MODEL_PART(model, filters, model_filter, i);
        if (f->hrtf.node || f->channels.number > 20 || f->cf.count > 20 ||
            f->repeats.number > 4 || f->tiles.number > 4 || f->set.count > 0)
            return false;
    }
    for (size_t i = 0; i < file->timed_arrays.count; i++)
        if (MODEL_PART(model, timed_arrays, model_timed, i)->file.node)
            return false;
    for (size_t i = 0; i < model->groups; i++)
        if (!cheap_group(MODEL_PART(model, groups, model_group, i)))
            return false;
    for (size_t i = 0; i < model->inputs; i++) {
        const struct model_input *in = MODEL_PART(model, inputs, model_input, i);
        if (in->file.node || in->count.number > 200 || in->neurons.count > 0)
            return false;
    }
    for (size_t i = 0; i < model->synapses; i++)
        if (!cheap_synapses(MODEL_PART(model, synapses, model_synapses, i)))
            return false;
    return model->groups + model->inputs + model->synapses + model->filters < 12 &&
           model->pictures == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *end = size ? memchr(text, 0x1e, size) : NULL;
    const size_t length = end ? (size_t)(end - text) : size;
    char *sets[SETS];
    size_t count = 0;
    bh_model *model = NULL;
    bh_diag diag;
    if (mentions(text, size, "include"))
        return 0;
    while (end && count < SETS) {
        const char *set = end + 1, *stop = text + size;
        end = memchr(set, 0x1e, (size_t)(stop - set));
        const size_t part = (size_t)((end ? end : stop) - set);
        sets[count] = calloc(part + 1, 1);
        memcpy(sets[count++], set, part);
    }
    if (bh_model_parse("fuzz.yaml", text, length, (const char *const *)sets, count,
                       &model, &diag) == BH_OK &&
        cheap(model))
        (void)!bh_model_check(model, &diag);
    bh_model_free(model);
    while (count > 0)
        free(sets[--count]);
    return 0;
}
