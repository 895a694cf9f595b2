#!/usr/bin/env python3
"""Pumps, orifices, weirs, outlets, dividers, storages, outfalls and culverts of every kind, by
Thalweg and by SWMM 5.2.4: all series of nodes and links.

  structure_peer.py [--command "build/thalweg run --quiet"] [--python PYTHON] [--only TEXT]

Each model holds one structure between a basin that fills and empties and a basin or an outfall with
tail water. PYTHON is one that has swmm-toolkit (default: build/.venv, or this one). A model agrees when
RMS(difference) <= 0.5 % of the largest value of each series. Where one does not, SWMM is asked again with
roughness changed by a rounding, 1e-10: when its own series move as far, it is chance (docs/numerics/
last-digits.md), and told. Exit 0: nothing else differs; 1: something does; 77: no SWMM here.
"""
import argparse
import os
import struct
import sys
import tempfile

from both import ROOT, find_python, network_series, rougher, run_files, worst_of

TOLERANCE = 0.005
ROUNDING = 1e-10
FOOT = 0.3048

# What stands between S and T; lengths in metres or in feet, whatever the model's unit is.
CURVES = ["P1 PUMP1 100 2", "P1 200 4", "P1 400 7", "P2 PUMP2 1 2", "P2 2 4", "P2 4 7",
          "P3 PUMP3 0 8", "P3 3 5", "P3 6 0", "P4 PUMP4 0 0", "P4 1 2", "P4 4 7",
          "P5 PUMP5 0 8", "P5 3 5", "P5 6 0", "RD RATING 0 0", "RD 1 2", "RD 3 5",
          "WC WEIR 0.2 2.5", "WC 0.6 3", "WC 1.5 3.4", "SC STORAGE 0 80", "SC 2 150", "SC 5 150"]


def pump(name, status="ON", start=0, stop=0):
    return {"PUMPS": [f"X S T {name} {status} {start} {stop}"]}


def orifice(kind, shape, gate="NO", rate=0, offset=0.5):
    return {"ORIFICES": [f"X S T {kind} {offset} 0.65 {gate} {rate}"], "XSECTIONS": [f"X {shape}"]}


def weir(kind, shape, rest, offset=0.8):
    return {"WEIRS": [f"X S T {kind} {offset} {rest}"], "XSECTIONS": [f"X {shape}"]}


def outlet(kind, rest, gate="NO", offset=0.4):
    return {"OUTLETS": [f"X S T {offset} {kind} {rest} {gate}"]}


def conduit(shape, rest="", offsets="0.3 0", losses=None):
    part = {"CONDUITS": [f"X S T 60 0.013 {offsets} {rest}"], "XSECTIONS": [f"X {shape}"]}
    return dict(part, LOSSES=[f"X {losses}"]) if losses else part


RULE = {"CONTROLS": ["RULE A", "IF SIMULATION TIME > 1", "THEN {} X SETTING = 0.4",
                     "RULE B", "IF SIMULATION TIME > 3", "THEN {} X SETTING = 0.8"]}


def ruled(part, kind):
    return dict(part, CONTROLS=[line.format(kind) for line in RULE["CONTROLS"]])


