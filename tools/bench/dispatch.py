"""Dispatch plans: time to the first one, gap to the optimum, what a change leaves as it was."""
import json
import os
import random
import subprocess
import sys

import peer

TITLE = ("dispatch: made problems of made cities; first plan, gap to CBC's optimum after 1 s, "
         "assignments kept when one point's demand doubles")
COLUMNS = [("crews", "crews", "d"), ("points", "points", "d"), ("arcs", "road edges", "d"),
           ("first_ms", "first plan ms", ".0f"), ("worst_ms", "worst ms", ".0f"),
           ("problems", "problems", "d"), ("gap_mean", "gap mean %", ".3f"),
           ("gap_worst", "gap worst %", ".3f"), ("danger_worse", "worse in danger", "d"),
           ("kept", "kept %", ".1f")]
DEMO = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
                    "cities", "shancheng")
KINDS = [("pump truck", 4, 1500), ("pump truck", 4, 3000), ("pump trailer", 4, 500), ("van", 8, 0),
         ("van", 8, 0), ("rescue truck", 4, 0), ("jetting truck", 4, 0)]
SKILLS = ["pump", "gully", "rescue", "barrier", "traffic", "power"]


def layer(city, name):
    with open(os.path.join(city, name + ".geojson"), encoding="utf-8") as f:
        return json.load(f)


def hydrograph(chance, most_m):
    """A depth every five minutes for two hours: it rises to most_m and falls."""
    peak, wide = chance.uniform(3, 20), chance.uniform(3, 12)
    return [round(max(0.0, most_m * (1 - abs(i - peak) / wide)), 3) for i in range(25)]


def stages(chance):
    """What a point needs, one or two stages."""
    found, people = [], 0
    for k in range(chance.randint(1, 2)):
        people += 4 * chance.randint(1, 3)
        found.append({"from_s": 1200 * k, "people": people,
                      "pump_m3h": chance.choice([0, 500, 1000, 2000, 3000]) * (k + 1),
                      "skills": {chance.choice(SKILLS[:5]): 4},
                      "kits": {"sandbags": 20 * chance.randint(0, 8),
                               "cones": 10 * chance.randint(0, 3)}})
    return found


def depot(chance, number, place, crews):
    """A depot with crews and about as many vehicles."""
    name = f"D{number}"
    vehicles = []
    for k in range(crews + crews // 4):
        kind, seats, pump = chance.choice(KINDS)
        vehicles.append({"id": f"{name}-V{k}", "kind": kind, "seats": seats, "pump_m3h": pump})
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": place},
            "properties": {"id": name, "crews": [
                {"id": f"{name}-C{k}", "size": chance.choice([4, 4, 4, 5, 6]),
                 "skills": chance.sample(SKILLS, chance.randint(1, 3))} for k in range(crews)],
                "vehicles": vehicles,
                "supplies": {"sandbags": 100 * chance.randint(1, 8),
                             "cones": 20 * chance.randint(1, 8)}}}


def point(chance, number, place):
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": place},
            "properties": {"id": f"P{number:02d}", "weight": chance.randint(1, 10)}}


