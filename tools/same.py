#!/usr/bin/env python3
"""Whether two commands give the same results, byte by byte: for changes that may only be faster.

  same.py OLD NEW                 a quick list: some 40 models of core.txt and wide.txt, all of large.txt
  same.py OLD NEW --seconds 30    every model of the lists that took SWMM less than that

OLD and NEW are two `thalweg`. Compares results, and reports but for the time of the run; every sixth
model of the quick list runs semi-implicitly. Prints the models that differ; ends with 1 if any does.
"""
import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CORPUS = os.path.join(ROOT, "..", "shared", "corpus", "swmm")
TIMES = ("nalysis begun", "nalysis ended", "elapsed")  # lines of a report


def listed(name):
    """[(model, seconds of SWMM)]"""
    with open(os.path.join(CORPUS, name), encoding="utf-8") as f:
        fields = [line.split("\t") for line in f if line.strip() and line[0] != "#"]
    return [(row[0], float(row[4])) for row in fields]


def quick_list():
    """[(model, arguments)]"""
    draw = random.Random(7)
    models = draw.sample([m for m, s in listed("core.txt") if s < 3.0], 14)
    models += draw.sample([m for m, s in listed("wide.txt") if s < 4.0], 26)
    models += [m for m, _ in listed("large.txt")]
    semi = ["--routing", "semi_implicit"]
    return [(m, semi if k % 6 == 5 else []) for k, m in enumerate(models)]


def whole_list(seconds):
    rows = listed("core.txt") + listed("wide.txt") + listed("large.txt")
    return [(m, []) for m, s in rows if s < seconds]


def digest(lines):
    total = hashlib.sha256()
    for line in lines:
        total.update(line)
    return total.hexdigest()


def run(command, model, arguments, folder):
    """What a run leaves: its exit code, its results, its report."""
    names = [os.path.join(folder, name) for name in ("run.rpt", "run.out")]
    for name in names:
        if os.path.exists(name):
            os.remove(name)
    done = subprocess.run([command, "run", "--quiet", "--threads", "1", *arguments,
                           os.path.join(CORPUS, model), *names], cwd=folder, capture_output=True)
    left = [done.returncode]
    for name in names:
        if not os.path.exists(name):
            left.append(None)
            continue
        with open(name, "rb") as f:
            left.append(digest(f) if name.endswith(".out") else digest(
                line for line in f if not any(t.encode() in line for t in TIMES)))
    return left


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("old")
    ap.add_argument("new")
    ap.add_argument("--seconds", type=float)
    options = ap.parse_args()
    if not os.path.isdir(CORPUS):
        print("same: there is no ../shared", file=sys.stderr)
        return 4
    models = quick_list() if options.seconds is None else whole_list(options.seconds)
    different = 0
    with tempfile.TemporaryDirectory(prefix="thalweg-same-") as folder:
        for model, arguments in models:
            sides = [run(os.path.abspath(c), model, arguments, folder)
                     for c in (options.old, options.new)]
            if sides[0] != sides[1]:
                different += 1
                print("different:", model, *arguments, flush=True)
    print(f"{len(models)} models, {different} different")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
