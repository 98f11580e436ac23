#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The noisy nerve of tests/golden/brian2/make_nerve.py in Brian 2: gammatone channels,
cube root, one fibre each. Prints the seconds of the run, without imports and compilation,
and the number of spikes.

usage: nerve.py SOUND.wav [CHANNELS, default 3000] [BUFFER, default 32]
"""
import os
import sys
import time
import warnings

import numpy as np
from scipy.io import wavfile

warnings.filterwarnings("ignore")
sys.path.insert(0, os.environ.get("BRIAN2HEARS", "."))
import brian2 as b2  # noqa: E402
import brian2hears as bh  # noqa: E402
from brian2 import Hz, kHz, ms  # noqa: E402

EQUATIONS = """
dv/dt = (I - v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless refractory)
I : 1
"""


def run(sound, channels, buffer):
    cf = bh.erbspace(20 * Hz, 20 * kHz, channels)
    drive = bh.FunctionFilterbank(
        bh.Gammatone(sound, cf), lambda x: 3 * np.clip(x, 0, np.inf) ** (1.0 / 3.0)
    )
    nerve = bh.FilterbankGroup(
        drive, "I", EQUATIONS, threshold="v > 1", reset="v = 0", refractory=5 * ms,
        method="euler", buffersize=buffer,
    )  # fmt: skip
    monitor = b2.SpikeMonitor(nerve)
    network = b2.Network(nerve, monitor)
    start = time.perf_counter()
    network.run(sound.duration)
    return time.perf_counter() - start, monitor.num_spikes


def main():
    channels = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    buffer = int(sys.argv[3]) if len(sys.argv) > 3 else 32
    rate, samples = wavfile.read(sys.argv[1])
    b2.prefs.codegen.target = "cython"
    sound = bh.Sound(samples.astype(float), samplerate=rate * Hz)
    run(sound[: 10 * ms], channels, buffer)  # compiles
    print(*run(sound, channels, buffer))


main()
