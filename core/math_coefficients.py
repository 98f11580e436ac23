#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the coefficients of core/math_kernel.h with the error that each polynomial has.

usage: python3 core/math_coefficients.py        (needs mpmath)

Each row of the table is one polynomial P of a degree, best in the largest relative error
of the function that it is a part of (Remez exchange on a grid). Coefficients are printed
from the highest down, as the kernel's Horner steps take them.
"""
import struct

from mpmath import atan, atanh, cos, expm1, fabs, log, log1p, lu_solve, matrix, mp, mpf
from mpmath import pi, polyval, sin, sqrt

mp.dps = 60


def minimax(target, weight, low, high, degree):
    """Coefficients, highest first, of the P whose weight * (P - target) is smallest."""
    points = 400 + 40 * degree
    grid = [(low + high) / 2 - (high - low) / 2 * cos(pi * i / points)
            for i in range(points + 1)]
    target, weight = [target(t) for t in grid], [weight(t) for t in grid]
    count = degree + 2
    nodes = [i * points // (count - 1) for i in range(count)]
    fit, worst = None, None
    for _ in range(30):
        rows, right = matrix(count, count), matrix(count, 1)
        for i, at in enumerate(nodes):
            for power in range(degree + 1):
                rows[i, power] = weight[at] * grid[at] ** power
            rows[i, degree + 1] = (-1) ** i
            right[i] = weight[at] * target[at]
        fit = list(lu_solve(rows, right))[degree::-1]
        error = [w * (polyval(fit, t) - g) for w, t, g in zip(weight, grid, target)]
        worst = max(map(fabs, error))
        peaks = [0]
        for i in range(1, points + 1):
            if (error[i] > 0) != (error[peaks[-1]] > 0):
                peaks.append(i)
            elif fabs(error[i]) > fabs(error[peaks[-1]]):
                peaks[-1] = i
        while len(peaks) > count:  # the signs must go on alternating
            peaks.pop(0 if fabs(error[peaks[0]]) < fabs(error[peaks[-1]]) else -1)
        if len(peaks) < count or peaks == nodes:
            break
        nodes = peaks
    return fit, worst


def single(x):
    return struct.unpack("f", struct.pack("f", float(x)))[0]


def odd(f):
    """P(z) with f(x) = x + x^3 P(x^2), best in the relative error of f."""
    return (lambda z: (f(sqrt(z)) - sqrt(z)) / sqrt(z) ** 3,
            lambda z: sqrt(z) ** 3 / f(sqrt(z)))


TINY = mpf(10) ** -12
SLACK = mpf("1.0001")
HALF_LN2 = log(2) / 2 * SLACK
LOG_S = ((sqrt(2) - 1) / (sqrt(2) + 1)) ** 2 * SLACK

EXP = (lambda r: (expm1(r) - r) / r**2 if r else mpf(1) / 2,
       lambda r: r**2 / expm1(r) if r else mpf(0))
TABLE = [
    # name, (target, weight), low, high, degree in double, in single
    ("exp: e^r = 1 + r + r^2 P(r)", EXP, -HALF_LN2, HALF_LN2, 9, 5),
    ("log: log(1+f) = f - f^2/2 + s (f^2/2 + z P(z)), z = s^2, s = f/(2+f)",
     (lambda z: 2 * (atanh(sqrt(z)) / sqrt(z) - 1) / z, lambda z: z / 2),
     TINY, LOG_S, 6, None),
    ("log: log(1+f) = f - f^2/2 + f^3 P(f)",
     (lambda f: (log1p(f) - f + f**2 / 2) / f**3 if f else mpf(1) / 3,
      lambda f: f**3 / log1p(f) if f else mpf(0)),
     sqrt(mpf(1) / 2) - 1, sqrt(2) - 1, None, 8),
    ("pow: atanh(s) = s (1 + z/3 + z^2 P(z)), z = s^2",
     (lambda z: (atanh(sqrt(z)) / sqrt(z) - 1 - z / 3) / z**2, lambda z: z**2),
     TINY, LOG_S, 6, None),
    ("sin: r + r^3 P(r^2)", odd(sin), TINY, (pi / 4) ** 2 * SLACK, 5, 2),
    ("cos: 1 - z/2 + z^2 P(z), z = r^2",
     (lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2, lambda z: z**2 / cos(sqrt(z))),
     TINY, (pi / 4) ** 2 * SLACK, 5, 2),
    ("atan: t + t^3 P(t^2)", odd(atan), TINY, (sqrt(2) - 1) ** 2 * SLACK, 10, None),
]


def parts(name, value, count, bits=53):
    """A constant as a sum of doubles, all but the last with so many bits."""
    out = []
    for i in range(count):
        mp.prec = bits if i < count - 1 else 53
        part = float(+value)
        mp.dps = 60
        out.append(repr(part))
        value -= mpf(part)
    print(f"{name} = {' + '.join(out)}")


def main():
    for name, (target, weight), low, high, in_double, in_single in TABLE:
        for degree, shorten, kind in ((in_double, float, "double"),
                                      (in_single, single, "single")):
            if degree is None:
                continue
            fit, worst = minimax(target, weight, low, high, degree)
            print(f"{name}, {kind}: error 2^{float(log(worst, 2)):.1f}")
            for coefficient in fit:
                text = repr(shorten(coefficient))
                print("   ", text if kind == "double" else f"{shorten(coefficient):.9g}f")
    parts("pi", +pi, 3)
    parts("ln 2", log(2), 2, 32)
    parts("ln 2 in single", log(2), 2, 15)
    parts("log10(2)", log(2) / log(10), 2, 32)
    parts("log10(2) in single", log(2) / log(10), 2, 15)
    parts("1/3", mpf(1) / 3, 2)


if __name__ == "__main__":
    main()
