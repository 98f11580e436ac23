# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154
# The group of cases for `bhears completion`: what shells offer; tests/cli/cli reads it.

# What each shell offers at the end of a line, one a line, without descriptions.

offers_bash() { # words..., the last of which is being written
    bash --norc --noprofile -c 'source ./bhears.bash
        complete -p bhears >/dev/null || exit 1
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _bhears
        printf "%s\n" "${COMPREPLY[@]}"' bash "$@" 2>"$err"
}

offers_fish() {
    fish --no-config -c 'source ./bhears.fish
        complete -C (string join " " -- $argv)' "$@" 2>"$err" | cut -f1
}

# zsh completes only where it believes to have a terminal; what it offers it lists there.
# Its line editor says when it is ready for keys, or they would not be its own.
zsh_setup='PS1=; stty cols 200; fpath=($PWD $fpath); autoload -U compinit; compinit -u -D
compdef _bhears bhears; zstyle ":completion:*" menu no; bindkey "^T" list-choices
zle-line-init() { print -n re""ady }; zle -N zle-line-init'
offers_zsh() {
    printf '%s\n' "$zsh_setup" >setup.zsh
    zsh -f -c 'zmodload zsh/zpty
        zpty z "TERM=dumb zsh -f -i"
        zpty -w z "source ./setup.zsh"
        zpty -r -m z got "*ready*"
        zpty -w -n z "${(j: :)@}"
        zpty -w -n z $'"'\\x14'"'
        zpty -w z $'"'\\x15'"'"echo do\"\"ne"
        zpty -r -m z got "*done*"
        print -r -- $got' zsh "$@" 2>"$err" | tr -d '\r' | tr -s ' ' '\n'
}

# shell wanted words...: what is wanted must be offered, and what begins with ! must not.
offers() {
    local shell=$1 wanted=$2 word
    cases=$((cases + 1))
    last="$shell: ${*:3}"
    "offers_$shell" "${@:3}" >"$out" || fault "$last: fails"
    for word in $wanted; do
        if [ "${word#!}" != "$word" ]; then
            ! grep -qx -- "${word#!}" "$out" || fault "$last offers ${word#!}"
        else
            grep -qx -- "$word" "$out" || fault "$last offers: $(tr '\n' ' ' <"$out" | cut -c -300), not $word"
        fi
    done
}

try_shell() { # shell
    offers "$1" "spikes" bhears spi
    offers "$1" "sound spikes !play" bhears s
    offers "$1" "--precision --places --picture !--pitch" bhears spikes --p
    offers "$1" "--pitch !--places" bhears sound tone --p
    offers "$1" "h5 csv" bhears spikes --format ""
    offers "$1" "single double" bhears filter -p ""
    offers "$1" "log_gammachirp lowpass !gammatone" bhears filter --bank l
    offers "$1" "exponential_euler exact" bhears spikes --method ex
    offers "$1" "tone vowel info" bhears sound ""
    offers "$1" "speech.wav spikes.h5" bhears spikes sp
    offers "$1" "spikes.h5" bhears spikes speech.wav -o spi
    offers "$1" "headless" bhears hrtf speech.wav --set h
    offers "$1" "nerve cuba spikes.h5" bhears run ""
    [ "$1" != zsh ] || return 0 # it takes a second each
    offers "$1" "--full-scale-db !--encoding" bhears sound info --f
    offers "$1" "bash zsh fish" bhears completion ""
    offers "$1" "cochleagram codegen" bhears help co
}

group_complete() {
    local shell
    touch speech.wav spikes.h5 "two words.wav"
    for shell in bash zsh fish; do
        works completion $shell
        cp "$out" "bhears.$shell"
    done
    mv bhears.zsh _bhears
    fails 2 "there is no completion for 'csh'" completion csh
    fails 2 "completion needs a bash|zsh|fish" completion
    try_shell bash
    # What bash takes apart at = and what it does not.
    offers bash "single double" bhears spikes --precision = ""
    offers bash "double !single" bhears spikes --precision = d
    offers bash "--precision=double" bhears spikes --precision=d
    offers bash "!--places speech.wav" bhears spikes -- sp
    offers bash "" bhears spikes tw
    grep -qx "two words.wav" "$out" || fault "$last: no two words"
    for shell in zsh fish; do
        if command -v $shell >/dev/null; then
            try_shell $shell
        else
            echo "no $shell here: its completion is not tried"
        fi
    done
}
