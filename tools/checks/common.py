"""What the checks share: finding files, and proving that a check can fail before it is believed."""
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKIP = 77   # the exit code that ctest counts as skipped
LEAVE_OUT = {".git", "build", "node_modules", "dist", "var", "__pycache__"}


def files(root, folders, endings):
    """Paths below root/<folder>, relative to root, in order."""
    found = []
    for folder in folders:
        top = os.path.join(root, folder)
        if os.path.isfile(top):
            found.append(folder)
        for at, dirs, names in os.walk(top):
            dirs[:] = sorted(d for d in dirs if d not in LEAVE_OUT and not d.startswith("build-"))
            found += [os.path.relpath(os.path.join(at, n), root) for n in sorted(names)
                      if n.endswith(endings)]
    return found


def text(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as f:
        return f.read()


def proves(check, made, expected, *more):
    """Run a check on a made tree {path: text}; True when it finds just what is expected.

    expected   one piece of text per fault, in order; empty: the tree is clean
    """
    with tempfile.TemporaryDirectory() as root:
        for path, content in made.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as out:
                out.write(content)
        faults = check(root, *more)
    good = len(faults) == len(expected) and all(e in f for e, f in zip(expected, faults))
    if not good:
        print(f"self-test: expected {expected}, found {faults}", file=sys.stderr)
    return good


def finish(self_test, faults):
    """Print the faults and exit as ctest understands."""
    if not self_test:
        print("the check does not find what it is there to find", file=sys.stderr)
        sys.exit(1)
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults")
    sys.exit(1 if faults else 0)


def output(command):
    """What a command prints; skips the check when the command is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        print(f"skipped: no {command[0]}")
        sys.exit(SKIP)
    return done.stdout + done.stderr
