/* The crew's phone: one order, large buttons, and what happens without a network. The server is a
 * stand-in that remembers what it was told; tests/orders_test.py has the real one. */
import assert from "node:assert/strict";
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { barriers, launch, missing, none } from "./browser.mjs";
import { until } from "./site.mjs";

const why = missing();
if (why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

const DIST = fileURLToPath(new URL("../../web/dist", import.meta.url));
const TOKEN = "0123456789abcdef".repeat(3);
const MIME = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
};
const NEXT = { accepted: 1, rolling: 1, arrived: 1, working: 1, done: 1, refused: 1 };

const order = () => ({
  head: {
    id: 12,
    state: "sent",
    vehicles: ["D1-V1"],
    with: null,
    place: {
      id: "P01",
      kind: "point",
      name: { zh: "鹅石坎下穿道", en: "Eshikan Underpass" },
      lon: 106.5498,
      lat: 29.5642,
    },
    items: { sandbags: 80 },
    reason: "",
    about: {
      class: "orange",
      travel_s: 240,
      distance_m: 1830,
      do: ["clear_inlets", "open_covers", "pump", "report_depth"],
      reason: { zh: "积水将达 0.46 米", en: "0.46 m of water is expected" },
      change: "new",
    },
  },
  route: {
    line: [
      [106.5437, 29.561],
      [106.546, 29.562],
      [106.5498, 29.5642],
    ],
    steps: [
      { road: "R17", turn: "start", distance_m: 900, wait_s: 0, depth_m: 0 },
      { road: "R21", turn: "left", distance_m: 930, wait_s: 90, depth_m: 0.12 },
    ],
    walk_m: 12,
  },
});

/** A stand-in for the server, closed when test `t` ends; `line.up` cuts it off. */
function startServer(t) {
  const line = { up: true, told: [], photos: [], tokens: new Set(), order: order() };
  const view = () => ({
    version: line.order ? `1-12-${line.order.head.state}-${line.order.head.reroutes ?? 0}` : "1-0-free",
    time: "2031-07-01T15:20:00+08:00",
    city: { zh: "山城", en: "Shancheng" },
    simulated: true,
    crew: { id: "D1-A", size: 4, out: false, lon: null, lat: null },
    order: line.order,
  });
  const json = (answer, value) => {
    answer.setHeader("Content-Type", "application/json");
    answer.end(JSON.stringify(value));
  };
  const take = (report) => {
    const again = line.told.some((one) => one.id === report.id);
    if (!again) line.told.push(report);
    if (!again && NEXT[report.kind]) line.order.head.state = report.kind;
    return { id: report.id, result: again ? "again" : "taken", why: null };
  };
  const bodyOf = async (request) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    return Buffer.concat(parts);
  };
  const server = createServer(async (request, answer) => {
    const { pathname, searchParams } = new URL(request.url, "http://x");
    if (!line.up) return request.socket.destroy();
    line.tokens.add(request.headers.authorization ?? "none");
    if (pathname === "/api/v1/crews/D1-A") {
      const begun = Date.now();
      while (searchParams.get("version") === view().version && Date.now() - begun < 3000 && line.up)
        await new Promise((resolve) => setTimeout(resolve, 50));
      return line.up ? json(answer, view()) : request.socket.destroy();
    }
    if (pathname === "/api/v1/crews/D1-A/reports") {
      const { reports } = JSON.parse(await bodyOf(request));
      return json(answer, { results: reports.map(take) });
    }
    if (pathname.startsWith("/api/v1/crews/D1-A/photos/")) {
      line.photos.push(await bodyOf(request));
      return json(answer, { name: "x" });
    }
    if (pathname === "/api/v1/roads") return json(answer, { features: [] });
    const path = join(DIST, pathname);
    if (!path.startsWith(DIST) || !existsSync(path)) return answer.writeHead(404).end();
    answer.setHeader("Content-Type", MIME[extname(path)] ?? "application/octet-stream");
    createReadStream(path).pipe(answer);
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      line.address = `http://127.0.0.1:${server.address().port}/crew.html`;
      t.after(() => {
        server.closeAllConnections();
        server.close();
      });
      resolve(line);
    }),
  );
}

let browser;

before(async () => {
  browser = await launch({ webgl: false });
});

after(() => browser?.close());

async function openPhone(t, line, lang = "en-GB") {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    locale: lang,
    hasTouch: true,
  });
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${line.address}#D1-A:${TOKEN}`);
  return { page, complaints };
}

/** Whether the phone has every part of the page; runs in the page. */
async function isOnPhone() {
  const kept = await caches.open("thalweg-crew-1");
  const parts = [...document.querySelectorAll("script[src], link[rel$=preload], link[rel=stylesheet]")];
  const addresses = [location.pathname, ...parts.map((part) => part.src ?? part.href)];
  const found = await Promise.all(addresses.map((address) => kept.match(address)));
  return found.every(Boolean);
}

const press = (page, what) => page.click(`[data-say=${what}]`);
const kinds = (line) => line.told.map((one) => one.kind);