def problem(city, seed, crews=0, points=0, depots=0):
    """A made problem; 0: the city's own crews, points."""
    chance = random.Random(seed)
    roads = layer(city, "roads")
    corners = [f["geometry"]["coordinates"][0] for f in roads["features"]]
    where = layer(city, "points")
    if points:
        where["features"] = [point(chance, i, chance.choice(corners)) for i in range(points)]
    homes = layer(city, "depots")
    if crews:
        homes["features"] = [depot(chance, i, chance.choice(corners), crews // depots)
                             for i in range(depots)]
    ids = [f["properties"]["id"] for f in where["features"]]
    wanted = chance.sample(ids, chance.randint(max(1, len(ids) // 2), len(ids)))
    demand = {i: {"life": chance.random() < 0.25, "depth_m": round(chance.uniform(0.1, 0.8), 2),
                  "rise_mh": round(chance.uniform(0, 0.8), 2), "water_s": chance.randint(0, 2400),
                  "end_s": 7200, "stages": stages(chance)} for i in wanted}
    places = [f["geometry"]["coordinates"] for f in where["features"]]
    places += [chance.choice(corners) for _ in range(3 * len(places))]
    water = [{"lon": p[0], "lat": p[1], "radius_m": 50,
              "depth_m": hydrograph(chance, chance.uniform(0.1, 0.8))} for p in places]
    return {"roads": roads, "depots": homes, "points": where, "demand": demand,
            "water": {"times_s": [300 * i for i in range(25)], "places": water}}


def plan(made, *options):
    """The plan of a problem, as thalweg tells it; None when it fails."""
    done = subprocess.run([peer.THALWEG, "dispatch", "-", "--json", *options],
                          input=json.dumps(made), capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.stderr.write(done.stderr)
        return None
    return json.loads(done.stdout)


LEVELS = ("life", "unmet", "late", "travel_s", "moves")


def worst_unmet(made):
    """What is unmet when nobody goes anywhere: against it the gap is measured."""
    idle = json.loads(json.dumps(made))
    idle["crews"] = {c["id"]: {"out": True} for f in idle["depots"]["features"]
                     for c in f["properties"]["crews"]}
    return plan(idle, "--iterations", "0")["cost"]


def gap(said, nobody):
    """How far a plan is off the optimum: the first level in which they differ, in per cent of what
    the optimum gains there over sending nobody; for travel, of the optimum itself."""
    cost = [said["cost"][level] for level in LEVELS]
    best = said["exact"]["cost"]
    for k, level in enumerate(LEVELS):
        if k < said["exact"]["proven"] and cost[k] != best[k]:
            whole = nobody[level] - best[k] if k < 2 else best[k]
            return k, 100.0 * (cost[k] - best[k]) / max(1.0, abs(whole))
    return len(LEVELS), 0.0


def gaps(city, count, begin=0, levels=2):
    """Of each problem: (level, gap %) after a second, of the made city with its own crews."""
    for seed in range(begin, begin + count):
        made = problem(city, seed)
        said = plan(made, "--deadline", "1000", "--iterations", "1000000", "--exact",
                    "--exact-s", "20", "--exact-levels", str(levels))
        if said is None or said["exact"] is None:
            yield None
            continue
        yield (*gap(said, worst_unmet(made)), said["exact"]["proven"])


def kept(made, before):
    """The share of crews that stay, in per cent, when the busiest point needs twice as much."""
    busiest = max(before["points"], key=lambda p: p["people"])["point"]
    crews = {c: m["point"] for m in before["missions"] for c in m["crews"]}
    again = json.loads(json.dumps(made))
    again["teams"] = [{"id": f"T{i}", "state": "ordered", "to": m["point"], "crews": m["crews"],
                       "vehicles": m["vehicles"]} for i, m in enumerate(before["missions"])]
    for stage in again["demand"][busiest]["stages"]:
        stage["people"] *= 2
        stage["pump_m3h"] *= 2
    after = plan(again, "--deadline", "1000", "--iterations", "1000000")
    now = {c: m["point"] for m in after["missions"] for c in m["crews"]}
    return 100.0 * sum(now.get(c) == p for c, p in crews.items()) / max(1, len(crews))


def first_row(city, crews, points, depots, count):
    """Times to the first plan of problems of one size."""
    took, stay, arcs = [], [], 0
    for seed in range(count):
        made = problem(city, 1000 + seed, crews, points, depots)
        arcs = 2 * len(made["roads"]["features"])
        said = plan(made, "--deadline", "1000", "--iterations", "1000000")
        if said is None:
            return {"failed": "thalweg dispatch"}
        took.append(said["took_ms"]["first"])
        if seed < 5:
            stay.append(kept(made, said))
    return {"crews": crews, "points": points, "arcs": arcs, "problems": count,
            "first_ms": sorted(took)[count // 2], "worst_ms": max(took), "kept": min(stay)}


def gap_row(count):
    """Gaps of problems of the made city with its own crews and points."""
    found = [g for g in gaps(DEMO, count) if g is not None]
    if not found:
        return {"failed": "thalweg dispatch"}
    share = [g if level == 1 else 0.0 for level, g, _ in found]
    return {"problems": len(found), "gap_mean": sum(share) / len(share), "gap_worst": max(share),
            "danger_worse": sum(level == 0 and g > 0 for level, g, _ in found)}


def rows(options):
    sizes = [("100 crews, 30 points", 100, 30, 10), ("500 crews, 100 points", 500, 100, 20)]
    city = peer.made_city(11600, options.folder, seed=7)  # 20,000 road edges
    for name, crews, points, depots in sizes:
        if city is None:
            yield {"name": name, "failed": "thalweg synth"}
        else:
            yield {"name": name, **first_row(city, crews, points, depots, 20)}
    yield {"name": "the example city", **gap_row(200 if options.full else 20)}


if __name__ == "__main__":
    if sys.argv[1:2] == ["problem"]:
        json.dump(problem(DEMO, *map(int, sys.argv[2:])), sys.stdout)
    else:
        for i, found in enumerate(gaps(DEMO, *map(int, sys.argv[1:]))):
            print(i, found, flush=True)
