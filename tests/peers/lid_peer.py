#!/usr/bin/env python3
"""LID units of every kind, groundwater and storages that seep, by Thalweg and by SWMM 5.2.4.

  lid_peer.py [--command "build/thalweg run"] [--python PYTHON] [--only TEXT]

Made models: each kind alone in a subcatchment, with and without a drain, its head opened and closed,
a curve, clogging, a slope, several units, to the pervious part, to a node, onto another
subcatchment, over all of it; in US and SI units, with each infiltration method; pollutants whose
part the drain removes; groundwater by formula and by expressions, to nodes that rise and fall;
storages of nine shapes with three soils. Compared are all series of
subcatchments, nodes and links, the LID Performance Summary, the Runoff Quality Continuity and the
units' own reports. PYTHON is one that has swmm-toolkit. Exit 0: all agree; 1: some do not; 77: no SWMM
here.
"""
import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from both import ROOT, SKIP, find_python  # noqa: E402

COMPARE = os.path.join(ROOT, "..", "shared", "tools", "compare_out.py")
# What a length in mm, a length in m and an area in m2 are in the file's units.
UNITS = {"si": ("LPS", 1.0, 1.0, 1.0), "us": ("CFS", 1 / 25.4, 1 / 0.3048, 1 / 0.09290304)}
INFILTRATION = {"HORTON": "{60} {6} 4 7 0", "MODIFIED_HORTON": "{60} {6} 4 7 0",
                "GREEN_AMPT": "{100} {6} .25", "MODIFIED_GREEN_AMPT": "{100} {6} .25",
                "CURVE_NUMBER": "75 .5 7"}
# Layers; {n} is n mm or mm/h.
KINDS = {
    "BC": ["SURFACE {150} .1 0 0 5", "SOIL {400} .45 .2 .1 {60} 10 {90}", "STORAGE {300} .75 {5} 0"],
    "RG": ["SURFACE {200} .05 0 0 5", "SOIL {500} .45 .2 .1 {40} 12 {60}", "STORAGE 0 .75 {8} 0"],
    "GR": ["SURFACE {30} .1 0 0 5", "SOIL {120} .5 .25 .1 {80} 10 {60}", "DRAINMAT {40} .5 .1"],
    "IT": ["SURFACE {100} .1 0 0 5", "STORAGE {600} .6 {6} 0"],
    "PP": ["SURFACE {20} 0 0 0 5", "PAVEMENT {120} .15 .1 {300} 0", "STORAGE {300} .6 {5} 0"],
    "RB": ["STORAGE {900} .75 .5 0"],
    "RD": ["SURFACE {3} 0 .02 3 5"],
    "VS": ["SURFACE {300} .2 .2 1 4"],
}
DRAINS = {"RB": "DRAIN 1 .5 0 6", "RD": "DRAIN {20} 0 0 0"}
MM_PER_H = [0, 5, 10, 20, 60, 90, 70, 30, 12, 8, 4, 2, 0] + [0] * 12 + [3, .5, 8, 40, 15, 2, 0]
POLLUTANTS = """[POLLUTANTS]
P MG/L 5 0 0 0 NO * 0 0 0
Q UG/L 2 0 0 0 NO P 0.2 0 0
[LANDUSES]
RES
[COVERAGES]
S1 RES 100
S2 RES 80
[BUILDUP]
RES P SAT 50 0 2 AREA
[WASHOFF]
RES P EXP .1 1 0 0
RES Q EMC 10 0 0 0
"""
SHAPES = ["FUNCTIONAL 200 0 0", "FUNCTIONAL 50 0.8 100", "TABULAR CU", "TABULAR CD", "TABULAR CZ",
          "CYLINDRICAL 20 15 0", "CONICAL 20 15 2", "PARABOLIC 20 15 3", "PYRAMIDAL 20 15 2"]


def in_units(text, mm):
    return re.sub(r"\{([\d.]+)\}", lambda m: f"{float(m.group(1)) * mm:.6g}", text)


