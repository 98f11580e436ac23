/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/fibre.h"
#include "cli/text_file.h"

struct codegen_settings {
    struct fibre_settings fibre;
    struct code_settings {
        const char *path;
        int precision;
        double samplerate_hz;
        int target;
    } code;
};

#define CODE_OFFSET(member) .offset = offsetof(struct code_settings, member)

static const char *const target_names[] = {"c", "cuda", NULL};

static const struct setting code_table[] = {
    {"output", 'o', "FILE", "the text; an existing file is replaced with --force",
     .preset = "-", .shown = "standard output", .parse = parse_text, CODE_OFFSET(path)},
    {"target", 0, "c|cuda", "for the processor, or for a GPU (as NVRTC takes it)",
     .preset = "c", .parse = parse_choice, .choices = target_names,
     CODE_OFFSET(target)},
    {"precision", 'p', "single|double", "of the state", .preset = "single",
     .parse = parse_choice, .choices = precision_names, CODE_OFFSET(precision)},
    {"samplerate", 0, "FREQUENCY", "of the sound; a step is one sample",
     .preset = "44.1kHz", .parse = parse_hertz, CODE_OFFSET(samplerate_hz)},
};

static const struct setting_group groups[] = {
    FIBRE_MODEL_SETTINGS(struct codegen_settings, fibre),
    SETTINGS("Code", code_table, struct codegen_settings, code),
};

/* A network of the model behind a sound that nobody hears. */
static bh_status
print_code(const struct fibre *fibre, const struct code_settings *settings,
           bh_network *net, FILE *out, bh_diag *diag)
{
    bh_sound *silence = NULL;
    bh_source *source = NULL;
    bh_group *group = NULL;
    const char *text = NULL;
    bh_status status = bh_sound_new(1, 1, settings->samplerate_hz, &silence, diag);
    if (status == BH_OK)
        status = bh_sound_source(silence, &source, diag);
    if (status == BH_OK)
        status = fibre_add(fibre, net, 1, source, &group, diag);
    if (status == BH_OK)
        status = settings->target == 1 ? bh_network_cuda(net, &text, diag)
                                       : bh_network_code(net, &text, diag);
    if (status == BH_OK)
        fputs(text, out);
    bh_network_free(net);
    bh_source_free(source);
    bh_sound_free(silence);
    return status;
}

static int
run(const void *given, const char *operand)
{
    (void)operand;
    const struct codegen_settings *settings = given;
    bh_diag diag = {0};
    struct fibre fibre;
    struct text_file file;
    bh_network *net = NULL;
    bh_network_config config = bh_network_config_default();
    config.dt_s = 1 / settings->code.samplerate_hz;
    if (fibre_open(&settings->fibre, (bh_precision)settings->code.precision, &fibre,
                   &diag) != BH_OK)
        return fail(&diag);
    bh_status status = text_file_open(settings->code.path, &file, &diag);
    if (status == BH_OK) {
        status = bh_network_new(&config, &net, &diag);
        if (status == BH_OK)
            status = print_code(&fibre, &settings->code, net, file.out, &diag);
        status = text_file_close(&file, status, &diag);
    }
    fibre_close(&fibre);
    return status == BH_OK ? EXIT_DONE : fail(&diag);
}

const struct command command_codegen = {
    .name = "codegen",
    .takes = TAKES_FORCE,
    .summary = "print the C code that a model becomes",
    .about =
        "Prints the C text that 'bhears spikes' compiles for the same model, or its\n"
        "CUDA text.",
    .examples = "  bhears codegen\n"
                "  bhears codegen -e 'dv/dt = (I-v)/tau : 1\n"
                "  I : 1' -D tau=10*ms -t 'v > 1' --reset 'v = 0'\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct codegen_settings),
    .run = run,
};
