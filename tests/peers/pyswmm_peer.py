#!/usr/bin/env python3
"""PySWMM on libthalweg_swmm5.so and on SWMM's own library, side by side.

  pyswmm_peer.py [--python PYTHON] [--library build/libthalweg_swmm5.so] [--tests]

The examples of PySWMM's documentation - watching nodes, links and subcatchments, opening and closing
a weir and a pump, an inflow that is made up, a tide, rain from outside, other dates and parameters -
run on the models that PySWMM brings, once on each library; the series and the statistics must be the
same. --tests: PySWMM's own tests too, those that pass on SWMM's library.
PYTHON is one that has PySWMM (default: build/.venv, or this one). Exit 0: all is the same; 1:
something is not; 77: no PySWMM here.
"""
import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile

from both import ROOT, SKIP, copy_site

# The measure that results files are held to, but for every series: root mean square of the
# differences over the standard deviation (at least 5 % of the mean, and 1 % of the greatest of that
# variable in the run), at most 5 %, NSE 0.9975.
MOST, STEADY, FLOOR, LEAST = 0.05, 0.05, 0.01, 1e-6

EXAMPLES = r"""
import json, sys
from datetime import timedelta
from pyswmm import Simulation, Nodes, Links, Subcatchments, RainGages, SystemStats
from pyswmm.tests import data

def sums(sim, keep, nodes, subs):
    for n in nodes:
        keep(n.nodeid + " cumulative", n.cumulative_inflow)
    for s in subs:
        for k, v in s.statistics.items(): keep(s.subcatchmentid + " statistics " + k, v)
    totals = SystemStats(sim)
    for k, v in totals.routing_stats.items():
        if k != "routing_error": keep("routing " + k, v)
    for k, v in totals.runoff_stats.items():
        if k != "routing_error": keep("runoff " + k, v)

def watch(sim, keep, every=1, act=None, step=None):
    nodes, links, subs = list(Nodes(sim)), list(Links(sim)), list(Subcatchments(sim))
    if step: sim.step_advance(step)
    for i, _ in enumerate(sim):
        if act: act(i)
        if i % every: continue
        if i // every % 40 == 39: sums(sim, keep, nodes, subs)
        for n in nodes:
            keep(n.nodeid + " depth", n.depth), keep(n.nodeid + " head", n.head)
            keep(n.nodeid + " inflow", n.total_inflow), keep(n.nodeid + " flooding", n.flooding)
            keep(n.nodeid + " lateral", n.lateral_inflow), keep(n.nodeid + " volume", n.volume)
        for l in links:
            keep(l.linkid + " flow", l.flow), keep(l.linkid + " depth", l.depth)
            keep(l.linkid + " setting", l.current_setting), keep(l.linkid + " volume", l.volume)
        for s in subs:
            keep(s.subcatchmentid + " runoff", s.runoff), keep(s.subcatchmentid + " rain", s.rainfall)
            keep(s.subcatchmentid + " infiltration", s.infiltration_loss)
def plain(sim, keep):
    watch(sim, keep, step=300)

def every_step(sim, keep):
    watch(sim, keep, every=60)

def weir(sim, keep):
    c3 = Links(sim)["C3"]
    def act(i):
        if i % 5 == 0: c3.target_setting = (i // 5 % 11) / 10
    watch(sim, keep, act=act, step=300)

def limit(sim, keep):
    c = Links(sim)["C1:C2"]
    def act(i):
        if i > 15: c.flow_limit = 1
        if i > 30: c.flow_limit = 0
    watch(sim, keep, act=act, step=300)

def inflow(sim, keep):
    j1, j3 = Nodes(sim)["J1"], Nodes(sim)["J3"]
    j1.generated_inflow(4)
    def act(i):
        if i == 50: j3.outfall_stage(7)
        if i == 100: j3.outfall_stage(13.5)
        if i == 120: j1.generated_inflow(1.5)
    watch(sim, keep, act=act, step=120)

def dates(sim, keep):
    sim.start_time = sim.start_time + timedelta(hours=2)
    sim.end_time = sim.start_time + timedelta(hours=12)
    watch(sim, keep, step=300)

def parameters(sim, keep):
    for n in Nodes(sim): n.initial_depth = 0.3
    for s in Subcatchments(sim): s.area = 1.5 * s.area
    watch(sim, keep, step=300)

def watch_lids(sim, keep, act):
    from pyswmm import LidGroups
    units = list(LidGroups(sim)["2"])
    def look(i):
        act(i)
        for k, u in enumerate(units):
            b = u.water_balance
            for word in ("inflow", "infiltration", "surface_flow", "drain_flow", "final_volume"):
                keep(f"unit {k} {word}", getattr(b, word))
            keep(f"unit {k} moisture", u.soil.moisture), keep(f"unit {k} storage", u.storage.depth)
            keep(f"unit {k} drain", u.new_drain_flow)
    watch(sim, keep, act=look, step=300)

def lid_layers(sim, keep):
    from pyswmm import LidControls
    one, other = LidControls(sim)["LID"], LidControls(sim)["Green_LID"]
    one.surface.thickness, one.surface.roughness, one.surface.slope = 4, 0.2, 0.5
    one.soil.thickness, one.soil.k_saturated, one.soil.field_capacity = 12, 2, 0.25
    one.storage.thickness, one.storage.void_fraction, one.storage.k_saturated = 20, 0.6, 0.2
    one.storage.clog_factor, one.pavement.k_saturated, one.drain.coefficient = 0, 40, 0.9
    one.drain.offset, one.drain.delay = 3, 2
    other.surface.slope, other.soil.thickness, other.drain_mat.roughness = 3, 5, 0.2
    watch_lids(sim, keep, lambda i: None)

def lid_units(sim, keep):
    from pyswmm import LidGroups
    a, b, c = LidGroups(sim)["2"]
    a.number, a.unit_area, a.from_impervious, a.initial_saturation = 2, 7000, 30, 20
    b.full_width, b.index, b.to_pervious = 8, 1, 1
    c.unit_area, c.number, c.drain_node = 3000, 2, 2
    watch_lids(sim, keep, lambda i: None)

def lid_live(sim, keep):
    from pyswmm import LidControls, LidGroups
    one, units = LidControls(sim)["LID"], LidGroups(sim)["2"]
    def act(i):
        if i == 20: one.drain.coefficient = 2
        if i == 30: one.surface.roughness = 0.5
        if i == 40: one.drain.offset, one.storage.clog_factor = 0, 1
        if i == 50: units[0].drain_node = 3
        if i == 60: units[0].drain_subcatchment = 4
    watch_lids(sim, keep, act)

CASES = [(plain, data.MODEL_WEIR_SETTING_PATH), (every_step, data.MODEL_FULL_FEATURES_PATH),
         (plain, data.MODEL_STORAGE_PUMP), (plain, data.MODEL_STORAGE_PUMP_MGD),
         (plain, data.MODEL_POLLUTANTS_PATH), (plain, data.MODEL_SUBCATCH_STATS_PATH),
         (plain, data.MODEL_RAIN), (weir, data.MODEL_WEIR_SETTING_PATH),
         (weir, data.MODEL_PUMP_SETTINGS_PATH), (limit, data.MODEL_WEIR_SETTING_PATH),
         (inflow, data.MODEL_NODE_INFLOWS_PATH), (dates, data.MODEL_WEIR_SETTING_PATH),
         (parameters, data.MODEL_WEIR_SETTING_PATH), (lid_layers, data.MODEL_LIDS_PATH),
         (lid_units, data.MODEL_LIDS_PATH), (lid_live, data.MODEL_LIDS_PATH)]
from swmm.toolkit import solver
series = {}
for example, path in CASES:
    name = example.__name__ + " " + path.replace("\\", "/").split("/")[-1]
    mine = series[name] = {}
    def keep(key, value): mine.setdefault(key, []).append(value)
    with Simulation(path) as sim: example(sim, keep)
with open(sys.argv[1], "w") as f: json.dump({"build": solver.swmm_build_id(), "series": series}, f)
"""


