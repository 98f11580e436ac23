/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/parts_internal.h"

#include <math.h>

static const char *const rules[] = {"stdp", "triplet", "reward", "short_term", NULL};
static const char *const pairs[] = {"all", "nearest", "nearest_pre", "nearest_post",
                                    NULL};
static const char *const updates[] = {"additive", "multiplicative", "mixed", NULL};
static const char *const sides[] = {"pre", "post", NULL};

#define MODEL_STRUCT model_connect
static const struct model_key connect_keys[] = {
    {"condition", MODEL_CODE, MODEL_AT(condition), "which pairs, as i != j"},
    {"probability", MODEL_CODE, MODEL_AT(probability),
     "of each pair, as 0.1 or exp(-abs(i-j)*0.1)"},
    {"targets", MODEL_CODE, MODEL_AT(targets),
     "j for each i, as k for k in range(i-1, i+2)"},
    {"sources", MODEL_CODE, MODEL_AT(sources), "i for each j, likewise"},
    {"copies", MODEL_CODE, MODEL_AT(copies), "synapses of each pair that is chosen"},
    {"in_degree", MODEL_WHOLE, MODEL_AT(in_degree),
     "synapses onto each target, from random sources", .least = 1, .most = 1e9},
    {"out_degree", MODEL_WHOLE, MODEL_AT(out_degree),
     "synapses from each source, to random targets", .least = 1, .most = 1e9},
    {"total", MODEL_WHOLE, MODEL_AT(total), "synapses of random pairs", .least = 1,
     .most = 1e12},
    {"multapses", MODEL_SWITCH, MODEL_AT(multapses),
     "may the random ones above take a pair twice", .preset = "yes"},
    {"autapses", MODEL_SWITCH, MODEL_AT(autapses),
     "may the random ones above join a neuron with itself", .preset = "yes"},
    {"one_to_one", MODEL_SWITCH, MODEL_AT(one_to_one), "i with j = i", .preset = "no"},
    {"skip_if_invalid", MODEL_SWITCH, MODEL_AT(skip_if_invalid),
     "leave out neurons that do not exist: no error", .preset = "no"},
    {"i", MODEL_WHOLE, MODEL_AT(i), "given pairs: the presynaptic neurons",
     .list = true},
    {"j", MODEL_WHOLE, MODEL_AT(j), "and the postsynaptic neuron of each",
     .list = true},
};
#undef MODEL_STRUCT

static const struct model_section connect_section = {
    .name = "connection",
    .about = "Which pairs of neurons get synapses; {} is all of them. At most one of "
             "i and j, one_to_one, targets, sources, in_degree, out_degree, total; "
             "without one all pairs for which the condition holds, each with the "
             "probability.",
    MODEL_KEYS(connect_keys),
    .size = sizeof(struct model_connect),
};

