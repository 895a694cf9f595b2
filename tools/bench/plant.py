"""Treatment plants beside PyPI's bsm2-python: 15-minute output, one process each, alternating."""
import glob
import json
import os
import statistics
import subprocess
import sys

import peer

TITLE = ("treatment plants beside bsm2-python 0.0.15, 15-minute output; seconds of simulating alone, "
         "without starting, reading and settling; ratio is theirs over ours")
COLUMNS = [("days", "days", "d"), ("thalweg_s", "ours s", ".3f"), ("theirs_s", "theirs s", ".2f"),
           ("ratio", "ratio", ".0f"), ("target_s", "target s", ".2f"), ("calls", "evaluations", "d")]

VENV = os.path.join(peer.BUILD, ".venv-plants")
REQUIREMENTS = os.path.join(peer.ROOT, "tools", "peer", "requirements-plants.txt")
PLANTS = os.path.join(peer.ROOT, "examples", "plants")
BSM1 = os.path.join(peer.SHARED, "corpus", "plant", "bsm1", "influent")
BSM2 = os.path.join(peer.SHARED, "corpus", "plant", "bsm2", "influent", "constinfluent_bsm2.txt")

# Their plant through our influent, timed without its compilation: days, seconds of the steps.
THEIRS = """
import sys, time
import numpy as np
from bsm2_python import {name}
data = np.loadtxt(sys.argv[1], delimiter=',')
plant = {name}(data_in=data, timestep=15 / 60 / 24, endtime=float(sys.argv[2]), tempmodel={temp})
for i in range(3):
    plant.step(i)
begin = time.perf_counter()
count = min(len(plant.simtime), len(plant.timesteps))
for i in range(3, count):
    plant.step(i)
print((time.perf_counter() - begin) * count / (count - 3))
"""


def python():
    """Python with bsm2-python, installed when it is not there yet."""
    program = os.path.join(VENV, "bin", "python")
    found = glob.glob(os.path.join(VENV, "lib", "python*", "site-packages", "bsm2_python"))
    if not found:
        print("bench: installing bsm2-python into build/.venv-plants", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([program, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r",
                        REQUIREMENTS], check=True)
    return program


def ours(plant, influent):
    """Seconds and evaluations of one run."""
    done = subprocess.run([peer.THALWEG, "plant", "run", "--quiet", "--json",
                           os.path.join(PLANTS, plant), influent], capture_output=True, text=True,
                          check=True)
    score = json.loads(done.stdout)
    return score["seconds"], score["calls"]


def theirs(name, influent, days, temp):
    done = subprocess.run([python(), "-c", THEIRS.format(name=name, temp=temp), influent, str(days)],
                          capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stderr[-400:], file=sys.stderr)
        return None
    return float(done.stdout.split()[-1])


def with_21_columns(path, folder):
    """Our influent as theirs: no header, temperature 15, five columns of nothing."""
    out = os.path.join(folder, "theirs_" + os.path.basename(path))
    with open(path, encoding="utf-8") as f, open(out, "w", encoding="utf-8") as to:
        for line in list(f)[1:]:
            to.write(line.strip() + ",15,0,0,0,0,0\n")
    return out


def constant(folder, days):
    """BSM2's constant influent every 15 minutes: ours and theirs."""
    with open(BSM2, encoding="utf-8") as f:
        values = f.readline().split()[1:]
    mine, other = os.path.join(folder, "constant.csv"), os.path.join(folder, "theirs.csv")
    with open(mine, "w", encoding="utf-8") as a, open(other, "w", encoding="utf-8") as b:
        a.write("t_d,SI,SS,XI,XS,XBH,XBA,XP,SO,SNO,SNH,SND,XND,SALK,TSS,Q_m3d,T\n")
        for i in range(days * 96):
            a.write(f"{i / 96:.10g}," + ",".join(values[:16]) + "\n")
            b.write(f"{i / 96:.10g}," + ",".join(values) + "\n")
    return mine, other


def row(name, days, target_s, measure_ours, measure_theirs, repeats):
    mine = [measure_ours() for _ in range(repeats)]
    other = measure_theirs() if measure_theirs else None
    result = {"name": name, "days": days, "target_s": target_s, "calls": mine[0][1],
              "thalweg_s": round(statistics.median(s for s, _ in mine), 4),
              "best_s": round(min(s for s, _ in mine), 4)}
    if other is not None:
        result["theirs_s"] = round(other, 3)
        result["ratio"] = round(other / result["thalweg_s"], 1)
    return result


def rows(options):
    if not os.path.isdir(BSM1):
        yield {"name": "plants", "skipped": "no corpus of plants at ../shared/corpus/plant"}
        return
    repeats = max(5, options.repeats or 0)
    dry = os.path.join(BSM1, "dry_asm1order.csv")
    wide = with_21_columns(dry, options.folder)
    yield row("BSM1 open loop, dry", 14, 0.05, lambda: ours("bsm1-open.ini", dry),
              lambda: theirs("BSM1OL", wide, 13.98, False), repeats)
    yield row("BSM1 closed loop, ideal sensors", 14, 0.3, lambda: ours("bsm1-closed.ini", dry), None,
              repeats)
    yield row("BSM1 closed loop, sensors with noise", 14, 0.3,
              lambda: ours("bsm1-closed-sensors.ini", dry), None, repeats)
    days = 609
    mine, other = constant(options.folder, days)
    part = days if options.full else 20   # theirs takes the same time for every step
    yield row("BSM2 open loop, constant influent" + ("" if options.full else
                                                     ", theirs from 20 days"), days, 5.0,
              lambda: ours("bsm2.ini", mine),
              lambda: (theirs("BSM2OL", other, part, True) or 0.0) * days / part or None, 3)


def summary(found):
    return {f"{r['name']}: ratio": r["ratio"] for r in found if r.get("ratio")}