def site_of(python):
    """Where a Python has PySWMM; None without it."""
    found = subprocess.run([python, "-c", "import pyswmm, os; print(os.path.dirname(pyswmm.__file__))"],
                           capture_output=True, text=True)
    return os.path.dirname(found.stdout.strip()) if found.returncode == 0 else None


def examples(python, folder):
    """What the examples saw."""
    script, result = os.path.join(folder, "examples.py"), os.path.join(folder, "series.json")
    with open(script, "w", encoding="utf-8") as f:
        f.write(EXAMPLES)
    run = subprocess.run([python, script, result], cwd=folder, stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, text=True, env=dict(os.environ, PYTHONPATH=folder))
    if run.returncode != 0:
        print(f"exit {run.returncode}", run.stderr[-3000:])
        return None
    with open(result, encoding="utf-8") as f:
        return json.load(f)


def spread(values):
    """Mean and standard deviation."""
    mean = sum(values) / len(values)
    return mean, (sum((v - mean) ** 2 for v in values) / len(values)) ** 0.5


def differences(ours, theirs):
    """(example, series, difference, of what) of series that are not the same."""
    for example, series in theirs.items():
        largest = {}
        for key, values in series.items():
            what = key.split()[-1]
            largest[what] = max(largest.get(what, 0.0), spread(values)[1])
        for key, values in series.items():
            mine = ours[example].get(key, [])
            if len(mine) != len(values):
                yield example, key, len(mine), len(values)
            elif not any(math.isnan(v) for v in values):   # SWMM's, of a model without catchments
                mean, own = spread(values)
                scale = max(own, FLOOR * largest[key.split()[-1]], STEADY * abs(mean), LEAST)
                rms = (sum((a - b) ** 2 for a, b in zip(mine, values)) / len(values)) ** 0.5
                if not rms <= MOST * scale:
                    yield example, key, rms, scale


