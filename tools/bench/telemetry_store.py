"""The store alone: made telemetry of 60 plants with 500 tags at 10 s, in batches of 1,000.

How many samples a second are answered (they are on disk), and sealed into chunks; bytes a sample, of
the months and of all files; a year of one series at 60 s down to 1,000 stretches, its files dropped
from memory before; and PostgreSQL's COPY into a table with the key (series, time), in batches of
1,000 too, a commit each.
"""
import glob
import json
import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
import postgres  # noqa: E402

TITLE = "the store alone, 30,000 series at 10 s in batches of 1,000; a year of one series at 60 s"
COLUMNS = [("samples", "samples", "d"), ("answered_per_s", "durable/s", ".0f"),
           ("sealed_per_s", "sealed/s", ".0f"), ("month_bytes", "B/sample, months", ".2f"),
           ("all_bytes", "B/sample, all", ".2f"), ("cold_ms", "cold ms", ".1f"),
           ("warm_ms", "warm ms", ".1f")]
BATCH = 1000


def built(folder):
    program = os.path.join(folder, "telemetry_store")
    build = os.path.join(ROOT, "build")
    flags = subprocess.run(["pkg-config", "--libs", "sqlite3", "zlib", "libpq"], check=True,
                           capture_output=True, text=True).stdout.split()
    subprocess.run(["cc", "-std=c17", "-O2", "-D_GNU_SOURCE", "-I" + os.path.join(ROOT, "src"),
                    "-I" + os.path.join(ROOT, "include"),
                    os.path.join(ROOT, "tools", "bench", "telemetry_store.c"), "-o", program,
                    os.path.join(build, "libthalweg_service.a"),
                    os.path.join(build, "libthalweg.a"), *flags, "-lm", "-lpthread"], check=True)
    return program


def kept(program, folder, seconds):
    place = os.path.join(folder, "kept")
    done = subprocess.run([program, place, str(seconds), str(BATCH)], check=True,
                          capture_output=True, text=True)
    row = json.loads(done.stdout)
    row["month_bytes"] = sum(map(os.path.getsize, glob.glob(place + "/live.20*"))) / row["samples"]
    row["all_bytes"] = sum(map(os.path.getsize, glob.glob(place + "/*"))) / row["samples"]
    return row


def dropped(paths):
    """What is in memory of these files goes; they are on disk already."""
    for path in paths:
        fd = os.open(path, os.O_RDONLY)
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)


def year(program, folder):
    place = os.path.join(folder, "year")
    with subprocess.Popen([program, place, "--year"], stdin=subprocess.PIPE, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stderr.readline()
        dropped(glob.glob(place + "/*"))
        return json.loads(process.communicate("\n")[0])


def copied(program, rows):
    """Samples a second through PostgreSQL's COPY, each batch a commit."""
    csv = subprocess.run([program, "--csv", str(rows)], check=True, capture_output=True).stdout
    lines = csv.splitlines(keepends=True)
    script = [b"CREATE TABLE sample(series int, time_ms bigint, value double precision,"
              b" PRIMARY KEY(series, time_ms));\n"]
    for i in range(0, rows, BATCH):
        script += [b"COPY sample FROM STDIN (FORMAT csv);\n", *lines[i:i + BATCH], b"\\.\n"]
    with postgres.Postgres() as server:
        begin = time.monotonic()
        subprocess.run([os.path.join(postgres.programs(), "psql"), "-q", "-v", "ON_ERROR_STOP=1",
                        server.url], input=b"".join(script), check=True)
        seconds = time.monotonic() - begin
        size = subprocess.run([os.path.join(postgres.programs(), "psql"), "-tA", "-c",
                               "SELECT pg_total_relation_size('sample')", server.url], check=True,
                              capture_output=True, text=True).stdout
    return {"samples": rows, "answered_per_s": rows / seconds, "month_bytes": int(size) / rows}


def rows(options):
    folder = os.path.join(options.folder, "telemetry_store")
    os.makedirs(folder, exist_ok=True)
    program = built(folder)
    yield {"name": "thalweg", **kept(program, folder, 86400 if options.full else 14400)}
    yield {"name": "thalweg, a year", **year(program, folder)}
    if not postgres.is_there():
        yield {"name": "PostgreSQL COPY", "skipped": "PostgreSQL is not installed"}
        return
    yield {"name": "PostgreSQL COPY", **copied(program, 3000000 if options.full else 600000)}


def summary(found):
    ours = next(r for r in found if r["name"] == "thalweg")
    figures = {"durable samples/s": ours["answered_per_s"], "bytes/sample": ours["all_bytes"]}
    theirs = [r for r in found if r["name"] == "PostgreSQL COPY" and "samples" in r]
    if theirs:
        figures["times PostgreSQL"] = ours["answered_per_s"] / theirs[0]["answered_per_s"]
    return figures
