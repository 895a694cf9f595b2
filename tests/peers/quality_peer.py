#!/usr/bin/env python3
"""Pollutants against SWMM 5.2.4: small models of every kind of source, transport and loss.

    quality_peer.py [--python PYTHON] [--command "build/thalweg run"] [--only TEXT] [--keep FOLDER]
                    [--mixed N]

One base model; each case adds what it is named after, and MIXED cases add several drawn at random.
Every series of pollutants has to be SWMM's within 1 % of its range (RMS), every figure of the
report's tables on quality within 1 % of the table's largest. Ends with `N passed, N failed`.
"""
import argparse
import copy
import os
import random
import re
import shlex
import subprocess
import sys
import tempfile

from both import ROOT, find_python, read_results

# Of a series' largest value. Two engines whose steps differ in their last millisecond carry a front
# past a report time at slightly different moments; a rule that differs shows as tens of percent.
SERIES_TOLERANCE = 0.01
TABLE_TOLERANCE = 0.01
# Points of percent of continuity errors. Kinematic waves are solved to 0.1 % of a section's area: when
# every roughness changes by 1e-10 SWMM's own errors move by up to 0.3 points, and ours as much.
ERROR_POINTS, KINEMATIC_ERROR_POINTS = 0.1, 0.5
TABLES = ("Runoff Quality Continuity", "Quality Routing Continuity", "Subcatchment Washoff Summary",
          "Outfall Loading Summary", "Link Pollutant Load Summary")

BASE = {
    "OPTIONS": ["FLOW_UNITS CFS", "INFILTRATION HORTON", "FLOW_ROUTING DYNWAVE",
                "START_DATE 03/01/2021", "START_TIME 00:00", "END_DATE 03/01/2021",
                "END_TIME 12:00", "REPORT_STEP 00:05:00", "WET_STEP 00:01:00",
                "DRY_STEP 00:10:00", "ROUTING_STEP 5", "DRY_DAYS 4", "VARIABLE_STEP 0"],
    "EVAPORATION": ["CONSTANT 0.0"],
    "RAINGAGES": ["G INTENSITY 0:15 1 TIMESERIES R"],
    "SUBCATCHMENTS": ["S1 G J1 6 60 400 1 600", "S2 G J2 4 30 300 0.5 250"],
    "SUBAREAS": ["S1 .015 .1 .05 .1 25 OUTLET", "S2 .015 .1 .05 .1 25 OUTLET"],
    "INFILTRATION": ["S1 1 .2 4 7 0", "S2 2 .3 4 7 0"],
    "JUNCTIONS": ["J1 20 6 0 0 0", "J2 19 6 0 0 0", "J3 18 6 0 0 0"],
    "OUTFALLS": ["O 15 FREE NO"],
    "STORAGE": ["T 16 8 0.5 FUNCTIONAL 0 0 900 0 0"],
    "CONDUITS": ["C1 J1 J3 400 .013 0 0", "C2 J2 J3 300 .013 0 0", "C3 J3 T 300 .013 0 0"],
    "ORIFICES": ["E T O SIDE 0 .65 NO"],
    "XSECTIONS": ["C1 CIRCULAR 2 0 0 0", "C2 CIRCULAR 2 0 0 0", "C3 CIRCULAR 3 0 0 0",
                  "E CIRCULAR 1 0 0 0"],
    "POLLUTANTS": ["P1 MG/L 0 0 0 0 NO * 0 0 0", "P2 UG/L 0 0 0 0 NO * 0 0 0"],
    "LANDUSES": ["A 0 0 0", "B 0 0 0"],
    "COVERAGES": ["S1 A 60 B 40", "S2 B 70"],
    "BUILDUP": ["A P1 EXP 40 .3 0 AREA", "B P1 SAT 60 0 3 AREA"],
    "WASHOFF": ["A P1 EXP .1 1.2 0 0", "B P1 EXP .2 1 0 0", "A P2 EMC 30 0 0 0",
                "B P2 EMC 12 0 0 0"],
    "TIMESERIES": ["R 1:00 .2", "R 1:15 .9", "R 1:30 1.6", "R 1:45 .4", "R 2:00 0", "R 6:00 .5",
                   "R 6:15 .8", "R 6:30 0"],
    "REPORT": ["SUBCATCHMENTS ALL", "NODES ALL", "LINKS ALL"],
}


