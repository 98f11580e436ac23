#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the .want files of this folder: what Brian 2 says about each model.

usage: python3 make_models.py [name ...]

Needs Brian 2 (2.5.1 was used, numpy target). No test runs this; the models and what is
wanted are read by tests/neurons/test_models.c.

A .model file is a neuron group in the texts that both sides take. Lines before "---":

    # ...                         a comment: the model, its source, reasons for tolerances
    count: 5                      neurons
    dt: 0.05*ms                   the step; 0.1*ms if not given
    duration: 100*ms
    method: euler                 and threshold, reset, refractory where there are any
    brian method: rk4             where Brian 2 lacks the method
    set tau: 10*ms                a value that the texts may use
    init v: -65*mV + 2*i*mV       a variable's first values, set in the order of the lines
    record: v, w at 1*ms, 50*ms   variables, and the times after which they are compared
    tolerance: 1e-9               of the state in double precision, relative to a
                                  variable's largest value among all neurons and times
    single: 1e-4                  the same in single precision
    single spikes: 1              by how many steps spikes may be off in single precision

and the equations after it. A .want file has one line for each variable and time, "state
NAME STEPS: values in SI units of all neurons", after so many steps, and one for each
neuron that spiked, "spikes NEURON: steps", counted from 0.
"""
import glob
import os
import sys

import brian2 as b2
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
TEXTS = ("threshold", "reset", "refractory", "method")


def quantity(text, names):
    return eval(text, dict(vars(b2)), names)


def read_model(path):
    with open(path) as file:
        head, equations = file.read().split("---\n", 1)
    model = {"dt": "0.1*ms", "set": {}, "init": [], "equations": equations}
    for line in head.splitlines():
        key, value = line.split(": ", 1) if line[0] != "#" else ("#", line)
        if key.startswith("set "):
            model["set"][key[4:]] = quantity(value, model["set"])
        elif key.startswith("init "):
            model["init"].append((key[5:], value))
        else:
            model[key] = value
    return model


def run(model):
    """What is recorded, {(variable, step): values}, and the spikes' neurons and steps."""
    b2.start_scope()
    dt = quantity(model["dt"], {})
    b2.defaultclock.dt = dt
    texts = {name: model[name] for name in TEXTS if name in model}
    texts["method"] = model.get("brian method", model["method"])
    if "refractory" not in texts:
        texts["refractory"] = False
    group = b2.NeuronGroup(
        int(model["count"]), model["equations"], namespace=model["set"], **texts
    )
    for name, value in model["init"]:
        setattr(group, name, value)
    net = b2.Network(group)
    spikes = None
    if "threshold" in model:
        spikes = b2.SpikeMonitor(group)
        net.add(spikes)
    variables, times = model["record"].split(" at ")
    ends = {int(round(float(quantity(t, {}) / dt))) for t in times.split(", ")}
    last = int(round(float(quantity(model["duration"], {}) / dt)))
    states, done = {}, 0
    for step in sorted(ends | {last}):
        net.run((step - done) * dt)
        done = step
        for name in variables.split(", ") if step in ends else []:
            states[name, step] = np.array(getattr(group, name)[:], dtype=float)
    if spikes is None:
        return states, [], []
    return states, spikes.i[:], np.rint(np.asarray(spikes.t / dt)).astype(int)


def write(path, states, neurons, steps):
    with open(path, "w") as out:
        for (name, step), values in sorted(states.items()):
            if not np.all(np.isfinite(values)):
                raise ValueError(f"{path}: {name} after {step} steps is not finite")
            print(f"state {name} {step}:", *("%.17g" % v for v in values), file=out)
        for neuron in sorted(set(neurons)):
            print(f"spikes {neuron}:", *sorted(steps[neurons == neuron]), file=out)


def main(names):
    b2.BrianLogger.log_level_error()
    b2.prefs.codegen.target = "numpy"
    failed = 0
    for path in sorted(glob.glob(os.path.join(HERE, "*.model"))):
        name = os.path.basename(path)[: -len(".model")]
        if names and name not in names:
            continue
        try:
            write(path[: -len("model")] + "want", *run(read_model(path)))
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
