"""What the peers share: a Python that has SWMM, a model run by both engines, a results file read."""
import os
import shlex
import shutil
import struct
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKIP = 77
NODE = ("depth", "head", "volume", "lateral_inflow", "total_inflow", "flooding")
LINK = ("flow", "depth", "velocity", "volume", "capacity")


def find_python(given):
    """The given one, that of build/.venv or this one, whichever has swmm-toolkit; else the peer ends."""
    for python in (given, os.path.join(ROOT, "build", ".venv", "bin", "python"), sys.executable):
        if python and subprocess.run([python, "-c", "import swmm.toolkit"], check=False,
                                     stderr=subprocess.DEVNULL).returncode == 0:
            return python
    peer = os.path.basename(sys.argv[0]).removesuffix(".py")
    print(f"{peer}: no Python with swmm-toolkit; `make bench` sets one up")
    sys.exit(SKIP)


def run_files(text, folder, command, python):
    """Both results of an input file: s.out by SWMM, t.out by us."""
    with open(os.path.join(folder, "m.inp"), "w", encoding="ascii") as f:
        f.write(text)
    swmm = "from swmm.toolkit import solver; solver.swmm_run('m.inp', 's.rpt', 's.out')"
    subprocess.run([python, "-c", swmm], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(shlex.split(command) + ["m.inp", "t.rpt", "t.out"], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)


def rougher(text, change):
    """The model with the roughness of every conduit multiplied by 1 + change."""
    lines, inside = [], False
    for line in text.splitlines():
        words = line.split()
        inside = words[0] == "[CONDUITS]" if words and words[0].startswith("[") else inside
        if inside and len(words) > 4:
            words[4] = repr(float(words[4]) * (1.0 + change))
            line = " ".join(words)
        lines.append(line)
    return "\n".join(lines) + "\n"


def read_results(path):
    """Counts of subcatchments, nodes, links and pollutants, all their names, and the numbers of each
    period of a finished results file."""
    with open(path, "rb") as f:
        data = f.read()
    ids, _, results, periods, error, _ = struct.unpack("<6i", data[-24:])
    if error or periods == 0:
        raise ValueError(f"{path}: not a finished result")
    counts = subs, nodes, links, pollutants = struct.unpack_from("<4i", data, 12)
    names, at = [], ids
    for _ in range(sum(counts)):
        n = struct.unpack_from("<i", data, at)[0]
        names.append(data[at + 4:at + 4 + n].decode())
        at += 4 + n
    width = subs * (8 + pollutants) + nodes * (6 + pollutants) + links * (5 + pollutants) + 15
    rows = [struct.unpack_from(f"<{width}f", data, results + k * (8 + 4 * width) + 8)
            for k in range(periods)]
    return counts, names, rows


def network_series(path):
    """{(name, variable): series} of nodes and links of a model without subcatchments and pollutants."""
    (subs, nodes, _, pollutants), names, rows = read_results(path)
    if subs or pollutants:
        raise ValueError(f"{path}: more than nodes and links")
    keys = [(n, v) for n in names[:nodes] for v in NODE] + [(n, v) for n in names[nodes:] for v in LINK]
    return {key: [row[i] for row in rows] for i, key in enumerate(keys)}


def error_of(reference, candidate):
    """RMS of the difference over the largest value."""
    largest = max(max(abs(x) for x in reference), 1e-3)
    square = sum((a - b) ** 2 for a, b in zip(reference, candidate)) / len(reference)
    return square ** 0.5 / largest


def worst_of(one, other):
    """The greatest difference of two models' series, and of which series."""
    return max((error_of(one[key], other[key]), key) for key in one)


def copy_site(site, folder, library):
    """A copy of PySWMM and swmm-toolkit, on another library when one is given."""
    for name in os.listdir(site):
        if name.split(".")[0] in ("pyswmm", "swmm", "swmm_toolkit"):
            shutil.copytree(os.path.join(site, name), os.path.join(folder, name))
    if library is not None:
        shutil.copy(library, os.path.join(folder, "swmm", "toolkit", "libswmm5.so"))