BETWEEN = {
    "pump 1": pump("P1"), "pump 2": pump("P2"), "pump 3": pump("P3"), "pump 4": pump("P4"),
    "pump 5": pump("P5"), "ideal pump": pump("*"), "pump with levels": pump("P4", "OFF", 1.8, 0.9),
    "pump 5 slower": ruled(pump("P5"), "PUMP"), "pump 3 slower": ruled(pump("P3"), "PUMP"),
    "side circle": orifice("SIDE", "CIRCULAR 0.9 0 0 0"),
    "side box": orifice("SIDE", "RECT_CLOSED 0.6 1.2 0 0"),
    "bottom circle": orifice("BOTTOM", "CIRCULAR 0.9 0 0 0"),
    "bottom box": orifice("BOTTOM", "RECT_CLOSED 0.6 1.2 0 0", offset=0),
    "side circle, gate": orifice("SIDE", "CIRCULAR 0.9 0 0 0", "YES"),
    "bottom box, gate": orifice("BOTTOM", "RECT_CLOSED 0.6 1.2 0 0", "YES"),
    "moving orifice": ruled(orifice("SIDE", "RECT_CLOSED 0.9 0.9 0 0", rate=0.5), "ORIFICE"),
    "transverse": weir("TRANSVERSE", "RECT_OPEN 1 2 0 0", "1.8 NO 0 0 YES"),
    "transverse, contracted": weir("TRANSVERSE", "RECT_OPEN 1 2 0 0", "1.8 NO 2 0 YES"),
    "transverse, never surcharged": weir("TRANSVERSE", "RECT_OPEN 1 2 0 0", "1.8 NO 0 0 NO"),
    "transverse, gate": weir("TRANSVERSE", "RECT_OPEN 1 2 0 0", "1.8 YES 0 0 YES"),
    "transverse, curve": weir("TRANSVERSE", "RECT_OPEN 1 2 0 0", "1.8 NO 0 0 YES * * WC"),
    "side flow": weir("SIDEFLOW", "RECT_OPEN 1 2 0 0", "1.8 NO 1 0 YES"),
    "V-notch": weir("V-NOTCH", "TRIANGULAR 1 3 0 0", "1.4 NO 0 0 YES"),
    "trapezoidal": weir("TRAPEZOIDAL", "TRAPEZOIDAL 1 1 1 1", "1.8 NO 0 1.3 YES"),
    "paved road": weir("ROADWAY", "RECT_OPEN 1 2 0 0", "1.8 NO 0 0 NO 10 PAVED"),
    "gravel road": weir("ROADWAY", "RECT_OPEN 1 2 0 0", "1.8 NO 0 0 NO 10 GRAVEL"),
    "moving weir": ruled(weir("TRANSVERSE", "RECT_OPEN 1 2 0 0", "1.8 NO 0 0 YES"), "WEIR"),
    "moving V-notch": ruled(weir("V-NOTCH", "TRIANGULAR 1 3 0 0", "1.4 NO 0 0 YES"), "WEIR"),
    "outlet by depth": outlet("FUNCTIONAL/DEPTH", "2 0.7"),
    "outlet by head": outlet("FUNCTIONAL/HEAD", "2 0.7"),
    "outlet table by depth": outlet("TABULAR/DEPTH", "RD"),
    "outlet table by head": outlet("TABULAR/HEAD", "RD"),
    "outlet with gate": outlet("FUNCTIONAL/HEAD", "2 0.7", "YES"),
    "pipe": conduit("CIRCULAR 0.9 0 0 0"), "two pipes": conduit("CIRCULAR 0.6 0 0 0 2"),
    "pipe with gate": conduit("CIRCULAR 0.9 0 0 0", losses="0.5 1 0.2 YES"),
    "pipe with limit": conduit("CIRCULAR 0.9 0 0 0", "0 1.1"),
    "leaking channel": conduit("RECT_OPEN 2 1 0 0", losses="0 0 0 NO 40"),
    "round culvert": conduit("CIRCULAR 0.9 0 0 0 1 1"),
    "boxes of a culvert": conduit("RECT_CLOSED 0.8 1 0 0 2 8"),
    "force main": conduit("FORCE_MAIN 0.9 100 0 0"),
}
STORAGES = {
    "cylindrical": "CYLINDRICAL 12 10 0", "conical": "CONICAL 12 10 2", "functional":
    "FUNCTIONAL 20 0.5 60", "paraboloid": "PARABOLIC 20 15 4", "pyramidal": "PYRAMIDAL 12 10 1",
    "tabular": "TABULAR SC"}
OUTFALLS = {"free": "FREE", "normal": "NORMAL", "fixed": "FIXED 10.9", "tidal": "TIDAL TC",
            "series": "TIMESERIES TS", "gated": "TIMESERIES TS YES"}
DIVIDERS = {"cutoff": "CUTOFF 1.5", "overflow": "OVERFLOW", "table": "TABULAR DC",
            "weir": "WEIR 1 1.5 1.2"}


def options(units, routing, more=()):
    return [f"FLOW_UNITS {units}", f"FLOW_ROUTING {routing}", "START_DATE 06/29/2021",
            "END_DATE 06/29/2021", "END_TIME 06:00", "REPORT_STEP 0:05", "ROUTING_STEP 5",
            "VARIABLE_STEP 0", "MAX_TRIALS 20", "HEAD_TOLERANCE 0.0005", *more]


def base(units, routing, more=()):
    """A basin S that fills twice."""
    return {"OPTIONS": options(units, routing, more), "STORAGE": [], "JUNCTIONS": [], "OUTFALLS": [],
            "CONDUITS": [], "XSECTIONS": [], "CURVES": list(CURVES),
            "INFLOWS": ["S FLOW I"],
            "TIMESERIES": ["I 0:00 0.3", "I 0:30 5", "I 1:30 0.5", "I 2:30 0.2", "I 3:00 6",
                           "I 4:00 0"],
            "REPORT": ["NODES ALL", "LINKS ALL"]}


def add(model, part):
    for name, rows in part.items():
        model.setdefault(name, []).extend(rows)


def between(units, routing, part, tail):
    """Storage S, the structure X, storage T, pipe, outfall; with dynamic waves T backs up."""
    model = base(units, routing)
    model["STORAGE"] = ["S 10 5 0.5 FUNCTIONAL 0 0 150 0 0",
                        f"T 9.6 5 {tail} FUNCTIONAL 0 0 200 0 0"]
    model["OUTFALLS"] = ["O 9 FREE"]
    model["CONDUITS"] = ["C T O 100 0.013 0 0"]
    model["XSECTIONS"] = ["C CIRCULAR 0.9 0 0 0"]
    add(model, part)
    return model


def storage(units, routing, shape, more):
    model = base(units, routing)
    model["STORAGE"] = [f"S 10 5 0.5 {shape} {more}"]
    model["EVAPORATION"] = ["CONSTANT 100"]
    if routing == "KINWAVE":  # SWMM's metric storages jump to full, where the last digit decides
        model["INFLOWS"] = ["S FLOW I FLOW 1 0.2"]
    model["OUTFALLS"] = ["O 9 FREE"]
    model["CONDUITS"] = ["C S O 100 0.013 0 0"]
    model["XSECTIONS"] = ["C CIRCULAR 0.9 0 0 0"]
    return model


