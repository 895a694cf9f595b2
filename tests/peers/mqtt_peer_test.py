#!/usr/bin/env python3
"""MQTT clients and a broker that others wrote, with the real server: Debian's mosquitto (clients and
broker), PyPI's paho-mqtt, npm's mqtt and sparkplug-client.

  mqtt_peer_test.py THALWEG [TEST ...]

Installs paho-mqtt into build/.venv-mqtt and the npm packages into build/npm-mqtt when they are not
there; what cannot be had is skipped. Exits with 77 when nothing of it is there.
"""
import datetime
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

import station_city
from station_city import free_port, secret

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, "build", ".venv-mqtt")
NPM = os.path.join(ROOT, "build", "npm-mqtt")
PYTHON = os.path.join(VENV, "bin", "python")
PAHO = "paho-mqtt==2.1.0"
PACKAGES = ("mqtt@5.16.0", "sparkplug-client@3.2.4")
DEVICES = f"""[mqtt pump-7]
secret_sha256 = {secret("secret")}
map.plant/pump7/level = L1 cm
map.flow = Q1 L/s
ignore = battery
[mqtt edge]
secret_sha256 = {secret("edge")}
map.level = L1
map.pump/flow = Q1
ignore = *
"""
PAHO_LEDGER = """
import json, sys, time
import paho.mqtt.client as paho
port, version, qos, first, count = (int(a) for a in sys.argv[1:6])
client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="ledger",
                     protocol=paho.MQTTv5 if version == 5 else paho.MQTTv311,
                     **({} if version == 5 else {"clean_session": False}))
client.username_pw_set("pump-7", "secret")
client.max_inflight_messages_set(50)
acked = set()
ids = {}
def published(client, user, mid, reason, properties):
    if not reason.is_failure and mid in ids:
        print(ids.pop(mid), flush=True)
client.on_publish = published
client.connect("127.0.0.1", port)
client.loop_start()
for k in range(first, first + count):
    info = client.publish("x", json.dumps({"ts": k, "flow": k % 1000}), qos=qos)
    ids[info.mid] = k
    while len(ids) > 40:
        time.sleep(0.0005)
end = time.time() + 20
while ids and time.time() < end:
    time.sleep(0.01)
client.disconnect()
"""
NODE_MQTT = """
const mqtt = require('mqtt');
const [port, version] = process.argv.slice(1).map(Number);
const client = mqtt.connect({host: '127.0.0.1', port, protocolVersion: version, username: 'pump-7',
                             password: 'secret', clientId: 'node', clean: true});
client.on('error', e => { console.log('error', e.message); process.exit(1); });
client.on('connect', async () => {
    const granted = await client.subscribeAsync('cmd/#', {qos: 2});
    console.log('granted', granted[0].qos);
    client.on('message', (topic, payload) => console.log('heard', topic, payload.toString()));
    for (const qos of [0, 1, 2]) {
        await client.publishAsync('x', JSON.stringify({ts: 1719800100000 + qos, flow: qos}), {qos});
    }
    await client.publishAsync('cmd/flow', '7', {qos: 1});
    if (version === 5) {
        try {
            await client.publishAsync('x', 'water', {qos: 1});
            console.log('taken');
        } catch (e) { console.log('refused', e.code); }
    }
    setTimeout(() => client.end(false, {}, () => console.log('end')), 200);
});
"""
NODE_SPARKPLUG = """
const sparkplug = require('sparkplug-client');
const port = process.argv[1];
const client = sparkplug.newClient({serverUrl: 'mqtt://127.0.0.1:' + port, username: 'edge',
    password: 'edge', groupId: 'city', edgeNode: 'n1', clientId: 'edge-n1', version: 'spBv1.0',
    publishDeath: true});
let births = 0;
const t0 = Date.now() - 60000;
client.on('birth', () => {
    births++;
    client.publishNodeBirth({timestamp: t0, metrics: [
        {name: 'level', alias: 1, type: 'Double', value: 1.5},
        {name: 'model', type: 'String', value: 'X'}]});
    client.publishDeviceBirth('pump', {timestamp: t0, metrics: [
        {name: 'flow', type: 'Int16', value: -3}]});
    if (births === 1) {
        client.publishNodeData({timestamp: t0 + 1000, metrics: [
            {name: 'level', type: 'Double', value: 2.5}]});
        client.publishDeviceData('pump', {timestamp: t0 + 1000, metrics: [
            {name: 'flow', type: 'Int16', value: -4}]});
        client.seq = (client.seq + 5) % 256;   // messages that are lost
        client.publishNodeData({timestamp: t0 + 2000, metrics: [
            {name: 'level', type: 'Double', value: 3.5}]});
    } else {
        setTimeout(() => { client.stop(); console.log('births', births); }, 300);
    }
});
client.on('ncmd', p => {
    for (const m of p.metrics) if (m.name === 'Node Control/Rebirth' && m.value) {
        console.log('asked for a birth');
        client.emit('birth');
    }
});
client.on('error', e => { console.log('error', e.message); process.exit(1); });
"""


