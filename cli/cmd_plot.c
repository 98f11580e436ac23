/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/plot.h"

#include "cli/command.h"
#include "cli/console.h"
#include "cli/show.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WHAT(member) .offset = offsetof(struct what_settings, member)

static const char *const kind_names[] = {"auto",     "raster",  "waveform",
                                         "spectrum", "curves",  "image",
                                         "response", "impulse", NULL};
static const char *const mark_names[] = {"auto",  "line",   "bars",
                                         "steps", "points", NULL};

static const struct setting what_table[] = {
    {"output", 'o', "FILE", "the picture: .png, .svg or .pdf",
     .needed = "a picture to write, such as -o picture.pdf", .parse = parse_text,
     WHAT(path)},
    {"as", 0, "raster|waveform|spectrum|curves|image|response|impulse",
     "what to draw of a FILE; response and impulse are of --bank and take no FILE",
     .preset = "auto", .shown = "by what is in the file", .parse = parse_choice,
     .choices = kind_names, WHAT(kind)},
    {"columns", 0, "LIST", "of a table: by name, or by number from 1 on, as 1,rate_hz",
     .shown = "all", .parse = parse_text, WHAT(columns)},
    {"marks", 0, "line|bars|steps|points", "how curves are drawn", .preset = "auto",
     .shown = "bars for counts, else lines", .parse = parse_choice,
     .choices = mark_names, WHAT(marks)},
    {"population", 0, "NAME", "where a file of spikes has several", .parse = parse_text,
     WHAT(population)},
    {"link", 0, "EXPRESSION",
     "no FILE: the transfer function of a link, an expression of x, from -1 to 1 or "
     "over "
     "--range",
     .parse = parse_text, WHAT(link)},
    {"unit", 0, "UNIT", "of --link", .preset = "1", .parse = parse_text, WHAT(unit)},
    {"samplerate", 0, "FREQUENCY", "of --bank", .preset = "44.1kHz",
     .parse = parse_samplerate, WHAT(samplerate_hz)},
    {"click", 0, "LEVEL",
     "dB SPL of the click that banks answer, which matters to those that compress",
     .preset = "60", .parse = parse_level, WHAT(click_db)},
    {"duration", 'd', "TIME", "how long their answer is listened to", .preset = "200ms",
     .parse = parse_seconds, WHAT(duration_s)},
};

static const struct setting_group groups[] = {
    SETTINGS("Plot", what_table, struct plot_settings, what),
    CHART_SETTINGS(struct plot_settings, chart),
    BANK_SETTINGS(struct plot_settings, bank),
};

static bh_status
draw_sheet(const struct plot_settings *s, struct sheet *sheet, bh_diag *diag)
{
    bh_chart_options options = chart_options(&s->chart);
    options.columns = sheet->columns;
    if (sheet->columns == 1 && isnan(options.height_mm) && sheet->panels > 1)
        options.height_mm = 40 * (double)sheet->panels;
    for (size_t i = 0; i < sheet->panels; i++)
        chart_axes(&s->chart, &sheet->panel[i]);
    return bh_chart_write(s->what.path, sheet->panel, sheet->panels, &options, diag);
}

static bh_status
draw_tables(const struct plot_settings *s, struct sheet *sheet, bh_diag *diag)
{
    bh_table *tables[64] = {NULL};
    bh_status status = BH_OK;
    for (size_t i = 0; status == BH_OK && i < s->files.count; i++)
        status = bh_table_read(s->files.text[i], &tables[i], diag);
    if (status == BH_OK && s->what.kind == PLOT_IMAGE) {
        status = plot_image(s, tables[0], diag);
    } else if (status == BH_OK) {
        status = plot_tables(s, tables, sheet, diag);
        if (status == BH_OK)
            status = draw_sheet(s, sheet, diag);
    }
    for (size_t i = 0; i < s->files.count; i++)
        bh_table_free(tables[i]);
    return status;
}

static bh_status
draw_raster(const struct plot_settings *s, bh_diag *diag)
{
    bh_spikes *spikes = NULL;
    BH_TRY(bh_spikes_read(s->files.text[0], s->what.population, &spikes, diag));
    const bh_status status = plot_raster(s, spikes, diag);
    bh_spikes_free(spikes);
    return status;
}

/* What the first file is: sound, spikes or a table; whatever fails then says why. */
static int
kind_of(const char *path, const char *population)
{
    bh_soundfile_info info;
    bh_spikes *spikes = NULL;
    bh_diag why;
    if (bh_soundfile_query(path, &info, &why) == BH_OK)
        return PLOT_WAVEFORM;
    const bh_status status = bh_spikes_read(path, population, &spikes, &why);
    bh_spikes_free(spikes);
    return status == BH_OK || status == BH_ERR_ARGUMENT ? PLOT_RASTER : PLOT_CURVES;
}