def outfall(units, kind, offset):
    model = base(units, "DYNWAVE")
    model["STORAGE"] = ["S 10 5 0.5 FUNCTIONAL 0 0 150 0 0"]
    model["OUTFALLS"] = [f"O 9.4 {kind}"]
    model["CONDUITS"] = [f"C S O 100 0.013 0.1 {offset}"]
    model["XSECTIONS"] = ["C CIRCULAR 0.9 0 0 0"]
    model["CURVES"] += ["TC TIDAL 0 9.5", "TC 2 12", "TC 4 9.8", "TC 24 10"]
    model["TIMESERIES"] += ["TS 0 9.5", "TS 1:30 12.5", "TS 5 9.4"]
    return model


def divider(units, routing, kind):
    model = base(units, routing)
    model["INFLOWS"] = ["D FLOW I"]
    model["DIVIDERS"] = [f"D 10 * {kind} 5 0 0 0".replace("*", "V")]
    model["OUTFALLS"] = ["O 9 FREE", "P 9 FREE"]
    model["CONDUITS"] = ["C D O 100 0.013 0 0", "V D P 100 0.013 0 0"]
    model["XSECTIONS"] = ["C CIRCULAR 1.2 0 0 0", "V CIRCULAR 0.9 0 0 0"]
    model["CURVES"] += ["DC DIVERSION 0 0", "DC 2 0.5", "DC 5 3"]
    return model


def models():
    for name, part in BETWEEN.items():
        for units in ("CFS", "CMS"):
            for tail in (0.2, 1.6):
                yield f"{name}, {units}, tail {tail}", between(units, "DYNWAVE", part, tail)
        yield f"{name}, slot", dict(between("CFS", "DYNWAVE", part, 0.2), OPTIONS=options(
            "CFS", "DYNWAVE", ["SURCHARGE_METHOD SLOT", "INERTIAL_DAMPING NONE"]))
        yield f"{name}, KINWAVE", between("LPS", "KINWAVE", part, 0.2)
        steady = between("CFS", "STEADY", part, 0.2)
        # where a storage's pipe runs full, the last digit decides whether its area is the full one
        steady["INFLOWS"] = ["S FLOW I FLOW 1 0.3"]
        yield f"{name}, STEADY", steady
    for name, shape in STORAGES.items():
        for more in ("0 0", "0 0.8", "0 0.8 40", "0 0.5 3 40 0.3"):
            for units in ("CFS", "CMS"):
                for routing in ("DYNWAVE", "KINWAVE"):
                    yield (f"{name} storage, {more}, {units}, {routing}",
                           storage(units, routing, shape, more))
    for name, kind in OUTFALLS.items():
        for offset in (0, 0.5):
            yield f"{name} outfall, offset {offset}", outfall("CMS", kind, offset)
    for name, kind in DIVIDERS.items():
        for routing in ("KINWAVE", "STEADY", "DYNWAVE"):
            for units in ("CFS", "CMS"):
                yield f"{name} divider, {units}, {routing}", divider(units, routing, kind)


def text_of(model):
    return "".join(f"[{name}]\n" + "\n".join(rows) + "\n\n" for name, rows in model.items() if rows)


def judge(text, command, python):
    """(greatest difference, of which series, whether SWMM moves as far by itself)."""
    with tempfile.TemporaryDirectory() as folder:
        swmm, thalweg = os.path.join(folder, "s.out"), os.path.join(folder, "t.out")
        try:
            run_files(text, folder, command, python)
            theirs, ours = network_series(swmm), network_series(thalweg)
            error, key = worst_of(theirs, ours)
            if error <= TOLERANCE:
                return error, key, False
            run_files(rougher(text, ROUNDING), folder, command, python)
            return error, key, worst_of(theirs, network_series(swmm))[0] >= 0.9 * error
        except (OSError, ValueError, RuntimeError, struct.error) as why:
            return float("inf"), (str(why), ""), False


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--command", default=os.path.join(ROOT, "build", "thalweg") + " run --quiet")
    parser.add_argument("--python")
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", default="", help="write the models that differ to this folder")
    args = parser.parse_args()
    python = find_python(args.python)
    count, bad, moved = 0, 0, 0
    for name, model in models():
        if args.only not in name:
            continue
        error, key, by_itself = judge(text_of(model), args.command, python)
        count += 1
        if error > TOLERANCE:
            moved += by_itself
            bad += not by_itself
            print(f"{name}: {key[0]} {key[1]} {error:.2%}{', as SWMM by itself' if by_itself else ''}")
            if args.keep:
                path = os.path.join(args.keep, name.replace(" ", "_").replace(",", "") + ".inp")
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text_of(model))
    print(f"structure_peer: {count - bad - moved} of {count} models agree, "
          f"{moved} move as SWMM does by itself")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
