#!/usr/bin/env python3
"""Runoff of made models by Thalweg and by SWMM 5.2.4, series by series.

  hydrology_peer.py [--seeds N] [--command "build/thalweg run"] [--python PYTHON]

Every model has twelve subcatchments with drawn properties; the infiltration methods, the kinds of
rain record, the evaporation and the routing between subareas and subcatchments go through all
their kinds. PYTHON is one that has swmm-toolkit (default: build/.venv, which `make bench` sets up,
or this one). Exit 0: every series agrees to NSE > 0.9975; 1: some do not; 77: no SWMM here.
"""
import argparse
import os
import random
import struct
import sys
import tempfile

from both import ROOT, find_python, run_files

SUBCATCHMENTS = 12
NSE = 0.9975
# Parameters of [INFILTRATION]: a range for each, in the units of an SI file.
METHODS = {
    "HORTON": ((25, 120), (1, 15), (1, 7), (1, 9), (0, 0)),
    "MODIFIED_HORTON": ((25, 120), (1, 15), (1, 7), (1, 9), (0, 0)),
    "GREEN_AMPT": ((50, 320), (0.3, 30), (0.05, 0.35)),
    "MODIFIED_GREEN_AMPT": ((50, 320), (0.3, 30), (0.05, 0.35)),
    "CURVE_NUMBER": ((50, 98), (0, 0), (1, 9)),
}
RAIN = ("INTENSITY", "VOLUME", "CUMULATIVE")
EVAPORATION = ("CONSTANT", "MONTHLY", "TIMESERIES")
ROUTES = ("OUTLET", "IMPERVIOUS", "PERVIOUS")


def clock(minutes):
    return f"{minutes // 60}:{minutes % 60:02d}"


def storms(draw, kind):
    """Rain records of two days at 15 minutes: three bursts between which it is dry."""
    rows, total = [], 0.0
    for begin in (60, 60 * draw.randint(7, 14), 60 * draw.randint(26, 34)):
        for i in range(draw.randint(4, 16)):
            rate = draw.choice((0.0, 2.0, 9.0, draw.uniform(0, 90)))
            volume = rate / 4
            total += volume
            value = {"INTENSITY": rate, "VOLUME": volume, "CUMULATIVE": total}[kind]
            rows.append((begin + 15 * i, value))
    return rows


def evaporation(draw, kind):
    if kind == "CONSTANT":
        rows = [f"CONSTANT {draw.uniform(0, 8):.2f}"]
    elif kind == "MONTHLY":
        rows = ["MONTHLY " + " ".join(f"{draw.uniform(0, 8):.2f}" for _ in range(12))]
    else:
        rows = ["TIMESERIES E"]
    return rows + [f"DRY_ONLY {draw.choice(('YES', 'NO'))}"]


def subcatchments(draw, ranges):
    land, parts, soil = [], [], []
    for i in range(SUBCATCHMENTS):
        outlet = f"S{draw.randint(0, i - 1)}" if i > 2 and draw.random() < 0.25 else "J"
        impervious = draw.choice((0, 100, draw.uniform(5, 95), draw.uniform(5, 95)))
        land.append(f"S{i} R {outlet} {draw.uniform(0.2, 9):.3f} {impervious:.2f} "
                    f"{draw.uniform(20, 400):.1f} {draw.uniform(0.1, 8):.3f} 0")
        parts.append(f"S{i} {draw.uniform(0.01, 0.03):.4f} {draw.uniform(0.05, 0.4):.4f} "
                     f"{draw.uniform(0, 3):.2f} {draw.uniform(0, 8):.2f} {draw.uniform(0, 60):.1f} "
                     f"{draw.choice(ROUTES)} {draw.uniform(20, 100):.0f}")
        soil.append(f"S{i} " + " ".join(f"{draw.uniform(*r):.3f}" for r in ranges))
    return land, parts, soil


