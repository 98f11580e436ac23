/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/check.h"

#include <brianhears.h>

/* A model file against the same network made by calls in C: the same spikes. */

static bh_diag diag;

/* Runs what is built, without its files, and says what the monitor `name` has. */
static bh_events
run(bh_model *model, const char *name)
{
    CHECK_OK(bh_model_build(model, &diag), diag);
    CHECK_OK(bh_model_run(model, &diag), diag);
    return bh_spike_monitor_events(bh_model_spike_monitor(model, name));
}

static void
check_same(bh_events got, bh_events want)
{
    CHECK(want.count > 10);
    CU_ASSERT_FATAL(got.count == want.count);
    for (size_t i = 0; i < got.count; i++)
        if (got.time_s[i] != want.time_s[i] || got.index[i] != want.index[i]) {
            CU_FAIL("a spike differs");
            return;
        }
}

static bh_model *
preset(const char *name, const char *const *set, size_t count)
{
    char path[512];
    bh_model *model = NULL;
    snprintf(path, sizeof path, BH_SOURCE_DIR "/models/presets/%s.yaml", name);
    CHECK_OK(bh_model_read(path, set, count, &model, &diag), diag);
    return model;
}

static void
test_nerve(void)
{
    enum { PLACES = 40, FIBRES = 5 };
    static const char *const set[] = {"constants.places=40",   "constants.fibres=5",
                                      "monitors.spikes.file=", "pictures.nerve=",
                                      "sound.duration=50 ms",  "sound.level=80 dB SPL",
                                      "sound.ramp=0 s",        "run.seed=7"};
    const bh_sound_shape shape = {0.05, 1, 44100};
    const double level_db = 80;
    double cf[PLACES];
    bh_source *tone, *sound, *ear;
    bh_filterbank *cochlea;
    bh_network *net;
    bh_group *nerve;
    bh_spike_monitor *spikes;
    CHECK_OK(bh_tone_source(&shape, 1000, 0, &tone, &diag), diag);
    CHECK_OK(bh_level_source(tone, &level_db, 1, &sound, &diag), diag);
    CHECK_OK(bh_erbspace(20, 0.9 * 22050, PLACES, bh_erb_params_default(), cf, &diag),
             diag);
    CHECK_OK(bh_gammatone_new(44100, cf, PLACES, NULL, BH_SINGLE, &cochlea, &diag),
             diag);
    CHECK_OK(bh_filterbank_source(cochlea, sound, &ear, &diag), diag);
    bh_network_config config = bh_network_config_default();
    config.dt_s = 1 / 44100.0;
    config.seed = 7;
    CHECK_OK(bh_network_new(&config, &net, &diag), diag);
    bh_group_config fibres = bh_group_config_default();
    fibres.name = "nerve";
    fibres.count = PLACES * FIBRES;
    fibres.equations =
        "dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless refractory)\nI : 1\n";
    fibres.threshold = "v > 1";
    fibres.reset = "v = 0";
    fibres.refractory = "5*ms";
    CHECK_OK(bh_group_new(net, &fibres, &nerve, &diag), diag);
    CHECK_OK(bh_link(nerve, "I", ear, "3*clip(x,0,inf)**(1/3)", &diag), diag);
    CHECK_OK(bh_spike_monitor_new(nerve, NULL, &spikes, &diag), diag);
    CHECK_OK(bh_network_run(net, BH_UNTIL_END, &diag), diag);

    bh_model *model = preset("nerve", set, sizeof set / sizeof set[0]);
    check_same(run(model, "spikes"), bh_spike_monitor_events(spikes));
    /* built again it does the same again */
    check_same(run(model, "spikes"), bh_spike_monitor_events(spikes));
    /* and with a sound from outside */
    CHECK_OK(bh_source_rewind(sound, &diag), diag);
    CHECK_OK(bh_model_set_sound(model, NULL, sound, &diag), diag);
    check_same(run(model, "spikes"), bh_spike_monitor_events(spikes));
    CHECK_NEAR(bh_model_group_cf(model, "nerve")[PLACES * FIBRES - 1], cf[PLACES - 1],
               0);
    bh_model_free(model);
    bh_network_free(net);
    bh_source_free(ear);
    bh_filterbank_free(cochlea);
    bh_source_free(sound);
    bh_source_free(tone);
}

static void
test_cuba(void)
{
    static const char *const set[] = {"constants.neurons=1000", "run.duration=200 ms",
                                      "monitors.spikes.file=", "pictures.raster="};
    bh_network *net;
    bh_group *cells;
    bh_spike_monitor *spikes;
    bh_group_config neurons = bh_group_config_default();
    neurons.name = "cells";
    neurons.count = 1000;
    neurons.equations =
        "dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless refractory)\n"
        "dge/dt = -ge/(5*ms) : volt\n"
        "dgi/dt = -gi/(10*ms) : volt";
    neurons.threshold = "v > -50*mV";
    neurons.reset = "v = -60*mV";
    neurons.refractory = "5*ms";
    CHECK_OK(bh_network_new(NULL, &net, &diag), diag);
    CHECK_OK(bh_group_new(net, &neurons, &cells, &diag), diag);
    CHECK_OK(bh_group_set(cells, "v", "-60*mV + rand()*10*mV", &diag), diag);
    for (int excitatory = 1; excitatory >= 0; excitatory--) {
        bh_synapses_config config = bh_synapses_config_default();
        bh_connect_config connect = bh_connect_config_default();
        bh_synapses *synapses;
        config.source = excitatory ? bh_part(cells, 0, 800) : bh_part(cells, 800, 200);
        config.target = bh_all(cells);
        config.on_pre = excitatory ? "ge += 1.62*mV" : "gi -= 9*mV";
        connect.probability = "0.02";
        CHECK_OK(bh_synapses_new(&config, &synapses, &diag), diag);
        CHECK_OK(bh_synapses_connect(synapses, &connect, &diag), diag);
    }
    CHECK_OK(bh_spike_monitor_new(cells, NULL, &spikes, &diag), diag);
    CHECK_OK(bh_network_run(net, 0.2, &diag), diag);
    bh_model *model = preset("cuba", set, sizeof set / sizeof set[0]);
    check_same(run(model, "spikes"), bh_spike_monitor_events(spikes));
    CHECK(bh_synapses_count(bh_model_synapses(model, "excitation")) > 10000);
    bh_model_free(model);
    bh_network_free(net);
}

TEST_MAIN("models/model", {"the nerve of a file is that of C", test_nerve},
          {"the network of a file is that of C", test_cuba})
