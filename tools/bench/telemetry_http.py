"""Durable samples a second through HTTP, sender and server on this machine: a live city with the made
telemetry's sensors (33,000), quality checks on, fed flat out in batches of 1,000."""
import json
import os
import re
import subprocess
import sys
import time
import urllib.request

import peer
import telemetry_store

TITLE = ("measurements through HTTP, server and senders on this machine: batches of 1,000, answered "
         "after the commit, quality checks on; then a year of one series at 60 s, down to 1,000 points")
COLUMNS = [("name", "way in", "s"), ("samples_per_s", "samples/s", ".0f"),
           ("p50_ms", "p50 ack ms", ".1f"), ("p99_ms", "p99 ack ms", ".1f"),
           ("memory_mb", "server MB", ".0f"), ("latest_ms", "all last values ms", ".0f"),
           ("year_ms", "a year, cold, ms", ".1f"), ("year_warm_ms", "warm ms", ".1f")]
SECONDS = "20"
YEAR_SERIES, YEAR_BEGIN_MS, YEAR_MINUTES = "S3", 1940630400000, 525600   # telemetry_store.c


def memory_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return sum(int(line.split()[1]) for line in f if line.startswith("VmHWM")) / 1024


def latest_ms(base):
    took = []
    for _ in range(5):
        begin = time.monotonic()
        with urllib.request.urlopen(base + "/api/v1/latest", timeout=60) as answer:
            answer.read()
        took.append(1000 * (time.monotonic() - begin))
    return sorted(took)[2]


def asked_ms(base, path):
    begin = time.monotonic()
    with urllib.request.urlopen(base + path, timeout=60) as answer:
        found = json.loads(answer.read())
    return 1000 * (time.monotonic() - begin), found


def year(city):
    """A year of one series at 60 s among others, down to 1,000 points: by a server that has just
    been started and whose files are not in memory, and once more."""
    os.makedirs(city.store, exist_ok=True)
    with subprocess.Popen([telemetry_store.built(city.city), city.store, "--year"], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as made:
        made.stderr.readline()
        made.communicate("\n")
    telemetry_store.dropped(os.path.join(city.store, name) for name in os.listdir(city.store))
    base = city.serve()
    path = (f"/api/v1/series/{YEAR_SERIES}?from={YEAR_BEGIN_MS}"
            f"&to={YEAR_BEGIN_MS + YEAR_MINUTES * 60000}&points=1000")
    cold, found = asked_ms(base, path)
    warm, _ = asked_ms(base, path)
    count = sum(p[4] for p in found["points"])
    if count != YEAR_MINUTES or len(found["points"]) != 1000:
        peer.fail(f"a year has {count} samples in {len(found['points'])} points")
    city.end()
    return {"name": "a year of one series", "year_ms": cold, "year_warm_ms": warm}


def rows(_options):
    sys.path.insert(0, os.path.join(peer.ROOT, "tests"))
    import server_test

    class City(server_test.ServerTest):
        def runTest(self):
            pass

    server_test.THALWEG = peer.THALWEG
    for name, words in (("JSON", []), ("line protocol", ["--lines"])):
        city = City()
        city.setUp()
        try:
            subprocess.run([peer.THALWEG, "synth", "--telemetry",
                            os.path.join(city.city, "sensors.geojson")], check=True)
            base = city.serve()
            said = subprocess.run([peer.THALWEG, "synth", "--telemetry", base, "--flat",
                                   "--seconds", SECONDS, *words], check=True, text=True,
                                  capture_output=True).stdout
            found = re.search(r": (\d+) a second; acknowledgement p50 ([\d.]+) ms, p99 ([\d.]+) ms; "
                              r"(\d+) requests refused, (\d+) broken", said)
            if not found or found.group(4) != "0" or found.group(5) != "0":
                peer.fail(f"telemetry: {said}")
            yield {"name": name, "samples_per_s": float(found.group(1)),
                   "p50_ms": float(found.group(2)), "p99_ms": float(found.group(3)),
                   "memory_mb": memory_mb(city.process.pid), "latest_ms": latest_ms(base)}
            city.end()
        finally:
            city.doCleanups()
    city = City()
    city.setUp()
    try:
        city.write("sensors.geojson", server_test.layer(server_test.feature(
            [106.55, 29.5], id=YEAR_SERIES, kind="value", unit="")))
        yield year(city)
    finally:
        city.doCleanups()
