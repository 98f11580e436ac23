#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes time_varying_1 and time_varying_2: brian2hears' examples of these names, as they
are but for the sound and the noise, which are read instead of drawn, so that both can be
had again, and that coefficients are divided by the first of a: LinearFilterbank takes
that for 1, which in the examples it is not. Also tancarney_noise_10, with buffers of 40
samples, which the update interval divides: with others brian2hears changes its filters
where a buffer ends, too. Needs brian2hears beside Brian 2; run it here."""
import os

import numpy as np
from brian2 import Hz
from brian2hears import (ControlFilterbank, FunctionFilterbank, LinearFilterbank, Sound,
                         TanCarney)

samplerate = 20e3
frames = 1024
x = np.fromfile("inputs/noise60_short.f64")[:frames]
noise = np.fromfile("inputs/noise60.f64")[:frames]
noise = noise / np.std(noise)
Q = 5
BW = 2 * np.arcsinh(1.0 / 2 / Q) * 1.44269


def band_pass(fc):
    w0 = 2 * np.pi * fc / samplerate
    alpha = np.sin(w0) * np.sinh(np.log(2) / 2 * BW * w0 / np.sin(w0))
    b = [np.sin(w0) / 2, 0, -np.sin(w0) / 2]
    a = [1 + alpha, -2 * np.cos(w0), 1 - alpha]
    return (np.array(b).reshape(1, 3, 1) / a[0], np.array(a).reshape(1, 3, 1) / a[0])


class Controller:
    """The last of the frames heard says where the filter goes."""

    def __init__(self, target, place):
        self.target, self.place = target, place

    def __call__(self, heard):
        b, a = band_pass(self.place(heard[-1, 0]))
        self.target.filt_b[:], self.target.filt_a[:] = b, a


class Diffusion:
    """An Ornstein-Uhlenbeck process; steps are as long as in the example."""

    fc, tau, s, step = 5000.0, 0.1, 1200.0, 1 / samplerate

    def __call__(self, noise):
        mu, sigma = 5000.0 / self.tau, np.sqrt(2) * self.s / np.sqrt(self.tau)
        drift = mu * self.step + sigma * noise * np.sqrt(self.step)
        self.fc = self.fc - self.fc / self.tau * self.step + drift
        return self.fc


def make(name, control, place, interval):
    sound = Sound(x.reshape(-1, 1), samplerate=samplerate * Hz)
    signal = Sound(control.reshape(-1, 1), samplerate=samplerate * Hz)
    target = LinearFilterbank(sound, *band_pass(5000.0))
    last = ControlFilterbank(target, FunctionFilterbank(signal, lambda v: v), target,
                             Controller(target, place), interval)
    out = last.process(duration=frames, buffersize=32)
    os.makedirs(name, exist_ok=True)
    out.astype("<f8").tofile(f"{name}/output.f64")
    with open(f"{name}/case.txt", "w") as file:
        print(f"samplerate {samplerate:g}\nframes {frames}\nchannels 1\n"
              f"input noise60_short", file=file)


t = np.arange(frames) / samplerate
make("time_varying_1", noise, Diffusion(), 4)
make("time_varying_2", 4000 + 1500 * np.sin(2 * np.pi * 10 * t), lambda fc: fc, 1)

name, frames = "tancarney_noise_10", 800
cf = np.array([500.0, 1000.0, 2000.0, 4000.0])
sound = Sound(np.fromfile(f"{name}/input.f64").reshape(-1, 1), samplerate=50e3 * Hz)
bank = TanCarney(sound, cf * Hz, update_interval=10)
bank.process(duration=frames, buffersize=40).astype("<f8").tofile(f"{name}/output.f64")
