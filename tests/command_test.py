#!/usr/bin/env python3
"""The command as a user calls it: files, messages, exit codes.

  command_test.py THALWEG [TEST ...]
"""
import json
import os
import re
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import unittest

THALWEG = ""
DONE, USAGE, BAD_INPUT, FAILED = 0, 2, 3, 4

MODEL = """[TITLE]
Two pipes
[OPTIONS]
FLOW_UNITS CMS
INFILTRATION HORTON
FLOW_ROUTING DYNWAVE
START_DATE 07/01/2031
START_TIME 00:00:00
END_DATE 07/01/2031
END_TIME 02:00:00
REPORT_STEP 00:05:00
WET_STEP 00:01:00
DRY_STEP 00:05:00
ROUTING_STEP 5
[RAINGAGES]
G1 INTENSITY 0:05 1.0 TIMESERIES rain
[SUBCATCHMENTS]
S1 G1 J1 1.0 60 100 1.0 0
[SUBAREAS]
S1 0.013 0.2 1 5 25 OUTLET
[INFILTRATION]
S1 50 5 4 7 0
[JUNCTIONS]
J1 10 3 0 0 0
J2 9 3 0 0 0
[OUTFALLS]
O1 8 FREE NO
[CONDUITS]
C1 J1 J2 100 0.013 0 0 0
C2 J2 O1 100 0.013 0 0 0
[XSECTIONS]
C1 CIRCULAR 0.5 0 0 0 1
C2 CIRCULAR 0.5 0 0 0 1
[TIMESERIES]
rain 0:00 20
rain 0:30 60
rain 1:00 0
[REPORT]
SUBCATCHMENTS ALL
NODES ALL
LINKS ALL
"""

SWMM_SERIES = ["""
  ********************************
  Subcatchment Time Series Results
  ********************************
  
  <<< Subcatchment S1 >>>
  ---------------------------------------------------
  Date        Time        Precip.    Losses    Runoff
                            mm/hr     mm/hr       CMS
  ---------------------------------------------------
   07/01/2031 00:05:00      0.000     0.000    0.0061
""", """
   07/01/2031 00:30:00     60.000    17.130    0.0008
""", """
  <<< Node J2 >>>
  ----------------------------------------------------------------
                           Inflow  Flooding     Depth      Head
  Date        Time            CMS       CMS    meters    meters
  ----------------------------------------------------------------
   07/01/2031 00:05:00      0.003     0.000     0.017     9.017
""", """
  ************************
  Link Time Series Results
  ************************
  
  <<< Link C1 >>>
  ----------------------------------------------------------------
                             Flow  Velocity     Depth  Capacity/
  Date        Time            CMS     m/sec    meters   Setting 
  ----------------------------------------------------------------
"""]

RAIN_FILES = """
  *********************
  Rainfall File Summary
  *********************
  Station    First        Last         Recording   Periods    Periods    Periods
  ID         Date         Date         Frequency  w/Precip    Missing    Malfunc.
  -------------------------------------------------------------------------------
  A          07/01/2031   07/01/2031      60 min         2          0          0

  B          07/02/2031   07/02/2031      60 min         1          0          0

  
  
  **************************        Volume         Depth
  Runoff Quantity Continuity     hectare-m            mm
"""


def run(*words, limit=None, folder=None):
    """A finished call of the command; limit: largest file it may write [bytes]."""
    def restrict():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    return subprocess.run([THALWEG, *words], capture_output=True, text=True, timeout=60,
                          errors="replace", cwd=folder, preexec_fn=restrict)


