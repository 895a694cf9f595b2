#!/usr/bin/env python3
"""Everything that is compared with SWMM 5.2.4 itself; the last line is `N passed, N failed`.

Installs SWMM into build/.venv (tools/bench/peer.py), runs tests/peers/, checks the case files that
were made with SWMM, then every model of the corpus (docs/validation.md is written anew).
"""
import argparse
import glob
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench"))
import peer  # noqa: E402

ROOT = peer.ROOT
SKIP = 77


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--lists", nargs="*", default=["cities", "core", "wide", "large"])
    args = ap.parse_args()
    peer.library()
    python = os.path.join(peer.VENV, "bin", "python")
    peers = sorted(glob.glob(os.path.join(ROOT, "tests", "peers", "*_peer.py")))
    steps = [(os.path.basename(p), [sys.executable, p, "--python", python]) for p in peers]
    steps = [(n, c + ["--page", "docs/validation.md"]) if n == "plant_peer.py" else (n, c)
             for n, c in steps]
    # Devices' own programs against the server; each says what it needs and is skipped without it.
    command = os.path.join(ROOT, "build", "thalweg")
    steps += [(os.path.basename(p), [sys.executable, p, command])
              for p in sorted(glob.glob(os.path.join(ROOT, "tests", "peers", "*_peer_test.py")))]
    steps.append(("case files of the hydraulics",
                  [sys.executable, os.path.join(ROOT, "tests", "peers", "hydraulics_cases.py"),
                   "--check", "--swmm", python]))
    if args.lists:
        steps.append(("corpus", [sys.executable, os.path.join(ROOT, "tools", "validate.py"), "--all",
                                 *args.lists, "--jobs", str(args.jobs)]))
        steps.append(("SWMM with itself, where we differ",
                      [sys.executable, os.path.join(ROOT, "tools", "itself.py")]))
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for name, command in steps:
        print(f"== {name}", flush=True)
        code = subprocess.run(command, cwd=ROOT).returncode
        counts["passed" if code == 0 else "skipped" if code == SKIP else "failed"] += 1
    line = f"{counts['passed']} passed, {counts['failed']} failed"
    print(line + (f", {counts['skipped']} skipped" if counts["skipped"] else ""))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
