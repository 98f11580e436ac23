/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/plot.h"

#include "cli/ear.h"

#include <math.h>
#include <stdlib.h>

/* A channel's impulse response ends where it stays below this part of its peak; curves
 * of gain end so far below the highest. */
#define TAIL    0.01
#define DEEP_DB 80.0

/* Beyond so many channels all share one panel. */
enum { PANELS_MOST = 6 };

/* What the bank answers to a click, channel by channel. */
struct answer {
    double *samples; /* [channels][frames], divided by the click */
    size_t frames, channels, got;
    const double *cf_hz;
    double samplerate_hz, click_pa;
};

static bh_status
take(void *user, bh_block block, bh_diag *diag)
{
    struct answer *answer = user;
    const double *data = block.data;
    (void)diag;
    for (size_t t = 0; t < block.frames && answer->got < answer->frames; t++) {
        for (size_t ch = 0; ch < answer->channels; ch++)
            answer->samples[ch * answer->frames + answer->got] =
                data[t * block.stride + ch] / answer->click_pa;
        answer->got++;
    }
    return BH_OK;
}

static bh_status
open_click(const struct what_settings *what, double click_pa, bh_sound **out,
           bh_diag *diag)
{
    bh_sound_shape shape = bh_sound_shape_default();
    shape.duration_s = what->duration_s;
    shape.samplerate_hz = what->samplerate_hz;
    BH_TRY(bh_sound_silence(&shape, out, diag));
    bh_sound_data(*out)[0] = click_pa;
    return BH_OK;
}

static bh_status
hear(struct chain *chain, const bh_sound *sound, struct answer *answer, bh_diag *diag)
{
    struct ear ear = {.samplerate_hz = answer->samplerate_hz,
                      .duration_s = bh_sound_duration(sound)};
    double heard_s = 0;
    answer->frames = bh_sound_frames(sound);
    bh_status status = bh_sound_source(sound, &ear.sound, diag);
    if (status == BH_OK)
        status = chain_put(chain, BH_DOUBLE, &ear, diag);
    if (status == BH_OK) {
        answer->channels = ear.places;
        answer->samples = calloc(ear.places * answer->frames + 1, sizeof(double));
        status = answer->samples
                     ? ear_listen(&ear, take, answer, &heard_s, diag)
                     : bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels",
                                   ear.places);
    }
    ear_close(&ear);
    answer->cf_hz = chain->takes_cf ? chain->cf_hz : NULL;
    return status;
}

static const char *
channel_label(const struct answer *answer, size_t channel, char *label, size_t size)
{
    if (answer->cf_hz)
        snprintf(label, size, "%.5g Hz", answer->cf_hz[channel]);
    else
        snprintf(label, size, "channel %zu", channel);
    return answer->channels > 1 ? label : NULL;
}

/* The gain at the frequencies of a Fourier transform: the spectrum of the answer, in
 * which a line of amplitude A over n samples belongs to |H| = A n / 2. */
static bh_status
add_gain(const struct answer *answer, size_t channel, double *frequency_hz,
         double *gain, double *highest, bh_diag *diag)
{
    bh_sound *sound = NULL;
    const double n = (double)answer->frames;
    BH_TRY(bh_sound_from(answer->samples + channel * answer->frames, answer->frames, 1,
                         answer->samplerate_hz, &sound, diag));
    const size_t lines = bh_sound_spectrum_lines(sound);
    const bh_status status = bh_sound_spectrum(sound, 0, gain, NULL, diag);
    bh_sound_free(sound);
    BH_TRY(status);
    for (size_t k = 0; k < lines; k++) {
        frequency_hz[k] = (double)k * answer->samplerate_hz / n;
        gain[k] += 20 * log10(20e-6 * sqrt(2) * n / 2);
        if (k > 0 && k + 1 < lines && isfinite(gain[k]))
            *highest = fmax(*highest, gain[k]);
    }
    gain[0] = NAN; /* 0 Hz has no place on a logarithmic axis */
    return BH_OK;
}

