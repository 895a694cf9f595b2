#!/usr/bin/env python3
"""thalweg inspect and thalweg plant as a user calls them, and the server's inspections.

  inspect_test.py THALWEG [TEST ...]
"""
import datetime
import json
import math
import os
import subprocess
import sys
import tempfile
import time
import unittest

import server_test

THALWEG = ""
DONE, FOUND, USAGE, BAD_INPUT = 0, 1, 2, 3

PLANT = """[plant]
id = W1
title_en = One
lon = 106.5
lat = 29.5
capacity_m3d = 2400
standard = GB 18918-2002
class = 1A
made_up = yes
[unit INLET]
title_en = Inlet
[tag QI]
kind = flow
at = influent
[tag GAS]
kind = h2s
at = INLET
[tag NH4]
kind = nh4
at = effluent
"""


def run(*arguments):
    return subprocess.run([THALWEG, *arguments], capture_output=True, text=True, timeout=300)


def inflow(folder, hours, name="flow.csv", spoil=None):
    """Flow of a plant that does not exist: a day's wave and a reservoir of rain."""
    path, stored, rain = os.path.join(folder, name), 0.0, 0.0
    with open(path, "w", encoding="utf-8") as out:
        out.write("time,flow,rain\n")
        for i in range(hours):
            rain = 4.0 if i % 97 == 3 else 0.0 if i % 97 > 6 else rain
            stored = 0.9 * stored + 0.1 * rain
            flow = 1000 + 200 * math.sin(i * math.pi / 12) + 900 * stored + 7 * (i * 7919 % 11)
            cell = "" if spoil and spoil(i) else f"{flow:.1f}"
            hour = datetime.datetime(2031, 1, 1) + datetime.timedelta(hours=i)
            out.write(f"{hour:%Y-%m-%d %H:%M},{cell},{rain}\n")
    return path


class Inspect(unittest.TestCase):
    def setUp(self):
        self.tmp = tempfile.TemporaryDirectory()
        self.folder = self.tmp.name
        os.makedirs(os.path.join(self.folder, "city", "plants"))
        self.write("city/city.ini", "[city]\ntimezone = +08:00\n")
        self.write("city/plants/W1.ini", PLANT)
        self.city = os.path.join(self.folder, "city")

    def tearDown(self):
        self.tmp.cleanup()

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as out:
            out.write(text)

    def test_reports_are_written_and_compared(self):
        out = os.path.join(self.folder, "reports")
        first = run("inspect", self.city, "--out", out, "--at", "2031-07-01T12:00")
        self.assertIn(first.returncode, (DONE, FOUND), first.stderr)
        with open(os.path.join(out, "W1.json"), encoding="utf-8") as text:
            report = json.load(text)
        self.assertTrue(report["simulated"])
        self.assertEqual({i["id"] for i in report["items"] if i["item"] == "sensor"},
                         {"sensor/QI", "sensor/GAS", "sensor/NH4"})
        again = run("inspect", self.city, "W1", "--json", "--out", out, "--at", "2031-07-01T12:00")
        self.assertEqual(json.loads(again.stdout.splitlines()[0]), report)
        with open(os.path.join(out, "W1.html"), encoding="utf-8") as text:
            page = text.read()
        self.assertIn("as before", page)
        self.assertNotIn("<script", page)
        self.assertNotIn("http://", page)
        self.assertTrue(os.path.exists(os.path.join(out, "plants.html")))

    def test_faults_are_named_with_their_place(self):
        self.write("city/plants/W2.ini", PLANT.replace("kind = h2s", "kind = smell"))
        done = run("inspect", self.city)
        self.assertEqual(done.returncode, BAD_INPUT)
        self.assertIn("W2.ini:16:", done.stderr)
        self.assertEqual(run("inspect", self.city + "x").returncode, BAD_INPUT)
        self.write("city/plants/W2.ini", "")
        self.assertEqual(run("inspect", self.city).returncode, BAD_INPUT)
        os.remove(os.path.join(self.city, "plants", "W2.ini"))
        self.assertEqual(run("inspect", self.city, "W7").returncode, BAD_INPUT)
        self.assertEqual(run("inspect", self.city, "--at", "soon").returncode, BAD_INPUT)
        self.assertEqual(run("inspect").returncode, USAGE)
        self.assertEqual(run("inspect", "--rank", self.city, self.city).returncode, USAGE)

    def test_a_table_is_ranked(self):
        self.write("p.csv", "id,wwtp_name,treatment_capacity_10k_m3_per_day,"
                   "annual_treatment_volume_10k_m3,cod_effluent_mg_l,"
                   "annual_electricity_consumption_kwh\n1,a,1,365,10,365000\n2,b,1,365,49,730000\n")
        path = os.path.join(self.folder, "p.csv")
        ranked = json.loads(run("inspect", "--rank", path, "--json").stdout)
        self.assertEqual([r["id"] for r in ranked], ["2", "1"])
        self.assertAlmostEqual(ranked[0]["energy_kwhm3"], 0.2)
        self.assertEqual(run("inspect", "--rank", path, "--class", "9").returncode, BAD_INPUT)
        self.write("p.csv", "a,b\n1,2\n")
        self.assertEqual(run("inspect", "--rank", path).returncode, BAD_INPUT)


