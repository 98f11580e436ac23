# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154
# The group of cases for what all commands have in common; tests/cli/cli reads it.

# The one line in a file must be a JSON object whose keys are there.
object() { # file keys...
    command -v python3 >/dev/null || return 0
    [ "$(wc -l <"$1")" = 1 ] || fault "$last: not one line of JSON"
    python3 -c 'import json, sys
d = json.loads(open(sys.argv[1], encoding="utf-8").read())
missing = [k for k in sys.argv[2:] if k not in d]
sys.exit(f"lacks {missing}" if missing else 0)' "$@" 2>"$err" || fault "$last: JSON"
}

try_json() {
    local odd=$'odd "\\\xff\xc3\xa9\t\xed\xa0\x80.wav'
    works sound white -d 100ms -l 60 -o w.wav --json
    object "$out" command output samplerate_hz channels sound_s level_db_spl
    [ ! -s "$err" ] || fault "$last: a summary beside the JSON"
    works sound silence -o silence.wav --json
    object "$out" level_db_spl
    works spikes w.wav -n 5 -o x.csv --json
    object "$out" command sound output picture sound_s places fibres spikes rate_hz took_s
    works spikes w.wav -n 5 --json
    head -n 1 "$out" | grep -qx 'time_s,index,cf_hz' || fault "$last: no data"
    cp "$err" x.json
    object x.json spikes output
    works filter w.wav -n 5 -o x.npy --json
    object "$out" command bank output samplerate_hz channels
    works cochleagram w.wav -n 5 -o x.png --json
    object "$out" places cf_low_hz cf_high_hz
    works hrtf w.wav --set headless -o ears.wav --json
    object "$out" output sound_s
    works sound info w.wav --json
    object "$out" format samplerate_hz frames duration_s channels
    works cache --json
    object "$out" path models bytes
    works devices --json
    object "$out" cpu threads gpus sound_devices
    works version --json
    object "$out" version licence compiler
    # Names of files may have any bytes; JSON is UTF-8.
    command -v python3 >/dev/null || return 0
    cp w.wav "$odd"
    works spikes "$odd" -n 5 -o x.csv --json
    object "$out" sound
    python3 -c 'import json; s = json.load(open("'"$out"'"))["sound"]
assert s == "odd \"\\\ufffd\u00e9\t\ufffd\ufffd\ufffd.wav", ascii(s)' 2>"$err" ||
        fault "$last: another name"
    rm -f ./*
}

try_force() {
    local command
    works sound tone -d 100ms -l 60 -q -o t.wav
    works spikes t.wav -n 5 -q -o s.csv
    for command in "spikes t.wav -n 5 -q -o" "filter t.wav -n 5 -q -o" \
        "cochleagram t.wav -n 5 -q --title x -o" "sound tone -q -o" \
        "hrtf t.wav --set headless -q -o" "codegen -o" "spikes t.wav -n 5 -q --picture"; do
        case $command in
        coch* | *picture) last=x.png ;;
        sound* | hrtf*) last=x.wav ;;
        *) last=x.csv ;;
        esac
        set -- "$last"
        echo before >"$1"
        # shellcheck disable=SC2086
        fails 1 "there is a file '$1' already; -f (--force) replaces it" $command "$1"
        [ "$(cat "$1")" = before ] || fault "$last: the old file is gone"
        # shellcheck disable=SC2086
        run $command "$1" --force
        ends 0
        [ "$(head -c 6 "$1")" != before ] || fault "$last: the old file is still there"
        rm "$1"
    done
    # Through a link it is the same; devices and folders are no files to be kept.
    echo before >real.csv
    ln -s real.csv link.csv
    fails 1 "there is a file 'link.csv' already" spikes t.wav -n 5 -o link.csv
    run spikes t.wav -n 5 -q -f -o link.csv
    ends 0
    same real.csv s.csv
    [ -L link.csv ] || fault "$last: the link is gone"
    run spikes t.wav -n 5 -q -o /dev/null
    ends 0
    rm -f ./*
}

# The same in all spellings that getopt knows.
try_spellings() {
    local words
    works sound tone -d 100ms -l 60 -q -o t.wav
    works spikes t.wav -n 5 -F 2 -q -o wanted.csv
    set -- "-n5 -F2 -qo x.csv t.wav" "-qn 5 -F 2 -ox.csv t.wav" "t.wav -q -ox.csv -F2 -n 5" \
        "--places=5 --fibres 2 --quiet --output=x.csv t.wav" "--pl 5 --fi=2 --qui --out x.csv t.wav" \
        "-q -n 5 -F 2 -o x.csv -- t.wav" "-n 9 -n 5 -F 1 -F 2 -q -q -o y.csv -o x.csv t.wav" \
        "-n 5 t.wav -F 2 -q -o x.csv --"
    for words; do
        # shellcheck disable=SC2086
        run spikes $words
        ends 0
        [ ! -s "$err" ] || fault "spikes $words: a message"
        same x.csv wanted.csv
        rm -f x.csv
        # shellcheck disable=SC2086
        POSIXLY_CORRECT=1 run spikes $words
        same x.csv wanted.csv
        rm -f x.csv
    done
    [ ! -e y.csv ] || fault "the first of two outputs was written"
    works spikes --help --no-such-option
    prints "usage: bhears spikes"
    cp t.wav ./-t.wav
    works spikes -n 5 -F 2 -q -o x.csv -- -t.wav
    same x.csv wanted.csv
    rm -f ./*
}

# Who reads standard output may go away: no message, no files, and a status that says so.
try_pipes() {
    works sound white -d 20s -l 70 -q -o long.wav
    for last in "spikes long.wav -o -" "filter long.wav -o -" "codegen" "help spikes" \
        "completion bash" "sound white -d 60s -o -"; do
        cases=$((cases + 1))
        # shellcheck disable=SC2086
        { "$bhears" $last 2>"$err" || echo $? >"$work/code"; } | true
        [ ! -s "$err" ] || fault "$last | true: a message"
        [ "$(files)" = long.wav ] || fault "$last | true: left $(files)"
    done
    # A run that is cut off ends at once, and not as if all were well.
    rm -f "$work/code"
    { "$bhears" spikes long.wav -d 20s -o - 2>"$err" || echo $? >"$work/code"; } | head -n 1 >/dev/null
    [ "$(cat "$work/code" 2>/dev/null)" = 141 ] || fault "spikes | head: not 141"
    # Ctrl-C where standard output has the data: complete lines, and a mark.
    cases=$((cases + 1)) status=0
    works sound white -d 3min -l 70 -q -o long.wav
    timeout --preserve-status -s INT 1 "$bhears" spikes long.wav -o - >x.csv 2>"$err" || status=$?
    last="spikes -o -, SIGINT"
    ends 130
    says "interrupted; what came out until"
    [ "$(tail -n 1 x.csv)" = "# partial: interrupted" ] || fault "$last: not marked"
    "$list_spikes" x.csv >listed 2>"$err" || fault "$last: cannot be read"
    rm -f ./*
}

group_frame() {
    try_json
    try_force
    try_spellings
    try_pipes
}
