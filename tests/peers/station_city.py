"""A small city with listeners for devices, for the peers that report to it: base of their tests."""
import hashlib
import os
import re
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import server_test  # noqa: E402

ZONE_S = 8 * 3600
SHARED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared")
SENSORS = server_test.layer(
    server_test.feature([106.55, 29.5], id="L1", kind="level", element="J2", unit="m"),
    server_test.feature([106.55, 29.5], id="L2", kind="level", element="J1", unit="m"),
    server_test.feature([106.55, 29.5], id="Q1", kind="flow", element="C1", unit="m3/s"),
    server_test.feature([106.55, 29.5], id="G1", kind="rain", element="G1", unit="mm"))


def secret(text):
    return hashlib.sha256(text.encode()).hexdigest()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def local(unix_s, form="%Y%m%d%H%M%S"):
    """A time as a device of the city writes it."""
    return time.strftime(form, time.gmtime(unix_s + ZONE_S))


class StationCity(server_test.ServerTest):
    def serve_with(self, devices, **listen):
        """Serve the city with devices.ini and a listener for each protocol=port."""
        self.write("sensors.geojson", SENSORS)
        self.write("devices.ini", devices)
        self.write("city.ini", server_test.CITY_INI + "".join(
            f"[{name}]\nlisten = 127.0.0.1:{port}\n" for name, port in listen.items()))
        return self.serve()

    def kill(self):
        """As a power cut does, then start again."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        return self.serve()

    def sensor(self, name):
        return next(s for s in self.get("sensors") if s["id"] == name)

    def measured(self, name):
        """{time: value} of what the curve shows, which is the last hours."""
        return dict(self.get(f"sensors/{name}/series")["measured"])

    def device(self, name):
        return next(d for d in self.get("devices") if d["name"] == name)


class Line:
    """A station's connection."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)

    def send(self, data):
        self.socket.sendall(data)

    def receive(self, count):
        """Exactly so many bytes; fewer when the other end has closed."""
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                break
            data += piece
        return data

    def is_closed(self, wait_s=10):
        self.socket.settimeout(wait_s)
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True
        except socket.timeout:
            return False

    def close(self):
        self.socket.close()

    def reset(self):
        """Gone without a word."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def main(module):
    """thalweg's path first, then names of tests."""
    if len(sys.argv) < 2:
        sys.exit(f"{os.path.basename(sys.argv[0])} THALWEG [TEST ...]")
    server_test.THALWEG = os.path.abspath(sys.argv.pop(1))
    import unittest
    program = unittest.main(module=module, exit=False, verbosity=2)
    run = program.result
    failed = len(run.failures) + len(run.errors)
    print(f"{run.testsRun - failed - len(run.skipped)} passed, {failed} failed"
          + (f", {len(run.skipped)} skipped" if run.skipped else ""))
    sys.exit(1 if failed else 0)