class Plant(unittest.TestCase):
    def setUp(self):
        self.tmp = tempfile.TemporaryDirectory()
        self.folder = self.tmp.name
        self.model = os.path.join(self.folder, "m.json")

    def tearDown(self):
        self.tmp.cleanup()

    def test_a_plant_is_learned_and_foretold(self):
        data = inflow(self.folder, 1800, spoil=lambda i: i % 50 == 7)
        done = run("plant", "fit", data, self.model, "--test", "2031-02-20/2031-02-27", "--json")
        self.assertEqual(done.returncode, DONE, done.stderr)
        self.assertIn("36 of 1800 hours have no value", done.stderr)
        scores = json.loads(done.stdout)
        self.assertLess(scores[5]["rmse_m3h"], 0.5 * scores[5]["persistence_rmse_m3h"])
        done = run("plant", "forecast", self.model, data, "--at", "2031-02-25 10:00", "--json")
        self.assertEqual(done.returncode, DONE, done.stderr)
        hours = json.loads(done.stdout)["hours"]
        self.assertEqual(len(hours), 48)
        for hour in hours:
            values = list(hour["quantiles_m3h"].values())
            self.assertEqual(values, sorted(values))
        self.assertEqual(json.loads(done.stdout)["loads_from"]["cod_gm3"], "typical")

    def test_what_cannot_be_used_is_named(self):
        data = inflow(self.folder, 300)
        self.assertEqual(run("plant", "fit", data, self.model).returncode, BAD_INPUT)
        data = inflow(self.folder, 1200, spoil=lambda i: i % 2)
        done = run("plant", "fit", data, self.model, "--flow", "nothing")
        self.assertEqual(done.returncode, BAD_INPUT)
        self.assertIn('no column "nothing"', done.stderr)
        with open(self.model, "w", encoding="utf-8") as out:
            out.write("{}")
        done = run("plant", "forecast", self.model, data)
        self.assertEqual(done.returncode, BAD_INPUT)
        self.assertIn("no influent model", done.stderr)
        self.assertEqual(run("plant", "forecast", data).returncode, USAGE)
        self.assertEqual(run("plant", "fit", self.folder + "/none.csv", self.model).returncode,
                         BAD_INPUT)

    def test_a_stuck_instrument_is_found(self):
        path = os.path.join(self.folder, "s.csv")
        with open(path, "w", encoding="utf-8") as out:
            out.write("time,DO_1,NH4_1\n")
            for i in range(288):
                value = 2.0 if 100 <= i < 160 else 2 + 0.1 * math.sin(i * 1.7)
                out.write(f"2031-03-01 {i // 12:02d}:{i % 12 * 5:02d},{value:.6f},"
                          f"{3 + math.sin(i):.6f}\n")
        done = run("plant", "sensors", path, "--json")
        self.assertEqual(done.returncode, FOUND)
        found = [(e["sensor"], e["fault"]) for e in json.loads(done.stdout)]
        self.assertEqual(found, [("DO_1", "stuck")])


class Server(server_test.ServerTest):
    def setUp(self):
        super().setUp()
        ini = server_test.CITY_INI.replace("[files]\n", "[files]\nplants = plants\n")
        self.write("city.ini", ini + "[inspection]\nevery_h = 0\n")
        self.write("plants/W1.ini", PLANT)
        self.serve()

    def post(self, path, body):
        status, answer = self.ask("/api/v1/" + path, body)
        self.assertEqual(status, 200, f"{path}: {answer}")
        return answer

    def test_a_plant_is_inspected_and_ticked(self):
        self.assertIsNone(self.get("inspections")[0]["risk"])
        done = self.post("inspections", {"plant": "W1"})
        report = self.get("inspections/W1")
        self.assertEqual(report["id"], done[0]["id"])
        self.assertEqual(report["report"]["cause"], "hand")
        self.post("inspections/W1/tick",
                  {"inspection": report["id"], "item": "sensor/QI", "note": "seen"})
        ticks = self.get("inspections/W1")["ticks"]
        self.assertEqual([t["tick"]["item"] for t in ticks], ["sensor/QI"])
        self.assertEqual(len(self.get("inspections/W1/history")), 1)
        self.assertEqual(self.ask("/api/v1/inspections", {"plant": "W9"})[0], 404)
        self.assertEqual(self.ask("/api/v1/inspections", [1])[0], 400)
        self.assertEqual(self.ask("/api/v1/inspections/W1/tick", {"item": "x"})[0], 400)
        self.assertEqual(self.ask("/api/v1/inspections/W1?id=99")[0], 404)

    def test_faults_of_a_plant_and_of_its_model_are_those_of_the_city(self):
        self.assertEqual(run("check", self.city).returncode, DONE)
        self.write("plants/W1.ini", PLANT + "[tag X]\nkind = nonsense\n")
        self.write("plants/models/W1.ini", "[plant]\nmodel = asm7\n")
        done = run("check", self.city)
        self.assertEqual(done.returncode, FOUND)
        for piece in ("plants/W1.ini:", "nonsense", "models/W1.ini:", "asm7"):
            self.assertIn(piece, done.stdout + done.stderr)

    def test_a_dangerous_gas_is_a_reason_to_inspect(self):
        time.sleep(0.1)
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.post("samples", {"source": "test", "samples": [
            {"sensor": "W1.GAS", "time": now, "value": 12}]})
        end = time.monotonic() + server_test.PATIENCE_S
        while self.get("inspections")[0]["risk"] is None:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.2)
        self.assertEqual(self.get("inspections/W1")["report"]["cause"], "alarm")


if __name__ == "__main__":
    THALWEG = server_test.THALWEG = sys.argv.pop(1)
    unittest.main()