class CommandTest(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="thalweg-command-")
        self.folder = self.temporary.name
        self.addCleanup(self.temporary.cleanup)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)
        return self.path(name)

    def run_model(self, text, **more):
        model = self.write("model.inp", text)
        return run("run", model, self.path("model.rpt"), self.path("model.out"), **more)

    def refused(self, text, *pieces):
        """The model is refused with all of these pieces in the message; nothing is left."""
        done = self.run_model(text)
        self.assertEqual(done.returncode, BAD_INPUT, done.stderr)
        for piece in pieces:
            self.assertIn(piece.lower(), done.stderr.lower())
        self.assertEqual(sorted(os.listdir(self.folder)), ["model.inp", "model.rpt"])
        with open(self.path("model.rpt"), encoding="utf-8", errors="replace") as f:
            self.assertRegex(f.read(), r"\n  ERROR \d{3}: ")
        return done.stderr


class Run(CommandTest):
    def test_a_model_gives_a_report_and_results_that_swmm_tools_read(self):
        done = self.run_model(MODEL)
        self.assertEqual(done.returncode, DONE, done.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), ["model.inp", "model.out", "model.rpt"])
        with open(self.path("model.out"), "rb") as f:
            data = f.read()
        magic, = struct.unpack("<i", data[:4])
        ids, _, results, periods, error, last = struct.unpack("<6i", data[-24:])
        self.assertEqual((magic, last), (516114522, 516114522))
        self.assertEqual((periods, error), (24, 0))
        self.assertLess(ids, results)
        with open(self.path("model.rpt"), encoding="utf-8") as f:
            self.assertIn("Continuity", f.read())

    def test_the_same_model_gives_the_same_bytes(self):
        self.run_model(MODEL)
        with open(self.path("model.out"), "rb") as f:
            first = f.read()
        self.run_model(MODEL)
        with open(self.path("model.out"), "rb") as f:
            self.assertEqual(f.read(), first)

    def test_results_are_optional(self):
        model = self.write("model.inp", MODEL)
        done = run("run", model, folder=self.folder)
        self.assertEqual(done.returncode, DONE, done.stderr)

    def test_a_report_without_results_has_the_series_that_swmm_writes(self):
        model = self.write("model.inp", MODEL)
        done = run("run", model, self.path("model.rpt"), folder=self.folder)
        self.assertEqual(done.returncode, DONE, done.stderr)
        with open(self.path("model.rpt"), encoding="utf-8") as f:
            report = f.read()
        for block in SWMM_SERIES:  # as SWMM 5.2.4 writes them of this model
            self.assertIn(block, report)
        self.assertEqual(len(re.findall(r"\n   07/01/2031 ", report)), 24 * 6)  # 6 elements

    def report_of(self, *more):
        self.run_model(MODEL + "\n".join(more) + "\n")
        with open(self.path("model.rpt"), encoding="utf-8") as f:
            return f.read()

    def test_sections_of_the_report_are_swmms_whatever_is_left_out(self):
        runoff, table = "Runoff Quantity Continuity", "Subcatchment Runoff Summary"
        without_rain = self.report_of("[OPTIONS]", "IGNORE_RAINFALL YES")
        self.assertIn(runoff, without_rain)
        self.assertNotIn(table, without_rain)
        with_ground = self.report_of(
            "[OPTIONS]", "IGNORE_RAINFALL YES", "[AQUIFERS]",
            "A .5 .15 .3 5 12 15 .35 14 .002 0 9 .3", "[GROUNDWATER]", "S1 A J1 20 .1 1 0 0 0 0 4")
        self.assertIn(table, with_ground)
        unrouted = self.report_of("[OPTIONS]", "IGNORE_ROUTING YES")
        self.assertIn("Routing Time Step ........ 5.00 sec", unrouted)
        self.assertIn("All links are stable.", unrouted)
        self.assertNotIn("Node Depth Summary", unrouted)
        self.assertNotIn("Flow Routing Continuity", unrouted)

    def test_tables_of_the_report_have_swmms_words(self):
        report = self.report_of(
            "[POLLUTANTS]", "P MG/L 200000 0 0 0", "[CURVES]", "egg SHAPE 0 0.2 0.5 1 1 0.5",
            "[SUBCATCHMENTS]", "S2 G1 S1 1.0 60 100 1.0 0", "[SUBAREAS]",
            "S2 0.013 0.2 1 5 25 OUTLET", "[INFILTRATION]", "S2 50 5 4 7 0", "[PUMPS]",
            "PU J1 J2 cc OFF", "[CURVES]", "cc PUMP3 0 1 1 0.5", "[REPORT]", "INPUT YES")
        # SWMM 5.2.4 writes these of this model; its loads 1.117e+04 and 18170.07
        self.assertRegex(report, r"PU +J1 +J2 +TYPE3 PUMP")
        self.assertRegex(report, r"Shape egg\n  Area:  \n +0\.0064 +0\.0137 +0\.0220 +0\.0313")
        self.assertRegex(report, r"\n  C1 +1\.117e\+04\n")
        self.assertRegex(report, r"\n  System +181(69|70)\.\d\d\d\n")  # its litres are rounded
        self.assertIn("Ppt.      GW         Kdecay\n", report)

    def test_rain_files_are_summarised_as_by_swmm(self):
        self.write("rain.dat", "A 2031 7 1 0 0 5\nA 2031 7 1 1 0 -1\nB 2031 7 2 0 0 1\n")
        report = self.report_of("[RAINGAGES]", "G2 VOLUME 1:00 1 FILE rain.dat A MM",
                                "G3 VOLUME 1:00 1 FILE rain.dat B MM")
        self.assertIn(RAIN_FILES, report)

    def test_a_conduit_that_ran_dry_is_still_said_to_be_limited(self):
        report = self.report_of(
            "[JUNCTIONS]", "J3 12 3 0.3", "J4 12.5 3 0.3", "[DWF]", "J1 FLOW 0.05", "[CONDUITS]",
            "C3 J3 J2 20 0.013 0 0", "C4 J4 J2 20 0.013 0 0", "[XSECTIONS]",
            "C3 CIRCULAR 0.5 0 0 0 1", "C4 CIRCULAR 0.5 0 0 0 1 4")
        # SWMM 5.2.4's shares of time: dry upstream, subcritical, normal flow, inlet
        self.assertRegex(report, r"\n  C3 +1.00   0.00  1.00  0.00  0.00  0.00  0.00  0.00  1.00  0.00")
        self.assertRegex(report, r"\n  C4 +1.00   0.00  0.86  0.00  0.14  0.00  0.00  0.00  0.00  1.00")

    def test_windows_line_ends_and_a_byte_order_mark_do_not_matter(self):
        done = self.run_model("\ufeff" + MODEL.replace("\n", "\r\n"))
        self.assertEqual(done.returncode, DONE, done.stderr)

    def test_results_go_to_a_device_in_place(self):
        model = self.write("model.inp", MODEL)
        done = run("run", model, self.path("model.rpt"), "/dev/null")
        self.assertEqual(done.returncode, DONE, done.stderr)
        self.assertFalse(os.path.isfile("/dev/null"))


