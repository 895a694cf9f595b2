#!/usr/bin/env python3
"""Plants beside the published benchmarks; the last line is `N passed, N failed[, N skipped]`.

  plant_peer.py [--command build/thalweg] [--page docs/validation.md]

Data: ../shared/corpus/plant. With --page the table is put at the end of that page.
"""
import argparse
import csv
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CORPUS = os.path.join(ROOT, "..", "shared", "corpus", "plant")
PLANTS = os.path.join(ROOT, "examples", "plants")
SKIP = 77
MARK = "## Plants beside the IWA benchmarks"

# Last 7 of 14 days after 14 days of dry weather: EQI, OCI, how often TN, ammonia, TSS are above
# their limits. Lund kernels with the formulas of perf_plant.m; agree with the published figures to
# 0.01 (../shared/facts/plants.md, 2.2).
ROWS = {
    ("open", "dry"): (6690.10, 16148.01, 5, 7, 0),
    ("open", "rain"): (8935.20, 15731.79, 3, 7, 0),
    ("open", "storm"): (8021.73, 16966.35, 4, 7, 1),
    ("closed", "dry"): (6115.63, 16381.94, 7, 5, 0),
    ("closed", "rain"): (8174.98, 15984.85, 5, 8, 0),
    ("closed", "storm"): (7211.48, 17253.75, 7, 7, 2),
    ("closed-sensors", "dry"): (6123.02, 16382.40, 7, 5, 0),
    ("closed-sensors", "rain"): (8184.73, 15984.55, 5, 8, 0),
    ("closed-sensors", "storm"): (7220.72, 17253.57, 7, 7, 2),
}
SCORE_TOLERANCE = 5e-4         # 0.05 % of EQI and OCI, as issue 6 asks
# Of each column's greatest value: flows pumped after a noisy sensor differ by 0.1 % between two
# integrators that are both within their tolerances.
TRAJECTORY_TOLERANCE = 2e-3
STEADY_TOLERANCE = 2e-5        # five published digits


class Results:
    def __init__(self):
        self.rows, self.passed, self.failed, self.skipped = [], 0, 0, 0

    def add(self, what, expected, found, sound):
        self.rows.append((what, expected, found, "yes" if sound else "**no**"))
        self.passed += bool(sound)
        self.failed += not sound
        print(f"{'ok  ' if sound else 'FAIL'} {what}: {found} ({expected})")

    def skip(self, what, why):
        self.rows.append((what, "-", why, "skipped"))
        self.skipped += 1
        print(f"skip {what}: {why}")


def corpus(*parts):
    return os.path.join(CORPUS, *parts)


def influent(weather):
    return corpus("bsm1", "influent", weather + "_asm1order.csv")


def table(path):
    with open(path, encoding="utf-8") as f:
        return list(csv.DictReader(f))


def plant_file(name, folder):
    """The plant's file; the one with sensors gets the benchmark's own series of noise."""
    path = os.path.join(PLANTS, f"bsm1-{name}.ini")
    if name != "closed-sensors":
        return path
    with open(path, encoding="utf-8") as f:
        text = f.read()
    noise = corpus("bsm1", "influent", "sensornoise_cols1-4.csv")
    text = re.sub(r"noise_seed = (\d)", rf"noise_series = {noise}\nnoise_column = \1", text)
    with_noise = os.path.join(folder, "noise.ini")
    with open(with_noise, "w", encoding="utf-8") as f:
        f.write(text)
    return with_noise


def run(command, *arguments):
    done = subprocess.run([command, "plant", "run", "--quiet", *arguments], capture_output=True,
                          text=True, check=True)
    return json.loads(done.stdout) if done.stdout else None


def trajectory(results, name, ours, reference):
    worst, column = 0.0, ""
    for key in reference[0]:
        if key == "t_d":
            continue
        most = max(abs(float(r[key])) for r in reference)
        off = max(abs(float(a[key]) - float(b[key])) for a, b in zip(ours, reference))
        if most > 0.0 and off / most > worst:
            worst, column = off / most, key
    sound = len(ours) == len(reference) and worst <= TRAJECTORY_TOLERANCE
    results.add(f"BSM1 {name}, every 15 min, all columns", f"within {TRAJECTORY_TOLERANCE:.1%}",
                f"{worst:.3%} at worst ({column})", sound)


