#!/usr/bin/env python3
"""Results files of Thalweg, read by the reader that comes with SWMM (swmm-toolkit).

  out_peer.py [--command "build/thalweg run --quiet"] [--python PYTHON] [MODEL.inp ...]

Without models: tests/inp/valley.inp and the same in US units. Every name and every value of every
element at every period is held against the file's bytes; element by element as series, period by
period as tables. PYTHON is one that has swmm-toolkit (default: build/.venv, or this one). Exit 0:
all is the same; 1: something is not; 77: no swmm-toolkit here.
"""
import argparse
import os
import shlex
import struct
import subprocess
import sys
import tempfile

from both import ROOT, find_python

VALLEY = os.path.join(ROOT, "tests", "inp", "valley.inp")
WIDTHS = (8, 6, 5)   # values of a subcatchment, node, link

# Runs where swmm-toolkit is: prints what it reads, one value a line.
READER = """
import sys
from swmm.toolkit import output, shared_enum as e
h = output.init()
output.open(h, sys.argv[1])
counts = list(output.get_proj_size(h))[:3]
periods = output.get_times(h, e.Time.NUM_PERIODS)
print(*counts, periods, output.get_times(h, e.Time.REPORT_STEP), output.get_start_date(h),
      *output.get_units(h)[:2])
calls = ((e.ElementType.SUBCATCH, output.get_subcatch_result, output.get_subcatch_series,
          list(e.SubcatchAttribute)[:8]),
         (e.ElementType.NODE, output.get_node_result, output.get_node_series,
          list(e.NodeAttribute)[:6]),
         (e.ElementType.LINK, output.get_link_result, output.get_link_series,
          list(e.LinkAttribute)[:5]))
for (kind, *_), count in zip(calls, counts):
    for i in range(count):
        print(output.get_elem_name(h, kind, i))
for p in range(periods):
    for (_, result, _, names), count in zip(calls, counts):
        for i in range(count):
            print(*(repr(v) for v in result(h, p, i)[:len(names)]))
    print(*(repr(v) for v in output.get_system_result(h, p, 0)[:15]))
for (_, _, series, names), count in zip(calls, counts):
    for i in range(count):
        for name in names:
            print(*(repr(v) for v in series(h, i, name, 0, periods - 1)))
output.close(h)
"""


def lines_of(path):
    """What READER must print, from the file's bytes."""
    with open(path, "rb") as f:
        data = f.read()
    names_at, _, results, periods, error, magic = struct.unpack("<6i", data[-24:])
    first, _, flow_units, *counts, pollutants = struct.unpack("<7i", data[:28])
    assert first == magic == 516114522 and error == 0 and pollutants == 0, path
    start, step = struct.unpack_from("<di", data, results - 12)
    yield [*counts, periods, step, start, 1 if flow_units > 2 else 0, flow_units]
    at = names_at
    for _ in range(sum(counts)):
        length, = struct.unpack_from("<i", data, at)
        yield [data[at + 4:at + 4 + length].decode("utf-8")]
        at += 4 + length
    total = sum(n * w for n, w in zip(counts, WIDTHS)) + 15
    table = [struct.unpack_from(f"<{total}f", data, results + p * (8 + 4 * total) + 8)
             for p in range(periods)]
    places = []
    at = 0
    for count, width in zip(counts, WIDTHS):
        places += [(at + i * width, width) for i in range(count)]
        at += count * width
    for row in table:
        for place, width in places + [(at, 15)]:
            yield list(row[place:place + width])
    for place, width in places:
        for k in range(width):
            yield [row[place + k] for row in table]


def same(printed, expected):
    for a, b in zip(printed.split(), expected):
        if (a != b) if isinstance(b, str) else (float(a) != float(b)):
            return False
    return len(printed.split()) == len(expected)


def check(model, command, python):
    """Number of lines that are the same, and of all."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "m.out")
        subprocess.run(shlex.split(command) + [model, os.path.join(folder, "m.rpt"), out],
                       check=True, stdout=subprocess.DEVNULL)
        printed = subprocess.run([python, "-c", READER, out], check=True, capture_output=True,
                                 text=True).stdout.splitlines()
        expected = list(lines_of(out))
    good = sum(same(a, b) for a, b in zip(printed, expected))
    return good, max(len(printed), len(expected))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--command", default=os.path.join(ROOT, "build", "thalweg") + " run --quiet")
    parser.add_argument("--python")
    parser.add_argument("models", nargs="*")
    options = parser.parse_args()
    python = find_python(options.python)
    with tempfile.TemporaryDirectory() as folder:
        models = options.models
        if not models:
            us = os.path.join(folder, "us.inp")
            with open(VALLEY, encoding="utf-8") as f, open(us, "w", encoding="utf-8") as g:
                g.write(f.read().replace("CMS", "GPM"))
            models = [VALLEY, us]
        bad = 0
        for model in models:
            good, count = check(model, options.command, python)
            bad += good != count or count < 10
            print(f"out_peer: {model}: {good} of {count} rows of values are the same")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
