/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"

#include <math.h>

struct span {
    double least, most;
};

static void
widen(struct span *span, double value)
{
    span->least = fmin(span->least, value);
    span->most = fmax(span->most, value);
}

static void
print_span(const char *title, const struct span *span, const char *unit)
{
    if (span->least == span->most)
        printf("%-12s %.6g %s\n", title, span->least, unit);
    else
        printf("%-12s %.6g to %.6g %s\n", title, span->least, span->most, unit);
}

static int
run(const void *settings, const char *path)
{
    (void)settings;
    bh_hrtf_set *set = NULL;
    bh_diag diag = {0};
    if (bh_sofa_read(path, &set, &diag) != BH_OK)
        return fail(&diag);
    struct span azimuth = {INFINITY, -INFINITY}, elevation = azimuth;
    struct span distance = azimuth;
    for (size_t i = 0; i < bh_hrtf_count(set); i++) {
        widen(&azimuth, bh_hrtf_direction(set, i)->azimuth_deg);
        widen(&elevation, bh_hrtf_direction(set, i)->elevation_deg);
        widen(&distance, bh_hrtf_direction(set, i)->distance_m);
    }
    printf("samplerate   %.10g Hz\n", bh_hrtf_samplerate(set));
    printf("directions   %zu\n", bh_hrtf_count(set));
    printf("responses    %zu samples, %.4g ms\n", bh_hrtf_frames(set),
           1e3 * (double)bh_hrtf_frames(set) / bh_hrtf_samplerate(set));
    print_span("azimuth", &azimuth, "degrees");
    print_span("elevation", &elevation, "degrees");
    print_span("distance", &distance, "m");
    bh_hrtf_set_free(set);
    return end_output();
}

const struct command command_hrtf_info = {
    .name = "hrtf info",
    .operand = "FILE",
    .summary = "say what is in a SOFA file",
    .about = "Prints the sample rate of the head-related transfer functions in FILE, "
             "their number, length and directions.",
    .examples = "  bhears hrtf info kemar.sofa\n",
    .run = run,
};
