#!/usr/bin/env python3
"""Models made to harm: read or refused in seconds, in memory that is a small multiple of the file.

  hostile_test.py THALWEG
"""
import os
import subprocess
import sys
import tempfile
import unittest

THALWEG = os.path.abspath(sys.argv.pop(1))
SECONDS = 60           # the slowest takes 0.4 s; a sanitizer on a busy machine a hundred times that
MEMORY_PER_BYTE = 16   # most: rows of curves, 11
MEMORY_KB = 65536      # the program, its libraries, a sanitizer's tables
MANY = 100000

NETWORK = """[OPTIONS]
FLOW_UNITS CMS
START_DATE 01/01/2024
END_DATE 01/01/2024
END_TIME 00:01
ROUTING_STEP 5
[JUNCTIONS]
J 10 5
[OUTFALLS]
O 9 FREE
[CONDUITS]
C J O 400 .013 0 0
[XSECTIONS]
C CIRCULAR 1.5 0 0 0
[INFLOWS]
J FLOW "" FLOW 1 1 1
"""
DITCH = NETWORK.replace("CIRCULAR 1.5 0 0 0", "IRREGULAR t")
TRANSECT = "[TRANSECTS]\nNC .01 .01 .01\nX1 t %d 0 20 0 0 0 0 0\n"
RULE = "RULE r%d\nIF NODE J DEPTH > 1\nTHEN CONDUIT C STATUS = OPEN\n"
POLLUTANTS = "[POLLUTANTS]\nP MG/L 0 0 0 0 NO Q 1\nQ MG/L 0 0 0 0 NO P 1\n"
GROUND = ("[SUBCATCHMENTS]\nA G B 1 50 100 1 0\nB G A 1 50 100 1 0\n[SUBAREAS]\n"
          "A .01 .1 1 2 25 OUTLET\nB .01 .1 1 2 25 OUTLET\n[INFILTRATION]\nA 50 5 4 7 0\n"
          "B 50 5 4 7 0\n[RAINGAGES]\nG INTENSITY 0:01 1 TIMESERIES t\n")

MODELS = {
    "a line of a megabyte": NETWORK + "[TITLE]\n" + "x" * 1000000 + "\n",
    "a row of a megabyte": NETWORK + "[CURVES]\nc STORAGE " + "1 2 " * 250000 + "\n",
    "a million sections": NETWORK + "[TITLE]\n[TAGS]\n" * 500000,
    "unknown sections": NETWORK + "[FOO]\n" * MANY,
    "brackets": NETWORK + "[" * 1000000,
    "quotes": NETWORK + "[TITLE]\n" + '"' * 1000000,
    "zero bytes": NETWORK + "\0" * 1000000,
    "line ends of another kind": NETWORK + "\r" * 1000000,
    "a transect that states too many points": DITCH + TRANSECT % 2000000000 + "GR 3 0 1 4 2 9 5 20\n",
    "a transect with too many points": DITCH + TRANSECT % MANY + "GR 1 2 3 4 5 6 7 8 9 10\n" * MANY,
    "a curve of many points": NETWORK + "[CURVES]\nc STORAGE 0 1\n"
                              + "".join(f"c {i} 1\n" for i in range(1, MANY)),
    "an expression of many parentheses": NETWORK + "[CONTROLS]\nVARIABLE v = NODE J DEPTH\n"
                                         "EXPRESSION e = " + "(" * 480 + "v" + ")" * 480 + "\n",
    "an expression of itself": NETWORK + "[CONTROLS]\nVARIABLE v = NODE J DEPTH\n"
                               "EXPRESSION e = e + v\nRULE r\nIF e > 1\nTHEN CONDUIT C STATUS = OPEN\n",
    "a rule of many premises": NETWORK + "[CONTROLS]\nRULE r\nIF NODE J DEPTH > 1\n"
                               + "AND NODE J DEPTH > 1\n" * MANY + "THEN CONDUIT C STATUS = OPEN\n",
    "many rules": NETWORK + "[CONTROLS]\n" + "".join(RULE % i for i in range(20000)),
    "treatments of each other": NETWORK + POLLUTANTS + "[TREATMENT]\nJ P R = R_Q\nJ Q R = R_P\n",
    "a treatment of many signs": NETWORK + POLLUTANTS + "[TREATMENT]\nJ P C = " + "-" * 900 + "P\n",
    "subcatchments that flow onto each other": NETWORK + GROUND + "[TIMESERIES]\nt 0 9 0:05 0\n",
    "a series that is the model": NETWORK + '[TIMESERIES]\nt FILE "model.inp"\n[INFLOWS]\nJ FLOW t\n',
    "a unit hydrograph without end": NETWORK + GROUND + "[TIMESERIES]\nt 0 9 0:05 0\n[HYDROGRAPHS]\n"
                                     "U G\nU ALL SHORT .1 1e300 1e300 0 0 0\n[RDII]\nJ U 10\n",
    "rain beyond all measure": NETWORK + GROUND + "[TIMESERIES]\nt 0 1e30 0:01 1e30 0:02 1e-30\n",
    "steps of nothing": NETWORK.replace("STEP 5", "STEP 1e-9\nMINIMUM_STEP 1e-12"),
    "a conduit of no length": NETWORK.replace("O 400", "O 1e-300"),
    "many barrels": NETWORK.replace("1.5 0 0 0", "1.5 0 0 0 2147483647"),
    "a name many times": NETWORK + "[JUNCTIONS]\n" + "J 1 1\n" * MANY,
    "many faults": NETWORK + "[CONDUITS]\n" + "".join(f"X{i} nope nix 1 1\n" for i in range(MANY)),
    "long names": NETWORK + "[JUNCTIONS]\n" + "".join("n" * 500 + f"{i} 1 1\n" for i in range(4000)),
    "the same event many times": NETWORK + "[EVENTS]\n"
                                 + "01/01/2024 00:00 01/01/2024 00:01\n" * 20000,
}


class Hostile(unittest.TestCase):
    def taken(self, text):
        """(exit code, peak memory [KB]) of a run; too long a run fails."""
        with tempfile.TemporaryDirectory(prefix="thalweg-hostile-") as folder:
            with open(os.path.join(folder, "model.inp"), "w", encoding="utf-8") as out:
                out.write(text)
            environment = {**os.environ, "ASAN_OPTIONS": "quarantine_size_mb=1"}
            process = subprocess.Popen(["timeout", str(SECONDS), THALWEG, "run", "--quiet", "model.inp"],
                                       cwd=folder, env=environment, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage.ru_maxrss

    def test_each_is_run_or_refused_in_little_time_and_memory(self):
        for what, text in MODELS.items():
            with self.subTest(what):
                code, peak_kb = self.taken(text)
                self.assertIn(code, (0, 3))
                self.assertLess(peak_kb, MEMORY_KB + MEMORY_PER_BYTE * len(text) / 1024)


if __name__ == "__main__":
    unittest.main()
