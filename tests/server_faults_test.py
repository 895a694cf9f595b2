#!/usr/bin/env python3
"""The server when things go wrong: killed, without disk, asked by strangers.

  server_faults_test.py THALWEG [TEST ...]
"""
import hashlib
import http.client
import json
import os
import random
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

import server_test
from server_test import PATIENCE_S, ServerTest

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


    def test_a_disk_that_is_read_only_is_told(self):
        # /proc takes no file from anybody, root included
        done = self.command("serve", self.city, "--replay", "burst", "--store", "/proc/thalweg",
                            "--listen", "127.0.0.1:0")
        self.assertEqual(done.returncode, 4)
        self.assertIn("/proc/thalweg", done.stderr)


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


def resident_kb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return sum(int(line.split()[1]) for line in f if line.startswith("VmRSS"))


def shadow():
    """What a byte of the server takes: ThreadSanitizer keeps four to nine beside each."""
    with open(server_test.THALWEG, "rb") as f:
        return 10 if b"__tsan_init" in f.read() else 1


def need_descriptors(count):
    """This process, too, must be allowed as many; where it is not the test says so."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise unittest.SkipTest(f"ulimit -Hn is {hard}, {count} are needed")
    if soft != resource.RLIM_INFINITY and soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


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

    def test_thousands_of_silent_connections_leave_room_and_are_closed(self):
        """5,000 from one address that say nothing: others are served, memory is bounded, and they
        are closed after the half minute that the server grants."""
        self.serve("--replay", "burst", "--speed", "600")
        host, port = self.base[7:].split(":")
        need_descriptors(5100)
        before_kb = resident_kb(self.process.pid)
        began = time.monotonic()
        silent = [socket.create_connection((host, int(port))) for _ in range(5000)]
        asked = time.monotonic()
        self.get("state")
        status, _ = self.ask("/api/v1/samples", [sample(0, 0.5)])
        self.assertEqual(status, 200)
        # Generous: alone it takes milliseconds.
        self.assertLess(time.monotonic() - asked, 10.0)
        # A connection costs a few kilobytes; 100 MB would be 20 of each.
        self.assertLess(resident_kb(self.process.pid) - before_kb, 100_000 * shadow())
        waiting = select.epoll()
        for s in silent:
            waiting.register(s, select.EPOLLRDHUP)
        closed = 0
        while closed < 5000 and time.monotonic() - began < PATIENCE_S:
            for fd, _ in waiting.poll(1.0):
                waiting.unregister(fd)
                closed += 1
        self.assertEqual(closed, 5000)
        waiting.close()
        for s in silent:
            s.close()
        self.get("state")
        self.assertEqual(self.end(), 0)

    def test_an_address_that_takes_all_it_may_leaves_room_for_others(self):
        need_descriptors(1200)
        server = server_test.THALWEG
        server_test.THALWEG = self.wrapped("ulimit -n 1200")
        try:
            self.serve("--replay", "burst", "--paused")
        finally:
            server_test.THALWEG = server
        host, port = self.base[7:].split(":")
        taken = [socket.create_connection((host, int(port)), source_address=("127.0.0.1", 0))
                 for _ in range(700)]
        other = http.client.HTTPConnection(host, int(port), timeout=10,
                                           source_address=("127.0.0.2", 0))
        other.request("GET", "/api/v1/clock", headers={"Host": "localhost"})
        self.assertEqual(other.getresponse().status, 200)
        other.close()
        # Half of 1200 - 512 connections are one address's; the others were closed at once.
        poll = select.poll()
        for s in taken:
            poll.register(s, select.POLLRDHUP)
        self.assertEqual(len(poll.poll(1000)), 700 - 344)
        for s in taken:
            s.close()
        self.assertEqual(self.end(), 0)

    def wrapped(self, words):
        """The command, run by a shell after these words."""
        self.write("wrapped.sh", f'#!/bin/sh\n{words}\nexec {server_test.THALWEG} "$@"\n')
        path = os.path.join(self.city, "wrapped.sh")
        os.chmod(path, 0o755)
        return path

    def test_a_sender_of_a_byte_a_second_is_waited_for_and_delays_nobody(self):
        self.serve("--replay", "burst", "--paused")
        host, port = self.base[7:].split(":")
        body = json.dumps([sample(1, 0.25)]).encode()
        head = (f"POST /api/v1/samples HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode()
        slow = socket.create_connection((host, int(port)))
        slow.sendall(head[:-3])
        for byte in head[-3:] + body[:2]:
            slow.sendall(bytes([byte]))
            began = time.monotonic()
            status, _ = self.ask("/api/v1/samples", [sample(2, 0.5)])
            self.assertEqual(status, 200)
            took = time.monotonic() - began
            self.assertLess(took, 5.0)   # it would wait for the slow one's end otherwise
            time.sleep(max(0.0, 1.0 - took))
        slow.sendall(body[2:])
        answer = b""
        while part := slow.recv(4096):
            answer += part
        slow.close()
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
        self.assertEqual(self.end(), 0)

    def test_a_client_that_never_reads_its_events_costs_little(self):
        """A new state replaces the one that waits, so what waits for it is bounded."""
        self.serve("--replay", "burst", "--speed", "3600")
        host, port = self.base[7:].split(":")
        deaf = []
        for _ in range(20):
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.connect((host, int(port)))
            s.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            deaf.append(s)
        self.wait_until("they are listed", lambda: self.get("health")["clients"] == 20)
        listener = http.client.HTTPConnection(host, int(port), timeout=30)
        listener.request("GET", "/api/v1/events", headers={"Host": "localhost"})
        stream = listener.getresponse()
        heard = 0
        while heard < 20:
            heard += stream.readline().startswith(b"event:")
        self.assertLess(resident_kb(self.process.pid), 400_000)
        listener.close()
        for s in deaf:
            s.close()
        self.wait_until("they are gone", lambda: self.get("health")["clients"] == 0)
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
        stored = os.path.join(self.store, "replay-burst.db")
        forecast = ("forecast", self.city, "--members", "4", "--json", "--store", stored)
        done = self.command(*forecast, "--at", "2031-07-01T10:30")
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["members"], 4)
        self.assertIn("gauge G1 is used", answer["notes"])
        done = self.command(*forecast, "--at", "2032-07-01T10:30")   # a year without a value
        self.assertEqual(done.returncode, 3)
        self.assertIn("no rain", done.stderr)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    server_test.THALWEG = os.path.abspath(sys.argv.pop(1))
    del ServerTest   # its tests run in server_test.py
    unittest.main()
