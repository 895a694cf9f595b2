#!/usr/bin/env python3
"""Control rules of every kind by Thalweg and by SWMM 5.2.4: settings and flows, series by series.

  control_peer.py [--command "build/thalweg run --quiet"] [--python PYTHON] [--only TEXT]

A basin is emptied through an orifice, a pump and a weir; every model has other rules for them.
None of them chatters: where a rule undoes itself step by step, the last bit decides when.
PYTHON is one that has swmm-toolkit (default: build/.venv, or this one). Exit 0: all series agree to
NSE > 0.99 (rules turn small differences of the hydraulics into shifted switching); 1: some do not;
77: no SWMM here.
"""
import argparse
import os
import struct
import sys
import tempfile

from both import ROOT, find_python, run_files
from hydrology_peer import efficiency

NSE = 0.99
LINKS = ("C1", "C2", "C3", "OR", "P", "W")
RULES = {
    "depth with else": """
RULE A
IF NODE S DEPTH > 2.0
THEN PUMP P STATUS = ON
ELSE PUMP P STATUS = OFF""",
    "hysteresis": """
RULE A
IF NODE S DEPTH > 2.5
THEN PUMP P STATUS = ON
RULE B
IF NODE S DEPTH < 1.5
THEN PUMP P STATUS = OFF""",
    "head, volume, inflow, link depth": """
RULE A
IF NODE S HEAD >= 12.2
AND NODE S VOLUME > 900
THEN PUMP P STATUS = ON
RULE B
IF NODE S HEAD < 11.4
THEN PUMP P STATUS = OFF
RULE C
IF NODE S INFLOW > 0.3
THEN WEIR W SETTING = 0.4
ELSE WEIR W SETTING = 1.0
RULE D
IF LINK C2 DEPTH > 0.15
THEN ORIFICE OR SETTING = 0.5
ELSE ORIFICE OR SETTING = 1.0""",
    "and, or from left to right": """
RULE A
IF NODE S DEPTH > 1.0
AND LINK C1 FLOW > 0.1
OR PUMP P STATUS = ON
AND SIMULATION TIME > 2
THEN ORIFICE OR SETTING = 0.5
ELSE ORIFICE OR SETTING = 1.0
RULE B
IF NODE S DEPTH > 2.2
THEN PUMP P STATUS = ON
ELSE PUMP P STATUS = OFF""",
    "clock and calendar": """
RULE A
IF SIMULATION CLOCKTIME > 6:00:00
AND SIMULATION CLOCKTIME < 15:30
THEN ORIFICE OR SETTING = 0.25
ELSE ORIFICE OR SETTING = 0.75
RULE B
IF SIMULATION TIME = 4:00
THEN PUMP P STATUS = OFF
RULE C
IF SIMULATION TIME = 9.5
THEN PUMP P STATUS = ON
RULE D
IF SIMULATION DAY = 4
AND SIMULATION MONTH = 6
AND SIMULATION DATE = 06/30/2021
THEN WEIR W SETTING = 0.5
ELSE WEIR W SETTING = 0.9""",
    "time open and closed": """
RULE A
IF PUMP P TIMEOPEN >= 0:40
THEN PUMP P STATUS = OFF
RULE B
IF PUMP P TIMECLOSED >= 1:10
THEN PUMP P STATUS = ON
RULE C
IF ORIFICE OR TIMEOPEN > 2:00
THEN ORIFICE OR SETTING = 0
RULE D
IF ORIFICE OR TIMECLOSED = 0:30
THEN ORIFICE OR SETTING = 1""",
    "priority": """
RULE A
IF SIMULATION TIME > 3
THEN ORIFICE OR SETTING = 0.2
AND WEIR W SETTING = 0.3
PRIORITY 1
RULE B
IF SIMULATION TIME > 12
THEN ORIFICE OR SETTING = 0.6
PRIORITY 3
RULE C
IF SIMULATION TIME > 8
THEN ORIFICE OR SETTING = 0.4
AND WEIR W SETTING = 0.8
PRIORITY 1
RULE D
IF SIMULATION TIME <= 3
THEN ORIFICE OR SETTING = 1
AND WEIR W SETTING = 1
AND WEIR W SETTING = 0.9""",
    "curve": """
RULE A
IF NODE S DEPTH >= 0
THEN ORIFICE OR SETTING = CURVE K""",
    "curve of a flow": """
RULE A
IF LINK C3 FLOW >= 0
THEN ORIFICE OR SETTING = CURVE K""",
    "time series": """
RULE A
IF SIMULATION TIME >= 0
THEN ORIFICE OR SETTING = TIMESERIES Z
AND WEIR W SETTING = TIMESERIES Z""",
    "pid": """
RULE A
IF NODE S DEPTH <> 1.8
THEN ORIFICE OR SETTING = PID -0.4 20 0
RULE B
IF LINK C2 FLOW <> 0.05
THEN WEIR W SETTING = PID 0.1 30 0""",
    "pid of a pump": """
RULE A
IF NODE S DEPTH <> 1.6
THEN PUMP P SETTING = PID -0.5 40 0""",
    "gage": """
RULE A
IF GAGE R INTENSITY > 5
THEN ORIFICE OR SETTING = 0.3
ELSE ORIFICE OR SETTING = 0.9
RULE B
IF GAGE R 3HR_PRECIP > 20
THEN WEIR W SETTING = 0.2
ELSE WEIR W SETTING = 0.7
RULE C
IF GAGE R 1HR_PRECIP >= 6
THEN PUMP P STATUS = ON
ELSE PUMP P STATUS = OFF""",
    "variables and expressions": """
VARIABLE D = NODE S DEPTH
VARIABLE Q = LINK C1 FLOW
EXPRESSION X = SQRT(D) * 2 - Q / (0.5 + ABS(Q)) ^ 2
RULE A
IF X > 1.5
THEN ORIFICE OR SETTING = 0.35
ELSE ORIFICE OR SETTING = 0.95
RULE B
IF D > 2.1
THEN PUMP P STATUS = ON
ELSE PUMP P STATUS = OFF""",
    "right side is a variable": """
RULE A
IF NODE S HEAD > NODE J1 HEAD
AND LINK C1 FLOW > LINK C3 FLOW
THEN WEIR W SETTING = 0.5
ELSE WEIR W SETTING = 1.0""",
    "what conduits have": """
RULE A
IF CONDUIT C1 VELOCITY > 0.8
AND CONDUIT C1 FULLDEPTH > 0.5
AND CONDUIT C1 LENGTH > 119
AND CONDUIT C1 SLOPE < 0.5
THEN WEIR W SETTING = 0.4
ELSE WEIR W SETTING = 0.8
RULE B
IF CONDUIT C1 FLOW > 0.25
AND CONDUIT C1 FULLFLOW > 0.2
THEN PUMP P STATUS = ON
RULE C
IF CONDUIT C1 FLOW < 0.15
THEN PUMP P STATUS = OFF""",
}


