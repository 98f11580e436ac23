/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/soundfile.h"
#include "models/parts_internal.h"
#include "sounds/stimulus.h"

#include <math.h>

static const char *const ramp_forms[] = {"cosine", "linear", "sine", "blackman", NULL};
static const char *const glides[] = {"linear", "logarithmic", NULL};
static const char *const vowels[] = {"a", "i", "u", NULL};
static const char *const spacings[] = {"erb", "linear", "logarithmic", NULL};
static const char *const orders[] = {"serial", "interleaved", NULL};

#define MODEL_STRUCT model_live
static const struct model_key live_keys[] = {
    {"device", MODEL_TEXT, MODEL_AT(device),
     "number, name or part of the name of an input device; without it the default one"},
    {"host_api", MODEL_TEXT, MODEL_AT(host_api), "the sound system, as ALSA or JACK"},
    {"samplerate", MODEL_QUANTITY, MODEL_AT(samplerate), "without it the device's own",
     .unit = "Hz", MODEL_ABOVE(1)},
    {"full_scale", MODEL_LEVEL, MODEL_AT(full_scale),
     "level of a square wave that fills the device's range", .word = "pascal",
     .meaning = BH_FULL_SCALE_PASCAL, .preset = "pascal", .shown = "1.0 is 1 Pa"},
    {"channel", MODEL_WHOLE, MODEL_AT(channel), "the first that is heard, from 0",
     .preset = "0"},
    {"channels", MODEL_WHOLE, MODEL_AT(channels), "how many from there on",
     .preset = "1", .least = 1, .most = 1024},
    {"block", MODEL_WHOLE, MODEL_AT(block), "samples that come together",
     .preset = "64", .least = 1, .most = 1024},
    {"buffer", MODEL_QUANTITY, MODEL_AT(buffer),
     "how far the model may fall behind before sound is lost", .unit = "s",
     .preset = "2*second", MODEL_ABOVE(0)},
};
#undef MODEL_STRUCT

static const struct model_section live_section = {
    .name = "live sound",
    .about = "A sound device while it hears; 'live: {}' is the default one.",
    MODEL_KEYS(live_keys),
    .size = sizeof(struct model_live),
};

