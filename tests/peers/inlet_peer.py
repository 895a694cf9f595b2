#!/usr/bin/env python3
"""Inlets of every kind, and made networks of streets over sewers, by Thalweg and by SWMM 5.2.4.

  inlet_peer.py [--only TEXT] [--worst N] [--networks N] [--command "build/thalweg run"]
                [--python PYTHON]

A ramp of flow, up and down again, runs over one street or channel with each kind of inlet: on a
grade and at a sag, plain and depressed, one and two sides, clogged, limited, in a row. Then networks
are drawn of up to four streets and channels over as many sewers, some of which flood: all kinds of
inlets, ponds, outfalls at the streets' end, US and SI units. Exit 0: every series is within 1 % of
its spread; 1: some are not; 77: no SWMM.
"""
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import section_peer as peer  # noqa: E402

OPTIONS = """[OPTIONS]
FLOW_UNITS {units}
FLOW_ROUTING DYNWAVE
START_DATE 01/01/2020
END_DATE 01/01/2020
END_TIME {end}
ROUTING_STEP 10
REPORT_STEP 00:00:10
VARIABLE_STEP 0
ALLOW_PONDING {ponding}
"""
STREETS = {"plain": "20 0.5 2 0.016 0 0 1", "plain2": "20 0.5 2 0.016 0 0 2",
           "gutter": "20 0.5 2 0.016 0.17 2 1", "gutter2": "20 0.5 2 0.016 0.17 2 2",
           "narrow": "8 0.5 2 0.016 0.1 2 2 5 4 0.03", "back": "20 0.5 4 0.016 0 0 2 20 4 0.03"}
CHANNELS = {"rect": "RECT_OPEN 2 4 0 0 1", "trap": "TRAPEZOIDAL 2 2 3 3 1",
            "small": "TRAPEZOIDAL 2 0.5 2 2 1"}
GRATES = ("P_BAR-50", "P_BAR-50X100", "P_BAR-30", "CURVED_VANE", "TILT_BAR-45", "TILT_BAR-30",
          "RETICULINE", "GENERIC 0.6", "GENERIC 0.6 3")
IN_STREETS = dict(
    [(f"grate_{g.replace(' ', '_')}", [f"GRATE 1.5 1.5 {g}"]) for g in GRATES],
    wide=["GRATE 2 3 P_BAR-50"], curb=["CURB 5 0.4 HORIZONTAL"], low=["CURB 2 0.15 INCLINED"],
    long=["CURB 13 0.2 VERTICAL"], combination=["GRATE 2 2 P_BAR-50", "CURB 2 0.2 HORIZONTAL"],
    sweeper=["GRATE 2 1.5 P_BAR-50", "CURB 6 0.4 INCLINED"], slot=["SLOTTED 5 0.15"],
    rating=["CUSTOM CR"], diversion=["CUSTOM CD"])
IN_CHANNELS = {"drop_grate": ["DROP_GRATE 2 2 P_BAR-50"], "drop_curb": ["DROP_CURB 2 0.5"],
               "rating": ["CUSTOM CR"], "diversion": ["CUSTOM CD"]}
USES = {"one": "1", "row": "3 40", "limited": "2 0 0.3", "local": "1 0 0 0.15 2.5"}
CURVES = ["CR RATING 0 0 0.2 1 0.4 3", "CD DIVERSION 0 0 2 1 5 2"]


def text(options, sections):
    body = "".join(f"[{name}]\n" + "\n".join(lines) + "\n" for name, lines in sections.items())
    return options + body + "[REPORT]\nNODES ALL\nLINKS ALL\n"