def option(name, value):
    return ("OPTIONS", name, f"{name} {value}")


def pollutant(name, **given):
    """Row of a pollutant with what is given changed."""
    c = {"unit": "MG/L" if name == "P1" else "UG/L", "rain": 0, "ground": 0, "rdii": 0, "decay": 0,
         "snow": "NO", "co": "*", "part": 0, "dry": 0, "initial": 0, **given}
    row = (f"{name} {c['unit']} {c['rain']} {c['ground']} {c['rdii']} {c['decay']} {c['snow']} "
           f"{c['co']} {c['part']} {c['dry']} {c['initial']}")
    return ("POLLUTANTS", name, row)


DRY_FLOW = [("DWF", None, "J1 FLOW .3"), ("DWF", None, "J2 FLOW .2")]
INFLOW = [("INFLOWS", None, 'J2 FLOW "" FLOW 1 1 .5')]
GROUND = [("AQUIFERS", None, "Q .5 .15 .3 5 10 15 .35 14 .002 10 15.5 .3"),
          ("GROUNDWATER", None, "S1 Q J1 22 2 1 .02 1 .01 0 10"),
          ("GROUNDWATER", None, "S2 Q J2 22 2 1 .02 1 .01 0 10")]
RDII = [("HYDROGRAPHS", None, "U G"), ("HYDROGRAPHS", None, "U ALL SHORT .1 1 2"),
        ("HYDROGRAPHS", None, "U ALL LONG .1 2 3"), ("RDII", None, "J2 U 15")]
SNOW = [("TEMPERATURE", None, "TIMESERIES W"), ("TEMPERATURE", None, "SNOWMELT 34 .5 .6 0 50 0"),
        ("SNOWPACKS", None, "K PLOWABLE .005 .01 32 .1 0 0 .5"),
        ("SNOWPACKS", None, "K IMPERVIOUS .005 .01 32 .1 0 0 0"),
        ("SNOWPACKS", None, "K PERVIOUS .005 .01 32 .1 0 0 0"),
        ("TIMESERIES", None, "W 0:00 25"), ("TIMESERIES", None, "W 3:00 28"),
        ("TIMESERIES", None, "W 5:00 50"), ("TIMESERIES", None, "W 12:00 45"),
        ("SUBCATCHMENTS", "S1", "S1 G J1 6 60 400 1 600 K"),
        ("RAINGAGES", "G", "G INTENSITY 0:15 1 TIMESERIES R")]


def treated(*rows):
    return [("TREATMENT", None, row) for row in rows]


def lids(*rows, extra=()):
    """A cell of every layer, a barrel and a swale; rows of their use."""
    controls = ["BC BC", "BC SURFACE 4 .1 .1 1 5", "BC SOIL 12 .5 .2 .1 .5 10 3.5",
                "BC STORAGE 6 .75 .2 0", "BC DRAIN .5 .5 0 6", "RB RB", "RB STORAGE 36 .75 .5 0",
                "RB DRAIN 1 .5 0 0", "VS VS", "VS SURFACE 6 .1 .2 1 5", *extra]
    return ([("LID_CONTROLS", None, row) for row in controls] +
            [("LID_USAGE", None, row) for row in rows])


