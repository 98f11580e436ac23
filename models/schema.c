/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/parts_internal.h"

#include <math.h>

const char *const model_precisions[] = {"single", "double", NULL};
static const char *const randoms[] = {"fast", "portable", NULL};
static const char *const codes[] = {"auto", "compiled", "interpreted", NULL};

#define MODEL_STRUCT model_run
static const struct model_key run_keys[] = {
    {"duration", MODEL_QUANTITY, MODEL_AT(duration),
     "how long it runs; 'sound': until every sound has ended", .unit = "s",
     .word = "sound", .meaning = -1, .preset = "sound", MODEL_ABOVE(0)},
    {"dt", MODEL_QUANTITY, MODEL_AT(dt),
     "the time step; 'sound': that of the first sound's samples, or 0.1 ms without one",
     .unit = "s", .word = "sound", .meaning = -1, .preset = "sound",
     MODEL_ABOVE(1e-12)},
    {"seed", MODEL_WHOLE, MODEL_AT(seed), "all random numbers follow from it",
     .preset = "0"},
    {"random", MODEL_CHOICE, MODEL_AT(random),
     "portable gives the same noise on all machines", .choices = randoms,
     .preset = "fast"},
    {"precision", MODEL_CHOICE, MODEL_AT(precision),
     "of filters, and of neurons that do not say their own",
     .choices = model_precisions, .preset = "single"},
    {"threads", MODEL_WHOLE, MODEL_AT(threads), "how many; no result depends on it",
     .word = "all", .meaning = 0, .preset = "all", .least = 1, .most = 1024},
    {"window", MODEL_WHOLE, MODEL_AT(window),
     "steps that run together, 1024 on a GPU; no result depends on it", .preset = "256",
     .least = 1, .most = 1024},
    {"code", MODEL_CHOICE, MODEL_AT(code),
     "how equations run: as machine code, or interpreted; both give the same bits",
     .choices = codes, .preset = "auto"},
};
#undef MODEL_STRUCT

const struct model_section model_run_section = {
    .name = "run",
    .about = "How the network runs.",
    MODEL_KEYS(run_keys),
    .size = sizeof(struct model_run),
};

#define MODEL_STRUCT model_timed
static const struct model_key timed_keys[] = {
    {"values", MODEL_EXPRESSION, MODEL_AT(values),
     "the values, row by row, in the unit given", .list = true},
    {"file", MODEL_PATH, MODEL_AT(file),
     "or a CSV file of them, a row a line (the first may be names), a column a value"},
    {"columns", MODEL_WHOLE, MODEL_AT(columns),
     "how many values make a row: 1 for I(t), more for I(t, i)", .preset = "1",
     .least = 1, .most = 1e6},
    {"dt", MODEL_QUANTITY, MODEL_AT(dt), "time from one row to the next", .unit = "s",
     MODEL_ABOVE(1e-12)},
    {"times", MODEL_QUANTITY, MODEL_AT(times), "or when each row begins, rising",
     .unit = "s", .list = true},
    {"start", MODEL_QUANTITY, MODEL_AT(start), "when row 0 begins", .unit = "s",
     .preset = "0*ms"},
    {"centred", MODEL_SWITCH, MODEL_AT(centred),
     "rows hold from half a dt before their time to half a dt behind it",
     .preset = "no"},
    {"unit", MODEL_TEXT, MODEL_AT(unit), "of the values, as nA", .preset = "1"},
};
#undef MODEL_STRUCT

const struct model_section model_timed_section = {
    .name = "timed array",
    .about = "Values over time that equations look up, as I(t) or I(t, i).",
    MODEL_KEYS(timed_keys),
    .size = sizeof(struct model_timed),
    .choose = "values file",
    .example = "timed_arrays:\n"
               "  stimulus: {values: [0, 1, 0.5], dt: 10 ms, unit: nA}\n",
};

#define MODEL_STRUCT model_file
static const struct model_key file_keys[] = {
    {"title", MODEL_TEXT, MODEL_AT(title), "what the model is, in one line"},
    {"about", MODEL_TEXT, MODEL_AT(about), "where it comes from, and what it shows"},
    {"include", MODEL_PATH, MODEL_AT(include),
     "other model files that are taken over first; what this one says holds instead of "
     "what they say",
     .list = true},
    {"constants", MODEL_NAMES, MODEL_AT(constants),
     "names with values that all texts and quantities may use, each from those before",
     .defines = true},
    {"sounds", MODEL_OBJECTS, MODEL_AT(sounds),
     "what is heard: files, stimuli, microphones", .section = &model_sound_section},
    {"filters", MODEL_OBJECTS, MODEL_AT(filters),
     "filterbanks, hair cells, ears, each behind a sound or another filter",
     .section = &model_filter_section},
    {"timed_arrays", MODEL_OBJECTS, MODEL_AT(timed_arrays),
     "values over time that equations look up", .section = &model_timed_section},
    {"groups", MODEL_OBJECTS, MODEL_AT(groups), "neurons, by their equations",
     .section = &model_group_section},
    {"inputs", MODEL_OBJECTS, MODEL_AT(inputs),
     "neurons that fire by chance or at given times", .section = &model_input_section},
    {"synapses", MODEL_OBJECTS, MODEL_AT(synapses), "between groups and inputs",
     .section = &model_synapses_section},
    {"monitors", MODEL_OBJECTS, MODEL_AT(monitors), "what is recorded, and to where",
     .section = &model_monitor_section},
    {"pictures", MODEL_OBJECTS, MODEL_AT(pictures), "what is drawn",
     .section = &model_picture_section},
    {"run", MODEL_SECTION, MODEL_AT(run), "how long, with which step and seed",
     .section = &model_run_section},
};
#undef MODEL_STRUCT

const struct model_section model_schema = {
    .name = "model",
    .about = "A model file.",
    MODEL_KEYS(file_keys),
    .size = sizeof(struct model_file),
};
