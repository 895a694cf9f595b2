#!/usr/bin/env python3
"""Every kind of cross-section, from nearly dry to surcharged, by Thalweg and by SWMM 5.2.4.

  section_peer.py [--only TEXT] [--worst N] [--command "build/thalweg run"] [--python PYTHON]

A model for each kind and each way of routing (dynamic wave with both ways of surcharge and both
force main equations, kinematic wave, steady flow): two conduits, the upper of which drops into its
node, and one in two barrels to a free outfall; a wave of twice the capacity runs through them and
leaves a trickle. PYTHON is one that has swmm-toolkit (default: build/.venv, which `make bench` sets
up, or this one). Exit 0: every series is within 1 % of its spread; 1: some are not; 77: no SWMM.
"""
import argparse
import os
import shlex
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hydraulics_cases as cases  # noqa: E402
from both import ROOT, find_python, network_series  # noqa: E402

WITHIN = 0.01
SHAPES = [(name, words) for name, words, _ in cases.SHAPES] + [
    ("filled_circular", "FILLED_CIRCULAR 4 1 0 0"), ("filled_half", "FILLED_CIRCULAR 4 2 0 0"),
    ("deep", "RECT_OPEN 60 3 0 0"), ("narrow", "TRAPEZOIDAL 5 0 1 1")]
WAYS = {"extran": "FLOW_ROUTING DYNWAVE\nSURCHARGE_METHOD EXTRAN",
        "slot": "FLOW_ROUTING DYNWAVE\nSURCHARGE_METHOD SLOT",
        "kinematic": "FLOW_ROUTING KINWAVE", "steady": "FLOW_ROUTING STEADY"}
OPTIONS = """[OPTIONS]
FLOW_UNITS CFS
{way}
{more}
START_DATE 01/01/2020
END_DATE 01/01/2020
END_TIME 06:00:00
REPORT_STEP 00:01:00
ROUTING_STEP 5
INERTIAL_DAMPING PARTIAL
"""


def models():
    """(name, shape words, way, more options)"""
    for name, words in SHAPES:
        for way in WAYS:
            yield f"{name}.{way}", words, WAYS[way], ""
    for equation, size in (("H-W", 120), ("D-W", 0.01)):
        for way in WAYS:
            yield (f"force_main_{equation}.{way}", f"FORCE_MAIN 2 {size} 0 0", WAYS[way],
                   f"FORCE_MAIN_EQUATION {equation}")


def capacity(words):
    """Roughly what the upper conduit carries when full [cfs]."""
    if words.startswith("RECT_OPEN 60"):
        return 25.0
    depth = cases.full_depth(words) if "FILLED" not in words and "FORCE" not in words else 2.0
    return 2.5 * depth ** 2.5


def text(words, way, more):
    q = capacity(words)
    sections = cases.shared_sections()
    sections["JUNCTIONS"] = ["A 14 80", "B 10.5 80", "C 10 80"]
    sections["OUTFALLS"] = ["O 8 FREE"]
    sections["CONDUITS"] = ["AB A B 600 0.015 0 1.5", "BC B C 300 0.015 0 0", "CO C O 500 0.015 0 0"]
    sections["XSECTIONS"] = [f"AB {words} 1", f"BC {words} 1", f"CO {words} 2"]
    sections["INFLOWS"] = ['A FLOW T FLOW 1 1 0', f'B FLOW "" FLOW 1 1 {0.0005 * q:.6g}']
    wave = [(0, 0.0005), (0.5, 0.002), (1, 0.02), (1.5, 0.3), (2, 1), (2.5, 2), (3, 2), (3.5, 0.5),
            (4, 0.1), (4.5, 0.005), (6, 0.0005)]
    sections["TIMESERIES"] = [f"T {h} {part * q:.6g}" for h, part in wave]
    sections["REPORT"] = ["NODES ALL", "LINKS ALL"]
    body = "".join(f"[{name}]\n" + "\n".join(lines) + "\n" for name, lines in sections.items())
    return OPTIONS.format(way=way, more=more) + body


def errors(ours, swmm):
    """RMS of the differences over the spread, worst first; a series that hardly moves is compared
    with a twentieth of its mean, and nothing with less than a thousandth."""
    out = []
    for key, theirs in swmm.items():
        mean = sum(theirs) / len(theirs)
        if key[1] == "head":
            continue  # it is depth on an elevation
        spread = (sum((x - mean) ** 2 for x in theirs) / len(theirs)) ** 0.5
        rms = (sum((x - y) ** 2 for x, y in zip(ours[key], theirs)) / len(theirs)) ** 0.5
        out.append((rms / max(spread, 0.05 * abs(mean), 1e-3), key))
    return sorted(out, reverse=True)


def run(command, python, model, folder):
    """What both make of it; None: SWMM refuses it and so do we."""
    path = {end: os.path.join(folder, "m." + end) for end in ("inp", "rpt", "ours", "swmm")}
    with open(path["inp"], "w", encoding="utf-8") as f:
        f.write(model)
    code = ("from swmm.toolkit import solver; "
            f"solver.swmm_run({path['inp']!r}, {path['rpt']!r}, {path['swmm']!r})")
    theirs = subprocess.run([python, "-c", code], capture_output=True).returncode
    ours = subprocess.run(shlex.split(command) + ["--quiet", path["inp"], path["rpt"], path["ours"]],
                          capture_output=True).returncode
    if theirs != 0 and ours != 0:
        return None
    if theirs != 0 or ours != 0:
        return [(float("inf"), (f"SWMM ends with {theirs}, Thalweg with {ours}", ""))]
    return errors(network_series(path["ours"]), network_series(path["swmm"]))


def arguments(description):
    """Those of a peer that compares many small models; more may be added."""
    ap = argparse.ArgumentParser(description=description.split("\n\n")[0])
    ap.add_argument("--only", default="")
    ap.add_argument("--worst", type=int, default=1)
    ap.add_argument("--keep", help="folder for the models that differ")
    ap.add_argument("--command", default=os.path.join(ROOT, "build", "thalweg") + " run")
    ap.add_argument("--python")
    return ap


def compare(models, args, may_refuse):
    """Run each (name, text) by both; 1 when any differs, or is refused by both and may not be."""
    python = find_python(args.python)
    count = differ = 0
    for name, model in models:
        if args.only not in name:
            continue
        with tempfile.TemporaryDirectory(prefix="thalweg-") as folder:
            result = run(args.command, python, model, folder)
        count += 1
        if result[0][0] <= WITHIN if result is not None else may_refuse:
            continue
        differ += 1
        print(f"{name}: " + ("refused by both" if result is None else
                             ", ".join(f"{k} {v} {e:.2%}" for e, (k, v) in result[:args.worst])))
        if args.keep:
            with open(os.path.join(args.keep, name + ".inp"), "w", encoding="utf-8") as f:
                f.write(model)
    print(f"{count} models, {differ} differ by more than {WITHIN:.0%} of a series' spread")
    return 1 if differ else 0


def main():
    args = arguments(__doc__).parse_args()
    made = ((name, text(words, way, more)) for name, words, way, more in models())
    return compare(made, args, may_refuse=True)


if __name__ == "__main__":
    sys.exit(main())
