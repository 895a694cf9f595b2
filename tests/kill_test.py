#!/usr/bin/env python3
"""The server is killed in a loop while measurements come in: what was acknowledged is there after
every restart, and nothing twice.

  kill_test.py THALWEG [--kills N] [--lines]
"""
import argparse
import csv
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request

import server_test
from server_test import ServerTest, feature, layer

SERIES = 200       # of the made telemetry's first plant
BATCH = 50
CYCLE_MS = 10000


class Loop(ServerTest):
    def runTest(self):
        pass

    def begin(self):
        self.setUp()
        self.ledger = os.path.join(self.store + "-ledger")
        self.write("sensors.geojson", layer(*[
            feature([106.55, 29.5], id=f"W00.T{i:03d}", kind="value", unit="")
            for i in range(SERIES)]))

    def load(self, words):
        """The sender: a plan of many series, of which the city knows the first 200."""
        return subprocess.Popen(
            [server_test.THALWEG, "synth", "--telemetry", self.base, "--flat", "--plan",
             f"1,{SERIES},0", "--batch", str(BATCH), "--connections", "4", "--seconds", "3600",
             "--ledger", self.ledger, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True)

    def stored(self):
        """How often every (sensor, time) is there."""
        found = {}
        for first in range(0, SERIES, 20):
            names = ",".join(f"W00.T{i:03d}" for i in range(first, first + 20))
            with urllib.request.urlopen(
                    f"{self.base}/api/v1/export.csv?from=0&to=4102444800000&format=typed&sensors="
                    + names, timeout=300) as answer:
                lines = answer.read().decode().splitlines()
            for row in csv.reader(lines[1:]):
                key = (row[1], row[0])
                found[key] = found.get(key, 0) + 1
        return found

    def check(self):
        """(acknowledged, missing, twice)"""
        found = self.stored()
        acked = missing = 0
        with open(self.ledger, encoding="ascii") as ledger:
            for line in ledger:
                if not line.endswith("\n"):
                    continue
                first, end, time_ms = map(int, line.split())
                at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time_ms / 1000))
                for i in range(first, end):
                    acked += 1
                    missing += (f"W00.T{i:03d}", at) not in found
        return acked, missing, sum(n > 1 for n in found.values())


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("thalweg")
    ap.add_argument("--kills", type=int, default=3)
    ap.add_argument("--lines", action="store_true")
    args = ap.parse_args()
    server_test.THALWEG = os.path.abspath(args.thalweg)
    chance = random.Random(1)
    loop = Loop()
    loop.begin()
    worst = (0, 0, 0)
    try:
        for kill in range(args.kills):
            loop.serve()
            sender = loop.load(["--lines"] if args.lines else [])
            time.sleep(chance.uniform(0.2, 0.8))
            loop.process.send_signal(signal.SIGKILL)
            loop.process.wait()
            loop.process.stdout.close()
            loop.process = None
            sender.kill()
            sender.communicate()
            loop.serve()
            worst = loop.check()
            loop.end()
            print(f"kill {kill + 1}: {worst[0]} acknowledged, {worst[1]} missing, {worst[2]} twice",
                  flush=True)
            if worst[1] or worst[2] or not worst[0]:
                return 1
    finally:
        loop.doCleanups()
    return 0


if __name__ == "__main__":
    sys.exit(main())
