#!/usr/bin/env python3
"""The tools tell the truth: counts of tests, options set in a model, the choice of models."""
import importlib
import os
import sys
import tempfile
import unittest

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools")
sys.path[:0] = [TOOLS, os.path.join(TOOLS, "bench")]
balances, bench, itself, leads, peer, run_tests, validate, validation_page = map(
    importlib.import_module, ("balances", "bench", "itself", "leads", "peer", "run_tests", "validate",
                              "validation_page"))

# As SWMM 5.2.4 writes them.
REPORT = """
  **************************        Volume         Depth
  Runoff Quantity Continuity     acre-feet        inches
  **************************     ---------       -------
  Total Precipitation ......        15.679         2.650
  Continuity Error (%) .....        -0.272


  **************************           TSSAmmoniaAsNitro
  Runoff Quality Continuity            lbs           lbs
  **************************    ----------    ----------
  Continuity Error (%) .....         0.000   -120345.678


  **************************        Volume        Volume
  Flow Routing Continuity        acre-feet      10^6 gal
  **************************     ---------     ---------
  External Outflow .........         5.874         1.914
  Continuity Error (%) .....         0.103
"""

# As ctest 3.25 writes it.
JUNIT = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="x" tests="6">
  <testcase name="good" status="run"/>
  <testcase name="bad" status="fail"><failure message=""/></testcase>
  <testcase name="skipped" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>
  <testcase name="not built" status="notrun">
    <skipped message="Unable to find executable"/></testcase>
  <testcase name="fixture" status="notrun"><skipped message="Fixture dependency failed"/></testcase>
  <testcase name="disabled" status="disabled"/>
