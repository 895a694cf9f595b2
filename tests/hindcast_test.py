#!/usr/bin/env python3
"""Hindcasts of the tiny city: honest, repeatable, scored, and not put off by a bad storm folder.

  hindcast_test.py THALWEG [TEST ...]
"""
import csv
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

THALWEG = ""
TINY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cities", "tiny")
LEADS = [str(m) for m in range(15, 121, 15)]


def minute(i):
    return "2031-07-01T%02d:%02d:00" % (10 + i // 60, i % 60)


class Hindcast(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.city = os.path.join(self.folder, "city")
        self.storm = os.path.join(self.folder, "storm")
        shutil.copytree(TINY, self.city)
        os.makedirs(os.path.join(self.storm, "radar"))
        chance = random.Random(5)  # any numbers do: both sides of a test have the same
        self.rain = [[minute(i), "G1", "%.2f" % (0.6 if 5 < i < 50 else 0)] for i in range(1, 91)]
        self.levels = [[minute(i), "L1", "%.3f" % max(0.0, 0.01 * i + chance.gauss(0, 0.01)), "m"]
                       for i in range(1, 91)]
        self.truth = [[minute(i), "%.3f" % (0.01 * max(0, i - 30)), "0.000", "0.000"]
                      for i in range(1, 91)]
        self.fields = {i: 10 + i / 2 for i in range(0, 91, 5)}

    def tearDown(self):
        shutil.rmtree(self.folder)

    def write(self, name, head, rows):
        with open(os.path.join(self.storm, name), "w", encoding="utf-8") as file:
            file.write(head + "\n" + "".join(",".join(row) + "\n" for row in rows))

    def write_storm(self):
        self.write("rain.csv", "time,gauge,rain_mm", self.rain)
        self.write("measurements.csv", "time,sensor,value,unit", self.levels)
        self.write("truth_points.csv", "time,P1,P2,P3", self.truth)
        for i, mmh in self.fields.items():
            name = minute(i).replace("-", "").replace(":", "")[:13] + ".asc"
            with open(os.path.join(self.storm, "radar", name), "w", encoding="ascii") as file:
                file.write("ncols 4\nnrows 4\nxllcorner 499000\nyllcorner 3274000\n"
                           "cellsize 2000\nNODATA_value -1\n" + ("%g " % mmh * 4 + "\n") * 4)

    def run_it(self, *options, code=0):
        done = subprocess.run([THALWEG, "hindcast", self.city, self.storm, "--members", "4",
                               "--baselines", "2", "--cycle", "15", *options],
                              capture_output=True, text=True, timeout=200, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def forecasts(self, *options):
        path = os.path.join(self.folder, "forecasts.csv")
        self.run_it("--baselines", "0", "--forecasts", path, *options)
        with open(path, encoding="utf-8") as file:
            return list(csv.reader(file))

    def test_the_table_has_every_cycle_lead_and_point(self):
        self.write_storm()
        rows = self.forecasts()
        self.assertEqual(",".join(rows[0]), "issued,lead_min,point,p15,p27,p40,p60,"
                         "depth_q10,depth_q50,depth_q90")
        expected = [[minute(i), lead, point] for i in range(0, 91, 15)
                    for lead in LEADS for point in ("P1", "P2", "P3")]
        self.assertEqual([row[:3] for row in rows[1:]], expected)
        for row in rows[1:]:
            p15, p27, p40, p60, q10, q50, q90 = map(float, row[3:])
            self.assertTrue(1 >= p15 >= p27 >= p40 >= p60 >= 0, row)
            self.assertTrue(0 <= q10 <= q50 <= q90, row)

    def test_what_comes_later_changes_no_forecast(self):
        self.write_storm()
        before = self.forecasts()
        issued = minute(45)
        for row in self.rain + self.levels:
            if row[0] > issued:
                row[2] = "1.9"
        for row in self.truth:
            row[1] = "0.7"
        self.fields = {i: mmh if i <= 45 else 90.0 for i, mmh in self.fields.items()}
        self.write_storm()
        after = self.forecasts()
        self.assertEqual([r for r in before if r[0] <= issued], [r for r in after if r[0] <= issued])
        self.assertNotEqual([r for r in before if r[0] > issued], [r for r in after if r[0] > issued])

    def test_threads_change_nothing_and_seeds_do(self):
        self.write_storm()
        one = self.forecasts("--threads", "1")
        self.assertEqual(one, self.forecasts("--threads", "3"))
        self.assertNotEqual(one, self.forecasts("--seed", "2"))

    def test_scores_are_told_beside_the_baselines(self):
        self.write_storm()
        scores = json.loads(self.run_it("--json", "--hold-out", "L1").stdout)
        self.assertTrue(scores["scored"])
        self.assertEqual(list(scores["ways"]),
                         ["forecast", "persistence", "no_assimilation", "perfect_rain"])
        for way in scores["ways"].values():
            self.assertEqual([lead["lead_min"] for lead in way["leads"]], [int(m) for m in LEADS])
            lead = way["leads"][0]
            self.assertEqual(lead["all"]["cases"], 3 * 6)  # the truth ends after 90 minutes
            came = lead["all"]["hits"] + lead["all"]["misses"]
            self.assertEqual(came, 3)  # P1, from the 46th minute on
            self.assertEqual(sum(tenth["cases"] for tenth in lead["reliability"]), 18)
        self.assertEqual(scores["held_out"]["sensor"], "L1")
        self.assertEqual(scores["held_out"]["cases"], 6)  # nothing is measured at the start

    def test_without_a_truth_the_forecasts_are_written(self):
        self.write_storm()
        os.remove(os.path.join(self.storm, "truth_points.csv"))
        self.assertEqual(len(self.forecasts()), 1 + 7 * 8 * 3)
        self.assertIn("there is nothing to score against", self.run_it("--baselines", "0").stdout)

    def test_faults_are_named_and_the_rest_is_used(self):
        self.rain[20][2] = "wet"
        self.rain[30] = list(self.rain[29])
        self.levels[5][0] = "2031-07-01T02:06:00Z"
        self.levels[10][1] = "L99"
        del self.levels[40:60]
        self.write_storm()
        with open(os.path.join(self.storm, "radar", "20310701T1030.asc"), "w") as file:
            file.write("nothing\n")
        done = self.run_it("--baselines", "0")
        for words in ('rain.csv:22: warning: "wet" is not a number',
                      "rain.csv:32: warning: RG1 has the same value of this moment in line 31",
                      "measurements.csv:7: warning: zones are mixed",
                      'measurements.csv:12: warning: unknown sensor "L99"',
                      "L1: a gap of 21.0 minutes", "20310701T1030.asc: warning: "):
            self.assertIn(words, done.stderr)

    def test_a_storm_without_usable_rain_is_refused(self):
        self.write_storm()
        self.write("rain.csv", "when,where,what", self.rain)
        self.assertIn("rain.csv:1: the first row must be time,gauge,rain_mm",
                      self.run_it(code=3).stderr)
        os.remove(os.path.join(self.storm, "rain.csv"))
        self.assertIn("rain.csv: No such file", self.run_it(code=3).stderr)
        self.storm = os.path.join(self.folder, "nowhere")
        self.assertIn("there is no storm", self.run_it(code=3).stderr)

    def test_options_that_make_no_sense_are_refused(self):
        self.write_storm()
        for options in (["--cycle", "7"], ["--members", "0"], ["--threads", "x"], ["--what"]):
            self.assertIn("usage: thalweg hindcast", self.run_it(*options, code=2).stderr)
        self.assertIn("--hold-out: no level or flow", self.run_it("--hold-out", "L9", code=3).stderr)


if __name__ == "__main__":
    THALWEG = os.path.abspath(sys.argv[1])
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