class BadInput(CommandTest):
    def test_a_missing_file_is_named(self):
        done = run("run", self.path("nowhere.inp"), self.path("a.rpt"), self.path("a.out"))
        self.assertEqual(done.returncode, BAD_INPUT)
        self.assertIn("nowhere.inp", done.stderr)
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_folder_is_not_a_model(self):
        done = run("run", self.folder, self.path("a.rpt"), self.path("a.out"))
        self.assertEqual(done.returncode, BAD_INPUT, done.stderr)

    def test_an_empty_file_is_refused(self):
        self.refused("", "model.inp")

    def test_a_model_is_never_written_over(self):
        saved = MODEL + '[FILES]\nSAVE HOTSTART "model.inp"\n'
        model, report = self.write("model.inp", saved), self.path("a.rpt")
        os.symlink(model, self.path("link.inp"))
        for names in ((model, report, "-"), (model, model, "-"), (model, self.path("link.inp"), "-"),
                      (model, "-", model), (model, report, report)):
            done = run("run", *names)
            self.assertIn(done.returncode, (BAD_INPUT, 2), names)
            self.assertIn("[SWMM ERROR 301]", done.stderr)
            with open(model, encoding="utf-8") as f:
                self.assertEqual(f.read(), saved)

    def test_a_file_without_end_is_refused(self):
        series = '[TIMESERIES]\nX FILE "/dev/zero"\n[INFLOWS]\nJ1 FLOW X\n'
        self.assertIn("/dev/zero", self.refused(MODEL + series, "model.inp"))

    def test_any_number_of_trials_ends(self):
        text = MODEL.replace("END_TIME 02:00:00", "END_TIME 00:10:00\nMAX_TRIALS 2000000000\n"
                             "HEAD_TOLERANCE 1e-300\nVARIABLE_STEP 0")
        done = self.run_model(text)
        self.assertEqual(done.returncode, DONE, done.stderr)
        self.assertIn("MAX_TRIALS: cut to 10000", done.stderr)

    def test_all_faults_come_at_once_with_their_lines(self):
        text = (MODEL.replace("C1 J1 J2 100", "C1 J1 J99 100")
                .replace("C2 J2 O1 100", "C2 J2 O1 -100")
                .replace("J2 9 3", "J2 nine 3"))
        lines = text.splitlines()
        said = self.refused(text, "J99", "C2", "nine")
        for piece in ("C1 J1 J99", "C2 J2 O1", "J2 nine"):
            at = 1 + next(i for i, line in enumerate(lines) if line.startswith(piece))
            self.assertIn(f"model.inp:{at}:", said)

    def test_a_duplicate_name_is_refused(self):
        self.refused(MODEL.replace("J2 9 3 0 0 0", "J2 9 3 0 0 0\nJ2 8 3 0 0 0"), "J2")

    def test_an_unknown_option_is_refused_with_its_line(self):
        text = MODEL.replace("ROUTING_STEP 5", "ROUTING_STEP 5\nROOTING_STEP 5")
        at = 1 + text.splitlines().index("ROOTING_STEP 5")
        self.refused(text, f"model.inp:{at}: option ROOTING_STEP")

    def test_an_unknown_section_is_refused(self):
        self.refused(MODEL + "[JUNKTIONS]\nJ3 1 1 1 1 1\n", "JUNKTIONS")

    def test_words_in_the_rain_are_refused(self):
        self.refused(MODEL.replace("rain 0:30 60", "rain 0:30 heavy"), "heavy")

    def test_a_missing_rain_file_is_told(self):
        self.refused(MODEL.replace("TIMESERIES rain", 'FILE "gone.dat" STA1 MM'), "model.inp:16", "rain")

    def test_a_model_cut_short_anywhere_never_crashes(self):
        data = MODEL.encode()
        for size in range(0, len(data), 37):
            with open(self.path("model.inp"), "wb") as out:
                out.write(data[:size])
            done = run("run", self.path("model.inp"), self.path("a.rpt"), self.path("a.out"))
            self.assertIn(done.returncode, (DONE, BAD_INPUT), f"{size} bytes: {done.stderr}")

    def test_bytes_that_are_no_text_never_crash(self):
        with open(self.path("model.inp"), "wb") as out:
            out.write(bytes(range(256)) * 40)
        done = run("run", self.path("model.inp"), self.path("a.rpt"), self.path("a.out"))
        self.assertEqual(done.returncode, BAD_INPUT, done.stderr)


