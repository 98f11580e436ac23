# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a corpus with h5py, in the way that loaders of the Spiking Heidelberg Digits read.

Usage: read_corpus.py FILE. The file is the one that test_corpus.c writes. Exit status 77
where h5py is missing.
"""
import sys

try:
    import h5py
    import numpy as np
except ImportError:
    sys.exit(77)

with h5py.File(sys.argv[1], "r") as file:
    assert file.attrs["model"] == "nerve" and file.attrs["seed"] == 7
    times, units, labels = file["spikes"]["times"], file["spikes"]["units"], file["labels"]
    assert h5py.check_vlen_dtype(times.dtype) == np.float32
    assert h5py.check_vlen_dtype(units.dtype) == np.uint16
    assert times.attrs["units"] == "s" and labels.dtype == np.uint16
    assert len(times) == len(units) == len(labels) == 2000
    keys = [key.decode() for key in file["extra"]["keys"]]
    assert keys == ["zero", "eins"]
    names = [name.decode() for name in file["extra"]["files"]]
    first = file["cochleagram/first"][:]
    frames = file["cochleagram/frames"]
    assert frames.attrs["samplerate_hz"] == 100 and frames.dtype == np.float32
    assert np.array_equal(file["extra/cf_hz"], 100.0 + np.arange(300))
    assert np.array_equal(file["cochleagram/cf_hz"], [1.0, 2.0, 3.0])
    assert len(first) == 2001 and len(frames) == first[-1]
    for i in (0, 1, 2, 1000, 1999):
        count = i % 7
        assert names[i] == f"sound {i}.wav" and labels[i] == i % 2
        assert file["extra/duration_s"][i] == i / 8
        assert np.array_equal(times[i], np.arange(count, dtype=np.float32) / 4)
        assert np.array_equal(units[i], (np.arange(count) * 50) % 300)
        own = frames[first[i]:first[i + 1]]
        assert np.array_equal(own, i + np.arange(3 * (i % 3)).reshape(-1, 3))
