"""MQTT messages of one sample each, QoS 1, acknowledged when they are on disk."""
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time

import peer

sys.path.insert(0, os.path.join(peer.ROOT, "tests"))
import server_test  # noqa: E402

TITLE = "MQTT QoS 1, one sample a message, 200 connections; server and sender on this machine"
COLUMNS = [("rate", "asked/s", "d"), ("per_s", "acked/s", "d"), ("p50_ms", "p50 ms", ".1f"),
           ("p99_ms", "p99 ms", ".1f"), ("max_ms", "max ms", ".1f"),
           ("server_cpu", "server cores", ".2f"), ("server_mb", "server MB", "d")]
LOAD = os.path.join(peer.BUILD, "mqtt_load")
CONNECTIONS = 200
IDLE = 5000


def build():
    source = os.path.join(peer.ROOT, "tools", "peer", "mqtt_load.c")
    if not os.path.exists(LOAD) or os.path.getmtime(LOAD) < os.path.getmtime(source):
        subprocess.run(["cc", "-O2", "-std=gnu17", source, "-o", LOAD], check=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def city(folder, port):
    """A small city with a sensor for each connection."""
    files = {"network.inp": server_test.NETWORK, "points.geojson": server_test.POINTS}
    files["sensors.geojson"] = server_test.layer(
        server_test.feature([106.55, 29.5], id="G1", kind="rain", element="G1", unit="mm"),
        *(server_test.feature([106.55, 29.5], id=f"S{k}", kind="level", element="J2", unit="m")
          for k in range(CONNECTIONS)))
    files["city.ini"] = server_test.CITY_INI + (f"[mqtt]\nlisten = 127.0.0.1:{port}\n"
                                                "connections_per_address = 6000\n")
    secret = hashlib.sha256(b"secret").hexdigest()
    files["devices.ini"] = f"[mqtt load]\nsecret_sha256 = {secret}\n"
    os.makedirs(os.path.join(folder, "storms"))
    for name, text in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)


def cpu_s(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS")) // 1024


def idle(port, count):
    """Connections that have logged in and say nothing more."""
    sockets = []
    for k in range(count):
        s = socket.create_connection(("127.0.0.1", port), timeout=30)
        name = f"idle{k}".encode()
        body = (b"\0\4MQTT\4\xc2\0\0" + len(name).to_bytes(2, "big") + name + b"\0\4load\0\6secret")
        s.sendall(bytes([0x10, len(body)]) + body)
        if s.recv(4) != b"\x20\2\0\0":
            raise RuntimeError("an idle connection was refused")
        sockets.append(s)
    return sockets


def load(pid, port, rate, seconds):
    before, begin = cpu_s(pid), time.monotonic()
    done = subprocess.run([LOAD, str(port), "load", "secret", str(CONNECTIONS), str(rate),
                           str(seconds), "0"], capture_output=True, text=True)
    if done.returncode != 0:
        return {"failed": (done.stdout + done.stderr).strip()[:200]}
    row = json.loads(done.stdout)
    row.update(rate=rate, per_s=int(row["per_s"]), server_mb=resident_mb(pid),
               server_cpu=round((cpu_s(pid) - before) / (time.monotonic() - begin), 2))
    return row


def rows(options):
    build()
    seconds = 60 if options.full else 10
    with tempfile.TemporaryDirectory(prefix="thalweg-mqtt-", dir=options.folder) as folder:
        port = free_port()
        made = os.path.join(folder, "city")
        city(made, port)
        process = subprocess.Popen(
            [peer.THALWEG, "serve", made, "--store", os.path.join(folder, "store"), "--listen",
             f"127.0.0.1:{free_port()}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            process.stdout.readline()
            time.sleep(1)
            for rate in (2000, 10000, 20000, 40000):
                yield {"name": f"{rate} a second", **load(process.pid, port, rate, seconds)}
            sockets = idle(port, IDLE)
            yield {"name": f"20000, with {IDLE} idle connections",
                   **load(process.pid, port, 20000, seconds)}
            for s in sockets:
                s.close()
        finally:
            process.terminate()
            process.wait()


def summary(measured):
    """The target: 20,000 a second with p99 below 50 ms."""
    row = next((r for r in measured if r.get("rate") == 20000 and "per_s" in r), None)
    return {"MQTT messages/s": row["per_s"], "MQTT p99 ms": row["p99_ms"]} if row else {}
