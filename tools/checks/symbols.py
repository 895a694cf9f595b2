#!/usr/bin/env python3
"""The libraries keep nothing in writable static storage, and neither print nor end the process.

  symbols.py LIBRARY.a ...
"""
import os
import subprocess
import sys
import tempfile

import common

# Constant tables that hold addresses are writable to the loader only.
READ_ONLY = (".data.rel.ro", ".rodata")
FORBIDDEN = {"exit", "quick_exit", "abort", "__assert_fail", "stdout", "stderr", "printf", "puts",
             "putchar", "vprintf", "perror", "__printf_chk", "__vprintf_chk", "system", "rand",
             "srand", "strtok", "localtime", "gmtime", "setlocale"}


def check(libraries):
    faults = []
    for library in libraries:
        name = os.path.basename(library)
        member = ""
        for line in common.output(["nm", "-f", "sysv", library]).splitlines():
            if line.endswith("]:") or line.endswith(".o:"):
                member = line.rstrip(":").replace("Symbols from ", "")
            part = [p.strip() for p in line.split("|")]
            if len(part) != 7:
                continue
            symbol, kind, section = part[0].split("@")[0], part[2], part[6]
            if kind in "bBdDC" and not section.startswith(READ_ONLY):
                faults.append(f"{name}: {member}: {symbol} is writable static storage ({section})")
            if kind == "U" and symbol in FORBIDDEN:
                faults.append(f"{name}: {member}: calls {symbol}")
    return faults


SOURCE = r"""
#include <stdio.h>
#include <stdlib.h>
int global_count;
static int step = 3;
static _Thread_local int mine;
static const int table[] = {1, 2};
static const char *const words[] = {"a", "b"};
int tw_count(int i) { step += i; return global_count += step + table[i] + words[i][0] + mine++; }
void tw_end(void) { static char buffer[9]; buffer[0]++; fprintf(stderr, "%s", buffer); exit(1); }
"""
FOUND = {"global_count", "step", "mine", "buffer", "stderr", "exit"}


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        source, thing = os.path.join(folder, "a.c"), os.path.join(folder, "a.o")
        with open(source, "w") as out:
            out.write(SOURCE)
        compiler = os.environ.get("CC", "cc")
        subprocess.run([compiler, "-O1", "-fPIC", "-c", source, "-o", thing], check=True)
        faults = check([thing])
    found = {f for f in FOUND if any(f in fault.split(": ", 2)[2] for fault in faults)}
    if found != FOUND or len(faults) != len(FOUND):
        print(faults, file=sys.stderr)
        return False
    return True


if __name__ == "__main__":
    common.finish(self_test(), check(sys.argv[1:]))