def bsm1(results, command, folder):
    references = {("open", "dry"): "ol_dry", ("open", "rain"): "ol_rain",
                  ("closed", "dry"): "cl_ideal_dry", ("closed-sensors", "dry"): "cl_dry"}
    for (name, weather), (eqi, oci, tn, ammonia, tss) in ROWS.items():
        out = os.path.join(folder, "out.csv")
        score = run(command, "--json", plant_file(name, folder), influent(weather), out,
                    "--warmup", influent("dry"))
        over = score["over"]
        times = (over["TN"]["times"], over["ammonia"]["times"], over["TSS"]["times"])
        off = (score["EQI_kgd"] / eqi - 1.0, score["OCI"] / oci - 1.0)
        sound = max(map(abs, off)) <= SCORE_TOLERANCE and times == (tn, ammonia, tss)
        results.add(f"BSM1 {name}, {weather}",
                    f"EQI {eqi:.2f}, OCI {oci:.2f}, over {tn}/{ammonia}/{tss} times",
                    f"EQI {off[0]:+.4%}, OCI {off[1]:+.4%}, over "
                    f"{times[0]}/{times[1]}/{times[2]} times", sound)
        if (name, weather) in references:
            reference = corpus("bsm1", "reference", references[name, weather] + ".csv")
            trajectory(results, f"{name}, {weather}", table(out), table(reference))


def bsm1_steady(results, command, folder):
    for name, reference in (("open", "ol"), ("closed", "cli")):
        with open(corpus("bsm1", "reference", reference + ".txt"), encoding="utf-8") as f:
            lines = f.read().split("\n")
        start = next(i for i, t in enumerate(lines) if t.startswith("== steady state"))
        fifth = [float(x) for x in lines[start + 5].split()]
        effluent = next(t for t in lines if t.startswith("effluent:"))
        effluent = [float(x) for x in effluent.split(":")[1].split()]
        out = os.path.join(folder, "steady.csv")
        run(command, "--steady", os.path.join(PLANTS, f"bsm1-{name}.ini"), out)
        ours = table(out)[0]
        names = "SI SS XI XS XBH XBA XP SO SNO SNH SND XND SALK TSS".split()
        worst = max(abs(float(ours[n]) / v - 1.0) for n, v in zip(names, effluent))
        worst = max(worst, abs(float(ours["SNH5"]) / fifth[9] - 1.0),
                    abs(float(ours["TSS5"]) / fifth[13] - 1.0))
        results.add(f"BSM1 {name}, steady state, effluent and tank 5", "five digits",
                    f"{worst:.1e} at worst", worst <= STEADY_TOLERANCE)


def bsm2(results, command, folder):
    """Effluent beside the four simulators of the ring test: no farther from their mean than they."""
    out = os.path.join(folder, "bsm2.csv")
    run(command, "--steady", os.path.join(PLANTS, "bsm2.ini"), out)
    ours, outside, digits = table(out)[0], [], 0.0
    with open(corpus("bsm2", "reference", "ringtest_BSM2_SS_modular.csv"), encoding="utf-8") as f:
        sheet = list(csv.reader(f))
    seen = set()
    for row in sheet:
        name = row[2].split(" ")[0] if len(row) > 8 else ""
        if name not in ours or name in seen or name == "Q":
            continue
        seen.add(name)
        simulators = [float(v) for v in row[4:8] if v]
        if len(simulators) < 4 or max(simulators) == 0.0:
            continue
        value = float(ours[name])
        matlab = simulators[1]
        digits = max(digits, abs(value / matlab - 1.0))
        least, most = min(simulators), max(simulators)
        slack = 1e-5 * most   # published with five digits
        if not least - slack <= value <= most + slack:
            outside.append(name)
    results.add("BSM2 steady state, effluent, beside FORTRAN, Matlab, SIMBA, WEST",
                "within their spread",
                f"{len(seen) - len(outside)} of {len(seen)} within; {digits:.1e} from Matlab at "
                "worst" + (f"; outside: {', '.join(outside)}" if outside else ""), not outside)
    with open(corpus("bsm2", "reference", "states_bsm2.json"), encoding="utf-8") as f:
        states = json.load(f)
    pairs = [("SNH5", states["XINIT5"][9]), ("SNO5", states["XINIT5"][8]),
             ("SO5", states["XINIT5"][7]), ("TSS5", states["XINIT5"][13]),
             ("SNO2", states["XINIT2"][8]), ("TSS", states["SETTLERINIT"][0])]
    worst = max(abs(float(ours[n]) / v - 1.0) for n, v in pairs)
    results.add("BSM2 steady state, tanks and settler", "five digits", f"{worst:.1e} at worst",
                worst <= STEADY_TOLERANCE)
    day = os.path.join(folder, "constant.csv")
    head = "SI SS XI XS XBH XBA XP SO SNO SNH SND XND SALK TSS Q_m3d T".split()
    with open(corpus("bsm2", "influent", "constinfluent_bsm2.txt"), encoding="utf-8") as f:
        values = f.readline().split()[1:17]
    with open(day, "w", encoding="utf-8") as f:
        f.write("t_d," + ",".join(head) + "\n")
        for i in range(8 * 96):
            f.write(f"{i / 96:.10g}," + ",".join(str(float(v)) for v in values) + "\n")
    score = run(command, "--json", os.path.join(PLANTS, "bsm2.ini"), day)
    for name, key, value in (("EQI", "EQI_kgd", 4843.923), ("OCI", "OCI", 9266.435),
                             ("methane", "methane_kgd", 1065.3523)):
        off = score[key] / value - 1.0
        results.add(f"BSM2 steady state, {name}", f"{value}", f"{off:+.1e}",
                    abs(off) <= STEADY_TOLERANCE)


