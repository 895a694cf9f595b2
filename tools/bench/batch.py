"""A batch of 32 members on two threads beside 32 processes of SWMM, two at a time.

Same model, same two hours; members differ in their rain (0.5 to 1.5 times the file's), each process
of SWMM has the file's own. SWMM reads, runs and writes; ours reads, runs and writes nothing, so the
time of reading once is in it.
"""
import os
import subprocess
import tempfile
import time

import members
import peer

TITLE = "32 members, two hours, two processors, beside 32 processes of SWMM 5.2.4, two at a time"
COLUMNS = [("members", "members", "d"), ("swmm_s", "SWMM s", ".1f"), ("batch_s", "ours s", ".2f"),
           ("swmm_per_s", "SWMM/s", ".2f"), ("batch_per_s", "ours/s", ".2f"),
           ("ratio", "ratio", ".1f"), ("failed_members", "failed", "d")]
MEMBERS, SECONDS = 32, 7200


def swmm_seconds(model, count):
    """Wall time of `count` processes of SWMM, two at a time."""
    peer.build_helpers()
    library = peer.library()
    with tempfile.TemporaryDirectory(prefix="thalweg-batch-") as folder:
        waiting = list(range(count))
        running = []
        begin = time.monotonic()
        while waiting or running:
            while waiting and len(running) < 2:
                n = waiting.pop()
                running.append(subprocess.Popen(
                    [peer.LAUNCHER, library, model, f"{folder}/{n}.rpt", f"{folder}/{n}.out"],
                    stdout=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "1"}))
            if running.pop(0).wait() != 0:
                return None
        return time.monotonic() - begin


def rows(options):
    cases = []
    if os.path.exists(peer.BELLINGE):
        cases.append(("Bellinge, 04:00-06:00 of the storm", peer.BELLINGE,
                      {"START_TIME": "04:00:00", "REPORT_START_TIME": "04:00:00",
                       "END_TIME": "06:00:00"}))
    else:
        yield {"name": "Bellinge", "skipped": "there is no ../shared"}
    for nodes in (1200, 10000) if options.full else (1200,):
        made = peer.made_city(nodes, options.folder)
        if made:
            cases.append((f"made city, {nodes} nodes", os.path.join(made, "network.inp"),
                          {"END_TIME": "14:00:00"}))
    for name, path, settings in cases:
        with tempfile.TemporaryDirectory(prefix="thalweg-batch-") as folder:
            yield compare(name, peer.prepare(path, folder, {**settings, "THREADS": 1}))


def compare(name, model):
    begin = time.monotonic()
    figures = members.run("batch", model, SECONDS, MEMBERS, 2)
    batch_s = time.monotonic() - begin
    if figures is None:
        return {"name": name, "failed": "the batch fails"}
    swmm_s = swmm_seconds(model, MEMBERS)
    if swmm_s is None:
        return {"name": name, "failed": "SWMM fails"}
    return {"name": name, "members": MEMBERS, "swmm_s": round(swmm_s, 2),
            "batch_s": round(batch_s, 3), "swmm_per_s": round(MEMBERS / swmm_s, 3),
            "batch_per_s": round(MEMBERS / batch_s, 3), "ratio": round(swmm_s / batch_s, 2),
            "failed_members": int(figures["failed"])}


def summary(done):
    return {"least ratio of members per second (target 20)": min(r["ratio"] for r in done)}