class Disk(CommandTest):
    def test_a_disk_that_fills_up_leaves_nothing_half_written(self):
        done = self.run_model(MODEL, limit=1024)
        self.assertEqual(done.returncode, FAILED, done.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), ["model.inp"])

    def test_a_full_device_is_told(self):
        model = self.write("model.inp", MODEL)
        done = run("run", model, self.path("a.rpt"), "/dev/full")
        self.assertEqual(done.returncode, FAILED, done.stderr)
        self.assertIn("space", done.stderr.lower())

    def test_a_folder_that_is_not_there_is_named(self):
        model = self.write("model.inp", MODEL)
        done = run("run", model, self.path("no/a.rpt"), self.path("no/a.out"))
        self.assertIn(done.returncode, (BAD_INPUT, FAILED), done.stderr)
        self.assertIn("no/a.", done.stderr)


class Usage(CommandTest):
    def test_help_comes_for_every_subcommand(self):
        for words in (["--help"], ["run", "--help"], ["check", "--help"], ["synth", "--help"],
                      ["serve", "--help"]):
            done = run(*words)
            self.assertEqual(done.returncode, DONE, words)
            self.assertGreater(len(done.stdout), 40, words)

    def test_wrong_words_are_usage_errors(self):
        for words in ([], ["fly"], ["run"], ["run", "a", "b", "c", "d"], ["run", "--fast", "a"],
                      ["synth", "--nodes", "many", "x"]):
            done = run(*words, folder=self.folder)
            self.assertEqual(done.returncode, USAGE, f"{words}: {done.stderr}")
            self.assertGreater(len(done.stderr), 10, words)
        self.assertEqual(os.listdir(self.folder), [])

    def test_check_finds_what_run_refuses(self):
        self.assertEqual(run("check", self.write("good.inp", MODEL)).returncode, DONE)
        done = run("check", self.write("bad.inp", MODEL.replace("C1 J1 J2", "C1 J1 J9")))
        self.assertIn(done.returncode, (1, BAD_INPUT))
        self.assertIn("J9", done.stdout + done.stderr)