</testsuite>"""


class Tally(unittest.TestCase):
    def counted(self, text):
        tally = run_tests.Tally()
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as out:
            out.write(text)
            out.flush()
            tally.add_junit(out.name, "x")
        return tally.line()

    def test_a_test_that_could_not_run_has_failed_and_is_not_skipped(self):
        self.assertEqual(self.counted(JUNIT), "1 passed, 3 failed, 2 skipped")

    def test_no_test_at_all_is_a_failure(self):
        self.assertEqual(self.counted("<testsuite/>"), "0 passed, 1 failed")

    def test_a_missing_or_broken_file_is_a_failure(self):
        self.assertEqual(self.counted("<testsuite>"), "0 passed, 1 failed")
        tally = run_tests.Tally()
        tally.add_junit("/nowhere.xml", "x")
        self.assertEqual(tally.line(), "0 passed, 1 failed")

    def test_a_command_that_is_not_there_is_a_failure(self):
        tally = run_tests.Tally()
        sys.stderr = open(os.devnull, "w")
        self.assertFalse(tally.step("x", ["/no/such/command"]))
        sys.stderr.close()
        sys.stderr = sys.__stderr__
        self.assertEqual(tally.line(), "0 passed, 1 failed")


class Options(unittest.TestCase):
    def test_an_option_is_changed_where_it_is(self):
        text = "[OPTIONS]\nEND_TIME   23:59:00 ; late\nTHREADS 8\n[JUNCTIONS]\n"
        self.assertEqual(peer.with_option(text, "END_TIME", "06:00:00"),
                         "[OPTIONS]\nEND_TIME 06:00:00\nTHREADS 8\n[JUNCTIONS]\n")

    def test_an_option_is_added_where_there_is_none(self):
        self.assertEqual(peer.with_option("[options]\n[JUNCTIONS]\n", "THREADS", "1"),
                         "[OPTIONS]\nTHREADS 1\n[JUNCTIONS]\n")


class Parts(unittest.TestCase):
    def test_every_part_of_the_bench_has_what_the_runner_takes(self):
        self.assertIn("single", bench.part_names())
        for name in bench.part_names():
            part = importlib.import_module(name)
            self.assertTrue(part.TITLE and callable(part.rows), name)
            for _, heading, form in part.COLUMNS:
                format("text" if form.endswith("s") else 1, form)
                self.assertTrue(heading, name)

    def test_a_row_that_failed_is_told_below_the_table(self):
        text = bench.table([("x", "X", ".1f")], [{"name": "a", "x": 1.25}, {"name": "b", "x": None},
                                                 {"name": "c", "failed": "no rain"}])
        self.assertEqual(text.splitlines(), ["     X", "a  1.2", "b    -", "c: failed: no rain"])


class Itself(unittest.TestCase):
    def test_every_roughness_and_nothing_else_changes(self):
        text = ("[CONDUITS]\n;;name from to length n\nC1 A B 100 0.01 0 0\n\n[TRANSECTS]\n"
                "NC 0.1 0.2 0.04\nX1 T 2 0 1\nGR 0 0 0 1\n[LOSSES]\nC1 1 1 1 1 1\n")
        self.assertEqual(itself.rougher(text, 2.0),
                         text.replace("C1 A B 100 0.01", "C1 A B 100 0.02", 1)
                             .replace("NC 0.1 0.2 0.04", "NC 0.2 0.4 0.08"))

    def test_what_swmm_said_of_itself_stays_while_the_model_differs(self):
        old = {"itself": {"agrees": False, "note": "x"}}
        self.assertIn("itself", validate.with_itself({"status": validate.DIFFER}, old))
        self.assertNotIn("itself", validate.with_itself({"status": validate.AGREE}, old))


class Leads(unittest.TestCase):
    def test_a_lead_is_from_the_first_warning_to_the_first_water(self):
        truth = leads.flooding([{"time": "2031-07-01T12:00:00", "P1": "0.1", "P2": "0"},
                                {"time": "2031-07-01T12:10:00", "P1": "0.2", "P2": "0"},
                                {"time": "2031-07-01T12:20:00", "P1": "0.15", "P2": "0"}], 0.15)
        issued = leads.first_issued([{"point": "P1", "issued": "2031-07-01T11:59:00+02:00"},
                                     {"point": "P1", "issued": "2031-07-01T11:30:00+02:00"}])
        self.assertEqual(leads.table(truth, issued)[2:],
                         ["| P1 | 0.20 | 12:10 | 11:30 | 40 |", "| P2 | 0.00 | - | - | - |"])


class Balances(unittest.TestCase):
    def test_every_error_of_a_report_is_read(self):
        self.assertEqual(balances.errors_of(REPORT), {
            "runoff": -0.272, "runoff TSS": 0.0, "runoff AmmoniaAsNitro": -120345.678,
            "routing": 0.103})

    def test_steps_that_did_not_converge_are_read(self):
        self.assertEqual(balances.unconverged("  % of Steps Not Converging   :     2.38\n"), 2.38)
        self.assertIsNone(balances.unconverged(REPORT))

    def test_what_does_not_settle_is_named(self):
        text = ("  *****\n  Highest Flow Instability Indexes\n  *****\n  Link a|b (29)\n  Link c (13)\n\n"
                "  *****\n  Most Frequent Nonconverging Nodes\n  *****\n  Node 10SB1 (0.12%)\n")
        restless = balances.restless(text)
        self.assertEqual(restless, {"node": ["10SB1", 0.12], "link": ["a|b", 29.0]})
        self.assertEqual(balances.restless(REPORT), {})
        entry = {"restless": restless, "sensitive": False, "itself": {"agrees": False}}
        self.assertEqual(validation_page.cause_of("swmm/x", entry, {}),
                         "heads do not settle, most often at node 10SB1 in 0.1 % of the steps; "
                         "flow swings, most in link a/b (index 29)")
        self.assertEqual(validation_page.cause_of("swmm/x", entry, {"x": "why"}), "why")
        entry["itself"]["agrees"] = True
        self.assertEqual(validation_page.cause_of("swmm/x", entry, {}), "")

    def test_a_balance_may_be_worse_by_a_tenth_of_a_point_and_must_be_stated(self):
        swmm = {"a": -1.0, "b": 0.1, "c": 0.0, "d": 3.0, "e": 0.0}
        ours = {"a": 1.1, "b": -0.201, "c": 0.0, "d": 0.0}
        self.assertEqual([b[0] for b in balances.worse(swmm, ours)], ["b", "e"])

    def test_the_page_has_every_model_with_both_errors_and_the_cause_of_those_that_differ(self):
        entry = {"list": "core", "sensitive": False, "swmm_s": 2.0, "seconds": 1.5, "within": 0.9,
                 "variable": "node.depth", "outflow_ratio": 1.0, "note": "", "status": "agree",
                 "continuity": {"runoff": [-0.1, -0.2], "routing": [0.5, 0.701]}, "unconverged": 12.5}
        models = {"swmm/a.inp": entry, "swmm/b.inp": {**entry, "status": "differ", "note": "x|y"}}
        text = validation_page.page({"models": models}, {"b.inp": "weir W: why"}, ["core"])
        cells = "| 90.0% | node.depth | 1.0000 | -0.100 | -0.200 | 0.500 | 0.701 | 2.00 | 1.50 |"
        self.assertIn(f"| a.inp | core | agree {cells} t |\n", text)
        self.assertIn(f"| b.inp | core | differ {cells}  |\n", text)
        self.assertIn("| b.inp | x/y | not asked | 12.5 | weir W: why |\n", text)
        self.assertIn("| a.inp | core | routing | 0.500 | 0.701 |  |\n", text)
        self.assertNotIn("| runoff | -0.100", text)

    def test_what_another_tool_put_at_the_end_of_the_page_stays(self):
        self.assertEqual(validation_page.plants_part("a\n\n## Plants beside x\n\nb\n\n"),
                         "\n## Plants beside x\n\nb\n")
        self.assertEqual(validation_page.plants_part("a\n"), "")


class Choice(unittest.TestCase):
    def test_the_quickest_agreeing_models_are_chosen_until_the_time_is_up(self):
        def entry(seconds, status="agree", **more):
            return {"status": status, "seconds": seconds, "compare_s": 1.0, **more}
        models = {"b": entry(2), "a": entry(validation_page.QUICK_TOTAL_S), "c": entry(0.1, "differ"),
                  "d": entry(0.1, sensitive=True), "e": entry(1)}
        self.assertEqual([m for m, _ in validate.choose_quick(models)], ["b", "e"])

    def test_a_fault_is_told_without_the_folders_of_this_machine(self):
        said = "/x/m.inp:3: warning: odd\n/x/y/m.inp:12: unknown keyword FOO\n"
        self.assertEqual(validate.first_fault(said), "line 12: unknown keyword FOO")


if __name__ == "__main__":
    unittest.main()