CASES = {
    "base": [],
    **{f"routing {r}": [option("FLOW_ROUTING", r)] for r in ("KINWAVE", "STEADY")},
    **{f"units {u}": [option("FLOW_UNITS", u)] for u in ("GPM", "MGD", "CMS", "LPS", "MLD")},
    "variable step": [option("VARIABLE_STEP", ".75"), option("ROUTING_STEP", "20")],
    "count of bacteria": [pollutant("P2", unit="#/L"), ("BUILDUP", None, "A P2 POW 1e9 1e8 .6 AREA"),
                          ("WASHOFF", "A P2", "A P2 EXP .1 1.1 0 0")],
    **{f"build-up {f} {n}": [("BUILDUP", "A P1", f"A P1 {f} {n}")]
       for f in ("POW 50 8 .7", "EXP 50 .4 0", "SAT 50 0 3") for n in ("AREA", "CURB")},
    **{f"build-up EXT {n}": [("BUILDUP", "A P1", f"A P1 EXT 70 1.5 L {n}"),
                             ("TIMESERIES", None, "L 0:00 10"), ("TIMESERIES", None, "L 3:00 60"),
                             ("TIMESERIES", None, "L 9:00 5")] for n in ("AREA", "CURB")},
    "build-up without wash-off": [("WASHOFF", "A P1", "A P1 NONE 0 0 0 0")],
    "no antecedent days": [option("DRY_DAYS", 0)],
    "long antecedent time": [option("DRY_DAYS", 60)],
    "initial build-up": [("LOADINGS", None, "S1 P1 7 P2 .02"), ("LOADINGS", None, "S2 P1 3")],
    "initial build-up, no function": [("LOADINGS", None, "S1 P2 .001")],
    "wash-off RC": [("WASHOFF", "A P1", "A P1 RC 20 1.4 0 0"),
                    ("WASHOFF", "A P2", "A P2 RC 9 .8 0 0")],
    "wash-off EMC of build-up": [("WASHOFF", "A P1", "A P1 EMC 150 0 0 0")],
    "practices": [("WASHOFF", "A P1", "A P1 EXP .1 1.2 0 40"),
                  ("WASHOFF", "B P2", "B P2 EMC 12 0 0 25"), pollutant("P2", rain=10)],
    "sweeping": [("LANDUSES", "A", "A .1 .6 .05"), ("WASHOFF", "A P1", "A P1 EXP .1 1.2 70 0"),
                 ("LANDUSES", "B", "B .2 .5 3"), ("WASHOFF", "B P1", "B P1 EXP .2 1 50 0")],
    "sweeping out of season": [("LANDUSES", "A", "A .1 .6 .05"), option("SWEEP_START", "04/01"),
                               ("WASHOFF", "A P1", "A P1 EXP .1 1.2 70 0"),
                               option("SWEEP_END", "10/31")],
    "sweeping over new year": [("LANDUSES", "A", "A .1 .6 .05"), option("SWEEP_START", "10/01"),
                               ("WASHOFF", "A P1", "A P1 EXP .1 1.2 70 0"),
                               option("SWEEP_END", "03/31")],
    "co-pollutant": [pollutant("P2", co="P1", part=.2)],
    "co-pollutant of a later one": [pollutant("P1", co="P2", part=.3)],
    "co-pollutants of each other": [pollutant("P1", co="P2", part=.3),
                                    pollutant("P2", co="P1", part=.2)],
    "co-pollutant in rain": [pollutant("P1", rain=8), pollutant("P2", co="P1", part=.2)],
    "rain": [pollutant("P1", rain=8), pollutant("P2", rain=20)],
    "rain only": [pollutant("P1", rain=8), pollutant("P2", rain=20), ("WASHOFF",), ("BUILDUP",)],
    "rain and evaporation": [pollutant("P1", rain=8), ("EVAPORATION", "CONSTANT", "CONSTANT 5")],
    "run-on": [pollutant("P1", rain=8), ("SUBCATCHMENTS", "S1", "S1 G S2 6 60 400 1 600")],
    "run-on to one without land uses": [("SUBCATCHMENTS", "S1", "S1 G S2 6 60 400 1 600"),
                                        ("COVERAGES", "S2", "S2 B 0")],
    "internal routing": [pollutant("P1", rain=8),
                         ("SUBAREAS", "S1", "S1 .015 .1 .05 .1 25 PERVIOUS 60")],
    "snow": SNOW,
    "snow only": SNOW + [pollutant("P1", snow="YES")],
    "snow and rain": SNOW + [pollutant("P1", rain=8), pollutant("P2", rain=5)],
    "groundwater": GROUND + [pollutant("P1", ground=12), pollutant("P2", ground=3)],
    "RDII": RDII + [pollutant("P1", rdii=12), pollutant("P2", rdii=3)],
    "dry weather": DRY_FLOW + [pollutant("P1", dry=40), pollutant("P2", dry=3)],
    "dry weather of its own": DRY_FLOW + [pollutant("P1", dry=40), ("DWF", None, "J1 P1 90 H"),
                                          ("DWF", None, "J2 P2 7"), ("DWF", None, "J3 P2 9"),
                                          ("PATTERNS", None, "H HOURLY .5 1 2 1 .5 1 1 2 3 1 1 1")],
    "dry weather less than usual": DRY_FLOW + [pollutant("P1", dry=40), ("DWF", None, "J1 P1 5")],
    "inflow of a concentration": INFLOW + [("INFLOWS", None, 'J2 P1 X CONCEN 1 2 5'),
                                           ("TIMESERIES", None, "X 0:00 10"),
                                           ("TIMESERIES", None, "X 6:00 50")],
    "inflow of a mass": INFLOW + [("INFLOWS", None, 'J2 P1 X MASS 126 1.5 2'),
                                  ("INFLOWS", None, 'J1 P2 "" MASS 126 1.5 2'),
                                  ("TIMESERIES", None, "X 0:00 10"),
                                  ("TIMESERIES", None, "X 6:00 50")],
    "inflow of a mass without water": [("INFLOWS", None, 'J1 P1 "" MASS 126 1 2')],
    "inflow of a mass into a tank": [("INFLOWS", None, 'T P1 "" MASS 126 1 2')],
    "inflow of a concentration without water": [("INFLOWS", None, 'J1 P1 "" CONCEN 1 1 2')],
    "negative inflow": [("INFLOWS", None, 'J3 FLOW "" FLOW 1 1 -.05'),
                        ("INFLOWS", None, 'J3 P1 "" CONCEN 1 1 8')] + DRY_FLOW,
    "initial concentration": [pollutant("P1", initial=30), pollutant("P2", initial=9)],
    "initial flow": [pollutant("P1", initial=30),
                     ("CONDUITS", "C1", "C1 J1 J3 400 .013 0 0 2 0"),
                     ("CONDUITS", "C3", "C3 J3 T 300 .013 0 0 2 0")],
    **{f"decay {r}": [pollutant("P1", decay=20), pollutant("P2", decay=300),
                      option("FLOW_ROUTING", r)] + DRY_FLOW for r in ("DYNWAVE", "KINWAVE", "STEADY")},
    "growth": [pollutant("P1", decay=-5)] + DRY_FLOW + [("DWF", None, "J1 P1 90")],
    **{f"evaporation of a tank {r}": [("EVAPORATION", "CONSTANT", "CONSTANT 9"),
                                      ("STORAGE", "T", "T 16 8 .5 FUNCTIONAL 0 0 9000 0 1"),
                                      pollutant("P1", initial=20), option("FLOW_ROUTING", r)]
       for r in ("DYNWAVE", "KINWAVE")},
    **{f"evaporation of conduits {r}": [("EVAPORATION", "CONSTANT", "CONSTANT 9"),
                                        ("XSECTIONS", "C3", "C3 RECT_OPEN 3 20 0 0"),
                                        option("FLOW_ROUTING", r)] + DRY_FLOW +
       [pollutant("P1", dry=20)] for r in ("DYNWAVE", "KINWAVE", "STEADY")},
    **{f"seepage {r}": [("LOSSES", None, "C1 0 0 0 NO 2"), ("LOSSES", None, "C3 0 0 0 NO 5"),
                        ("STORAGE", "T", "T 16 8 .5 FUNCTIONAL 0 0 900 0 0 3 .5 .3"),
                        option("FLOW_ROUTING", r)] + DRY_FLOW +
       [pollutant("P1", dry=20, initial=20)] for r in ("DYNWAVE", "KINWAVE", "STEADY")},
    "barrels": [("XSECTIONS", "C3", "C3 CIRCULAR 1.5 0 0 0 3"), ("LOSSES", None, "C3 0 0 0 NO 5")],
    "ponding": [option("ALLOW_PONDING", "YES"), ("XSECTIONS", "C3", "C3 CIRCULAR .5 0 0 0"),
                ("JUNCTIONS", "J3", "J3 18 2 0 0 4000")],
    "flooding": [("XSECTIONS", "C3", "C3 CIRCULAR .5 0 0 0"), ("JUNCTIONS", "J3", "J3 18 2 0 0 0")],
    "flooding of a kinematic wave": [option("FLOW_ROUTING", "KINWAVE"),
                                     ("XSECTIONS", "C3", "C3 CIRCULAR .5 0 0 0")],
    "ponding of a kinematic wave": [option("FLOW_ROUTING", "KINWAVE"),
                                    option("ALLOW_PONDING", "YES"),
                                    ("JUNCTIONS", "J3", "J3 18 2 0 0 4000"),
                                    ("XSECTIONS", "C3", "C3 CIRCULAR .5 0 0 0")],
    "backwater": [("OUTFALLS", "O", "O 15 FIXED 18 NO"), pollutant("P1", initial=5)],
    "tide": [("OUTFALLS", "O", "O 15 TIMESERIES Z NO"), ("TIMESERIES", None, "Z 0:00 15"),
             ("TIMESERIES", None, "Z 4:00 21"), ("TIMESERIES", None, "Z 8:00 15"),
             ("INFLOWS", None, 'O P1 "" CONCEN 1 1 8')],
    "tank that empties": [("STORAGE", "T", "T 16 8 .5 FUNCTIONAL 0 0 40 0 0"),
                          ("ORIFICES", "E", "E T O BOTTOM 0 .65 NO")],
    "tank of a kinematic wave": [option("FLOW_ROUTING", "KINWAVE"),
                                 ("STORAGE", "T", "T 16 8 .5 FUNCTIONAL 0 0 40 0 0")],
    "pump": [("ORIFICES",), ("XSECTIONS", "E", None), ("PUMPS", None, "E T O V ON 2 .5"),
             ("CURVES", None, "V PUMP2 2 1"), ("CURVES", None, "V 8 3")],
    "weir": [("ORIFICES",), ("XSECTIONS", "E", "E RECT_OPEN 4 3 0 0"),
             ("WEIRS", None, "E T O TRANSVERSE 2 3.33 NO")],
    "divider": [option("FLOW_ROUTING", "KINWAVE"), ("JUNCTIONS", "J3", None),
                ("DIVIDERS", None, "J3 18 C4 CUTOFF 2 6 0 0 0"), ("OUTFALLS", None, "W 14 FREE NO"),
                ("CONDUITS", None, "C4 J3 W 200 .013 0 0"), ("XSECTIONS", None, "C4 CIRCULAR 2 0 0 0")],
    "dummy conduit": [option("FLOW_ROUTING", "KINWAVE"), ("XSECTIONS", "C2", "C2 DUMMY 0 0 0 0")],
    "dummy conduit of a dynamic wave": [("XSECTIONS", "C2", "C2 DUMMY 0 0 0 0")],
    "treatment R": treated("T P1 R = .6"),
    "treatment C": treated("T P1 C = 5"),
    "treatment of a junction": treated("J3 P1 R = .6", "J3 P2 C = .5 * P2"),
    "treatment by residence": treated("T P1 R = 1 - exp(-.4 * HRT)"),
    "treatment by step": treated("T P1 C = P1 * exp(-.0005 * DT)"),
    "treatment by flow": treated("T P1 R = .2 * FLOW ^ .5", "J3 P2 C = P2 / (1 + FLOW)"),
    "treatment by depth": treated("T P1 R = .1 * DEPTH", "J3 P2 R = DEPTH / 10"),
    "treatment by area": treated("T P1 R = AREA / 2000"),
    "treatment by another's removal": treated("T P1 R = .5", "T P2 R = .8 * R_P1"),
    "treatment by another's concentration": treated("T P1 C = P1 / (1 + P2)", "T P2 R = P1 / 100"),
    "treatment by a removal that is not there": treated("T P2 R = .2 + R_P1"),
    "treatment by a removal that follows from C": treated("T P1 C = .7 * P1", "T P2 R = R_P1"),
    "treatment and decay": treated("T P1 R = .3") + [pollutant("P1", decay=20),
                                                    pollutant("P2", decay=20)],
    "treatment twice": treated("T P1 R = .3", "T P1 R = .5"),
    "treatment of nothing": treated("J3 P1 R = -.5", "T P2 C = -1"),
    "treatment of too much": treated("J3 P1 R = 1.5", "T P2 C = 1000"),
    **{f"treatment {f}": treated(f"T P1 R = {e}", f"J3 P2 C = {e}") for f, e in {
        "step": "STEP(DEPTH - 1) * .5", "sgn": "(SGN(DEPTH - 1) + 1) / 3", "sqrt": "SQRT(DEPTH) / 5", "log": "LOG(DEPTH + 1) / 5",
        "log10": "LOG10(DEPTH + 1) / 3", "abs": "ABS(DEPTH - 1) / 5", "sin": "ABS(SIN(DEPTH)) / 3",
        "cos": "ABS(COS(DEPTH)) / 3", "tan": "ABS(TAN(DEPTH / 9))", "cot": "COT(DEPTH + .5) / 9",
        "atan": "ATAN(DEPTH) / 4", "acot": "ACOT(DEPTH) / 4", "asin": "ASIN(DEPTH / 20)",
        "acos": "ACOS(DEPTH / 20) / 4", "sinh": "SINH(DEPTH / 9) / 2", "cosh": "COSH(DEPTH / 9) / 4",
        "tanh": "TANH(DEPTH) / 2", "coth": "COTH(DEPTH + 1) / 4", "exp": "EXP(-DEPTH)",
        "power": "(DEPTH / 9) ^ 1.5", "minus": "-(-.3) - .1"}.items()},
    "LID": lids("S1 BC 1 8000 50 0 40 0"),
    "LID that takes rain": lids("S1 BC 1 8000 50 0 40 0") + [pollutant("P1", rain=8)],
    "LID whose drain is elsewhere": lids("S1 BC 1 8000 50 0 40 0 * J2") + [pollutant("P1", rain=8)],
    "LID drain onto a subcatchment": lids("S1 BC 1 8000 50 0 40 0 * S2") + [pollutant("P1", rain=8)],
    "LID that removes": lids("S1 BC 1 8000 50 0 40 0",
                             extra=["BC REMOVALS P1 60 P2 20"]) + [pollutant("P1", rain=8)],
    "LID that removes, drain elsewhere": lids("S1 BC 1 8000 50 0 40 0 * J2",
                                              extra=["BC REMOVALS P1 60 P2 20"]),
    "barrel": lids("S1 RB 20 100 0 0 40 0"),
    "barrel to pervious": lids("S1 RB 20 100 0 0 20 1"),
    "swale": lids("S1 VS 1 9000 40 0 40 0") + [pollutant("P1", rain=8)],
    "two LIDs": lids("S1 VS 1 9000 40 0 25 0", "S1 BC 1 8000 50 0 30 0") + [pollutant("P2", rain=8)],
    "outfall onto a subcatchment": [("OUTFALLS", "O", "O 15 FREE NO S2"), pollutant("P1", rain=8)],
    "outfall of a part onto a subcatchment": [
        ("OUTFALLS", None, "W 14 FREE NO S1"), ("CONDUITS", None, "C4 J2 W 200 .013 1 0"),
        ("XSECTIONS", None, "C4 CIRCULAR 1 0 0 0"), pollutant("P1", rain=8)],
    "subcatchment onto itself": [("SUBCATCHMENTS", "S1", "S1 G S1 6 60 400 1 600")],
    "subcatchments in a row": [("SUBCATCHMENTS", "S1", "S1 G S2 6 60 400 1 600"),
                               ("SUBCATCHMENTS", "S2", "S2 G S3 4 30 300 .5 250"),
                               ("SUBCATCHMENTS", None, "S3 G J2 3 20 300 .5 0"),
                               ("SUBAREAS", None, "S3 .015 .1 .05 .1 25 OUTLET"),
                               ("INFILTRATION", None, "S3 1 .2 4 7 0"), pollutant("P1", rain=8)],
    "events": [("EVENTS", None, "03/01/2021 1:00 03/01/2021 3:00"),
               ("EVENTS", None, "03/01/2021 6:00 03/01/2021 8:00")] + DRY_FLOW +
              [pollutant("P1", dry=20)],
    "steady states skipped": [option("SKIP_STEADY_STATE", "YES"), pollutant("P1", dry=20)] + DRY_FLOW,
    "averages": [("REPORT", None, "AVERAGES YES"), pollutant("P1", dry=20)] + DRY_FLOW,
    "routing ignored": [option("IGNORE_ROUTING", "YES")],
    "rain ignored": [option("IGNORE_RAINFALL", "YES"), pollutant("P1", dry=20)] + DRY_FLOW,
    "groundwater ignored": GROUND + [option("IGNORE_GROUNDWATER", "YES"), pollutant("P1", ground=12)],
    "report from later": [option("REPORT_START_DATE", "03/01/2021"),
                          option("REPORT_START_TIME", "03:00")],
    "many pollutants": [("POLLUTANTS", None, f"Q{i} MG/L {i} 0 0 {i} NO * 0 0 0") for i in range(6)],
    "loop": [("CONDUITS", None, "C4 J1 J2 300 .013 0 0"), ("XSECTIONS", None, "C4 CIRCULAR 1 0 0 0"),
             pollutant("P1", initial=5)],
    "force main": [("ORIFICES",), ("PUMPS", None, "M T J4 V ON 2 .5"), ("CURVES", None, "V PUMP2 2 1"),
                   ("CURVES", None, "V 8 3"), ("JUNCTIONS", None, "J4 16 20 0 20 0"),
                   ("CONDUITS", None, "C4 J4 O 900 .01 0 0"), ("OUTFALLS", "O", "O 25 FREE NO"),
                   ("XSECTIONS", "E", "C4 FORCE_MAIN .8 120 0 0")],
    "outlet": [("ORIFICES",), ("XSECTIONS", "E", None),
               ("OUTLETS", None, "E T O 0 FUNCTIONAL/DEPTH 1.5 .5 NO")],
    "street inlet": [("STREETS", None, "ST 20 .5 4 .016 0 0 1 10 .04 .02"),
                     ("INLETS", None, "I GRATE 3 2 P_BAR-50"),
                     ("INLET_USAGE", None, "C2 I J3 1 0 0"),
                     ("XSECTIONS", "C2", "C2 STREET ST"), pollutant("P1", rain=8)],
    "LID over all": lids("S2 BC 1 174240 50 0 0 0") + [pollutant("P1", rain=8)],
}
NOT_MIXED = ("outfall", "loop", "routing ignored", "force main", "outlet", "street", "LID drain",
             "subcatchment onto itself", "routing", "units", "LID over all", "treatment twice", "divider", "dummy", "pump", "weir",
             "growth", "long antecedent", "variable", "co-pollutants of each other")


