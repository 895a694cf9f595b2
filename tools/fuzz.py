#!/usr/bin/env python3
"""Fuzz every reader of bytes (src/<folder>/x_fuzz.c) with libFuzzer.

  fuzz.py [--seconds N] [NAME ...]     NAME as in fuzz_<folder>_x; default: all, a minute each

New inputs go to build/fuzz-corpus; a find is written there too, and its path printed. A find that
has been put right goes to tests/fuzz/<folder>_x, where `make test` replays it for ever.
"""
import argparse
import glob
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, "build", "fuzz")
CORPUS = os.path.join(ROOT, "build", "fuzz-corpus")


def targets(names):
    found = sorted(glob.glob(os.path.join(BUILD, "tests", "fuzz_*")))
    programs = [p for p in found if os.access(p, os.X_OK) and os.path.isfile(p)]
    return [p for p in programs if not names or os.path.basename(p) in names]


def fuzz(program, seconds):
    """True when nothing was found."""
    name = os.path.basename(program)
    seeds = os.path.join(ROOT, "tests", "fuzz", name.removeprefix("fuzz_"))
    grown = os.path.join(CORPUS, name)
    os.makedirs(grown, exist_ok=True)
    print(f"== {name}: {seconds} s", flush=True)
    return subprocess.run([program, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048",
                           "-print_final_stats=1", "-verbosity=0",
                           f"-artifact_prefix={grown}/find-", grown, seeds]).returncode == 0


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("names", nargs="*")
    ap.add_argument("--seconds", type=int, default=int(os.environ.get("FUZZ_SECONDS", "60")))
    args = ap.parse_args()
    for command in (["cmake", "--preset", "fuzz"], ["cmake", "--build", BUILD, "--", "-k", "0"]):
        if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode != 0:
            print(f"fuzz: {' '.join(command)} failed", file=sys.stderr)
            return 4
    programs = targets(args.names)
    if not programs:
        print("fuzz: no such target", file=sys.stderr)
        return 2
    lost = [os.path.basename(p) for p in programs if not fuzz(p, args.seconds)]
    print(f"{len(programs) - len(lost)} passed, {len(lost)} failed" + (": " if lost else "")
          + " ".join(lost))
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
