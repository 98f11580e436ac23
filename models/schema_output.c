/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/parts_internal.h"

#include <math.h>

static const char *const slots[] = {"start", "end", NULL};
static const char *const windows[] = {"flat", "gaussian", NULL};

#define MODEL_STRUCT model_monitor
static const struct model_key monitor_keys[] = {
    {"spikes", MODEL_REFERENCE, MODEL_AT(spikes),
     "the spikes of a group: .h5 (SONATA layout) or .csv", .refers = MODEL_GROUPS},
    {"state", MODEL_REFERENCE, MODEL_AT(state),
     "variables of a group over time: .npy, .h5, .csv", .refers = MODEL_GROUPS},
    {"weights", MODEL_REFERENCE, MODEL_AT(weights),
     "variables of synapses over time: .npy, .h5, .csv", .refers = MODEL_SYNAPSES},
    {"rate", MODEL_REFERENCE, MODEL_AT(rate),
     "the rate of a whole group over time, Hz: .npy, .h5, .csv",
     .refers = MODEL_GROUPS},
    {"counts", MODEL_REFERENCE, MODEL_AT(counts),
     "how often each neuron has spiked: .csv", .refers = MODEL_GROUPS},
    {"intervals", MODEL_REFERENCE, MODEL_AT(intervals),
     "a histogram of the intervals between a neuron's spikes: .csv",
     .refers = MODEL_GROUPS},
    {"file", MODEL_TEXT, MODEL_AT(file),
     "where it goes, from where the program is; without it nowhere, and it can be "
     "asked "
     "for from C"},
    {"event", MODEL_TEXT, MODEL_AT(event), "instead of spikes, an event of the group"},
    {"variables", MODEL_TEXT, MODEL_AT(variables),
     "of states and weights: which; a file has one", .list = true},
    {"neurons", MODEL_WHOLE, MODEL_AT(neurons),
     "of states: which neurons, of weights: which synapses; without it all",
     .list = true},
    {"every", MODEL_QUANTITY, MODEL_AT(every),
     "time between rows, and the bin of a rate; without it dt, and 1 ms", .unit = "s",
     MODEL_ABOVE(0)},
    {"when", MODEL_CHOICE, MODEL_AT(when),
     "of states: before a step changes anything, or when it has", .choices = slots,
     .preset = "start"},
    {"smooth", MODEL_QUANTITY, MODEL_AT(smooth), "of a rate: width of the window",
     .unit = "s", MODEL_ABOVE(0)},
    {"window", MODEL_CHOICE, MODEL_AT(window), "its form", .choices = windows,
     .preset = "gaussian"},
    {"edges", MODEL_QUANTITY, MODEL_AT(edges), "of the bins of intervals, rising",
     .unit = "s", .list = true, MODEL_ABOVE(0)},
};
#undef MODEL_STRUCT

const struct model_section model_monitor_section = {
    .name = "monitor",
    .about = "What is recorded while the network runs, and the file it is written to.",
    MODEL_KEYS(monitor_keys),
    .size = sizeof(struct model_monitor),
    .choose = "spikes state weights rate counts intervals",
    .example =
        "monitors:\n"
        "  spikes: {spikes: nerve, file: nerve.h5}\n"
        "  potential: {state: nerve, variables: v, neurons: [0, 10], file: v.csv}\n",
};

#define MODEL_STRUCT model_picture
static const struct model_key picture_keys[] = {
    {"spikes", MODEL_REFERENCE, MODEL_AT(spikes), "a group, as a raster",
     .refers = MODEL_GROUPS},
    {"levels", MODEL_REFERENCE, MODEL_AT(levels),
     "a filter, as levels over time and place, above that", .refers = MODEL_FILTERS},
    {"file", MODEL_TEXT, MODEL_AT(file), ".png, .svg or .pdf", .needed = true},
    {"title", MODEL_TEXT, MODEL_AT(title), "without it that of the model"},
    {"width", MODEL_WHOLE, MODEL_AT(width), "pixels", .preset = "1600", .least = 200,
     .most = 8000},
    {"height", MODEL_WHOLE, MODEL_AT(height), "pixels; 640, or 1000 for both",
     .least = 200, .most = 8000},
};
#undef MODEL_STRUCT

const struct model_section model_picture_section = {
    .name = "picture",
    .about = "A raster of spikes, levels over time and place, or both.",
    MODEL_KEYS(picture_keys),
    .size = sizeof(struct model_picture),
    .example = "pictures:\n"
               "  nerve: {spikes: nerve, levels: cochlea, file: nerve.png}\n",
};
