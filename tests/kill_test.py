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
        self.checked = 0   # bytes of the ledger
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

    def stored(self, sensors, from_ms, to_ms):
        """How often every (sensor, time) of a stretch of time is there."""
        found = {}
        names = ",".join(f"W00.T{i:03d}" for i in sensors)
        with urllib.request.urlopen(
                f"{self.base}/api/v1/export.csv?from={from_ms}&to={to_ms}&format=typed&sensors="
                + names, timeout=300) as answer:
            lines = answer.read().decode().splitlines()
        for row in csv.reader(lines[1:]):
            key = (row[1], row[0])
            found[key] = found.get(key, 0) + 1
        return found

    def check(self, everything=False):
        """(acknowledged, missing, twice) of what was acknowledged since the last check, or of all
        there is."""
        with open(self.ledger, "rb") as ledger:
            ledger.seek(0 if everything else self.checked)
            text = ledger.read()
        text = text[:text.rfind(b"\n") + 1]   # a line that the kill has cut says nothing
        self.checked = len(text) if everything else self.checked + len(text)
        lines = [tuple(map(int, line.split())) for line in text.splitlines()]
        if not lines:
            return 0, 0, 0
        span = min(at for _, _, at in lines), max(at for _, _, at in lines)
        if everything:
            span = 0, 4102444800000
        names = {at: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at / 1000))
                 for at in {at for _, _, at in lines}}
        acked = missing = twice = 0
        group = 1 if everything else 20   # a table has at most a million rows
        for begin in range(0, SERIES, group):
            found = self.stored(range(begin, begin + group), *span)
            twice += sum(n > 1 for n in found.values())
            for first, end, time_ms in lines:
                for i in range(max(first, begin), min(end, begin + group)):
                    acked += 1
                    missing += (f"W00.T{i:03d}", names[time_ms]) not in found
        return acked, missing, twice


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
    total = 0
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
            acked, missing, twice = loop.check()
            total += acked
            if kill + 1 == args.kills:
                acked, missing, twice = loop.check(everything=True)
            loop.end()
            print(f"kill {kill + 1}: {acked} acknowledged, {missing} missing, {twice} twice",
                  flush=True)
            if missing or twice or not acked:
                return 1
        if acked < total:
            print(f"{acked} lines of the ledger at the end, {total} before")
            return 1
    finally:
        loop.doCleanups()
    return 0


if __name__ == "__main__":
    sys.exit(main())
