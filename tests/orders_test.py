#!/usr/bin/env python3
"""Orders as dispatchers and phones meet them: the desk, races, links, photos, a drill, a kill.

  orders_test.py THALWEG [TEST ...]
"""
import hashlib
import json
import os
import signal
import sys
import threading
import time
import unittest
import urllib.error
import urllib.request

import server_test
from server_test import CITY_INI, ServerTest, feature, layer

ROADS = json.dumps({"type": "FeatureCollection", "features": [
    {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line},
     "properties": {"id": f"R{i}", "class": "primary", "speed_kmh": 30, "made_up": True}}
    for i, line in enumerate([[[106.550, 29.500], [106.552, 29.500]],
                              [[106.552, 29.500], [106.554, 29.501]],
                              [[106.554, 29.501], [106.556, 29.500]],
                              [[106.552, 29.500], [106.556, 29.500]]], 1)]})
CREWS = "ABCDEF"


def depots():
    crews = [{"id": f"D1-{c}", "size": 4, "skills": ["pump", "gully", "barrier", "traffic"]}
             for c in CREWS]
    vehicles = [{"id": f"D1-V{i}", "kind": "pump truck", "seats": 4, "pump_m3h": 1000}
                for i in range(1, 7)]
    return layer(
        feature([106.556, 29.500], id="D1", name_zh="站", name_en="Yard", crews=crews,
                vehicles=vehicles, supplies={"sandbags": 400, "cones": 100}),
        feature([106.552, 29.500], id="D2", name_zh="库", name_en="Store", crews=[], vehicles=[],
                supplies={"sandbags": 2000, "cones": 500}))


