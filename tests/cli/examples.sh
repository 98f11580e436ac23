# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154
# The group of cases that runs what --help shows as examples; tests/cli/cli reads it.

# What an example may read: made anew for each.
make_scratch() {
    rm -rf ./* scratch
    cp -r ../scratch/. .
}

# What docs/coming-from.md says is done here instead of there.
try_page() { # page
    local text count=0 cache_dir=${BH_CACHE_DIR-}
    while IFS= read -r text; do
        try_example coming-from "$text"
        count=$((count + 1))
    done < <(grep -o '`bhears [^`]*`' "$1" | tr -d '`')
    [ "$count" -ge 15 ] || fault "$1 has $count commands"
}

# Runs one example; those that need a device, a browser or a terminal as far as that goes.
try_example() { # command text
    local name allowed=0 text=$2
    cases=$((cases + 1))
    last=$text
    make_scratch
    for name in $(grep -oE '(-o|--picture|--record|>) *[^ |]+' <<<"$text" |
        sed -E 's/^(-o|--picture|--record|>) *//'); do
        [ "$name" = - ] || rm -f "$name"
    done
    case $text in
    *kemar.sofa*) [ -e kemar.sofa ] || return 0 ;;
    sbatch* | srun* | mpirun*) return 0 ;; # tests/cli/batch and tests/mpi have those
    *"| scdoc"*) command -v scdoc >/dev/null && command -v man >/dev/null || return 0 ;;
    esac
    case $text in
    *"--view term"*)
        command -v script >/dev/null || return 0
        printf '%s\n' "$text" >example
        text="script -qec 'stty cols 80 rows 24; timeout -s INT 3 bash -e example' /dev/null"
        allowed="0 124"
        ;;
    *"--view web"*)
        text="timeout --preserve-status -s INT 3 $text"
        allowed=130
        ;;&
    "bhears live"* | "bhears play"* | *"| bhears play"* | *--play*) allowed="0 1 130" ;;
    esac
    status=0
    PATH=$(dirname "$bhears"):$PATH BH_CACHE_DIR=$cache_dir \
        bash -e -o pipefail -c "$text" >"$out" 2>"$err" </dev/null || status=$?
    [[ " $allowed " == *" $status "* ]] || fault "$text: exit status $status"
}

group_examples() {
    local command line text count cache_dir=${BH_CACHE_DIR-}
    mkdir ../scratch
    cp "$speech" ../scratch/speech.flac
    cd ../scratch
    works sound tone -F 1kHz -d 200ms -l 60 -q -o tone.wav
    works sound white -d 500ms -l 60 -q -o noise.wav
    works sound vowel -d 500ms -l 60 -q -o speech.wav
    works spikes speech.flac -d 500ms -q -o speech.h5
    works spikes speech.flac -d 500ms -q -o speech.csv
    printf 'dv/dt = (I-v)/tau : volt\nI : volt\n' >own.eqs
    cat >nerve.yaml <<'MODEL'
sounds:
  sound: {file: speech.wav, level: 60 dB SPL}
filters:
  cochlea: {bank: gammatone, input: sound, channels: 30, low: 100 Hz, high: 8 kHz}
groups:
  nerve:
    N: 300
    equations: |
      dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless refractory)
      I : 1 (linked)
    threshold: v > 1
    reset: v = 0
    refractory: 5 ms
    links:
      I: {from: cochlea, expression: '3*clip(x,0,inf)**(1/3)'}
monitors:
  spikes: {spikes: nerve, file: spikes.h5}
MODEL
    cp nerve.yaml mine.yaml
    mkdir recordings
    cp tone.wav noise.wav recordings
    printf 'tone.wav\nnoise.wav\n' >list.csv
    cp /usr/share/libmysofa/MIT_KEMAR_normal_pinna.sofa kemar.sofa 2>/dev/null || true
    cd ../dir
    works help --list
    cp "$out" ../names
    while read -r command; do
        # shellcheck disable=SC2086
        "$bhears" help $command | sed '1,/^Examples$/d' >../examples
        count=0 text=
        while IFS= read -r line; do
            text=${text:+$text$'\n'}${line#  }
            # An open quotation or a backslash at its end: there is more of it.
            [[ $text != *\\ ]] && bash -n -c "$text" 2>/dev/null || continue
            cache_dir=${BH_CACHE_DIR-}
            [ "$command" != cache ] || cache_dir=$work/own
            try_example "$command" "$text"
            count=$((count + 1)) text=
        done <../examples
        [ "$count" -ge 2 ] || fault "help $command has $count examples, not two"
        [ -z "$text" ] || fault "help $command: an example does not end: $text"
    done <../names
    try_page "$(dirname "$speech")/../../docs/coming-from.md"
}
