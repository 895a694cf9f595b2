#!/usr/bin/env python3
"""Case files of the hydraulics from what SWMM 5.2.4 computes.

    hydraulics_cases.py [--check] [--swmm PYTHON]

Writes tests/cases/xsect_swmm.case and tests/cases/regulators_swmm.case, or with --check compares
them with what SWMM gives now (exit status 1: they differ). PYTHON is an interpreter that has
swmm-toolkit 0.17.0 (default: TW_SWMM_PYTHON or /tmp/peer/bin/python).

Areas are volumes of level conduits between two storages; critical and normal depths those of
outfalls under steady flow; radii follow from the friction slope of steady flow without inertia.
Flows of regulators are those between two storages so large that their levels stay.
"""
import argparse
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from both import read_results  # noqa: E402

FOOT = 0.3048
CASES = Path(__file__).resolve().parent.parent / "cases"

OPTIONS = """[OPTIONS]
FLOW_UNITS CFS
FLOW_ROUTING DYNWAVE
START_DATE 01/01/2020
END_DATE {end}
END_TIME {time}
REPORT_STEP {report}
ROUTING_STEP {step}
VARIABLE_STEP 0
INERTIAL_DAMPING FULL
MAX_TRIALS 20
HEAD_TOLERANCE 0.00001
[REPORT]
NODES ALL
LINKS ALL
"""
# SWMM wants an outlet somewhere.
ELSEWHERE = {"JUNCTIONS": ["JX 1 10"], "OUTFALLS": ["OUT 0 FREE"],
             "CONDUITS": ["LO JX OUT 1000 0.013 0 0"], "XSECTIONS": ["LO CIRCULAR 1 0 0 0"]}

# name, [XSECTIONS] words, roughness of the section's own or None
SHAPES = [
    ("circular", "CIRCULAR 10 0 0 0", None), ("circular_2", "CIRCULAR 2 0 0 0", None),
    ("rect_closed", "RECT_CLOSED 6 8 0 0", None), ("rect_open", "RECT_OPEN 6 8 0 0", None),
    ("rect_open_1", "RECT_OPEN 6 8 1 0", None), ("trapezoidal", "TRAPEZOIDAL 5 6 1.5 2", None),
    ("triangular", "TRIANGULAR 5 8 0 0", None), ("parabolic", "PARABOLIC 5 8 0 0", None),
    ("power", "POWER 5 8 3 0", None), ("rect_triangular", "RECT_TRIANGULAR 6 4 2 0", None),
    ("rect_round", "RECT_ROUND 6 4 3 0", None), ("modbasket", "MODBASKETHANDLE 6 4 3 0", None),
    ("modbasket_arc", "MODBASKETHANDLE 3 6 3 0", None),
    ("horiz_ellipse", "HORIZ_ELLIPSE 4 6 0 0", None), ("horiz_5", "HORIZ_ELLIPSE 5 0 0 0", None),
    ("vert_ellipse", "VERT_ELLIPSE 6 4 0 0", None), ("vert_7", "VERT_ELLIPSE 6 4 7 0", None),
    ("arch", "ARCH 4 6 0 0", None), ("arch_30", "ARCH 30 0 0 0", None),
    ("egg", "EGG 5 0 0 0", None), ("horseshoe", "HORSESHOE 5 0 0 0", None),
    ("gothic", "GOTHIC 5 0 0 0", None), ("catenary", "CATENARY 5 0 0 0", None),
    ("semi_elliptical", "SEMIELLIPTICAL 5 0 0 0", None),
    ("basket_handle", "BASKETHANDLE 5 0 0 0", None),
    ("semi_circular", "SEMICIRCULAR 5 0 0 0", None),
    ("custom", "CUSTOM 5 C1 0 0", None), ("custom_2", "CUSTOM 5 C2 0 0", None),
    ("irregular", "IRREGULAR T1 0 0 0", 0.03),
    ("street", "STREET S1 0 0 0", 0.016), ("street_back", "STREET S2 0 0 0", 0.016),
    ("street_half", "STREET S3 0 0 0", 0.016),
]
FILLED = ("filled_circular", "FILLED_CIRCULAR 10 3 0 0", None)  # depths count from the sediment
CURVES = {"C1": [(0, 0.5), (0.3, 1.0), (0.7, 1.2), (1.0, 0.0)],
          "C2": [(0.1, 0.4), (0.5, 0.8), (0.51, 1.6), (0.9, 1.6)]}
TRANSECTS = ["NC 0.05 0.06 0.03", "X1 T1 8 20 40 0 0 0 0 0",
             "GR 10 0 8 10 7 20 2 25 2 35 7 40", "GR 8 50 9 60"]
