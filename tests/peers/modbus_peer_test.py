#!/usr/bin/env python3
"""Modbus TCP gateways made with pymodbus (Debian's python3-pymodbus, or PyPI's), read by the real server.

  modbus_peer_test.py THALWEG [TEST ...]

Exits with 77 where pymodbus is not installed.
"""
import os
import signal
import subprocess
import sys
import time

import station_city

SERVER = """
import struct, sys
from pymodbus.server import StartTcpServer
from pymodbus import datastore
Block = datastore.ModbusSequentialDataBlock
Slave = getattr(datastore, "ModbusDeviceContext", None) or datastore.ModbusSlaveContext
def words(form, value):
    data = struct.pack(">" + form, value)
    return list(struct.unpack(">%dH" % (len(data) // 2), data))
# Address 0: 1.25 as float32; 2: -345 as int16; 3: 100000 as uint32 low word first; 5: -2.5 as float64.
low_first = words("I", 100000)[::-1]
registers = words("f", 1.25) + words("h", -345) + low_first + words("d", -2.5)
def slave():
    more = {"zero_mode": True} if "Slave" in Slave.__name__ else {}
    first = 0 if more else 1
    return Slave(hr=Block(first, registers + [0] * 200), ir=Block(first, [11] * 20),
                 co=Block(first, [True, False] * 8), di=Block(first, [False, True] * 8), **more)
slaves = {int(s): slave() for s in sys.argv[2].split(",")}
name = "devices" if "Device" in Slave.__name__ else "slaves"
context = datastore.ModbusServerContext(**{name: slaves}, single=False)
options = {"ignore_missing_slaves": True} if name == "slaves" else {}
StartTcpServer(context=context, address=("127.0.0.1", int(sys.argv[1])), **options)
"""


def python_with_pymodbus():
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import pymodbus"], capture_output=True).returncode == 0:
            return python
    return None


PYTHON = python_with_pymodbus()


class ModbusTest(station_city.StationCity):
    def setUp(self):
        super().setUp()
        self.gateway = None
        self.port = station_city.free_port()
        self.addCleanup(self.gateway_stop)

    def gateway_start(self, slaves):
        self.gateway = subprocess.Popen([PYTHON, "-c", SERVER, str(self.port), slaves],
                                        stderr=subprocess.DEVNULL)

    def gateway_stop(self):
        if self.gateway:
            self.gateway.kill()
            self.gateway.wait()
            self.gateway = None

    def devices(self, *maps, poll_s=1, timeout_ms=500, name="gw1"):
        return (f"[modbus {name}]\naddress = 127.0.0.1:{self.port}\npoll_s = {poll_s}\n"
                f"timeout_ms = {timeout_ms}\n" + "".join(f"map.{m}\n" for m in maps))

    def times(self, name):
        return sorted(self.measured(name))

    def test_values_of_every_type_arrive(self):
        self.gateway_start("1")
        for tag, unit, expected in (("1.3.0.float32", "L1 m", 1.25), ("1.3.2.int16", "L1 cm", -3.45),
                                    ("1.3.3.uint32.CDAB", "L1 - 0.0001", 10.0),
                                    ("1.3.5.float64", "L1", -2.5), ("1.4.7.uint16", "L1", 11.0),
                                    ("1.1.2", "L1", 1.0), ("1.2.2", "L1", 0.0)):
            self.store = self.store + "x"  # each begins with an empty store
            self.serve_with(self.devices(f"{tag} = {unit}"))
            self.wait_until(f"{tag} arrives", lambda: self.sensor("L1")["value"] is not None)
            self.assertAlmostEqual(self.sensor("L1")["value"], expected, 12)
            self.assertEqual(self.sensor("L1")["source"], "modbus/gw1")
            self.end()

    def test_dead_slaves_leave_the_live_one_its_cadence(self):
        self.gateway_start("1")
        self.serve_with(self.devices("1.3.0.float32 = L1", "2.3.0.float32 = L2", "3.3.0 = Q1 L/s"))
        self.wait_until("ten values", lambda: len(self.times("L1")) >= 10)
        times = self.times("L1")
        apart = [b - a for a, b in zip(times, times[1:])]
        # An interval and one time-out; the curve has whole seconds, which adds up to one.
        self.assertLessEqual(max(apart[1:]), 1 + 0.5 + 1)
        self.assertEqual(self.times("L2"), [])
        self.assertIn("does not answer", self.device("gw1")["refused_why"])

    def test_a_gateway_that_comes_back_is_read_again(self):
        self.gateway_start("1")
        self.serve_with(self.devices("1.3.0.float32 = L1"))
        self.wait_until("a value", lambda: self.sensor("L1")["value"] is not None)
        self.gateway_stop()
        self.wait_until("the value is marked", lambda: self.sensor("L1")["quality"] != "good")
        self.assertEqual(self.sensor("L1")["value"], 1.25)
        self.gateway_start("1")
        self.wait_until("it is well again", lambda: self.sensor("L1")["quality"] == "good")

    def test_a_child_that_dies_is_started_again_and_the_server_lives(self):
        self.gateway_start("1")
        self.serve_with(self.devices("1.3.0.float32 = L1"))
        self.wait_until("a value", lambda: self.sensor("L1")["value"] is not None)
        found = subprocess.run(["pgrep", "-P", str(self.process.pid), "-f", "modbus-gateway"],
                               capture_output=True, text=True).stdout.split()
        self.assertEqual(len(found), 1)
        os.kill(int(found[0]), signal.SIGSEGV)
        self.wait_until("it is seen", lambda: "has ended" in (self.device("gw1")["refused_why"] or ""))
        count = len(self.times("L1"))
        self.wait_until("values go on", lambda: len(self.times("L1")) > count + 1)
        began = time.monotonic()
        self.assertEqual(self.end(), 0)
        self.assertLess(time.monotonic() - began, 10)

    def test_what_is_wrong_in_devices_ini_is_named(self):
        self.write("sensors.geojson", station_city.SENSORS)
        self.write("devices.ini", self.devices("1.3.0.float31 = L1", poll_s="soon")
                   + "order = AB\n[modbus gw2]\n")
        ran = self.command("serve", self.city, "--store", self.store, "--listen", "127.0.0.1:0")
        self.assertEqual(ran.returncode, 3, ran.stderr)
        for words in ("[modbus gw1] poll_s", "[modbus gw1] order", "map.1.3.0.float31: the type"):
            self.assertIn(words, ran.stdout + ran.stderr)


if __name__ == "__main__":
    if PYTHON is None:
        print("skipped: no pymodbus (apt-get install python3-pymodbus, or pip install pymodbus)")
        sys.exit(77)
    station_city.main("__main__")
