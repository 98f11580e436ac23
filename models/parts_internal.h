/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_MODELS_PARTS_INTERNAL_H
#define BH_MODELS_PARTS_INTERNAL_H

/* The structs that the schema fills: what a model file says, member by key. */

#include "models/schema_internal.h"

struct model_live {
    struct model_object object;
    struct model_value device, host_api, samplerate, full_scale, channel, channels,
        block, buffer;
};

struct model_sound {
    struct model_object object;
    struct model_value file, stimulus;
    struct model_live live;
    struct model_value level, full_scale, channel, start, duration, samplerate;
    struct model_list frequency, phase, amplitude, formants;
    struct model_value channels, seed, ramp, ramp_form, harmonics, to, glide;
    struct model_value am_rate, am_depth, fm_rate, fm_deviation;
    struct model_value exponent, delay, gain, iterations;
    struct model_value width, peak, clicks, interval, pitch, vowel;
};

struct model_filter {
    struct model_object object;
    struct model_value bank, hrtf, input;
    struct model_list sum, difference, product, ratio, join, interleave;
    struct model_list weights, map, cf;
    struct model_value channels, low, high, spacing, repeats, tiles;
    struct model_value azimuth, elevation, order;
    struct model_names set;
};

struct model_link {
    struct model_object object;
    struct model_value from, variable, expression, when, clock;
};

struct model_event {
    struct model_object object;
    struct model_value condition, run;
};

struct model_regular {
    struct model_object object;
    struct model_value run, every, when;
    struct model_list at;
};

struct model_drive {
    struct model_object object;
    struct model_value variable, inputs, rate, weight;
};

struct model_timed {
    struct model_object object;
    struct model_list values, times;
    struct model_value file, columns, dt, start, centred, unit;
};

struct model_group {
    struct model_object object;
    struct model_value count, equations, threshold, reset, refractory, method,
        precision, clock;
    struct model_names constants, initial;
    struct model_objects links, events, regularly, poisson, timed;
};

struct model_input {
    struct model_object object;
    struct model_value count, rates, file, population, packet, sigma, period, precision,
        clock;
    struct model_list times, neurons;
    struct model_names constants;
    struct model_objects links;
};

struct model_connect {
    struct model_object object;
    struct model_value condition, probability, targets, sources, copies, in_degree,
        out_degree, total, multapses, autapses, one_to_one, skip_if_invalid;
    struct model_list i, j;
};

struct model_plasticity {
    struct model_object object;
    struct model_value rule, tau_pre, tau_post, a_pre, a_post, pairs, update, w_min,
        w_max, unit, effect, tau_plus, tau_minus, tau_x, tau_y, a2_plus, a2_minus,
        a3_plus, a3_minus, nearest, tau_c, reward, tau_rec, tau_facil, u;
};

struct model_pathway {
    struct model_object object;
    struct model_value from, event, run, delay, order;
};

struct model_set {
    struct model_object object;
    struct model_value variable, to, where;
};

struct model_synapses {
    struct model_object object;
    struct model_value from, to, equations, on_pre, on_post, event_pre, event_post,
        delay, delay_post, max_delay, method, multisynaptic_index, procedural;
    struct model_plasticity plasticity;
    struct model_names constants, initial;
    struct model_objects connect, pathways, set, regularly;
};

struct model_monitor {
    struct model_object object;
    struct model_value spikes, state, weights, rate, counts, intervals;
    struct model_value event, file, format, record;
    struct model_list variables, neurons, edges;
    struct model_value every, when, smooth, window;
};

struct model_picture {
    struct model_object object;
    struct model_value spikes, levels, file, title, width, height;
};

struct model_run {
    struct model_object object;
    struct model_value duration, dt, seed, random, precision, threads, window, code;
};

struct model_file {
    struct model_object object;
    struct model_value title, about;
    struct model_list include;
    struct model_names constants;
    struct model_objects sounds, filters, timed_arrays, groups, inputs, synapses,
        monitors, pictures;
    struct model_run run;
};

extern const struct model_section model_sound_section, model_filter_section,
    model_group_section, model_input_section, model_synapses_section,
    model_monitor_section, model_picture_section, model_run_section,
    model_timed_section, model_link_section, model_regular_section;

/* The words of choices that several files know; their order is that of the C types. */
extern const char *const model_precisions[];

#define MODEL_ABOVE(from) .least = (from), .most = INFINITY
#define MODEL_AT(member)  .offset = offsetof(struct MODEL_STRUCT, member)
#define MODEL_KEYS(table) .keys = table, .count = sizeof(table) / sizeof(table)[0]

#endif
