#!/usr/bin/env python3
"""Run models of ../shared/corpus and compare their results with those of SWMM 5.2.4.

  validate.py                       the models that docs/validation.json lists as agreeing and
                                    quick: fails when one no longer agrees (this is a ctest)
  validate.py --all core wide large cities
                                    every model of these lists; writes docs/validation.md and .json
  validate.py --only extran         models whose path holds a text; writes nothing
"""
import argparse
import concurrent.futures
import datetime
import gzip
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SHARED = os.path.join(ROOT, "..", "shared")
CORPUS = os.path.join(SHARED, "corpus")
COMPARE = os.path.join(SHARED, "tools", "compare_out.py")
JSON = os.path.join(ROOT, "docs", "validation.json")
PAGE = os.path.join(ROOT, "docs", "validation.md")
LISTS = {"cities": "cities/list.txt", "core": "swmm/core.txt", "wide": "swmm/wide.txt",
         "large": "swmm/large.txt"}
SKIP = 77
QUICK_TOTAL_S = 150.0   # of one processor, for the ctest form

AGREE, DIFFER, REFUSED, FAILED, CRASH, SLOW, NO_REF = (
    "agree", "differ", "not supported", "failed", "crash", "too slow", "no reference")
ORDER = (AGREE, DIFFER, REFUSED, FAILED, CRASH, SLOW, NO_REF)


def read_list(name):
    """[(path below corpus, SWMM's seconds)] of one list."""
    path = os.path.join(CORPUS, LISTS[name])
    folder = os.path.dirname(LISTS[name])
    rows = []
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.startswith("#") or not line.strip():
                continue
            cells = line.rstrip("\n").split("\t")
            seconds = float(cells[4]) if len(cells) > 4 else None
            rows.append((f"{folder}/{cells[0]}", seconds))
    return rows


def sensitive_models():
    with open(os.path.join(CORPUS, "swmm/sensitive.txt"), encoding="utf-8") as f:
        return {"swmm/" + line.strip() for line in f if line.strip() and line[0] != "#"}


def reference_of(model):
    folder, name = os.path.split(os.path.join(CORPUS, model))
    return os.path.join(folder, "ref", os.path.splitext(name)[0] + ".out.gz")


