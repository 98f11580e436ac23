/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listens to the default sound device for ten seconds. Usage: live [DEVICE] */
#include <brianhears.h>
#include <math.h>
#include <stdio.h>

#define DO(call)                                                                       \
    if ((call) != BH_OK)                                                               \
    return fprintf(stderr, "%s\n", diag.text), 1

int
main(int argc, char **argv)
{
    bh_live *live;
    bh_diag diag;
    bh_live_config config = bh_live_config_default();
    config.device = argc > 1 ? argv[1] : NULL;
    config.duration_s = 10;
    DO(bh_live_open(&config, &live, &diag));
    DO(bh_live_start(live, &diag));
    float samples[64];
    bh_block block = {samples, 64, 1, 1, BH_SINGLE};
    for (size_t got = 64; got == 64;) {
        DO(bh_live_read(live, block, &got, &diag));
        bh_live_status status = bh_live_get_status(live);
        printf("%6.2f s %6.1f dB SPL\r", status.heard_s, status.level_db_spl);
    }
    bh_live_status status = bh_live_get_status(live);
    printf("%.2f s, %.0f frames dropped, latency %.1f ms (99%%)\n", status.heard_s,
           (double)status.dropped, 1e3 * status.latency_p99_s);
    bh_live_close(live, NULL);
    return 0;
}
