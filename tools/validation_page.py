"""docs/validation.md: one table of every model that was compared with SWMM, and what stands apart."""
import balances

QUICK_TOTAL_S = 150.0   # of one processor, for the ctest form of tools/validate.py
AGREE, DIFFER, REFUSED, FAILED, CRASH, SLOW, NO_REF = (
    "agree", "differ", "not supported", "failed", "crash", "too slow", "no reference")
ORDER = (AGREE, DIFFER, REFUSED, FAILED, CRASH, SLOW, NO_REF)
RULE = """Written by `make test-peers` (tools/validate.py). Each model is run by `thalweg run` with \
the settings of its file and compared with what SWMM 5.2.4 computes, one thread: two results *agree* \
when, for every variable of subcatchments, nodes and links, at least 95 % of the elements have \
RMS(difference) <= 5 % of the series' spread, and outflow volumes differ by no more than 1 %. \
*Sensitive* models are those where SWMM does not agree with itself when every roughness changes by \
1e-6; they are counted apart."""
COLUMNS = """*within*: the share of elements within 5 % of the variable that does worst. *Continuity* \
errors in percent as the reports state them, SWMM's and ours. *s*: wall time; SWMM's is that of the \
list, measured on a busy machine, ours that of this validation; both side by side on a quiet machine: \
[performance](performance.md). *t*: `make test` runs the model."""
ITSELF = """*SWMM with itself*: does SWMM 5.2.4 agree with its own results, by the same rule, when the \
roughness of every conduit and transect is multiplied by 1 + 1e-6 and by 1 - 1e-6 (tools/itself.py)? \
Where it does not, steps do not converge and the last digits decide \
([decision 7](decisions/0007-where-swmm-does-not-converge.md)). *Unconverged*: the \
share of SWMM's steps that end before heads stand still. *Element and cause* is kept by hand in \
docs/causes.json; where it says nothing and SWMM does not agree with itself, it is what SWMM's report \
names first among nodes that do not converge and links that are not stable."""
BALANCES = """Every continuity error that a report states (runoff, groundwater, routing, each \
pollutant) may be larger than SWMM's by 0.1 percentage points, whatever its sign."""
PLANTS = "\n## Plants beside "


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


def unbalanced(models):
    """[(model, balance, SWMM's error, ours)] of the balances that are too much worse."""
    broken = []
    for model, entry in models.items():
        pairs = entry.get("continuity", {})
        broken += [(model, *b) for b in balances.worse({n: p[0] for n, p in pairs.items()},
                                                       {n: p[1] for n, p in pairs.items()})]
    return broken


def cell(value, form="{:.2f}"):
    return "" if value is None else form.format(value)


def short(model):
    return model.removeprefix("swmm/")


def plain(words):
    """A bar would end the cell of a table."""
    return words.replace("|", "/")


def word_of_itself(entry):
    """What tools/itself.py found, in words."""
    itself = entry.get("itself")
    if itself is None:
        return "no (sensitive.txt)" if entry["sensitive"] else "not asked"
    word = {True: "yes", False: "no", None: "?"}[itself["agrees"]]
    return plain(f"{word}: {itself['note']}" if itself["note"] else word)


def summary(models, lists):
    """How many of each list agree."""
    lines = ["| list | models | " + " | ".join(ORDER[:-1]) + " | agree % |",
             "|---|---:|" + "---:|" * len(ORDER)]
    groups = [(n, [e for e in models.values() if e["list"] == n and not e["sensitive"]])
              for n in lists]
    groups.append(("sensitive", [e for e in models.values() if e["sensitive"]]))
    for name, entries in groups:
        if entries:
            c = counts(entries)
            lines.append(f"| {name} | {len(entries)} | " + " | ".join(str(c[s]) for s in ORDER[:-1])
                         + f" | {100 * c[AGREE] / len(entries):.1f} |")
    return lines