def model(seed, method, rain, evaporates):
    """Text of an input file."""
    draw = random.Random(f"{seed} {method} {rain} {evaporates}")
    land, parts, soil = subcatchments(draw, METHODS[method])
    step = draw.choice(("00:01:00", "00:02:30", "00:05:00", "00:15:00"))
    sections = {
        "OPTIONS": ["FLOW_UNITS CMS", f"INFILTRATION {method}", "FLOW_ROUTING KINWAVE",
                    "IGNORE_ROUTING YES", "START_DATE 06/29/2021", "START_TIME 00:00:00",
                    "END_DATE 07/01/2021", "END_TIME 12:00:00", "REPORT_STEP 00:05:00",
                    f"WET_STEP {step}", "DRY_STEP 01:00:00", "ROUTING_STEP 30"],
        "EVAPORATION": evaporation(draw, evaporates),
        "RAINGAGES": [f"R {rain} 0:15 1.0 TIMESERIES T"],
        "SUBCATCHMENTS": land, "SUBAREAS": parts, "INFILTRATION": soil,
        "JUNCTIONS": ["J 10 2 0 0 0"], "OUTFALLS": ["O 9 FREE NO"],
        "CONDUITS": ["C J O 100 0.013 0 0 0 0"], "XSECTIONS": ["C CIRCULAR 1.5 0 0 0 1"],
        "TIMESERIES": [f"T {clock(t)} {v:.4f}" for t, v in storms(draw, rain)] +
                      [f"E {clock(6 * 60 * i)} {draw.uniform(0, 8):.2f}" for i in range(8)],
        "REPORT": ["SUBCATCHMENTS ALL", "NODES ALL", "LINKS ALL"],
    }
    return "".join(f"[{name}]\n" + "\n".join(rows) + "\n\n" for name, rows in sections.items())


def read_subcatchments(path):
    """[series][period] of the four variables that are computed, of all subcatchments."""
    with open(path, "rb") as f:
        data = f.read()
    _, _, results, periods, error, _ = struct.unpack("<6i", data[-24:])
    _, _, _, subs, nodes, links, pollutants = struct.unpack("<7i", data[:28])
    if error or pollutants:
        raise ValueError(f"{path}: not a result of this test")
    size = 8 + 4 * (subs * 8 + nodes * 6 + links * 5 + 15)
    series = {}
    for p in range(periods):
        values = struct.unpack_from(f"<{subs * 8}f", data, results + p * size + 8)
        for i in range(subs):
            for k, name in ((0, "rain"), (2, "evaporation"), (3, "infiltration"), (4, "runoff")):
                series.setdefault((i, name), []).append(values[8 * i + k])
    return series


def efficiency(reference, candidate):
    """Nash-Sutcliffe; 1 where both are the same to single precision."""
    n = len(reference)
    mean = sum(reference) / n
    spread = sum((a - mean) ** 2 for a in reference)
    error = sum((a - b) ** 2 for a, b in zip(reference, candidate))
    most = max(abs(a) for a in reference)
    if n != len(candidate):
        return -1.0
    if error <= n * (1e-6 * most) ** 2 or error == 0.0:
        return 1.0
    return 1.0 - error / spread if spread > 0.0 else -1.0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--command", default=os.path.join(ROOT, "build", "thalweg") + " run --quiet")
    parser.add_argument("--python")
    options = parser.parse_args()
    python = find_python(options.python)
    compared, worst, bad = 0, 1.0, []
    for seed in range(options.seeds):
        for i, method in enumerate(METHODS):
            for j, rain in enumerate(RAIN):
                evaporates = EVAPORATION[(seed + i + j) % 3]
                with tempfile.TemporaryDirectory() as folder:
                    run_files(model(seed, method, rain, evaporates), folder, options.command,
                              python)
                    reference, candidate = (read_subcatchments(os.path.join(folder, out))
                                            for out in ("s.out", "t.out"))
                for key in reference:
                    value = efficiency(reference[key], candidate.get(key, []))
                    compared += 1
                    worst = min(worst, value)
                    if value <= NSE:
                        bad.append(f"seed {seed} {method} {rain} {evaporates} S{key[0]} {key[1]}: "
                                   f"NSE {value:.5f}")
    for line in bad[:40]:
        print(line)
    print(f"hydrology_peer: {compared - len(bad)} of {compared} series agree, worst NSE {worst:.6f}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
