# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154
# The group of cases for `bhears hrtf`; tests/cli/cli reads it.

# How loud one channel of a sound is, without its unit.
loud() { "$bhears" sound info "$1" | sed -n "s/^channel $2 *\([0-9.]*\) dB.*/\1/p"; }

group_hrtf() {
    local h=(hrtf n.wav --set headless) kemar=/usr/share/libmysofa/MIT_KEMAR_normal_pinna.sofa
    local command
    for command in hrtf "hrtf info"; do
        # shellcheck disable=SC2086
        works help $command
        prints "usage: bhears $command"
        ! grep -nE '^.{81}| $' "$out" || fault "$last: wider than 80, or spaces at the end"
    done
    works sound white -l 60 -d 100ms -S 1 -q -o n.wav
    works "${h[@]}" -a 0deg -o front.wav
    lines 1
    says "0.1 s of sound at both ears"
    [ "$(loud front.wav 0) $(loud front.wav 1)" = "60.00 60.00" ] || fault "$last: not 60 dB"
    # From behind, above and below both ears hear the same as from the front.
    for command in "-a 180deg" "-e 90deg" "-a 30deg -e -90deg"; do
        # shellcheck disable=SC2086
        works "${h[@]}" $command -q -o x.wav
        same x.wav front.wav
    done
    works "${h[@]}" -a 90deg -q -o x.wav
    ! cmp -s x.wav front.wav || fault "$last: the azimuth makes no difference"
    "$bhears" "${h[@]}" -a 90deg -q -o - >y.wav || fault "hrtf -o -"
    same x.wav y.wav
    fails 2 "hrtf needs a file to write" "${h[@]}"
    fails 2 "hrtf needs transfer functions" hrtf n.wav -o z.wav
    fails 1 "there is no file 'missing.sofa'" hrtf n.wav --set missing.sofa -o z.wav
    fails 1 "cannot be read as a SOFA file" hrtf n.wav --set n.wav -o z.wav
    fails 1 "cannot be read as a SOFA file" hrtf info n.wav
    fails 2 "'90' is not an angle such as 90deg" "${h[@]}" -a 90 -o z.wav
    [ -r "$kemar" ] || return 0
    works hrtf info "$kemar"
    prints "directions   710"
    prints "elevation    -40 to 90 degrees"
    for command in "" --nearest; do
        # shellcheck disable=SC2086
        works hrtf n.wav --set "$kemar" -a 60deg $command -q -o x.wav
        awk "BEGIN { exit !($(loud x.wav 0) > $(loud x.wav 1) + 5) }" ||
            fault "$last: the left ear is not 5 dB louder"
    done
    fails 2 "--samplerate 44100Hz resamples the sound" hrtf n.wav --set "$kemar" \
        --samplerate 48kHz -o z.wav
    fails 2 "elevations are from -90 to 90" hrtf n.wav --set "$kemar" -e 91deg -o z.wav
}
