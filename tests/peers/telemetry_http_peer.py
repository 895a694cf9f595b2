#!/usr/bin/env python3
"""The server's HTTP interface against programs that we did not write: openapi-spec-validator and
schemathesis read its OpenAPI document and try every route, influxdb-client writes to it.

  telemetry_http_peer.py --python VENV/bin/python [--thalweg build/thalweg]
"""
import argparse
import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
import server_test  # noqa: E402
import telemetry_test  # noqa: E402

PACKAGES = ["schemathesis==4.32.5", "openapi-spec-validator==0.9.0", "influxdb-client==1.50.0"]
# A sensor has to exist, and a day: no schema says so, and a refusal of such a request is right.
UNCHECKED = "positive_data_acceptance"
WRITE = """
import sys, time
from influxdb_client import InfluxDBClient, Point, WritePrecision
from influxdb_client.client.write_api import SYNCHRONOUS
client = InfluxDBClient(url=sys.argv[1], token="other secret", org="any")
api = client.write_api(write_options=SYNCHRONOUS)
at = int(sys.argv[2])
api.write("any", record=[Point("lab 1").tag("sensor", f"P{i}").tag("unit", "mg/L")
                         .field("value", 1.5 * i).time(at, WritePrecision.MS) for i in range(3)],
          write_precision=WritePrecision.MS)
try:
    api.write("any", record=Point("nobody").field("value", 1))
    sys.exit("an unknown sensor was taken")
except Exception as refusal:
    if getattr(refusal, "status", None) != 400:
        raise
"""


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("--python", required=True)
    ap.add_argument("--thalweg", default=os.path.join(ROOT, "build", "thalweg"))
    ap.add_argument("--examples", default="100")
    args = ap.parse_args()
    subprocess.run([args.python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
    server_test.THALWEG = args.thalweg
    city = telemetry_test.TelemetryTest("setUp")
    city.setUp()
    try:
        base = city.serve()
        document = os.path.join(city.store, "openapi.json")
        with open(document, "w", encoding="utf-8") as out:
            out.write(city.text("/api/v1/openapi.json"))
        subprocess.run([args.python, "-m", "openapi_spec_validator", document], check=True)
        at = int(time.time() * 1000)
        subprocess.run([args.python, "-c", WRITE, base, str(at)], check=True)
        row = city.latest()["P2"]
        assert (row["value"], row["time_ms"], row["source"]) == (3.0, at, "http/other"), row
        # The stream of events has no end that the tool could wait for.
        return subprocess.run(
            [os.path.join(os.path.dirname(args.python), "schemathesis"), "run",
             base + "/api/v1/openapi.json", "--exclude-path", "/api/v1/events", "--exclude-checks",
             UNCHECKED, "--max-examples", args.examples, "--seed", "1", "--no-color"],
            cwd=city.store, timeout=600).returncode
    finally:
        city.doCleanups()


if __name__ == "__main__":
    sys.exit(main())
