#!/usr/bin/env python3
"""Measurements in and out over HTTP, as devices and other programs meet the server.

  telemetry_test.py THALWEG [TEST ...]
"""
import csv
import hashlib
import io
import json
import os
import re
import sys
import time
import unittest
import urllib.error
import urllib.request

import server_test
from server_test import CITY_INI, SENSORS, ServerTest, feature, layer

DEVICES = f"""[http gate]
secret_sha256 = {hashlib.sha256(b'gate secret').hexdigest()}
source = gates
rate_per_s = 1
burst = 5
message_bytes = 2000
map.AI_01 = L1 cm
[http other]
secret_sha256 = {hashlib.sha256(b'other secret').hexdigest()}
"""
VALUES = [feature([106.55, 29.5], id=f"P{i}", kind="value", unit="mg/L", min=0, max=100)
          for i in range(3)]


def now_ms():
    return int(time.time() * 1000)


class TelemetryTest(ServerTest):
    """A live city with a plant's values and two devices."""

    def setUp(self):
        super().setUp()
        sensors = json.loads(SENSORS)["features"]
        sensors[0]["properties"].update(rate_per_min=60)
        self.write("sensors.geojson", layer(*sensors, *VALUES))
        self.write("devices.ini", DEVICES)

    def send(self, path, body, token=None, kind="application/json"):
        """(status, headers, text)"""
        data = body.encode() if isinstance(body, str) else body
        request = urllib.request.Request(self.base + path, data=data)
        request.add_header("Content-Type", kind)
        if token:
            request.add_header("Authorization", "Bearer " + token)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.headers, refusal.read().decode()

    def text(self, path):
        with urllib.request.urlopen(self.base + path, timeout=60) as answer:
            return answer.read().decode()

    def latest(self):
        answer = self.get("latest")
        return {row[0]: dict(zip(answer["columns"], row)) for row in answer["rows"]}


class Lines(TelemetryTest):
    def test_lines_are_stored_and_answered_with_204(self):
        self.serve()
        t = now_ms() // 1000 * 1000
        status, _, text = self.send(
            "/api/v1/write?precision=ms",
            f"x,sensor=L1,unit=cm value=125i {t}\nP0 value=7.5 {t}\nP1 value=true {t}\n",
            kind="text/plain")
        self.assertEqual((status, text), (204, ""))
        latest = self.latest()
        self.assertEqual(latest["L1"]["value"], 1.25)
        self.assertEqual(latest["L1"]["time_ms"], t)
        self.assertEqual(latest["P0"]["value"], 7.5)
        self.assertEqual(latest["P1"]["value"], 1)
        self.assertIsNone(latest["P2"]["value"])

    def test_all_lines_are_stored_or_none(self):
        self.serve()
        for bad, index in (("P0 value=\"wet\"", 1), ("nobody value=1", 1), ("P0", 1)):
            status, _, text = self.send("/api/v1/write", f"P0 value=1\n{bad}\n", kind="text/plain")
            self.assertEqual((status, json.loads(text)["index"]), (400, index), text)
        self.assertIsNone(self.latest()["P0"]["value"])


class Devices(TelemetryTest):
    def test_a_device_is_known_by_its_token_and_its_tags_are_sensors(self):
        self.serve()
        body = json.dumps([{"sensor": "AI_01", "time": "2031-07-01T10:00:00Z", "value": 130}])
        status, _, text = self.send("/api/v1/samples", body, "gate secret")
        self.assertEqual(status, 200, text)
        row = self.latest()["L1"]
        self.assertEqual((row["value"], row["source"]), (1.3, "gates"))
        self.assertEqual(row["quality"], "bad")  # years ahead of our clock
        gate = {d["name"]: d for d in self.get("devices")}["gate"]
        self.assertEqual((gate["state"], gate["samples"], gate["messages"]), ("speaks", 1, 1))
        other = {d["name"]: d for d in self.get("devices")}["other"]
        self.assertEqual((other["state"], other["contact"]), ("never", None))

    def test_a_device_may_only_send(self):
        self.serve()
        request = urllib.request.Request(self.base + "/api/v1/latest",
                                         headers={"Authorization": "Bearer gate secret"})
        with self.assertRaises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(request, timeout=60)
        self.assertEqual(refusal.exception.code, 403)
        refusal.exception.close()

    def test_limits_of_rate_and_size_are_kept_and_counted(self):
        self.serve()
        line = "P0 value=1\n"
        self.assertEqual(self.send("/api/v1/write", line * 5, "gate secret", "text/plain")[0], 204)
        status, headers, _ = self.send("/api/v1/write", line * 5, "gate secret", "text/plain")
        self.assertEqual((status, headers["Retry-After"]), (429, "1"))
        status, _, _ = self.send("/api/v1/write", line + "#" * 2000, "gate secret", "text/plain")
        self.assertEqual(status, 413)
        gate = {d["name"]: d for d in self.get("devices")}["gate"]
        self.assertEqual((gate["refused"], gate["samples"], gate["state"]), (2, 5, "refused"))
        self.assertIn("larger", gate["refused_why"])
        # Another device is not made to wait.
        self.assertEqual(self.send("/api/v1/write", line, "other secret", "text/plain")[0], 204)