def ramp(shape, street, inlet, use, sag):
    """One street or channel of 2 % from A to B with an inlet above P."""
    length, fall = 400, 8
    sections = {"JUNCTIONS": [f"A {100 + fall}", "B 100", "P 2"], "OUTFALLS": ["OP 1 FREE"],
                "CONDUITS": [f"S A B {length} 0.016 0 0", f"SP P OP {length} 0.013 0 0"],
                "XSECTIONS": [f"S {shape}", f"T {shape}", "SP CIRCULAR 3 0 0 0"]}
    if sag:
        sections["JUNCTIONS"].append(f"C {100 + fall}")
        sections["CONDUITS"].append(f"T C B {length} 0.016 0 0")
    else:
        sections["OUTFALLS"].append(f"O {100 - fall} FREE")
        sections["CONDUITS"].append(f"T B O {length} 0.016 0 0")
    if street:
        sections["STREETS"] = ["ST " + street]
    sections["INLETS"] = ["I " + row for row in inlet]
    sections["INLET_USAGE"] = ["S I P " + use]
    sections["CURVES"] = CURVES
    sections["INFLOWS"] = ["A FLOW T"]
    sections["TIMESERIES"] = [f"T 0 0 1 {4 if sag else 8} 2 0"]
    return text(OPTIONS.format(units="CFS", end="02:00:00", ponding="NO"), sections)


def ramps():
    for sag in (False, True):
        place = "sag" if sag else "grade"
        for name, street in STREETS.items():
            for kind, inlet in IN_STREETS.items():
                for use, words in USES.items():
                    if use != "one" and name not in ("plain", "gutter2"):
                        continue
                    yield (f"{kind}.{name}.{use}.{place}",
                           ramp("STREET ST 0 0 0", street, inlet, words, sag))
        for name, shape in CHANNELS.items():
            for kind, inlet in IN_CHANNELS.items():
                for use, words in USES.items():
                    yield f"{kind}.{name}.{use}.{place}", ramp(shape, None, inlet, words, sag)