STREETS = {"S1": (20, 0.5, 2, 0.016, 0, 0, 2, 0, 0, 0),
           "S2": (20, 0.5, 2, 0.016, 0.17, 2, 2, 10, 3, 0.05),
           "S3": (20, 0.5, 4, 0.016, 0.17, 2, 1, 0, 0, 0)}
POINTS = {"C1": "curve 0 0.5  0.3 1  0.7 1.2  1 0", "C2": "curve 0.1 0.4  0.5 0.8  0.51 1.6  0.9 1.6"}


class Results:
    """The last period of a .out file: value(group, name, variable)."""

    def __init__(self, path):
        counts, names, rows = read_results(path)
        widths, column, self.column = (8, 6, 5), 0, {}
        for group, (count, width) in enumerate(zip(counts, widths)):
            for k in range(count):
                self.column[group, names[sum(counts[:group]) + k]] = column
                column += width
        self.row = rows[-1]

    def node_depth(self, name):
        return self.row[self.column[1, name]]

    def link(self, name, variable):
        return self.row[self.column[2, name] + ("flow", "depth", "velocity", "volume").index(variable)]


def run(python, options, sections):
    text = options
    for name, lines in ELSEWHERE.items():
        sections.setdefault(name, []).extend(lines)
    for name, lines in sections.items():
        text += f"[{name}]\n" + "\n".join(lines) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        inp, rpt, out = (os.path.join(folder, "a." + end) for end in ("inp", "rpt", "out"))
        Path(inp).write_text(text)
        code = f"from swmm.toolkit import solver; solver.swmm_run({inp!r}, {rpt!r}, {out!r})"
        done = subprocess.run([python, "-c", code], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"SWMM failed:\n{done.stderr}\n{Path(rpt).read_text()[:3000]}")
        return Results(out)


def options(**words):
    given = dict(end="01/01/2020", time="01:00:00", report="00:01:00", step="1")
    given.update(words)
    return OPTIONS.format(**given)


def shared_sections():
    curves = [f"{n} {'SHAPE' if i == 0 else ''} {x} {y}"
              for n, points in CURVES.items() for i, (x, y) in enumerate(points)]
    streets = [n + " " + " ".join(map(str, v)) for n, v in STREETS.items()]
    return {"CURVES": curves, "TRANSECTS": list(TRANSECTS), "STREETS": streets}


def levels(python):
    """{shape: [(depth ft, area ft2)]} of level conduits."""
    s = shared_sections()
    s.update(STORAGE=[], CONDUITS=[], XSECTIONS=[])
    names = {}
    for name, words, _ in SHAPES + [FILLED]:
        above = 3.0 if name == FILLED[0] else 0.0
        full = full_depth(words)
        for i in range(1, 13):
            depth = round(full * (0.013 if i == 1 else 0.999 if i == 12 else i / 12), 6)
            link = f"{name}.{i}"
            names.setdefault(name, []).append((link, depth))
            for end in "ab":
                s["STORAGE"].append(f"{link}{end} 0 300 {depth + above} FUNCTIONAL 0 0 1000")
            s["CONDUITS"].append(f"{link} {link}a {link}b 1000 0.013 0 0")
            s["XSECTIONS"].append(f"{link} {words}")
    r = run(python, options(), s)
    return {n: [(d, r.link(k, "volume") / 1000) for k, d in rows] for n, rows in names.items()}


def full_depth(words):
    known = {"HORIZ_ELLIPSE 5 0 0 0": 27 / 12, "VERT_ELLIPSE 6 4 7 0": 49 / 12,
             "ARCH 30 0 0 0": 31 / 12, "IRREGULAR T1 0 0 0": 8, "STREET S1 0 0 0": 0.5,
             "STREET S2 0 0 0": 0.97, "STREET S3 0 0 0": 0.97, "FILLED_CIRCULAR 10 3 0 0": 7}
    return known.get(words) or float(words.split()[1])


LENGTH, DROP, ROUGHNESS = 2000.0, 0.8, 0.016


def steady(python, kind, areas):
    """{shape: [(flow cfs, roughness, depth ft upstream, depth ft at the outfall)]}"""
    s = shared_sections()
    s.update(JUNCTIONS=[], OUTFALLS=[], CONDUITS=[], XSECTIONS=[], INFLOWS=[])
    names = {}
    for name, words, roughness in SHAPES:
        most = 0.9 * areas[name][-1][1] * math.sqrt(full_depth(words))  # about the capacity
        for i, part in enumerate((0.0002, 0.002, 0.01, 0.05, 0.15, 0.3, 0.5, 0.7)):
            flow = round(part * most * 0.8, 5)
            link = f"{name}.{i}"
            names.setdefault(name, []).append((link, flow, roughness or ROUGHNESS))
            s["JUNCTIONS"].append(f"{link}j {10 + DROP} 100")
            s["OUTFALLS"].append(f"{link}o 10 {kind}")
            s["CONDUITS"].append(f"{link} {link}j {link}o {LENGTH} {ROUGHNESS} 0 0")
            s["XSECTIONS"].append(f"{link} {words}")
            s["INFLOWS"].append(f'{link}j FLOW "" FLOW 1 1 {flow}')
    r = run(python, options(end="01/02/2020", report="01:00:00", step="5"), s)
    return {n: [(r.link(k, "flow"), rough, r.node_depth(k + "j"), r.node_depth(k + "o"))
                for k, flow, rough in rows if abs(r.link(k, "flow") - flow) < 1e-5 * flow]
            for n, rows in names.items()}  # a few never become steady