#define MODEL_STRUCT model_sound
static const struct model_key sound_keys[] = {
    {"file", MODEL_PATH, MODEL_AT(file), "a sound file"},
    {"stimulus", MODEL_CHOICE, MODEL_AT(stimulus), "a sound that is made",
     .choices = bh_stimulus_names},
    {"live", MODEL_SECTION, MODEL_AT(live), "a sound device", .section = &live_section},
    {"level", MODEL_LEVEL, MODEL_AT(level),
     "set the sound to this level; without it as it is"},
    {"full_scale", MODEL_LEVEL, MODEL_AT(full_scale),
     "of a file: level of a square wave that fills its range", .word = "pascal",
     .meaning = BH_FULL_SCALE_PASCAL, .preset = "pascal", .shown = "1.0 is 1 Pa"},
    {"channel", MODEL_TEXT, MODEL_AT(channel),
     "of a file: mix, the mean of all channels; all; or one, from 0 on",
     .preset = "mix"},
    {"start", MODEL_QUANTITY, MODEL_AT(start), "of a file: where to begin", .unit = "s",
     .preset = "0*ms", MODEL_ABOVE(0)},
    {"duration", MODEL_QUANTITY, MODEL_AT(duration),
     "how long; without it a file to its end, a stimulus 1 s, a device for ever",
     .unit = "s", MODEL_ABOVE(0)},
    {"samplerate", MODEL_QUANTITY, MODEL_AT(samplerate),
     "of a stimulus, 44.1 kHz without it; a file is resampled to it", .unit = "Hz",
     MODEL_ABOVE(1)},
    {"channels", MODEL_WHOLE, MODEL_AT(channels), "of a stimulus", .preset = "1",
     .least = 1, .most = 1024},
    {"seed", MODEL_WHOLE, MODEL_AT(seed), "of a noise", .preset = "0"},
    {"ramp", MODEL_QUANTITY, MODEL_AT(ramp), "of a stimulus, at both ends", .unit = "s",
     .preset = "0*ms", MODEL_ABOVE(0)},
    {"ramp_form", MODEL_CHOICE, MODEL_AT(ramp_form), "how a ramp rises",
     .choices = ramp_forms, .preset = "cosine"},
    {"frequency", MODEL_QUANTITY, MODEL_AT(frequency),
     "of a tone (or one for each channel), 1 kHz; the fundamental of a harmonic, 200 "
     "Hz; where a sweep begins, 100 Hz",
     .unit = "Hz", .list = true, MODEL_ABOVE(0)},
    {"phase", MODEL_QUANTITY, MODEL_AT(phase),
     "of a tone, each harmonic, or a sweep, rad", .unit = "rad", .list = true},
    {"harmonics", MODEL_WHOLE, MODEL_AT(harmonics),
     "how many; without it up to half the sample rate", .least = 1, .most = 1e6},
    {"amplitude", MODEL_QUANTITY, MODEL_AT(amplitude), "of each harmonic", .unit = "Pa",
     .list = true},
    {"to", MODEL_QUANTITY, MODEL_AT(to), "where a sweep ends", .unit = "Hz",
     .preset = "10*kHz", MODEL_ABOVE(0)},
    {"glide", MODEL_CHOICE, MODEL_AT(glide), "how a sweep's frequency runs",
     .choices = glides, .preset = "logarithmic"},
    {"am_rate", MODEL_QUANTITY, MODEL_AT(am_rate), "amplitude modulation", .unit = "Hz",
     MODEL_ABOVE(0)},
    {"am_depth", MODEL_QUANTITY, MODEL_AT(am_depth), "its depth, 0 to 1", .preset = "1",
     .least = 0, .most = 1},
    {"fm_rate", MODEL_QUANTITY, MODEL_AT(fm_rate), "frequency modulation of a tone",
     .unit = "Hz", MODEL_ABOVE(0)},
    {"fm_deviation", MODEL_QUANTITY, MODEL_AT(fm_deviation),
     "how far the frequency swings; without it a tenth of it", .unit = "Hz",
     MODEL_ABOVE(0)},
    {"exponent", MODEL_QUANTITY, MODEL_AT(exponent),
     "of power-law noise: power falls as 1/f^exponent", .preset = "1", .least = -10,
     .most = 10},
    {"delay", MODEL_QUANTITY, MODEL_AT(delay), "of rippled noise", .unit = "s",
     .preset = "4*ms", MODEL_ABOVE(0)},
    {"gain", MODEL_QUANTITY, MODEL_AT(gain), "of what rippled noise delays",
     .preset = "1", .least = -1, .most = 1},
    {"iterations", MODEL_WHOLE, MODEL_AT(iterations), "of rippled noise", .preset = "4",
     .least = 1, .most = 1024},
    {"width", MODEL_QUANTITY, MODEL_AT(width), "of a click; without it one sample",
     .unit = "s", MODEL_ABOVE(0)},
    {"peak", MODEL_LEVEL, MODEL_AT(peak), "of a click, dB SPL; without it 1 Pa"},
    {"clicks", MODEL_WHOLE, MODEL_AT(clicks), "how many in a train", .preset = "10",
     .least = 1, .most = 1e9},
    {"interval", MODEL_QUANTITY, MODEL_AT(interval), "from click to click", .unit = "s",
     .preset = "10*ms", MODEL_ABOVE(0)},
    {"pitch", MODEL_QUANTITY, MODEL_AT(pitch), "of a vowel", .unit = "Hz",
     .preset = "100*Hz", MODEL_ABOVE(0)},
    {"vowel", MODEL_CHOICE, MODEL_AT(vowel), "which vowel", .choices = vowels,
     .preset = "a"},
    {"formants", MODEL_QUANTITY, MODEL_AT(formants), "or its formants", .unit = "Hz",
     .list = true, MODEL_ABOVE(0)},
};
#undef MODEL_STRUCT

const struct model_section model_sound_section = {
    .name = "sound",
    .about = "What is heard, in pascals: a file, a stimulus, or a device.",
    MODEL_KEYS(sound_keys),
    .size = sizeof(struct model_sound),
    .choose = "file stimulus live",
    .example =
        "sounds:\n"
        "  tone: {stimulus: tone, frequency: 1 kHz, duration: 50 ms, ramp: 5 ms, "
        "level: 60 dB SPL}\n",
};