class Threads(CommandTest):
    def test_any_number_of_threads_gives_the_same_bytes(self):
        """A storm on a city that is large enough for loops to be shared and results to be written
        by a thread."""
        done = run("synth", "--nodes", "12000", "--seed", "7", self.path("city"))
        self.assertEqual(done.returncode, DONE, done.stderr)
        with open(self.path("city/network.inp"), encoding="utf-8") as f:
            text = f.read()
        for name, value in (("START_TIME", "15:00:00"), ("REPORT_START_TIME", "15:00:00"),
                            ("END_TIME", "15:06:00"), ("REPORT_STEP", "00:01:00")):
            text = re.sub(rf"(?m)^{name}\b.*$", f"{name} {value}", text)
        self.write("city.inp", text)
        files = {}
        for threads in (1, 2, 3, 5):
            out, report = self.path(f"{threads}.out"), self.path(f"{threads}.rpt")
            done = run("run", "--threads", str(threads), self.path("city.inp"), report, out)
            self.assertEqual(done.returncode, DONE, done.stderr)
            with open(out, "rb") as f, open(report, encoding="utf-8") as r:
                told = [line for line in r if "nalysis" not in line and "elapsed" not in line]
                files[threads] = (f.read(), told)
        for threads in (2, 3, 5):
            self.assertTrue(files[threads] == files[1], f"{threads} threads are not like one")


class Nowcast(CommandTest):
    def storm(self):
        """A shower that crosses twelve kilometres in an hour, seen every five minutes."""
        os.makedirs(self.path("storm/radar"))
        for k in range(13):
            rows = [" ".join(f"{max(0, 40 - 3 * ((c - k) ** 2 + (r - 8) ** 2))}" for c in range(20))
                    for r in range(16)]
            self.write(f"storm/radar/20310701T{10 + k // 12:02}{5 * k % 60:02}.asc",
                       "ncols 20\nnrows 16\nxllcorner 0\nyllcorner 0\ncellsize 1000\n"
                       "NODATA_value -1\n" + "\n".join(rows) + "\n")
        return self.path("storm")

    def test_a_storm_is_scored_the_same_with_any_threads(self):
        storm, told = self.storm(), []
        for threads in ("1", "3"):
            done = run("nowcast", "--json", "--members", "8", "--threads", threads, storm)
            self.assertEqual(done.returncode, DONE, done.stderr)
            told.append(done.stdout)
        self.assertEqual(told[0], told[1])
        first = json.loads(told[0])["radar"][0]
        self.assertEqual(first["lead_min"], 15)
        self.assertLess(first["crps_mmh"], first["still_mmh"])

    def test_what_is_wrong_in_a_folder_is_named_and_the_rest_used(self):
        storm = self.storm()
        for name, text in (("20310701T1010.asc", "no grid"), ("20310701T1020.asc", "ncols 2\n"),
                           ("readme.txt", ""), ("newest.asc", "")):
            self.write(f"storm/radar/{name}", text)
        done = run("nowcast", "--members", "4", storm)
        self.assertEqual(done.returncode, DONE, done.stderr)
        for name in ("T1010.asc", "T1020.asc", "readme.txt", "newest.asc"):
            self.assertIn(name, done.stderr)
        self.assertEqual(run("nowcast", self.folder).returncode, BAD_INPUT)
        self.assertEqual(run("nowcast", "--members", "0", storm).returncode, USAGE)


