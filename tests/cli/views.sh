# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154
# The group of cases for --view and replay; tests/cli/cli reads it. What the views show
# is tested in tests/io.

group_views() {
    fails 2 "none, web or term" spikes "$speech" --view paper
    fails 2 65535 spikes "$speech" --view web --view-port 70000
    fails 1 "needs a terminal" spikes "$speech" "${short[@]}" --view term
    fails 2 "--view web or --view term" replay spikes.h5
    fails 1 none.h5 replay none.h5 --view web
    fails 2 "not a number above 0" replay spikes.h5 --view web --speed 0
    works spikes "$speech" "${short[@]}" -q -o spikes.h5
    works spikes "$speech" "${short[@]}" -q -o spikes.csv
    # On a terminal of its own; what is drawn there does not change the spikes.
    if ! command -v script >/dev/null; then
        echo "no script here: terminal views are not tried"
        return
    fi
    local file
    script -qec "stty cols 80 rows 24; '$bhears' spikes '$speech' ${short[*]} --view term \
        -o viewed.csv" screen >/dev/null 2>&1 || fault "spikes --view term"
    same viewed.csv spikes.csv
    grep -q "▀" screen || fault "spikes --view term draws nothing"
    for file in spikes.h5 spikes.csv; do
        script -qec "stty cols 80 rows 24; '$bhears' replay $file --view term --speed 2" \
            screen >/dev/null 2>&1 || fault "replay $file --view term"
        grep -q "▀" screen || fault "replay $file --view term draws nothing"
        grep -q "$file" screen || fault "replay $file --view term has no title"
    done
    # A run that is stopped gives the terminal back.
    script -qec "stty cols 80 rows 24; timeout -s INT 1 '$bhears' replay spikes.h5 \
        --view term --speed 0.01" screen >/dev/null 2>&1 || true
    tail -c 200 screen | grep -q $'\e\\[?1049l' || fault "Ctrl-C leaves the terminal odd"
}
