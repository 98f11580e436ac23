/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/json.h"

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

static void
json_span(struct json *json, const char *key, const struct span *span)
{
    json_list(json, key);
    json_number(json, NULL, span->least);
    json_number(json, NULL, span->most);
    json_close(json);
}

/* The spans of azimuth, elevation and distance. */
static void
print_json(const bh_hrtf_set *set, const struct span spans[3])
{
    struct json json;
    json_begin(&json, stdout);
    json_number(&json, "samplerate_hz", bh_hrtf_samplerate(set));
    json_whole(&json, "directions", (int64_t)bh_hrtf_count(set));
    json_whole(&json, "frames", (int64_t)bh_hrtf_frames(set));
    json_span(&json, "azimuth_deg", &spans[0]);
    json_span(&json, "elevation_deg", &spans[1]);
    json_span(&json, "distance_m", &spans[2]);
    json_end(&json);
}

static void
print_text(const bh_hrtf_set *set, const struct span spans[3])
{
    printf("samplerate   %.10g Hz\n", bh_hrtf_samplerate(set));
    printf("directions   %zu\n", bh_hrtf_count(set));
    printf("responses    %zu samples, %.4g ms\n", bh_hrtf_frames(set),
           1e3 * (double)bh_hrtf_frames(set) / bh_hrtf_samplerate(set));
    print_span("azimuth", &spans[0], "degrees");
    print_span("elevation", &spans[1], "degrees");
    print_span("distance", &spans[2], "m");
}

static int
run(const void *settings, const char *path)
{
    (void)settings;
    bh_hrtf_set *set = NULL;
    bh_diag diag = {0};
    if (bh_sofa_read(path, &set, &diag) != BH_OK)
        return fail(&diag);
    struct span spans[3];
    for (size_t k = 0; k < 3; k++)
        spans[k] = (struct span){INFINITY, -INFINITY};
    for (size_t i = 0; i < bh_hrtf_count(set); i++) {
        widen(&spans[0], bh_hrtf_direction(set, i)->azimuth_deg);
        widen(&spans[1], bh_hrtf_direction(set, i)->elevation_deg);
        widen(&spans[2], bh_hrtf_direction(set, i)->distance_m);
    }
    if (common()->json)
        print_json(set, spans);
    else
        print_text(set, spans);
    bh_hrtf_set_free(set);
    return end_output();
}

const struct command command_hrtf_info = {
    .name = "hrtf info",
    .operand = "FILE",
    .summary = "say what is in a SOFA file",
    .about = "Prints the sample rate of the head-related transfer functions in FILE, "
             "their number, length and directions.",
    .examples = "  bhears hrtf info kemar.sofa\n"
                "  bhears hrtf info kemar.sofa --json\n",
    .takes = TAKES_JSON,
    .run = run,
};
