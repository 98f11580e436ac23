#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Cases of cli: every built-in model runs by its name and writes the files it promises.

group_presets() {
    local names name file
    works models
    names=$(awk '/^[a-z]/ {print $1}' "$out")
    [ "$(wc -w <<<"$names")" -ge 9 ] || fault "$last: fewer models than expected: $names"
    for name in $names; do
        works models show "$name"
        grep -oE 'file: [a-z_0-9A-Z]+\.(h5|png)' "$out" | cut -d' ' -f2 >promised
        works run "$name" -q --set run.duration=20*ms
        [ -s promised ] || fault "$last: the model promises no file"
        while read -r file; do
            [ -s "$file" ] || fault "$last: there is no $file"
        done <promised
        rm -f ./*.h5 ./*.png
    done
}