# Ring test, days 245 to 609: FORTRAN, Matlab, SIMBA, WEST (../shared/facts/plants.md, 2.3).
RING = {"EQI_kgd": (5660, 5661.3607, 5651.4279, 5662.3294),
        "OCI": (9208, 9208.1669, 9252.7062, 9213.7265),
        "SNH": (1.651, 1.6491, 1.6385, 1.6516), "TN": (11.2, 11.204, 11.1946, 11.2037),
        "COD": (50.05, 50.0559, 50.0585, 50.0564), "TSS": (15.9, 15.8965, 15.8993, 15.8968),
        "BOD5": (2.766, 2.7663, 2.7666, 2.7662),
        "sludge_kgd": (2646, 2651.8714, 2665.3761, 2653.7103),
        "methane_kgd": (1057, 1059.4972, 1058.8264, 1059.4901)}


def dynamic_influent(folder):
    """The 609 days, from the corpus or from where the bench has installed bsm2-python."""
    places = [corpus("bsm2", "influent", "dyninfluent_bsm2.csv")] + glob.glob(os.path.join(
        ROOT, "build", ".venv-plants", "lib", "python*", "site-packages", "bsm2_python", "data",
        "dyninfluent_bsm2.csv"))
    path = next((p for p in places if os.path.exists(p)), None)
    if path is None:
        return None
    ours = os.path.join(folder, "dynamic.csv")
    with open(path, encoding="utf-8") as f, open(ours, "w", encoding="utf-8") as out:
        out.write("t_d,SI,SS,XI,XS,XBH,XBA,XP,SO,SNO,SNH,SND,XND,SALK,TSS,Q_m3d,T\n")
        for line in f:
            values = [float(v) for v in line.replace(",", " ").split()[:17]]
            out.write(",".join(f"{v:.10g}" for v in values) + "\n")
    return ours


def ring_test(results, command, folder):
    path = dynamic_influent(folder)
    if path is None:
        results.skip("BSM2 ring test, days 245 to 609",
                     "needs the task group's 609-day influent (dyninfluent_bsm2), which is not in "
                     "the corpus; `make bench BENCH=plant` installs bsm2-python, which holds it")
        return
    score = run(command, "--json", "--days", "364", os.path.join(PLANTS, "bsm2.ini"), path)
    values = {**score["mean"], **score}
    for name, simulators in RING.items():
        least, most = min(simulators), max(simulators)
        slack = 1e-4 * most   # FORTRAN's figures have four digits
        results.add(f"BSM2 ring test, {name}", f"{least} to {most}", f"{values[name]:.4f}",
                    least - slack <= values[name] <= most + slack)
    times = (score["over"]["ammonia"]["times"], score["over"]["TN"]["times"])
    results.add("BSM2 ring test, times over ammonia and TN", "166 to 172, 3 to 5",
                f"{times[0]}, {times[1]}", 166 <= times[0] <= 172 and 3 <= times[1] <= 5)


def expression_value(text, names):
    if text.strip() == "":
        return 0.0
    return eval(text, {"__builtins__": {}}, names)   # tables of the corpus, arithmetic only