def shape_lines(words):
    p = words.split()
    lines = []
    if p[0] == "IRREGULAR":
        points = " ".join(TRANSECTS[2:]).replace("GR", "").split()
        pairs = [(float(x) * FOOT, float(y) * FOOT) for y, x in zip(points[::2], points[1::2])]
        lines.append("transect 0.05 0.06 0.03 %.9g %.9g  " % (20 * FOOT, 40 * FOOT)
                     + "  ".join("%.9g %.9g" % xy for xy in pairs))
    elif p[0] == "STREET":
        v = STREETS[p[1]]
        lengths = {0, 1, 4, 5, 7}
        lines.append("street " + " ".join("%.9g" % (x * FOOT if i in lengths else
                                                    x / 100 if i in (2, 8) else x)
                                          for i, x in enumerate(v)))
    elif p[0] == "CUSTOM":
        lines.append(POINTS[p[2]])
    count = {"RECT_TRIANGULAR": 3, "RECT_ROUND": 3, "MODBASKETHANDLE": 3}.get(p[0], 2)
    geom = [float(x) if x[0].isdigit() else 0.0 for x in p[1:]]
    if p[0] in ("HORIZ_ELLIPSE", "VERT_ELLIPSE", "ARCH") and geom[1] == 0.0:
        count = 0  # a size code
    geom = [x * FOOT if i < count else x for i, x in enumerate(geom)]
    lines.append(f"shape {p[0]} " + " ".join("%.9g" % x for x in geom))
    return lines


def write_sections(python):
    areas = levels(python)
    free, normal = (steady(python, kind, areas) for kind in ("FREE", "NORMAL"))
    slope = DROP / math.sqrt(LENGTH * LENGTH - DROP * DROP)
    lines = ["# Cross-sections as SWMM 5.2.4 has them; made by tests/peers/hydraulics_cases.py.",
             "# area: depth m, m2; critical: flow m3/s, depth m; normal: factor m^(8/3), depth m;",
             "# conveyance: depth m, A R^(2/3) m^(8/3). Its results are of single precision; the",
             "# conveyance is of a difference of levels, so less exact."]
    for name, words, _ in SHAPES + [FILLED]:
        lines += [""] + shape_lines(words) + ["tolerance 3e-7"]
        lines += ["area %.9g %.9g" % (d * FOOT, a * FOOT ** 2) for d, a in areas[name]]
        lines += ["tolerance 3e-6"]
        deep = {}
        for q, n, _, y in normal.get(name, []):
            deep[round(q, 4)] = y
            factor = q * n / 1.486 / math.sqrt(slope)
            if y < 0.99 * full_depth(words):
                lines.append("normal %.9g %.9g" % (factor * FOOT ** (8 / 3), y * FOOT))
        for q, n, _, y in free.get(name, []):
            if y < 0.999 * deep.get(round(q, 4), 0.0):  # else the outfall's depth is the normal one
                lines.append("critical %.9g %.9g" % (q * FOOT ** 3, y * FOOT))
        lines += ["tolerance 1e-5"]
        for q, n, y1, y2 in normal.get(name, []):
            middle = 0.5 * (y1 + y2)
            if y1 <= y2 or y1 >= full_depth(words):
                continue  # limited to normal flow, or full
            fall = (y1 + DROP - y2) / LENGTH
            # R^(2/3) A = q n / (1.486 sqrt(fall))
            lines.append("conveyance %.9g %.9g" % (middle * FOOT, q * n / 1.486 / math.sqrt(fall)
                                                   * FOOT ** (8 / 3)))
    return "\n".join(lines) + "\n"


HEADS = [(h1, h2) for h1 in (0.5, 2.05, 2.4, 3.3, 3.97, 6.0) for h2 in (0.3, 2.2, 2.7, 3.5, 8.5)]
WEIRS = [("TRANSVERSE", "RECT_OPEN", "2 3 0 0", 0.0), ("SIDEFLOW", "RECT_OPEN", "2 3 0 0", 0.0),
         ("V-NOTCH", "TRIANGULAR", "2 3 0 0", 0.0),
         ("TRAPEZOIDAL", "TRAPEZOIDAL", "2 3 0.5 0.5", 1.3)]


