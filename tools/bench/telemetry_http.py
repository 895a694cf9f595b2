#!/usr/bin/env python3
"""Durable samples a second through HTTP, sender and server on this machine.

  telemetry_http.py [--seconds S] [--scale N]

A live city with the made telemetry's sensors (33,000, times N), quality checks on, fed flat out in
batches of 1,000 as JSON and as line protocol; then the last values of everything are asked for.
"""
import argparse
import os
import subprocess
import sys
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
import server_test  # noqa: E402


class City(server_test.ServerTest):
    def runTest(self):
        pass


def memory_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return sum(int(line.split()[1]) for line in f if line.startswith("VmHWM")) / 1024


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("--seconds", default="20")
    ap.add_argument("--scale", default="1")
    args = ap.parse_args()
    server_test.THALWEG = os.path.join(ROOT, "build", "thalweg")
    city = City()
    city.setUp()
    try:
        subprocess.run([server_test.THALWEG, "synth", "--scale", args.scale, "--telemetry",
                        os.path.join(city.city, "sensors.geojson")], check=True)
        base = city.serve()
        for name, words in (("JSON", []), ("line protocol", ["--lines"])):
            print(f"{name}: ", end="", flush=True)
            subprocess.run([server_test.THALWEG, "synth", "--scale", args.scale, "--telemetry", base,
                            "--flat", "--seconds", args.seconds, *words], check=True)
        took = []
        for _ in range(5):
            begin = time.monotonic()
            with urllib.request.urlopen(base + "/api/v1/latest", timeout=60) as answer:
                size = len(answer.read())
            took.append(1000 * (time.monotonic() - begin))
        print(f"last values of all series: {size} bytes in {sorted(took)[2]:.0f} ms (median of 5)")
        print(f"server's memory at most: {memory_mb(city.process.pid):.0f} MB")
    finally:
        city.end()
        city.doCleanups()


if __name__ == "__main__":
    sys.exit(main())