class Drop(TelemetryTest):
    def setUp(self):
        super().setUp()
        self.write("city.ini", CITY_INI + "[drop]\nfolder = drop\n")
        self.folder = os.path.join(self.city, "drop")

    def drop(self, name, text, encoding="utf-8"):
        """As a careful program does: written beside, then renamed."""
        hidden = os.path.join(self.folder, ".coming")
        with open(hidden, "w", encoding=encoding, newline="") as out:
            out.write(text)
        os.rename(hidden, os.path.join(self.folder, name))

    def drop_device(self):
        return {d["name"]: d for d in self.get("devices")}["drop"]

    def there(self, *names):
        return os.path.exists(os.path.join(self.folder, *names))

    def test_tables_are_stored_once_and_what_is_wrong_says_why(self):
        early = "时间,测点,数值,单位\n2026/7/1 10:00,L1,50,cm\n"
        self.write("drop/early.csv", early)
        self.serve()
        self.wait_until("the table that lay there is done", lambda: self.there("done", "early.csv"))
        self.assertEqual(self.latest()["L1"]["value"], 0.5)
        self.drop("gbk.csv", early.replace("50,cm", "70,cm").replace("10:00", "10:05"), "gbk")
        self.wait_until("the second is done", lambda: self.there("done", "gbk.csv"))
        self.assertEqual(self.latest()["L1"]["value"], 0.7)
        self.drop("again.csv", early)
        self.wait_until("the repeated one is done", lambda: self.there("done", "again.csv"))
        self.assertEqual(self.drop_device()["samples"], 2)
        self.drop("wide.csv", "time,P0,nobody\n2026-07-01T10:00,1,\n2026-07-01T10:01,2,3\n")
        self.wait_until("the wrong one is told", lambda: self.there("quarantine", "wide.csv.why"))
        self.wait_until("it is put away", lambda: self.there("quarantine", "wide.csv"))
        with open(os.path.join(self.folder, "quarantine", "wide.csv.why"), encoding="utf-8") as f:
            self.assertRegex(f.read(), r'line 3: unknown sensor "nobody"\nremedy: ')
        self.assertIsNone(self.latest()["P0"]["value"])
        self.wait_until("it is counted", lambda: self.drop_device()["refused"] == 1)
        self.assertEqual(sorted(os.listdir(self.folder)), ["done", "quarantine"])


