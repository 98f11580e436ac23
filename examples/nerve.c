/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sound file becomes auditory-nerve spikes: 3000 noisy fibres behind a gammatone
 * bank. */
#include <brianhears.h>
#include <stdio.h>
#include <stdlib.h>

static bh_diag diag;

static void
must(bh_status status)
{
    char text[1024];
    if (status == BH_OK)
        return;
    bh_diag_format(&diag, text, sizeof text);
    fprintf(stderr, "nerve: %s\n", text);
    exit(1);
}

int
main(int argc, char **argv)
{
    enum { PLACES = 300, FIBRES = 10 };
    double cf[PLACES];
    bh_source *sound, *ear;
    bh_filterbank *cochlea;
    bh_network *net;
    bh_group *nerve;
    bh_spike_monitor *spikes;

    must(bh_soundfile_open(argc > 1 ? argv[1] : "speech.wav", NULL, &sound, &diag));
    double rate = bh_source_samplerate(sound);
    must(bh_erbspace(20, 0.45 * rate, PLACES, bh_erb_params_default(), cf, &diag));
    must(bh_gammatone_new(rate, cf, PLACES, NULL, BH_SINGLE, &cochlea, &diag));
    must(bh_filterbank_source(cochlea, sound, &ear, &diag));

    bh_network_config config = bh_network_config_default();
    config.dt_s = 1 / rate;
    must(bh_network_new(&config, &net, &diag));
    bh_group_config fibres = bh_group_config_default();
    fibres.name = "nerve";
    fibres.count = PLACES * FIBRES;
    fibres.equations =
        "dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless refractory)\n"
        "I : 1";
    fibres.threshold = "v > 1";
    fibres.reset = "v = 0";
    fibres.refractory = "5*ms";
    must(bh_group_new(net, &fibres, &nerve, &diag));
    must(bh_link(nerve, "I", ear, "3*clip(x,0,inf)**(1/3)", &diag));
    must(bh_spike_monitor_new(nerve, NULL, &spikes, &diag));
    must(bh_network_run(net, BH_UNTIL_END, &diag));
    printf("%.3f s of sound, %llu spikes of %d fibres\n", bh_network_time(net),
           (unsigned long long)bh_spike_monitor_count(spikes), PLACES * FIBRES);

    bh_network_free(net);
    bh_source_free(ear);
    bh_filterbank_free(cochlea);
    bh_source_free(sound);
    return 0;
}
