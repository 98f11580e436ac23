#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Cases of cli: model files that cannot be. model_hostile.txt has those that can be read by
# eye: a line "@ line:column sentence", and the file under it. Each must end with status 2,
# say that of that place, print nothing, and leave no files.

hostile_models=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/model_hostile.txt

refused() { # line:column sentence; the file is wrong.yaml
    run check wrong.yaml
    last="$last (for $1 $2)"
    ends 2
    [ "$(sed -n 1p "$err" | cut -d' ' -f1,2)" = "wrong.yaml:$1: error:" ] ||
        fault "$last: not there"
    says "$2"
    [ "$(wc -l <"$err")" = 3 ] || fault "$last: not three lines"
    [ "$(wc -c <"$err")" -lt 2000 ] || fault "$last: a flood"
    ! tr -d '\n' <"$err" | grep -q '[[:cntrl:]]' || fault "$last: control characters"
    [ ! -s "$out" ] || fault "$last: output in spite of the failure"
    [ "$(files)" = wrong.yaml ] || fault "$last: left files"
}

# One character many times.
many() { # character times
    head -c "$2" /dev/zero | tr '\0' "$1"
}

made() { # line:column sentence, then a printf of what to put into the file
    # shellcheck disable=SC2059
    printf "${@:3}" >wrong.yaml
    refused "$1" "$2"
}

group_model_hostile() {
    local line place='' sentence='' item
    while IFS= read -r line; do
        if [[ $line != '@ '* ]]; then
            printf '%s\n' "$line" >>wrong.yaml
            continue
        fi
        [ -z "$place" ] || refused "$place" "$sentence"
        : >wrong.yaml
        line=${line#@ } place=${line%% *} sentence=${line#* }
    done <"$hostile_models"
    refused "$place" "$sentence"

    # Bytes that are no text.
    made 1:4 "a zero byte" '\xff\xfeg\0r\0'
    made 2:1 "a zero byte" 'run: {seed: 1}\n\0\0'
    made 1:2 "a zero byte" 'a\0b: 1\n'
    made 1:1 "this is no text in UTF-8" '\x1b]0;x\x07: 1\n'
    made 1:14 "this is no text in UTF-8" 'title: "a b \xc3("\n'
    made 1:7 "did you mean 'seed'?" '\xef\xbb\xbfrun: {sed: 1}\n'
    made 2:7 "did you mean 'seed'?" '# \xc3\xa9\nrun: {sed: 1}\r\n'

    # Deep, many, long.
    made 1:69 "more than 64 deep" 'run: %s' "$(many '[' 100000)"
    made 1:256 "more than 64 deep" 'a: %s' "$(printf '{a: %.0s' {1..5000})"
    for item in {1..9}; do
        printf 'a%s: &a%s [*a%s%s]\n' "$item" "$item" "$((item - 1))" \
            "$(printf ", *a$((item - 1))%.0s" {1..9})"
    done >../bomb
    made 6:50 "with what its aliases repeat" 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n%s' "$(<../bomb)"
    made 1:17 "the text has 1000007 characters" 'run: {duration: %s s}\n' "$(many 1 1000000)"
    made 1:1000001 "mapping values are not allowed" '%s: 1\n' "$(many k 1000000)"
    made 2:3 "5000 names in one map; 4096 are the most" 'groups:\n%s' \
        "$(printf '  g%s: {}\n' {1..5000})"
    made 3:17 "32000 are the most" 'groups:\n  g:\n    equations: "dv/dt = %sv : 1"\nrun: {duration: 1 s}\n' \
        "$(many - 100000)"
    rm wrong.yaml
    [ "$cases" -ge 85 ] || fault "only $cases model files"

    # No file of a model at all.
    fails 1 "there is no file 'none.yaml'" check none.yaml
    fails 1 "it is a directory" check .
    fails 1 "has more than 16 MiB; that is no model" check /dev/zero
    : >empty.yaml
    fails 2 "a model must say how long it runs" check empty.yaml
    rm empty.yaml
}
