#!/usr/bin/env python3
"""Run models of ../shared/corpus and compare their results with those of SWMM 5.2.4.

  validate.py                       the models that docs/validation.json lists as agreeing and
                                    quick: fails when one no longer agrees (this is a ctest)
  validate.py --all core wide large cities
                                    every model of these lists; writes docs/validation.md and .json
  validate.py --only extran         models whose path holds a text; writes nothing but with --write
  validate.py --page                docs/validation.md again from validation.json and causes.json

docs/causes.json is kept by hand: for a model that differs, or balances worse than SWMM's, the
element and the cause in a sentence.
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

import balances
import validation_page
from validation_page import (AGREE, CRASH, DIFFER, FAILED, NO_REF, REFUSED, SLOW, choose_quick,
                             counts)

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SHARED = os.path.join(ROOT, "..", "shared")
CORPUS = os.path.join(SHARED, "corpus")
COMPARE = os.path.join(SHARED, "tools", "compare_out.py")
JSON = os.path.join(ROOT, "docs", "validation.json")
CAUSES = os.path.join(ROOT, "docs", "causes.json")
PAGE = os.path.join(ROOT, "docs", "validation.md")
LISTS = {"cities": "cities/list.txt", "core": "swmm/core.txt", "wide": "swmm/wide.txt",
         "large": "swmm/large.txt"}
SKIP = 77


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


def reference_of(model, ending=".out.gz"):
    folder, name = os.path.split(os.path.join(CORPUS, model))
    return os.path.join(folder, "ref", os.path.splitext(name)[0] + ending)


def from_reports(model, folder):
    """What SWMM's report of a model states: {balance: [SWMM's error, ours]} in percent, the share of
    SWMM's steps that did not converge, and where."""
    stated = reference_of(model, ".rpt.gz")
    if not os.path.exists(stated):
        return {}
    report = balances.read_report(stated)
    swmm = balances.errors_of(report)
    ours = balances.errors_of(balances.read_report(os.path.join(folder, "model.rpt")))
    return {"continuity": {name: [error, ours.get(name)] for name, error in swmm.items()},
            "unconverged": balances.unconverged(report), "restless": balances.restless(report)}


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
            entry.update(figures, **from_reports(model, folder))
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


def save(data):
    """Write docs/validation.json and the page made from it."""
    with open(JSON, "w", encoding="utf-8") as out:
        json.dump(data, out, indent=1)
        out.write("\n")
    write_page(data)


def write_page(data):
    """docs/validation.md from docs/validation.json and docs/causes.json."""
    with open(CAUSES, encoding="utf-8") as f:
        causes = json.load(f)
    with open(PAGE, encoding="utf-8") as f:
        plants = validation_page.plants_part(f.read())
    with open(PAGE, "w", encoding="utf-8") as out:
        out.write(validation_page.page(data, causes, list(LISTS)) + plants)


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
        if args.only and not args.write:
            continue
        kept = {m: e for m, e in data["models"].items() if e["list"] != name or m not in results
                and args.only}
        new = {m: {"list": name, "sensitive": m in sensitive,
                   **with_itself(e, data["models"].get(m, {}))} for m, e in results.items()}
        data["models"] = dict(sorted({**kept, **new}.items()))
        print(", ".join(f"{n} {s}" for s, n in counts(results.values()).items() if n))
    if args.only and not args.write:
        return 0
    data["date"] = datetime.date.today().isoformat()
    save(data)
    print(f"written: {os.path.relpath(JSON, ROOT)}, {os.path.relpath(PAGE, ROOT)}")
    return 0


def check_quick(args):
    """The ctest form."""
    known = load()["models"]
    quick = choose_quick(known)
    if not quick:
        print("skipped: docs/validation.json lists no agreeing model")
        return SKIP
    results = validate_all(quick, args)
    lost = [m for m, e in results.items() if e["status"] != AGREE]
    for model in lost:
        print(f"no longer agrees: {model}: {results[model]['status']} {results[model]['note']}")
    print(f"{len(quick) - len(lost)} of {len(quick)} models agree")
    core = {m: e for m, e in results.items() if known[m]["list"] == "core"}
    unbalanced = validation_page.unbalanced(core)
    for model, name, swmm, ours in unbalanced:
        print(f"balances worse than SWMM: {model}: {name} {ours} %, SWMM {swmm} %")
    return 1 if lost or unbalanced else 0


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("--all", nargs="+", choices=list(LISTS), metavar="LIST",
                    help="every model of " + ", ".join(LISTS))
    ap.add_argument("--only", default="", help="models whose path holds this text")
    ap.add_argument("--write", action="store_true", help="keep what --only found")
    ap.add_argument("--page", action="store_true", help="docs/validation.md only")
    ap.add_argument("--command", default="build/thalweg run",
                    help="called with MODEL.inp REPORT.rpt RESULTS.out")
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--limit", type=float, help="seconds for one model [30 times SWMM's, >= 60]")
    args = ap.parse_args()
    if args.page:
        write_page(load())
        return 0
    if not os.path.exists(CORPUS):
        print("skipped: no ../shared")
        return SKIP
    if args.all or args.only:
        return run_lists(args.all or list(LISTS), args)
    return check_quick(args)


if __name__ == "__main__":
    sys.exit(main())