def lid_model(units, kind, changes):
    """Text of an input file; what `changes` has takes the place of the usual."""
    flow, mm, m, m2 = UNITS[units]
    layers = changes.get("layers", KINDS[kind])
    drain = changes.get("drain", DRAINS.get(kind, ""))
    area, land = 100 * m2, 1e-4 if units == "si" else 1 / 4046.86
    usage = changes.get("usage", "1 {A} {W} 20 100 0").format(A=f"{area:.6g}", W=f"{20 * m:.6g}",
                                                              ALL=f"{10 * area:.6g}")
    words = usage.split()
    words[6:7] = ['"unit.txt"']
    rows = layers + ([drain] if drain else []) + changes.get("control", [])
    method = changes.get("infiltration", "HORTON")
    soil = in_units(INFILTRATION[method], mm)
    rain = [f"T {h + i // 6}:{i % 6 * 10:02d} {v * mm * f:.6g}"
            for h, f in ((0, 1), (12, .6)) for i, v in enumerate(MM_PER_H)]
    return "\n".join(
        ["[OPTIONS]", f"FLOW_UNITS {flow}", f"INFILTRATION {method}", "FLOW_ROUTING KINWAVE",
         "START_DATE 06/01/2020", "END_DATE 06/02/2020", "REPORT_STEP 0:05:00",
         f"WET_STEP {changes.get('wet', '0:05:00')}", "DRY_STEP 0:15:00", "ROUTING_STEP 0:00:30",
         "DRY_DAYS 5", "[EVAPORATION]", in_units("CONSTANT {5}", mm), "[RAINGAGES]",
         "R INTENSITY 0:10 1 TIMESERIES T", "[TIMESERIES]", *rain, "[SUBCATCHMENTS]",
         f"S1 R J1 {1000 * land:.6g} {changes.get('impervious', 60)} {30 * m:.6g} 1 0",
         f"S2 R J1 {500 * land:.6g} 30 {30 * m:.6g} 1 0", "[SUBAREAS]",
         in_units("S1 .015 .1 {1} {3} 25 OUTLET\nS2 .015 .1 {1} {3} 25 OUTLET", mm),
         "[INFILTRATION]", f"S1 {soil}\nS2 {soil}", "[LID_CONTROLS]", f"L {kind}",
         *("L " + in_units(row, mm) for row in rows), "[LID_USAGE]", "S1 L " + " ".join(words),
         f"[JUNCTIONS]\nJ1 {10 * m:.6g} {3 * m:.6g}\nJ2 {10 * m:.6g} {3 * m:.6g}",
         f"[OUTFALLS]\nO1 {9 * m:.6g} FREE\nO2 {9 * m:.6g} FREE",
         f"[CONDUITS]\nC1 J1 O1 {100 * m:.6g} .013 0 0\nC2 J2 O2 {100 * m:.6g} .013 0 0",
         f"[XSECTIONS]\nC1 CIRCULAR {.6 * m:.6g} 0 0 0\nC2 CIRCULAR {.6 * m:.6g} 0 0 0",
         f"[CURVES]\nCU CONTROL 0 0\nCU {100 * mm:.6g} .5\nCU {400 * mm:.6g} 1\n"
         f"CU {1500 * mm:.6g} 2", changes.get("extra", ""),
         "[REPORT]\nSUBCATCHMENTS ALL\nNODES ALL\nLINKS ALL\n"])


