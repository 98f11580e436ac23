/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sound file becomes auditory-nerve spikes. Usage: nerve SOUND */
#include <brianhears.h>
#include <stdio.h>

#define DO(call)                                                                       \
    if ((call) != BH_OK)                                                               \
    return bh_diag_format(&diag, why, sizeof why), fprintf(stderr, "%s\n", why), 1

int
main(int argc, char **argv)
{
    enum { PLACES = 300, FIBRES = 10 };
    bh_source *sound, *ear;
    bh_filterbank *cochlea;
    bh_network *net;
    bh_group *nerve;
    bh_spike_monitor *spikes;
    double cf[PLACES];
    bh_diag diag;
    char why[1024];

    /* the ear: a sound through a gammatone filterbank */
    DO(bh_soundfile_open(argc > 1 ? argv[1] : "-", NULL, &sound, &diag));
    double rate = bh_source_samplerate(sound);
    DO(bh_erbspace(20, 0.45 * rate, PLACES, bh_erb_params_default(), cf, &diag));
    DO(bh_gammatone_new(rate, cf, PLACES, NULL, BH_SINGLE, &cochlea, &diag));
    DO(bh_filterbank_source(cochlea, sound, &ear, &diag));

    /* the nerve: noisy fibres, ten behind each place, equations as text */
    bh_network_config config = bh_network_config_default();
    config.dt_s = 1 / rate;
    DO(bh_network_new(&config, &net, &diag));
    bh_group_config fibres = bh_group_config_default();
    fibres.count = PLACES * FIBRES;
    fibres.equations =
        "dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless refractory)\n"
        "I : 1 (linked)";
    fibres.threshold = "v > 1";
    fibres.reset = "v = 0";
    fibres.refractory = "5*ms";
    DO(bh_group_new(net, &fibres, &nerve, &diag));

    /* half-wave rectified and compressed, the ear drives the nerve */
    DO(bh_link(nerve, "I", ear, "3*clip(x,0,inf)**(1/3)", &diag));
    DO(bh_spike_monitor_new(nerve, NULL, &spikes, &diag));
    DO(bh_network_run(net, BH_UNTIL_END, &diag));
    printf("%.2f s of sound, %.0f spikes\n", bh_network_time(net),
           (double)bh_spike_monitor_count(spikes));

    bh_network_free(net);
    bh_source_free(ear);
    bh_filterbank_free(cochlea);
    bh_source_free(sound);
    return 0;
}