def have_paho():
    if not os.path.exists(PYTHON):
        subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True)
    if subprocess.run([PYTHON, "-c", "import paho.mqtt"], capture_output=True).returncode == 0:
        return True
    return subprocess.run([PYTHON, "-m", "pip", "install", "-q", PAHO],
                          capture_output=True).returncode == 0


def have_npm():
    if os.path.isdir(os.path.join(NPM, "node_modules", "sparkplug-client")):
        return True
    if not shutil.which("npm"):
        return False
    os.makedirs(NPM, exist_ok=True)
    return subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts",
                           "--prefix", NPM, *PACKAGES], capture_output=True).returncode == 0


MOSQUITTO = shutil.which("mosquitto_pub") and (shutil.which("mosquitto") or
                                               shutil.which("mosquitto", path="/usr/sbin"))
HAS_PAHO = have_paho()
HAS_NPM = have_npm()


class MqttTest(station_city.StationCity):
    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.devices = DEVICES

    def listen(self, more="", **others):
        """Serve with a listener for MQTT; more is added to city.ini."""
        self.serve_with(self.devices, mqtt=self.port, **others)
        if more:
            self.end()
            with open(os.path.join(self.city, "city.ini"), "a", encoding="utf-8") as f:
                f.write(more)
            self.serve()

    def publish(self, *args, port=None, **kw):
        return subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(port or self.port),
                               *args], capture_output=True, text=True, timeout=30, **kw)

    def node(self, script, *args):
        done = subprocess.run(["node", "-e", script, *map(str, args)], capture_output=True,
                              text=True, timeout=60, cwd=NPM)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout.splitlines()

    def stored(self, name):
        """[(time in ms, value)] of all that is stored of a sensor."""
        path = f"/api/v1/export.csv?from=0&to=4102444800000&sensors={name}&format=typed"
        with urllib.request.urlopen(self.base + path, timeout=60) as answer:
            rows = answer.read().decode().split("\r\n")[1:]
        moment = datetime.datetime.fromisoformat
        return [(round(moment(r[0].replace("Z", "+00:00")).timestamp() * 1000), float(r[2]))
                for r in (row.split(",") for row in rows if row)]