def tests_of(python, folder):
    """Names of PySWMM's own tests that fail."""
    run = subprocess.run([python, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                          os.path.join(folder, "pyswmm", "tests")], cwd=folder,
                         capture_output=True, text=True, env=dict(os.environ, PYTHONPATH=folder))
    lines = run.stdout.strip().splitlines()
    if not lines:
        sys.exit(f"{python} has no pytest: {python} -m pip install pytest")
    print("  " + lines[-1])
    return set(re.findall(r"^(?:FAILED|ERROR) \S*?::(\w+)", run.stdout, re.M))


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    venv = os.path.join(ROOT, "build", ".venv", "bin", "python")
    ap.add_argument("--python", default=venv if os.path.exists(venv) else sys.executable)
    ap.add_argument("--library", default=os.path.join(ROOT, "build", "libthalweg_swmm5.so"))
    ap.add_argument("--tests", action="store_true", help="PySWMM's own tests too")
    args = ap.parse_args()
    site = site_of(args.python)
    if site is None:
        print(f"{args.python} has no PySWMM: {args.python} -m pip install pyswmm")
        return SKIP
    with tempfile.TemporaryDirectory() as top:
        seen, failed = [], []
        for name, library in (("swmm", None), ("thalweg", args.library)):
            folder = os.path.join(top, name)
            os.mkdir(folder)
            copy_site(site, folder, library)
            seen.append(examples(args.python, folder))
            if seen[-1] is None:
                print(f"the examples did not run on {name}")
                return 1
            if args.tests:
                failed.append(tests_of(args.python, folder))
        theirs, ours = seen
        if not ours["build"].startswith("thalweg"):
            print(f"not our library: {ours['build']}")
            return 1
        off = list(differences(ours["series"], theirs["series"]))
        for example, key, worst, most in off[:40]:
            print(f"  {example}: {key}: differs by {worst:.6g} of {most:.6g}")
        count = sum(len(s) for s in theirs["series"].values())
        print(f"PySWMM's examples: {len(theirs['series'])} runs, {count} series, {len(off)} differ")
        news = failed[1] - failed[0] if args.tests else set()
        for name in sorted(news):
            print(f"  fails on our library only: {name}")
        return 1 if off or news else 0


if __name__ == "__main__":
    sys.exit(main())