static bh_status
draw(struct plot_settings *s, struct sheet *sheet, bh_diag *diag)
{
    BH_TRY(picture_check(s->what.path, diag));
    if (s->what.kind == PLOT_AUTO && s->files.count > 0)
        s->what.kind = kind_of(s->files.text[0], s->what.population);
    switch ((enum plot_kind)s->what.kind) {
    case PLOT_RASTER:
        return draw_raster(s, diag);
    case PLOT_WAVEFORM:
    case PLOT_SPECTRUM:
        BH_TRY(plot_sounds(s, s->what.kind == PLOT_SPECTRUM, sheet, diag));
        break;
    case PLOT_RESPONSE:
    case PLOT_IMPULSE:
        BH_TRY(plot_bank(s, sheet, diag));
        break;
    case PLOT_LINK:
        BH_TRY(plot_link(s, sheet, diag));
        break;
    default:
        return draw_tables(s, sheet, diag);
    }
    return draw_sheet(s, sheet, diag);
}

/* Whether what is asked for fits together; says what does not. */
static bool
is_right(const struct plot_settings *s)
{
    const bool bank = s->what.kind == PLOT_RESPONSE || s->what.kind == PLOT_IMPULSE;
    const bool image = s->what.kind == PLOT_IMAGE || s->what.kind == PLOT_RASTER;
    if ((bank || s->what.link) && s->files.count > 0)
        say("%s takes no FILE; what is '%.60s'?",
            bank ? "--as response or impulse" : "--link", s->files.text[0]);
    else if (bank && s->what.link)
        say("--link is a picture of its own; --as cannot be given too");
    else if (!bank && !s->what.link && s->files.count == 0)
        say("plot needs a FILE, --as response, --as impulse or --link; see 'bhears "
            "help "
            "plot'");
    else if (image && s->files.count > 1)
        say("a raster or an image is of one FILE; there are %zu", s->files.count);
    else
        return true;
    return false;
}

static int
run(const void *given, const char *operand)
{
    struct plot_settings settings = *(const struct plot_settings *)given;
    bh_diag diag = {0};
    (void)operand;
    if (!is_right(&settings))
        return EXIT_USAGE;
    if (settings.what.link)
        settings.what.kind = PLOT_LINK;
    struct sheet *sheet = calloc(1, sizeof *sheet);
    if (!sheet) {
        say("out of memory");
        return EXIT_RUN_FAILED;
    }
    signals_catch();
    const bh_status status = draw(&settings, sheet, &diag);
    sheet_free(sheet);
    free(sheet);
    return status == BH_OK ? EXIT_DONE : fail(&diag);
}

const struct command command_plot = {
    .name = "plot",
    .operand = "FILE...",
    .operand_optional = true,
    .many = offsetof(struct plot_settings, files),
    .takes = TAKES_FORCE | TAKES_QUIET,
    .summary = "draw spikes, waveforms, spectra, tables and what filterbanks do",
    .about =
        "Draws FILEs by what is in them: spikes (HDF5, CSV) as a raster, sounds as "
        "waveforms or spectra, tables (CSV with a line of names, .npy, the HDF5 files "
        "of "
        "'bhears filter') as curves over their first column, or as an image. Tables "
        "are "
        "what 'filter', 'analyse' and the monitors of 'run' write.\n\n"
        "Without a FILE, --as response draws the gain of a filterbank's channels over "
        "frequency, --as impulse their answers to a click, and --link the transfer "
        "function of a link.\n\n"
        "Pictures are as wide as a page between its margins, with letters of 8 points; "
        "--size and --letters change that. Colours can be told apart without colour "
        "vision.",
    .examples =
        "  bhears plot speech.h5 -o raster.pdf --size 85x60 --range 0.5:1\n"
        "  bhears plot speech.wav tone.wav -o waves.svg\n"
        "  bhears plot tone.wav --as spectrum -o spectrum.png\n"
        "  bhears plot --as response --bank gammatone --cf 250,1kHz,4kHz -o gain.pdf\n"
        "  bhears plot --as impulse --bank drnl --cf 1kHz --click 80 -o click.png\n"
        "  bhears plot --link '3*clip(x,0,inf)**(1/3)' --range -0.1:0.1 -o link.png\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct plot_settings),
    .run = run,
};
