#!/usr/bin/env python3
"""Build and run the tests; the last line is `N passed, N failed[, N skipped]`.

  run_tests.py         release build, every test
  run_tests.py --ci    format, gcc and clang with -Werror, clang-tidy, sanitizers, then every test
  run_tests.py --lint  format, clang-tidy and the checks of the architecture

Every ctest test counts as one; so does every step that is not a test (a build, clang-tidy).
"""
import argparse
import glob
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(ROOT, "build", "test-results")


class Tally:
    """Counts over all steps, and the time each took."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.times = []
        self.failures = []

    def step(self, name, command, counted=True):
        """Run a command; True when it succeeded."""
        print(f"== {name}", flush=True)
        begin = time.monotonic()
        try:
            code = subprocess.run(command, cwd=ROOT).returncode
        except OSError as why:
            print(f"{command[0]}: {why}", file=sys.stderr)
            code = 127
        self.times.append((time.monotonic() - begin, name))
        if counted:
            self.passed += code == 0
            self.failed += code != 0
        if code != 0:
            self.failures.append(name)
        return code == 0

    def add_junit(self, path, name):
        """Add the counts of one ctest run; a run that left no file counts as one failure."""
        try:
            suite = ET.parse(path).getroot()
        except (OSError, ET.ParseError):
            self.failed += 1
            return
        tests, failed, skipped = 0, 0, 0
        for case in suite.iter("testcase"):
            tests += 1
            status = case.get("status")
            if status == "run":
                continue
            if status == "disabled" or (status == "notrun" and not missing(case)):
                skipped += 1
            else:
                failed += 1
                self.failures.append(f"{name}: {case.get('name')}")
        if tests == 0:
            tests = failed = 1
            self.failures.append(f"{name}: no test was found")
        self.passed += tests - failed - skipped
        self.failed += failed
        self.skipped += skipped

    def line(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return text + (f", {self.skipped} skipped" if self.skipped else "")


def missing(case):
    """True for a test whose program was not there: ctest calls that `not run` too."""
    skipped = case.find("skipped")
    message = skipped.get("message", "") if skipped is not None else ""
    return "SKIP_" not in message


def ctest(tally, name, folder, jobs, extra):
    junit = os.path.join(OUT, name.replace(" ", "-") + ".xml")
    tally.step(f"{name}: tests", ["ctest", "--test-dir", folder, "--output-on-failure", "-j",
                                  str(jobs), "--no-tests=error", "--output-junit", junit, *extra],
               counted=False)
    tally.add_junit(junit, name)


def build(tally, preset, jobs):
    folder = "build" if preset == "release" else f"build/{preset}"
    if preset == "release":
        good = (tally.step("release: build", ["make", "--no-print-directory", "build"])
                and tally.step("release: build of the tests",
                               ["cmake", "--build", folder, "-j", str(jobs)]))
    else:
        good = (tally.step(f"{preset}: configure", ["cmake", "--preset", preset], counted=False)
                and tally.step(f"{preset}: build", ["cmake", "--build", folder, "-j", str(jobs)]))
    return folder if good else None


def sources(*patterns):
    out = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True)
    files = out.stdout.split()
    if not files:   # an unpacked archive has no git
        files = [os.path.relpath(f, ROOT) for p in ("src", "apps", "dropin", "include", "tests", "examples")
                 for f in glob.glob(os.path.join(ROOT, p, "**", "*.[ch]"), recursive=True)]
    return [f for f in files if os.path.exists(os.path.join(ROOT, f))]


def check_format(tally):
    tally.step("format", ["clang-format-14", "--dry-run", "-Werror", *sources("*.c", "*.h")])


def check_tidy(tally, jobs):
    # Sources, not their tests: these are read by both compilers and run by the sanitizers.
    tally.step("clang-tidy", ["run-clang-tidy-14", "-clang-tidy-binary", "clang-tidy-14", "-quiet",
                              "-p", "build/clang", "-j", str(jobs),
                              rf"^{ROOT}/(src|apps|dropin)/(?!.*_(test|fuzz)\.c$).*\.c$"])


def run(tally, args):
    jobs = args.jobs
    if args.ci or args.lint:
        check_format(tally)
    if args.lint:
        if build(tally, "clang", jobs):
            check_tidy(tally, jobs)
        if build(tally, "release", jobs):
            ctest(tally, "checks", "build", jobs, ["-L", "^check$"])
        return
    if args.ci:
        if folder := build(tally, "dev", jobs):
            ctest(tally, "dev", folder, jobs, ["-L", "^unit$"])
        if folder := build(tally, "clang", jobs):
            ctest(tally, "clang", folder, jobs, ["-L", "^unit$"])
            check_tidy(tally, jobs)
        if folder := build(tally, "asan", jobs):
            ctest(tally, "asan", folder, jobs, ["-L", "^(unit|command)$"])
        if folder := build(tally, "tsan", jobs):
            ctest(tally, "tsan", folder, jobs, ["-L", "^(engine|forecast|net|store|server)$"])
    if folder := build(tally, "release", jobs):
        ctest(tally, "release", folder, jobs, ["-L", args.label] if args.label else [])


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("--ci", action="store_true", help="both compilers, sanitizers, lint")
    ap.add_argument("--lint", action="store_true", help="format, clang-tidy, architecture")
    ap.add_argument("--label", help="only tests with this label, e.g. unit, check, corpus, page")
    ap.add_argument("--jobs", type=int, default=2)
    args = ap.parse_args()
    os.chdir(ROOT)
    os.makedirs(OUT, exist_ok=True)
    tally = Tally()
    try:
        run(tally, args)
    except KeyboardInterrupt:
        tally.failed += 1
        tally.failures.append("interrupted")
    print()
    for seconds, name in tally.times:
        print(f"{seconds:8.1f} s  {name}")
    for name in dict.fromkeys(tally.failures):
        print(f"FAILED    {name}")
    line = tally.line()
    with open(os.path.join(OUT, "summary.txt"), "w") as out:
        print(line, file=out)
    print(line, flush=True)
    return 1 if tally.failed or tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
