#!/usr/bin/env python3
"""The server as its clients meet it: a small made city, served and stormed over.

  server_test.py THALWEG [TEST ...]
"""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from command_test import MODEL

THALWEG = ""
# Sanitizers make everything slower by this factor or less.
PATIENCE_S = 120.0

CITY_INI = """[city]
id = hollow
title_zh = 小城
title_en = Hollow
made_up = yes
timezone = +08:00
[files]
network = network.inp
points = points.geojson
sensors = sensors.geojson
storms = storms
[projection]
epsg = 32648
[forecast]
horizon_min = 60
cycle_min = 5
spinup_min = 5
"""
# J2 has a conduit too small for the storm, and a pond above it.
NETWORK = (MODEL.replace("FLOW_ROUTING DYNWAVE", "FLOW_ROUTING DYNWAVE\nALLOW_PONDING YES")
           .replace("J2 9 3 0 0 0", "J2 9 3 0 0 300")
           .replace("C2 CIRCULAR 0.5", "C2 CIRCULAR 0.2")
           .replace("END_TIME 02:00:00", "END_TIME 06:00:00")
           + "[COORDINATES]\nJ1 650000 3265000\nJ2 650100 3265000\nO1 650200 3265000\n")


def feature(place, **properties):
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": place},
            "properties": {"made_up": True, **properties}}


def layer(*features):
    lines = ",\n".join(json.dumps(f, ensure_ascii=False) for f in features)
    return '{"type": "FeatureCollection", "features": [\n' + lines + "\n]}\n"


POINTS = layer(feature([106.55, 29.5], id="P1", name_zh="洼地", name_en="Hollow", node="J2"))
SENSORS = layer(feature([106.55, 29.5], id="L1", kind="level", element="J2", unit="m", min=0,
                        max=6),
                feature([106.55, 29.5], id="G1", kind="rain", element="G1", unit="mm"))


def rain_rows():
    """An hour of 12 mm/h, then half an hour of 90: mm in each five minutes."""
    rows = ["time,gauge,rain_mm"]
    for k in range(1, 25):
        depth = 1.0 if k <= 12 else 7.5 if k <= 18 else 0.0
        rows.append(f"2031-07-01T{10 + k * 5 // 60:02d}:{k * 5 % 60:02d}:00,G1,{depth}")
    return "\n".join(rows) + "\n"


class ServerTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="thalweg-server-")
        self.addCleanup(temporary.cleanup)
        self.city = os.path.join(temporary.name, "hollow")
        self.store = os.path.join(temporary.name, "store")
        for name, text in (("city.ini", CITY_INI), ("network.inp", NETWORK),
                           ("points.geojson", POINTS), ("sensors.geojson", SENSORS),
                           ("storms/burst/rain.csv", rain_rows())):
            self.write(name, text)
        self.process = None
        self.addCleanup(self.end)

    def write(self, name, text):
        path = os.path.join(self.city, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)

    def command(self, *words, timeout=PATIENCE_S):
        return subprocess.run([THALWEG, *words], capture_output=True, text=True, timeout=timeout)

    def serve(self, *words):
        """Start the server; the address that it prints."""
        self.process = subprocess.Popen(
            [THALWEG, "serve", self.city, "--store", self.store, "--listen", "127.0.0.1:0",
             "--quiet", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in self.process.stdout:
            found = re.search(r"http://\S+", line)
            if found:
                self.base = found.group().rstrip("/")
                return self.base
        self.fail("the server printed no address")

    def end(self):
        """Ask the server to end; its exit code."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()
            self.process.stdout.close()
            self.process = None
        return code

    def ask(self, path, body=None, headers=None):
        """(status, parsed answer)"""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.loads(refusal.read())

    def get(self, name):
        status, answer = self.ask("/api/v1/" + name)
        self.assertEqual(status, 200, f"{name}: {answer}")
        return answer

    def level(self):
        """What the curve of L1 holds that the replay's own simulated samples do not: the last value
        off whole five minutes, and how many there are."""
        series = [v for t, v in self.get("sensors/L1/series")["measured"] if t % 300 == 60]
        return series[-1] if series else None, len(series)

    def wait_until(self, what, condition):
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            if met := condition():
                return met
            time.sleep(0.1)
        self.fail("in vain waited until " + what)


class Samples(ServerTest):
    """What devices send."""

    GOOD = {"sensor": "L1", "time": "2031-07-01T10:01:00+08:00", "value": 0.25}

    def setUp(self):
        super().setUp()
        self.serve("--replay", "burst", "--paused")

    def test_a_good_sample_is_stored_and_shown(self):
        before = self.level()[1]
        self.assertEqual(self.ask("/api/v1/samples", [self.GOOD]), (200, {"stored": 1}))
        self.assertEqual(self.level(), (0.25, before + 1))

    def test_a_sample_that_repeats_replaces_the_first(self):
        self.ask("/api/v1/samples", {"source": "a", "samples": [self.GOOD]})
        count = self.level()[1]
        again = {**self.GOOD, "value": 31, "unit": "cm"}
        self.assertEqual(self.ask("/api/v1/samples", {"source": "a", "samples": [again]})[0], 200)
        self.assertEqual(self.level(), (0.31, count))

    def test_the_first_bad_sample_is_named_and_nothing_is_stored(self):
        before = self.level()
        bad = (("value", "high"), ("value", None), ("sensor", "L9"), ("time", "yesterday"),
               ("time", "2031-02-30T10:00:00"), ("unit", "l/s"))
        for key, value in bad:
            status, answer = self.ask("/api/v1/samples",
                                      [self.GOOD, {**self.GOOD, key: value}, {}])
            self.assertEqual((status, answer.get("index")), (400, 1), f"{key} {value}: {answer}")
            self.assertIn("remedy", answer)
        self.assertEqual(self.level(), before)

    def test_what_is_no_request_is_refused_whole(self):
        for body in (b"", b"[{", b"7", b'{"samples": 3}', b"\xff\xfe", b"[" * 5000):
            status, answer = self.ask("/api/v1/samples", body)
            self.assertEqual(status, 400, f"{body[:20]}: {answer}")

    def test_too_much_at_once_is_refused(self):
        status, _ = self.ask("/api/v1/samples", [self.GOOD] * 10001)
        self.assertIn(status, (400, 413))
        status, _ = self.ask("/api/v1/samples", b" " * (5 << 20))
        self.assertEqual(status, 413)

    def test_a_page_of_another_origin_can_change_nothing(self):
        before = self.level()
        for headers in ({"Origin": "http://elsewhere.example"}, {"Content-Type": "text/plain"},
                        {"Host": "elsewhere.example"}):
            status, _ = self.ask("/api/v1/samples", [self.GOOD], headers)
            self.assertGreaterEqual(status, 400, headers)
        self.assertEqual(self.level(), before)


class Replay(ServerTest):
    """A storm from beginning to end."""

    def test_the_point_is_warned_before_it_floods(self):
        self.serve("--replay", "burst", "--speed", "600")
        seen = {}

        def over():
            for w in self.get("warnings?all=1"):
                seen.setdefault(w["id"], w)   # as it was when it was first seen
            return self.get("clock")["state"] == "ended"

        self.wait_until("the storm is over", over)
        self.assertTrue(seen, "no warning")
        for w in seen.values():
            self.assertEqual(w["point"], "P1")
            self.assertIn(w["class"], ("blue", "yellow", "orange", "red"))
            self.assertGreater(w["depth_m"], 0.1)
            for key in ("expected", "lead_min", "state"):
                self.assertIn(key, w)
        last = [w for w in self.get("warnings?all=1") if w["reached"]]
        self.assertTrue(last, "the street never flooded")
        for w in last:
            self.assertLess(w["issued"], w["reached"], "warned after the flood")
        series = self.get("points/P1/series")
        self.assertGreater(max(v for _, v in series["modelled"]), 0.15)
        self.assertEqual(self.end(), 0)

    def test_pages_are_told_by_events(self):
        self.serve("--replay", "burst", "--speed", "60")
        kinds, until = set(), time.monotonic() + PATIENCE_S
        with urllib.request.urlopen(self.base + "/api/v1/events", timeout=PATIENCE_S) as stream:
            while not {"clock", "points", "forecast"} <= kinds and time.monotonic() < until:
                line = stream.readline().decode()
                if line.startswith("event:"):
                    kinds.add(line.split(":", 1)[1].strip())
        self.assertLessEqual({"clock", "points", "forecast"}, kinds)

    def test_the_clock_stands_and_goes_on_when_it_is_told(self):
        self.serve("--replay", "burst", "--paused")
        self.assertEqual(self.get("clock")["state"], "paused")
        self.assertEqual(self.ask("/api/v1/clock", {"speed": 0})[0], 400)
        self.assertEqual(self.ask("/api/v1/clock", {"paused": "no"})[0], 400)
        status, clock = self.ask("/api/v1/clock", {"paused": False, "speed": 300})
        self.assertEqual((status, clock["state"], clock["speed"]), (200, "running", 300))
        self.wait_until("time has passed", lambda: self.get("clock")["time"] > clock["time"])

    def test_everything_that_the_api_names_is_there(self):
        self.serve("--replay", "burst", "--paused")
        for name in ("city", "network", "roads", "state", "clock", "warnings", "points",
                     "points/P1/series", "sensors", "sensors/L1/series", "rain", "audit",
                     "health", "routes"):
            self.get(name)
        city = self.get("city")
        self.assertTrue(city["made_up"])
        self.assertEqual(city["measurements"], "simulated")
        for name in ("points/P9/series", "sensors/L9/series", "nothing"):
            status, answer = self.ask("/api/v1/" + name)
            self.assertEqual(status, 404, name)
            self.assertIn("error", answer)


class Start(ServerTest):
    """What keeps a server from coming up."""

    def test_an_occupied_port_is_told(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            done = self.command("serve", self.city, "--replay", "burst", "--store", self.store,
                                "--listen", address)
        self.assertIn(done.returncode, (3, 4))
        self.assertIn(address.split(":")[1], done.stderr)

    def test_a_city_or_storm_that_is_not_there_is_named(self):
        done = self.command("serve", self.city + "-gone", "--replay", "burst")
        self.assertEqual(done.returncode, 3)
        self.assertIn("hollow-gone", done.stderr)
        done = self.command("serve", self.city, "--replay", "drizzle", "--store", self.store)
        self.assertEqual(done.returncode, 3)
        self.assertIn("drizzle", done.stderr)

    def test_check_reads_the_devices(self):
        self.write("devices.ini", "[http gate]\nmap.X = NOBODY\n")
        done = self.command("check", self.city)
        self.assertEqual(done.returncode, 1)
        self.assertIn('devices.ini:2: [http gate] map.X: there is no sensor "NOBODY"', done.stderr)

    def test_all_faults_of_a_city_come_at_once_with_their_lines(self):
        wrong = layer(feature([106.55, 29.5], id="P1", name_zh="a", name_en="a", node="J77"),
                      {**feature([106.55, 29.5], id="P2", name_zh="b", name_en="b", node="J2"),
                       "geometry": {"type": "Polygon", "coordinates": []}})
        self.write("points.geojson", wrong)
        self.write("storms/burst/rain.csv", rain_rows().replace("G1,1.0", "G1,much", 1))
        done = self.command("check", self.city)
        self.assertIn(done.returncode, (1, 3))
        for piece in ("points.geojson:2:", "points.geojson:3:", "rain.csv:2:"):
            self.assertIn(piece, done.stdout + done.stderr)
        served = self.command("serve", self.city, "--replay", "burst", "--store", self.store)
        self.assertEqual(served.returncode, 3, served.stderr)
        self.assertFalse(os.path.exists(self.store))

    def test_faults_of_the_model_and_of_a_layer_come_together(self):
        self.write("network.inp", NETWORK.replace("C1 J1 J2", "C1 J1 J88"))
        self.write("sensors.geojson", SENSORS.replace("Point", "LineString", 1))
        done = self.command("check", self.city)
        for piece in ("network.inp:", "J88", "sensors.geojson:2:"):
            self.assertIn(piece, done.stdout + done.stderr)

    def test_words_in_the_rain_of_a_storm_are_told_with_their_line(self):
        self.write("storms/burst/rain.csv", rain_rows().replace("G1,1.0", "G1,much", 1))
        done = self.command("check", self.city)
        self.assertIn(done.returncode, (1, 3))
        self.assertIn("rain.csv:2:", done.stdout + done.stderr)
        done = self.command("serve", self.city, "--replay", "burst", "--store", self.store)
        self.assertEqual(done.returncode, 3, done.stderr)

    def test_faults_of_the_calibration_are_named(self):
        self.write("calibration.ini", "[factor conduit-roughness]\nmiddle = 99\nspread = much\n")
        done = self.command("check", self.city)
        self.assertIn(done.returncode, (1, 3))
        for piece in ("calibration.ini:2:", "calibration.ini:3:"):
            self.assertIn(piece, done.stdout + done.stderr)

    def test_a_good_city_has_no_faults(self):
        self.assertEqual(self.command("check", self.city).returncode, 0)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    THALWEG = os.path.abspath(sys.argv.pop(1))
    unittest.main()