def applied(changes):
    """Sections of the base model with changes: (section), (section, start of a row, its new text)."""
    sections = copy.deepcopy(BASE)
    for change in changes:
        rows = sections.setdefault(change[0], [])
        if len(change) == 1:
            rows.clear()
            continue
        _, begin, text = change
        at = [i for i, r in enumerate(rows) if begin is not None and (r + " ").startswith(begin + " ")]
        if at and text is None:
            del rows[at[0]]
        elif at:
            rows[at[0]] = text
        elif text is not None and text not in rows:
            rows.append(text)
    return "".join(f"[{name}]\n" + "\n".join(rows) + "\n\n" for name, rows in sections.items() if rows)


def mixed_case(seed):
    """Changes of several cases at once, with a routing method."""
    draw = random.Random(seed)
    names = [n for n in CASES if not n.startswith(NOT_MIXED) and "wave" not in n and "STEADY" not in n
             and "KINWAVE" not in n]
    picked = draw.sample(names, 4)
    changes = [c for n in picked for c in CASES[n]]
    route = draw.choice(("DYNWAVE", "DYNWAVE", "KINWAVE", "STEADY"))
    return (f"mixed {seed}: {route}, " + ", ".join(picked), changes + [option("FLOW_ROUTING", route)])


class Results:
    """Series of pollutants of a results file."""

    def __init__(self, path):
        (subs, nodes, links, p), names, rows = read_results(path)
        self.series, column, element = {}, 0, 0
        for kind, count, own in (("subcatchment", subs, 8), ("node", nodes, 6), ("link", links, 5)):
            for _ in range(count):
                for i in range(p):
                    key = (kind, names[element], names[subs + nodes + links + i])
                    self.series[key] = [row[column + own + i] for row in rows]
                column += own + p
                element += 1


