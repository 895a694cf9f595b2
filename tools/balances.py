"""Continuity errors as reports state them, SWMM's beside ours.

A balance is named after its heading in the report, that of a pollutant after the pollutant, too:
"runoff", "groundwater", "routing", "runoff TSS", "routing TSS". Errors are in percent.
"""
import gzip
import re

HEADINGS = {"Runoff Quantity Continuity": "runoff", "Runoff Quality Continuity": "runoff",
            "Groundwater Continuity": "groundwater", "Flow Routing Continuity": "routing",
            "Quality Routing Continuity": "routing"}
WORSE_BY = 0.1   # percentage points that ours may be larger than SWMM's
ERROR = re.compile(r"\s*Continuity Error \(%\) \.*(.*)")
RULER = re.compile(r"\s*\*{6,}(.*)")
EVERY = 14       # characters of a pollutant's column


def cells(text):
    """The values of a line; long ones stand without a blank between them."""
    return re.findall(r"-?\d+\.\d{3}|-?[a-z]+", text)


def pollutants(above, count):
    """Names over the columns of a balance of quality; long ones may leave no blank between them."""
    named = RULER.match(above)
    text = named.group(1) if named else ""
    names = text.split()
    if len(names) == count:
        return names
    return [text[EVERY * k:EVERY * (k + 1)].strip() for k in range(count)]


def errors_of(text):
    """{balance: error in percent} of a report."""
    found, heading, above = {}, None, ""
    lines = text.splitlines()
    for k, line in enumerate(lines):
        for words in HEADINGS:
            if line.strip().startswith(words) and RULER.match(lines[k - 1]):
                heading, above = words, lines[k - 1]
        told = ERROR.match(line)
        if heading is None or told is None:
            continue
        values = [float(v) for v in cells(told.group(1))]
        name = HEADINGS[heading]
        if "Quality" in heading:
            found.update((f"{name} {p}", v) for p, v in zip(pollutants(above, len(values)), values))
        elif values:
            found[name] = values[0]
        heading = None
    return found


def unconverged(text):
    """Share of steps that did not converge, in percent; None where a report does not say."""
    told = re.search(r"% of Steps Not Converging +: +([\d.]+)", text)
    return float(told.group(1)) if told else None


def first_of(text, heading, form):
    """Name and figure of the first row below a heading of a report's lists of the worst, or None."""
    told = re.search(rf"{heading}\s*\n[ *]*\n\s*{form}", text)
    return None if told is None else [told.group(1), float(told.group(2))]


def restless(text):
    """{"node": [name, % of steps in which it did not converge], "link": [name, times its flow turned
    back]} of those that a report names first."""
    found = {"node": first_of(text, "Most Frequent Nonconverging Nodes", r"Node (\S+) \(([\d.]+)%\)"),
             "link": first_of(text, "Highest Flow Instability Indexes", r"Link (\S+) \((\d+)\)")}
    return {what: row for what, row in found.items() if row is not None}


def read_report(path):
    """A report's text, packed or not."""
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", encoding="latin-1") as f:
        return f.read()


def worse(swmm, ours):
    """[(balance, SWMM's, ours)] where ours is larger by more than WORSE_BY, or not stated."""
    broken = []
    for name, theirs in swmm.items():
        own = ours.get(name)
        # reports round to 0.001
        if own is None or not abs(own) <= abs(theirs) + WORSE_BY + 0.0005:
            broken.append((name, theirs, own))
    return broken