def first_fault(text):
    """The first line that tells what is wrong, without the folders of this machine."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if ".inp" in line.lower() and "warning" not in line]
    line = (told or lines or ["?"])[0]
    cut = line.lower().find(".inp:")
    if cut >= 0:
        line = "line " + line[cut + 5:]
    return line[:160]


def run_command(command, model, folder, limit_s):
    """Run one model; (status, note, seconds)."""
    words = shlex.split(command) + [os.path.join(CORPUS, model), "model.rpt", "model.out"]
    if os.path.exists(os.path.join(ROOT, words[0])):
        words[0] = os.path.join(ROOT, words[0])
    begin = time.monotonic()
    try:
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, errors="replace",
                              timeout=limit_s)
    except subprocess.TimeoutExpired:
        return SLOW, f"more than {limit_s:.0f} s", limit_s
    seconds = time.monotonic() - begin
    if done.returncode < 0:
        return CRASH, f"signal {-done.returncode}", seconds
    if done.returncode in (2, 3):
        return REFUSED, first_fault(done.stderr), seconds
    if done.returncode != 0 or not os.path.exists(os.path.join(folder, "model.out")):
        return FAILED, first_fault(done.stderr), seconds
    return AGREE, "", seconds


def compare(reference, folder):
    """Compare the results in a folder with a reference; (status, note, figures)."""
    whole = os.path.join(folder, "reference.out")
    with gzip.open(reference) as packed, open(whole, "wb") as out:
        shutil.copyfileobj(packed, out)
    done = subprocess.run([sys.executable, COMPARE, whole, os.path.join(folder, "model.out"),
                           "--json"], capture_output=True, text=True)
    if done.returncode == 2:
        return DIFFER, done.stderr.strip().split("compare_out: ")[-1][:160], {}
    result = json.loads(done.stdout)
    decisive = {k: v for k, v in result["variables"].items() if not k.startswith("system.")}
    ratio = result["outflow_ratio"]
    figures = {"outflow_ratio": None if ratio is None else round(ratio, 5)}
    if not decisive:   # the model reports no element
        note = "" if result["agree"] else f"outflow x {ratio:.4g}"
        return (AGREE if result["agree"] else DIFFER), note, figures
    name, worst = min(decisive.items(), key=lambda item: (item[1]["within"], -item[1]["p95"]))
    figures.update(within=round(worst["within"], 4), variable=name,
                   p95=float(f"{worst['p95']:.2g}") if worst["p95"] < 1e6 else None)
    note = ""
    if not result["agree"]:
        note = f"{name}: {worst['within']:.0%} within 5 %, worst {worst['worst'][0][0]}"
        if ratio is not None and abs(ratio - 1) > 0.01:
            note += f"; outflow x {ratio:.4g}"
    return (AGREE if result["agree"] else DIFFER), note, figures


def validate(model, swmm_s, args):
    """Everything about one model, as docs/validation.json keeps it."""
    entry = {"swmm_s": swmm_s}
    reference = reference_of(model)
    if not os.path.exists(reference):
        return {**entry, "status": NO_REF, "note": ""}
    limit = args.limit or max(60.0, 30.0 * (swmm_s or 10.0))
    with tempfile.TemporaryDirectory(prefix="thalweg-") as folder:
        status, note, seconds = run_command(args.command, model, folder, limit)
        entry["seconds"] = round(seconds, 2)
        if status == AGREE:
            begin = time.monotonic()
            status, note, figures = compare(reference, folder)
            entry.update(figures)
            entry["compare_s"] = round(time.monotonic() - begin, 2)
    return {**entry, "status": status, "note": note}


def validate_all(models, args):
    """{model: entry} of [(model, seconds)], args.jobs at a time, in the order given."""
    results = {}
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        waiting = {pool.submit(validate, m, s, args): m for m, s in models}
        for k, done in enumerate(concurrent.futures.as_completed(waiting)):
            model, entry = waiting[done], done.result()
            results[model] = entry
            print(f"{k + 1:4d}/{len(models)} {entry['status']:13s} {model}  {entry['note']}",
                  flush=True)
    return {m: results[m] for m, _ in models}


def load():
    try:
        with open(JSON, encoding="utf-8") as f:
            return json.load(f)
    except FileNotFoundError:
        return {"models": {}}


def choose_quick(models):
    """Of the agreeing models the quickest, until the time for the ctest is used up."""
    agreeing = [(e.get("seconds", 0) + e.get("compare_s", 0), m, e) for m, e in models.items()
                if e["status"] == AGREE and not e.get("sensitive")]
    total, quick = 0.0, []
    for cost, model, entry in sorted(agreeing, key=lambda a: (a[0], a[1])):
        total += cost
        if total > QUICK_TOTAL_S:
            break
        quick.append((model, entry.get("swmm_s")))
    return sorted(quick)


def counts(entries):
    return {status: sum(e["status"] == status for e in entries) for status in ORDER}


def cell(value, form="{:.2f}"):
    return "" if value is None else form.format(value)


def short(model):
    return model.removeprefix("swmm/")


def word_of_itself(entry):
    """What tools/itself.py found, in words."""
    if entry["sensitive"]:
        return "no (sensitive.txt)"
    itself = entry.get("itself")
    if itself is None:
        return "not asked"
    word = {True: "yes", False: "no", None: "?"}[itself["agrees"]]
    return f"{word}: {itself['note']}" if itself["note"] else word


def differing(rows):
    """The part of the page on models that differ."""
    if not rows:
        return []
    lines = ["", "## Differ", "", "*SWMM with itself*: does SWMM 5.2.4 agree with its own results, "
             "by the same rule, when the roughness of every conduit and transect is multiplied by "
             "1 + 1e-6 and by 1 - 1e-6 (tools/itself.py)? Where it does not, steps do not converge "
             "and the last digits decide ([decision 7](decisions/0007-where-swmm-does-not-converge.md)).",
             "", "| model | Thalweg with SWMM | SWMM with itself |", "|---|---|---|"]
    for model, entry in rows:
        note = entry["note"].replace("|", "/")
        lines.append(f"| {short(model)} | {note} | {word_of_itself(entry)} |")
    return lines


def plants_part():
    """What tests/peers/plant_peer.py has put at the end of the page: kept as it is."""
    try:
        with open(PAGE, encoding="utf-8") as f:
            text = f.read()
    except OSError:
        return []
    at = text.find("\n## Plants beside ")
    return [] if at < 0 else text[at:].rstrip("\n").split("\n")


def write_page(data):
    """docs/validation.md from docs/validation.json."""
    models = data["models"]
    lines = [
        "# Agreement with SWMM 5.2.4", "",
        "Written by `make test-peers` (tools/validate.py). Each model is run by `thalweg run` with "
        "the settings of its file and compared with what SWMM 5.2.4 computes, one thread: two "
        "results *agree* when, for every variable of subcatchments, nodes and links, at least "
        "95 % of the elements have RMS(difference) <= 5 % of the series' spread, and outflow "
        "volumes differ by no more than 1 %. *Sensitive* models are those where SWMM does not "
        "agree with itself when every roughness changes by 1e-6; they are counted apart.", "",
        f"Measured {data.get('date', '')}.", "",
        "| list | models | " + " | ".join(ORDER[:-1]) + " |",
        "|---|---:|" + "---:|" * (len(ORDER) - 1)]
    groups = [(name, [e for e in models.values() if e["list"] == name and not e["sensitive"]])
              for name in LISTS] + [("sensitive", [e for e in models.values() if e["sensitive"]])]
    for name, entries in groups:
        if entries:
            c = counts(entries)
            lines.append(f"| {name} | {len(entries)} | "
                         + " | ".join(str(c[s]) for s in ORDER[:-1]) + " |")
    quick = {m for m, _ in choose_quick(models)}
    lines += ["", "## Agree", "", "`make test` runs those marked *t*. *within*: the share of "
              "elements within 5 % of the variable that does worst.", "",
              "| model | t | SWMM s | Thalweg s | within | variable | outflow ratio |",
              "|---|---|---:|---:|---:|---|---:|"]
    for model, e in sorted(models.items()):
        if e["status"] == AGREE:
            lines.append(f"| {short(model)}{' (sensitive)' if e['sensitive'] else ''} | "
                         f"{'t' if model in quick else ''} | {cell(e['swmm_s'])} | "
                         f"{cell(e['seconds'])} | {cell(e.get('within'), '{:.1%}')} | "
                         f"{e.get('variable', '')} | {cell(e.get('outflow_ratio'), '{:.4f}')} |")
    for status in ORDER[1:-1]:
        rows = [(m, e) for m, e in sorted(models.items()) if e["status"] == status]
        if status == DIFFER:
            lines += differing(rows)
        elif rows:
            lines += ["", f"## {status.capitalize()}", "", "| model | what |", "|---|---|"]
            lines += [f"| {short(m)}{' (sensitive)' if e['sensitive'] else ''} | "
                      f"{e['note'].replace('|', '/')} |" for m, e in rows]
    lines += plants_part()
    with open(PAGE, "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")


def save(data):
    """Write docs/validation.json and the page made from it."""
    with open(JSON, "w", encoding="utf-8") as out:
        json.dump(data, out, indent=1)
        out.write("\n")
    write_page(data)


def with_itself(entry, old):
    """What SWMM said of itself stays as long as the model differs: it is not about Thalweg."""
    if entry["status"] == DIFFER and "itself" in old:
        return {**entry, "itself": old["itself"]}
    return entry


def run_lists(names, args):
    data, sensitive = load(), sensitive_models()
    for name in names:
        rows = [r for r in read_list(name) if args.only in r[0]]
        print(f"== {name}: {len(rows)} models", flush=True)
        results = validate_all(rows, args)
        if args.only:
            continue
        kept = {m: e for m, e in data["models"].items() if e["list"] != name}
        new = {m: {"list": name, "sensitive": m in sensitive,
                   **with_itself(e, data["models"].get(m, {}))} for m, e in results.items()}
        data["models"] = dict(sorted({**kept, **new}.items()))
        print(", ".join(f"{n} {s}" for s, n in counts(results.values()).items() if n))
    if args.only:
        return 0
    data["date"] = datetime.date.today().isoformat()
    save(data)
    print(f"written: {os.path.relpath(JSON, ROOT)}, {os.path.relpath(PAGE, ROOT)}")
    return 0


def check_quick(args):
    """The ctest form."""
    quick = choose_quick(load()["models"])
    if not quick:
        print("skipped: docs/validation.json lists no agreeing model")
        return SKIP
    results = validate_all(quick, args)
    lost = [m for m, e in results.items() if e["status"] != AGREE]
    for model in lost:
        print(f"no longer agrees: {model}: {results[model]['status']} {results[model]['note']}")
    print(f"{len(quick) - len(lost)} of {len(quick)} models agree")
    return 1 if lost else 0


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("--all", nargs="+", choices=list(LISTS), metavar="LIST",
                    help="every model of " + ", ".join(LISTS))
    ap.add_argument("--only", default="", help="models whose path holds this text")
    ap.add_argument("--command", default="build/thalweg run",
                    help="called with MODEL.inp REPORT.rpt RESULTS.out")
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--limit", type=float, help="seconds for one model [30 times SWMM's, >= 60]")
    args = ap.parse_args()
    if not os.path.exists(CORPUS):
        print("skipped: no ../shared")
        return SKIP
    if args.all or args.only:
        return run_lists(args.all or list(LISTS), args)
    return check_quick(args)


if __name__ == "__main__":
    sys.exit(main())
