#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gammatone filterbank in brian2hears or SciPy: 1 s of white noise at 44.1 kHz, cf from
20 Hz to 20 kHz on the ERB scale. Prints the seconds it took, without design and import.

usage: gammatone.py brian2hears|scipy CHANNELS

brian2hears runs once with each of several buffer sizes and the best one counts; its
output is discarded. SciPy filters channel after channel with the same coefficients
(sosfilt).
"""
import os
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")
sys.path.insert(0, os.environ.get("BRIAN2HEARS", "."))
import brian2hears as bh  # noqa: E402
from brian2 import Hz, kHz  # noqa: E402

RATE = 44100
BUFFER_SIZES = (32, 64, 128, 512)


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def brian2hears_seconds(bank):
    def discard(block):
        pass

    bank.process(discard, duration=1000)  # compiles or loads what it needs
    return min(timed(lambda: bank.process(discard, buffersize=b)) for b in BUFFER_SIZES)


def scipy_seconds(bank, x):
    from scipy.signal import sosfilt

    b, a = (np.array(c).transpose(0, 2, 1) for c in (bank.filt_b, bank.filt_a))
    sections = np.ascontiguousarray(np.concatenate([b, a], axis=2))

    def work():
        for channel in sections:
            sosfilt(channel, x)

    return timed(work)


def main():
    which, channels = sys.argv[1], int(sys.argv[2])
    x = np.random.RandomState(1).standard_normal(RATE)
    sound = bh.Sound(x, samplerate=RATE * Hz)
    bank = bh.Gammatone(sound, bh.erbspace(20 * Hz, 20 * kHz, channels))
    if which == "brian2hears":
        print(brian2hears_seconds(bank))
    else:
        print(scipy_seconds(bank, x))


main()
