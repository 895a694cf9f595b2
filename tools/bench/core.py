"""Every model of the core list that takes SWMM more than a second: ours may take no longer."""
import math
import os

import peer
import single

TITLE = "core.txt, models that take SWMM more than a second, one thread each"
COLUMNS = [("swmm_s", "SWMM s", ".2f"), ("thalweg_s", "ours s", ".2f"), ("ratio", "ratio", ".2f"),
           ("swmm_cpu_s", "SWMM cpu", ".2f"), ("thalweg_cpu_s", "ours cpu", ".2f"),
           ("agreement", "agreement", "s")]
LISTED_S = 0.7   # the list's seconds are of another machine: ask from here on
LEAST_S = 1.0
FOLDER = os.path.join(peer.SHARED, "corpus", "swmm")


def listed(path):
    """[(name, SWMM's seconds)] of a list, the longest first."""
    found = []
    with open(path, encoding="utf-8") as f:
        for line in f:
            cells = line.rstrip("\n").split("\t")
            if len(cells) > 4 and line[0] != "#":
                found.append((cells[0], float(cells[4])))
    return sorted(found, key=lambda row: -row[1])


def rows(options):
    if options.models:
        models = [(os.path.relpath(m), LEAST_S + 1.0, m) for m in options.models]
    elif os.path.exists(os.path.join(FOLDER, "core.txt")):
        models = [(name, seconds, os.path.join(FOLDER, name))
                  for name, seconds in listed(os.path.join(FOLDER, "core.txt"))]
    else:
        yield {"name": "core.txt", "skipped": "there is no ../shared"}
        return
    for name, seconds, path in models:
        if seconds < LISTED_S:
            continue
        row = single.compare(name, path, {}, 1, options.repeats)
        if "failed" in row or seconds > LEAST_S or row["swmm_s"] > LEAST_S:
            yield row


def summary(done):
    slower = [r["name"] for r in done if r["ratio"] < 1.0]
    of_processor = [r["swmm_cpu_s"] / r["thalweg_cpu_s"] for r in done if r["thalweg_cpu_s"] > 0.0]
    return {"models": len(done), "least ratio": min(r["ratio"] for r in done),
            "least ratio of processor time": round(min(of_processor, default=math.nan), 2),
            "slower than SWMM": ", ".join(slower) or "none"}
