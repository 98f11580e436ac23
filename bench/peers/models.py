#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models of the cochlea in brian2hears, with the numbers of bench/filterbank/
bench_models.c: white noise of 60 dB SPL, 300 channels, DCGC and TanCarney changing their
filters at every sample (their default). Prints the seconds for a second of sound.

usage: models.py MODEL [seconds of sound, default 1, for dcgc and tan-carney 0.02]

The output is discarded. Models without control run once with each of several buffer
sizes and the best one counts. Those with control work through one sample at a time
whatever the buffer is, so that a short sound says what a long one takes: the time
between a sound and one of twice its length, which leaves out what is done once.
"""
import os
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")
sys.path.insert(0, os.environ.get("BRIAN2HEARS", "."))
import brian2hears as bh  # noqa: E402
from brian2 import Hz, second  # noqa: E402

CHANNELS = 300
BUFFER_SIZES = (32, 128, 512)


def erb(cf):
    return 24.7 * (4.37e-3 * np.asarray(cf) + 1)


MODELS = {  # sample rate, lowest and highest cf, how to make it
    "drnl": (44100, 20, 13e3, bh.DRNL),
    "log-gammachirp": (44100, 20, 20e3, bh.LogGammachirp),
    "linear-gammachirp": (
        44100, 100, 10e3,
        lambda sound, cf: bh.LinearGammachirp(sound, cf, 1 / erb(cf) * second, 0),
    ),
    "approximate-gammatone": (
        44100, 20, 20e3,
        lambda sound, cf: bh.ApproximateGammatone(sound, cf, 1.019 * erb(cf)),
    ),
    "dcgc": (44100, 100, 10e3, bh.DCGC),
    "tan-carney": (
        50000, 100, 10e3,
        lambda sound, cf: bh.TanCarney(bh.MiddleEar(sound), cf),
    ),
}  # fmt: skip


def noise(seconds, rate):
    count = int(round(seconds * rate))
    x = 0.02 * np.random.RandomState(1).standard_normal(count)
    return bh.Sound(x, samplerate=rate * Hz)


def run(name, seconds, **options):
    rate, low, high, make = MODELS[name]
    bank = make(noise(seconds, rate), bh.erbspace(low * Hz, high * Hz, CHANNELS))
    start = time.perf_counter()
    bank.process(lambda block: None, **options)
    return time.perf_counter() - start


def main():
    name = sys.argv[1]
    controlled = name in ("dcgc", "tan-carney")
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 0.02 if controlled else 1.0
    run(name, 0.002)  # compiles or loads what it needs
    if controlled:
        print((run(name, 2 * seconds) - run(name, seconds)) / seconds)
    else:
        print(min(run(name, seconds, buffersize=b) for b in BUFFER_SIZES) / seconds)


main()
