/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/stimulus.h"

#include "cli/console.h"

/* Where an option was given. */
static void
take(const struct values *values, double *out)
{
    if (values->count)
        *out = values->value[0];
}

static void
take_count(const struct values *values, size_t *out)
{
    if (values->count)
        *out = (size_t)values->value[0];
}

static bh_stimulus_values
list(const struct values *values)
{
    return (bh_stimulus_values){values->value, values->count};
}

/* Finding the level of a long sound takes a while too. */
static bh_status
check(void *user, bh_diag *diag)
{
    (void)user;
    return signals_check(diag);
}

bh_status
stimulus_open(bh_stimulus_kind kind, const struct stimulus_settings *s, bh_source **out,
              bh_diag *diag)
{
    BH_TRY(stimulus_check(kind, s, diag));
    bh_stimulus_params p = bh_stimulus_params_default();
    p.check = check;
    p.seed = (uint64_t)s->seed;
    take(&s->duration_s, &p.duration_s);
    take(&s->samplerate_hz, &p.samplerate_hz);
    take_count(&s->channels, &p.channels);
    p.frequency_hz = list(&s->frequency_hz);
    p.phase_rad = list(&s->phase_rad);
    p.amplitude_pa = list(&s->amplitude_pa);
    if (s->harmonics.count && s->harmonics.value[0] > 0)
        take_count(&s->harmonics, &p.harmonics);
    take(&s->to_hz, &p.to_hz);
    if (s->glide.count)
        p.glide = (bh_sweep_kind)(int)s->glide.value[0];
    take(&s->exponent, &p.exponent);
    take(&s->delay_s, &p.delay_s);
    take(&s->gain, &p.gain);
    take_count(&s->iterations, &p.iterations);
    take(&s->width_s, &p.width_s);
    take(&s->peak_db, &p.peak_db_spl);
    take_count(&s->clicks, &p.clicks);
    take(&s->interval_s, &p.interval_s);
    take(&s->pitch_hz, &p.pitch_hz);
    if (s->vowel)
        p.vowel = s->vowel;
    p.formants_hz = list(&s->formants_hz);
    take(&s->fm_rate_hz, &p.fm_rate_hz);
    take(&s->fm_deviation_hz, &p.fm_deviation_hz);
    take(&s->am_rate_hz, &p.am_rate_hz);
    take(&s->am_depth, &p.am_depth);
    p.level_db_spl = list(&s->level_db);
    if (s->ramp_form.count)
        p.ramp_form = (bh_ramp_form)(int)s->ramp_form.value[0];
    p.ramp_s = s->ramp_form.count ? bh_ramp_default().duration_s : 0;
    take(&s->ramp_s, &p.ramp_s);
    return bh_stimulus_source(kind, &p, out, diag);
}
