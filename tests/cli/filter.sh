# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154
# Cases of cli, for filter and models.

# The golden waveforms of a gammatone bank, through WAV and .npy.
golden_filter() { # folder of the case
    local rate cf b
    rate=$(sed -n 's/^samplerate //p' "$1/case.txt")
    cf=$(awk '/^b /{ exit } cf { print } /^cf /{ cf = 1 }' "$1/case.txt" | paste -sd,)
    b=$(awk 'b { print } /^b 1$/{ b = 1 }' "$1/case.txt")
    [ -n "$b" ] || return 0 # one bandwidth for each channel: no setting says that
    "$filter_case" sound "$1/input.f64" "$rate" golden.wav || fault "$1: no sound"
    works filter golden.wav --bank gammatone --cf "$cf" --set "b=$b" --precision double \
        -o golden.npy
    "$filter_case" compare golden.npy "$1/output.f64" 1e-9 || fault "$last: not the golden one"
}

group_filter() {
    local golden=${speech%/sounds/*}/tests/golden/brian2hears case format places
    local s=(filter "$speech" -o x.npy) few=(-s 600ms -d 200ms -n 5 -q)
    filter_case=$(dirname "$make_sound")/cli_filter_case
    for case in "$golden"/gammatone_*/; do
        golden_filter "${case%/}"
    done
    [ -e golden.npy ] || fault "no golden case was tried"
    rm -f golden.*
    # All formats, files and pipes hold the same; blocks and names do not matter.
    works filter "$speech" "${few[@]}" -o wanted.csv
    [ "$(wc -l <wanted.csv)" = 3201 ] || fault "$last: not 0.2 s at 16 kHz and a header"
    head -n 1 wanted.csv | grep -q '^time_s,20,' || fault "$last: no frequencies"
    works filter "$speech" "${few[@]}" -o -
    same "$out" wanted.csv
    works filter "$speech" "${few[@]}" -o odd.name --format csv
    same odd.name wanted.csv
    "$bhears" filter - "${few[@]}" -o - <"$speech" >x.csv || fault "filter from a pipe"
    same x.csv wanted.csv
    works filter "$speech" "${few[@]}" -r 20Hz:7200Hz --bank gammatone -p double \
        --set "min_bw=24.7 Hz" -o x.csv
    same x.csv wanted.csv
    works filter "$speech" "${few[@]}" -p single -o x.csv
    ! cmp -s x.csv wanted.csv || fault "$last: double in spite of -p single"
    works filter "$speech" -q -s 600ms -d 200ms --cf 100,1kHz,2.5e3 -o x.csv
    head -n 1 x.csv | grep -qx 'time_s,100,1000,2500' || fault "$last: other frequencies"
    works filter "$speech" "${few[@]::4}" --bank middle_ear -o x.csv
    head -n 1 x.csv | grep -qx 'time_s,ch0' || fault "$last: not one nameless channel"
    # A chain is what its banks are one after the other; threads do not matter.
    works filter "$speech" "${few[@]::4}" -q -b linear --set b=1,-0.5 -o x.wav
    works filter x.wav -q -n 130 --set b=1.2 -o wanted.csv
    works filter "$speech" "${few[@]::4}" -q -n 130 -b linear,gammatone -j 1 \
        --set linear.b=1,-0.5 --set gammatone.b=1.2 -o x.csv
    same x.csv wanted.csv
    works filter "$speech" "${few[@]::4}" -q -n 130 -b linear,gammatone -j 3 \
        --set linear.b=1,-0.5 --set gammatone.b=1.2 -o x.csv
    same x.csv wanted.csv
    works filter "$speech" "${few[@]}" -b middle_ear,gammatone,lowpass,haircell -r 20Hz:4kHz -o x.csv
    head -n 1 x.csv | grep -q '^time_s,20,' || fault "$last: no frequencies"
    for format in npy h5 wav; do
        works filter "$speech" "${few[@]}" -o x.$format
        works filter "$speech" "${few[@]}" -o y --format $format
        same x.$format y
    done
    works filter "$speech" -d 200ms -n 5 -o x.npy
    lines 1
    says "0.2 s of sound, 5 channels of gammatone; "
    rm -- *
    # What cannot be.
    fails 2 "filter needs a file to write" filter "$speech"
    fails 2 "there is no filterbank 'gamatone'; did you mean gammatone?" "${s[@]}" -b gamatone
    fails 2 "there is no filterbank 'xyzzy'; see 'bhears models --banks'" "${s[@]}" --bank xyzzy
    fails 2 "the bank gammatone has no parameter 'minbw'; did you mean 'min_bw'?" "${s[@]}" --set minbw=3
    fails 2 "b is -1; it must be" "${s[@]}" --set b=-1
    fails 2 "b is 'wide'; it must be a number" "${s[@]}" --set b=wide
    fails 2 "'b' is not NAME=VALUE" "${s[@]}" --set b
    fails 2 "channel 1 has cf 8000 Hz, at or above half the sample rate (8000 Hz)" \
        "${s[@]}" --cf 100,8kHz
    fails 2 "--cf: '' is not a frequency" "${s[@]}" --cf 100,,200
    fails 2 "--cf: '5ms' is not a frequency" "${s[@]}" --cf 5ms
    fails 2 "--cf-range: 8000 Hz is not below half the sample rate" "${s[@]}" -r 20Hz:8kHz
    fails 2 "so --cf-range and --channels cannot be given too" "${s[@]}" --cf 100 -n 5
    fails 2 "has one channel without a centre frequency" "${s[@]}" -b middle_ear -n 5
    fails 2 "there is no filterbank 'gamatone'; did you mean gammatone?" "${s[@]}" -b linear,gamatone
    fails 2 "there is no filterbank ''" "${s[@]}" -b linear,
    fails 2 "too many; up to 8" "${s[@]}" -b fir,fir,fir,fir,fir,fir,fir,fir,fir
    fails 2 "in a chain it is said as linear.b" "${s[@]}" -b linear,gammatone --set b=1
    fails 2 "there is no 'drnl' in --bank" "${s[@]}" -b linear,gammatone --set drnl.b=1
    fails 2 "end in .npy, .h5, .hdf5, .wav or .csv" filter "$speech" -o x.mat
    fails 1 "needs a regular file, and standard output is none" filter "$speech" -o - --format npy
    fails 1 "at most 1024 channels" filter "$speech" -o x.wav -n 1025
    fails 1 "its directory does not exist" filter "$speech" -o nodir/x.npy
    fails 1 "cannot write '/dev/full': no space is left" filter "$speech" -o /dev/full
    fails 1 "there is no file 'missing.wav'" filter missing.wav -o x.npy
    head -c 20000 "$speech" >cut.flac
    fails 1 "'cut.flac' is cut short" filter cut.flac -o x.npy
    rm cut.flac
    # A full disk: nothing is left, and what was there before stays.
    for format in npy h5 wav csv; do
        echo before >x.$format
        limited 64 filter "$speech" -o x.$format
        ends 1
        lines 1
        says "x.$format': "
        says "File too large"
        [ "$(cat x.$format)" = before ] || fault "$last: the old x.$format is gone"
        rm x.$format
        [ -z "$(files)" ] || fault "$last: left $(files)"
    done
    works models --banks
    prints "gammatone "
    prints "middle_ear "
    works models gammatone
    prints "Slaney 1993"
    prints "bandwidth at 0 Hz; 0 to 10000 Hz (default: 24.7 Hz)"
    works models iir
    prints "poles; whole, 1 to 20 (default: 2)"
    works models drnl
    prints "human or guinea_pig (default: human)"
    fails 2 "there is no filterbank 'gamatone'; did you mean gammatone?" models gamatone
    # Every kind works as it is.
    works models --banks
    cut -d' ' -f1 "$out" >kinds
    while read -r case; do
        works models "$case"
        prints "$case"
        ! grep -nE '^.{81}| $' "$out" || fault "$last: wider than 80, or spaces at the end"
        places=(-r 300Hz:5kHz -n 3)
        ! grep -q '^The same for all channels' "$out" || places=()
        works filter "$speech" -d 50ms -l "60 dB SPL" -q -b "$case" "${places[@]}" -o x.csv
        [ "$(wc -l <x.csv)" = 801 ] || fault "$last: not 50 ms at 16 kHz and a header"
        ! grep -qE 'nan|inf' x.csv || fault "$last: samples that are no numbers"
    done <kinds
    if "$bhears" models >/dev/full 2>"$err"; then
        fault "bhears models >/dev/full ends with 0"
    fi
}