static bh_status
draw_response(const struct answer *answer, struct sheet *sheet, bh_diag *diag)
{
    bh_chart_panel *panel = sheet_panel(sheet, diag);
    double highest = -INFINITY;
    char label[32];
    if (!panel)
        return BH_ERR_ARGUMENT;
    for (size_t ch = 0; ch < answer->channels; ch++) {
        const size_t lines = answer->frames / 2 + 1;
        double *x = sheet_numbers(sheet, lines, diag);
        double *y = x ? sheet_numbers(sheet, lines, diag) : NULL;
        if (!y)
            return BH_ERR_MEMORY;
        BH_TRY(add_gain(answer, ch, x, y, &highest, diag));
        BH_TRY(sheet_add(
            sheet,
            (bh_chart_series){
                .x = x + 1, .y = y + 1, .count = lines - 2, .mark = BH_CHART_LINE},
            channel_label(answer, ch, label, sizeof label), diag));
    }
    panel->x = (bh_chart_axis){"frequency (Hz)", true, 20, answer->samplerate_hz / 2};
    panel->y = (bh_chart_axis){"gain (dB)", false, NAN, NAN};
    if (isfinite(highest)) {
        panel->y.to = 5 * ceil(highest / 5 + 0.2);
        panel->y.from = panel->y.to - DEEP_DB;
    }
    return BH_OK;
}

/* When a channel has become quiet, s. */
static double
end_of(const double *samples, size_t frames, double samplerate_hz)
{
    double peak = 0;
    for (size_t t = 0; t < frames; t++)
        peak = fmax(peak, fabs(samples[t]));
    size_t end = frames;
    while (end > 1 && fabs(samples[end - 1]) < TAIL * peak)
        end--;
    return (double)end / samplerate_hz;
}

static bh_status
draw_impulse(const struct answer *answer, struct sheet *sheet, bh_diag *diag)
{
    const bool apart = answer->channels <= PANELS_MOST;
    double *x = sheet_numbers(sheet, answer->frames, diag), last_ms = 0;
    char label[32];
    if (!x)
        return BH_ERR_MEMORY;
    for (size_t t = 0; t < answer->frames; t++)
        x[t] = 1e3 * (double)t / answer->samplerate_hz;
    for (size_t ch = 0; ch < answer->channels; ch++) {
        bh_chart_panel *panel = apart || ch == 0 ? sheet_panel(sheet, diag)
                                                 : &sheet->panel[0];
        if (!panel)
            return BH_ERR_ARGUMENT;
        const double *samples = answer->samples + ch * answer->frames;
        const double end_ms = 1e3 *
                              end_of(samples, answer->frames, answer->samplerate_hz);
        last_ms = apart ? end_ms : fmax(last_ms, end_ms);
        const char *name = channel_label(answer, ch, label, sizeof label);
        BH_TRY(sheet_add(
            sheet, (bh_chart_series){x, samples, answer->frames, BH_CHART_LINE, NULL},
            name, diag));
        bh_chart_series *series = &sheet->series[sheet->series_count - 1];
        panel->title = apart ? series->label : NULL;
        series->label = apart ? NULL : series->label;
        panel->x = (bh_chart_axis){"time (ms)", false, 0, fmax(last_ms, x[1])};
        panel->y.label = "response to a click of 1 Pa";
    }
    return BH_OK;
}

bh_status
plot_bank(const struct plot_settings *settings, struct sheet *sheet, bh_diag *diag)
{
    const struct what_settings *what = &settings->what;
    struct answer answer = {.samplerate_hz = what->samplerate_hz,
                            .click_pa = bh_level_to_rms(what->click_db)};
    struct chain chain;
    bh_sound *sound = NULL;
    BH_TRY(chain_read(&settings->bank, &chain, diag));
    bh_status status = open_click(what, answer.click_pa, &sound, diag);
    if (status == BH_OK)
        status = hear(&chain, sound, &answer, diag);
    bh_sound_free(sound);
    if (answer.samples && sheet->taken_count < SERIES_MOST)
        sheet->taken[sheet->taken_count++] = answer.samples;
    if (status == BH_OK)
        status = what->kind == PLOT_IMPULSE ? draw_impulse(&answer, sheet, diag)
                                            : draw_response(&answer, sheet, diag);
    chain_free(&chain);
    return status;
}