def differing_series(reference, candidate):
    """[(how far, where)] of the series that differ."""
    most = {}
    for (kind, _, p), values in reference.series.items():
        most[kind, p] = max(most.get((kind, p), 0.0), max(map(abs, values)))
    found = []
    for key, a in reference.series.items():
        b = candidate.series[key]
        if len(a) != len(b):
            found.append((9.9, f"{key}: {len(b)} periods, not {len(a)}"))
            continue
        scale = max(max(map(abs, a)), 1e-3 * most[key[0], key[2]])
        rms = (sum((x - y) ** 2 for x, y in zip(a, b)) / len(a)) ** .5
        if scale > 0 and not rms <= SERIES_TOLERANCE * scale:
            found.append((rms / scale, " ".join(key)))
        elif scale == 0 and rms > 0:
            found.append((9.9, " ".join(key) + ": SWMM has none"))
    return sorted(found, reverse=True)


def tables(path):
    """{table: [row of words]} of a report's tables on quality."""
    with open(path, encoding="utf-8", errors="replace") as f:
        lines = f.read().splitlines()
    found, name = {}, None
    for i, line in enumerate(lines):
        text = line.strip(" *")
        title = next((t for t in TABLES if text.startswith(t)), None)
        if text.startswith("Analysis begun"):
            break
        if title:
            name = title
            found[name] = []
        elif line.strip().startswith("****") and i + 2 < len(lines) and lines[i + 2].strip().startswith("****"):
            name = None
        elif name and re.search(r"\d", line) and not line.strip().startswith(("*", "-")):
            found[name].append(line.split())
    return found