class Synth(CommandTest):
    def made(self, name, *words):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        done = run("synth", *words, self.path(name))
        self.assertEqual(done.returncode, DONE, done.stderr)
        content = {}
        for at, _, names in os.walk(self.path(name)):
            for n in names:
                with open(os.path.join(at, n), "rb") as f:
                    content[os.path.relpath(os.path.join(at, n), self.path(name))] = f.read()
        return content

    def test_the_same_seed_gives_the_same_bytes(self):
        first = self.made("a/city", "--nodes", "300", "--seed", "7")
        self.assertTrue(self.made("b/city", "--nodes", "300", "--seed", "7") == first)
        self.assertNotEqual(self.made("c/city", "--nodes", "300", "--seed", "8")["network.inp"],
                            first["network.inp"])
        for name in ("city.ini", "network.inp", "points.geojson", "depots.geojson"):
            self.assertIn(name, first)

    def test_a_folder_with_something_in_it_is_refused_unless_forced(self):
        words = ["--nodes", "200", "--seed", "1"]
        os.mkdir(self.path("city"))
        self.write("city/mine.txt", "do not touch")
        done = run("synth", *words, self.path("city"))
        self.assertEqual(done.returncode, BAD_INPUT, done.stderr)
        self.assertIn("--force", done.stderr)
        self.assertEqual(os.listdir(self.path("city")), ["mine.txt"])
        self.assertEqual(sorted(self.made("city", "--storms-only", *words))[0], "mine.txt")
        self.assertEqual(run("synth", *words, "--storms-only", self.path("city")).returncode,
                         BAD_INPUT)
        content = self.made("city", "--force", *words)
        self.assertEqual(content["mine.txt"], b"do not touch")
        self.assertIn("city.ini", content)

    def test_a_made_city_has_no_faults_and_runs(self):
        self.made("city", "--nodes", "200", "--seed", "1")
        done = run("check", self.path("city"))
        self.assertEqual(done.returncode, DONE, done.stdout + done.stderr)
        with open(self.path("city/network.inp"), "a", encoding="utf-8") as f:
            f.write("\n[PATTERNS]\nIdle HOURLY 1 1 1\n")
        for words in ("city", "city/network.inp"):  # both tell what is hardly meant, once
            done = run("check", self.path(words))
            self.assertEqual(done.returncode, DONE, done.stdout + done.stderr)
            self.assertEqual((done.stdout + done.stderr).count("Idle: nothing uses it"), 1)
        done = run("run", self.path("city/network.inp"), self.path("a.rpt"), self.path("a.out"))
        self.assertEqual(done.returncode, DONE, done.stderr)