def row(model, e, quick):
    """A model in the table of all."""
    cells = [short(model), e["list"] + (", sensitive" if e["sensitive"] else ""), e["status"],
             cell(e.get("within"), "{:.1%}"), e.get("variable", ""),
             cell(e.get("outflow_ratio"), "{:.4f}")]
    for name in ("runoff", "routing"):
        cells += [cell(error, "{:.3f}") for error in e.get("continuity", {}).get(name, (None, None))]
    cells += [cell(e["swmm_s"]), cell(e.get("seconds")), "t" if model in quick else ""]
    return "| " + " | ".join(cells) + " |"


def every_model(models):
    quick = {m for m, _ in choose_quick(models)}
    lines = ["", "## Every model", "", COLUMNS, "",
             "| model | list | result | within | variable | outflow ratio | runoff SWMM % | ours % "
             "| routing SWMM % | ours % | SWMM s | ours s | t |",
             "|---|---|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---|"]
    return lines + [row(m, e, quick) for m, e in sorted(models.items())]


def cause_of(model, e, causes):
    """The sentence of docs/causes.json; else, where SWMM does not agree with itself, what its report
    says is restless."""
    if short(model) in causes:
        return plain(causes[short(model)])
    restless = e.get("restless", {})
    if e.get("itself", {}).get("agrees") is not False and not e["sensitive"]:
        return ""
    words = []
    if "node" in restless:
        words.append("heads do not settle, most often at node {} in {:.1f} % of the steps".format(
            *restless["node"]))
    if "link" in restless:
        words.append("flow swings, most in link {} (index {:.0f})".format(*restless["link"]))
    return plain("; ".join(words))


def differing(models, causes):
    """Models that do not agree: by how much, whether SWMM itself does, and why."""
    rows = [(m, e) for m, e in sorted(models.items()) if e["status"] not in (AGREE, NO_REF)]
    if not rows:
        return []
    lines = ["", "## Differ", "", ITSELF, "",
             "| model | Thalweg with SWMM | SWMM with itself | unconverged % | element and cause |",
             "|---|---|---|---:|---|"]
    for model, e in rows:
        what = e["note"] if e["status"] == DIFFER else f"{e['status']}: {e['note']}"
        itself = word_of_itself(e) if e["status"] == DIFFER else ""
        lines.append(f"| {short(model)} | {plain(what)} | {itself} | "
                     f"{cell(e.get('unconverged'), '{:.1f}')} | "
                     f"{cause_of(model, e, causes)} |")
    return lines


def balance_part(models, causes):
    """Balances that are worse than SWMM's."""
    broken = unbalanced(dict(sorted(models.items())))
    core = sum(models[m]["list"] == "core" for m, *_ in broken)
    lines = ["", "## Balances", "", f"{BALANCES} They are in {len(broken)} cases, {core} of the core "
             "list."]
    if broken:
        lines += ["", "| model | list | balance | SWMM % | ours % | cause |",
                  "|---|---|---|---:|---:|---|"]
    for model, name, swmm, ours in broken:
        lines.append(f"| {short(model)} | {models[model]['list']} | {plain(name)} | {swmm:.3f} | "
                     f"{cell(ours, '{:.3f}') or 'not stated'} | "
                     f"{cause_of(model, models[model], causes)} |")
    return lines


def plants_part(text):
    """What tests/peers/plant_peer.py has put at the end of the page: kept as it is."""
    at = text.find(PLANTS)
    return "" if at < 0 else text[at:].rstrip("\n") + "\n"


def page(data, causes, lists):
    """The whole page but for the plants, from what docs/validation.json and causes.json hold."""
    models = data["models"]
    lines = ["# Agreement with SWMM 5.2.4", "", RULE, "", f"Measured {data.get('date', '')}.", "",
             *summary(models, lists), *differing(models, causes), *balance_part(models, causes),
             *every_model(models)]
    return "\n".join(lines) + "\n"
