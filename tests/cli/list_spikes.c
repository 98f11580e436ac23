/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list_spikes FILE: the spikes of an HDF5 or CSV file, one a line; on standard error
 * why they are a part, where they are. */
#include <brianhears.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
    bh_diag diag = {0};
    bh_spikes *spikes;
    if (argc < 2 || bh_spikes_read(argv[1], NULL, &spikes, &diag) != BH_OK) {
        fprintf(stderr, "list_spikes: %s\n", diag.text);
        return 1;
    }
    const bh_events events = bh_spikes_events(spikes);
    const double *cf_hz = bh_spikes_cf(spikes);
    for (size_t i = 0; i < events.count; i++)
        printf("%.9f %u %.3f\n", events.time_s[i], (unsigned)events.index[i],
               cf_hz ? cf_hz[events.index[i]] : 0);
    if (bh_spikes_partial(spikes))
        fprintf(stderr, "partial: %s\n", bh_spikes_partial(spikes));
    bh_spikes_free(spikes);
    return 0;
}
