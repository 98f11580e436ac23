# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154
# Cases of cli, for analyse. What the measures are is tested in tests/analysis; here a
# file of regular spikes shows that they reach the user.

# Neurons 0 to 3 at 100 and 1000 Hz spike every 10 ms, from 1 ms on, for 1 s.
regular_spikes() { # file
    awk 'BEGIN {
        print "time_s,index,cf_hz"
        for (k = 0; k < 100; k++)
            for (i = 0; i < 4; i++)
                printf "%.9f,%d,%d\n", 0.001 + 0.01 * k, i, i < 2 ? 100 : 1000
    }' >"$1"
}

figure() { # name value: of the first file, in the last output
    awk -F, -v name="$1" -v want="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) column = i }
        NR == 2 { exit !(column && $column - want < 1e-6 && want - $column < 1e-6) }' \
        "$out" || fault "$last: $1 is not $2"
}

group_analyse() {
    regular_spikes a.csv
    regular_spikes b.csv
    works analyse a.csv --stop 1s
    figure trains 4
    figure spikes 400
    figure rate_hz 100
    works analyse a.csv --stop 1s --cf 900Hz
    figure trains 2
    works analyse a.csv --stop 1s --neurons 0-1,3 --trials b.csv
    figure trains 6
    works analyse a.csv --stop 1s --vector-strength 100Hz --isi --latency --sac --fano \
        --psth --onset 100ms --offset 600ms --skip 10ms
    figure vector_strength 1
    figure phase_rad 0.6283185307 # 1 ms of 10
    figure interval_mean_s 0.01
    figure interval_cv 0
    figure latency_median_s 0.001
    figure spontaneous_rate_hz 100
    figure onset_rate_hz 1000
    figure correlation_index 200 # coincidences in bins of 50 us, once in 10 ms
    prints "# psth"
    prints "time_s,rate_hz,count"
    # The same as JSON, with all curves; nothing else on standard output.
    works analyse a.csv --stop 1s --isi --json
    [ "$(wc -l <"$out")" = 1 ] || fault "$last: not one line of JSON"
    if command -v jq >/dev/null; then
        [ "$(jq -r '.results[0].curves.isi.count | add' "$out")" = 396 ] ||
            fault "$last: not 396 intervals"
        [ "$(jq -r .results[0].figures.interval_cv "$out" | cut -c1)" != n ] ||
            fault "$last: no CV"
    fi
    # Files: figures, and each curve beside them. None is replaced unasked.
    works analyse a.csv b.csv --psth --isi -o f.csv
    [ "$(wc -l <f.csv)" = 3 ] || fault "$last: not a line for each file"
    head -n 1 f-psth.csv | grep -qx 'time_s,rate_hz a.csv,count a.csv,rate_hz b.csv,count b.csv' ||
        fault "$last: odd columns"
    [ -s f-isi.csv ] || fault "$last: no f-isi.csv"
    fails 1 "f.csv" analyse a.csv --psth -o f.csv
    works analyse a.csv --psth -o f.csv -f
    # Pictures of every kind of measure.
    works analyse a.csv b.csv --psth --isi --sac --picture p.png
    works analyse a.csv --fano --latency --vector-strength 100Hz --picture p.svg
    works analyse a.csv --sac --inverted b.csv --picture p.pdf --size 85x60 --range -0.002:0.002
    works analyse a.csv --neurogram mean --picture n.png
    works analyse a.csv --neurogram fine --stop 0.5s -o n.csv
    head -n 1 n-neurogram.csv | grep -qx 'time_s,100,1000' || fault "$last: odd rows"
    # Neurons without frequencies are rows of their own; equal ones are equal.
    cut -d, -f1,2 a.csv >c.csv
    works analyse c.csv --nsim c.csv
    figure nsim 1
    # Driven: an integrator that fires above a threshold.
    works analyse --rate-level --tuning --cf 1kHz --repeats 2 --level-step 10 \
        --tone-duration 60ms --octaves 0.5 --samplerate 20kHz --picture d.png -o d.csv
    [ "$(wc -l <d-rate-level.csv)" = 13 ] || fault "$last: not 12 levels"
    [ "$(wc -l <d-tuning.csv)" = 14 ] || fault "$last: not 13 frequencies"
    # A model of the user's answers in the place of the fibre.
    cat >model.yaml <<'END'
sounds:
  sound: {stimulus: tone, frequency: 1 kHz, duration: 100 ms}
filters:
  cochlea: {bank: gammatone, input: sound, cf: [500 Hz, 1 kHz]}
groups:
  nerve:
    N: 4
    equations: |
      dv/dt = (I-v)/(1*ms) : 1 (unless refractory)
      I : 1
    threshold: v > 1
    reset: v = 0
    refractory: 5 ms
    links:
      I: {from: cochlea, expression: '30*clip(x,0,inf)'}
monitors:
  spikes: {spikes: nerve, file: never.h5}
END
    works analyse --model model.yaml --rate-level --cf 1kHz --level-step 20 \
        --tone-duration 60ms --samplerate 20kHz
    figure fibres 2
    figure spontaneous_rate_hz 0
    [ ! -e never.h5 ] || fault "$last: wrote what the model writes"
    fails 2 "no group 'nerv'; did you mean nerve?" analyse --model model.yaml --tuning \
        --population nerv
    rm -f ./*.csv p.* n.* d.* model.yaml

    regular_spikes a.csv
    fails 2 "needs a FILE of spikes" analyse
    fails 2 "no FILE" analyse a.csv --tuning
    fails 2 "needs a measure" analyse a.csv --picture p.png
    fails 2 "not both" analyse a.csv --psth --neurogram mean --picture p.png
    fails 2 ".png, .svg or .pdf" analyse a.csv --psth --picture p.gif
    fails 2 "no list of indices" analyse a.csv --neurons 1-,2
    fails 2 "no neuron 4" analyse a.csv --neurons 4
    fails 2 "'1' has no unit" analyse a.csv --cf 1
    fails 2 "none of 4 neurons" analyse a.csv --cf 200Hz:300Hz
    fails 2 "nothing to analyse" analyse a.csv --start 3s
    fails 2 "shorter than a cycle" analyse a.csv --vector-strength 0.5Hz
    fails 1 "nothing.csv" analyse a.csv nothing.csv
    fails 2 "must be two" analyse a.csv --neurons 1 --sac
    fails 2 "one place" analyse --tuning --cf 1kHz:2kHz
    rm a.csv
}
