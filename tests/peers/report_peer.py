#!/usr/bin/env python3
"""Sections and lines of SWMM's reports that ours lack, over the corpus of models.

  report_peer.py [--most SECONDS]   models that take SWMM at most so long (default 0.05)

For each section: in how many models it is the same, differs in its last digits, in numbers, in form,
or is missing. Ends with 1 when a section is missing anywhere.
"""
import argparse
import collections
import gzip
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CORPUS = os.path.join(ROOT, "..", "shared", "corpus", "swmm")
NUMBER = re.compile(r"-?\d+\.?\d*$")
WALL = re.compile(r"Analysis (begun|ended) on:|Total elapsed time:")


def models(most_s):
    for name in ("core.txt", "wide.txt"):
        with open(os.path.join(CORPUS, name), encoding="utf-8") as f:
            for line in f:
                cells = line.rstrip("\n").split("\t")
                if len(cells) > 4 and line[0] != "#" and float(cells[4]) <= most_s:
                    yield cells[0]


def sections(text):
    """{heading: lines below it that are not empty}; wall times are left out."""
    lines = [line.rstrip() for line in text.split("\n")]
    found, at = collections.OrderedDict(), None
    for i, line in enumerate(lines):
        stars = re.match(r"  (\*{6,})", line)
        if stars and i + 2 < len(lines) and lines[i + 2].startswith(stars.group(0)):
            at = lines[i + 1][2:2 + len(stars.group(1))].strip()
            found[at] = []
        if at is not None and line.strip() and not WALL.search(line):
            found[at].append(line)
    return found


def difference(swmm, ours):
    """0 the same, 1 last digits, 2 numbers, 3 form."""
    if len(swmm) != len(ours):
        return 3
    worst = 0
    for a, b in zip(swmm, ours):
        x, y = a.split(), b.split()
        if len(x) != len(y):
            return 3
        for p, q in zip(x, y):
            if p == q:
                continue
            p, q = p.strip("()%"), q.strip("()%")
            if not NUMBER.match(p) or not NUMBER.match(q):
                worst = max(worst, 1 if ":" in p and ":" in q else 3)
                continue
            unit = 10.0 ** -len(p.partition(".")[2])
            near = abs(float(p) - float(q)) <= max(1.5 * unit, 0.02 * abs(float(p)))
            worst = max(worst, 1 if near else 2)
    return worst


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("--command", default=os.path.join(ROOT, "build", "thalweg"))
    ap.add_argument("--python", help="not needed: SWMM's reports stand beside the models")
    ap.add_argument("--most", type=float, default=0.05, help="models that take SWMM at most this [s]")
    args = ap.parse_args()
    thalweg, most_s = os.path.abspath(args.command), args.most
    table = collections.OrderedDict()
    if not os.path.isdir(CORPUS):
        sys.exit(77)
    for model in models(most_s):
        folder, name = os.path.split(os.path.join(CORPUS, model))
        reference = os.path.join(folder, "ref", os.path.splitext(name)[0] + ".rpt.gz")
        with tempfile.TemporaryDirectory() as scratch:
            report = os.path.join(scratch, "a.rpt")
            subprocess.run([thalweg, "run", "--quiet", os.path.join(folder, name), report, "-"],
                           capture_output=True, timeout=300)
            with open(report, encoding="utf-8", errors="replace") as f:
                ours = sections(f.read())
        with gzip.open(reference, "rt", encoding="latin-1") as f:
            for heading, lines in sections(f.read()).items():
                counts = table.setdefault(heading, collections.Counter())
                counts["models"] += 1
                if heading not in ours:
                    counts["missing"] += 1
                    continue
                words = ("same", "last digits", "numbers", "form")
                counts[words[difference(lines, ours[heading])]] += 1
    for heading, counts in table.items():
        print(f"{heading:40s}", ", ".join(f"{k} {v}" for k, v in counts.items()))
    sys.exit(any(counts["missing"] for counts in table.values()))


if __name__ == "__main__":
    main()