class Out(TelemetryTest):
    def feed(self, count):
        self.serve()
        start = (now_ms() // 1000 - count) * 1000
        samples = "".join(f"P0 value={i % 10} {start + 1000 * i}\n" for i in range(count))
        self.assertEqual(self.send("/api/v1/write?precision=ms", samples, kind="text/plain")[0], 204)
        return start

    def test_a_series_has_as_many_points_as_are_asked_for(self):
        start = self.feed(1000)
        whole = self.get(f"series/P0?from={start}&to={start + 999999}&points=1000")["points"]
        self.assertEqual(len(whole), 1000)
        self.assertEqual(whole[3][:5], [start + 3000, 3, 3, 3, 1])
        few = self.get(f"series/P0?from={start}&to={start + 999999}&points=10")["points"]
        self.assertEqual(len(few), 10)
        self.assertEqual([p[1:5] for p in few], [[4.5, 0, 9, 100]] * 10)
        at = time.strftime("%Y-%m-%dT%H:%M:%S.5Z", time.gmtime(start // 1000 + 250))
        marked = {"sensor": "P0", "time": at, "value": 3, "flag": "M"}
        status, answer = self.ask("/api/v1/samples", [marked])
        self.assertEqual(status, 200, answer)
        few = self.get(f"series/P0?from={start}&to={start + 999999}&points=10")["points"]
        self.assertEqual([p[5] != 0 for p in few], [i == 2 for i in range(10)])
        for bad in ("points=0", "points=x", "from=soon", f"from={start}&to={start - 1}"):
            status, answer = self.ask("/api/v1/series/P0?" + bad)
            self.assertEqual(status, 400, bad)
            self.assertTrue(answer["remedy"], bad)
        self.assertEqual(self.ask("/api/v1/series/nobody")[0], 404)

    def test_tables_are_csv_for_people_and_for_programs(self):
        start = self.feed(20)
        span = f"from={start}&to={start + 99999}"
        text = self.text(f"/api/v1/export.csv?{span}&sensors=P0&bom=1")
        self.assertTrue(text.startswith("\ufefftime,sensor,value,unit,quality\r\n"))
        rows = list(csv.DictReader(io.StringIO(text[1:], newline="")))
        self.assertEqual(len(rows), 20)
        self.assertEqual((rows[3]["sensor"], rows[3]["value"], rows[3]["unit"], rows[3]["quality"]),
                         ("P0", "3", "mg/L", "good"))
        typed = self.text(f"/api/v1/export.csv?{span}&format=typed").split("\r\n")
        self.assertEqual(typed[0], "time:timestamp[ms UTC],sensor:string,value:double,unit:string,"
                                   "quality:int32")
        self.assertRegex(typed[1], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ,P0,0,mg/L,0$")
        self.assertEqual(self.ask(f"/api/v1/export.csv?{span}&sensors=nobody")[0], 404)

    def test_events_come_by_topic(self):
        self.serve()
        seen = set()
        with urllib.request.urlopen(self.base + "/api/v1/events?topics=devices,health",
                                    timeout=60) as stream:
            while seen != {"devices", "health"}:
                line = stream.readline().decode()
                if line.startswith("event: "):
                    self.assertIn(line[7:].strip(), ("devices", "health"))
                    seen.add(line[7:].strip())
        self.assertEqual(self.ask("/api/v1/events?topics=gossip")[0], 400)

    def test_every_route_is_in_the_openapi_document(self):
        self.serve()
        document = self.get("openapi.json")
        self.assertEqual(document["openapi"], "3.1.0")
        for route in self.get("routes"):
            path = route["path"].replace("{}", "{id}", 1).replace("{}", "{part}", 1)
            operation = document["paths"][path][route["method"].lower()]
            told = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
            self.assertEqual(told, re.findall(r"{(\w+)}", path))

    def test_bad_values_are_kept_and_told_from_good_ones(self):
        self.serve()
        t = now_ms() // 60000 * 60000 - 600000
        lines = f"P0 value=5 {t}\nP0 value=500 {t + 60000}\nL1 value=1 {t}\n"
        self.assertEqual(self.send("/api/v1/write?precision=ms", lines, kind="text/plain")[0], 204)
        latest = self.latest()
        self.assertEqual((latest["P0"]["value"], latest["P0"]["quality"]), (500, "bad"))
        self.assertEqual(latest["L1"]["quality"], "good")
        sensor = {s["id"]: s for s in self.get("sensors")}["L1"]
        self.assertEqual((sensor["quality"], sensor["reasons"]), ("good", []))
        self.assertEqual(self.get("health")["sensors"], {"good": 1, "suspect": 0, "bad": 1,
                                                         "never": 3})

    def test_rain_whose_quality_is_bad_does_not_reach_the_model(self):
        self.serve()
        t = now_ms() // 300000 * 300000 - 300000
        body = json.dumps([{"sensor": "G1", "time": time.strftime(
            "%Y-%m-%dT%H:%M:%SZ", time.gmtime(t / 1000)), "value": 3, "flag": "D"}])
        self.assertEqual(self.send("/api/v1/samples", body)[0], 200)
        self.assertEqual(self.get("health")["bad_rain"], 1)
        self.assertEqual(self.send("/api/v1/write?precision=ms", f"G1 value=0.5 {t - 300000}",
                                   kind="text/plain")[0], 204)
        self.assertEqual(self.get("health")["bad_rain"], 1)


class Ahead(ServerTest):
    """What else than gauges tells of rain: files that are put into folders of a live city."""

    def live(self, section):
        self.write("city.ini", CITY_INI.replace("cycle_min = 5", "cycle_min = 1")
                   + "members = 4\n" + section)

    def local(self, ago_s, form):
        return time.strftime(form, time.gmtime(time.time() + 8 * 3600 - ago_s))

    def foreseen_mmh(self):
        [gage] = self.get("rain")["gages"]
        return max((row[1] for row in gage["forecast"]), default=0.0)

    def test_fields_of_the_radar_reach_the_forecast(self):
        self.live("[radar]\nfolder = radar\n")
        cells = "\n".join(" ".join(["60"] * 12) for _ in range(12))
        for ago_s in (900, 600, 300):
            self.write(f"radar/{self.local(ago_s, '%Y%m%dT%H%M')}.asc",
                       "ncols 12\nnrows 12\nxllcorner 647000\nyllcorner 3262000\ncellsize 500\n"
                       f"NODATA_value -1\n{cells}\n")
        self.write(f"radar/{self.local(240, '%Y%m%dT%H%M')}.asc", "no grid\n")
        time.sleep(2.5)  # a file counts as whole when nobody has touched it for two seconds
        self.serve()
        self.wait_until("rain is foreseen", lambda: self.foreseen_mmh() > 5.0)

    def test_forecasts_of_others_reach_the_forecast_and_faults_in_them_are_told(self):
        self.live("[outlooks]\nfolder = outlooks\n")
        issued = self.local(600, "%Y-%m-%dT%H:%M:00")
        until = self.local(-7200, "%Y-%m-%dT%H:%M:00")
        self.write("outlooks/bureau.csv", "issued,from,to,gauge,member,rain_mm\n"
                   f"{issued},{issued},{until},,,130\n{issued},{issued},{until},nobody,,1\n")
        time.sleep(2.5)
        self.serve()
        self.wait_until("rain is foreseen", lambda: self.foreseen_mmh() > 5.0)
        [left] = [one for one in self.get("forecast")["left_out"] if one["kind"] == "outlook"]
        self.assertEqual(left["id"], "bureau.csv")
        self.assertIn("3: ", left["en"])


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    server_test.THALWEG = os.path.abspath(sys.argv.pop(1))
    unittest.main()
