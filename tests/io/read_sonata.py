# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a file of spikes with h5py, which knows nothing of this project.

Usage: read_sonata.py FILE. The file is the one that test_spikes_h5py.c writes. Exit
status 77 where h5py is missing.
"""
import sys

try:
    import h5py
    import numpy as np
except ImportError:
    sys.exit(77)

with h5py.File(sys.argv[1], "r") as file:
    # SONATA developer guide, "Spike file"; magic and version: AllenInstitute/sonata #105.
    assert file.attrs["magic"] == 0x0A7A and file.attrs["magic"].dtype == np.uint32
    assert list(file.attrs["version"]) == [0, 1]
    assert file.attrs["version"].dtype == np.uint32
    assert file.attrs["model"] == "gammatone \N{GREEK SMALL LETTER GAMMA}"
    assert file.attrs["seed"] == 42.0
    assert file.attrs["note"] == ""
    assert set(file) == {"spikes"} and list(file["spikes"]) == ["nerve"]

    nerve = file["spikes/nerve"]
    sorting = h5py.check_enum_dtype(nerve.attrs.get_id("sorting").dtype)
    assert sorting == {"none": 0, "by_id": 1, "by_time": 2}, sorting
    assert nerve.attrs["sorting"] == 2
    assert nerve.attrs["neurons"] == 100
    assert nerve.attrs["dt_s"] == 1e-5
    assert nerve.attrs["duration_s"] == 2.5

    times, nodes, cf = nerve["timestamps"], nerve["node_ids"], nerve["cf_hz"]
    assert times.dtype == np.float64 and times.attrs["units"] == "ms"
    assert nodes.dtype == np.uint64
    assert cf.dtype == np.float64 and cf.attrs["units"] == "Hz"
    assert times.chunks and nodes.chunks and times.maxshape == (None,)
    step = np.arange(150000)
    assert np.array_equal(times[:], step * 1e-5 * 1e3)
    assert np.array_equal(nodes[:], step * 7 % 100)
    assert np.array_equal(cf[:], 100.0 + np.arange(100))
