#!/usr/bin/env python3
"""What is said to the outside: bulletins by webhook, signed and tried again, and by mail; orders of an
officer; CAP and Atom.

  notify_test.py THALWEG [TEST ...]
"""
import base64
import email
import hashlib
import hmac
import http.server
import json
import os
import socketserver
import sys
import threading
import unittest
import urllib.request
import xml.etree.ElementTree as ET

import server_test
from server_test import CITY_INI, ServerTest

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
SECRET = "a secret of the test"


class Hook(http.server.BaseHTTPRequestHandler):
    """Refuses the first message, sends /elsewhere away, and keeps what it takes."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers), body))
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/inside")
        else:
            self.send_response(503 if len(self.server.seen) == 1 else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass


class Mail(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a mail needs."""

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        self.say("220 test")
        for line in iter(self.rfile.readline, b""):
            word = line.strip().upper()
            if word.startswith(b"DATA"):
                self.say("354 go on")
                lines = []
                for part in iter(self.rfile.readline, b".\r\n"):
                    lines.append(part)
                self.server.seen.append(b"".join(lines))
            self.say("221 bye" if word.startswith(b"QUIT") else "250 ok")


def start(server):
    server.seen = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Notify(ServerTest):
    def setUp(self):
        super().setUp()
        self.hook = start(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook))
        self.mail = start(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail))
        for server in (self.hook, self.mail):
            self.addCleanup(server.server_close)
            self.addCleanup(server.shutdown)
        base = f"http://127.0.0.1:{self.hook.server_port}"
        self.write("hook.key", SECRET + "\n")
        self.write("city.ini", CITY_INI + f"""members = 5
[notify]
webhook = {base}/hook, {base}/elsewhere
webhook_secret = hook.key
mail_server = smtp://127.0.0.1:{self.mail.server_address[1]}
mail_from = drain@city.example
mail_to = duty@city.example
replays = yes
""")

    def fetch(self, path):
        with urllib.request.urlopen(self.base + path, timeout=60) as answer:
            return answer.headers["Content-Type"], answer.read()

    def storm(self):
        self.serve("--replay", "burst", "--speed", "1200")
        self.wait_until("a warning is there", lambda: self.get("warnings"))
        self.wait_until("a bulletin went out", lambda: self.get("bulletins"))

    def test_a_bulletin_is_signed_tried_again_and_what_became_of_it_is_shown(self):
        self.storm()
        self.wait_until("it is delivered", lambda: any(
            n["state"] == "delivered" and n["channel"] == "webhook" and n["attempts"] > 1
            for n in self.get("notices")))
        first = [s for s in self.hook.seen if s[0] == "/hook"][0]
        stamp = first[1]["X-Thalweg-Timestamp"]
        signed = hmac.new(SECRET.encode(), stamp.encode() + b"." + first[2], hashlib.sha256)
        self.assertEqual(first[1]["X-Thalweg-Signature"], "sha256=" + signed.hexdigest())
        body = json.loads(first[2])
        self.assertEqual(body["kind"], "alert")
        self.assertEqual(ET.fromstring(body["cap"]).findtext(CAP + "status"), "Exercise")
        self.wait_until("a redirection is given up", lambda: any(
            n["state"] == "given_up" and n["address"].endswith("/elsewhere")
            for n in self.get("notices")))
        self.assertFalse([s for s in self.hook.seen if s[0] == "/inside"])
        self.assertNotIn(SECRET, json.dumps(self.get("notices")))

    def test_a_mail_says_it_in_both_languages_with_the_message_attached(self):
        self.storm()
        self.wait_until("a mail came", lambda: self.mail.seen)
        mail = email.message_from_bytes(self.mail.seen[0])
        text, cap = mail.get_payload()
        self.assertIn("预警", text.get_payload(decode=True).decode())
        self.assertIn("flood warning", text.get_payload(decode=True).decode())
        self.assertEqual(cap.get_content_type(), "application/cap+xml")
        ET.fromstring(base64.b64decode(cap.get_payload()))
        self.assertEqual(mail["To"], "duty@city.example")

    def test_cap_and_atom_are_served(self):
        self.storm()
        bulletin = self.get("bulletins")[-1]
        kind, text = self.fetch(bulletin["cap"])
        self.assertTrue(kind.startswith("application/cap+xml"))
        alert = ET.fromstring(text)
        self.assertEqual(alert.findtext(CAP + "msgType"), "Alert")
        languages = [i.findtext(CAP + "language") for i in alert.findall(CAP + "info")]
        self.assertEqual(sorted(set(languages)), ["en", "zh-CN"])
        warning = self.get("warnings?all=1")[0]["id"]
        self.assertEqual(ET.fromstring(self.fetch(f"/api/v1/warnings/{warning}.cap")[1]).tag,
                         CAP + "alert")
        kind, feed = self.fetch("/api/v1/warnings/feed.atom")
        self.assertTrue(kind.startswith("application/atom+xml"))
        self.assertTrue(ET.fromstring(feed).findall("{http://www.w3.org/2005/Atom}entry"))
        for path in ("warnings/1.cap", "warnings/x.cap", "bulletins/1", "bulletins/-1.cap"):
            self.assertEqual(self.ask("/api/v1/" + path)[0], 404, path)

    def test_an_officer_overrules_with_a_reason(self):
        self.storm()
        self.assertEqual(self.ask("/api/v1/clock", {"paused": True})[0], 200)
        one = self.get("warnings")[0]
        path = f"/api/v1/warnings/{one['id']}/order"
        for wrong in ({}, {"action": "stop"}, {"action": "hold"}, {"action": "hold", "reason": ""},
                      {"action": "raise", "reason": "r"}, {"action": "hold", "reason": 5},
                      {"action": "hold", "reason": "x" * 256},
                      {"action": "raise", "class": "pink", "reason": "r"}):
            self.assertEqual(self.ask(path, wrong)[0], 400, wrong)
        order = {"action": "cancel", "reason": "井盖已修好", "by": "Li"}
        status, left = self.ask(path, order)
        self.assertEqual(status, 200)
        self.assertEqual(left[0]["state"], "cancelled")
        self.assertEqual(left[0]["order"]["reason"], "井盖已修好")
        self.assertIsNotNone(left[0]["own_class"])
        self.assertEqual(self.ask(f"/api/v1/warnings/{one['id']}/acknowledge", {})[0], 409)
        self.assertEqual(self.ask("/api/v1/warnings/7/order", order)[0], 404)
        self.assertEqual(self.ask("/api/v1/points/P9/warning",
                                  {"action": "raise", "class": "red", "reason": "r"})[0], 404)
        self.assertEqual(self.ask("/api/v1/points/P1/warning",
                                  {"action": "raise", "class": "red", "reason": "r"})[0], 409)
        self.assertEqual(self.ask(path, {"action": "release"})[0], 200)
        told = [line for line in self.get("audit") if line["path"] == path]
        self.assertIn("井盖已修好", [json.loads(line["detail"]).get("reason") for line in told
                                     if line["status"] == 200])


if __name__ == "__main__":
    server_test.THALWEG = os.path.abspath(sys.argv[1])
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)
