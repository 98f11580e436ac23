/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/parts_internal.h"

#include <math.h>

static const char *const link_slots[] = {"start", "end", NULL};
static const char *const run_slots[] = {"start", "synapses", "end", NULL};

#define MODEL_STRUCT model_link
static const struct model_key link_keys[] = {
    {"from", MODEL_REFERENCE, MODEL_AT(from),
     "the sound, filter or group that drives it", .needed = true,
     .refers = MODEL_SOUNDS | MODEL_FILTERS | MODEL_GROUPS},
    {"variable", MODEL_TEXT, MODEL_AT(variable), "of a group: whose variable"},
    {"expression", MODEL_CODE, MODEL_AT(expression),
     "what becomes of a value x, as 3*clip(x,0,inf)**(1/3); without it x itself"},
    {"when", MODEL_CHOICE, MODEL_AT(when),
     "start: a step sees its own value; end: the next step does", .choices = link_slots,
     .preset = "start"},
    {"clock", MODEL_QUANTITY, MODEL_AT(clock), "time between two values; without it dt",
     .unit = "s", MODEL_ABOVE(0)},
};
#undef MODEL_STRUCT

const struct model_section model_link_section = {
    .name = "link",
    .about = "A variable that is set to what something else says, step by step.",
    MODEL_KEYS(link_keys),
    .size = sizeof(struct model_link),
};

#define MODEL_STRUCT model_event
static const struct model_key event_keys[] = {
    {"condition", MODEL_CODE, MODEL_AT(condition), "when it happens, as v > 0.5",
     .needed = true},
    {"run", MODEL_CODE, MODEL_AT(run), "statements that it makes run"},
};
#undef MODEL_STRUCT

static const struct model_section event_section = {
    .name = "event",
    .about = "What may happen to neurons besides spikes.",
    MODEL_KEYS(event_keys),
    .size = sizeof(struct model_event),
};

#define MODEL_STRUCT model_regular
static const struct model_key regular_keys[] = {
    {"run", MODEL_CODE, MODEL_AT(run), "the statements", .needed = true},
    {"every", MODEL_QUANTITY, MODEL_AT(every), "how often; without it in each step",
     .unit = "s", MODEL_ABOVE(0)},
    {"at", MODEL_QUANTITY, MODEL_AT(at), "or at these times, rising", .unit = "s",
     .list = true, MODEL_ABOVE(0)},
    {"when", MODEL_CHOICE, MODEL_AT(when),
     "of a group: before integration, behind thresholds, or behind resets",
     .choices = run_slots, .preset = "start"},
};
#undef MODEL_STRUCT

const struct model_section model_regular_section = {
    .name = "regular run",
    .about = "Statements that run now and then.",
    MODEL_KEYS(regular_keys),
    .size = sizeof(struct model_regular),
};

#define MODEL_STRUCT model_drive
static const struct model_key drive_keys[] = {
    {"variable", MODEL_TEXT, MODEL_AT(variable), "that the spikes add to",
     .needed = true},
    {"inputs", MODEL_WHOLE, MODEL_AT(inputs), "how many onto each neuron",
     .needed = true, .least = 1, .most = 1e9},
    {"rate", MODEL_EXPRESSION, MODEL_AT(rate), "of each, as 8 Hz", .needed = true},
    {"weight", MODEL_EXPRESSION, MODEL_AT(weight), "what a spike adds", .needed = true},
};
#undef MODEL_STRUCT

static const struct model_section drive_section = {
    .name = "Poisson drive",
    .about = "Poisson neurons onto each neuron, without the neurons.",
    MODEL_KEYS(drive_keys),
    .size = sizeof(struct model_drive),
};

