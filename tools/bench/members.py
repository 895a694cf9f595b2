"""tools/peer/members.c: batches, ensembles and states from our library."""
import os
import subprocess

import peer

PROGRAM = os.path.join(peer.BUILD, "members")


def build():
    source = os.path.join(peer.ROOT, "tools", "peer", "members.c")
    libraries = [os.path.join(peer.BUILD, name)
                 for name in ("libthalweg_service.a", "libthalweg.a")]
    newest = max(os.path.getmtime(path) for path in [source, *libraries])
    if os.path.exists(PROGRAM) and os.path.getmtime(PROGRAM) > newest:
        return
    needed = subprocess.run(["pkg-config", "--libs", "libtiff-4", "proj", "zlib", "kissfft-float",
                             "hdf5"], capture_output=True, text=True, check=True).stdout.split()
    subprocess.run(["cc", "-O2", "-std=gnu17", "-I", os.path.join(peer.ROOT, "include"),
                    "-I", os.path.join(peer.ROOT, "src"), source, *libraries, *needed, "-lm", "-lpthread",
                    "-o", PROGRAM], check=True)


def run(*arguments):
    """{figure: value} of a run of the program; None when it failed."""
    build()
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        return None
    words = done.stdout.split()
    return {key: float(value) for key, value in zip(words[::2], words[1::2])}