class Desk(ServerTest):
    def setUp(self):
        super().setUp()
        self.write("city.ini", CITY_INI.replace(
            "sensors = sensors.geojson",
            "sensors = sensors.geojson\nroads = roads.geojson\ndepots = depots.geojson"))
        self.write("roads.geojson", ROADS)
        self.write("depots.geojson", depots())

    def post(self, path, body, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else None
        return self.ask("/api/v1/" + path, body, headers)

    def order(self, crew="D1-A", vehicles=("D1-V1",), **more):
        status, answer = self.post("dispatch/orders", {
            "crew": crew, "vehicles": list(vehicles), "place": "P1", **more})
        self.assertEqual(status, 200, answer)
        return answer["order"]

    def report(self, crew, *reports, token=None):
        return self.post(f"crews/{crew}/reports", {"reports": list(reports)}, token)

    def state(self, order):
        return {o["id"]: o["state"] for o in self.get("dispatch")["orders"]}.get(order)

    def journal(self, session=None):
        return self.get("dispatch/journal" + (f"?session={session}" if session else ""))


class Orders(Desk):
    def setUp(self):
        super().setUp()
        self.serve()

    def test_an_order_goes_from_the_desk_to_the_point_and_back(self):
        order = self.order(items={"sandbags": 100})
        self.assertEqual(self.state(order), "sent")
        view = self.get("crews/D1-A")
        self.assertEqual(view["order"]["head"]["id"], order)
        said = ["received", "accepted", "rolling", "arrived", "working"]
        for kind in said:
            _, answer = self.report("D1-A", {"id": f"r-{kind}", "kind": kind, "order": order})
            self.assertEqual(answer["results"][0]["result"], "taken", answer)
        self.report("D1-A", {"id": "u", "kind": "used", "order": order, "used": {"sandbags": 60}},
                    {"id": "d", "kind": "done", "order": order})
        self.assertEqual(self.state(order), "done")
        depot = self.get("dispatch")["depots"][0]
        self.assertEqual(depot["stock"]["sandbags"], 340)   # forty came back
        self.assertIsNone(self.get("crews/D1-A")["order"])
        kinds = [line["kind"] for line in self.journal() if line["order"] == order]
        self.assertEqual(kinds, ["draft", "approved", "sent", *said, "used", "done"])
        report = self.get("dispatch/report")
        self.assertEqual(report["orders_by_state"]["done"], 1)

    def test_of_many_clicks_that_race_one_books_the_crew(self):
        drafts = [self.order(vehicles=(f"D1-V{i % 6 + 1}",), send=False) for i in range(12)]
        answers = []
        def click(order):
            answers.append(self.post("dispatch/approve", {"orders": [order]}))
        threads = [threading.Thread(target=click, args=(o,)) for o in drafts]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(sorted(status for status, _ in answers), [200] + [409] * 11)
        sent = [o for o in drafts if self.state(o) == "sent"]
        self.assertEqual(len(sent), 1)
        held = [c["order"] for c in self.get("dispatch")["crews"] if c["order"]]
        self.assertEqual(held, sent)

    def test_a_vehicle_is_booked_once_too(self):
        drafts = [self.order(crew=f"D1-{c}", send=False) for c in CREWS]
        status, answers = self.post("dispatch/approve", {"all": True})
        self.assertEqual(status, 409)
        self.assertEqual([a["result"] for a in answers].count("sent"), 1)
        self.assertEqual(len(answers), len(drafts))
        self.assertIn("vehicle D1-V1 is booked", json.dumps(answers))

    def test_what_a_phone_sends_twice_is_taken_once_and_what_is_late_is_kept(self):
        order = self.order()
        accept = {"id": "k", "kind": "accepted", "order": order, "age_s": 5}
        results = [self.report("D1-A", accept)[1]["results"][0]["result"] for _ in range(3)]
        self.assertEqual(results, ["taken", "again", "again"])
        self.post(f"dispatch/orders/{order}/state", {"state": "withdrawn", "reason": "not needed"})
        _, answer = self.report("D1-A", {"id": "l", "kind": "rolling", "order": order})
        self.assertEqual(answer["results"][0]["result"], "late")
        self.assertIn("withdrawn", answer["results"][0]["why"])
        self.assertEqual([x["kind"] for x in self.journal()][-1], "late")

    def test_a_phone_that_catches_up_says_all_at_once(self):
        order = self.order()
        kinds = ["received", "accepted", "rolling", "arrived"]
        status, answer = self.report("D1-A", *[
            {"id": f"c{i}", "kind": k, "order": order, "age_s": 300 - 60 * i}
            for i, k in enumerate(kinds)])
        self.assertEqual((status, [r["result"] for r in answer["results"]]), (200, ["taken"] * 4))
        times = self.get("crews/D1-A")["order"]["head"]["times"]
        self.assertLess(times["accepted"], times["rolling"])

    def test_a_phone_that_waits_hears_at_once(self):
        version = self.get("crews/D1-A")["version"]
        heard = []
        def wait():
            heard.append(self.ask(f"/api/v1/crews/D1-A?version={version}&wait=20"))
        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.5)
        began = time.monotonic()
        order = self.order()
        waiting.join()
        self.assertLess(time.monotonic() - began, 5)   # and not after twenty seconds
        self.assertEqual(heard[0][1]["order"]["head"]["id"], order)

    def test_a_reported_depth_is_a_measurement_with_its_quality(self):
        order = self.order()
        self.report("D1-A", {"id": "1", "kind": "depth", "order": order, "place": "P1",
                             "depth_m": 0.35},
                    {"id": "2", "kind": "depth", "order": order, "place": "P1", "depth_m": 7.5})
        self.assertEqual(self.get("dispatch")["depths"][0]["depth_m"], 7.5)
        def stored():
            rows = self.get("latest")["rows"]
            return [r for r in rows if r[0] == "P1.reported" and r[3] == 7.5 and r[4] == "bad"]
        self.wait_until("the depth is a measurement, out of range", stored)

    def test_positions_come_as_nmea_or_json(self):
        good = b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n"
        self.assertEqual(self.post("crews/D1-A/position", good)[0], 200)
        crew = self.get("dispatch")["crews"][0]
        self.assertAlmostEqual(crew["lat"], 48.1173, 4)
        self.assertEqual(self.post("crews/D1-A/position", {"lon": 106.55, "lat": 29.5})[0], 200)
        for bad in (good.replace(b"*47", b"*48"), b"$", b"", {"lon": 500, "lat": 1}, {"lat": 3},
                    b"[" * 2000):
            self.assertEqual(self.post("crews/D1-A/position", bad)[0], 400, bad)
        self.assertEqual(self.post("crews/D9/position", {"lon": 1, "lat": 1})[0], 404)

    def test_photos_are_looked_at_kept_and_shown(self):
        order = self.order()
        picture = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40
        for _ in range(2):   # a phone that did not hear the answer
            status, answer = self.post(f"crews/D1-A/photos/{order}", picture)
            self.assertEqual(status, 200, answer)
        photos = self.get("dispatch")["photos"]
        self.assertEqual([p["order"] for p in photos], [order])
        with urllib.request.urlopen(
                f"{self.base}/api/v1/dispatch/photos/{answer['name']}") as got:
            self.assertEqual(got.read(), picture)
            self.assertEqual(got.headers["Content-Type"], "image/jpeg")
        for bad in (b"", b"GIF89a" + bytes(99), b"<script>", b"\xff\xd8"):
            self.assertEqual(self.post(f"crews/D1-A/photos/{order}", bad)[0], 415, bad)
        self.assertEqual(self.post(f"crews/D1-A/photos/{order}", bytes(7 << 20))[0], 413)
        self.assertEqual(self.post("crews/D1-A/photos/99", picture)[0], 404)
        for name in ("..%2f..%2fcity.ini", "a" * 64 + ".jpg", "x"):
            self.assertEqual(self.ask(f"/api/v1/dispatch/photos/{name}")[0], 404)

    def test_bodies_that_make_no_sense_are_refused_and_change_nothing(self):
        before = len(self.journal())
        wrong = [("dispatch/orders", b"{"), ("dispatch/orders", []), ("dispatch/orders", {}),
                 ("dispatch/orders", {"crew": "D1-A", "place": "nowhere"}),
                 ("dispatch/orders", {"crew": "nobody", "place": "P1"}),
                 ("dispatch/orders", {"crew": "D1-A", "place": "P1", "vehicles": ["@1"]}),
                 ("dispatch/orders", {"crew": "D1-A", "place": "P1", "items": {"sandbags": -1}}),
                 ("dispatch/orders", {"crew": "D1-A", "place": "P1", "reason": "x" * 999}),
                 ("dispatch/approve", {}), ("dispatch/approve", {"orders": ["1"]}),
                 ("dispatch/approve", {"orders": [99]}),
                 ("dispatch/orders/1/state", {"state": "flying"}),
                 ("dispatch/orders/one/state", {"state": "done"}),
                 ("dispatch/rules", {"kind": "dance"}), ("dispatch/rules", {"kind": "close"}),
                 ("dispatch/rules", {"kind": "pin", "crew": "nobody", "place": "P1"}),
                 ("dispatch/crews/nobody/link", {}),
                 ("crews/D1-A/reports", {"reports": []}), ("crews/D1-A/reports", {"reports": 3}),
                 ("crews/nobody/reports", {"reports": [{"id": "1", "kind": "done"}]}),
                 ("crews/D1-A/reports", b'{"reports":' + b"[" * 3000)]
        for path, body in wrong:
            status, answer = self.post(path, body)
            self.assertIn(status, (400, 404, 409), f"{path} {body}: {answer}")
        reports = [{"kind": "accepted", "order": 1}, {"id": "1", "kind": "accepted", "order": 77},
                   {"id": "2", "kind": "note", "order": "1"}, {"id": "3", "kind": "approved"},
                   {"id": "4", "kind": "depth", "place": "P1", "depth_m": "deep"},
                   {"id": "5", "kind": "done", "order": 1, "age_s": -1}, 7, None,
                   {"id": "x" * 100, "kind": "depth", "place": "P1", "depth_m": 0.1}]
        _, answer = self.report("D1-A", *reports)
        self.assertEqual({r["result"] for r in answer["results"]}, {"refused"}, answer)
        self.assertTrue(all(r["why"] for r in answer["results"]), answer)
        self.assertEqual(len(self.journal()), before)

    def test_what_was_answered_is_there_after_a_kill(self):
        acked, orders = [], []
        for round_ in range(3):
            def play(crew, number):
                try:
                    order = self.order(crew=crew, vehicles=(f"D1-V{number}",))
                    for kind in ("accepted", "rolling", "arrived", "working", "done"):
                        key = f"{round_}-{order}-{kind}"
                        _, answer = self.report(crew, {"id": key, "kind": kind, "order": order})
                        if answer["results"][0]["result"] == "taken":
                            acked.append((order, kind, key))
                except (OSError, AssertionError, urllib.error.URLError, ValueError, KeyError):
                    return
            players = [threading.Thread(target=play, args=(f"D1-{c}", i))
                       for i, c in enumerate(CREWS, 1)]
            for player in players:
                player.start()
            time.sleep(0.05 + 0.05 * round_)
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            for player in players:
                player.join()
            self.process.stdout.close()
            self.serve()
            lines = self.journal()
            found = [(x["order"], x["kind"], x.get("key")) for x in lines]
            for one in acked:
                self.assertEqual(found.count(one), 1, one)
            open_ = [o for o in self.get("dispatch")["orders"]
                     if o["state"] in ("approved", "sent", "accepted", "rolling", "arrived",
                                       "working")]
            self.assertEqual(len({o["crew"] for o in open_}), len(open_))
            for o in open_:
                self.post(f"dispatch/orders/{o['id']}/state", {"state": "withdrawn"})
                orders.append(o["id"])
        self.assertTrue(acked)


