#!/usr/bin/env python3
"""A plant that reports by HJ 212, written from the standard's text, against the real server.

  hj212_peer_test.py THALWEG [TEST ...]

No kept program that speaks HJ 212 could be found in a package registry; the frames of other programs'
test suites in ../shared/corpus/plant/frames are sent too.
"""
import os
import re
import time
import unittest

import station_city
from station_city import Line, local, secret

MN = "010000A8900016F000169DC0"
PASSWORD = "123456"
DEVICES = f"""[hj212 plant-1]
identity = {MN}
secret_sha256 = {secret(PASSWORD)}
silent_after_s = 600
map.w00000 = Q1
map.w01018 = L1 - 1
map.2051.w01018-Avg = L1 - 1
map.2061.w01018-Max = L2 - 1
"""


def crc(data):
    """HJ 212-2017, appendix A, in its own words: the register's high byte and the byte."""
    register = 0xFFFF
    for byte in data:
        register = (register >> 8) ^ byte
        for _ in range(8):
            low = register & 1
            register >>= 1
            if low:
                register ^= 0xA001
    return register


def frame(segment):
    data = segment.encode("gbk")
    return b"##%04d%s%04X\r\n" % (len(data), data, crc(data))


class Plant(Line):
    def segment(self, cn, content, flag=5, qn=None, password=PASSWORD, more=""):
        qn = qn or local(time.time()) + "%03d" % (time.time() % 1 * 1000)
        return (f"QN={qn};ST=32;CN={cn};PW={password};MN={MN};Flag={flag};{more}"
                f"CP=&&{content}&&")

    def say(self, *words, **more):
        self.send(frame(self.segment(*words, **more)))

    def hear(self):
        """The next frame's fields, its check checked; None when the server has hung up."""
        head = self.receive(6)
        if len(head) < 6:
            return None
        assert head[:2] == b"##", head
        size = int(head[2:])
        body = self.receive(size)
        assert int(self.receive(4), 16) == crc(body)
        assert self.receive(2) == b"\r\n"
        text = body.decode("ascii")
        fields = dict(re.findall(r"(QN|ST|CN|PW|MN|Flag)=([^;]*);", text))
        fields["CP"] = text[text.index("CP=&&") + 5:-2]
        return fields


