"""Durable samples a second through HTTP, sender and server on this machine: a live city with the made
telemetry's sensors (33,000), quality checks on, fed flat out in batches of 1,000."""
import os
import re
import subprocess
import sys
import time
import urllib.request

import peer

TITLE = ("measurements through HTTP, server and senders on this machine: batches of 1,000, answered "
         "after the commit, quality checks on")
COLUMNS = [("name", "way in", "s"), ("samples_per_s", "samples/s", ".0f"),
           ("p50_ms", "p50 ack ms", ".1f"), ("p99_ms", "p99 ack ms", ".1f"),
           ("memory_mb", "server MB", ".0f"), ("latest_ms", "all last values ms", ".0f")]
SECONDS = "20"


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