#define MODEL_STRUCT model_plasticity
static const struct model_key plasticity_keys[] = {
    {"rule", MODEL_CHOICE, MODEL_AT(rule),
     "stdp: Song, Miller and Abbott 2000; triplet: Pfister and Gerstner 2006; reward: "
     "Izhikevich 2007; short_term: Tsodyks, Pawelzik and Markram 1998",
     .choices = rules, .needed = true},
    {"effect", MODEL_CODE, MODEL_AT(effect),
     "what a presynaptic spike does first, as ge += w (short_term: ge += w*release)"},
    {"unit", MODEL_TEXT, MODEL_AT(unit), "of w, as siemens", .preset = "1"},
    {"w_min", MODEL_EXPRESSION, MODEL_AT(w_min), "w stays above it", .preset = "0"},
    {"w_max", MODEL_EXPRESSION, MODEL_AT(w_max), "w stays below it, in its unit"},
    {"tau_pre", MODEL_QUANTITY, MODEL_AT(tau_pre), "of the presynaptic trace; 20 ms",
     .unit = "s", MODEL_ABOVE(0)},
    {"tau_post", MODEL_QUANTITY, MODEL_AT(tau_post), "of the postsynaptic one; 20 ms",
     .unit = "s", MODEL_ABOVE(0)},
    {"a_pre", MODEL_QUANTITY, MODEL_AT(a_pre),
     "step of the presynaptic trace; 0.01, reward: 1"},
    {"a_post", MODEL_QUANTITY, MODEL_AT(a_post),
     "step of the postsynaptic one; -0.0105, reward: -1.5"},
    {"pairs", MODEL_CHOICE, MODEL_AT(pairs), "of stdp: which pairs of spikes count",
     .choices = pairs, .preset = "all"},
    {"update", MODEL_CHOICE, MODEL_AT(update),
     "of stdp: changes are scaled by w_max; by w and w_max - w; or mixed",
     .choices = updates, .preset = "additive"},
    {"tau_plus", MODEL_QUANTITY, MODEL_AT(tau_plus), "of triplet's r1", .unit = "s",
     MODEL_ABOVE(0)},
    {"tau_minus", MODEL_QUANTITY, MODEL_AT(tau_minus), "of o1", .unit = "s",
     MODEL_ABOVE(0)},
    {"tau_x", MODEL_QUANTITY, MODEL_AT(tau_x), "of r2", .unit = "s", MODEL_ABOVE(0)},
    {"tau_y", MODEL_QUANTITY, MODEL_AT(tau_y), "of o2", .unit = "s", MODEL_ABOVE(0)},
    {"a2_plus", MODEL_QUANTITY, MODEL_AT(a2_plus), "of pairs, potentiation"},
    {"a2_minus", MODEL_QUANTITY, MODEL_AT(a2_minus), "of pairs, depression"},
    {"a3_plus", MODEL_QUANTITY, MODEL_AT(a3_plus), "of triplets, potentiation"},
    {"a3_minus", MODEL_QUANTITY, MODEL_AT(a3_minus), "of triplets, depression"},
    {"nearest", MODEL_SWITCH, MODEL_AT(nearest),
     "of triplet: traces are set to 1 by a spike", .preset = "no"},
    {"tau_c", MODEL_QUANTITY, MODEL_AT(tau_c), "of reward's trace; 1 s", .unit = "s",
     MODEL_ABOVE(0)},
    {"reward", MODEL_TEXT, MODEL_AT(reward),
     "the postsynaptic neurons' variable, Hz; dopamine"},
    {"tau_rec", MODEL_QUANTITY, MODEL_AT(tau_rec), "of short_term: recovery; 800 ms",
     .unit = "s", MODEL_ABOVE(0)},
    {"tau_facil", MODEL_QUANTITY, MODEL_AT(tau_facil), "facilitation; 0 ms, none",
     .unit = "s", MODEL_ABOVE(0)},
    {"u", MODEL_QUANTITY, MODEL_AT(u), "what a first spike uses; 0.5", .least = 0,
     .most = 1},
};
#undef MODEL_STRUCT

static const struct model_section plasticity_section = {
    .name = "plasticity",
    .about = "Ready-made texts for synapses that change with use (docs/synapses.md); "
             "what they do not say has the defaults of neurons/plasticity.h.",
    MODEL_KEYS(plasticity_keys),
    .size = sizeof(struct model_plasticity),
};

#define MODEL_STRUCT model_pathway
static const struct model_key pathway_keys[] = {
    {"run", MODEL_CODE, MODEL_AT(run), "statements", .needed = true},
    {"from", MODEL_CHOICE, MODEL_AT(from), "whose spikes it waits for",
     .choices = sides, .preset = "pre"},
    {"event", MODEL_TEXT, MODEL_AT(event), "of the group; without it spikes"},
    {"delay", MODEL_EXPRESSION, MODEL_AT(delay), "of all synapses, as 1.5 ms"},
    {"order", MODEL_QUANTITY, MODEL_AT(order),
     "pathways run in ascending order (on_pre is -1, on_post 1)", .preset = "-1",
     .least = -1e6, .most = 1e6},
};
#undef MODEL_STRUCT

static const struct model_section pathway_section = {
    .name = "pathway",
    .about = "What spikes do besides on_pre and on_post.",
    MODEL_KEYS(pathway_keys),
    .size = sizeof(struct model_pathway),
};