#define MODEL_STRUCT model_group
static const struct model_key group_keys[] = {
    {"N", MODEL_WHOLE, MODEL_AT(count), "how many neurons", .preset = "1", .least = 1,
     .most = 2147483647},
    {"equations", MODEL_CODE, MODEL_AT(equations),
     "the model of a neuron (docs/language.md)", .needed = true},
    {"threshold", MODEL_CODE, MODEL_AT(threshold),
     "when it spikes, as v > 1; without it never"},
    {"reset", MODEL_CODE, MODEL_AT(reset), "what a spike does, as v = 0"},
    {"refractory", MODEL_EXPRESSION, MODEL_AT(refractory),
     "how long after a spike, as 5 ms, or a condition"},
    {"method", MODEL_TEXT, MODEL_AT(method),
     "exact, euler, exponential_euler, rk2, rk4, heun, milstein, milstein_ito or a "
     "scheme as text; without it the first of exact, euler, heun that fits"},
    {"initial", MODEL_NAMES, MODEL_AT(initial),
     "values at first, in this order: expressions, or a list of one value for each "
     "neuron; 0 without",
     .list = true},
    {"links", MODEL_OBJECTS, MODEL_AT(links), "what drives which variable",
     .section = &model_link_section},
    {"poisson", MODEL_SECTIONS, MODEL_AT(poisson), "Poisson drives",
     .section = &drive_section},
    {"timed", MODEL_OBJECTS, MODEL_AT(timed),
     "variables that are set to values over time", .section = &model_timed_section},
    {"events", MODEL_OBJECTS, MODEL_AT(events), "events of their own",
     .section = &event_section},
    {"regularly", MODEL_SECTIONS, MODEL_AT(regularly), "statements now and then",
     .section = &model_regular_section},
    {"constants", MODEL_NAMES, MODEL_AT(constants), "names for this group alone"},
    {"precision", MODEL_CHOICE, MODEL_AT(precision), "without it that of the run",
     .choices = model_precisions},
    {"clock", MODEL_QUANTITY, MODEL_AT(clock),
     "its time step, a multiple of dt; without it dt", .unit = "s", MODEL_ABOVE(0)},
};
#undef MODEL_STRUCT

const struct model_section model_group_section = {
    .name = "group",
    .about = "Neurons that share their equations.",
    MODEL_KEYS(group_keys),
    .size = sizeof(struct model_group),
    .example = "groups:\n"
               "  nerve:\n"
               "    N: 1000\n"
               "    equations: |\n"
               "      dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless "
               "refractory)\n"
               "      I : 1 (linked)\n"
               "    threshold: v > 1\n"
               "    reset: v = 0\n"
               "    refractory: 5 ms\n"
               "    links:\n"
               "      I: {from: cochlea, expression: '3*clip(x,0,inf)**(1/3)'}\n",
};

#define MODEL_STRUCT model_input
static const struct model_key input_keys[] = {
    {"N", MODEL_WHOLE, MODEL_AT(count), "how many neurons", .preset = "1", .least = 1,
     .most = 2147483647},
    {"rates", MODEL_EXPRESSION, MODEL_AT(rates),
     "Poisson spikes: an expression of t and i in Hz, or 'linked': what a link to "
     "'rates' says"},
    {"times", MODEL_QUANTITY, MODEL_AT(times), "spikes at these times", .unit = "s",
     .list = true, MODEL_ABOVE(0)},
    {"neurons", MODEL_WHOLE, MODEL_AT(neurons),
     "the neuron of each time, from 0; without it neuron 0", .list = true},
    {"file", MODEL_PATH, MODEL_AT(file), "spikes from a file of an earlier run"},
    {"population", MODEL_TEXT, MODEL_AT(population), "which of those in the file"},
    {"period", MODEL_QUANTITY, MODEL_AT(period), "given spikes come again so often",
     .unit = "s", MODEL_ABOVE(0)},
    {"packet", MODEL_QUANTITY, MODEL_AT(packet),
     "each neuron fires once, around this time", .unit = "s", MODEL_ABOVE(0)},
    {"sigma", MODEL_QUANTITY, MODEL_AT(sigma), "the standard deviation of that",
     .unit = "s", .preset = "1*ms", MODEL_ABOVE(0)},
    {"links", MODEL_OBJECTS, MODEL_AT(links), "of linked rates: {rates: {from: ...}}",
     .section = &model_link_section},
    {"constants", MODEL_NAMES, MODEL_AT(constants), "names for this input alone"},
    {"precision", MODEL_CHOICE, MODEL_AT(precision), "without it that of the run",
     .choices = model_precisions},
    {"clock", MODEL_QUANTITY, MODEL_AT(clock),
     "of Poisson spikes: the time step, a multiple of dt", .unit = "s", MODEL_ABOVE(0)},
};
#undef MODEL_STRUCT

const struct model_section model_input_section = {
    .name = "input",
    .about = "Neurons without equations: Poisson spikes, given spikes, a pulse packet.",
    MODEL_KEYS(input_keys),
    .size = sizeof(struct model_input),
    .choose = "rates times file packet",
    .example = "inputs:\n"
               "  background: {N: 100, rates: 15 Hz}\n"
               "  clicks: {times: [10 ms, 20 ms]}\n",
};
