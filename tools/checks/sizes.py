#!/usr/bin/env python3
"""No source file is longer than 800 lines."""
import common

LIMIT = 800
ENDINGS = (".c", ".h", ".def", ".py", ".sh", ".cmake", ".ts", ".tsx", ".mjs", ".css")


def check(root):
    faults = []
    for path in common.files(root, ("src", "apps", "dropin", "include", "tests", "tools", "examples", "web",
                                    "cmake"), ENDINGS):
        lines = common.text(root, path).count("\n")
        if lines > LIMIT:
            faults.append(f"{path}: {lines} lines; split it, {LIMIT} is the most")
    return faults


def self_test():
    made = {"src/base/long.c": "\n" * (LIMIT + 1), "web/src/short.ts": "\n" * LIMIT,
            "web/node_modules/x/long.mjs": "\n" * 5000}
    return common.proves(check, made, ["src/base/long.c: 801 lines"])


if __name__ == "__main__":
    common.finish(self_test(), check(common.ROOT))