class Links(Desk):
    def setUp(self):
        super().setUp()
        with open(os.path.join(self.city, "city.ini"), encoding="utf-8") as file:
            ini = file.read()
        self.write("city.ini", ini + "[server]\ntokens = tokens\n")
        self.write("tokens", "".join(f"{role} {hashlib.sha256(role.encode()).hexdigest()} {role}\n"
                                     for role in ("viewer", "operator", "dispatcher", "admin")))
        self.serve()

    def test_a_link_opens_one_crew_and_nothing_else(self):
        status, link = self.post("dispatch/crews/D1-A/link", {}, "dispatcher")
        self.assertEqual(status, 200, link)
        self.assertEqual(link["link"], f"crew.html#D1-A:{link['token']}")
        token = link["token"]
        bearer = {"Authorization": f"Bearer {token}"}
        self.assertEqual(self.ask("/api/v1/crews/D1-A", None, bearer)[0], 200)
        self.assertEqual(self.ask("/api/v1/crews/D1-B", None, bearer)[0], 403)
        self.assertEqual(self.report("D1-B", {"id": "1", "kind": "out"}, token=token)[0], 403)
        self.assertEqual(self.ask("/api/v1/dispatch", None, bearer)[0], 403)
        self.assertEqual(self.post("dispatch/approve", {"all": True}, token)[0], 403)
        self.assertEqual(self.post("samples", [], token)[0], 403)
        self.assertEqual(self.ask("/api/v1/roads", None, bearer)[0], 200)
        self.post("dispatch/crews/D1-A/link", {}, "dispatcher")   # a new phone
        self.assertIn(self.ask("/api/v1/crews/D1-A", None, bearer)[0], (401, 403))
        with open(os.path.join(self.store, "live.db"), "rb") as file:
            self.assertNotIn(token.encode(), file.read())

    def test_only_dispatchers_dispatch(self):
        order = {"crew": "D1-A", "vehicles": ["D1-V1"], "place": "P1"}
        for role in ("viewer", "operator", None):
            self.assertIn(self.post("dispatch/orders", order, role)[0], (401, 403), role)
            self.assertIn(self.post("dispatch/crews/D1-A/link", {}, role)[0], (401, 403), role)
        self.assertEqual(self.post("dispatch/orders", order, "dispatcher")[0], 200)
        self.assertEqual(self.ask("/api/v1/dispatch", None,
                                  {"Authorization": "Bearer viewer"})[0], 200)
        audit = self.ask("/api/v1/audit", None, {"Authorization": "Bearer admin"})[1]
        refused = [a for a in audit if a["path"] == "/api/v1/dispatch/orders"]
        self.assertEqual({a["status"] for a in refused}, {200, 401, 403})