def model(rules, us_units, rule_step):
    """Text of an input file."""
    hours = [(0, 0.05), (2, 0.5), (5, 0.1), (8, 0.1), (10, 0.7), (13, 0.05), (20, 0.0), (24, 0.3),
             (28, 0.05), (36, 0.05)]
    rain = [(1, 4), (2, 12), (3, 9), (9, 30), (10, 2), (24, 7)]
    flow = 35.3147 if us_units else 1.0
    length, area = (3.28084, 2.47105) if us_units else (1.0, 1.0)

    def f(metres):
        return f"{metres * length:.6g}"

    if us_units:
        rules = "\n".join(in_feet(line) for line in rules.split("\n"))
    square = length * length
    sections = {
        "OPTIONS": [f"FLOW_UNITS {'CFS' if us_units else 'CMS'}", "INFILTRATION HORTON",
                    "FLOW_ROUTING DYNWAVE", "START_DATE 06/29/2021", "START_TIME 00:00:00",
                    "END_DATE 06/30/2021", "END_TIME 12:00:00", "REPORT_STEP 00:05:00",
                    "WET_STEP 00:05:00", "DRY_STEP 01:00:00", "ROUTING_STEP 10",
                    f"RULE_STEP {rule_step}", "VARIABLE_STEP 0"],
        "RAINGAGES": ["R INTENSITY 1:00 1.0 TIMESERIES T"],
        "SUBCATCHMENTS": [f"A R J3 {2 * area:.5g} 50 {f(200)} 1 0"],
        "SUBAREAS": ["A 0.013 0.2 0.02 0.1 25 OUTLET"],
        "INFILTRATION": ["A 3 0.5 4 7 0" if us_units else "A 75 12 4 7 0"],
        "JUNCTIONS": [f"J{i} {f(9.5)} {f(4)} 0 0 0" for i in (1, 2, 3)],
        "OUTFALLS": [f"O{i} {f(9)} FREE NO" for i in (1, 2, 3)],
        "STORAGE": [f"S {f(10)} {f(6)} {f(1)} FUNCTIONAL 0 0 {500 * square:.6g} 0 0"],
        "CONDUITS": [f"C{i} J{i} O{i} {f(120)} 0.013 0 0 0 0" for i in (1, 2, 3)],
        "ORIFICES": ["OR S J1 SIDE 0 0.65 NO 0.5"],
        "PUMPS": ["P S J2 Q ON 0 0"],
        "WEIRS": [f"W S J3 TRANSVERSE {f(1.2)} {3.33 if us_units else 1.84} NO 0 0 YES"],
        "XSECTIONS": [f"C{i} CIRCULAR {f(0.9)} 0 0 0 1" for i in (1, 2, 3)] +
                     [f"OR CIRCULAR {f(0.5)} 0 0 0", f"W RECT_OPEN {f(2)} {f(1.5)} 0 0"],
        "CURVES": [f"Q PUMP4 0 0", f"Q {f(1)} {0.08 * flow:.5g}", f"Q {f(4)} {0.25 * flow:.5g}",
                   "K CONTROL 0 0.1", f"K {f(1)} 0.4", f"K {f(2)} 1.0"],
        "INFLOWS": ["S FLOW I"],
        "CONTROLS": rules.strip().split("\n"),
        "TIMESERIES": [f"I {h}:00 {q * flow:.6g}" for h, q in hours] +
                      [f"T {h}:00 {r / 25.4 if us_units else r:.5g}" for h, r in rain] +
                      ["Z 0:00 0.2", "Z 12:00 1.0", "Z 30:00 0.5"],
        "REPORT": ["SUBCATCHMENTS ALL", "NODES ALL", "LINKS ALL"],
    }
    return "".join(f"[{name}]\n" + "\n".join(rows) + "\n\n" for name, rows in sections.items())


