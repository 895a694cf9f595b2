#!/usr/bin/env python3
"""Who includes whom: a folder names only folders above it (docs/architecture.md)."""
import os
import re

import common

PUBLIC_BASE = {"thalweg/status.h", "thalweg/faults.h", "thalweg/time.h"}   # base/ implements these
PUBLIC_MODEL = PUBLIC_BASE | {"thalweg/model.h"}
PUBLIC = "thalweg/"                                                       # all of include/thalweg

PHYSICS = ("hydrology", "hydraulics", "control", "quality", "surface", "plant", "io")

# folder: what it may include besides itself, the folders first, then the public headers
MAY = {
    "base": (set(), PUBLIC_BASE),
    "num": ({"base"}, PUBLIC_BASE),
    "model": ({"base", "num"}, PUBLIC_MODEL),
    **{f: ({"base", "num", "model"}, PUBLIC_MODEL) for f in PHYSICS},
    "plant": ({"base", "num"}, PUBLIC_BASE | {"thalweg/plant.h"}),   # plant/ implements it
    "engine": ({"base", "num", "model", *PHYSICS}, PUBLIC),
    "synth": ({"base", "num"}, PUBLIC_BASE),
    "grid": ({"base", "num"}, PUBLIC_BASE),
    "forecast": ({"base", "num", "grid"}, PUBLIC),
    "net": ({"base"}, PUBLIC_BASE),
    "store": ({"base"}, PUBLIC_BASE),
    "jobs": ({"base"}, PUBLIC_BASE),
    "telemetry": ({"base", "net", "store"}, PUBLIC_BASE),
    "warning": ({"base", "net", "store"}, PUBLIC_BASE),
    "dispatch": ({"base", "num", "store"}, PUBLIC),
    "operate": ({"base", "num", "net", "store"}, PUBLIC),
    "server": ({"base", "num", "grid", "forecast", "net", "store", "telemetry", "warning", "dispatch",
                "operate"}, PUBLIC),
    "apps": ({"base", "num", "synth", "grid", "forecast", "net", "store", "jobs", "telemetry", "warning",
              "dispatch", "operate", "server"}, PUBLIC),
    "dropin": (set(), PUBLIC),
    "include": (set(), PUBLIC),
}
# Mathematics and physics neither read files nor print.
SILENT = {"num", "model", "hydrology", "hydraulics", "control", "quality", "surface"}
NOT_SILENT = {"stdio.h", "fcntl.h", "unistd.h"}
# The engine is portable C17; the files that are not say so at their head.
PORTABLE = {"base", "num", "model", *PHYSICS, "engine", "synth"}
POSIX = {"unistd.h", "fcntl.h", "sys/stat.h", "sys/types.h", "sys/mman.h", "sys/socket.h",
         "pthread.h", "semaphore.h", "sched.h", "dirent.h", "strings.h"}
POSIX_FILES = {"src/base/file.c", "src/base/threads.c", "src/base/writer.c"}
TEST_ONLY = {"check.h", "fuzz.h", "one_link.h"}
MADE = {"embed/page.h": {"server", "apps"}}   # the page as bytes: cmake/web.cmake
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.M)


def folder_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "src" else parts[0]


def allowed(root, folder, name, is_test):
    """True when a file of a folder may include "name"."""
    if is_test and (name.startswith(PUBLIC) or os.path.exists(os.path.join(root, "tests", name))):
        return True
    if folder in ("apps", "dropin") and "/" not in name:
        return True
    if folder in MADE.get(name, ()):
        return True
    folders, public = MAY[folder]
    if name.startswith(PUBLIC):
        return public == PUBLIC or name in public
    target = name.split("/")[0]
    return "/" in name and (target == folder or target in folders)


def check(root):
    faults = []
    for path in common.files(root, ("src", "apps", "dropin", "include"), (".c", ".h", ".def")):
        folder = folder_of(path)
        is_test = path.endswith(("_test.c", "_fuzz.c"))
        if folder not in MAY:
            faults.append(f"{path}: folder {folder} has no rule in tools/checks/layers.py")
            continue
        for ours, system in INCLUDE.findall(common.text(root, path)):
            if ours and not allowed(root, folder, ours, is_test):
                faults.append(f'{path}: {folder} may not include "{ours}"')
            if is_test or not system:
                continue
            if folder in SILENT and system in NOT_SILENT:
                faults.append(f"{path}: {folder} neither reads files nor prints: <{system}>")
            elif folder in PORTABLE and system in POSIX and path not in POSIX_FILES:
                faults.append(f"{path}: the engine is portable C17: <{system}>")
    return faults


def self_test():
    wrong = {
        "src/base/a.c": '#include "num/roots.h"\n',
        "src/hydraulics/b.c": '#include "hydrology/runoff.h"\n#include "thalweg/run.h"\n',
        "src/hydraulics/c.c": "#include <stdio.h>\n",
        "src/io/d.c": "#include <unistd.h>\n",
        "src/lost/e.c": "\n",
        "src/server/f.c": '#include "engine/run.h"\n',
        "dropin/swmm5/h.c": '#include "base/text.h"\n#include "session.h"\n',
        "src/warning/g.c": '#include "thalweg/model.h"\n',
    }
    found = ['base may not include "num/roots.h"', '"hydrology/runoff.h"', '"thalweg/run.h"',
             "prints: <stdio.h>", "portable C17: <unistd.h>", "folder lost",
             '"engine/run.h"', 'warning may not include "thalweg/model.h"',
             'dropin may not include "base/text.h"']
    right = {
        "src/base/file.c": '#include "base/file.h"\n#include <unistd.h>\n',
        "src/num/x_test.c": '#include "num/x.h"\n#include "check.h"\n#include "thalweg/run.h"\n',
        "tests/check.h": "\n",
        "src/engine/h.c": '#include "hydraulics/dynwave.h"\n#include "thalweg/run.h"\n',
        "src/forecast/i.c": '#include "thalweg/run.h"\n#include "base/arena.h"\n',
        "apps/main.c": '#include "thalweg/thalweg.h"\n#include "server/serve.h"\n',
    }
    return common.proves(check, wrong, found) and common.proves(check, right, [])


if __name__ == "__main__":
    common.finish(self_test(), check(common.ROOT))
