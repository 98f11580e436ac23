# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154
# Cases of cli, for plot. How charts are drawn is tested in tests/io.

drawn() { # file: a picture of some size
    [ "$(wc -c <"$1")" -gt 2000 ] || fault "$last: $1 has hardly anything in it"
    rm "$1"
}

group_plot() {
    local file
    works sound tone --frequency 500Hz --duration 100ms --level 70 --ramp 10ms -o tone.wav
    works spikes tone.wav "${small[@]}" -q -o tone.h5
    works spikes tone.wav "${small[@]}" -q -o tone.csv
    works filter tone.wav --cf 250,500 -q -o waves.h5
    works filter tone.wav --cf 250,500 -q -o waves.npy
    works filter tone.wav -n 8 -q -o image.csv
    works analyse tone.h5 --psth --isi -o figures.csv
    for file in tone.wav tone.h5 tone.csv waves.h5 waves.npy figures-psth.csv; do
        works plot "$file" -o p.png
        drawn p.png
    done
    works plot tone.wav tone.wav --as spectrum -o p.svg --title "one & two"
    drawn p.svg
    works plot waves.h5 --columns 1 --range 0.02:0.04 --yrange -1:1 -o p.pdf --size 85x60
    drawn p.pdf
    works plot figures-psth.csv --columns rate_hz,count --marks steps -o p.png --log none
    drawn p.png
    works plot tone.h5 --range 0.02:0.05 -o p.png --letters 6
    drawn p.png
    works plot image.csv --as image --range 0.02:0.05 -o p.png
    drawn p.png
    works plot --as response -n 12 -r 100Hz:8kHz -o p.png
    drawn p.png
    works plot --as response --bank middle_ear -o p.png
    drawn p.png
    works plot --as impulse --bank drnl --cf 500,1kHz --click 80 -o p.png
    drawn p.png
    works plot --link 'x*15*mV' --unit volt --range 0:2 -o p.png
    drawn p.png

    fails 2 "plot needs a FILE" plot -o p.png
    fails 2 "a picture to write" plot tone.wav
    fails 2 "takes no FILE" plot tone.wav --as response -o p.png
    fails 2 "one FILE" plot tone.h5 tone.h5 --as raster -o p.png
    fails 2 "no size in mm" plot tone.h5 -o p.png --size wide
    fails 2 "no range" plot tone.h5 -o p.png --range 2:1
    fails 2 "no column" plot waves.h5 --columns none -o p.png
    fails 1 "is no table" plot image.csv tone.wav --as curves -o p.png
    fails 1 "nothing.h5" plot nothing.h5 -o p.png
    fails 2 "20 to 2000" plot tone.wav -o p.png --size 5000
    rm -f tone.* waves.* image.csv figures*
}