class Plant(CommandTest):
    """thalweg plant run; the plant is BSM1 as it ships."""
    FILE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "examples",
                        "plants", "bsm1-open.ini")
    HEAD = "t_d,SI,SS,XI,XS,XBH,XBA,XP,SO,SNO,SNH,SND,XND,SALK,TSS,Q_m3d"
    WATER = "30,69.5,51.2,202.32,28.17,0,0,0,0,31.56,6.95,10.59,7,211.2675"

    def influent(self, *times, head=HEAD, water=WATER, flow="18446"):
        return self.write("in.csv", head + "\n" +
                          "".join(f"{t},{water},{flow}\n" for t in times))

    def run_plant(self, *words):
        return run("plant", "run", *words, self.FILE, self.path("in.csv"), self.path("out.csv"))

    def refused(self, *pieces):
        done = self.run_plant()
        self.assertEqual(done.returncode, BAD_INPUT, done.stderr)
        for piece in ("in.csv", *pieces):
            self.assertIn(piece, done.stderr)
        self.assertEqual(os.listdir(self.folder), ["in.csv"])

    def test_an_influent_gives_an_effluent_at_its_times_and_at_its_end(self):
        self.influent(0, 0.25, 0.5)
        done = self.run_plant("--json")
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        score = json.loads(done.stdout)
        with open(self.path("out.csv"), encoding="utf-8") as f:
            head, *rows = [line.split(",") for line in f.read().splitlines()]
        self.assertEqual([float(row[0]) for row in rows], [0, 0.25, 0.5, 0.75])
        # The plant begins at rest under this very water, so that nothing moves: BSM1's published
        # effluent, to a digit less than it is printed with.
        for row in rows:
            at = dict(zip(head, map(float, row)))
            self.assertAlmostEqual(at["SNH"], 1.7333, places=3)
            self.assertAlmostEqual(at["TSS"], 12.4969, places=3)
        self.assertAlmostEqual(score["mean"]["SNH"], 1.7333, places=3)

    def test_the_same_influent_gives_the_same_bytes(self):
        results = []
        for _ in range(2):
            self.influent(0, 0.01, 0.02, flow="30000")
            self.assertEqual(self.run_plant("--quiet").returncode, DONE)
            with open(self.path("out.csv"), "rb") as f:
                results.append(f.read())
        self.assertEqual(results[0], results[1])

    def test_a_gap_is_told_with_its_line_and_bridged(self):
        self.influent(0, 0.25, 0.5, 2.0)
        done = self.run_plant()
        self.assertEqual(done.returncode, DONE, done.stderr)
        for piece in ("in.csv:5:", "36 h", "linear"):
            self.assertIn(piece, done.stderr)

    def test_negative_flow_is_refused_with_its_line(self):
        self.influent(0, 0.25, flow="-18446")
        self.refused("in.csv:2:", "in.csv:3:", "Q_m3d", "negative")

    def test_absurd_and_missing_values_come_all_at_once(self):
        self.influent(0, water=self.WATER.replace("31.56", "31560000"))
        with open(self.path("in.csv"), "a", encoding="utf-8") as f:
            f.write(f"0.25,{self.WATER.replace('69.5', '')},18446\n"
                    f"0.5,{self.WATER.replace('69.5', 'n/a')},18446\n0.75,1,2\n"
                    f"0.1,{self.WATER},18446\n0.05,{self.WATER},18446\n")
        self.refused("SNH", "absurdly large", "SS: is empty", "n/a", "has 3 values",
                     "does not come after")

    def test_wrong_columns_are_named(self):
        self.influent(0, 0.25, head=self.HEAD.replace("SNH", "NH4"))
        self.refused("NH4", "SNH")

    def test_an_empty_influent_is_refused(self):
        self.write("in.csv", "")
        self.refused("header")
        self.influent()
        self.refused("record")

    def test_a_missing_influent_and_wrong_words_are_told(self):
        done = self.run_plant()
        self.assertEqual(done.returncode, BAD_INPUT, done.stderr)
        self.assertIn("in.csv", done.stderr)
        self.assertEqual(run("plant", "run", self.FILE).returncode, USAGE)
        self.assertEqual(self.run_plant("--days", "-1").returncode, USAGE)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    THALWEG = os.path.abspath(sys.argv.pop(1))
    unittest.main()
