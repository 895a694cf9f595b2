#!/usr/bin/env python3
"""Random networks in dynamic wave, by Thalweg and by SWMM 5.2.4.

  network_peer.py [--first N] [--count N] [--command "build/thalweg run"] [--python PYTHON]

Five to nine nodes in a line with shortcuts: conduits of fifteen shapes, pumps, orifices, weirs,
outlets, storages, losses, seepage, flow limits and options of every kind, all drawn from a seed. A
network agrees when each series is within 0.2 % of its largest value; one that does not is chaos when
SWMM's own series move by a third as much, with every roughness changed by 1e-6. PYTHON is one that has
swmm-toolkit (default: build/.venv, which `make bench` sets up, or this one).
Exit 0: at most 1 % of the networks differ otherwise; 1: more do; 77: no SWMM.
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile

from both import ROOT, find_python, network_series, rougher, run_files, worst_of

WITHIN, MOST_SHARE, CHANGE = 0.002, 0.01, 1e-6
FLOW = {"CFS": 1.0, "GPM": 448.8, "MGD": 0.646, "CMS": 0.0283, "LPS": 28.3, "MLD": 2.447}
SHAPES = ("CIRCULAR 2 0 0 0", "CIRCULAR 3 0 0 0", "CIRCULAR 1.5 0 0 0 2", "RECT_CLOSED 2 3 0 0",
          "RECT_OPEN 4 3 0 0", "TRAPEZOIDAL 4 2 1 1", "EGG 3 0 0 0", "HORSESHOE 3 0 0 0",
          "FORCE_MAIN 2 ROUGH 0 0", "ARCH 2 3 0 0", "TRIANGULAR 4 5 0 0", "PARABOLIC 3 4 0 0",
          "FILLED_CIRCULAR 3 0.5 0 0", "RECT_ROUND 3 3 2 0", "GOTHIC 3 0 0 0", "DUMMY 0 0 0 0")
# SWMM forgets the barrels of the first conduit when the section of a link stands before the link.
ORDER = ("OPTIONS", "EVAPORATION", "JUNCTIONS", "OUTFALLS", "STORAGE", "CONDUITS", "PUMPS", "ORIFICES",
         "WEIRS", "OUTLETS", "XSECTIONS", "LOSSES", "CURVES", "INFLOWS", "TIMESERIES", "REPORT")
RISES = ((0, 1), (0.3, 1), (0.8, 0.4), (1.2, 0))


class Network:
    """Sections of one random network; lengths are drawn in feet and written in the file's unit."""

    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.sections = {}
        self.units = self.one_of(*FLOW)
        self.us = self.units in ("CFS", "GPM", "MGD")
        self.by_elevation = self.draw.random() < 0.4
        self.equation = self.one_of("H-W", "D-W")
        self.nodes = self.draw.randint(5, 9)
        self.inverts = [round(self.metric(100 - 1.5 * i + self.draw.uniform(-1, 1)), 2)
                        for i in range(self.nodes)]
        self.options()
        self.make_nodes()
        self.make_links()
        self.make_inflows()

    def one_of(self, *values):
        return self.draw.choice(values)

    def metric(self, feet):
        return feet if self.us else 0.3048 * feet

    def length(self, feet):
        return f"{self.metric(feet):.6g}"

    def flow(self, cfs):
        return f"{FLOW[self.units] * cfs:.5g}"

    def row(self, section, *words):
        self.sections.setdefault(section, []).append(" ".join(str(word) for word in words))

    def text(self):
        return "".join(f"[{name}]\n" + "\n".join(self.sections[name]) + "\n\n"
                       for name in ORDER if name in self.sections)

    def options(self):
        one_of = self.one_of
        for name, value in (
                ("FLOW_UNITS", self.units), ("FLOW_ROUTING", "DYNWAVE"), ("START_DATE", "01/01/2020"),
                ("END_DATE", "01/01/2020"), ("END_TIME", "02:00"), ("REPORT_STEP", "0:01"),
                ("ROUTING_STEP", one_of(2, 5, 10, 20)), ("VARIABLE_STEP", one_of(0, 0.75, 0.5)),
                ("INERTIAL_DAMPING", one_of("NONE", "PARTIAL", "FULL")),
                ("NORMAL_FLOW_LIMITED", one_of("SLOPE", "FROUDE", "BOTH")),
                ("SURCHARGE_METHOD", one_of("EXTRAN", "EXTRAN", "SLOT")),
                ("ALLOW_PONDING", one_of("YES", "NO")), ("LENGTHENING_STEP", one_of(0, 0, 5, 30)),
                ("MIN_SLOPE", one_of(0, 0.1)),
                ("LINK_OFFSETS", "ELEVATION" if self.by_elevation else "DEPTH"),
                ("MIN_SURFAREA", one_of(0, self.length(12.5))),
                ("SKIP_STEADY_STATE", one_of("NO", "NO", "YES")),
                ("FORCE_MAIN_EQUATION", self.equation), ("MAX_TRIALS", one_of(0, 8, 20))):
            self.row("OPTIONS", name, value)
        self.row("EVAPORATION", "CONSTANT", one_of(0, 0, 2))
        self.row("REPORT", "NODES ALL")
        self.row("REPORT", "LINKS ALL")

    def make_nodes(self):
        one_of, length = self.one_of, self.length
        for i in range(self.nodes - 1):
            if self.draw.random() < 0.25:
                shape = one_of(f"FUNCTIONAL 0 0 {length(300)}",
                               f"FUNCTIONAL {length(50)} 0.6 {length(200)}",
                               f"CONICAL {length(20)} {length(16)} 1")
                self.row("STORAGE", f"N{i}", self.inverts[i], length(one_of(6, 10, 14)),
                         length(one_of(0, 1)), shape, one_of(0, 0, 2), one_of(0, 0.5))
            else:
                self.row("JUNCTIONS", f"N{i}", self.inverts[i], length(one_of(0, 5, 8, 12)),
                         length(one_of(0, 0, 0.5)), length(one_of(0, 0, 20)),
                         length(one_of(0, 0, 2000)))
        stage = f"FIXED {self.inverts[-1] + self.metric(3):.6g}"
        self.row("OUTFALLS", f"N{self.nodes - 1}", self.inverts[-1], one_of("FREE", "NORMAL", stage),
                 one_of("NO", "YES"))

    def make_links(self):
        last = self.nodes - 1
        ends = [(i, i + 1) for i in range(last)]
        for _ in range(self.draw.randint(0, 3)):
            a, b = sorted(self.draw.sample(range(last), 2))
            ends.append((a, b) if self.draw.random() < 0.8 else (b, a))
        for k, (a, b) in enumerate(ends):
            kind = self.draw.random()
            words = (f"L{k}", f"N{a}", f"N{b}")
            if b == last or kind < 0.72:
                self.conduit(words, a, b, b == last)
            elif kind < 0.80:
                self.row("PUMPS", *words, self.one_of("P2", "P3", "P4", "P5"), self.one_of("ON", "OFF"),
                         self.length(self.one_of(0, 2)), self.length(self.one_of(0, 1)))
            else:
                self.regulator(words, a, kind)
        for curve in ("P2 PUMP2 2 2 5 6", "P3 PUMP3 0 8 10 4 20 0", "P4 PUMP4 0 0 5 6",
                      "P5 PUMP5 0 8 10 4 20 0"):
            name, kind, *values = curve.split()
            for i in range(0, len(values), 2):
                self.row("CURVES", name, kind if i == 0 else "", self.length(float(values[i])),
                         self.flow(float(values[i + 1])))

    def offset(self, node, feet):
        if not self.by_elevation:
            return self.length(feet)
        return f"{self.inverts[node] + round(self.metric(feet), 3):.6g}"

    def conduit(self, words, a, b, is_last):
        one_of = self.one_of
        shape, *sizes = one_of(*(SHAPES[:-1] if is_last or self.draw.random() < 0.9 else SHAPES)).split()
        slopes = 2 if shape == "TRAPEZOIDAL" else 4
        rough = "110" if self.equation == "H-W" else "0.01" if self.us else "3"
        geometry = [rough if size == "ROUGH" else self.length(float(size)) if i < slopes else size
                    for i, size in enumerate(sizes[:4])]
        self.row("CONDUITS", *words, self.length(one_of(80, 200, 400, 1000)),
                 one_of(0.011, 0.013, 0.02),
                 self.offset(a, one_of(0, 0, 0.3, 1)), self.offset(b, one_of(0, 0, 0.3, 2)),
                 self.flow(one_of(0, 0, 0.5)), self.flow(one_of(0, 0, 0, 5)))
        self.row("XSECTIONS", words[0], shape, *geometry, *(sizes[4:] or ["1"]))
        if self.draw.random() < 0.4:
            self.row("LOSSES", words[0], one_of(0, 0.5), one_of(0, 1), one_of(0, 0.2),
                     one_of("NO", "NO", "YES"), one_of(0, 0, 1))

    def regulator(self, words, a, kind):
        one_of, length = self.one_of, self.length
        if kind < 0.88:
            self.row("ORIFICES", *words, one_of("SIDE", "BOTTOM"), self.offset(a, 1), 0.65,
                     one_of("NO", "YES"), 0)
            self.row("XSECTIONS", words[0], one_of(f"CIRCULAR {length(1.2)} 0 0 0",
                                                   f"RECT_CLOSED {length(1)} {length(2)} 0 0"))
        elif kind < 0.95:
            self.row("WEIRS", *words, "TRANSVERSE", self.offset(a, 1.5), 3.3 if self.us else 1.8,
                     one_of("NO", "YES"), 0, 0, one_of("YES", "NO"))
            self.row("XSECTIONS", words[0], "RECT_OPEN", length(2), length(4), 0, 0)
        else:
            self.row("OUTLETS", *words, self.offset(a, 0.5), f"FUNCTIONAL/{one_of('HEAD', 'DEPTH')}",
                     self.flow(2), 0.6, "NO")

    def make_inflows(self):
        for i in range(self.draw.randint(1, 3)):
            node = self.draw.randrange(self.nodes - 1)
            self.row("INFLOWS", f"N{node}", "FLOW", f"T{i}", "FLOW", 1,
                     self.flow(self.one_of(1, 3, 8, 20)))
            first = self.one_of(0, 0.1)
            for hour, part in RISES:
                self.row("TIMESERIES", f"T{i}", hour, first if hour == 0 else part)


