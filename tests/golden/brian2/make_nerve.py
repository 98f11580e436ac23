#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the files of this folder: what Brian 2 says about the noisy nerve.

usage: BRIAN2HEARS=<checkout of brian2hears> python3 make_nerve.py

Needs Brian 2 (2.5.1 was used) and brian2hears (commit 131fd6d). No test runs this.

The model is the auditory nerve example of brian2hears: a tone in noise, a gammatone
filterbank of 3000 channels from 20 Hz to 20 kHz on the ERB scale, half-wave
rectification with a cube root, and one noisy integrate-and-fire fibre a channel:

    dv/dt = (I - v)/(1 ms) + 0.2 xi sqrt(2/(1 ms)), unless refractory (5 ms)
    I = 3 clip(x, 0, inf)^(1/3);  spike at v > 1, then v = 0;  Euler at 44.1 kHz

Files:
    sound.wav     the sound in pascals, 1 s, mono, 32-bit float: what Brian heard
    totals.csv    spikes of all fibres in each run
    channels.csv  spikes of each fibre, mean of the runs
    isi.csv       intervals between spikes of a fibre, pooled, mean of the runs; a bin of
                  11 steps of 1/44100 s (0.249 ms) begins with first_step
"""
import os
import sys

import numpy as np
from scipy.io import wavfile

sys.path.insert(0, os.environ.get("BRIAN2HEARS", "."))
import brian2 as b2  # noqa: E402
import brian2hears as bh  # noqa: E402
from brian2 import Hz, kHz, ms, second  # noqa: E402

CHANNELS, RATE, SEEDS = 3000, 44100, (1, 2, 3, 4, 5, 6)
BIN_STEPS, BINS = 11, 200
HERE = os.path.dirname(os.path.abspath(__file__))


def make_sound(path):
    rng = np.random.RandomState(20260101)
    t = np.arange(RATE) / RATE
    x = np.sin(2 * np.pi * 1000 * t) + rng.standard_normal(RATE)
    onset = np.arange(RATE // 100) / (RATE // 100)
    x[: len(onset)] *= np.sin(np.pi / 2 * onset) ** 2
    wavfile.write(path, RATE, x.astype(np.float32))


def run(sound, seed):
    """Spike trains of all fibres in steps: (fibre, step), sorted by fibre then time."""
    b2.seed(seed)
    drive = bh.FunctionFilterbank(
        bh.Gammatone(sound, bh.erbspace(20 * Hz, 20 * kHz, CHANNELS)),
        lambda x: 3 * np.clip(x, 0, np.inf) ** (1.0 / 3.0),
    )
    nerve = bh.FilterbankGroup(
        drive,
        "I",
        """
        dv/dt = (I - v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless refractory)
        I : 1
        """,
        threshold="v > 1",
        reset="v = 0",
        refractory=5 * ms,
        method="euler",
        buffersize=32,
    )
    monitor = b2.SpikeMonitor(nerve)
    b2.Network(nerve, monitor).run(sound.duration)
    fibre = np.array(monitor.i)
    step = np.rint(np.array(monitor.t / second) * RATE).astype(int)
    order = np.lexsort((step, fibre))
    return fibre[order], step[order]


def intervals(fibre, step):
    same = fibre[1:] == fibre[:-1]
    bins = np.diff(step)[same] // BIN_STEPS
    return np.bincount(bins[bins < BINS], minlength=BINS)


def main():
    path = os.path.join(HERE, "sound.wav")
    make_sound(path)
    rate, samples = wavfile.read(path)
    sound = bh.Sound(samples.astype(float), samplerate=rate * Hz)
    totals, channels, isi = [], [], []
    for seed in SEEDS:
        fibre, step = run(sound, seed)
        totals.append(len(fibre))
        channels.append(np.bincount(fibre, minlength=CHANNELS))
        isi.append(intervals(fibre, step))
        print(seed, totals[-1], flush=True)
    with open(os.path.join(HERE, "totals.csv"), "w") as f:
        f.write("seed,spikes\n")
        f.writelines(f"{s},{n}\n" for s, n in zip(SEEDS, totals))
        f.write(f"mean,{np.mean(totals):.1f}\nsd,{np.std(totals, ddof=1):.1f}\n")
    cf = np.asarray(bh.erbspace(20 * Hz, 20 * kHz, CHANNELS))
    mean = np.mean(channels, axis=0)
    with open(os.path.join(HERE, "channels.csv"), "w") as f:
        f.write("cf_hz,spikes\n")
        f.writelines(f"{c:.2f},{n:.2f}\n" for c, n in zip(cf, mean))
    with open(os.path.join(HERE, "isi.csv"), "w") as f:
        f.write("first_step,intervals\n")
        mean = np.mean(isi, axis=0)
        f.writelines(f"{k * BIN_STEPS},{n:.1f}\n" for k, n in enumerate(mean))


main()