def in_feet(line):
    """A condition's number in US units."""
    scale = {"DEPTH": 3.28084, "HEAD": 3.28084, "VOLUME": 35.3147, "INFLOW": 35.3147,
             "FLOW": 35.3147, "FULLFLOW": 35.3147, "FULLDEPTH": 3.28084, "VELOCITY": 3.28084,
             "LENGTH": 3.28084, "INTENSITY": 1 / 25.4, "3HR_PRECIP": 1 / 25.4,
             "1HR_PRECIP": 1 / 25.4}
    words = line.split()
    if len(words) == 6 and words[0] in ("IF", "AND", "OR") and words[3] in scale:
        words[5] = f"{float(words[5]) * scale[words[3]]:.6g}"
    return " ".join(words)


def read_links(path):
    """{(link, variable): series} of flow and of capacity, which is the setting of regulators."""
    with open(path, "rb") as f:
        data = f.read()
    _, _, results, periods, error, _ = struct.unpack("<6i", data[-24:])
    _, _, _, subs, nodes, links, pollutants = struct.unpack("<7i", data[:28])
    if error or pollutants or links != len(LINKS):
        raise ValueError(f"{path}: not a result of this test")
    size = 8 + 4 * (subs * 8 + nodes * 6 + links * 5 + 15)
    first = 8 + 4 * (subs * 8 + nodes * 6)
    series = {}
    for p in range(periods):
        values = struct.unpack_from(f"<{links * 5}f", data, results + p * size + first)
        for i, name in enumerate(LINKS):
            series.setdefault((name, "flow"), []).append(values[5 * i])
            series.setdefault((name, "setting"), []).append(values[5 * i + 4])
    return series


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--command", default=os.path.join(ROOT, "build", "thalweg") + " run --quiet")
    parser.add_argument("--python")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    python = find_python(options.python)
    compared, worst, bad = 0, 1.0, []
    for name, rules in RULES.items():
        if options.only not in name:
            continue
        for us_units, rule_step in ((False, "00:00:00"), (True, "00:00:00"), (False, "00:05:00")):
            with tempfile.TemporaryDirectory() as folder:
                run_files(model(rules, us_units, rule_step), folder, options.command, python)
                reference, candidate = (read_links(os.path.join(folder, out))
                                        for out in ("s.out", "t.out"))
            for key in reference:
                value = efficiency(reference[key], candidate[key])
                compared += 1
                worst = min(worst, value)
                if value <= NSE:
                    bad.append(f"{name}, {'US' if us_units else 'SI'}, RULE_STEP {rule_step}: "
                               f"{key[0]} {key[1]}: NSE {value:.5f}")
    for line in bad[:60]:
        print(line)
    print(f"control_peer: {compared - len(bad)} of {compared} series agree, worst NSE {worst:.6f}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
