# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154
# The group of cases for `bhears sound`; tests/cli/cli reads it.

# What `sound info` prints after a name.
told() { "$bhears" sound info "$1" | sed -n "s/^$2 *//p"; }

group_stimuli() {
    local kind s=(sound tone -o x.wav)
    works help sound info
    prints "usage: bhears sound info"
    cp "$out" wanted
    works sound info --help
    same "$out" wanted
    rm wanted
    # The level is that of the tone before its ramps; these take 1.25 dB off its RMS.
    works sound tone -F 1kHz -d 50ms -l "60 dB SPL" -o tone.wav
    lines 1
    says "0.05 s of sound, 1 channel at 44100 Hz, 60.00 dB SPL"
    works sound info tone.wav
    for kind in "WAV (Microsoft), 32 bit float" "44100 Hz" "0.050000 s (2205 frames)" \
        "60.00 dB SPL, peak 0.02828 Pa (63.01 dB SPL)"; do
        prints "$kind"
    done
    cp "$out" wanted
    "$bhears" sound info - <tone.wav >"$out" || fault "sound info from a pipe"
    sed 1d wanted >plain
    same "$out" plain
    works sound info tone.wav --full-scale-db 100
    prints "66.02 dB SPL"
    works sound tone -F 1kHz -d 50ms -l 60 --ramp 10ms -q -o ramped.wav
    [ ! -s "$err" ] || fault "$last: not quiet"
    [ "$(told ramped.wav level)" = "58.75 dB SPL, peak 0.02828 Pa (63.01 dB SPL)" ] ||
        fault "$last: $(told ramped.wav level)"
    works sound tone -F 1kHz -d 50ms -l 60 --ramp-form linear -o linear.wav
    ! cmp -s linear.wav ramped.wav || fault "$last: the form makes no difference"
    works sound tone -F 500Hz,1kHz,2kHz -l 50,60,70 -d 50ms -o three.wav
    [ "$(told three.wav channels) $(told three.wav 'channel 0' | cut -c -5)" = "3 50.00" ] ||
        fault "$last: not 3 channels, the first of 50 dB"
    [ "$(told three.wav 'channel 2' | cut -c -5)" = 70.00 ] || fault "$last: not 70 dB"
    works sound tone -d 50ms -o sine.wav
    works sound tone -d 50ms --phase 360deg -o turned.wav
    works sound tone -d 50ms --phase 90deg -o cosine.wav
    works sound tone -d 50ms --phase 1.5707963267948966rad -o radians.wav
    same cosine.wav radians.wav
    ! cmp -s sine.wav cosine.wav || fault "$last: the phase makes no difference"
    # Every kind, and each of its options that changes it.
    for kind in tone harmonic white pink brown powerlaw irns irno click clicks silence \
        vowel sweep; do
        works sound $kind -q -o $kind.wav
        [ "$(told $kind.wav samplerate)" = "44100 Hz" ] || fault "$last: no sound"
    done
    [ "$(told silence.wav level)" = silent ] || fault "silence is not silent"
    [ "$(told click.wav duration)" = "0.000023 s (1 frames)" ] || fault "click is no frame"
    while read -r kind option; do
        # shellcheck disable=SC2086
        works sound $kind $option -q -o x.wav
        ! cmp -s x.wav "$kind.wav" || fault "$last: $option makes no difference"
    done <<<"tone -F 2kHz
tone --am-rate 4Hz
tone --am-depth 0.5
tone --fm-rate 8Hz
tone --fm-deviation 10Hz
tone --samplerate 16.1kHz
tone --channels 2
tone --encoding pcm24
tone --encoding pcm8
tone --encoding pcm32
tone --encoding double
tone --normalise --full-scale-db 80
harmonic -F 100Hz
harmonic --harmonics 3
harmonic --amplitudes 1,0.5
harmonic --phase 90deg,0deg,0deg
white --seed 1
pink --seed 1
brown --seed 1
powerlaw --exponent 0.5
irns --delay 5ms
irno --gain -0.5
irns --iterations 8
clicks --count 3
clicks --interval 5ms
clicks --width 1ms
click --peak 80
click -d 10ms
vowel --vowel i
vowel --formants 600Hz,1.2kHz
vowel --pitch 120Hz
sweep -F 200Hz
sweep --to 5kHz
sweep --glide linear"
    works sound powerlaw -o x.wav
    ! cmp -s x.wav pink.wav && fault "powerlaw is not pink unless it is told otherwise"
    works sound click --peak "80 dB SPL" -o x.wav
    [ "$(told x.wav level)" = "80.00 dB SPL, peak 0.2 Pa (80.00 dB SPL)" ] ||
        fault "$last: $(told x.wav level)"
    works sound white -S 7 -d 50ms -o one.wav
    works sound white -S 7 -d 50ms -o two.wav
    same one.wav two.wav
    works sound white -d 1s -l 60 -o noise.flac
    [ "$(told noise.flac level | cut -c -5)" = 60.00 ] || fault "$last: not 60 dB"
    # A pipe gets what a file gets.
    for kind in white pink tone; do
        works sound $kind -d 1s -l 60 --ramp 5ms --encoding pcm16 -q -o x.wav
        "$bhears" sound $kind -d 1s -l 60 --ramp 5ms --encoding pcm16 -q -o - >two.wav ||
            fault "sound $kind -o -"
        same x.wav two.wav
    done
    works sound tone -d 1s -l 60 --normalise --encoding pcm16 -o x.wav
    says "60.00 dB SPL"
    [ "$(told x.wav level)" = "90.97 dB SPL, peak 1 Pa (93.98 dB SPL)" ] ||
        fault "$last: $(told x.wav level)"
    # Resampled on reading.
    works sound sweep -d 300ms --to 3kHz -l 80 -q -o x.wav
    works filter x.wav -b iir --cf 5000 --samplerate 16kHz -o x.csv
    [ "$(wc -l <x.csv)" = 4801 ] || fault "$last: not 300 ms at 16 kHz and a header"
    for kind in "spikes -o x.csv" "cochleagram -o x.png"; do
        # shellcheck disable=SC2086
        works ${kind%% *} x.wav -n 5 --samplerate 20kHz ${kind#* }
    done
    fails 2 "cannot be resampled to 10 Hz" filter x.wav --samplerate 10Hz -o y.npy
    works sound harmonic -d 100ms -l 80 -q -o heard.wav
    works spikes heard.wav "${small[@]}" -q -o x.csv
    some x.csv
    rm -f ./*
    fails 2 "sound needs a KIND" sound
    fails 2 "no kind of sound 'tnoe'; did you mean tone?" sound tnoe -o x.wav
    fails 2 "no kind of sound 'xyzzy'; see 'bhears help sound'" sound xyzzy -o x.wav
    fails 2 "needs a file to write, such as -o pink.wav" sound pink
    fails 2 "names that end in .wav or .flac" sound tone -o x.mp3
    fails 2 "FLAC has no floating-point samples" sound tone --encoding float -o x.flac
    fails 2 "tone has no use for --delay, which is for irns, irno" "${s[@]}" --delay 4ms
    fails 2 "silence has no use for --level, which is for all others" \
        sound silence -l 60 -o x.wav
    fails 2 "white has no use for --vowel, which is for vowel" \
        sound white --vowel a -o x.wav
    fails 2 "--frequency: '1000' has no unit" "${s[@]}" -F 1000
    fails 2 "--frequency: '2kHx' has the unknown unit" sound sweep -o x.wav -F 1kHz,2kHx
    fails 2 "--phase: '90' is not an angle such as 90deg" "${s[@]}" --phase 90
    fails 2 "--duration: '1s,2s' is more than 1 value" "${s[@]}" -d 1s,2s
    fails 2 "--am-depth: 'much' is not a number" "${s[@]}" --am-depth much
    fails 2 "--ramp-form: 'round' is not cosine, linear" "${s[@]}" --ramp-form round
    fails 2 "half the sample rate, 22050 Hz" "${s[@]}" -F 30kHz
    fails 2 "2 frequencies for 3 channels" "${s[@]}" -F 1kHz,2kHz --channels 3
    fails 2 "2 levels for 3 channels" sound pink -o x.wav -l 50,60 --channels 3
    works help play
    prints "usage: bhears play"
    ! grep -nE '^.{81}| $' "$out" || fault "$last: wider than 80, or spaces at the end"
    fails 1 "there is no file 'missing.wav'" play missing.wav
    works sound tone -d 10ms -q -o heard.wav
    fails 1 "sound device" play heard.wav --device "no such device"
    fails 1 "no such system" play heard.wav --host-api "no such system"
    rm heard.wav
    fails 1 "the sound is silent, so it has no largest" sound silence --normalise -o x.wav
    fails 2 "FLAC has 8, 16 or 24 bit" sound tone --encoding pcm32 -o x.flac
    fails 2 "the depth of modulation is 2" "${s[@]}" --am-depth 2
    fails 2 "a ramp of 2 s is longer than the sound" "${s[@]}" --ramp 2s
    fails 2 "either a peak or a level" sound click -o x.wav --peak 80 -l 80
    fails 2 "does not fit into 0.01 s" sound click -o x.wav -d 10ms --width 20ms
    fails 2 "may not be longer than the interval" sound clicks -o x.wav --width 20ms
    fails 2 "either a --vowel or --formants" sound vowel -o x.wav --vowel a --formants 1kHz
    fails 2 "'o' is not a vowel that is known" sound vowel -o x.wav --vowel o
    fails 2 "2 amplitudes for 3 harmonics" sound harmonic -o x.wav --amplitudes 1,1 \
        --harmonics 3
    fails 2 "a harmonic complex has one frequency" sound harmonic -o x.wav -F 1kHz,2kHz
    fails 2 "a sweep begins at one frequency" sound sweep -o x.wav -F 1kHz,2kHz
    fails 2 "the exponent of a power-law noise is 20" sound powerlaw -o x.wav --exponent 20
    fails 1 "do not fit into 'x.wav'" "${s[@]}" --encoding pcm16 --full-scale-db 80
    fails 1 "its directory does not exist" sound tone -o nodir/x.wav
    fails 1 "whole sample rates" "${s[@]}" --samplerate 44100.5Hz
    fails 2 "sound info needs a FILE; see 'bhears help sound info'" sound info
    fails 1 "there is no file 'missing.wav'" sound info missing.wav
    if "$bhears" sound info "$speech" >/dev/full 2>"$err"; then
        fault "sound info >/dev/full ends with 0"
    fi
}
