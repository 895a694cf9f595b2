#!/usr/bin/env python3
"""The server when things go wrong: killed, without disk, asked by strangers.

  server_faults_test.py THALWEG [TEST ...]
"""
import hashlib
import http.client
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

import server_test
from server_test import ServerTest

MINUTE = "2031-07-01T{:02d}:{:02d}:00+08:00"


def sample(number, value):
    """A sample of L1 whose time is its own."""
    return {"sensor": "L1", "time": MINUTE.format(13 + number // 60, number % 60), "value": value}


class Killed(ServerTest):
    """kill -9 in the middle of everything: acknowledged is stored."""

    def test_what_was_acknowledged_is_there_after_each_kill(self):
        acknowledged = {}
        for round_ in range(5):
            self.serve("--replay", "burst", "--speed", "60")
            stop = threading.Event()

            def send():
                while not stop.is_set() and len(acknowledged) < 600:
                    number = len(acknowledged)
                    try:
                        status, _ = self.ask("/api/v1/samples",
                                             {"source": "ledger",
                                              "samples": [sample(number, number / 8)]})
                    except (OSError, http.client.HTTPException):
                        return
                    if status == 200:
                        acknowledged[number] = number / 8

            sender = threading.Thread(target=send)
            sender.start()
            time.sleep(0.3 + 0.2 * random.random())
            self.process.kill()   # SIGKILL
            self.process.wait()
            stop.set()
            sender.join()
            self.process.stdout.close()
            self.process = None
        self.serve("--replay", "burst", "--paused")
        stored = [v for t, v in self.get("sensors/L1/series")["measured"] if t >= 1940648400]
        self.assertGreater(len(acknowledged), 20)
        for number, value in acknowledged.items():
            self.assertIn(value, stored, f"sample {number} was acknowledged and is lost")
        self.assertEqual(len(stored), len(set(stored)), "a sample is there twice")

    def test_the_models_process_is_started_again_and_the_forecast_stays(self):
        self.serve("--replay", "burst", "--speed", "120")
        self.wait_until("there is a forecast", lambda: self.get("forecast")["issued"])
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True,
                                  text=True).stdout.split()
        self.assertEqual(len(children), 1)
        os.kill(int(children[0]), signal.SIGKILL)
        self.wait_until("the page is told", lambda: self.get("health")["model_starts"] > 1
                        or self.get("health")["model"] == "failed")
        self.assertIsNotNone(self.get("forecast")["issued"])
        self.wait_until("the model runs again", lambda: self.get("health")["model"] == "running")
        before = self.get("clock")["time"]
        self.wait_until("the storm goes on", lambda: self.get("clock")["time"] > before)
        self.assertEqual(self.end(), 0)

    def test_no_process_is_left_when_the_server_is_killed(self):
        self.serve("--replay", "burst", "--speed", "60")
        self.wait_until("the model runs", lambda: self.get("health")["model"] == "running")
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True,
                                  text=True).stdout.split()
        self.process.kill()
        self.process.wait()
        self.wait_until("the child is gone",
                        lambda: not any(alive(int(child)) for child in children))


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


class Full(ServerTest):
    """No room on the disk."""

    def test_a_full_disk_refuses_whole_requests_and_reading_goes_on(self):
        self.serve("--replay", "burst", "--paused")
        # Files that may not grow any more are as good as a full disk.
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (250_000, 250_000))
        answers = []
        for block in range(30):
            batch = [sample((block * 200 + k) % 600, block * 200 + k) for k in range(200)]
            for k, s in enumerate(batch):
                s["time"] = f"2031-07-{2 + block % 20:02d}T{k // 60:02d}:{k % 60:02d}:00"
            status, answer = self.ask("/api/v1/samples", batch)
            answers.append(status)
            if status != 200:
                self.assertEqual(status, 503, answer)
                self.assertIn("remedy", answer)
        self.assertIn(503, answers)
        self.assertNotEqual(self.get("health")["store"], "ok")
        self.assertTrue(self.get("state")["sensors"])
        # All of a request or nothing; beside them the simulated city has sent a few.
        stored = self.get("health")["samples"] - 200 * answers.count(200)
        self.assertIn(stored, range(0, 100))
        self.assertEqual(self.end(), 0)

    def test_a_store_that_cannot_be_made_is_told(self):
        with open(self.store, "w", encoding="ascii"):
            pass   # a file where the folder should be
        done = self.command("serve", self.city, "--replay", "burst", "--store", self.store,
                            "--listen", "127.0.0.1:0")
        self.assertEqual(done.returncode, 4)
        self.assertIn("--store", done.stderr)


