#!/usr/bin/env python3
"""`thalweg run` loads no library of the service: the command itself needs libc and libm only.

  needed.py BUILD/thalweg
"""
import os
import re
import subprocess
import sys
import tempfile

import common

ALLOWED = re.compile(r"^(libc|libm|libdl|libpthread|ld-linux[-\w]*)\.so\.\d+$")


def check(program):
    names = re.findall(r"\(NEEDED\).*\[(.*)\]", common.output(["readelf", "-d", program]))
    faults = [f"{os.path.basename(program)} loads {n} before it knows that it is needed"
              for n in names if not ALLOWED.match(n)]
    return faults if names else [f"{program} says nothing about its libraries"]


def self_test():
    """A program that is linked with zlib is found out."""
    with tempfile.TemporaryDirectory() as folder:
        source, program = os.path.join(folder, "a.c"), os.path.join(folder, "a")
        with open(source, "w") as out:
            out.write("int main(void) { return 0; }\n")
        subprocess.run([os.environ.get("CC", "cc"), source, "-o", program, "-Wl,--no-as-needed",
                        "-lz"], check=True)
        return [f for f in check(program) if "libz" in f] != []


if __name__ == "__main__":
    common.finish(self_test(), check(sys.argv[1]))
