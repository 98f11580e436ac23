/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "filterbank/catalogue.h"
#include "filterbank/graph.h"
#include "io/picture.h"
#include "models/model_internal.h"

#include <string.h>

/* What can be said of a model before anything is made, besides what the table says. */

static const struct model_list *
inputs_of(const struct model_filter *f)
{
    const struct model_list *lists[] = {&f->sum,   &f->difference, &f->product,
                                        &f->ratio, &f->join,       &f->interleave};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (lists[i]->node)
            return lists[i];
    return NULL;
}

static bh_status
check_bank(const struct model_filter *f, bh_diag *diag)
{
    enum { MOST = 64 };
    const char *known[MOST];
    size_t count = 0;
    const bh_bank_kind *kind = bh_bank_kind_find(f->bank.text);
    if (!kind) {
        for (; count < MOST && count < bh_bank_kind_count(); count++)
            known[count] = bh_bank_kind_at(count)->name;
        return model_unknown(diag, f->bank.node, "a filterbank", f->bank.text, known,
                             count);
    }
    for (; count < MOST && count < kind->param_count; count++)
        known[count] = kind->params[count].name;
    for (size_t i = 0; i < f->set.count; i++) {
        const struct doc_node *key = f->set.names[i].key;
        size_t p = 0;
        while (p < count && strcmp(known[p], key->text) != 0)
            p++;
        if (p == count)
            return model_unknown(diag, key, "a parameter of this bank", key->text,
                                 known, count);
    }
    return BH_OK;
}

static bh_status
check_filter(const struct model_filter *f, bh_diag *diag)
{
    const struct model_list *inputs = inputs_of(f);
    if (!inputs && !f->input.node)
        return doc_error(
            diag, f->object.key, BH_ERR_TEXT,
            "this filter lacks 'input': the sound or filter that it hears");
    if (inputs && f->input.node)
        return doc_error(diag, f->input.node, BH_ERR_TEXT,
                         "'input' is for banks; this filter has its inputs already");
    if (inputs && (inputs->count == 0 || inputs->count > BH_GRAPH_INPUTS_MAX))
        return doc_error(diag, inputs->node, BH_ERR_TEXT,
                         "this has %zu inputs; it must have 1 to %d", inputs->count,
                         BH_GRAPH_INPUTS_MAX);
    if (f->cf.count && (f->channels.node || f->low.node || f->high.node))
        return doc_error(diag, f->cf.node, BH_ERR_TEXT,
                         "'cf' says which channels there are, so 'channels', 'low' and "
                         "'high' cannot be given too");
    return f->bank.node ? check_bank(f, diag) : BH_OK;
}

bh_status
model_check_values(const bh_model *model, struct model_reader *reader)
{
    const struct model_file *file = &model->file;
    bh_diag *diag = reader->diag;
    for (size_t i = 0; i < file->filters.count; i++)
        BH_TRY(check_filter(MODEL_PART(model, filters, model_filter, i), diag));
    for (size_t i = 0; i < file->pictures.count; i++) {
        const struct model_picture *p = MODEL_PART(model, pictures, model_picture, i);
        BH_TRY(model_blame_value(bh_picture_check(p->file.text, diag), diag,
                                 p->file.node));
        if (!p->spikes.node && !p->levels.node)
            return doc_error(diag, p->object.key, BH_ERR_TEXT,
                             "this picture shows neither 'spikes' nor 'levels'");
    }
    return BH_OK;
}