class Network:
    """Up to four streets and channels one after the other, each with an inlet to one of as many
    sewers below."""

    def __init__(self, seed):
        self.draw = random.Random(seed)
        us = self.draw.random() < 0.7
        self.units, self.length = ("CFS", 1.0) if us else ("CMS", 0.3)
        self.flow = 1.0 if us else 0.0283
        self.sections = {name: [] for name in (
            "JUNCTIONS", "OUTFALLS", "CONDUITS", "XSECTIONS", "STREETS", "INLETS", "INLET_USAGE",
            "INFLOWS", "TIMESERIES", "CURVES")}

    def number(self, low, high, digits=2):
        return round(self.draw.uniform(low, high), digits)

    def add(self, section, *words):
        self.sections[section].append(" ".join(
            f"{w:g}" if isinstance(w, (int, float)) else w for w in words))

    def designs(self):
        m, pick = self.length, self.draw.choice
        for k in range(3):
            gutter = pick([(0, 0), (self.number(.05, .2) * m, self.number(1, 2.5, 1) * m)])
            back = pick([0, self.number(4, 15, 0)]) * m
            self.add("STREETS", f"ST{k}", self.number(8, 25, 0) * m, self.number(.3, .7) * m,
                     self.number(1.5, 4, 1), .016, *gutter, pick([1, 2]), back, 4 if back else 0,
                     pick([.016, .03]) if back else 0)
        self.add("INLETS", "GRATE GRATE", self.number(1, 3, 1) * m, self.number(1, 3, 1) * m,
                 pick(GRATES[:8]))
        self.add("INLETS", "CURB CURB", self.number(2, 8, 1) * m, self.number(.2, .5) * m,
                 pick(["HORIZONTAL", "INCLINED", "VERTICAL"]))
        self.add("INLETS", "SLOT SLOTTED", self.number(2, 8, 1) * m, self.number(.1, .2) * m)
        self.add("INLETS", "COMBO GRATE", 2 * m, 2 * m, "P_BAR-50")
        self.add("INLETS", "COMBO CURB", self.draw.choice([2, 5]) * m, .4 * m, "INCLINED")
        self.add("INLETS", "RATING CUSTOM CR")
        self.add("INLETS", "DIVERSION CUSTOM CD")
        self.add("INLETS", "DROP_GRATE DROP_GRATE", 2 * m, 2 * m, "P_BAR-50")
        self.add("INLETS", "DROP_CURB DROP_CURB", 2 * m, .4 * m)
        q = self.flow
        self.add("CURVES", "CR RATING 0 0", .2 * m, q, .5 * m, 2 * q)
        self.add("CURVES", "CD DIVERSION 0 0", 2 * q, q, 6 * q, 2 * q)

    def street(self, k, count, last, level, fall):
        m, pick = self.length, self.draw.choice
        channel = self.draw.random() < .2
        kinds = (["DROP_GRATE", "DROP_CURB"] if channel else ["GRATE", "CURB", "SLOT", "COMBO"])
        self.add("JUNCTIONS", f"A{k}", level, 0, 0, 0, pick([0, 0, 500 * m * m]))
        self.add("CONDUITS", f"S{k} A{k}", f"A{k + 1}" if k < count - 1 else last,
                 self.number(100, 300, 0) * m, .016, 0, 0)
        shape = pick([f"RECT_OPEN {2 * m:g} {3 * m:g} 0 0",
                      f"TRAPEZOIDAL {2 * m:g} {2 * m:g} 2 2"]) if channel else \
            f"STREET ST{pick([0, 1, 2])} 0 0 0"
        self.add("XSECTIONS", f"S{k}", shape)
        self.add("INLET_USAGE", f"S{k}", pick(kinds + ["RATING", "DIVERSION"]),
                 f"P{self.draw.randrange(count)}", pick([1, 1, 2, 3]), pick([0, 0, 20, 50]),
                 pick([0, 0, .5 * self.flow]), pick([0, 0, .1 * m]), pick([2, 2.5]) * m,
                 pick(["AUTOMATIC", "AUTOMATIC", "ON_GRADE", "ON_SAG"]))
        self.add("JUNCTIONS", f"P{k}", level - 8 * m, pick([0, self.number(2, 6, 1) * m]), 0, 0,
                 pick([0, 300 * m * m]))
        self.add("CONDUITS", f"SP{k} P{k}", f"P{k + 1}" if k < count - 1 else "OP",
                 self.number(100, 300, 0) * m, .013, 0, 0)
        self.add("XSECTIONS", f"SP{k} CIRCULAR", pick([.5, .8, 1.5, 3]) * m, 0, 0, 0)
        for node, low, high, share in (("A", .5, 6, 1), ("P", 1, 8, .4)):
            if self.draw.random() < share:
                self.add("INFLOWS", f"{node}{k} FLOW T{node}{k}")
                self.add("TIMESERIES", f"T{node}{k} 0 0", self.number(.3, 1.5),
                         self.number(low, high) * self.flow, 3, 0)
        return level - fall

    def text(self):
        count, m = self.draw.randint(2, 4), self.length
        level, last = 100 * m, self.draw.choice(["AE", "OE"])
        self.designs()
        for k in range(count):
            level = self.street(k, count, last, level, self.number(.5, 3) * m)
        if last == "AE":
            self.add("JUNCTIONS", "AE", level, 0, 0, 0, 500 * m * m)
        else:
            self.add("OUTFALLS", "OE", level, "FREE")
        self.add("OUTFALLS", "OP", level - 10 * m, "FREE")
        ponding = self.draw.choice(["NO", "NO", "YES"])
        return text(OPTIONS.format(units=self.units, end="03:00:00", ponding=ponding),
                    self.sections)


def main():
    ap = peer.arguments(__doc__)
    ap.add_argument("--networks", type=int, default=40)
    args = ap.parse_args()
    models = list(ramps()) + [(f"network.{k}", Network(k).text()) for k in range(args.networks)]
    return peer.compare(models, args, may_refuse=False)


if __name__ == "__main__":
    sys.exit(main())