#define MODEL_STRUCT model_set
static const struct model_key set_keys[] = {
    {"variable", MODEL_TEXT, MODEL_AT(variable),
     "of the synapses; also delay, delay_post, PATHWAY.delay", .needed = true},
    {"to", MODEL_EXPRESSION, MODEL_AT(to), "its value, as rand()*nS", .needed = true},
    {"where", MODEL_CODE, MODEL_AT(where), "of which synapses, as i < 10"},
};
#undef MODEL_STRUCT

static const struct model_section set_section = {
    .name = "value",
    .about = "Values of some synapses at first.",
    MODEL_KEYS(set_keys),
    .size = sizeof(struct model_set),
};

#define MODEL_STRUCT model_synapses
static const struct model_key synapses_keys[] = {
    {"from", MODEL_REFERENCE, MODEL_AT(from),
     "the presynaptic group or input, or a part of it, as neurons[0:100]",
     .needed = true, .refers = MODEL_GROUPS, .some = true},
    {"to", MODEL_REFERENCE, MODEL_AT(to), "the postsynaptic one, likewise",
     .needed = true, .refers = MODEL_GROUPS, .some = true},
    {"equations", MODEL_CODE, MODEL_AT(equations),
     "their variables, as w : volt (docs/synapses.md)"},
    {"on_pre", MODEL_CODE, MODEL_AT(on_pre),
     "what a presynaptic spike does, as ge += w"},
    {"on_post", MODEL_CODE, MODEL_AT(on_post), "what a postsynaptic spike does"},
    {"event_pre", MODEL_TEXT, MODEL_AT(event_pre), "what on_pre waits for instead"},
    {"event_post", MODEL_TEXT, MODEL_AT(event_post), "what on_post waits for instead"},
    {"plasticity", MODEL_SECTION, MODEL_AT(plasticity),
     "instead of equations, on_pre and on_post", .section = &plasticity_section},
    {"connect", MODEL_SECTIONS, MODEL_AT(connect),
     "which pairs; {} all; a list: one after the other", .needed = true,
     .section = &connect_section},
    {"delay", MODEL_EXPRESSION, MODEL_AT(delay),
     "of presynaptic spikes; for each synapse another: initial.delay"},
    {"delay_post", MODEL_EXPRESSION, MODEL_AT(delay_post), "of postsynaptic ones"},
    {"max_delay", MODEL_QUANTITY, MODEL_AT(max_delay), "a promise: none is longer",
     .unit = "s", MODEL_ABOVE(0)},
    {"initial", MODEL_NAMES, MODEL_AT(initial),
     "values at first, in this order: expressions, or a list with one for each synapse",
     .list = true},
    {"set", MODEL_SECTIONS, MODEL_AT(set), "values of some synapses, after these",
     .section = &set_section},
    {"pathways", MODEL_OBJECTS, MODEL_AT(pathways), "what else spikes do",
     .section = &pathway_section},
    {"regularly", MODEL_SECTIONS, MODEL_AT(regularly), "statements now and then",
     .section = &model_regular_section},
    {"method", MODEL_TEXT, MODEL_AT(method), "of clock-driven equations"},
    {"multisynaptic_index", MODEL_TEXT, MODEL_AT(multisynaptic_index),
     "a name for the number of a synapse among those of its pair"},
    {"procedural", MODEL_SWITCH, MODEL_AT(procedural),
     "made again at each spike instead of stored", .preset = "no"},
    {"constants", MODEL_NAMES, MODEL_AT(constants), "names for these synapses alone"},
};
#undef MODEL_STRUCT

const struct model_section model_synapses_section = {
    .name = "set of synapses",
    .about = "Synapses between two groups, with the same equations and code.",
    MODEL_KEYS(synapses_keys),
    .size = sizeof(struct model_synapses),
    .example = "synapses:\n"
               "  excitation:\n"
               "    from: neurons[0:3200]\n"
               "    to: neurons\n"
               "    on_pre: ge += 1.62*mV\n"
               "    connect: {probability: 0.02}\n"
               "    delay: 1.5 ms\n",
};