def number(word):
    try:
        return float(word)
    except ValueError:
        return None


def differing_tables(reference, candidate, error_points):
    found = []
    for name, rows in reference.items():
        other = candidate.get(name)
        if other is None or [len(r) for r in rows] != [len(r) for r in other]:
            found.append((9.9, f"{name}: not the same rows"))
            continue
        values = [abs(number(w)) for r in rows for w in r[1:] if number(w) is not None]
        for a, b in zip(rows, other):
            own = [abs(number(w)) for w in a if number(w) is not None]
            scale = max(max(own, default=0.0), 1e-3 * max(values, default=0.0), 1e-2)
            error = "Continuity" in " ".join(a)
            for x, y in zip(a, b):
                u, v = number(x), number(y)
                if u is None or v is None:
                    if x != y:
                        found.append((9.9, f"{name}: {x} is {y}"))
                elif abs(u - v) > (error_points if error else TABLE_TOLERANCE * scale + 1e-3):
                    found.append((abs(u - v) / scale, f"{name}: {' '.join(a)} | {' '.join(b)}"))
                    break
    return sorted(found, reverse=True)


def run_both(text, folder, command, python):
    with open(os.path.join(folder, "m.inp"), "w", encoding="ascii") as f:
        f.write(text)
    swmm = "from swmm.toolkit import solver; solver.swmm_run('m.inp', 's.rpt', 's.out')"
    for words in ([python, "-c", swmm], shlex.split(command) + ["m.inp", "t.rpt", "t.out"]):
        done = subprocess.run(words, cwd=folder, check=False, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            tail = done.stderr.strip().splitlines()
            if words[0] == python:
                with open(os.path.join(folder, "s.rpt"), encoding="utf-8", errors="replace") as f:
                    tail = [line for line in f.read().splitlines() if "ERROR" in line]
            return f"{words[0]}: {' / '.join(tail[-3:])}"
    return None


def check(name, changes, args, folder):
    text = applied(changes)
    kinematic = "FLOW_ROUTING KINWAVE" in text
    fault = run_both(text, folder, args.command, args.python)
    if fault:
        print(f"FAILED {name}: {fault}", flush=True)
        return False
    found = differing_series(Results(os.path.join(folder, "s.out")),
                             Results(os.path.join(folder, "t.out")))
    found += differing_tables(tables(os.path.join(folder, "s.rpt")),
                              tables(os.path.join(folder, "t.rpt")),
                              KINEMATIC_ERROR_POINTS if kinematic else ERROR_POINTS)
    for far, where in found[:args.show]:
        print(f"  {far:8.2%} {where}")
    print(f"{'FAILED' if found else 'passed'} {name}", flush=True)
    return not found


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("--python", default="")
    ap.add_argument("--command", default=os.path.join(ROOT, "build", "thalweg") + " run")
    ap.add_argument("--only", default="")
    ap.add_argument("--keep", default="")
    ap.add_argument("--mixed", type=int, default=60)
    ap.add_argument("--show", type=int, default=4, help="differences printed of a case")
    args = ap.parse_args()
    args.python = find_python(args.python)
    cases = list(CASES.items()) + [mixed_case(seed) for seed in range(args.mixed)]
    passed = failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        for name, changes in cases:
            if args.only not in name:
                continue
            folder = os.path.join(args.keep or temporary, re.sub(r"\W+", "_", name)[:60])
            os.makedirs(folder, exist_ok=True)
            if check(name, changes, args, folder):
                passed += 1
            else:
                failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
