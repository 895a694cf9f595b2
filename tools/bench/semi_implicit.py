"""Time against error: the semi-implicit method, the dynamic wave and SWMM at several steps.

The reference is Thalweg's dynamic wave at a fixed step of 0.25 s, heads to 0.01 mm. Errors are over
all nodes and report times (every minute): root of the mean square, of depths and of flows, and of
the difference of each node's greatest depth. Runs are compared as processes, reading and writing
included.
"""
import array
import math
import os
import statistics
import struct
import tempfile

import peer

TITLE = "time against error to a fine-step reference; errors are root mean squares"
COLUMNS = [("step", "step s", "g"), ("seconds", "s", ".2f"), ("depth_mm", "depth mm", ".2f"),
           ("peak_mm", "peak mm", ".2f"), ("flow_ls", "flow l/s", ".2f"),
           ("flow_percent", "flow %", ".2f")]
FINE = {"ROUTING_STEP": 0.25, "VARIABLE_STEP": 0, "MAX_TRIALS": 50, "HEAD_TOLERANCE": 0.00001,
        "MINIMUM_STEP": 0.25}
REPORT = {"REPORT_STEP": "00:01:00", "THREADS": 1}


class Results:
    """Depths of nodes and flows of links of a results file, report time by report time."""

    def __init__(self, path):
        with open(path, "rb") as f:
            data = f.read()
        ids, props, results, periods = struct.unpack_from("<4i", data, len(data) - 24)
        subs, nodes, links = struct.unpack_from("<3i", data, 12)
        at = props
        for count in (subs, nodes, links):
            kinds = struct.unpack_from("<i", data, at)[0]
            at += 4 * (1 + kinds + kinds * count)
        kinds = []
        for _ in range(4):
            kinds.append(struct.unpack_from("<i", data, at)[0])
            at += 4 * (1 + kinds[-1])
        width = subs * kinds[0] + nodes * kinds[1] + links * kinds[2] + kinds[3]
        self.depths, self.flows = [], []
        for k in range(periods):
            values = array.array("f", data[results + k * (8 + 4 * width) + 8:
                                           results + (k + 1) * (8 + 4 * width)])
            first_node = subs * kinds[0]
            first_link = first_node + nodes * kinds[1]
            self.depths.append(values[first_node:first_link:kinds[1]])
            self.flows.append(values[first_link:first_link + links * kinds[2]:kinds[2]])


def root_mean_square(pairs):
    total, count = 0.0, 0
    for a, b in pairs:
        total += math.fsum((x - y) * (x - y) for x, y in zip(a, b))
        count += len(a)
    return math.sqrt(total / max(count, 1))


def peaks(depths):
    return [max(series) for series in zip(*depths)]


def errors(results, reference, flow_l):
    """Errors of a run; flow_l: litres per unit of flow."""
    zeros = [[0.0] * len(f) for f in reference.flows[:1]] * len(reference.flows)
    flow = root_mean_square(zip(results.flows, reference.flows))
    usual = root_mean_square(zip(reference.flows, zeros))
    return {"depth_mm": 1e3 * root_mean_square(zip(results.depths, reference.depths)),
            "peak_mm": 1e3 * root_mean_square([(peaks(results.depths), peaks(reference.depths))]),
            "flow_ls": flow_l * flow, "flow_percent": 100.0 * flow / usual}


def run(engine, path, settings, arguments, repeats):
    """(median seconds, Results) of one engine; None when it fails."""
    with tempfile.TemporaryDirectory(prefix="thalweg-semi-") as folder:
        model = peer.prepare(path, folder, {**settings, **REPORT})
        if engine == "swmm":
            command = [peer.LAUNCHER, peer.library(), model, "run.rpt", "run.out"]
        else:
            command = [peer.THALWEG, "run", *arguments, model, "run.rpt", "run.out"]
        times = []
        for _ in range(repeats):
            figures = peer.measure(command, folder)
            if figures is None:
                return None
            times.append(figures[0])
        return statistics.median(times), Results(os.path.join(folder, "run.out"))


def variants(full):
    """[(engine, words, step, settings, arguments)]"""
    found = [("swmm", "SWMM, as its file says", None, {}, [])]
    for step in (1, 2, 5):
        fixed = {"ROUTING_STEP": step, "VARIABLE_STEP": 0}
        found.append(("swmm", "SWMM", step, fixed, []))
    found.append(("ours", "dynamic wave, as the file says", None, {}, []))
    for step in (1, 2, 5, 10):
        fixed = {"ROUTING_STEP": step, "VARIABLE_STEP": 0}
        found.append(("ours", "dynamic wave", step, fixed, []))
    for step in (2, 5, 10, 15, 20, 30, 60) if full else (5, 10, 20, 30, 60):
        semi = ["--routing", "semi_implicit", "--step", str(step)]
        found.append(("ours", "semi-implicit", step, {}, semi))
    return found


def models(options):
    found = []
    if os.path.exists(peer.BELLINGE):
        found.append(("Bellinge, 2 h", peer.BELLINGE,
                      {"START_TIME": "04:00:00", "REPORT_START_TIME": "04:00:00",
                       "END_TIME": "06:00:00"}))
    for nodes in (1200, 5000) if options.full else (1200,):
        made = peer.made_city(nodes, options.folder)
        if made:
            found.append((f"made, {nodes} nodes", os.path.join(made, "network.inp"), {}))
    return found


def rows(options):
    if not os.path.exists(peer.BELLINGE):
        yield {"name": "Bellinge", "skipped": "there is no ../shared"}
    for name, path, settings in models(options):
        result = run("ours", path, {**settings, **FINE}, [], 1)
        if result is None:
            yield {"name": name, "failed": "the reference fails"}
            continue
        reference = result[1]
        for engine, words, step, more, arguments in variants(options.full):
            result = run(engine, path, {**settings, **more}, arguments, options.repeats)
            row = {"name": f"{name}: {words}", "model": name, "method": words, "step": step}
            if result is None:
                yield {**row, "failed": f"{engine} fails"}
                continue
            yield {**row, "seconds": round(result[0], 3), **errors(result[1], reference, 1000.0)}


def times_at_equal_error(done, model, key):
    """How many times faster the semi-implicit method is than the fastest SWMM run of at most equal
    error; of its steps the best."""
    mine = [r for r in done if r["model"] == model and r["method"] == "semi-implicit"]
    swmm = [r for r in done if r["model"] == model and r["method"].startswith("SWMM")]
    best = 0.0
    for r in mine:
        as_good = [s["seconds"] for s in swmm if s[key] <= r[key]]
        if as_good:
            best = max(best, min(as_good) / r["seconds"])
    return round(best, 2)


def summary(done):
    figures = {}
    for model in dict.fromkeys(r["model"] for r in done):
        for key, words in (("depth_mm", "depths"), ("flow_ls", "flows")):
            figures[f"{model}, times faster than SWMM at equal error of {words}"] = \
                times_at_equal_error(done, model, key)
    return figures
