#!/usr/bin/env python3
"""Every folder of src/ has its line in docs/architecture.md, and no other folder has one."""
import os
import re

import common

PAGE = "docs/architecture.md"


def check(root):
    page = common.text(root, PAGE) if os.path.exists(os.path.join(root, PAGE)) else ""
    named = set(re.findall(r"\bsrc/([a-z_]+)", page))
    src = os.path.join(root, "src")
    there = {d for d in os.listdir(src) if os.path.isdir(os.path.join(src, d))
             and os.listdir(os.path.join(src, d))}
    return ([f"{PAGE}: src/{d} is not named" for d in sorted(there - named)]
            + [f"{PAGE}: there is no src/{d}" for d in sorted(named - there)])


def self_test():
    made = {"src/base/a.c": "", "src/num/a.c": "", PAGE: "| `src/base` | memory | `src/old` |"}
    return (common.proves(check, made, ["src/num is not named", "no src/old"])
            and common.proves(check, {"src/base/a.c": "", PAGE: "src/base/arena.c"}, []))


if __name__ == "__main__":
    common.finish(self_test(), check(common.ROOT))