class Strangers(ServerTest):
    """Who may do what."""

    def with_tokens(self, lines):
        self.write("tokens", "".join(
            f"{role} {hashlib.sha256(token.encode()).hexdigest()}\n" for role, token in lines))
        self.write("city.ini", server_test.CITY_INI + "[server]\ntokens = tokens\n")

    def test_other_machines_are_not_listened_to_without_tokens(self):
        done = self.command("serve", self.city, "--replay", "burst", "--store", self.store,
                            "--listen", "0.0.0.0:0")
        self.assertEqual(done.returncode, 3)
        self.assertIn("tokens", done.stderr)

    def test_a_tokens_role_decides(self):
        self.with_tokens([("viewer", "eye"), ("device", "gauge"), ("operator", "hand"),
                          ("auditor", "judge")])
        self.serve("--replay", "burst", "--paused")
        good = [sample(0, 0.5)]
        cases = [("city", None, None, 401), ("city", None, "eye", 200), ("city", None, "no", 401),
                 ("audit", None, "eye", 403), ("audit", None, "judge", 200),
                 ("samples", good, "eye", 403), ("samples", good, "gauge", 200),
                 ("clock", {"speed": 2}, "gauge", 403), ("clock", {"speed": 2}, "hand", 200)]
        for path, body, token, expected in cases:
            headers = {"Authorization": "Bearer " + token} if token else {}
            status, answer = self.ask("/api/v1/" + path, body, headers)
            self.assertEqual(status, expected, f"{path} as {token}: {answer}")
        _, audit = self.ask("/api/v1/audit", None, {"Authorization": "Bearer judge"})
        self.assertEqual([(a["who"], a["status"]) for a in audit if a["path"] == "/api/v1/clock"],
                         [("operator", 200), ("device", 403)])

    def test_the_replay_goes_on_behind_tokens(self):
        self.with_tokens([("viewer", "eye")])
        self.serve("--replay", "burst", "--speed", "600")
        eye = {"Authorization": "Bearer eye"}
        self.wait_until("samples are stored",
                        lambda: self.ask("/api/v1/health", None, eye)[1]["samples"] > 10)

    def test_a_token_file_with_faults_is_told_by_line(self):
        self.write("tokens", "viewer 1234\n")
        self.write("city.ini", server_test.CITY_INI + "[server]\ntokens = tokens\n")
        done = self.command("serve", self.city, "--replay", "burst", "--store", self.store)
        self.assertEqual(done.returncode, 3)
        self.assertIn("tokens:1:", done.stderr)


class Rough(ServerTest):
    """Clients without manners."""

    def test_idle_and_broken_connections_hold_nobody_up(self):
        self.serve("--replay", "burst", "--speed", "60")
        host, port = self.base[7:].split(":")
        idle = [socket.create_connection((host, int(port))) for _ in range(300)]
        for k, s in enumerate(idle):
            s.sendall((b"GET /api/v1/st", b"POST /api/v1/samples HTTP/1.1\r\nContent-Length: 9\r\n",
                       b"\x00\xff" * 50, b"GET /api/v1/events HTTP/1.1\r\nHost: x\r\n")[k % 4])
        began = time.monotonic()
        self.get("state")
        self.assertLess(time.monotonic() - began, 10.0)
        for s in idle:
            s.close()
        self.get("state")
        self.assertEqual(self.end(), 0)

    def test_a_second_start_finds_the_next_port(self):
        self.write("city.ini", server_test.CITY_INI + "[server]\nlisten = 127.0.0.1:18431\n")
        addresses = []
        processes = []
        for n in range(2):
            process = subprocess.Popen(
                [server_test.THALWEG, "serve", self.city, "--replay", "burst", "--paused",
                 "--quiet", "--store", f"{self.store}-{n}"], stdout=subprocess.PIPE, text=True)
            processes.append(process)
            addresses.append(process.stdout.readline().strip())
        for process in processes:
            process.terminate()
            self.assertEqual(process.wait(server_test.PATIENCE_S), 0)
            process.stdout.close()
        self.assertNotEqual(addresses[0], addresses[1])
        for address in addresses:
            self.assertRegex(address, r"^Thalweg: http://127\.0\.0\.1:184\d\d/$")

    def test_it_ends_by_itself_at_the_end_of_the_storm(self):
        self.serve("--replay", "burst", "--speed", "3600", "--exit-at-end")
        self.assertEqual(self.process.wait(server_test.PATIENCE_S), 0)
        self.process.stdout.close()
        self.process = None


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    server_test.THALWEG = os.path.abspath(sys.argv.pop(1))
    del ServerTest   # its tests run in server_test.py
    unittest.main()
