"""What a forecast cycle of a city costs: a run of the members to its horizon, a whole cycle with nowcast and
measurements, and a state to and from memory."""
import os

import members
import peer

TITLE = "forecast of 2 hours, 32 members, 2 threads; save and restore of a run's state"
COLUMNS = [("seconds", "run ahead s", ".1f"), ("cycle_s", "whole cycle s", ".1f"),
           ("advance_s", "of it to now s", ".1f"), ("failed_members", "failed", "d"),
           ("state_kb", "state KB", "d"), ("state_ms", "save+restore ms", ".2f")]
HORIZON_S, MEMBERS, THREADS = 7200, 32, 2


def rows(options):
    for nodes in (1200, 10000):
        name = f"made city, {nodes} nodes"
        made = peer.made_city(nodes, options.folder)
        if not made:
            yield {"name": name, "failed": "thalweg synth fails"}
            continue
        model = os.path.join(made, "network.inp")
        state = members.run("state", model, 1800)
        cycle = members.run("cycle", model, HORIZON_S, MEMBERS, THREADS)
        if cycle is None or state is None:
            yield {"name": name, "failed": "the cycle or the state fails"}
            continue
        yield {"name": name, "nodes": nodes, "seconds": cycle["cycle_s"] - cycle["advance_s"],
               "cycle_s": cycle["cycle_s"], "advance_s": cycle["advance_s"],
               "failed_members": int(cycle["failed"]),
               "state_kb": int(state["bytes"] / 1024), "state_ms": state["median_ms"]}


def summary(done):
    large = [r for r in done if r["nodes"] == 10000]
    if not large:
        return {}
    return {"10,000 nodes, a whole cycle: 2 h, 32 members, 2 threads [s] (target 90)":
            large[0]["cycle_s"],
            "10,000 nodes, 2 h, 32 members, 2 threads [s] (target 60)": large[0]["seconds"],
            "10,000 nodes, save and restore [ms] (target 5)": large[0]["state_ms"]}