def lid_models():
    """(name, text) of all of them."""
    drained = "DRAIN 2 .5 {100} 0"
    cases = {
        "": {}, "sloped": {"layers_of": lambda k: [KINDS[k][0].replace(" 0 0 5", " .2 1.5 5"),
                                                   *KINDS[k][1:]]},
        "pervious": {"usage": "1 {A} {W} 20 80 1"}, "node": {"usage": "2 {A} {W} 10 80 0 * J2 60"},
        "other": {"usage": "2 {A} {W} 10 80 0 * S2 0"},
        "whole": {"usage": "1 {ALL} {W} 10 0 0", "impervious": 0},
        "roofs": {"usage": "3 {A} {W} 10 50 1", "impervious": 100},
        "wet": {"usage": "1 {A} {W} 100 50 0", "wet": "0:01:00"},
        "removes": {"usage": "2 {A} {W} 10 80 0 * J2 60", "extra": POLLUTANTS,
                    "control": ["REMOVALS P 60 Q 25"]},
    }
    for units in UNITS:
        for kind in KINDS:
            for name, changes in cases.items():
                changes = dict(changes)
                if "layers_of" in changes:
                    changes["layers"] = changes.pop("layers_of")(kind)
                if kind in ("BC", "IT", "PP"):
                    changes["drain"] = drained
                yield f"{units} {kind} {name}", lid_model(units, kind, changes)
        for kind in ("BC", "IT", "PP", "RB"):
            for name, drain in (("open", "DRAIN 2 .5 {50} 0 {200} {100}"),
                                ("curve", "DRAIN 2 .5 {50} 0 0 0 CU"), ("closed", "DRAIN 0 .5 0 3")):
                yield f"{units} {kind} {name}", lid_model(units, kind, {"drain": drain})
        clogs = ["SURFACE {20} 0 0 0 5", "PAVEMENT {120} .15 .2 {300} 3 .2 .5",
                 "STORAGE {300} .6 {5} 4"]
        yield f"{units} PP clogs", lid_model(units, "PP", {"layers": clogs})
    for method in INFILTRATION:
        for kind in KINDS:
            yield f"{method} {kind}", lid_model("si", kind, {
                "infiltration": method, "usage": "1 {ALL} {W} 10 0 0", "impervious": 0})


def storage_models():
    for units, flow, soils in (("si", "LPS", ("100 5 .3", "0 5 0", "60 80 .2")),
                               ("us", "CFS", ("4 .2 .3", "0 .2 0", "2.4 3 .2"))):
        inflow = 30 if units == "si" else 1
        for shape in SHAPES:
            for soil in soils:
                yield f"{units} storage {shape} soil {soil}", f"""[OPTIONS]
FLOW_UNITS {flow}
FLOW_ROUTING DYNWAVE
START_DATE 06/01/2020
END_DATE 06/02/2020
REPORT_STEP 0:05:00
ROUTING_STEP 0:00:15
VARIABLE_STEP 0.75
[EVAPORATION]
CONSTANT {3 if units == "si" else .1}
[JUNCTIONS]
J1 12 3
[STORAGE]
ST 10 4 0 {shape} 0 0.5 {soil}
[OUTFALLS]
O1 9 FREE
[CONDUITS]
C1 J1 ST 50 .013 0 0
C2 ST O1 50 .013 1.5 0
[XSECTIONS]
C1 CIRCULAR 1 0 0 0
C2 CIRCULAR 0.3 0 0 0
[CURVES]
CU STORAGE 0 100
CU 1 200
CU 3 400
CD STORAGE 0 300
CD 1 400
CD 2 200
CD 4 200
CZ STORAGE 0.5 100
CZ 3 300
[INFLOWS]
J1 FLOW T
[TIMESERIES]
T 0:00 0
T 1:00 {inflow}
T 3:00 0
T 12:00 0
T 12:30 {2 * inflow}
T 13:30 0
[REPORT]
NODES ALL
LINKS ALL
"""


