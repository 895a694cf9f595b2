#!/usr/bin/env python3
"""Hindcasts of several storms, their scores pooled, as the tables of docs/skill.md.

  tools/skill.py [--command build/thalweg] [--hold-out SENSOR] [--keep FOLDER] CITY STORM ... [-- OPTION ...]

Options after -- go to `thalweg hindcast`. With --keep, scores that are in FOLDER already are not
computed again.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

WAYS = {"forecast": "forecast", "persistence": "persistence of the modelled depth",
        "no_assimilation": "model without assimilation, the same rain",
        "perfect_rain": "assimilated, perfect rain"}
KEYS = ("cases", "hits", "misses", "false_alarms")


def scores_of(arguments, storm, extra):
    path = arguments.keep and os.path.join(arguments.keep, os.path.basename(storm.rstrip("/"))
                                           + ".json")
    if path and os.path.exists(path) and os.path.getsize(path) > 0:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    command = [arguments.command, "hindcast", arguments.city, storm, "--json", "--quiet", *extra]
    if arguments.hold_out:
        command += ["--hold-out", arguments.hold_out]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    if path:
        os.makedirs(arguments.keep, exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(done.stdout)
    return json.loads(done.stdout)


def csi(counts):
    of = counts["hits"] + counts["misses"] + counts["false_alarms"]
    return counts["hits"] / of if of else float("nan")


def pooled(storms, way, lead, which):
    sums = dict.fromkeys(KEYS, 0)
    for scores in storms:
        for row in scores["ways"].get(way, {"leads": []})["leads"]:
            if row["lead_min"] == lead:
                for key in KEYS:
                    sums[key] += row[which][key]
    return sums


def mean_of(storms, way, lead, key):
    """Mean over all cases of a score that is a mean over a storm's."""
    total, cases = 0.0, 0
    for scores in storms:
        for row in scores["ways"].get(way, {"leads": []})["leads"]:
            if row["lead_min"] == lead and row[key] is not None:
                total += row[key] * row["all"]["cases"]
                cases += row["all"]["cases"]
    return total / cases if cases else float("nan")


def print_leads(storms, way):
    print(f"\n{WAYS[way]}\n\n| lead min | POD | FAR | CSI | onsets: came | POD | FAR | CSI | "
          "Brier | CRPS m |\n|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for lead in range(15, 121, 15):
        cells = [str(lead)]
        for which in ("all", "onset"):
            c = pooled(storms, way, lead, which)
            came, told = c["hits"] + c["misses"], c["hits"] + c["false_alarms"]
            if which == "onset":
                cells.append(str(came))
            cells += [f"{c['hits'] / came:.2f}" if came else "-",
                      f"{c['false_alarms'] / told:.2f}" if told else "-", f"{csi(c):.2f}"]
        cells += [f"{mean_of(storms, way, lead, 'brier_p15'):.3f}",
                  f"{mean_of(storms, way, lead, 'crps_m'):.3f}"]
        print("| " + " | ".join(cells) + " |")


def print_reliability(storms, way):
    print("\n| probability | cases | mean | came |\n|---|---:|---:|---:|")
    for i in range(10):
        rows = [s["ways"][way]["reliability"][i] for s in storms]
        cases = sum(r["cases"] for r in rows)
        told = sum((r["foretold"] or 0) * r["cases"] for r in rows)
        came = sum((r["came"] or 0) * r["cases"] for r in rows)
        means = (f"{told / cases:.2f}", f"{came / cases:.2f}") if cases else ("-", "-")
        print(f"| {i / 10:.1f} to {(i + 1) / 10:.1f} | {cases} | {means[0]} | {means[1]} |")


def print_storms(storms):
    print("\n| storm | way | CSI 30 min | onsets | CSI 60 min | onsets | lead won, median min |\n"
          "|---|---|---:|---:|---:|---:|---:|")
    for scores in storms:
        for way, row in scores["ways"].items():
            by_lead = {lead["lead_min"]: lead for lead in row["leads"]}
            cells = [scores["storm"], WAYS[way]]
            for lead in (30, 60):
                cells += [f"{csi(by_lead[lead]['all']):.2f}", f"{csi(by_lead[lead]['onset']):.2f}"]
            cells.append(f"{row['lead_won_median_min']:.0f}")
            print("| " + " | ".join(cells) + " |")
    for way in storms[0]["ways"]:
        won = [p["lead_min"] for s in storms for p in s["ways"][way]["lead_won"]]
        counts = [csi(pooled(storms, way, lead, which)) for lead in (30, 60)
                  for which in ("all", "onset")]
        print(f"| **all** | {WAYS[way]} | " + " | ".join(f"{c:.2f}" for c in counts)
              + f" | {statistics.median(won):.0f} |")


def main():
    mine, extra = sys.argv[1:], []
    if "--" in mine:
        extra = mine[mine.index("--") + 1:]
        mine = mine[:mine.index("--")]
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--command", default="build/thalweg")
    parser.add_argument("--hold-out")
    parser.add_argument("--keep")
    parser.add_argument("city")
    parser.add_argument("storms", nargs="+")
    arguments = parser.parse_args(mine)
    storms = [scores_of(arguments, storm, extra) for storm in arguments.storms]
    print_storms(storms)
    for way in storms[0]["ways"]:
        print_leads(storms, way)
        if way != "persistence":
            print_reliability(storms, way)
    for scores in storms:
        if "held_out" in scores:
            h = scores["held_out"]
            lower = 100 * (1 - h["rmse_with"] / h["rmse_without"]) if h["rmse_without"] else 0
            print(f"\n{scores['storm']}, {h['sensor']} held out, {h['cases']} values: RMSE "
                  f"{h['rmse_with']:.3f} with, {h['rmse_without']:.3f} without, {lower:.0f} % lower")


if __name__ == "__main__":
    main()
