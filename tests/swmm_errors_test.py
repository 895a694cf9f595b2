#!/usr/bin/env python3
"""Every number that SWMM gives an error or a warning: one tiny model each is refused, or warned of,
with that number, in messages as well as in the report. With SWMM 5.2.4 at hand (PYTHON_SWMM: a
Python that has swmm.toolkit) it is asked too.

  swmm_errors_test.py THALWEG
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

THALWEG = ""
CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases", "swmm_errors.case")
DONE, BAD_INPUT = 0, 3
ASK_SWMM = """
import sys
from swmm.toolkit import solver
try:
    solver.swmm_run(*sys.argv[1:])
except Exception:
    pass
"""


def edit(rows, changes):
    """The base's rows with a case's changes."""
    rows, at = list(rows), len(rows)
    for change in changes:
        mark, text = change[0], change[2:]
        if mark == "-":
            at = rows.index(text)
            del rows[at]
        elif mark == "@":
            at = rows.index(text) + 1 if text else len(rows)
        else:
            rows.insert(at, text)
            at += 1
    return "\n".join(rows) + "\n"


def read_cases():
    """[(number, model, {name: bytes} of files beside it)], number as in `ERROR 209`."""
    base, cases, name = [], [], ""
    with open(CASES, encoding="utf-8") as f:
        for line in f.read().splitlines():
            if line.startswith("| "):
                base.append(line[2:])
            elif line.startswith("case "):
                cases.append((line[5:], [], {}))
            elif line.startswith("file "):
                name = line[5:]
                cases[-1][2][name] = b""
            elif line.startswith("> "):
                cases[-1][2][name] += line[2:].encode() + b"\n"
            elif line.startswith("$ "):
                cases[-1][2][name] += bytes.fromhex(line[2:])
            elif line and line[0] in "-+@":
                cases[-1][1].append(line)
    return [(number, edit(base, changes), files) for number, changes, files in cases], \
        "\n".join(base) + "\n"


class Numbers(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="thalweg-errors-")
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def put(self, name, text, files):
        """A model in the folder, alone but for its files."""
        for old in os.listdir(self.folder):
            os.remove(os.path.join(self.folder, old))
        for other, content in {name: text.encode(), **files}.items():
            with open(os.path.join(self.folder, other), "wb") as out:
                out.write(content)

    def run_model(self, text, files):
        self.put("a.inp", text, files)
        done = subprocess.run([THALWEG, "run", "a.inp", "a.rpt", "a.out"], cwd=self.folder,
                              capture_output=True, text=True, timeout=60)
        with open(os.path.join(self.folder, "a.rpt"), encoding="utf-8", errors="replace") as f:
            return done, f.read()

    def test_the_model_without_changes_has_no_fault(self):
        done, report = self.run_model(read_cases()[1], {})
        self.assertEqual(done.returncode, DONE, done.stderr)
        self.assertNotIn("ERROR", report)
        self.assertNotIn("WARNING", report)

    def test_each_number_is_told(self):
        for number, text, files in read_cases()[0]:
            with self.subTest(number=number):
                done, report = self.run_model(text, files)
                refused = number.startswith("ERROR")
                self.assertEqual(done.returncode, BAD_INPUT if refused else DONE, done.stderr)
                self.assertIn(f"[SWMM {number}]", done.stderr)
                self.assertIn(f"\n  {number}: ", report)

    def test_swmm_tells_the_same_numbers(self):
        peer = os.environ.get("PYTHON_SWMM")
        if not peer:
            self.skipTest("PYTHON_SWMM is not set")
        for number, text, files in read_cases()[0]:
            with self.subTest(number=number):
                self.put("s.inp", text, files)
                subprocess.run([peer, "-c", ASK_SWMM, "s.inp", "s.rpt", "s.out"], cwd=self.folder,
                               capture_output=True, timeout=60)
                with open(os.path.join(self.folder, "s.rpt"), encoding="latin-1") as f:
                    told = re.findall(r"(?:ERROR|WARNING) \d+", f.read())
                self.assertIn(number, told)


if __name__ == "__main__":
    THALWEG = os.path.abspath(sys.argv.pop(1))
    unittest.main()