class Drill(Desk):
    ARGS = ("--replay", "burst", "--drill=auto", "--speed", "120")

    def drilled(self):
        return [o for o in self.get("dispatch")["orders"] if o["times"].get("arrived")]

    def test_crews_that_play_are_warned_sent_and_there_and_a_kill_loses_nothing(self):
        self.serve(*self.ARGS)
        self.wait_until("a crew is there", self.drilled)
        before = self.journal()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.serve(*self.ARGS, "--continue")
        after = self.journal()
        self.assertEqual(after[:len(before)], before)   # the drill goes on, with all its lines
        self.wait_until("the clock goes on where it was",
                        lambda: self.get("clock")["time"] >= before[-1]["time"])
        report = self.get("dispatch/report")
        self.assertGreaterEqual(report["points_sent_to"], 1)
        self.assertLess(report["longest_machine_s"], 5.0)
        self.assertEqual(self.get("dispatch")["mode"], "drill")
        self.assertEqual(self.end(), 0)
        self.serve(*self.ARGS)   # without --continue a new one begins
        self.assertEqual(self.get("dispatch")["orders"], [])

    def test_a_crew_whose_road_is_closed_is_told_another_way(self):
        self.serve("--replay", "burst", "--speed", "600")
        crew, order = self.wait_until("an order is planned", lambda: next(
            ((o["crew"], o["id"]) for o in self.get("dispatch")["orders"]
             if o["state"] == "draft" and o["vehicles"] and o["place"]["id"] == "P1"), None))
        self.post("clock", {"speed": 10})
        self.assertEqual(self.post("dispatch/approve", {"orders": [order]})[0], 200)
        for kind in ("accepted", "rolling"):
            self.report(crew, {"id": kind, "kind": kind, "order": order})
        told = self.get(f"crews/{crew}")
        roads = [step["road"] for step in told["order"]["route"]["steps"]]
        closed = "R4" if "R4" in roads else "R3"
        self.assertEqual(self.post("dispatch/rules", {
            "kind": "close", "place": closed, "reason": "a tree"})[0], 200)
        self.wait_until("the crew is told", lambda: self.get(f"crews/{crew}")["order"]["head"]["reroutes"])
        anew = self.get(f"crews/{crew}")
        roads = [step["road"] for step in anew["order"]["route"]["steps"]]
        self.assertNotIn(closed, roads)
        self.assertTrue(roads)
        self.assertNotEqual(anew["version"], told["version"])   # so that its phone asks
        self.assertIn(closed, anew["order"]["head"]["about"]["reason"]["en"])
        self.assertEqual(self.state(order), "rolling")

    def test_a_drill_needs_a_storm(self):
        done = self.command("serve", self.city, "--drill")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--replay", done.stderr)


class Cities(Desk):
    def test_crews_and_vehicles_in_two_places_are_named(self):
        twice = depots().replace('"D1-B"', '"D1-A"').replace('"D1-V2"', '"D1-V1"')
        self.write("depots.geojson", twice.replace('"sandbags": 2000', '"sandbags": "many"'))
        done = self.command("check", self.city)
        self.assertEqual(done.returncode, 1)
        for words in ("crew D1-A is in two places", "vehicle D1-V1 is in two places", "sandbags"):
            self.assertIn(words, done.stdout + done.stderr)

    def test_a_rule_that_is_none_is_named(self):
        with open(os.path.join(self.city, "city.ini"), encoding="utf-8") as file:
            self.write("city.ini", file.read() + "[dispatch]\napprove = purple\n")
        done = self.command("check", self.city)
        self.assertEqual(done.returncode, 1)
        self.assertIn("purple", done.stdout + done.stderr)

    def test_a_city_without_crews_has_no_desk(self):
        self.write("depots.geojson", layer())
        self.serve()
        self.assertIsNone(self.get("dispatch"))
        self.assertEqual(self.post("dispatch/orders", {})[0], 404)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    server_test.THALWEG = os.path.abspath(sys.argv.pop(1))
    unittest.main()
