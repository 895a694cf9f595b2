#!/usr/bin/env python3
"""Rain ahead beside PyPI pysteps 1.21 on the same radar fields: CRPS by lead at 25 places.

  pysteps_peer_test.py build/thalweg [--python PYTHON] [--every MIN] [--members N]

Fields: the four storms of Bellinge and, cut to 256 km around the middle, FMI's composites of
2016-09-28. pysteps: Lucas-Kanade motion and STEPS as its documentation has them (8 cascade levels or
as many as the grid has, AR(2), nonparametric noise, CDF matching, BPS motion noise). A forecast of
a step is the mean of its ends; what came is the mean of the two fields, as they are. Both are asked
at the same issues and places. Exit 0: ours is not worse on the mean over the cases at any lead;
77: no pysteps (pip install pysteps into build/.venv-pysteps, or give --python).
"""
import argparse
import contextlib
import csv
import glob
import gzip
import io
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CORPUS = os.path.join(ROOT, "..", "shared", "corpus")
SKIP = 77
STEPS = 12          # of 5 minutes
LEADS = (3, 6, 9, 12)
DRY_MMH = 0.1


def read_grid(path):
    import numpy as np
    with open(path) as f:
        head = dict((w[0].lower(), float(w[1])) for w in (f.readline().split() for _ in range(6)))
        cells = np.loadtxt(f)
    return head, cells


def write_grid(path, cells, size_m):
    with open(path, "w") as f:
        f.write(f"ncols {cells.shape[1]}\nnrows {cells.shape[0]}\nxllcorner 0\nyllcorner 0\n"
                f"cellsize {size_m}\nNODATA_value -1\n")
        for row in cells:
            f.write(" ".join(f"{v:.2f}" for v in row) + "\n")


def read_pgm(path):
    """FMI's composite: dBZ = 0.5 value - 32, 255 is no data; rain by Z = 223 R^1.53, as FMI has it."""
    import numpy as np
    data = gzip.open(path).read()
    at, words = 0, []
    while len(words) < 4:
        if data[at:at + 1] == b"#":
            at = data.index(b"\n", at) + 1
            continue
        end = at
        while data[end:end + 1] not in (b" ", b"\n", b"\t"):
            end += 1
        if end > at:
            words.append(data[at:end])
        at = end + 1
    columns, rows = int(words[1]), int(words[2])
    raw = np.frombuffer(data[at:at + columns * rows], dtype=np.uint8).reshape(rows, columns)
    mmh = (10 ** ((0.5 * raw - 32.0) / 10.0) / 223.0) ** (1 / 1.53)
    mmh[mmh < DRY_MMH] = 0.0
    mmh[raw == 255] = np.nan
    return mmh


def fmi_folder(folder):
    import numpy as np
    os.makedirs(os.path.join(folder, "radar"))
    for path in sorted(glob.glob(os.path.join(CORPUS, "flood", "radar_fmi", "*.pgm.gz"))):
        mmh = read_pgm(path)
        r, c = mmh.shape[0] // 2 + 200, mmh.shape[1] // 2 - 100   # land with rain, away from the rim
        part = np.nan_to_num(mmh[r - 128:r + 128, c - 128:c + 128])
        name = os.path.basename(path)[:12]
        write_grid(os.path.join(folder, "radar", f"{name[:8]}T{name[8:]}.asc"), part, 1000)


def crps(members, truth):
    import numpy as np
    x = np.sort(np.asarray(members), axis=-1)
    n = x.shape[-1]
    weights = 2 * np.arange(1, n + 1) - n - 1
    return np.abs(x - truth[..., None]).mean(-1) - (x * weights).sum(-1) / n ** 2


def bilinear(field, places):
    from scipy.ndimage import map_coordinates
    return map_coordinates(field, places, order=1, mode="nearest")


def theirs(fields, k, size_km, members, places):
    """[members][STEPS + 1][places] of pysteps, issued at field k."""
    import numpy as np
    from pysteps import motion, nowcasts
    from pysteps.utils import transformation
    rain = np.array(fields[k - 2:k + 1])
    db, _ = transformation.dB_transform(rain, threshold=DRY_MMH, zerovalue=-15.0)
    velocity = motion.get_method("LK")(db)
    levels = min(8, int(np.log2(min(rain.shape[1:]))))
    out = nowcasts.get_method("steps")(
        db, velocity, STEPS, n_ens_members=members, n_cascade_levels=levels, precip_thr=-10.0,
        kmperpixel=size_km, timestep=5, noise_method="nonparametric", vel_pert_method="bps",
        mask_method="incremental", probmatching_method="cdf", seed=1, num_workers=1)
    mmh = transformation.dB_transform(out, threshold=-10.0, inverse=True)[0]
    mmh = np.nan_to_num(mmh)
    at_places = np.array([[bilinear(mmh[m, t], places) for t in range(STEPS)]
                          for m in range(members)])
    now = np.broadcast_to(bilinear(rain[-1], places), (members, 1, places.shape[1]))
    return np.concatenate([now, at_places], axis=1)


