#!/usr/bin/env python3
"""Ensembles by workers: what four of them compute, one killed again and again, is what one process
computes; a database that goes away for a while delays and loses nothing.

  worker_test.py THALWEG     skips (77) without Debian's postgresql
"""
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import postgres

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODEL = os.path.join(ROOT, "cities", "shancheng", "network.inp")
THALWEG = ""
MEMBERS = 44
BAD_INPUT, FAILED = 3, 4


def write(path, lines):
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


class Workers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = postgres.Postgres().__enter__()
        cls.folder = tempfile.TemporaryDirectory(prefix="thalweg-worker-")
        cls.path = lambda self, name: os.path.join(cls.folder.name, name)
        with open(MODEL, encoding="utf-8") as f:
            section = f.read().split("[JUNCTIONS]")[1].split("\n[")[0].splitlines()
        nodes = [line.split()[0] for line in section if line.strip() and line[0] != ";"][::40]
        write(os.path.join(cls.folder.name, "members.csv"),
              ["member,parameter,object,factor"]
              + [f"{m},rain,*,{0.6 + 0.02 * m:.3f}" for m in range(2, MEMBERS + 1)])
        write(os.path.join(cls.folder.name, "watch.csv"),
              ["variable,object"] + [f"depth,{n}" for n in nodes] + [f"flooding,{nodes[0]}"])

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()
        cls.database.__exit__()

    def ensemble(self, out, *options):
        return [THALWEG, "ensemble", "--hours", "0.4", *options, MODEL,
                self.path("members.csv"), self.path("watch.csv"), self.path(out)]

    def worker(self, *options):
        return subprocess.Popen([THALWEG, "worker", *options, self.database.url],
                                stderr=subprocess.DEVNULL)

    def expected(self):
        if not os.path.exists(self.path("alone.csv")):
            subprocess.run(self.ensemble("alone.csv"), check=True)
        with open(self.path("alone.csv"), "rb") as f:
            return f.read()

    def assert_same(self, out):
        with open(self.path(out), "rb") as f:
            self.assertEqual(f.read(), self.expected())

    def queued(self, out, *options):
        return subprocess.Popen(self.ensemble(out, "--queue", self.database.url, *options),
                                stderr=subprocess.DEVNULL)

    def leases_most(self):
        """How often the most unlucky job was taken."""
        done = subprocess.run([os.path.join(self.database.bin, "psql"), "-At", self.database.url,
                               "-c", "SELECT max(leases) FROM thalweg_job"],
                              check=True, capture_output=True, text=True)
        return int(done.stdout)

    def finish(self, processes):
        for p in processes:
            p.terminate()
        for p in processes:
            self.assertEqual(p.wait(60), 0)

    def test_four_workers_give_what_one_process_gives_though_one_is_killed_repeatedly(self):
        self.expected()
        steady = [self.worker() for _ in range(3)]
        submitter = self.queued("killed.csv", "--per-job", "8", "--keep")
        kills = 0
        while submitter.poll() is None:
            victim = self.worker("--lease", "1")
            time.sleep(0.2)
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            kills += 1
        self.finish(steady)
        self.assertEqual(submitter.returncode, 0)
        self.assertGreaterEqual(kills, 3)
        self.assertGreater(self.leases_most(), 1, "no job was ever taken from a dead worker")
        self.assert_same("killed.csv")
        # the results are kept: asked again, nobody has to compute anything
        again = subprocess.run(self.ensemble("again.csv", "--queue", self.database.url,
                                             "--per-job", "8"), timeout=60, capture_output=True)
        self.assertEqual(again.returncode, 0)
        self.assert_same("again.csv")

    def test_a_killed_submitter_is_taken_up_by_the_next_one(self):
        self.expected()
        submitter = self.queued("none.csv", "--per-job", "16")
        time.sleep(1.0)
        submitter.kill()
        submitter.wait()
        workers = [self.worker("--until-empty") for _ in range(2)]
        for w in workers:
            self.assertEqual(w.wait(300), 0)
        done = subprocess.run(self.ensemble("taken_up.csv", "--queue", self.database.url,
                                            "--per-job", "16"), timeout=60, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse(os.path.exists(self.path("none.csv")))
        self.assert_same("taken_up.csv")

    def test_a_database_that_goes_away_delays_and_loses_nothing(self):
        self.expected()
        worker = self.worker()
        submitter = self.queued("delayed.csv", "--per-job", "8")
        time.sleep(1.0)
        self.database.stop("immediate")
        time.sleep(1.5)
        self.database.start()
        self.assertEqual(submitter.wait(300), 0)
        self.finish([worker])
        self.assert_same("delayed.csv")

    def test_a_model_that_only_the_submitter_can_read_fails_and_says_why(self):
        write(self.path("rain.dat"), ["S 2026 1 1 0 0 1.0", "S 2026 1 1 0 5 1.0"])
        with open(MODEL, encoding="utf-8") as f:
            text = f.read()
        gages = text.split("[RAINGAGES]")[1].split("\n[")[0]
        line = [x for x in gages.splitlines() if x.strip() and x.strip()[0] != ";"][0]
        name = line.split()[0]
        with open(self.path("file.inp"), "w", encoding="utf-8") as f:
            f.write(text.replace(line, f'{name} VOLUME 0:05 1.0 FILE "rain.dat" S MM'))
        words = self.ensemble("file.csv", "--queue", self.database.url)
        words[words.index(MODEL)] = self.path("file.inp")
        worker = self.worker()
        done = subprocess.run(words, capture_output=True, text=True, timeout=120)
        self.finish([worker])
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("rain.dat", done.stderr)
        self.assertFalse(os.path.exists(self.path("file.csv")))

    def test_no_database_is_told(self):
        words = self.ensemble("x.csv", "--queue", "postgresql:///none?host=/nowhere")
        done = subprocess.run(words, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("the queue does not open", done.stderr)
        done = subprocess.run([THALWEG, "worker", "postgresql:///none?host=/nowhere"],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("/nowhere", done.stderr)

    def test_all_faults_of_the_tables_come_at_once_with_their_lines(self):
        write(self.path("bad_members.csv"), ["member,parameter,object,factor", "0,rain,*,1", "x",
                                             "3,foo,*,1", "4,rain,*,-1"])
        write(self.path("bad_watch.csv"), ["variable,object", "depht,J1"])
        done = subprocess.run([THALWEG, "ensemble", MODEL, self.path("bad_members.csv"),
                               self.path("bad_watch.csv"), self.path("bad.csv")],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, BAD_INPUT)
        for place in ("bad_members.csv:2:", "bad_members.csv:3:", "bad_members.csv:4:",
                      "bad_members.csv:5:", "bad_watch.csv:2:"):
            self.assertIn(place, done.stderr)
        self.assertFalse(os.path.exists(self.path("bad.csv")))

    def test_a_table_with_a_zero_byte_is_refused_and_not_cut_there(self):
        with open(self.path("zero.csv"), "wb") as f:
            f.write(b"member,parameter,object,factor\n2,rain,*,1\n\0\n3,rain,*,2\n")
        done = subprocess.run([THALWEG, "ensemble", MODEL, self.path("zero.csv"),
                               self.path("watch.csv"), self.path("zero_out.csv")],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, BAD_INPUT)
        self.assertIn("zero.csv: is no text", done.stderr)
        self.assertFalse(os.path.exists(self.path("zero_out.csv")))


if __name__ == "__main__":
    THALWEG = sys.argv.pop(1)
    if not postgres.is_there():
        print("skipped: Debian's postgresql is not installed")
        sys.exit(77)
    unittest.main()
