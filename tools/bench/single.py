"""One run beside SWMM: the same file with the same settings, alternating, each a process."""
import math
import os
import statistics
import subprocess
import tempfile

import peer

TITLE = "one run beside SWMM 5.2.4, same threads for both; ratio is SWMM's time over ours"
COLUMNS = [("threads", "threads", "d"), ("swmm_s", "SWMM s", ".2f"),
           ("thalweg_s", "ours s", ".2f"), ("ratio", "ratio", ".2f"),
           ("swmm_peak_kb", "SWMM KB", "d"), ("thalweg_peak_kb", "ours KB", "d"),
           ("memory_ratio", "ratio", ".2f"), ("agreement", "agreement", "s")]


def compare(name, path, settings, threads, repeats):
    """Both engines in turn, `repeats` times; the row of the table."""
    with tempfile.TemporaryDirectory(prefix="thalweg-single-") as folder:
        model = peer.prepare(path, folder, {**settings, "THREADS": threads})
        commands = {"swmm": [peer.LAUNCHER, peer.library(), model, "swmm.rpt", "swmm.out"],
                    "thalweg": [peer.THALWEG, "run", model, "thalweg.rpt", "thalweg.out"]}
        figures = {engine: [] for engine in commands}
        for k in range(repeats):
            # Who goes first changes, so that a machine that warms up favours nobody.
            for engine in sorted(commands, reverse=k % 2 == 1):
                result = peer.measure(commands[engine], folder, threads)
                if result is None:
                    return {"name": name, "failed": f"{engine} fails"}
                figures[engine].append(result)
        row = {"name": name, "threads": threads, "repeats": repeats,
               "agreement": peer.agreement(folder)}
        for engine, results in figures.items():
            row[engine + "_s"] = round(statistics.median(r[0] for r in results), 3)
            row[engine + "_best_s"] = round(min(r[0] for r in results), 3)
            row[engine + "_cpu_s"] = round(statistics.median(r[1] for r in results), 3)
            row[engine + "_peak_kb"] = max(r[2] for r in results)
        row["ratio"] = round(row["swmm_s"] / row["thalweg_s"], 2)
        row["memory_ratio"] = round(row["thalweg_peak_kb"] / row["swmm_peak_kb"], 2)
        return row


def large_models():
    """Models of large.txt that both read: [(name, path, {})]."""
    folder = os.path.join(peer.SHARED, "corpus", "swmm")
    listed = os.path.join(folder, "large.txt")
    if not os.path.exists(listed):
        return []
    with open(listed, encoding="utf-8") as f:
        names = [line.split("\t")[0] for line in f if line.strip() and line[0] != "#"]
    return [(os.path.basename(n), os.path.join(folder, n), {}) for n in names]


def readable(path):
    """False for a model that `thalweg check` refuses."""
    return subprocess.run([peer.THALWEG, "check", path], capture_output=True).returncode == 0


def models(options):
    if options.models:
        return [(os.path.relpath(m), m, {}) for m in options.models]
    found = []
    if os.path.exists(peer.BELLINGE):
        found.append(("Bellinge, 04:00-06:00 of the storm", peer.BELLINGE,
                      {"START_TIME": "04:00:00", "REPORT_START_TIME": "04:00:00",
                       "END_TIME": "06:00:00"}))
        if options.full:
            found.append(("Bellinge, whole day", peer.BELLINGE, {}))
    for nodes in (1200, 5000, 10000):
        made = peer.made_city(nodes, options.folder)
        if made:
            found.append((f"made city, {nodes} nodes", os.path.join(made, "network.inp"), {}))
    return found + large_models()


def rows(options):
    if not os.path.exists(peer.BELLINGE) and not options.models:
        yield {"name": "Bellinge and large.txt", "skipped": "there is no ../shared"}
    wanted = models(options)
    for threads in (1, 2):
        for name, path, settings in wanted:
            if not readable(path):
                if threads == 1:
                    yield {"name": name, "skipped": "has what Thalweg does not read yet"}
                continue
            yield compare(name, path, settings, threads, options.repeats)


def summary(done):
    figures = {}
    for threads in (1, 2):
        ratios = [r["ratio"] for r in done if r["threads"] == threads]
        if not ratios:
            continue
        mean = math.exp(statistics.fmean(math.log(r) for r in ratios))
        plural = "s" if threads > 1 else ""
        figures[f"{threads} thread{plural}, geometric mean of ratios"] = round(mean, 2)
        figures[f"{threads} thread{plural}, least ratio"] = min(ratios)
    return figures