def ground_model(units, aquifer, ground, expression="", node="J1", lid=False):
    """Text of an input file; {n} of an aquifer is n mm or mm/h, <n> n m."""
    flow, mm, m, m2 = UNITS[units]

    def sized(text):
        text = re.sub(r"<([\d.]+)>", lambda x: f"{float(x.group(1)) * m:.6g}", text)
        return in_units(text, mm)

    rain = [f"T {h + i // 6}:{i % 6 * 10:02d} {v * mm:.6g}"
            for h in (1, 30, 50) for i, v in enumerate(MM_PER_H[:13])]
    inflow = 200 if units == "si" else 7
    lids = [sized("[LID_CONTROLS]\nL BC\n" + "\n".join("L " + row for row in KINDS["BC"])),
            f"[LID_USAGE]\nS1 L 1 {5000 * m2:.6g} {20 * m:.6g} 80 100 0"] if lid else []
    return "\n".join(
        ["[OPTIONS]", f"FLOW_UNITS {flow}", "INFILTRATION GREEN_AMPT", "FLOW_ROUTING DYNWAVE",
         "START_DATE 06/29/2020", "END_DATE 07/03/2020", "REPORT_STEP 0:15:00", "WET_STEP 0:05:00",
         "DRY_STEP 0:30:00", "ROUTING_STEP 0:00:30", sized("[EVAPORATION]\nCONSTANT {5}"),
         "[RAINGAGES]\nR INTENSITY 0:10 1 TIMESERIES T", "[TIMESERIES]", *rain,
         f"Q 0:00 0\nQ 5:00 {inflow}\nQ 20:00 0\nQ 40:00 {inflow / 2}\nQ 60:00 0",
         f"[SUBCATCHMENTS]\nS1 R J1 {2 if units == 'si' else 4.94211} 20 {100 * m:.6g} 1 0",
         sized("[SUBAREAS]\nS1 .015 .1 {1} {3} 25 OUTLET\n[INFILTRATION]\nS1 {100} {6} .25"),
         "[AQUIFERS]", "A " + sized(aquifer), "[GROUNDWATER]", f"S1 A {node} " + sized(ground),
         "[GWF]", expression, *lids, sized("[JUNCTIONS]\nJ1 <10> <4>\n[STORAGE]"),
         f"ST {10 * m:.6g} {4 * m:.6g} 0 FUNCTIONAL {300 * m2:.6g} 0 0 0 0",
         sized("[OUTFALLS]\nO1 <9> FREE\nO2 <9> FREE\n[CONDUITS]\nC1 J1 O1 <100> .013 0 0\n"
               "C2 ST O2 <100> .013 <.3> 0\n[XSECTIONS]\nC1 CIRCULAR <.8> 0 0 0\n"
               "C2 CIRCULAR <.3> 0 0 0\n[INFLOWS]\nST FLOW Q"),
         "[PATTERNS]\nEV MONTHLY .1 .2 .3 .4 .5 .9 .3 .6 .5 .4 .3 .2",
         "[REPORT]\nSUBCATCHMENTS ALL\nNODES ALL\nLINKS ALL\n"])


def ground_models():
    sand = ".46 .12 .28 {20} 8 {381} .35 <2> {.5} <6> <9> .3"
    upper = ".46 .12 .28 {20} 8 {381} 1 <2> {.5} <6> <9> .35"
    cases = {
        "": (sand, "<12> .02 1.5 .02 1 0 0 *"), "with b2": (sand, "<12> .02 2 .02 1 .001 0 *"),
        "fixed": (sand, "<12> .02 1 .02 1 0 <.5> *"), "threshold": (sand, "<12> .02 1 0 0 0 0 <8>"),
        "season": (sand + " EV", "<12> .02 1 .02 1 0 0 *"),
        "own": (sand, "<12> .02 1 0 0 0 0 * <5> <10> .35"),
        "full": (sand.replace("<9> .3", "<11.9> .45"), "<12> .0002 1 0 0 0 0 *"),
        "dry": (sand.replace("<9> .3", "<6.2> .13"), "<12> .02 1 0 0 0 0 *"),
        "upper evaporation": (upper, "<12> .02 1 0 0 0 0 *"),
        "rising node": (sand, "<12> .02 1.5 .02 1.5 0 0 *", "", "ST"),
        "both": (sand, "<12> .02 1 .02 1 .002 0 *", "", "ST"),
        "LID": (upper, "<12> .02 1 0 0 0 0 *", "", "J1", True),
    }
    expressions = ["S1 LATERAL 0.001*(HGW-HCB)", "S1 DEEP 0.01*HGW/HGS", "S1 LATERAL -0.001",
                   "S1 LATERAL 0.0005*(HGW-HSW)*STEP(HGW-HCB) + 0.0001*K/KS",
                   "S1 DEEP KS*(THETA/PHI)^3*0.01 + FU*0.1",
                   "S1 LATERAL 0.001*FI + 0.0001*A\nS1 DEEP FI*0.05",
                   "S1 LATERAL 0.0001*EXP(THETA)*SQRT(ABS(HGW-HCB))"]
    for units in UNITS:
        for name, case in cases.items():
            yield f"{units} ground {name}", ground_model(units, *case)
        for text in expressions:
            yield f"{units} ground {text}", ground_model(units, sand, "<12> 0 0 0 0 0 0 *", text)
        yield f"{units} ground and water", ground_model(
            units, sand, "<12> 0 0 0 0 0 0 *", "S1 LATERAL 0.002*(HGW-HSW)", "ST")