def regulators():
    """(case line without heads, [section lines], setting); N stands for the link's name."""
    def one(kind, sub, shape, geom, offset, values, setting, words):
        return dict(kind=kind, sub=sub, shape=shape, geom=geom, offset=offset, values=values,
                    setting=setting, words=words)
    out = []
    for sub, word in enumerate(("SIDE", "BOTTOM")):
        for shape, geom in (("CIRCULAR", "1.5 0 0 0"), ("RECT_CLOSED", "2 1.2 0 0")):
            for flap, setting in ((0, 1), (0, 0.4), (1, 1), (1, 0.4)):
                out.append(one("orifice", sub, shape, geom, 2.0, [0.65, flap], setting,
                               f"{word} 2 0.65 {('NO', 'YES')[flap]} 0"))
    for sub, (word, shape, geom, ends) in enumerate(WEIRS):
        for flap, setting, surcharge, contractions in (
                (0, 1, 1, 0), (0, 1, 0, 2), (0, 0.4, 1, 2), (1, 1, 1, 0), (1, 0.4, 0, 0)):
            out.append(one("weir", sub, shape, geom, 2.0,
                           [1.9, flap, contractions, ends, surcharge, 0, 0], setting,
                           f"{word} 2 1.9 {('NO', 'YES')[flap]} {contractions} {ends} "
                           f"{('NO', 'YES')[surcharge]}"))
    for width, surface in ((0, 0), (10, 1), (10, 2), (2, 1), (2, 2)):
        word = ("*", "PAVED", "GRAVEL")[surface]
        out.append(one("weir", 4, "RECT_OPEN", "2 3 0 0", 2.0, [1.9, 0, 0, 0, 0, width, surface], 1,
                       f"ROADWAY 2 1.9 NO 0 0 NO {width} {word}"))
    for by_head, word in enumerate(("DEPTH", "HEAD")):
        for setting in (1, 0.5):
            out.append(one("outlet", by_head, "-", "0 0 0 0", 2.0, [1.7, 1.3], setting,
                           f"2 FUNCTIONAL/{word} 1.7 1.3 NO"))
    return out


def write_regulators(python):
    lines = ["# Flows of regulators in SWMM 5.2.4; made by tests/peers/hydraulics_cases.py. Lengths ft,",
             "# flows cfs, as SWMM has them; the test converts.",
             "# kind type shape geom(4) offset setting values... ; then heads 1 and 2, flow, depth"]
    rows = regulators()
    s = {k: [] for k in ("STORAGE", "ORIFICES", "WEIRS", "OUTLETS", "XSECTIONS", "CONTROLS")}
    for i, r in enumerate(rows):
        for j, (h1, h2) in enumerate(HEADS):
            n = f"L{i}.{j}"
            s["STORAGE"] += [f"{n}a 0 50 {h1} FUNCTIONAL 0 0 1e10",
                             f"{n}b 0 50 {h2} FUNCTIONAL 0 0 1e10"]
            s[r["kind"].upper() + "S"].append(f"{n} {n}a {n}b {r['words']}")
            if r["shape"] != "-":
                s["XSECTIONS"].append(f"{n} {r['shape']} {r['geom']}")
            if r["setting"] != 1:
                s["CONTROLS"] += [f"RULE R{n}", "IF SIMULATION TIME >= 0",
                                  f"THEN {r['kind'].upper()} {n} SETTING = {r['setting']}"]
    out = run(python, options(time="00:02:00", report="00:00:05"), s)
    for i, r in enumerate(rows):
        values = " ".join("%g" % v for v in r["values"])
        lines += ["", f"{r['kind']} {r['sub']} {r['shape']} {r['geom']} {r['offset']:g} "
                      f"{r['setting']:g} {values}"]
        for j, (h1, h2) in enumerate(HEADS):
            q, y = out.link(f"L{i}.{j}", "flow"), out.link(f"L{i}.{j}", "depth")
            lines.append("at %g %g  %.7g %.7g" % (h1, h2, q, y))
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--swmm", default=os.environ.get("TW_SWMM_PYTHON", "/tmp/peer/bin/python"))
    given = parser.parse_args()
    differ = 0
    for name, write in (("xsect_swmm", write_sections), ("regulators_swmm", write_regulators)):
        path, text = CASES / (name + ".case"), write(given.swmm)
        if not given.check:
            path.write_text(text)
        elif path.read_text() != text:
            print(f"{path}: SWMM gives something else now")
            differ = 1
    return differ


if __name__ == "__main__":
    sys.exit(main())
