#!/usr/bin/env python3
"""Time and memory of `thalweg run` beside SWMM 5.2.4: same model, same settings, one thread each,
alternating, each run in a process of its own.

  bench.py [MODEL.inp ...]     default: two hours of Bellinge's storm, and made cities
  bench.py --full              Bellinge's whole day and larger cities too

SWMM comes from the PyPI package swmm-toolkit, in a private venv (build/.venv). Shown are the
medians; ratio is SWMM's time over Thalweg's. Memory is the largest resident set of the process.
Writes build/bench.json.
"""
import argparse
import glob
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, "build")
THALWEG = os.path.join(BUILD, "thalweg")
VENV = os.path.join(BUILD, ".venv")
LAUNCHER = os.path.join(BUILD, "run_swmm")
MEASURE = os.path.join(BUILD, "measure")
SHARED = os.path.join(ROOT, "..", "shared")
BELLINGE = os.path.join(SHARED, "corpus", "cities", "bellinge", "network.inp")
COMPARE = os.path.join(SHARED, "tools", "compare_out.py")


def fail(words):
    print(f"bench: {words}", file=sys.stderr)
    sys.exit(4)


def peer_library():
    """SWMM's shared library, installed into the private venv when it is not there yet."""
    wanted = os.path.join(ROOT, "tools", "peer", "requirements.txt")
    pattern = os.path.join(VENV, "lib", "python*", "site-packages", "swmm", "toolkit",
                           "libswmm5.so")
    if not glob.glob(pattern):
        print("bench: installing swmm-toolkit into build/.venv", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        done = subprocess.run([os.path.join(VENV, "bin", "python"), "-m", "pip", "install", "-q",
                               "--disable-pip-version-check", "-r", wanted])
        if done.returncode != 0:
            fail("swmm-toolkit can't be installed; it comes from PyPI (is there a network?)")
    found = glob.glob(pattern)
    if not found:
        fail("swmm-toolkit is installed but holds no libswmm5.so")
    return found[0]


def build_helpers():
    for program in (LAUNCHER, MEASURE):
        source = os.path.join(ROOT, "tools", "peer", os.path.basename(program) + ".c")
        if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(source):
            subprocess.run(["cc", "-O2", "-std=gnu17", source, "-o", program, "-ldl"], check=True)


def with_option(text, name, value):
    """The model's text with an option set, whether it was there or not."""
    changed, count = re.subn(rf"(?im)^[ \t]*{name}[ \t]+\S+.*$", f"{name} {value}", text)
    if count:
        return changed
    return re.sub(r"(?im)^\[OPTIONS\][ \t]*$", f"[OPTIONS]\n{name} {value}", text, count=1)


def prepare(path, folder, options):
    """A copy of a model with one thread and other options; rain files stay where they are."""
    with open(path, encoding="utf-8", errors="surrogateescape") as f:
        text = f.read()
    text = with_option(text, "THREADS", "1")
    for name, value in options.items():
        text = with_option(text, name, value)
    copy = os.path.join(folder, "model.inp")
    with open(copy, "w", encoding="utf-8", errors="surrogateescape") as out:
        out.write(text)
    for name in os.listdir(os.path.dirname(os.path.abspath(path))):
        link = os.path.join(folder, name)
        if not os.path.exists(link):
            os.symlink(os.path.join(os.path.dirname(os.path.abspath(path)), name), link)
    return copy


def measure(command, folder):
    """(seconds, cpu seconds, peak KB) of one process; None when it failed."""
    figures = os.path.join(folder, "figures.txt")
    done = subprocess.run([MEASURE, figures, *command], cwd=folder, capture_output=True,
                          env={**os.environ, "OMP_NUM_THREADS": "1"})
    if done.returncode != 0:
        print(done.stderr.decode(errors="replace")[:300], file=sys.stderr)
        return None
    with open(figures, encoding="utf-8") as f:
        wall, cpu, peak = f.read().split()
    return float(wall), float(cpu), int(peak)


def agreement(folder):
    if not os.path.exists(COMPARE):
        return "not compared"
    code = subprocess.run([sys.executable, COMPARE, os.path.join(folder, "swmm.out"),
                           os.path.join(folder, "thalweg.out")], capture_output=True).returncode
    return {0: "agree", 1: "differ"}.get(code, "not comparable")


def bench(name, path, options, repeats, library):
    """Both engines in turn, `repeats` times; the row of the table."""
    with tempfile.TemporaryDirectory(prefix="thalweg-bench-") as folder:
        model = prepare(path, folder, options)
        commands = {"swmm": [LAUNCHER, library, model, "swmm.rpt", "swmm.out"],
                    "thalweg": [THALWEG, "run", model, "thalweg.rpt", "thalweg.out"]}
        figures = {engine: [] for engine in commands}
        for k in range(repeats):
            # Who goes first changes, so that a machine that warms up favours nobody.
            for engine in sorted(commands, reverse=k % 2 == 1):
                result = measure(commands[engine], folder)
                if result is None:
                    return {"model": name, "failed": engine}
                figures[engine].append(result)
        row = {"model": name, "repeats": repeats, "agreement": agreement(folder)}
        for engine, results in figures.items():
            row[engine + "_s"] = round(statistics.median(r[0] for r in results), 3)
            row[engine + "_best_s"] = round(min(r[0] for r in results), 3)
            row[engine + "_cpu_s"] = round(statistics.median(r[1] for r in results), 3)
            row[engine + "_peak_kb"] = max(r[2] for r in results)
        row["ratio"] = round(row["swmm_s"] / row["thalweg_s"], 2)
        row["memory_ratio"] = round(row["thalweg_peak_kb"] / row["swmm_peak_kb"], 2)
        return row


def made_city(nodes, folder):
    """A city made by `thalweg synth`; the path of its model, or None."""
    made = os.path.join(folder, f"made-{nodes}")
    done = subprocess.run([THALWEG, "synth", "--nodes", str(nodes), "--seed", "1", made],
                          capture_output=True, text=True)
    if done.returncode != 0:
        print(f"bench: thalweg synth: {done.stderr.strip()[:200]}", file=sys.stderr)
        return None
    return os.path.join(made, "network.inp")


def models(args, folder):
    """[(name, path, options)]"""
    if args.models:
        return [(os.path.relpath(m), m, {}) for m in args.models]
    rows = []
    if os.path.exists(BELLINGE):
        rows.append(("Bellinge, 04:00-06:00 of the storm", BELLINGE,
                     {"START_TIME": "04:00:00", "REPORT_START_TIME": "04:00:00",
                      "END_TIME": "06:00:00"}))
        if args.full:
            rows.append(("Bellinge, whole day", BELLINGE, {}))
    else:
        print("bench: no ../shared, so no Bellinge", file=sys.stderr)
    for nodes in (1200, 5000, 20000) if args.full else (1200, 5000):
        path = made_city(nodes, folder)
        if path:
            rows.append((f"made city, {nodes} nodes", path, {}))
    return rows


def show(rows):
    print(f"{'model':36s}{'SWMM s':>9s}{'ours s':>9s}{'ratio':>7s}{'SWMM KB':>10s}{'ours KB':>10s}"
          f"{'ratio':>7s}  agreement")
    for r in rows:
        if "failed" in r:
            print(f"{r['model']:36.36s}  {r['failed']} failed")
            continue
        print(f"{r['model']:36.36s}{r['swmm_s']:9.2f}{r['thalweg_s']:9.2f}{r['ratio']:7.2f}"
              f"{r['swmm_peak_kb']:10d}{r['thalweg_peak_kb']:10d}{r['memory_ratio']:7.2f}"
              f"  {r['agreement']}")


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("models", nargs="*", help="models to run instead of the usual ones")
    ap.add_argument("--full", action="store_true", help="whole days, larger cities")
    ap.add_argument("--repeats", type=int, default=3)
    args = ap.parse_args()
    if not os.path.exists(THALWEG):
        fail("build/thalweg is not there: make build")
    library = peer_library()
    build_helpers()
    rows = []
    with tempfile.TemporaryDirectory(prefix="thalweg-made-") as folder:
        for name, path, options in models(args, folder):
            print(f"bench: {name}", file=sys.stderr, flush=True)
            rows.append(bench(name, path, options, args.repeats, library))
    show(rows)
    with open(os.path.join(BUILD, "bench.json"), "w", encoding="utf-8") as out:
        json.dump({"machine": platform.platform(), "processors": os.cpu_count(),
                   "peer": "SWMM 5.2.4 (swmm-toolkit 0.17.0)", "rows": rows}, out, indent=1)
        out.write("\n")
    return 1 if not rows or any("failed" in r for r in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
