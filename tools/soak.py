#!/usr/bin/env python3
"""Replay storms for hours and watch the server: memory, descriptors, answers.

  soak.py [CITY] [STORM ...] [--seconds N] [--speed X] [--kills N]

Each storm is replayed to its end in a server of its own folder, one after the other, over and over,
while pages ask, listen to events, and send good and bad samples. Fails when the server ends, when an
answer is wrong or takes more than two seconds, or when memory or descriptors go on growing.
Then the server is killed 200 times while measurements come in (tests/kill_test.py).
"""
import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
THALWEG = os.path.join(ROOT, "build", "thalweg")
SLOWEST_S = 2.0
GROWTH = 1.25   # of memory from the second quarter of the time to its end
QUESTIONS = ("city", "state", "clock", "warnings", "points", "sensors", "rain", "health",
             "network", "roads")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def family(pid):
    """A process and its children, as /proc tells."""
    pids = [pid]
    for p in pids:
        try:
            with open(f"/proc/{p}/task/{p}/children", encoding="ascii") as f:
                pids += [int(c) for c in f.read().split()]
        except OSError:
            pass
    return pids


def resident_kb(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as f:
            return sum(int(line.split()[1]) for line in f if line.startswith("VmRSS"))
    except OSError:
        return 0


def descriptors(pid):
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


class Watch:
    """One server, asked and measured until its replay ends or the time is up."""

    def __init__(self, city, storm, speed, folder):
        self.base = f"http://127.0.0.1:{free_port()}"
        self.log = open(os.path.join(folder, "serve.log"), "w+", encoding="utf-8")
        listen = self.base.removeprefix("http://")
        self.process = subprocess.Popen(
            [THALWEG, "serve", city, "--replay", storm, "--speed", str(speed), "--listen", listen,
             "--store", os.path.join(folder, "store")],
            stdout=self.log, stderr=subprocess.STDOUT)
        self.faults, self.slowest, self.asked, self.events = [], (0.0, ""), 0, 0
        self.memory, self.open = [], []
        self.over = False

    def ask(self, path, body=None, expected=200):
        request = urllib.request.Request(self.base + path, data=body)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        begin = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                code, data = answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            code, data = refusal.code, refusal.read()
        except OSError as why:
            self.faults.append(f"{path}: {why}")
            return None
        took = time.monotonic() - begin
        self.asked += 1
        self.slowest = max(self.slowest, (took, path))
        if code != expected:
            self.faults.append(f"{path}: {code} instead of {expected}: {data[:200]!r}")
        if took > SLOWEST_S:
            self.faults.append(f"{path}: took {took:.1f} s")
        return data

    def listen(self):
        """A page that listens, goes away and comes back."""
        while not self.over:
            try:
                with urllib.request.urlopen(self.base + "/api/v1/events", timeout=30) as stream:
                    until = time.monotonic() + 20.0
                    while not self.over and time.monotonic() < until:
                        self.events += stream.readline().startswith(b"event:")
            except OSError:
                time.sleep(0.2)

    def wait_until_up(self):
        for _ in range(300):
            try:
                urllib.request.urlopen(self.base + "/api/v1/health", timeout=5).read()
                return True
            except OSError:
                if self.process.poll() is not None:
                    return False
                time.sleep(0.1)
        return False

    def one_round(self, sensor):
        for name in QUESTIONS:
            self.ask("/api/v1/" + name)
        bad = json.dumps([{"sensor": sensor, "time": "2031-07-01T10:01:00", "value": 0.1},
                          {"sensor": sensor, "time": "2031-07-01T10:01:00", "value": "high"}])
        self.ask("/api/v1/samples", bad.encode(), 400)
        self.ask("/api/v1/samples", b"[{", 400)
        self.ask("/api/v1/nothing", expected=404)
        pids = family(self.process.pid)
        self.memory.append((time.monotonic(), sum(map(resident_kb, pids))))
        self.open.append((time.monotonic(), sum(map(descriptors, pids))))

    def run(self, until):
        if not self.wait_until_up():
            self.log.seek(0)
            self.faults.append("the server did not come up: " + self.log.read()[-500:])
            return
        listeners = [threading.Thread(target=self.listen, daemon=True) for _ in range(3)]
        for listener in listeners:
            listener.start()
        sensors = json.loads(self.ask("/api/v1/sensors") or b"[]")
        sensor = sensors[0]["id"] if sensors else "none"
        while time.monotonic() < until and len(self.faults) < 20:
            if self.process.poll() is not None:
                self.faults.append(f"the server ended with {self.process.returncode}")
                break
            self.one_round(sensor)
            clock = json.loads(self.ask("/api/v1/clock") or b"{}")
            if clock.get("state") == "ended":
                break
            time.sleep(0.5)
        self.over = True

    def end(self):
        self.over = True
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.faults.append("the server did not end when it was told to")
        self.log.close()


def growth(samples):
    """What a series came to at its end, over what it was after a quarter of its time."""
    if len(samples) < 20:
        return 1.0
    quarter = len(samples) // 4
    early = max(v for _, v in samples[quarter:2 * quarter])
    late = max(v for _, v in samples[-quarter:])
    return late / early if early else 1.0


def storms_of(city):
    folder = os.path.join(city, "storms")
    return sorted(n for n in os.listdir(folder) if os.path.isdir(os.path.join(folder, n)))


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("city", nargs="?", default="cities/shancheng")
    ap.add_argument("storms", nargs="*")
    ap.add_argument("--seconds", type=float, default=float(os.environ.get("SOAK_SECONDS", "7200")))
    ap.add_argument("--speed", type=float, default=120.0)
    ap.add_argument("--kills", type=int, default=200, help="of the server under load; 0: none")
    args = ap.parse_args()
    storms = args.storms or storms_of(args.city)
    until, rounds, faults = time.monotonic() + args.seconds, 0, []
    while time.monotonic() < until and not faults:
        storm = storms[rounds % len(storms)]
        rounds += 1
        with tempfile.TemporaryDirectory(prefix="thalweg-soak-") as folder:
            watch = Watch(args.city, storm, args.speed, folder)
            try:
                watch.run(until)
            finally:
                watch.end()
        for what, series in (("memory", watch.memory), ("descriptors", watch.open)):
            if growth(series) > GROWTH:
                watch.faults.append(f"{what} grew by a factor of {growth(series):.2f}")
        faults += [f"{storm}: {f}" for f in watch.faults]
        peak = max((kb for _, kb in watch.memory), default=0)
        print(f"{storm}: {watch.asked} answers, slowest {watch.slowest[0]:.2f} s "
              f"({watch.slowest[1]}), {watch.events} events, at most {peak / 1024:.0f} MB, "
              f"{max((n for _, n in watch.open), default=0)} descriptors", flush=True)
    if args.kills > 0 and subprocess.run(
            [sys.executable, os.path.join(ROOT, "tests", "kill_test.py"), THALWEG, "--kills",
             str(args.kills)], check=False).returncode != 0:
        faults.append("what was acknowledged before a kill is not there once after it")
    for fault in faults:
        print(f"soak: {fault}")
    print(f"{rounds} replays, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