def petersen(results, command, plant, file, rename, rate_names=None):
    """Coefficients and rates of a model beside a published table, same parameters."""
    done = subprocess.run([command, "plant", "processes", os.path.join(PLANTS, plant)],
                          capture_output=True, text=True, check=True).stdout.split("\n")
    names = {}
    for line in done:
        if line.startswith("# "):
            key, value = line[2:].split("\t")
            names[key] = float(value)
    ours = [line.split("\t") for line in done if line and not line.startswith("#")]
    head = ours[0]
    with open(corpus("asm2d", file), encoding="utf-8") as f:
        sheet = [line.rstrip("\n").split("\t") for line in f]
    at = {c: 1e4 / 3.0 ** i for i, c in enumerate(head[1:-1])}
    environment = {**names, **at, **(rate_names or {}),
                   **{c: at.get(rename.get(c, c), 0.0) for c in sheet[0] if c}}
    checked, worst, worst_at = 0, 0.0, ""
    for theirs, row in zip(sheet[1:], ours[1:]):
        pairs = [(c, theirs[i]) for i, c in enumerate(sheet[0][:len(theirs)]) if c and i > 0]
        for component, text in pairs:
            mine = rename.get(component, component)
            if mine not in head or text.strip() == "?":
                continue
            value = expression_value(text, environment)
            off = abs(value - float(row[head.index(mine)])) / max(1.0, abs(value))
            checked += 1
            if off > worst:
                worst, worst_at = off, f"{row[0]}, {mine}"
        rate = theirs[-1] if len(theirs) == len(sheet[0]) and "*" in theirs[-1] else ""
        if "hetero" in theirs[0] and "X_BH" in rate:   # the benchmark's ASM1 knows no such limit
            rate = rate.replace("*S_NH/(K_NH+S_NH)", "")
        if rate:
            value = expression_value(rate, environment)
            checked += 1
            off = abs(float(row[-1]) / value - 1.0)
            if off > worst:
                worst, worst_at = off, f"{row[0]}, rate"
    return checked, worst, worst_at


def tables(results, command):
    checked, worst, where = petersen(
        results, command, "bsm1-open.ini", "_asm1.tsv",
        {c: c.replace("_", "", 1) for c in "S_I S_S X_I X_S X_BH X_BA X_P S_NH S_ND X_ND".split()}
        | {"S_O": "SO", "S_NO": "SNO", "S_ALK": "SALK"},
        {"K_O_H": 0.2, "K_O_A": 0.4, "eta_g": 0.8, "eta_h": 0.8})   # other names of the same
    results.add("ASM1 beside the table of QSDsan", "coefficients and rates",
                f"{checked} compared, {worst:.1e} at worst ({where})", worst < 1e-3)   # 2.86 for 20/7, 4.57 for 32/7
    checked, worst, where = petersen(results, command, "a2o-asm2d.ini", "_asm2d.tsv", {})
    results.add("ASM2d beside the table of QSDsan", "coefficients and rates",
                f"{checked} compared, {worst:.1e} at worst ({where})", worst < 1e-9)   # digits of the printed table


def put_on_page(results, path):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    kept = text.split("\n" + MARK)[0].rstrip("\n")
    lines = ["", MARK, "",
             "Written by `tests/peers/plant_peer.py --page docs/validation.md`, part of `make "
             "test-peers`. Scores: last 7 of 14 days after steady state and 14 days of dry weather.",
             "", "| what | published | ours | agrees |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in results.rows]
    with open(path, "w", encoding="utf-8") as f:
        f.write(kept + "\n" + "\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--command", default=os.path.join(ROOT, "build", "thalweg"))
    parser.add_argument("--python", help="not used: the caller gives it to every comparison")
    parser.add_argument("--page", help="put the table at the end of this page")
    args = parser.parse_args()
    if not os.path.isdir(CORPUS):
        print("no corpus of plants at ../shared/corpus/plant")
        return SKIP
    results = Results()
    with tempfile.TemporaryDirectory(prefix="thalweg-plant-") as folder:
        bsm1_steady(results, args.command, folder)
        bsm1(results, args.command, folder)
        bsm2(results, args.command, folder)
        ring_test(results, args.command, folder)
        tables(results, args.command)
    if args.page:
        put_on_page(results, args.page)
    print(f"{results.passed} passed, {results.failed} failed"
          + (f", {results.skipped} skipped" if results.skipped else ""))
    return 1 if results.failed else 0


if __name__ == "__main__":
    sys.exit(main())
