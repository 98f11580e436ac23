# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks files of frames with NumPy and h5py, which know nothing of this project.

Usage: read_frames.py DIRECTORY. The files are those that test_frames_numpy.c writes.
Exit status 77 where NumPy is missing; without h5py its files are not looked at.
"""
import math
import os
import sys

try:
    import numpy as np
except ImportError:
    sys.exit(77)
try:
    import h5py
except ImportError:
    h5py = None

CF_HZ = [100, 154.53130668239746, 3333.25]
FRAMES = 20000


def path(name):
    return os.path.join(sys.argv[1], name)


# math.sin is the C library's, which made the samples; NumPy's own may differ.
double = np.array([math.sin(i * 1.7) / 3 for i in range(FRAMES * 3)]).reshape(-1, 3)
double[:, 2] *= 1e-30
single = double.astype(np.float32)

for name, want in (("double", double), ("single", single)):
    got = np.load(path(name + ".npy"))
    assert got.dtype == want.dtype and got.flags.c_contiguous, got.dtype
    assert np.array_equal(got, want)
    mapped = np.load(path(name + ".npy"), mmap_mode="r")
    assert np.array_equal(mapped[-1], want[-1])
    if h5py:
        with h5py.File(path(name + ".h5"), "r") as file:
            assert file["frames"].dtype == want.dtype
            assert np.array_equal(file["frames"], want)
            assert file.attrs["samplerate_hz"] == 8000
            assert list(file["cf_hz"]) == CF_HZ
            assert file["cf_hz"].attrs["units"] == "Hz"

table = np.genfromtxt(path("double.csv"), delimiter=",", names=True, deletechars="")
assert list(table.dtype.names) == ["time_s"] + [format(cf, ".17g") for cf in CF_HZ]
columns = [table[name] for name in table.dtype.names]
assert np.allclose(columns[0], np.arange(FRAMES) / 8000, rtol=0, atol=0.51e-9)
assert np.array_equal(np.stack(columns[1:], axis=1), double)
