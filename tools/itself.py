#!/usr/bin/env python3
"""SWMM against itself: where Thalweg differs from SWMM 5.2.4, does SWMM agree with itself?

  itself.py             the models that docs/validation.json lists as differing and that were not
                        asked yet; adds what SWMM says to docs/validation.json and .md
  itself.py --again     all of those that differ
  itself.py --only T    models whose path holds T
  itself.py --change E  by E instead of 1e-6; writes nothing

Every roughness, of conduits, transects and overland, is multiplied by 1 + 1e-6 and by 1 - 1e-6, less than
anybody can measure by four digits, and SWMM's two results are compared with its reference by the
same rule. A model where SWMM does not agree with itself can't tell whether another engine is right.
"""
import argparse
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench"))
import peer  # noqa: E402
import validate  # noqa: E402

CHANGE = 1e-6
ROUGHNESS = 4         # column of [CONDUITS]
OVERLAND = {1, 2}     # columns of [SUBAREAS]


def scaled(words, columns, factor):
    return [repr(float(w) * factor) if i in columns else w for i, w in enumerate(words)]


def rougher(text, factor):
    """The model's text with the roughness of conduits, transects and subareas multiplied."""
    lines, section = [], ""
    for line in text.splitlines(keepends=True):
        words = line.split(";")[0].split()
        if words and words[0].startswith("["):
            section = words[0].upper()[:5]
        elif section == "[COND" and len(words) > ROUGHNESS:
            line = " ".join(scaled(words, {ROUGHNESS}, factor)) + "\n"
        elif section == "[SUBA" and len(words) > max(OVERLAND):
            line = " ".join(scaled(words, OVERLAND, factor)) + "\n"
        elif section == "[TRAN" and words[:1] and words[0].upper() == "NC":
            line = " ".join(scaled(words, {1, 2, 3}, factor)) + "\n"
        lines.append(line)
    return "".join(lines)


def asked(model, library, factor, limit_s):
    """(status, note) of SWMM's results with another roughness beside its reference."""
    path = os.path.join(validate.CORPUS, model)
    with tempfile.TemporaryDirectory(prefix="thalweg-") as folder:
        copy = peer.prepare(path, folder, {"THREADS": 1})   # SWMM's threads spin on a busy machine
        with open(copy, encoding="utf-8", errors="surrogateescape") as f:
            text = f.read()
        with open(copy, "w", encoding="utf-8", errors="surrogateescape") as out:
            out.write(rougher(text, factor))
        try:
            code = subprocess.run([peer.LAUNCHER, library, copy, "model.rpt", "model.out"],
                                  cwd=folder, stdout=subprocess.DEVNULL,
                                  timeout=limit_s).returncode
        except subprocess.TimeoutExpired:
            return None, f"not asked: more than {limit_s:.0f} s"
        if code != 0:
            return None, f"SWMM ends with {code}"
        status, note, figures = validate.compare(validate.reference_of(model), folder)
    if status == validate.AGREE:
        note = f"{figures['within']:.0%} within 5 %" if "within" in figures else ""
    return status, note


def against_itself(model, library, change, limit_s):
    """What docs/validation.json keeps: the worse of the two changes."""
    answers = [asked(model, library, factor, limit_s) for factor in (1.0 + change, 1.0 - change)]
    for status, note in answers:
        if status != validate.AGREE:
            return {"agrees": None if status is None else False, "note": note}
    return {"agrees": True, "note": answers[0][1]}


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("--again", action="store_true")
    ap.add_argument("--only", default="")
    ap.add_argument("--change", type=float, help="another one than 1e-6: only printed, of all that differ")
    ap.add_argument("--limit", type=float, default=900.0, help="seconds for one run of SWMM")
    args = ap.parse_args()
    if not os.path.exists(validate.CORPUS):
        print("skipped: no ../shared")
        return validate.SKIP
    library = peer.library()
    peer.build_helpers()
    data = validate.load()
    for model, entry in data["models"].items():
        if entry["status"] != validate.DIFFER or args.only not in model:
            continue
        if "itself" in entry and not args.again and args.change is None:
            continue
        itself = against_itself(model, library, args.change or CHANGE, args.limit)
        print(f"{itself['agrees']!s:5s} {model}  {itself['note']}", flush=True)
        if args.change is None:
            entry["itself"] = itself
            validate.save(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