#define MODEL_STRUCT model_filter
static const struct model_key filter_keys[] = {
    {"bank", MODEL_TEXT, MODEL_AT(bank),
     "the kind of filterbank; 'bhears models --banks' lists them"},
    {"sum", MODEL_REFERENCE, MODEL_AT(sum), "inputs added up, each times its weight",
     .list = true, .refers = MODEL_SOUNDS | MODEL_FILTERS},
    {"difference", MODEL_REFERENCE, MODEL_AT(difference), "the first less the second",
     .list = true, .refers = MODEL_SOUNDS | MODEL_FILTERS},
    {"product", MODEL_REFERENCE, MODEL_AT(product), "the first times the second",
     .list = true, .refers = MODEL_SOUNDS | MODEL_FILTERS},
    {"ratio", MODEL_REFERENCE, MODEL_AT(ratio), "the first over the second",
     .list = true, .refers = MODEL_SOUNDS | MODEL_FILTERS},
    {"join", MODEL_REFERENCE, MODEL_AT(join),
     "the channels of all, one input behind the other", .list = true,
     .refers = MODEL_SOUNDS | MODEL_FILTERS},
    {"interleave", MODEL_REFERENCE, MODEL_AT(interleave),
     "the same, in turn one channel of each", .list = true,
     .refers = MODEL_SOUNDS | MODEL_FILTERS},
    {"hrtf", MODEL_PATH, MODEL_AT(hrtf),
     "a SOFA file of head-related transfer functions: two channels, left and right"},
    {"input", MODEL_REFERENCE, MODEL_AT(input),
     "the sound or filter that a bank or an hrtf hears",
     .refers = MODEL_SOUNDS | MODEL_FILTERS},
    {"cf", MODEL_QUANTITY, MODEL_AT(cf),
     "centre frequencies, one for each channel; without them and the four keys below "
     "those of the input are taken, where it has any",
     .unit = "Hz", .list = true, MODEL_ABOVE(0)},
    {"channels", MODEL_WHOLE, MODEL_AT(channels), "or how many there are", .least = 1,
     .most = 1e6},
    {"low", MODEL_QUANTITY, MODEL_AT(low), "the lowest of them", .unit = "Hz",
     .preset = "20*Hz", MODEL_ABOVE(0)},
    {"high", MODEL_QUANTITY, MODEL_AT(high),
     "the highest; 'auto': 20 kHz, or 0.9 of half the sample rate where that is lower",
     .unit = "Hz", .word = "auto", .meaning = -1, .preset = "auto", MODEL_ABOVE(0)},
    {"spacing", MODEL_CHOICE, MODEL_AT(spacing), "on which scale they are equally far",
     .choices = spacings, .preset = "erb"},
    {"set", MODEL_NAMES, MODEL_AT(set),
     "parameters of the kind; 'bhears models KIND' lists them", .list = true},
    {"weights", MODEL_QUANTITY, MODEL_AT(weights), "of a sum, one for each input",
     .list = true},
    {"repeats", MODEL_WHOLE, MODEL_AT(repeats),
     "of joined channels: each so often, AB becomes AABB", .preset = "1", .least = 1,
     .most = 1e6},
    {"tiles", MODEL_WHOLE, MODEL_AT(tiles),
     "of joined channels: all so often, AB becomes ABAB", .preset = "1", .least = 1,
     .most = 1e6},
    {"map", MODEL_WHOLE, MODEL_AT(map),
     "of joined channels: which of them become channel 0, 1 ...", .list = true},
    {"azimuth", MODEL_QUANTITY, MODEL_AT(azimuth),
     "of an hrtf, degrees, 0 in front, to the left", .unit = "deg", .preset = "0"},
    {"elevation", MODEL_QUANTITY, MODEL_AT(elevation), "of an hrtf, degrees",
     .unit = "deg", .preset = "0", .least = -90, .most = 90},
    {"order", MODEL_CHOICE, MODEL_AT(order), "of the channels of an hrtf",
     .choices = orders, .preset = "serial"},
};
#undef MODEL_STRUCT

const struct model_section model_filter_section = {
    .name = "filter",
    .about = "A filterbank, or what joins some, behind a sound or other filters.",
    MODEL_KEYS(filter_keys),
    .size = sizeof(struct model_filter),
    .choose = "bank sum difference product ratio join interleave hrtf",
    .example = "filters:\n"
               "  ear: {bank: middle_ear, input: tone}\n"
               "  cochlea: {bank: gammatone, input: ear, channels: 100, low: 100 Hz, "
               "high: 8 kHz}\n",
};
