#!/usr/bin/env python3
"""Replay a storm and set its warnings beside what came: how long before the water each point was
warned.

  leads.py CITY STORM TRUTH.csv [--speed X] [--rain perfect|honest] [--depth M]

TRUTH.csv has a column `time` (the city's own) and one per point, depths in metres, as truth_points.csv
of the storms of ../shared/corpus/cities/bellinge. A point floods when its depth first reaches --depth.
"""
import argparse
import csv
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
THALWEG = os.path.join(ROOT, "build", "thalweg")


def local(text):
    """A time without its zone: the truth's is the city's."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=None)


def first_issued(warnings):
    """{point: when it was first warned}"""
    issued = {}
    for w in warnings:
        at = local(w["issued"])
        issued[w["point"]] = min(at, issued.get(w["point"], at))
    return issued


def flooding(rows, depth_m):
    """{point: (greatest depth, when it first reaches depth_m or None)} of a table of depths."""
    found = {}
    for row in rows:
        for point, text in row.items():
            if point == "time":
                continue
            depth = float(text)
            most, since = found.get(point, (0.0, None))
            if since is None and depth >= depth_m:
                since = local(row["time"])
            found[point] = (max(most, depth), since)
    return found


def clock(at):
    return at.strftime("%H:%M") if at else "-"


def table(truth, issued):
    """Lines: point, greatest depth, when it floods, when it was warned, minutes between."""
    lines = ["| point | greatest depth m | floods | warned | lead min |", "|---|---:|---|---|---:|"]
    for point, (most, since) in truth.items():
        warned = issued.get(point)
        lead = f"{(since - warned).total_seconds() / 60:.0f}" if since and warned else "-"
        lines.append(f"| {point} | {most:.2f} | {clock(since)} | {clock(warned)} | {lead} |")
    return lines


def ask(address, path):
    with urllib.request.urlopen(address + path, timeout=30) as answer:
        return json.load(answer)


def replay(args, folder):
    """The storm's warnings once it has ended; None when the server does not start."""
    server = subprocess.Popen(
        [THALWEG, "serve", args.city, "--replay", args.storm, "--speed", str(args.speed), "--rain",
         args.rain, "--store", folder, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        found = re.search(r"http://\S+/", server.stdout.readline())
        if found is None:
            return None
        address = found.group()
        while (state := ask(address, "api/v1/clock"))["state"] != "ended":
            time.sleep(1.0)
        print(f"ended at {state['time']}, {state['behind_s']} s behind", file=sys.stderr)
        return ask(address, "api/v1/warnings?all=1")
    finally:
        server.terminate()
        server.wait()


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("city")
    ap.add_argument("storm")
    ap.add_argument("truth")
    ap.add_argument("--speed", type=float, default=120.0)
    ap.add_argument("--rain", choices=("honest", "perfect"), default="honest")
    ap.add_argument("--depth", type=float, default=0.15, help="that counts as flooded [m]")
    args = ap.parse_args()
    with open(args.truth, newline="", encoding="utf-8") as f:
        truth = flooding(csv.DictReader(f), args.depth)
    with tempfile.TemporaryDirectory(prefix="thalweg-leads-") as folder:
        warnings = replay(args, folder)
    if warnings is None:
        return 4
    print("\n".join(table(truth, first_issued(warnings))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