def numbers(path, heading):
    """Numbers of a table of a report, [row][column]."""
    rows, inside = [], False
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            inside = inside or heading in line
            found = re.findall(r"-?\d+\.\d+", line) if inside else []
            if found:
                rows.append([float(x) for x in found])
            elif rows:
                return rows
    return rows


def unit_rows(folder):
    path = os.path.join(folder, "unit.txt")
    if not os.path.exists(path):
        return []
    with open(path, encoding="ascii") as f:
        return [line.split() for line in f.read().split("\n")[9:]]


def far(a, b, part, least):
    return abs(a - b) > least + part * abs(a)


def differences(folder):
    """What differs between the two engines, as texts."""
    told = []
    s, t = os.path.join(folder, "s"), os.path.join(folder, "t")
    done = subprocess.run([sys.executable, COMPARE, s + "/m.out", t + "/m.out"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        told.append(done.stdout.strip().split("\n")[-1] or done.stderr.strip())
    for heading, part, least in (("LID Performance Summary", 0.01, 0.015),
                                 ("Runoff Quality Continuity", 0.01, 0.0015)):
        a, b = numbers(s + "/m.rpt", heading), numbers(t + "/m.rpt", heading)
        a, b = ([row[:7] for row in x[:9]] for x in (a, b))
        if len(a) != len(b) or any(far(x, y, part, least) for p, q in zip(a, b)
                                   for x, y in zip(p, q)):
            told.append(f"{heading}: {b} for {a}")
    a, b = unit_rows(s), unit_rows(t)
    if [row[:3] for row in a] != [row[:3] for row in b]:
        told.append(f"report of the unit: {len(b)} rows for {len(a)}, or at other times")
    # A layer counts as full or not by the last bit: steps may differ, and sums by two of a hundred.
    for column in range(3, len(a[0]) if a else 0):
        sums = [sum(float(row[column]) for row in rows) for rows in (a, b)]
        if far(*sums, 0.02, 0.05):
            told.append(f"report of the unit, column {column}: sum {sums[1]:.3f} for {sums[0]:.3f}")
    return told


def run(text, folder, command, python):
    swmm = "from swmm.toolkit import solver; solver.swmm_run('m.inp', 'm.rpt', 'm.out')"
    for sub, words in (("s", [python, "-c", swmm]),
                       ("t", shlex.split(command) + ["m.inp", "m.rpt", "m.out"])):
        where = os.path.join(folder, sub)
        os.mkdir(where)
        with open(os.path.join(where, "m.inp"), "w", encoding="ascii") as f:
            f.write(text)
        subprocess.run(words, cwd=where, check=True, stdout=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--command", default=os.path.join(ROOT, "build", "thalweg") + " run --quiet")
    parser.add_argument("--python")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    python = find_python(options.python)
    if not os.path.exists(COMPARE):
        print("lid_peer: no ../shared")
        return SKIP
    count = bad = 0
    for name, text in [*lid_models(), *ground_models(), *storage_models()]:
        if options.only not in name:
            continue
        with tempfile.TemporaryDirectory() as folder:
            run(text, folder, options.command, python)
            told = differences(folder)
        count += 1
        bad += bool(told)
        for line in told[:3]:
            print(f"{name}: {line}"[:300])
    print(f"lid_peer: {count - bad} of {count} models agree")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
