/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/model_internal.h"
#include "sounds/stimulus.h"

#include <math.h>

/* The numbers of a list, in memory of the arena. */
static bh_status
take_list(bh_arena *arena, const struct model_list *list, bh_stimulus_values *out,
          bh_diag *diag)
{
    double *values = bh_arena_take(arena, list->count * sizeof *values + 1);
    if (!values)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu values",
                           list->count);
    for (size_t i = 0; i < list->count; i++)
        values[i] = list->values[i].number;
    *out = (bh_stimulus_values){values, list->count};
    return BH_OK;
}

/* What is not said stands in the table of keys (schema_sound.c), or follows from the
 * kind of sound. */
static bh_status
take_params(const struct model_sound *s, bh_arena *arena, bh_stimulus_params *p,
            bh_diag *diag)
{
    *p = bh_stimulus_params_default();
    p->duration_s = model_number(&s->duration, 1);
    p->samplerate_hz = model_number(&s->samplerate, p->samplerate_hz);
    if (s->channels.node)
        p->channels = (size_t)s->channels.number;
    p->seed = s->seed.whole;
    if (s->harmonics.node)
        p->harmonics = (size_t)s->harmonics.number;
    p->to_hz = s->to.number;
    p->glide = (bh_sweep_kind)(int)s->glide.number;
    p->exponent = s->exponent.number;
    p->delay_s = s->delay.number;
    p->gain = s->gain.number;
    p->iterations = (size_t)s->iterations.number;
    p->width_s = model_number(&s->width, NAN);
    p->peak_db_spl = model_number(&s->peak, NAN);
    p->clicks = (size_t)s->clicks.number;
    p->interval_s = s->interval.number;
    p->pitch_hz = s->pitch.number;
    p->vowel = s->vowel.text;
    p->fm_rate_hz = model_number(&s->fm_rate, NAN);
    p->fm_deviation_hz = model_number(&s->fm_deviation, NAN);
    p->am_rate_hz = model_number(&s->am_rate, NAN);
    p->am_depth = s->am_depth.node ? s->am_depth.number : NAN;
    p->ramp_s = s->ramp.number;
    p->ramp_form = (bh_ramp_form)(int)s->ramp_form.number;
    if (s->level.node)
        p->level_db_spl = (bh_stimulus_values){&s->level.number, 1};
    BH_TRY(take_list(arena, &s->frequency, &p->frequency_hz, diag));
    BH_TRY(take_list(arena, &s->phase, &p->phase_rad, diag));
    BH_TRY(take_list(arena, &s->amplitude, &p->amplitude_pa, diag));
    return take_list(arena, &s->formants, &p->formants_hz, diag);
}

bh_status
model_make_stimulus(const struct model_sound *sound, bh_source **out, bh_diag *diag)
{
    bh_stimulus_params params;
    bh_arena *arena;
    if (bh_arena_new(&arena) != BH_OK)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a stimulus");
    bh_status status = take_params(sound, arena, &params, diag);
    if (status == BH_OK)
        status = bh_stimulus_source((bh_stimulus_kind)(int)sound->stimulus.number,
                                    &params, out, diag);
    bh_arena_free(arena);
    return status;
}
