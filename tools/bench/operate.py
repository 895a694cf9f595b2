"""Plants: inspection of 60 plants x 500 tags x 24 h out of the store, and the influent forecast.

The tags' values come from `tools/bench/operate_fill.c`: one a minute, sealed into chunks. Inspected by
`thalweg inspect`: everything counts, from reading plants/*.ini to the last page on disk. The forecast
is `thalweg plant fit --test` on the given inflow data, RMSE in m3/h; the ridge ARX beside it is that of
../shared/facts/plants.md section 4, with the same split.
"""
import json
import os
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INFLOW = os.path.join(ROOT, "..", "shared", "corpus", "plant", "real", "inflow",
                      "inflow_rain_hourly.csv")
BSM1 = os.path.join(ROOT, "..", "shared", "corpus", "plant", "bsm1", "influent")
TITLE = "plants: an inspection of 60 x 500 tags x 24 h; inflow foretold, RMSE with perfect rain; advice"
COLUMNS = [("seconds", "s", ".2f"), ("target", "target s", ".0f"), ("rmse", "RMSE m3/h", ".1f"),
           ("ridge_arx", "ridge ARX", ".0f"), ("saved", "OCI saved %", ".2f"),
           ("eqi", "EQI more %", ".2f")]
PLANTS, TAGS, AT = 60, 500, "2031-07-02T00:00"
KINDS = ["flow", "level", "do", "nh4", "mlss", "temp", "power", "tn", "cod", "ph"]
RIDGE_ARX = {1: 225, 3: 253, 6: 263, 12: 280}


def city(folder):
    """A city of plants that do not exist; returns its folder."""
    place = os.path.join(folder, "plants60")
    os.makedirs(os.path.join(place, "plants"), exist_ok=True)
    os.makedirs(os.path.join(place, "var"), exist_ok=True)
    with open(os.path.join(place, "city.ini"), "w", encoding="utf-8") as out:
        out.write("[city]\ntimezone = +00:00\n")
    for p in range(PLANTS):
        lines = [f"[plant]\nid = W{p:02d}\nlon = 1\nlat = 1\ncapacity_m3d = 50000\n"
                 "standard = GB 18918-2002\nclass = 1A\n[unit U]\ntitle_en = Unit\n"]
        for t in range(TAGS):
            at = "influent" if t == 0 else "effluent" if t < 10 else "U"
            lines.append(f"[tag T{t:03d}]\nkind = {KINDS[t % 10]}\nat = {at}\n")
        with open(os.path.join(place, "plants", f"W{p:02d}.ini"), "w", encoding="utf-8") as out:
            out.write("".join(lines))
    return place


def fill(folder, place):
    program, build = os.path.join(folder, "operate_fill"), os.path.join(ROOT, "build")
    flags = subprocess.run(["pkg-config", "--libs", "sqlite3", "zlib", "libpq"], check=True,
                           capture_output=True, text=True).stdout.split()
    subprocess.run(["cc", "-std=c17", "-O2", "-D_GNU_SOURCE", "-I" + os.path.join(ROOT, "src"),
                    "-I" + os.path.join(ROOT, "include"),
                    os.path.join(ROOT, "tools", "bench", "operate_fill.c"), "-o", program,
                    os.path.join(build, "libthalweg_service.a"),
                    os.path.join(build, "libthalweg.a"), *flags, "-lm", "-lpthread"], check=True)
    subprocess.run([program, os.path.join(place, "var", "live.db"), str(PLANTS), str(TAGS)],
                   check=True)


def advice(thalweg):
    """BSM1 closed loop, days 7 to 14: advice followed day by day beside the file's set-points."""
    for weather in ("dry", "rain", "storm"):
        influent = os.path.join(BSM1, weather + "_asm1order.csv")
        if not os.path.exists(influent):
            yield {"name": "advice", "skipped": "../shared/corpus/plant is not here"}
            return
        done = subprocess.run([thalweg, "plant", "advise", "--at", "7", "--replay", "7", "--json",
                               os.path.join(ROOT, "examples", "plants", "bsm1-closed.ini"), influent],
                              capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
        before, after = found["OCI"]
        dirty, clean = found["EQI_kgd"]
        yield {"name": f"advice {weather}", "seconds": found["seconds"], "target": 10,
               "saved": 100.0 * (before - after) / before, "eqi": 100.0 * (clean - dirty) / dirty}


def rows(options):
    thalweg = os.path.join(ROOT, "build", "thalweg")
    place = city(options.folder)
    fill(options.folder, place)
    begin = time.monotonic()
    done = subprocess.run([thalweg, "inspect", place, "--at", AT, "--json"], capture_output=True,
                          text=True, check=False)
    took = time.monotonic() - begin
    if done.returncode not in (0, 1) or len(json.loads(done.stdout)) != PLANTS:
        yield {"name": "inspection", "failed": done.stderr[-200:]}
    else:
        yield {"name": "inspection", "seconds": took, "target": 10}
    yield from advice(thalweg)
    if not os.path.exists(INFLOW):
        yield {"name": "inflow", "skipped": "../shared/corpus/plant is not here"}
        return
    begin = time.monotonic()
    done = subprocess.run([thalweg, "plant", "fit", INFLOW, os.path.join(options.folder, "m.json"),
                           "--test", "2024-03-01/2024-04-17", "--json"], capture_output=True,
                          text=True, check=True)
    took = time.monotonic() - begin
    scores = json.loads(done.stdout)
    for lead, beside in RIDGE_ARX.items():
        yield {"name": f"inflow {lead} h", "seconds": took, "rmse": scores[lead - 1]["rmse_m3h"],
               "ridge_arx": beside}
