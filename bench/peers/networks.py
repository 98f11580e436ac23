#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks of bench/neurons/bench_deliver.c in Brian 2, as C++ of its own (standalone
mode, one thread). Prints the seconds of the run, without compilation.

usage: networks.py cuba|coba|song|delays SECONDS
"""
import shutil
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")
from brian2 import (  # noqa: E402
    Hz, Network, NeuronGroup, PoissonGroup, SpikeMonitor, Synapses, device, mV, ms, prefs,
    second, seed, set_device,
)  # fmt: skip

STDP = """w : 1
dApre/dt = -Apre/(20*ms) : 1 (event-driven)
dApost/dt = -Apost/(20*ms) : 1 (event-driven)"""


def balanced(equations, method, start, exc, inh):
    p = NeuronGroup(4000, equations, threshold="v > -50*mV", reset="v = -60*mV",
                    refractory=5 * ms, method=method)  # fmt: skip
    for name, value in start.items():
        setattr(p, name, value)
    ce, ci = Synapses(p, p, on_pre=exc), Synapses(p, p, on_pre=inh)
    ce.connect("i < 3200", p=0.02)
    ci.connect("i >= 3200", p=0.02)
    return p, ce, ci, SpikeMonitor(p)


def cuba():
    equations = """dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless refractory)
    dge/dt = -ge/(5*ms) : volt
    dgi/dt = -gi/(10*ms) : volt"""
    start = {"v": "-60*mV + rand()*10*mV"}
    return balanced(equations, "exact", start, "ge += 1.62*mV", "gi -= 9*mV")


def coba():
    equations = """dv/dt = (ge*(0*mV - v) + gi*(-80*mV - v) - (v + 60*mV))/(20*ms) : volt (unless refractory)
    dge/dt = -ge/(5*ms) : 1
    dgi/dt = -gi/(10*ms) : 1"""
    start = {"v": "-60*mV + (randn()*5 - 5)*mV", "ge": "randn()*1.5 + 4", "gi": "randn()*12 + 20"}
    return balanced(equations, "exponential_euler", start, "ge += 0.6", "gi += 6.7")


def song():
    inputs = PoissonGroup(1000, rates=15 * Hz)
    neuron = NeuronGroup(1, """dv/dt = (ge*(0*mV - v) - 74*mV - v)/(10*ms) : volt
                         dge/dt = -ge/(5*ms) : 1""", threshold="v > -54*mV",
                         reset="v = -60*mV", method="euler")  # fmt: skip
    neuron.v = -60 * mV
    s = Synapses(inputs, neuron, STDP,
                 on_pre="ge += w; Apre += 1e-4; w = clip(w + Apost, 0, 0.01)",
                 on_post="Apost -= 1.05e-4; w = clip(w + Apre, 0, 0.01)")  # fmt: skip
    s.connect()
    s.w = "rand()*0.01"
    return inputs, neuron, s, SpikeMonitor(inputs), SpikeMonitor(neuron)


def delays():
    pre = PoissonGroup(4000, rates=20 * Hz)
    post = NeuronGroup(4000, "dge/dt = -ge/(5*ms) : 1", threshold="rand() < 20*Hz*dt",
                       method="exact")  # fmt: skip
    s = Synapses(pre, post, STDP,
                 on_pre="ge += w; Apre += 0.01; w = clip(w + Apost, 0, 1)",
                 on_post="Apost -= 0.0105; w = clip(w + Apre, 0, 1)")  # fmt: skip
    s.connect(p=0.1)
    s.w = "rand()"
    s.pre.delay = "rand()*10*ms"
    return pre, post, s, SpikeMonitor(pre, record=False), SpikeMonitor(post, record=False)


def main():
    models = {"cuba": cuba, "coba": coba, "song": song, "delays": delays}
    if len(sys.argv) != 3 or sys.argv[1] not in models:
        sys.exit(__doc__)
    directory = tempfile.mkdtemp()
    set_device("cpp_standalone", build_on_run=False)
    prefs.devices.cpp_standalone.extra_make_args_unix = ["-j1"]
    seed(1)
    network = Network(models[sys.argv[1]]())
    network.run(float(sys.argv[2]) * second)
    device.build(directory=directory, compile=True, run=True)
    print(device._last_run_time)
    shutil.rmtree(directory)


main()
