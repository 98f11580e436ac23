/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The nerve of Brian hears' example behind so many places: prints the seconds that
 * bh_network_run takes, and beside them how many spikes there were.
 *
 * usage: bench_nerve SOUND PLACES FIBRES THREADS [single|double [fast|portable]] */
#include "bench/bench.h"
#include "brianhears.h"

#include <stdio.h>
#include <string.h>

int
main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: bench_nerve SOUND PLACES FIBRES THREADS [single|double "
                        "[fast|portable]]\n");
        return 2;
    }
    size_t places = strtoul(argv[2], NULL, 10), fibres = strtoul(argv[3], NULL, 10);
    bh_precision precision = argc > 5 && strcmp(argv[5], "double") == 0 ? BH_DOUBLE
                                                                        : BH_SINGLE;
    double *cf = malloc((places + 1) * sizeof *cf);
    bh_source *sound, *ear;
    bh_filterbank *cochlea;
    bh_network *net;
    bh_group *nerve;
    bh_spike_monitor *spikes;
    must(bh_soundfile_open(argv[1], NULL, &sound, &diag));
    double rate = bh_source_samplerate(sound);
    must(bh_erbspace(20, 20000, places, bh_erb_params_default(), cf, &diag));
    must(bh_gammatone_new(rate, cf, places, NULL, precision, &cochlea, &diag));
    must(bh_filterbank_source(cochlea, sound, &ear, &diag));
    bh_network_config config = bh_network_config_default();
    config.dt_s = 1 / rate;
    config.threads = atoi(argv[4]);
    if (argc > 6 && strcmp(argv[6], "portable") == 0)
        config.random = BH_RANDOM_PORTABLE;
    must(bh_network_new(&config, &net, &diag));
    bh_group_config group = bh_group_config_default();
    group.count = places * fibres;
    group.precision = precision;
    group.equations =
        "dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless refractory)\nI : 1";
    group.threshold = "v > 1";
    group.reset = "v = 0";
    group.refractory = "5*ms";
    must(bh_group_new(net, &group, &nerve, &diag));
    must(bh_link(nerve, "I", ear, "3*clip(x,0,inf)**(1/3)", &diag));
    must(bh_spike_monitor_new(nerve, NULL, &spikes, &diag));
    must(bh_network_prepare(net, &diag));
    double start = now_s();
    must(bh_network_run(net, BH_UNTIL_END, &diag));
    double taken = now_s() - start, time = bh_network_time(net);
    printf("%.4f s for %.3f s of sound: %.2f times real time, %.0f spikes\n", taken,
           time, time / taken, (double)bh_spike_monitor_count(spikes));
    bh_network_free(net);
    bh_source_free(ear);
    bh_filterbank_free(cochlea);
    bh_source_free(sound);
    free(cf);
    return 0;
}
