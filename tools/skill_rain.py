#!/usr/bin/env python3
"""How reliable forecasts are that were issued before and after a storm's first rain, pooled.

  tools/skill_rain.py FORECASTS.csv STORM-FOLDER [FORECASTS.csv STORM-FOLDER ...]

FORECASTS.csv is what `thalweg hindcast --forecasts` wrote of the storm in the folder, which needs
rain.csv and truth_points.csv. Of "deeper than 0.15 m", as a table per tenth of the probability.
"""
import csv
import datetime
import os
import sys

DEEP_M = 0.15
time_of = datetime.datetime.fromisoformat


def table(path):
    with open(path, encoding="utf-8") as file:
        yield from csv.DictReader(file)


def first_rain(folder):
    return min(time_of(row["time"]) for row in table(os.path.join(folder, "rain.csv"))
               if float(row["rain_mm"] or 0) > 0)


def cases(forecasts, folder):
    """(issued after the first rain, probability, whether it came)."""
    truth = {time_of(row["time"]): row
             for row in table(os.path.join(folder, "truth_points.csv"))}
    began = first_rain(folder)
    for row in table(forecasts):
        issued = time_of(row["issued"])
        then = truth.get(issued + datetime.timedelta(minutes=int(row["lead_min"])))
        if then is not None:
            yield issued >= began, float(row["p15"]), float(then[row["point"]]) > DEEP_M


def main(arguments):
    if not arguments or len(arguments) % 2:
        sys.exit(__doc__)
    found = [case for i in range(0, len(arguments), 2)
             for case in cases(arguments[i], arguments[i + 1])]
    for wet, words in ((False, "before the first rain"), (True, "from the first rain on")):
        print(f"\nissued {words}\n\n| probability | cases | mean | came |\n|---|---:|---:|---:|")
        for tenth in range(10):
            here = [(p, came) for was, p, came in found
                    if was == wet and min(int(10 * p), 9) == tenth]
            means = [f"{sum(column) / len(here):.2f}" for column in zip(*here)] or ["-", "-"]
            print(f"| {tenth / 10:.1f} to {(tenth + 1) / 10:.1f} | {len(here)} | "
                  + " | ".join(means) + " |")


if __name__ == "__main__":
    main(sys.argv[1:])
