"""Cities from 1,000 to 200,000 nodes: loading, routing and memory as they grow."""
import json
import math
import os
import subprocess

import peer

TITLE = ("made cities of growing size, one thread: loading, routing (per simulated minute and 1,000 "
         "nodes; per node and iteration), memory")
COLUMNS = [("nodes", "nodes", "d"), ("load_s", "load s", ".3f"), ("run_s", "run s", ".2f"),
           ("minute_s", "s/min/1000", ".4f"), ("iteration_ns", "ns/node/it.", ".0f"),
           ("step_s", "step s", ".2f"), ("kb_per_node", "KB/node", ".2f")]
NODES = (1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000)
START = "15:00:00"   # in the rain


def clock(seconds):
    """Seconds after START as the model's file has a time."""
    total = sum(int(p) * u for p, u in zip(START.split(":"), (3600, 60, 1))) + seconds
    return f"{total // 3600:02d}:{total // 60 % 60:02d}:{total % 60:02d}"


def run(city, folder, seconds, threads, files):
    """(wall s, peak KB, what the run says) of a run of so many simulated seconds."""
    model = peer.prepare(os.path.join(city, "network.inp"), folder,
                         {"START_TIME": START, "REPORT_START_TIME": START,
                          "END_TIME": clock(seconds)})
    said = os.path.join(folder, "said.json")
    script = (f"exec '{peer.THALWEG}' run --quiet --json --threads {threads} '{model}' "
              f"{files} > '{said}'")
    measured = peer.measure(["sh", "-c", script], folder)
    if measured is None:
        return None
    with open(said, encoding="utf-8") as f:
        return measured[0], measured[2], json.load(f)


def row_of(nodes, options):
    name = f"{nodes:,} nodes"
    city = peer.made_city(nodes, options.folder, seed=7)
    if city is None:
        return {"name": name, "failed": "thalweg synth"}
    folder = os.path.join(options.folder, f"scaling-{nodes}")
    os.makedirs(folder, exist_ok=True)
    minutes = 60 if options.full else 20
    # Two steps without files: what it takes until the run is under way.
    loads = [run(city, folder, 10, 1, "- -") for _ in range(options.repeats)]
    whole = run(city, folder, 60 * minutes, 1, "city.rpt city.out")
    subprocess.run(["rm", "-rf", folder], check=True)
    if None in loads or whole is None:
        return {"name": name, "failed": "thalweg run"}
    load_s = sorted(l[0] for l in loads)[len(loads) // 2]
    said = whole[2]
    iterations = said["steps"] * said["trials_per_step"]
    return {"name": name, "nodes": nodes, "load_s": round(load_s, 4),
            "run_s": round(said["seconds"], 3), "minutes": minutes,
            "minute_s": said["seconds"] / minutes / nodes * 1000,
            "iteration_ns": said["seconds"] / iterations / nodes * 1e9,
            "step_s": said["mean_step_s"], "kb_per_node": whole[1] / nodes}


def rows(options):
    for nodes in NODES:
        yield row_of(nodes, options)


def slope(done, key):
    """Of the logarithm of a cost over that of the nodes: 1 is linear."""
    x = [math.log(r["nodes"]) for r in done]
    y = [math.log(r[key] * r["nodes"]) for r in done]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mx) * (b - my) for a, b in zip(x, y)) / sum((a - mx) ** 2 for a in x)


def summary(done):
    if len(done) < 3:
        return {}
    return {"slope of the cost of an iteration over nodes": round(slope(done, "iteration_ns"), 3),
            "slope of the cost of a simulated minute": round(slope(done, "minute_s"), 3),
            "slope from 10,000 nodes on, iteration":
                round(slope([r for r in done if r["nodes"] >= 10000], "iteration_ns"), 3)}