test("an order is shown with what to do, and goes its way by one large button", async (t) => {
  const line = await startServer(t);
  const { page, complaints } = await openPhone(t, line);
  await page.waitForSelector("[data-order='12']");
  assert.match(await page.textContent("main"), /Eshikan Underpass/);
  assert.match(await page.textContent(".tasks"), /Clear the inlets.*Set up pumps/s);
  assert.ok(!page.url().includes(TOKEN), "the address shows the token");
  for (const button of await page.$$(".crew-main .big")) {
    const { height } = await button.boundingBox();
    assert.ok(height >= 70, `a button is ${height} px high`);
  }
  for (const what of ["accepted", "rolling", "arrived", "working"]) {
    await press(page, what);
    await until(what, 10_000, () => kinds(line).includes(what));
    await page.waitForSelector(`[data-state=${what}]`);
  }
  none(await barriers(page));
  await page.getByRole("button", { name: "Report depth" }).click();
  await page.getByRole("button", { name: "more" }).click();
  await page.getByRole("button", { name: "Send" }).click();
  await press(page, "done");
  await page.getByRole("button", { name: "Done" }).click();
  await until("done", 10_000, () => kinds(line).includes("done"));
  assert.equal(line.told.find((one) => one.kind === "depth").depth_m, 0.25);
  assert.deepEqual(kinds(line), [
    "received",
    "accepted",
    "rolling",
    "arrived",
    "working",
    "depth",
    "done",
  ]);
  assert.ok(line.tokens.has(`Bearer ${TOKEN}`));
  none(complaints);
});

test("another way is said and shown", async (t) => {
  const line = await startServer(t);
  const { page, complaints } = await openPhone(t, line);
  await page.waitForSelector("[data-order='12']");
  assert.equal(await page.$(".crew-rerouted"), null);
  const { head, route } = line.order;
  head.reroutes = 1;
  head.about.change = "rerouted";
  head.about.reason.en = "road R21 is closed or too deep in water: take this way instead";
  route.steps[1].road = "R33";
  await page.waitForSelector(".crew-rerouted");
  assert.match(await page.textContent(".crew-rerouted"), /road R21 is closed/);
  assert.match(await page.textContent(".steps"), /R33/);
  none(await barriers(page));
  none(complaints);
});

test("what is pressed without a network is kept, and sent once when there is one again", async (t) => {
  const line = await startServer(t);
  const { page } = await openPhone(t, line);
  await page.waitForSelector("[data-order='12']");
  await until("received", 10_000, () => kinds(line).includes("received"));
  await until("the page is on the phone", 10_000, () => page.evaluate(isOnPhone));
  line.up = false;
  await press(page, "accepted");
  await page.waitForSelector("[data-state=accepted]");
  await press(page, "rolling");
  await page.waitForSelector("[data-state=rolling]");
  await page.waitForSelector(".offline");
  assert.match(await page.textContent("header"), /2 waiting/);
  await page.reload(); /* the phone was in a pocket and has thrown the page away */
  await page.waitForSelector("[data-state=rolling]");
  assert.match(await page.textContent("header"), /2 waiting/);
  assert.deepEqual(kinds(line), ["received"]);
  line.up = true;
  await until("the phone catches up", 20_000, () => kinds(line).includes("rolling"));
  await page.waitForSelector("header:not(.offline)");
  assert.deepEqual(kinds(line), ["received", "accepted", "rolling"]);
  const [, accepted, rolling] = line.told;
  assert.ok(accepted.age_s >= rolling.age_s, "the later one is older");
});

test("a refusal asks why, in Chinese", async (t) => {
  const line = await startServer(t);
  const { page } = await openPhone(t, line, "zh-CN");
  await page.getByRole("button", { name: "拒绝" }).click();
  await page.getByRole("button", { name: "人手不足" }).click();
  await until("refused", 10_000, () => kinds(line).includes("refused"));
  assert.equal(line.told.at(-1).reason, "人手不足");
  await page.waitForSelector(".crew-message");
});

test("a photo is made small and sent as a picture", async (t) => {
  const line = await startServer(t);
  line.order.head.state = "working";
  const { page } = await openPhone(t, line);
  await page.waitForSelector("input[type=file]", { state: "attached" });
  const buffer = Buffer.from(
    await page.evaluate(async () => {
      const canvas = document.createElement("canvas");
      canvas.width = 4000;
      canvas.height = 3000;
      canvas.getContext("2d").fillRect(0, 0, 2000, 3000);
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
      return [...new Uint8Array(await blob.arrayBuffer())];
    }),
  );
  await page.setInputFiles("input[type=file]", { name: "a.png", mimeType: "image/png", buffer });
  await until("the photo", 15_000, () => line.photos.length === 1);
  assert.deepEqual([...line.photos[0].subarray(0, 3)], [0xff, 0xd8, 0xff]);
});

test("without a link the phone says what is missing", async (t) => {
  const line = await startServer(t);
  const page = await browser.newPage();
  t.after(() => page.close());
  await page.goto(line.address);
  await page.waitForSelector(".crew-message");
});
