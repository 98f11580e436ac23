#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Cases of cli, for run, check and the models that come with the program.

# What is wrong is said as compilers say it: file:line:column: error: sentence.
wrong() { # place text excerpt caret-column arguments...
    local before
    before=$(files)
    run "${@:5}"
    ends 2
    [ "$(sed -n 1p "$err" | cut -d' ' -f1,2)" = "$1: error:" ] || fault "$last: not at $1"
    says "$2"
    [ "$(sed -n 2p "$err")" = "    $3" ] || fault "$last: the second line is not: $3"
    [ "$(sed -n 3p "$err")" = "$(printf '%*s^' $((3 + $4)) '')" ] ||
        fault "$last: the caret is not in column $4"
    [ ! -s "$out" ] || fault "$last: output in spite of the failure"
    [ "$(files)" = "$before" ] || fault "$last: left files"
}

group_model_files() {
    works models
    prints "nerve "
    works models show nerve
    cp "$out" nerve.yaml
    works check nerve.yaml
    [ ! -s "$out" ] && [ ! -s "$err" ] || fault "$last: is not silent"
    works check nerve
    last="bhears check -"
    "$bhears" check - <nerve.yaml 2>"$err" || fault "$last: fails"
    fails 2 "there is no model 'nerf'; did you mean 'nerve'?" run nerf
    fails 2 "there is no model 'nerf'; did you mean 'nerve'?" models show nerf
    fails 1 "there is no file 'other.yaml'" run other.yaml
    fails 1 "directory" run .

    # The spikes of a file are those of the command, whichever way it is told.
    cp "$speech" speech.flac
    sound=(--set "sounds.sound={file: speech.flac, level: 70 dB SPL, duration: 300 ms}"
        --set constants.places=20 --set constants.fibres=5)
    works run nerve.yaml -q "${sound[@]}" --set monitors.spikes.file=x.csv
    [ "$(files | tr '\n' ' ')" = "nerve.png nerve.yaml speech.flac x.csv " ] ||
        fault "$last: left files $(files)"
    [ ! -s "$err" ] || fault "$last: not quiet"
    works spikes speech.flac -l 70 -d 300ms -n 20 -F 5 -q -o y.csv
    some x.csv
    same x.csv y.csv
    fails 1 "there is a file 'x.csv' already" run nerve.yaml "${sound[@]}" \
        --set monitors.spikes.file=x.csv --set pictures.nerve=
    works run nerve.yaml -f --json "${sound[@]}" --set monitors.spikes.file=x.h5 \
        --set run.threads=1
    prints '"command": "run"'
    prints "\"spikes\": {\"spikes\": $(($(wc -l <y.csv) - 1))}"
    prints '"files": ["x.h5", "nerve.png"]'
    rm x.h5 nerve.png
    works run nerve.yaml "${sound[@]}" --set monitors.spikes.file=- --set pictures.nerve=
    same "$out" y.csv
    says "100 neurons"

    # Another sound in the place of the model's, and constants by their names alone.
    works run nerve -fq --sound speech.flac --set places=20 --set fibres=5 \
        --set sound.level=70 --set monitors.spikes.file=x.csv --set pictures=
    some x.csv
    works spikes speech.flac -l 70 -n 20 -F 5 -fq -o z.csv
    same x.csv z.csv
    works run nerve -fq --sound sound=speech.flac --set places=20 --set fibres=5 \
        --set sound.level=70 --set monitors.spikes.file=x.csv --set pictures=
    same x.csv z.csv
    rm z.csv
    run run nerve --sound none.wav
    ends 1
    says "there is no file 'none.wav'"
    works spikes speech.flac -l 70 -d 300ms -n 20 -F 5 -fq -o x.csv

    # Files that take over others, where they lie.
    mkdir base
    mv nerve.yaml speech.flac base
    cat >short.yaml <<'END'
include: base/nerve.yaml
constants: {places: 20, fibres: 5}
sounds:
  sound: {stimulus: null, ramp: null, frequency: null, file: base/speech.flac, level: 70,
          duration: 300 ms}
pictures: {nerve: null}
END
    works run short.yaml -fq --set monitors.spikes.file=x.csv
    same x.csv y.csv
    echo 'include: [../short.yaml, nerve.yaml]' >base/again.yaml
    sed -i 's|base/nerve|base/again|' short.yaml
    wrong base/again.yaml:1:11 "includes itself" "include: [../short.yaml, nerve.yaml]" 11 \
        check short.yaml
    sed -i 's|base/again|base/no|' short.yaml
    run check short.yaml
    ends 1
    says "short.yaml:1:10: error: there is no file 'base/no.yaml'"
    rm -r short.yaml base
    # or that come with the program
    cat >short.yaml <<END
include: nerve
constants: {places: 20, fibres: 5}
sounds: {sound: null, speech: {file: $speech, level: 70, duration: 300 ms}}
filters: {cochlea: {input: speech}}
pictures: null
END
    works run short.yaml -fq --set monitors.spikes.file=x.csv
    same x.csv y.csv
    rm short.yaml x.csv y.csv

    # Levels of a filter, whether a group is linked to it or not.
    cat >alone.yaml <<END
sounds: {sound: {stimulus: tone, duration: 50 ms}}
filters:
  cochlea: {bank: gammatone, input: sound, channels: 30, high: 8 kHz}
  slow: {bank: lowpass, input: cochlea}
groups: {g: {N: 30, equations: 'I : 1'}}
pictures: {levels: {levels: cochlea, file: alone.png}}
run: {precision: double}
END
    cat >linked.yaml <<END
include: alone.yaml
groups: {g: {links: {I: {from: cochlea}}}}
pictures: {levels: {file: linked.png}}
END
    works run alone.yaml -q
    works run linked.yaml -q
    same alone.png linked.png
    works run linked.yaml -fq --set levels.levels=slow
    ! cmp -s alone.png linked.png || fault "$last: the filter makes no difference"
    rm alone.* linked.*

    # Places, in files and in --set.
    works models show cuba
    sed 's/ge + gi - (v + 49\*mV)/ge + gi - (v + 49*nA)/' "$out" >wrong.yaml
    wrong wrong.yaml:20:29 "'+' needs the same units on both sides, found V and A" \
        "      dv/dt = (ge + gi - (v + 49*nA))/(20*ms) : volt (unless refractory)" 29 \
        check wrong.yaml
    rm wrong.yaml
    wrong --set:1:7 "did you mean 'threshold'?" "cells.treshold=v > 1" 7 \
        run cuba --set "cells.treshold=v > 1"
    wrong --set:1:14 "'duration' is in Hz; it must be a time" "run.duration=5 Hz" 14 \
        run cuba --set "run.duration=5 Hz"

    works models schema
    prints '"$schema": "http://json-schema.org/draft-07/schema#"'
    # What came out until a signal is there, says so, and can be read.
    : >long.wav
    interrupt INT 130 x.h5 run cuba --set run.duration='1000 s' \
        --set monitors.spikes.file=x.h5 --set pictures=
    "$list_spikes" x.h5.kept 2>"$err" >listed.kept || fault "$last: cannot be read"
    grep -qx 'partial: interrupted' "$err" || fault "$last: not marked"
    some listed.kept
    rm -f ./*.kept long.wav
}
