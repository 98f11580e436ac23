/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/spikes.h"
#include "models/model_internal.h"
#include "neurons/input.h"

#include <stdlib.h>
#include <string.h>

static bh_status
build_poisson(const bh_model *model, const struct model_input *in, bh_group **out,
              bh_diag *diag)
{
    const struct model_blame texts[] = {{"equations", &in->rates}};
    bh_poisson_config config = bh_poisson_config_default();
    bh_namespace *own;
    config.name = in->object.name;
    config.count = (size_t)in->count.number;
    config.rates = strcmp(in->rates.text, "linked") == 0 ? NULL : in->rates.text;
    config.precision = model_precision(model, &in->precision);
    config.dt_s = in->clock.number;
    BH_TRY(model_names_of(model, &in->constants, &own, &config.names, diag));
    const bh_status status = bh_poisson_new(model->net, &config, out, diag);
    bh_namespace_free(own);
    /* the equations begin with "rates = " */
    if (status != BH_OK && diag && diag->line == 1 && diag->column > 8)
        diag->column -= 8;
    return model_blame(status, diag, &in->object, texts, 1);
}

static bh_status
make_generator(const bh_model *model, const struct model_input *in, bh_events events,
               size_t neurons, bh_group **out, bh_diag *diag)
{
    bh_generator_config config = bh_generator_config_default();
    config.name = in->object.name;
    config.count = in->count.node ? (size_t)in->count.number : neurons;
    config.spikes = events;
    config.period_s = in->period.number;
    return model_blame_value(bh_generator_new(model->net, &config, out, diag), diag,
                             in->times.node ? in->times.node : in->file.node);
}

static bh_status
build_times(const bh_model *model, const struct model_input *in, bh_group **out,
            bh_diag *diag)
{
    const size_t count = in->times.count;
    size_t neurons = 1;
    if (in->neurons.node && in->neurons.count != count)
        return doc_error(diag, in->neurons.node, BH_ERR_TEXT,
                         "there are %zu neurons for %zu times; give one for each",
                         in->neurons.count, count);
    double *time_s = malloc(count * sizeof *time_s + 1);
    uint32_t *index = calloc(count + 1, sizeof *index);
    bh_status status = BH_OK;
    if (!time_s || !index)
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu spikes", count);
    for (size_t i = 0; status == BH_OK && i < count; i++) {
        time_s[i] = in->times.values[i].number;
        if (!in->neurons.node)
            continue;
        const struct model_value *neuron = &in->neurons.values[i];
        if (neuron->whole >= UINT32_MAX)
            status = doc_error(diag, neuron->node, BH_ERR_TEXT,
                               "a neuron has a number below %lu",
                               (unsigned long)UINT32_MAX);
        index[i] = (uint32_t)neuron->whole;
        neurons = index[i] >= neurons ? (size_t)index[i] + 1 : neurons;
    }
    if (status == BH_OK)
        status = make_generator(model, in, (bh_events){time_s, index, count}, neurons,
                                out, diag);
    free(time_s);
    free(index);
    return status;
}

static bh_status
build_file(const bh_model *model, const struct model_input *in, bh_group **out,
           bh_diag *diag)
{
    char path[MODEL_PATH_MAX];
    bh_spikes *spikes = NULL;
    BH_TRY(model_path(&in->file, path, sizeof path, diag));
    BH_TRY(model_blame_value(bh_spikes_read(path, in->population.text, &spikes, diag),
                             diag, in->file.node));
    const bh_status status = make_generator(model, in, bh_spikes_events(spikes),
                                            bh_spikes_neurons(spikes), out, diag);
    bh_spikes_free(spikes);
    return status;
}

static bh_status
build_input(const bh_model *model, const struct model_input *in, bh_group **out,
            bh_diag *diag)
{
    if (in->rates.node)
        return build_poisson(model, in, out, diag);
    if (in->file.node)
        return build_file(model, in, out, diag);
    if (in->times.node)
        return build_times(model, in, out, diag);
    return model_blame_value(
        bh_pulse_packet_new(model->net, in->object.name, (size_t)in->count.number,
                            in->packet.number, in->sigma.number, out, diag),
        diag, in->packet.node);
}

bh_status
model_build_inputs(bh_model *model, bh_diag *diag)
{
    for (size_t i = 0; i < model->inputs; i++)
        BH_TRY(build_input(model, MODEL_PART(model, inputs, model_input, i),
                           &model->group[model->groups + i].group, diag));
    return BH_OK;
}
