#!/usr/bin/env python3
"""Time and memory side by side with peers; one table per part.

  bench.py                     every part of tools/bench/
  bench.py single scaling      these parts only
  bench.py --full              longer storms, larger cities
  bench.py single --models A.inp B.inp

A part is a file tools/bench/NAME.py. It has

  TITLE     what the table says, one line
  COLUMNS   [(key, heading, format)]  format is that of Python: "s", "d", ".2f"
  rows(options)     yields dicts as soon as each is measured: a value per key, and "name"; or
                    "name" with "failed": why (the bench then ends with 1) or "skipped": why
  summary(rows)     optional: {name: figure}, shown below the table; the targets are figures here

`options` has full, repeats, models and folder (a temporary one for all parts). Processes are
measured by peer.measure; SWMM comes from peer.library(). Writes build/bench.json: the machine, and
the rows and figures of each part; parts that were not run stay as they were there.
"""
import argparse
import datetime
import glob
import importlib
import json
import os
import platform
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PARTS = os.path.join(ROOT, "tools", "bench")
JSON = os.path.join(ROOT, "build", "bench.json")
# The first tables that a reader looks for; parts that are not named here follow by name.
ORDER = ["single", "core", "batch", "semi_implicit", "forecast", "scaling", "telemetry"]
NO_PARTS = ("members", "peer")

sys.path.insert(0, PARTS)
import peer  # noqa: E402  (its place is known only now)


def part_names():
    found = [os.path.basename(p)[:-3] for p in glob.glob(os.path.join(PARTS, "*.py"))]
    found = sorted(set(found) - set(NO_PARTS))
    return [n for n in ORDER if n in found] + [n for n in found if n not in ORDER]


def first_field(path, name):
    with open(path, encoding="utf-8") as f:
        for line in f:
            key, _, value = line.partition(":")
            if key.strip() == name:
                return value.strip()
    return ""


def machine():
    """What the figures were measured on."""
    about = {"system": platform.platform(), "processors": os.cpu_count(),
             "processor": platform.processor()}
    try:
        about["processor"] = first_field("/proc/cpuinfo", "model name")
        about["memory"] = first_field("/proc/meminfo", "MemTotal")
    except OSError:
        pass
    about["load"] = os.getloadavg()[0]
    return about


def cell(value, form):
    if value is None:
        return "-"
    return format(value, form)


def table(columns, rows):
    """The table as text: name to the left, figures to the right."""
    lines = [["", *(heading for _, heading, _ in columns)]]
    for row in rows:
        if "failed" in row or "skipped" in row:
            continue
        lines.append([row["name"], *(cell(row.get(key), form) for key, _, form in columns)])
    widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]))]
    text = ["  ".join([line[0].ljust(widths[0]), *(c.rjust(w) for c, w in
                                                  zip(line[1:], widths[1:]))]) for line in lines]
    for row in rows:
        for word in ("failed", "skipped"):
            if word in row:
                text.append(f"{row['name']}: {word}: {row[word]}")
    return "\n".join(text)


def run_part(name, options):
    part = importlib.import_module(name)
    print(f"\n{name}: {part.TITLE}", flush=True)
    rows = []
    for row in part.rows(options):
        rows.append(row)
        print(f"bench: {name}: {row['name']}", file=sys.stderr, flush=True)
    print(table(part.COLUMNS, rows))
    done = [r for r in rows if "failed" not in r and "skipped" not in r]
    figures = part.summary(done) if hasattr(part, "summary") and done else {}
    for what, figure in figures.items():
        print(f"{what}: {figure}")
    sys.stdout.flush()
    return {"title": part.TITLE, "rows": rows, "figures": figures}


def keep(results):
    """Put the results of the parts that ran beside those of earlier benches."""
    try:
        with open(JSON, encoding="utf-8") as f:
            parts = json.load(f)["parts"]
    except (OSError, ValueError, KeyError):
        parts = {}
    parts.update(results)
    with open(JSON, "w", encoding="utf-8") as out:
        json.dump({"peer": peer.NAME, "parts": parts}, out, indent=1)
        out.write("\n")


def main():
    names = part_names()
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("parts", nargs="*", metavar="PART", help=" ".join(names))
    ap.add_argument("--full", action="store_true", help="longer storms, larger cities")
    ap.add_argument("--repeats", type=int, default=3)
    ap.add_argument("--models", nargs="+", help="single: these models instead of the usual ones")
    options = ap.parse_args()
    unknown = set(options.parts) - set(names)
    if unknown:
        ap.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    if not os.path.exists(peer.THALWEG):
        peer.fail("build/thalweg is not there: make build")
    about = machine()
    print(f"{about['processor']}, {about['processors']} processors, {about.get('memory', '')}, "
          f"{about['system']}, load {about['load']:.1f}")
    failed = False
    with tempfile.TemporaryDirectory(prefix="thalweg-bench-") as folder:
        options.folder = folder
        for name in options.parts or names:
            result = run_part(name, options)
            result.update(machine=about, when=datetime.date.today().isoformat())
            keep({name: result})
            failed |= not result["rows"] or any("failed" in r for r in result["rows"])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