class Hj212Test(station_city.StationCity):
    def setUp(self):
        super().setUp()
        self.port = station_city.free_port()
        self.serve_with(DEVICES, hj212=self.port)
        self.plant = Plant(self.port)
        self.addCleanup(lambda: self.plant.close())
        self.now = int(time.time()) // 60 * 60

    def report(self, unix_s, value, **more):
        self.plant.say(2011, f"DataTime={local(unix_s)};w01018-Rtd={value},w01018-Flag=N;"
                       f"w00000-Rtd=250.0,w00000-Flag=N", **more)

    def test_what_is_answered_is_there_after_a_power_cut(self):
        for k in range(100):
            self.report(self.now - 3000 + 30 * k, 1 + k / 100)
            self.assertEqual(self.plant.hear()["CN"], "9014")
        self.kill()
        measured = self.measured("L1")
        for k in range(100):
            self.assertAlmostEqual(measured[self.now - 3000 + 30 * k], 1 + k / 100, 12)
        self.assertAlmostEqual(self.sensor("Q1")["value"], 0.25, 12)  # 250 L/s

    def test_thousands_of_resends_are_one_sample(self):
        message = frame(self.plant.segment(2011, f"DataTime={local(self.now)};w01018-Rtd=2.5"))
        for _ in range(20):
            self.plant.send(message * 100)
            for _ in range(100):
                self.assertEqual(self.plant.hear()["CN"], "9014")
        self.assertEqual(self.measured("L1"), {self.now: 2.5})

    def test_the_server_asks_for_what_is_missing(self):
        self.report(self.now - 7200, 1.0)
        self.assertEqual(self.plant.hear()["CN"], "9014")
        self.plant.reset()
        self.plant = Plant(self.port)
        self.report(self.now, 1.5)
        heard = [self.plant.hear(), self.plant.hear()]
        request = next(h for h in heard if h["CN"] == "2051")
        self.assertIn("9014", [h["CN"] for h in heard])
        begin, end = re.findall(r"\d{14}", request["CP"])
        self.assertEqual((begin, end), (local(self.now - 7200), local(self.now)))
        self.plant.say(9011, "QnRtn=1", flag=4, qn=request["QN"])
        parts = [f"DataTime={local(self.now - 7200 + 600 * k)};w01018-Avg={1 + k / 10:.1f},"
                 f"w01018-Flag=N;" for k in range(1, 12)]
        text = "".join(parts)
        cut = [text[i:i + 150] for i in range(0, len(text), 150)]  # anywhere, as some do
        for i, piece in enumerate(cut):
            self.plant.say(2051, piece, flag=7, qn=request["QN"],
                           more=f"PNUM={len(cut)};PNO={i + 1};")
        self.assertEqual(self.plant.hear()["CN"], "9014")
        self.plant.say(9012, "ExeRtn=1", flag=4, qn=request["QN"])
        measured = self.measured("L1")
        for k in range(1, 12):
            self.assertAlmostEqual(measured[self.now - 7200 + 600 * k], 1 + k / 10, 12)

    def test_flags_and_history_find_their_place(self):
        self.plant.say(2011, f"DataTime={local(self.now)};w01018-Rtd=9.5,w01018-Flag=D;"
                       "i1-Info=水泵故障")
        self.assertEqual(self.plant.hear()["CN"], "9014")
        self.assertNotEqual(self.sensor("L1")["quality"], "good")
        self.plant.say(2061, f"DataTime={local(self.now - 3600)};w01018-Min=1,w01018-Avg=2,"
                       "w01018-Max=3,w01018-Cou=4,w01018-Flag=N")
        self.assertEqual(self.plant.hear()["CN"], "9014")
        self.assertEqual(self.measured("L2"), {self.now - 3600: 3})

    def test_a_wrong_password_is_sent_away_and_seen(self):
        self.plant.say(2011, f"DataTime={local(self.now)};w01018-Rtd=1", password="654321")
        self.assertTrue(self.plant.is_closed())
        self.assertEqual(self.device("plant-1")["refused"], 1)
        self.assertEqual(self.measured("L1"), {})

    def test_a_byte_a_second_hinders_nobody(self):
        slow = Plant(self.port)
        message = frame(slow.segment(2011, f"DataTime={local(self.now - 60)};w01018-Rtd=1"))
        for k in range(3):
            slow.send(message[k:k + 1])
            began = time.monotonic()
            self.report(self.now, 2.0)
            self.assertEqual(self.plant.hear()["CN"], "9014")
            self.assertLess(time.monotonic() - began, 5)  # a commit on a busy machine
            time.sleep(1)
        slow.send(message[3:])
        self.assertEqual(slow.hear()["CN"], "9014")
        slow.close()

    def test_noise_and_wrong_checks_are_counted_and_passed_over(self):
        good = frame(self.plant.segment(2011, f"DataTime={local(self.now)};w01018-Rtd=1"))
        wrong = good.replace(b"w01018-Rtd=1", b"w01018-Rtd=2")
        lying = good[:2] + b"9999" + good[6:]
        self.plant.send(good + wrong + b"noise\r\n" + lying + good + good)
        for _ in range(3):
            self.assertEqual(self.plant.hear()["CN"], "9014")
        self.assertGreaterEqual(self.device("plant-1")["refused"], 2)
        self.assertEqual(self.measured("L1"), {self.now: 1})

    def test_frames_of_the_corpus_are_answered(self):
        path = os.path.join(station_city.SHARED, "corpus", "plant", "frames",
                            "hj212_generated.txt")
        if not os.path.exists(path):
            self.skipTest("no ../shared")
        with open(path, encoding="utf-8") as lines:
            frames = [line.strip() for line in lines if line.startswith("##")]
        answered = 0
        for line in frames:
            if "CN=20" not in line:
                continue
            self.plant.send(line.encode() + b"\r\n")
            heard = self.plant.hear()
            self.assertEqual((heard["CN"], heard["QN"]), ("9014", "20160801085857223"))
            answered += 1
        self.assertEqual(answered, 4)


if __name__ == "__main__":
    station_city.main("__main__")