def ours(command, folder, members, tmp):
    """{(issue index, step): [places][members]}; issue i is at field i + 1."""
    import numpy as np
    out = os.path.join(tmp, "members.csv")
    subprocess.run([command, "nowcast", "--quiet", "--members", str(members), "--horizon",
                    str(5 * STEPS), "--members-file", out, folder], check=True,
                   stdout=subprocess.DEVNULL)
    found, issued, xy = {}, [], {}
    with open(out) as f:
        rows = csv.reader(f)
        next(rows)
        for row in rows:
            if not issued or issued[-1] != row[0]:
                issued.append(row[0])
            xy[int(row[2])] = (float(row[3]), float(row[4]))
            found.setdefault((len(issued) - 1, int(row[1]) // 5), []).append(
                [float(v) for v in row[5:]])
    return {key: np.array(v) for key, v in found.items()}, [xy[p] for p in sorted(xy)]


def one_case(name, folder, args):
    import numpy as np
    with tempfile.TemporaryDirectory() as tmp:
        mine, xy = ours(args.command, folder, args.members, tmp)
    paths = sorted(glob.glob(os.path.join(folder, "radar", "*.asc")))
    head, first = read_grid(paths[0])
    fields = [first] + [read_grid(p)[1] for p in paths[1:]]
    size = head["cellsize"]
    north = head["yllcorner"] + head["nrows"] * size
    places = np.array([[(north - y) / size - 0.5 for _, y in xy],
                       [(x - head["xllcorner"]) / size - 0.5 for x, _ in xy]])
    at = np.array([bilinear(f, places) for f in fields])
    sums = np.zeros((3, STEPS + 1))
    cases = 0
    for k in range(3, len(fields) - STEPS, args.every // 5):
        if np.mean(fields[k] > DRY_MMH) < 0.02:
            continue
        try:
            with contextlib.redirect_stdout(io.StringIO()):   # it tells of every step
                other = theirs(fields, k, size / 1000.0, args.members, places)
        except (ValueError, RuntimeError, np.linalg.LinAlgError) as e:
            print(f"  {name}: pysteps gives none at field {k}: {e}")
            continue
        cases += 1
        for s in range(1, STEPS + 1):
            came = 0.5 * (at[k + s - 1] + at[k + s])
            them = 0.5 * (other[:, s - 1] + other[:, s])
            sums[0, s] += crps(mine[(k - 1, s)], came).mean()
            sums[1, s] += crps(them.T, came).mean()
            sums[2, s] += np.abs(at[k] - came).mean()
    return sums / max(cases, 1), cases


def compare(args):
    import numpy as np
    with tempfile.TemporaryDirectory() as tmp:
        fmi_folder(tmp)
        cases = [("FMI 2016-09-28", tmp)]
        for storm in ("s1-front", "s2-cell", "s3-double", "s4-slow"):
            cases.append((storm, os.path.join(CORPUS, "cities", "bellinge", "storms", storm)))
        print(f"{'CRPS [mm/h]':16} {'issues':>6}  " +
              "  ".join(f"{5 * s:>3} min: ours pysteps  still" for s in LEADS))
        means = []
        for name, folder in cases:
            sums, count = one_case(name, folder, args)
            means.append(sums)
            print(f"{name:16} {count:6d}  " + "  ".join(
                f"{'':9}{sums[0, s]:5.2f} {sums[1, s]:7.2f} {sums[2, s]:6.2f}" for s in LEADS),
                flush=True)
    mean = np.mean(means, axis=0)
    worse = [5 * s for s in LEADS if mean[0, s] > mean[1, s]]
    if worse:
        print(f"pysteps is better at {worse} minutes")
    return 1 if worse else 0


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("command")
    ap.add_argument("--python", default=os.path.join(ROOT, "build", ".venv-pysteps", "bin", "python"))
    ap.add_argument("--every", type=int, default=20, help="minutes between issues (20)")
    ap.add_argument("--members", type=int, default=20)
    args = ap.parse_args()
    if not os.path.isdir(CORPUS):
        print("skipped: no ../shared/corpus")
        return SKIP
    try:
        import importlib.util
        if importlib.util.find_spec("pysteps") is None:
            raise ImportError
    except ImportError:
        if not os.path.exists(args.python) or os.path.realpath(sys.prefix) == os.path.realpath(
                os.path.dirname(os.path.dirname(args.python))):
            print("skipped: no pysteps; python3 -m venv build/.venv-pysteps && "
                  "build/.venv-pysteps/bin/pip install pysteps")
            return SKIP
        return subprocess.run([args.python, os.path.abspath(__file__), args.command, "--python",
                               args.python, "--every", str(args.every), "--members",
                               str(args.members)]).returncode
    return compare(args)


if __name__ == "__main__":
    sys.exit(main())
