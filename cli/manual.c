/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/manual.h"

#include <string.h>

/* What all commands have in common; blank lines part paragraphs. */
static const char conventions[] =
    "Brian hears turns sounds into what happens in the ear: the output of filterbanks "
    "that stand for the cochlea, and the spikes of the auditory nerve and of neurons "
    "behind it. Samples are pascals, levels are dB SPL. Each COMMAND has a page of its "
    "own; what all of them have in common is here.\n\n"
    "Options may stand before and behind what a command works on; -- ends them. A long "
    "option may be cut short as far as it is clear (--dur), and takes its value behind "
    "a "
    "blank or a = (--duration=2s); letters can be joined (-fq), and take their value "
    "with or without a blank. Where an option is given again the last one counts, "
    "unless "
    "it says that it may be given again.\n\n"
    "Data goes to standard output or where -o says, with - for standard output; as an "
    "input - is standard input. Messages go to standard error, and on a terminal a "
    "line "
    "that says how far the run is and how long it will take; --quiet leaves both away "
    "but for errors. With --json a command says what came out as one JSON object on "
    "one "
    "line: on standard output, or where the data goes there on standard error.\n\n"
    "A file appears under its name once it is complete. One that is there already is "
    "kept unless --force is given.\n\n"
    "Ctrl-C ends a run at once and in order. Spikes and waveforms that came out until "
    "then are kept, if no older file has their name, and say that they are a part: "
    "HDF5 "
    "in the attribute partial of its root, CSV in a last line '# partial: "
    "interrupted', "
    "WAV in its comment. A .npy file, a picture or a sound that was made is not left "
    "in "
    "part. A second Ctrl-C ends the program where it is.";

static const struct {
    const char *name, *what;
} statuses[] =
    {
        {"0", "all is done"},
        {"1", "the run failed: files, data, memory, devices"},
        {"2", "what was asked for cannot be: options, values, equations"},
        {"129, 130, 143", "ended by SIGHUP, SIGINT (Ctrl-C), SIGTERM"},
        {"141", "who read standard output went away"},
},
  variables[] = {
      {"BH_CACHE_DIR",
       "where compiled models and plans of transforms are kept, instead "
       "of brianhears in XDG_CACHE_HOME or ~/.cache"},
      {"BH_CPU", "the most that is used of the processor: baseline, avx2 or avx512"},
      {"BH_JIT", "interp: equations are interpreted, not compiled"},
      {"BH_MODULE_DIR", "where the modules of the library are, such as that for MPI"},
      {"CC", "the C compiler for equations, instead of cc"},
      {"TERM", "dumb: no line that says how far a run is"},
      {"TMPDIR", "where standard input is kept while it is heard twice"},
};

/* Text in which nothing is markup. */
static void
put(FILE *out, const char *text)
{
    bool begins = true; /* a line */
    for (; *text; text++) {
        const bool special = strchr("\\*_#[]|+`<>~", *text) ||
                             (begins && strchr("-.:", *text));
        fprintf(out, "%s%c", special ? "\\" : "", *text);
        begins = *text == '\n';
    }
}

/* A paragraph behind a tab. */
static void
put_entry(FILE *out, const char *text)
{
    fputc('\t', out);
    for (; *text; text += *text == '\n') {
        char line[1024];
        snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\n"), text);
        put(out, line);
        text += strcspn(text, "\n");
        fputs(*text ? " " : "", out);
    }
    fputs("\n\n", out);
}

/* "bhears-sound-info" */
static void
page_name(const struct command *command, char *name, size_t size)
{
    snprintf(name, size, "bhears-%s", command->name);
    for (char *at = name; *at; at++)
        if (*at == ' ')
            *at = '-';
}

static void
put_title(FILE *out, const char *name, const char *summary)
{
    fprintf(out, "%s(1) \"bhears " BH_VERSION "\" \"Brian hears\"\n\n# NAME\n\n%s - ",
            name, name);
    put(out, summary);
    fputs("\n\n# SYNOPSIS\n\n", out);
}

static void
put_setting(FILE *out, const struct setting *s)
{
    char help[1024];
    if (s->letter)
        fprintf(out, "*-%c*, ", s->letter);
    fprintf(out, "*--%s*", s->name);
    if (s->value) {
        fputs(" _", out);
        put(out, s->value);
        fputc('_', out);
    }
    fputc('\n', out);
    usage_setting(s, help, sizeof help);
    put_entry(out, help);
}

/* Lines as they are, with the title of their section before them. */
static void
put_examples(FILE *out, const char *examples)
{
    if (!examples)
        return;
    fputs("# EXAMPLES\n\n```\n", out);
    while (*examples) {
        const size_t length = strcspn(examples, "\n");
        const size_t indent = strncmp(examples, "  ", 2) == 0 ? 2 : 0;
        for (size_t i = indent; i < length; i++)
            fprintf(out, "%s%c", examples[i] == '\\' ? "\\" : "", examples[i]);
        fputc('\n', out);
        examples += length + (examples[length] == '\n');
    }
    fputs("```\n\n", out);
}

static void
put_statuses(FILE *out)
{
    fputs("# EXIT STATUS\n\n", out);
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        fprintf(out, "*%s*\n", statuses[i].name);
        put_entry(out, statuses[i].what);
    }
}

void
manual_command(FILE *out, const struct command *command)
{
    struct options options;
    char name[64], synopsis[128];
    const char *value, *meaning;
    options_fill(command, &options);
    page_name(command, name, sizeof name);
    put_title(out, name, command->summary);
    usage_synopsis(command, synopsis, sizeof synopsis);
    put(out, synopsis);
    fputs("\n\n# DESCRIPTION\n\n", out);
    put(out, command->about ? command->about : command->summary);
    fputs("\n\n# OPTIONS\n\n", out);
    for (size_t g = 0; g < options.count; g++) {
        fprintf(out, "## %s\n\n", options.groups[g].title);
        for (size_t i = 0; i < options.groups[g].count; i++)
            put_setting(out, &options.groups[g].settings[i]);
    }
    for (size_t i = 0; (value = usage_value(&options, i, &meaning)); i++) {
        fputs(i == 0 ? "# VALUES\n\n" : "", out);
        fprintf(out, "_%s_\n", value);
        put_entry(out, meaning);
    }
    put_statuses(out);
    put_examples(out, command->examples);
    fputs("# SEE ALSO\n\n*bhears*(1)\n", out);
}

void
manual_overview(FILE *out)
{
    char name[64];
    put_title(out, "bhears", "turn sounds into the spikes of the auditory nerve");
    put(out, "bhears COMMAND [OPTIONS] ...");
    fputs("\n\n# DESCRIPTION\n\n", out);
    put(out, conventions);
    fputs("\n\n# COMMANDS\n\n", out);
    for (size_t i = 0; commands[i]; i++) {
        page_name(commands[i], name, sizeof name);
        fprintf(out, "*%s*(1)\n", name);
        put_entry(out, commands[i]->summary);
    }
    put_statuses(out);
    fputs("# ENVIRONMENT\n\n", out);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        put(out, variables[i].name);
        fputc('\n', out);
        put_entry(out, variables[i].what);
    }
    put_examples(out, "  bhears spikes speech.wav -o speech.h5 --picture speech.png\n"
                      "  bhears help spikes\n");
    fputs("# SEE ALSO\n\n*bhears-spikes*(1), *bhears-sound*(1), *bhears-help*(1)\n",
          out);
}
