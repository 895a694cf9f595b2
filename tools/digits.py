#!/usr/bin/env python3
"""Where a model first leaves SWMM 5.2.4 by more than rounding: doubles, step by step.

  digits.py MODEL.inp [--steps N] [--over RATIO] [--lines N] [--python PYTHON] [--library LIB]

Runs the model on SWMM's own library and on libthalweg_swmm5.so, both driven by swmm-toolkit, and reads
nodes, links and subcatchments after every step without the rounding of a results file (6e-8). Prints
the first steps in which something differs by more than RATIO of its largest value, the worst first:
what is seen there in the fifth or eighth digit is a cause; later it is only what that has become. PYTHON
is one that has swmm-toolkit (default: build/.venv, which `make bench` sets up, or this one).
Exit 0: nothing differs by more; 1: something does; 77: no SWMM.
"""
import argparse
import os
import pickle
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "peers"))
from both import copy_site, find_python  # noqa: E402

READ = r"""
import pickle, sys
from swmm.toolkit import solver, shared_enum as e
model, out, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
solver.swmm_open(model, out + ".rpt", out + ".out")
solver.swmm_start(0)
KINDS = ((e.ObjectType.SUBCATCH, e.SubcatchResult, solver.subcatch_get_result),
         (e.ObjectType.NODE, e.NodeResult, solver.node_get_result),
         (e.ObjectType.LINK, e.LinkResult, solver.link_get_result))
LEFT_OUT = ("HYD_RES_TIME", "HEAD", "TARGET_SETTING")
asked = [(get, i, solver.project_get_id(kind, i), result)
         for kind, results, get in KINDS for i in range(solver.project_get_count(kind))
         for result in results if result.name not in LEFT_OUT]
rows = []
while len(rows) < steps:
    days = solver.swmm_step()
    if days <= 0.0: break
    rows.append((86400.0 * days, [get(i, result) for get, i, _, result in asked]))
with open(out + ".pickle", "wb") as f:
    pickle.dump(([name + "." + result.name.lower() for _, _, name, result in asked], rows), f)
"""


def site_of(python):
    found = subprocess.run([python, "-c", "import swmm, os; print(list(swmm.__path__)[0])"],
                           capture_output=True, text=True, check=True)
    return os.path.dirname(found.stdout.strip())


def numbers(python, model, out, steps, site):
    """(names, [(seconds, values)]) of one engine."""
    path = {**os.environ, "PYTHONPATH": site} if site else None
    done = subprocess.run([python, "-c", READ, os.path.abspath(model), out, str(steps)], env=path,
                          capture_output=True, text=True)
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["no word"]
        sys.exit(f"digits: {'Thalweg' if site else 'SWMM'} does not run {model}: {last[0].strip()}")
    with open(out + ".pickle", "rb") as f:
        return pickle.load(f)


def parts(names, swmm, ours, over):
    """Steps that differ: (number, seconds, [(ratio, name, SWMM's, ours)])."""
    largest = [max(abs(values[k]) for _, values in swmm) for k in range(len(names))]
    for step, ((seconds, a), (_, b)) in enumerate(zip(swmm, ours)):
        far = [(abs(x - y) / most, name, x, y) for name, x, y, most in zip(names, a, b, largest)
               if abs(x - y) > over * most > 0.0]
        if far:
            yield step, seconds, sorted(far, reverse=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    ap.add_argument("model")
    ap.add_argument("--steps", type=int, default=1000)
    ap.add_argument("--over", type=float, default=1e-9)
    ap.add_argument("--lines", type=int, default=5)
    ap.add_argument("--python")
    ap.add_argument("--library", default=os.path.join(ROOT, "build", "libthalweg_swmm5.so"))
    args = ap.parse_args()
    python = find_python(args.python)
    with tempfile.TemporaryDirectory(prefix="thalweg-") as folder:
        ours_site = os.path.join(folder, "site")
        copy_site(site_of(python), ours_site, args.library)
        names, swmm = numbers(python, args.model, os.path.join(folder, "s"), args.steps, None)
        _, ours = numbers(python, args.model, os.path.join(folder, "t"), args.steps, ours_site)
    found = 0
    for step, seconds, far in parts(names, swmm, ours, args.over):
        found += 1
        print(f"step {step} at {seconds:.3f} s: " +
              "; ".join(f"{name} {x:.10g}, ours {y:.10g} ({ratio:.0e})" for ratio, name, x, y in far[:4]))
        if found == args.lines:
            break
    if not found:
        print(f"{len(swmm)} steps of {len(names)} numbers, none apart by more than {args.over:g}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
