#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes core/random_table.h: the normal quantile, one polynomial for each half octave.

usage: python3 core/random_table.py > core/random_table.h      (needs NumPy and SciPy)

A tail probability is p = m 2^(e-32), 1 <= m < 2. Row 2 ((e + 127) mod 32) + (m >= 1.5)
is the low bits of the exponent of the float m 2^e and the first bit of its mantissa.
Each row has a cubic in m of its own; all share the term QUARTIC m^4, which costs no
table and halves the error. The polynomials are best in the largest error (Remez
exchange on a grid); coefficients are rounded to float from the highest down, and the lower ones
fitted again after each.
"""
import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import ndtri

ROWS = 64
OCTAVES = 31  # u = 1 ... 2^31 - 1


def minimax(m, z, degree):
    """Coefficients, lowest first, of the best polynomial of a degree to z(m)."""
    n = degree + 2
    nodes = np.linspace(0, len(m) - 1, n).round().astype(int)
    for _ in range(50):
        powers = np.vander(m[nodes], degree + 1, increasing=True)
        system = np.column_stack([powers, (-1.0) ** np.arange(n)])
        fit = np.linalg.solve(system, z[nodes])[:-1]
        error = z - np.polyval(fit[::-1], m)
        runs = np.split(np.arange(len(m)), np.flatnonzero(np.diff(error > 0)) + 1)
        peaks = np.array([run[np.argmax(abs(error[run]))] for run in runs])
        while len(peaks) > n:  # drop the smaller end: the signs must go on alternating
            first, last = abs(error[peaks[[0, -1]]])
            peaks = peaks[1:] if first < last else peaks[:-1]
        if len(peaks) < n or np.array_equal(peaks, nodes):
            break
        nodes = peaks
    return fit


def fit_row(e, half, quartic, points=1001):
    """Four float coefficients of a row, lowest first."""
    m = 1.25 + 0.5 * half - 0.25 * np.cos(np.linspace(0, np.pi, points))
    rest = -ndtri(m * 2.0 ** (e - 32)) - quartic * m**4
    coefficients = []
    for k in (3, 2, 1, 0):
        top = np.float32(minimax(m, rest, k)[k])
        coefficients.insert(0, top)
        rest = rest - float(top) * m**k
    return coefficients


def worst_of_row(e, half, quartic, coefficients, points=1 << 14):
    """Largest error in float, with one rounding for each step as fmaf does it."""
    m = np.linspace(1 + half / 2, 1.5 + half / 2, points, endpoint=False)
    z = np.full(points, quartic, np.float32)
    for c in coefficients[::-1]:
        z = (z.astype(np.float64) * m + np.float64(c)).astype(np.float32)
    return abs(z + ndtri(m * 2.0 ** (e - 32))).max()


def worst(quartic, octaves=range(20, OCTAVES), points=201):
    """Largest error of all rows for a quartic term; the outer octaves do not matter."""
    return max(
        worst_of_row(e, h, quartic, fit_row(e, h, quartic, points), points)
        for e in octaves
        for h in (0, 1)
    )


def main():
    # Few bits, so that the constant is the same wherever this runs.
    best = minimize_scalar(
        worst, bounds=(-0.2, 0.2), method="bounded", options={"xatol": 1e-4}
    )
    quartic = np.float32(round(best.x * 4096) / 4096)
    table = np.zeros((4, ROWS), np.float32)
    table[0] = -quartic  # p = 1/2 exactly
    error = 0.0
    for e in range(OCTAVES):
        for half in (0, 1):
            row = 2 * ((e + 127) % 32) + half
            table[:, row] = fit_row(e, half, float(quartic))
            error = max(error, worst_of_row(e, half, quartic, table[:, row]))

    print(f"""/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Generated: python3 core/random_table.py > core/random_table.h
 * The normal quantile by half octaves of the tail probability.
 * Largest error: {error:.1e}.
 */
#ifndef BH_CORE_RANDOM_TABLE_H
#define BH_CORE_RANDOM_TABLE_H

#define BH_RANDOM_TABLE_ROWS    {ROWS}
#define BH_RANDOM_TABLE_QUARTIC {float(quartic).hex()}f

/* clang-format off */
#define BH_RANDOM_TABLE_VALUES {{ \\""")
    for k in range(4):
        print("    { \\")
        for i in range(0, ROWS, 5):
            print("     ", " ".join(f"{c:#.9g}f," for c in table[k, i : i + 5]), "\\")
        print("    }, \\")
    print("}\n\n/* The same, the four coefficients of a row together. */")
    print("#define BH_RANDOM_TABLE_BY_ROW { \\")
    for row in range(ROWS):
        print("    {", ", ".join(f"{c:#.9g}f" for c in table[:, row]), "}, \\")
    print("}\n/* clang-format on */\n\n#endif")


main()
