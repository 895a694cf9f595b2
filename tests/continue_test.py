#!/usr/bin/env python3
"""A replay with gauge faults that is killed twice and goes on ends with the very warnings of one that
was left alone.

  continue_test.py THALWEG [--hours H] [--kills N]

The short form is a test; `--hours 24` is part of make soak.
"""
import argparse
import os
import random
import signal
import sqlite3
import sys
import time

import server_test
from server_test import CITY_INI, POINTS, ServerTest, feature, layer

MEMBERS = 9
LEVELS = ("L1", "L2", "L3")
# All that is said of a warning, but for what depends on when its bulletins went out.
COLUMNS = ("id, point, rank, own_rank, highest_rank, state, depth_m, probability, low_m, high_m,"
           " expected_ms, early_ms, late_ms, issued_ms, updated_ms, reached_ms, ended_ms,"
           " cause_kind, cause_element, cause_ms, basis")


def clock(minute):
    hour = 10 + minute // 60
    return f"2031-07-{1 + hour // 24:02d}T{hour % 24:02d}:{minute % 60:02d}:00"


def faulty(sensor, minute, value, rng):
    """What a gauge sends: it falls silent, jumps, freezes, drifts; at times all of them fail."""
    if 200 <= minute % 360 < 215:
        return None
    phase = (minute // 30 + 3 * sensor) % 8
    noise = rng.gauss(0.0, 0.01)
    wrong = {1: None, 2: value + (1.5 if minute % 7 == 0 else noise), 3: 0.31,
             4: value + 0.01 * (minute % 30)}
    return wrong.get(phase, max(0.0, value + noise))


def storm(hours):
    """Bursts of rain, a gauge of rain that fails at times, and levels with faults."""
    rng = random.Random(5)
    rain = ["time,gauge,rain_mm"]
    rows = ["time,sensor,value,unit"]
    level = 0.1
    for minute in range(5, int(60 * hours) + 1, 5):
        burst = minute % 180
        depth = 0.0 if burst > 60 else round(0.5 + 7.0 * (1.0 - abs(burst - 30) / 30.0), 3)
        if not 30 < minute % 400 < 45:
            rain.append(f"{clock(minute)},G1,{depth}")
        level += 0.05 * depth - 0.1 * (level - 0.1)
        for i, sensor in enumerate(LEVELS):
            value = faulty(i, minute, level, rng)
            if value is not None:
                rows.append(f"{clock(minute)},{sensor},{value:.4f},m")
    return "\n".join(rain) + "\n", "\n".join(rows) + "\n"


class Continue(ServerTest):
    def runTest(self):
        pass

    def begin(self, hours):
        self.setUp()
        rain, measurements = storm(hours)
        self.write("city.ini", CITY_INI + f"members = {MEMBERS}\n")
        self.write("points.geojson", POINTS)
        self.write("sensors.geojson", layer(
            *[feature([106.55, 29.5], id=name, kind="level", element=element, unit="m", min=0, max=6)
              for name, element in zip(LEVELS, ("J2", "J1", "J2"))],
            feature([106.55, 29.5], id="G1", kind="rain", element="G1", unit="mm")))
        self.write("storms/long/rain.csv", rain)
        self.write("storms/long/measurements.csv", measurements)

    def warnings(self):
        with sqlite3.connect(os.path.join(self.store, "replay-long.db")) as store:
            return store.execute(f"SELECT {COLUMNS} FROM warning ORDER BY id").fetchall()

    def play(self, store, kills, hours):
        """Play the storm; kills: after how many forecasts each process is killed."""
        self.store = store
        words = ["--replay", "long", "--speed", "3600", "--exit-at-end"]
        for i, minutes in enumerate(kills):
            self.serve(*words, *(["--continue"] if i > 0 else []))
            begun = time.monotonic()
            while True:
                forecast = self.get("forecast")["issued"]
                day = 0 if forecast is None else int(forecast[8:10]) - 1
                at = -1 if forecast is None else (
                    1440 * day + 60 * int(forecast[11:13]) + int(forecast[14:16]) - 600)
                if at >= minutes:
                    break
                if time.monotonic() - begun > 60.0 + 600.0 * hours:
                    raise SystemExit("the replay does not go on")
                time.sleep(0.02)
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process.stdout.close()
            self.process = None
        self.serve(*words, *(["--continue"] if kills else []))
        code = self.process.wait(60.0 + 600.0 * hours)
        self.process.stdout.close()
        self.process = None
        if code != 0:
            raise SystemExit(f"the replay ended with {code}")
        return self.warnings()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("thalweg")
    parser.add_argument("--hours", type=float, default=4.0)
    parser.add_argument("--kills", type=int, default=2)
    options = parser.parse_args()
    server_test.THALWEG = os.path.abspath(options.thalweg)
    test = Continue()
    test.begin(options.hours)
    try:
        begun = time.monotonic()
        alone = test.play(test.store + "-alone", [], options.hours)
        took_s = time.monotonic() - begun
        rng = random.Random()
        kills = sorted(rng.uniform(0.1, 0.9) * 60.0 * options.hours for _ in range(options.kills))
        killed = test.play(test.store + "-killed", kills, options.hours)
    finally:
        test.doCleanups()
    told = ", ".join(f"{k:.0f}" for k in kills)
    print(f"{options.hours:g} h in {took_s:.0f} s, {len(alone)} warnings; killed at minute {told}")
    if not alone:
        print("FAILED: a storm without a warning tells nothing")
        return 1
    for a, b in zip(alone, killed):
        if a != b:
            print(f"FAILED: left alone\n  {a}\nkilled\n  {b}")
            return 1
    if len(alone) != len(killed):
        print(f"FAILED: {len(alone)} warnings left alone, {len(killed)} when killed")
        return 1
    print("the same warnings")
    return 0


if __name__ == "__main__":
    sys.exit(main())