@unittest.skipUnless(MOSQUITTO, "mosquitto is not installed")
class MosquittoTest(MqttTest):
    LOGIN = ("-u", "pump-7", "-P", "secret")

    def test_every_version_and_quality_of_service_is_stored(self):
        self.listen()
        value = 10
        for version in ("mqttv311", "mqttv5"):
            for qos in "012":
                value += 1
                done = self.publish(*self.LOGIN, "-V", version, "-q", qos, "-t",
                                    "plant/pump7/level", "-m", str(value))
                self.assertEqual(done.returncode, 0, done.stderr)
                self.wait_until("it is stored",
                                lambda: abs((self.sensor("L1")["value"] or 0) - value / 100) < 1e-9)
        view = self.device("pump-7")
        self.assertEqual((view["messages"], view["refused"]), (6, 0))

    def test_a_wrong_password_is_refused(self):
        self.listen()
        done = self.publish("-u", "pump-7", "-P", "guess", "-q", "1", "-t", "flow", "-m", "1")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("bad user name or password", done.stderr)

    def test_observations_of_sensorthings_are_stored(self):
        self.listen()
        done = self.publish(*self.LOGIN, "-q", "1", "-t", "v1.1/Datastreams(flow)/Observations",
                            "-m", '{"result": 500, "phenomenonTime": "2031-07-01T02:00:00Z"}')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertAlmostEqual(self.sensor("Q1")["value"], 0.5, 12)

    def test_a_certificate_opens_what_a_password_does(self):
        folder = tempfile.mkdtemp(prefix="thalweg-tls-")
        self.addCleanup(shutil.rmtree, folder)

        def openssl(*args):
            subprocess.run(["openssl", *args], check=True, capture_output=True, cwd=folder)
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out",
                "ca.pem", "-subj", "/CN=ca", "-days", "2")
        for name, extra in (("server", "subjectAltName=IP:127.0.0.1"), ("pump", "basicConstraints"
                                                                        "=CA:FALSE")):
            with open(os.path.join(folder, "ext"), "w", encoding="utf-8") as f:
                f.write(extra + "\n")
            openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", name + ".key", "-out",
                    name + ".csr", "-subj", "/CN=" + name)
            openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                    "-CAcreateserial", "-out", name + ".pem", "-days", "2", "-extfile", "ext")
        der = subprocess.run(["openssl", "x509", "-in", "pump.pem", "-outform", "DER"],
                             cwd=folder, capture_output=True, check=True).stdout
        self.devices += (f"[mqtt sealed]\ncertificate_sha256 = {hashlib.sha256(der).hexdigest()}\n"
                         "map.flow = Q1\n")
        self.listen(more=f"certificate = {folder}/server.pem\nkey = {folder}/server.key\n"
                         f"authorities = {folder}/ca.pem\n")
        tls = ("--cafile", os.path.join(folder, "ca.pem"))
        own = ("--cert", os.path.join(folder, "pump.pem"), "--key",
               os.path.join(folder, "pump.key"))
        done = self.publish(*tls, *own, "-q", "1", "-t", "flow", "-m", "2.5")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.sensor("Q1")["value"], 2.5)
        self.assertEqual(self.sensor("Q1")["source"], "mqtt/sealed")
        done = self.publish(*tls, *self.LOGIN, "-q", "1", "-t", "plant/pump7/level", "-m", "7")
        self.assertEqual(done.returncode, 0, done.stderr)   # by password, inside TLS
        self.assertNotEqual(self.publish(*tls, "-q", "1", "-t", "flow", "-m", "3").returncode, 0)
        self.assertNotEqual(self.publish("-q", "1", "-t", "flow", "-m", "3").returncode, 0)
        self.assertEqual(self.sensor("Q1")["value"], 2.5)

    def broker(self, port, folder):
        conf = os.path.join(folder, "mosquitto.conf")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
                    f"persistence_location {folder}/\n")
        process = subprocess.Popen([MOSQUITTO, "-c", conf], stderr=subprocess.DEVNULL)
        self.addCleanup(lambda: (process.kill(), process.wait()))
        self.wait_until("the broker listens", lambda: self.publish(
            "-t", "hello", "-m", "x", port=port).returncode == 0)
        return process

    def test_what_a_broker_keeps_comes_when_the_server_is_back(self):
        folder = tempfile.mkdtemp(prefix="thalweg-broker-")
        self.addCleanup(shutil.rmtree, folder)
        port = free_port()
        broker = self.broker(port, folder)
        self.listen(more=f"[mqtt-broker]\naddress = localhost:{port}\ntopics = plant/# flow\n"
                         "device = pump-7\nhost_id = hollow\n")

        def state():
            return subprocess.run(["mosquitto_sub", "-p", str(port), "-t", "spBv1.0/STATE/hollow",
                                   "-C", "1", "-W", "1"], capture_output=True, text=True).stdout
        self.wait_until("the server is there", lambda: '"online":true' in state())
        self.publish("-q", "1", "-t", "flow", "-m", "250", port=port)
        self.wait_until("it is stored", lambda: self.sensor("Q1")["value"] == 0.25)
        self.process.kill()
        self.process.wait()
        self.wait_until("the will says so", lambda: '"online":false' in state())
        now_ms = int(time.time() * 1000)
        for k in range(50):
            self.publish("-q", "1", "-t", "flow", "-m", json.dumps({"ts": now_ms - 1000 * k,
                                                                  "value": k}), port=port)
        self.process.stdout.close()
        self.serve()
        self.wait_until("all of it has come", lambda: len(self.stored("Q1")) >= 51)
        # The broker restarts: the link comes back by itself.
        broker.send_signal(signal.SIGTERM)
        broker.wait()
        self.broker(port, folder)
        self.wait_until("it is back", lambda: '"online":true' in state())
        self.publish("-q", "2", "-t", "flow", "-m", "750", port=port)
        self.wait_until("it is stored", lambda: self.sensor("Q1")["value"] == 0.75)
        self.publish("-q", "1", "-t", "flow", "-m", "water", port=port)
        self.publish("-q", "1", "-t", "flow", "-m", "125", port=port)
        self.wait_until("a bad message holds nothing back",
                        lambda: self.sensor("Q1")["value"] == 0.125)


