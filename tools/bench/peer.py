"""SWMM as the peer of a bench, and what a process takes."""
import glob
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build")
THALWEG = os.path.join(BUILD, "thalweg")
VENV = os.path.join(BUILD, ".venv")
LAUNCHER = os.path.join(BUILD, "run_swmm")
MEASURE = os.path.join(BUILD, "measure")
SHARED = os.path.join(ROOT, "..", "shared")
BELLINGE = os.path.join(SHARED, "corpus", "cities", "bellinge", "network.inp")
COMPARE = os.path.join(SHARED, "tools", "compare_out.py")
NAME = "SWMM 5.2.4 (swmm-toolkit 0.17.0)"


def fail(words):
    print(f"bench: {words}", file=sys.stderr)
    sys.exit(4)


def library():
    """SWMM's shared library, installed into the private venv when it is not there yet."""
    wanted = os.path.join(ROOT, "tools", "peer", "requirements.txt")
    pattern = os.path.join(VENV, "lib", "python*", "site-packages", "swmm", "toolkit",
                           "libswmm5.so")
    if not glob.glob(pattern):
        print("bench: installing swmm-toolkit into build/.venv", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        done = subprocess.run([os.path.join(VENV, "bin", "python"), "-m", "pip", "install", "-q",
                               "--disable-pip-version-check", "-r", wanted])
        if done.returncode != 0:
            fail("swmm-toolkit can't be installed; it comes from PyPI (is there a network?)")
    found = glob.glob(pattern)
    if not found:
        fail("swmm-toolkit is installed but holds no libswmm5.so")
    return found[0]


def build_helpers():
    for program in (LAUNCHER, MEASURE):
        source = os.path.join(ROOT, "tools", "peer", os.path.basename(program) + ".c")
        if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(source):
            subprocess.run(["cc", "-O2", "-std=gnu17", source, "-o", program, "-ldl"], check=True)


def with_option(text, name, value):
    """The model's text with an option set, whether it was there or not."""
    changed, count = re.subn(rf"(?im)^[ \t]*{name}[ \t]+\S+.*$", f"{name} {value}", text)
    if count:
        return changed
    return re.sub(r"(?im)^\[OPTIONS\][ \t]*$", f"[OPTIONS]\n{name} {value}", text, count=1)


def prepare(path, folder, options):
    """A copy of a model with other options; rain files stay where they are."""
    with open(path, encoding="utf-8", errors="surrogateescape") as f:
        text = f.read()
    for name, value in options.items():
        text = with_option(text, name, value)
    copy = os.path.join(folder, "model.inp")
    with open(copy, "w", encoding="utf-8", errors="surrogateescape") as out:
        out.write(text)
    for name in os.listdir(os.path.dirname(os.path.abspath(path))):
        link = os.path.join(folder, name)
        if not os.path.exists(link):
            os.symlink(os.path.join(os.path.dirname(os.path.abspath(path)), name), link)
    return copy


def measure(command, folder, threads=1):
    """(seconds, cpu seconds, peak KB) of one process; None when it failed."""
    build_helpers()
    figures = os.path.join(folder, "figures.txt")
    done = subprocess.run([MEASURE, figures, *command], cwd=folder, capture_output=True,
                          env={**os.environ, "OMP_NUM_THREADS": str(threads)})
    if done.returncode != 0:
        print(done.stderr.decode(errors="replace")[:300], file=sys.stderr)
        return None
    with open(figures, encoding="utf-8") as f:
        wall, cpu, peak = f.read().split()
    return float(wall), float(cpu), int(peak)


def agreement(folder):
    """Whether swmm.out and thalweg.out of a folder agree."""
    if not os.path.exists(COMPARE):
        return "not compared"
    code = subprocess.run([sys.executable, COMPARE, os.path.join(folder, "swmm.out"),
                           os.path.join(folder, "thalweg.out")], capture_output=True).returncode
    return {0: "agree", 1: "differ"}.get(code, "not comparable")


def made_city(nodes, folder, seed=1):
    """A city made by `thalweg synth`, once for all parts; its folder, or None."""
    made = os.path.join(folder, f"made-{nodes}-{seed}")
    if os.path.isdir(made):
        return made
    done = subprocess.run([THALWEG, "synth", "--nodes", str(nodes), "--seed", str(seed), made],
                          capture_output=True, text=True)
    if done.returncode != 0:
        print(f"bench: thalweg synth: {done.stderr.strip()[:200]}", file=sys.stderr)
        return None
    return made
