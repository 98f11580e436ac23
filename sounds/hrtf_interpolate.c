/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Responses between directions, by libmysofa: our set in its structures. */
#include "sounds/hrtf_internal.h"

#include <math.h>
#include <mysofa.h>
#include <stdlib.h>

/* libmysofa's view of a set. */
struct view {
    struct MYSOFA_HRTF hrtf;
    struct MYSOFA_ATTRIBUTE type;
    struct MYSOFA_LOOKUP *lookup;
    struct MYSOFA_NEIGHBORHOOD *neighborhood;
    float *taps, *place, *result;
    float no_delay[BH_EARS];
};

static void
view_free(struct view *view)
{
    if (view->neighborhood)
        mysofa_neighborhood_free(view->neighborhood);
    if (view->lookup)
        mysofa_lookup_free(view->lookup);
    free(view->taps);
    free(view->place);
    free(view->result);
}

static void
place_at(const bh_direction *direction, double otherwise_m, float place[3])
{
    double unit[3];
    const double away_m = direction->distance_m > 0 ? direction->distance_m
                                                    : otherwise_m;
    bh_direction_unit(direction, unit);
    for (int axis = 0; axis < 3; axis++)
        place[axis] = (float)(away_m * unit[axis]);
}

static bool
view_fill(struct view *view, const bh_hrtf_set *set)
{
    const size_t samples = set->count * BH_EARS * set->frames;
    view->taps = malloc(samples * sizeof *view->taps);
    view->place = malloc(set->count * 3 * sizeof *view->place);
    view->result = malloc(BH_EARS * set->frames * sizeof *view->result);
    if (!view->taps || !view->place || !view->result)
        return false;
    for (size_t i = 0; i < samples; i++)
        view->taps[i] = (float)set->taps[i];
    for (size_t i = 0; i < set->count; i++)
        place_at(&set->direction[i], 1, view->place + 3 * i);
    view->type = (struct MYSOFA_ATTRIBUTE){NULL, "Type", "cartesian"};
    view->hrtf = (struct MYSOFA_HRTF){
        .I = 1,
        .C = 3,
        .R = BH_EARS,
        .E = 1,
        .N = (unsigned)set->frames,
        .M = (unsigned)set->count,
        .SourcePosition = {view->place, (unsigned)(3 * set->count), &view->type},
        .DataIR = {view->taps, (unsigned)samples, NULL},
        .DataDelay = {view->no_delay, BH_EARS, NULL}};
    view->lookup = mysofa_lookup_init(&view->hrtf);
    if (view->lookup)
        view->neighborhood = mysofa_neighborhood_init(&view->hrtf, view->lookup);
    return view->lookup && view->neighborhood;
}

/* The responses at a place, in view->result. */
static bool
view_look(struct view *view, const bh_hrtf_set *set, const bh_direction *where)
{
    float place[3], delays[BH_EARS];
    size_t nearest = 0;
    if (bh_hrtf_nearest(set, where, &nearest, NULL) != BH_OK)
        return false;
    const double usual_m = set->direction[nearest].distance_m;
    place_at(where, usual_m > 0 ? usual_m : 1, place);
    const int found = mysofa_lookup(view->lookup, place);
    if (found < 0)
        return false;
    const float *taps = mysofa_interpolate(
        &view->hrtf, place, found, mysofa_neighborhood(view->neighborhood, found),
        view->result, delays);
    for (size_t i = 0; taps && i < BH_EARS * set->frames; i++)
        view->result[i] = taps[i];
    return taps != NULL;
}

static bh_status
result_set(const struct view *view, const bh_hrtf_set *set, const bh_direction *where,
           bh_hrtf_set **out, bh_diag *diag)
{
    double *taps = malloc(BH_EARS * set->frames * sizeof *taps);
    if (!taps)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a pair of responses");
    for (size_t i = 0; i < BH_EARS * set->frames; i++)
        taps[i] = (double)view->result[i];
    const bh_hrtf_config config = {set->samplerate_hz, 1, set->frames, taps, where};
    const bh_status status = bh_hrtf_set_new(&config, out, diag);
    free(taps);
    return status;
}

bh_status
bh_hrtf_interpolate(const bh_hrtf_set *set, const bh_direction *where,
                    bh_hrtf_set **out, bh_diag *diag)
{
    struct view view = {0};
    BH_TRY(bh_direction_check(set, where, diag));
    bh_status status = BH_OK;
    if (!view_fill(&view, set))
        status = bh_diag_set(diag, BH_ERR_MEMORY,
                             "no memory to look between %zu directions", set->count);
    else if (!view_look(&view, set, where))
        status = bh_diag_set(diag, BH_ERR_DATA,
                             "there are no directions around azimuth %g, elevation %g",
                             where->azimuth_deg, where->elevation_deg);
    if (status == BH_OK)
        status = result_set(&view, set, where, out, diag);
    view_free(&view);
    return status;
}
