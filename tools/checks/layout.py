#!/usr/bin/env python3
"""All C is laid out as .clang-format says; `make format` does it."""
import os
import shutil

import common

CLANG_FORMAT = "clang-format-14"


def check(root):
    paths = common.files(root, ("src", "apps", "dropin", "include", "tests", "examples"), (".c", ".h"))
    if not paths:
        return []
    shown = common.output([CLANG_FORMAT, "--dry-run", "--ferror-limit=1",
                           *(os.path.join(root, p) for p in paths)])
    return [p + ": not as clang-format lays it out" for p in paths
            if os.path.join(root, p) + ":" in shown]


def self_test():
    style = common.text(common.ROOT, ".clang-format")
    made = {".clang-format": style, "src/a.c": "int x ;\n", "src/b.c": "int x;\n"}
    return common.proves(check, made, ["src/a.c: not as"])


if __name__ == "__main__":
    if shutil.which(CLANG_FORMAT) is None:
        print(f"skipped: no {CLANG_FORMAT}")
        raise SystemExit(common.SKIP)
    common.finish(self_test(), check(common.ROOT))