@unittest.skipUnless(HAS_PAHO, "paho-mqtt is not installed")
class PahoTest(MqttTest):
    def test_all_that_was_acknowledged_is_there_after_power_cuts(self):
        self.listen()
        first = int(time.time() * 1000) - 3600000
        acked = set()
        for round_ in range(6):
            client = subprocess.Popen(
                [PYTHON, "-c", PAHO_LEDGER, str(self.port), "5" if round_ % 2 else "4",
                 str(1 + round_ % 2), str(first + 100000 * round_), "3000"],
                stdout=subprocess.PIPE, text=True)
            time.sleep(0.7 + 0.15 * round_)
            self.process.kill()
            client.kill()
            acked |= {int(line) for line in client.communicate()[0].split()}
            self.process.wait()
            self.process.stdout.close()
            self.serve()
        rows = self.stored("Q1")
        stored = dict(rows)
        self.assertGreater(len(acked), 100)
        missing = [k for k in acked if k not in stored]
        self.assertEqual(missing[:5], [], f"{len(missing)} of {len(acked)} are missing")
        self.assertEqual(len(rows), len(stored), "one is there twice")
        for k in acked:
            self.assertAlmostEqual(stored[k], k % 1000 / 1000, 9)


@unittest.skipUnless(HAS_NPM, "npm's mqtt and sparkplug-client are not installed")
class NpmTest(MqttTest):
    def test_node_of_both_versions(self):
        self.listen()
        for version in (4, 5):
            lines = self.node(NODE_MQTT, self.port, version)
            self.assertIn("granted 1", lines)
            self.assertIn("heard cmd/flow 7", lines)
            self.assertEqual(lines[-1], "end")
            if version == 5:
                self.assertIn("refused 153", lines)
        self.assertEqual(self.sensor("Q1")["value"], 0.007)

    def test_a_sparkplug_node_is_born_loses_messages_and_is_born_again(self):
        self.listen()
        lines = self.node(NODE_SPARKPLUG, self.port)
        self.assertIn("asked for a birth", lines)
        self.assertIn("births 2", lines)
        self.assertIn(2.5, dict(self.stored("L1")).values())
        self.assertIn(-4.0, dict(self.stored("Q1")).values())


if __name__ == "__main__":
    if not (MOSQUITTO or HAS_PAHO or HAS_NPM):
        print("no MQTT client of others can be had here")
        sys.exit(77)
    station_city.main("__main__")