def judge(seed, command, python):
    """(word, error, series) of one network."""
    text = Network(seed).text()
    with tempfile.TemporaryDirectory() as folder:
        try:
            run_files(text, folder, command, python)
        except subprocess.CalledProcessError:
            return "refused", 0.0, None
        swmm = network_series(os.path.join(folder, "s.out"))
        error, key = worst_of(swmm, network_series(os.path.join(folder, "t.out")))
        if error <= WITHIN:
            return "agrees", error, key
        run_files(rougher(text, CHANGE), folder, command, python)
        moved, _ = worst_of(swmm, network_series(os.path.join(folder, "s.out")))
        return "chaos" if moved > error / 3.0 else "differs", error, key


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--command", default=os.path.join(ROOT, "build", "thalweg") + " run --quiet")
    parser.add_argument("--python", help="a Python that has swmm-toolkit")
    args = parser.parse_args()
    python = find_python(args.python)
    counts = {"agrees": 0, "chaos": 0, "differs": 0, "refused": 0}
    for seed in range(args.first, args.first + args.count):
        word, error, key = judge(seed, args.command, python)
        counts[word] += 1
        if word == "differs":
            print(f"network {seed}: {' '.join(key)} {100 * error:.2f}%", flush=True)
    print(", ".join(f"{n} {word}" for word, n in counts.items()))
    return 1 if counts["differs"] > MOST_SHARE * args.count else 0


if __name__ == "__main__":
    sys.exit(main())
