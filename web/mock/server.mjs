/**
 * Serves docs/api.md with the made storm, and the built page with the headers of the real server.
 * For developing the page and for its tests; the real server is `thalweg serve`.
 */
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { city, network, roads, terrain } from "./city.mjs";
import { LENGTH_MIN, Storm } from "./storm.mjs";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const MIME = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};
const POLICY =
  "default-src 'self'; img-src 'self' data: blob:; worker-src 'self'; style-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'";

class Mock {
  constructor({ speed = 60, at = 0, paused = false }) {
    this.storm = new Storm();
    this.minute = at;
    this.speed = speed;
    this.state = paused ? "paused" : "running";
    this.listeners = new Set();
    this.storm.advance(at);
    this.timer = setInterval(() => this.tick(), 1000);
  }

  clock() {
    return {
      state: this.state,
      time: this.storm.iso(this.minute),
      start: this.storm.iso(0),
      end: this.storm.iso(LENGTH_MIN),
      speed: this.speed,
      storm: city.storm.id,
      behind_s: 0,
    };
  }

  health() {
    return {
      model: "running",
      last_forecast: this.storm.forecastInfo().issued,
      behind_s: 0.4,
      store: "ok",
      samples: this.storm.samples,
    };
  }

  answer(name) {
    const { storm, minute } = this;
    return {
      clock: () => this.clock(),
      points: () => storm.pointsAt(minute),
      warnings: () => storm.warningsAt(minute, false),
      sensors: () => storm.sensorsAt(minute),
      rain: () => storm.rainAt(minute),
      forecast: () => storm.forecastInfo(),
      health: () => this.health(),
    }[name]();
  }

  send(...names) {
    const text = names
      .map((name) => `event: ${name}\ndata: ${JSON.stringify(this.answer(name))}\n\n`)
      .join("");
    for (const response of this.listeners) response.write(text);
  }

  tick() {
    if (this.state !== "running") return this.send("clock");
    this.minute = Math.min(LENGTH_MIN, this.minute + this.speed / 60);
    const fresh = this.storm.advance(this.minute);
    if (this.minute >= LENGTH_MIN) this.state = "ended";
    this.send("clock", "points", "sensors", "rain", "health");
    if (fresh) this.send("forecast", "warnings");
  }

  everything() {
    return Object.fromEntries(
      ["clock", "points", "warnings", "sensors", "rain", "forecast", "health"].map((n) => [
        n,
        this.answer(n),
      ]),
    );
  }
}

function json(response, value, status = 200) {
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-store",
  });
  response.end(JSON.stringify(value));
}

const fault = (response, status, error, remedy) => json(response, { error, remedy }, status);

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}

const gets = {
  city: () => city,
  network: () => network,
  roads: () => roads,
  state: (mock) => mock.everything(),
  clock: (mock) => mock.clock(),
  warnings: (mock, query) => mock.storm.warningsAt(mock.minute, query.has("all")),
  points: (mock) => mock.answer("points"),
  sensors: (mock) => mock.answer("sensors"),
  rain: (mock) => mock.answer("rain"),
  bulletins: () => [] /* the made storm sends nothing out */,
  notices: () => [],
  health: (mock) => mock.health(),
  plants: () => city.plants.map((plant) => ({ ...plant, made_up: true, alarms: 0 })),
};

function getApi(mock, path, query, response) {
  if (path === "events") {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write(": hello\n\n");
    mock.listeners.add(response);
    response.on("close", () => mock.listeners.delete(response));
    return;
  }
  if (path === "terrain.png") {
    response.writeHead(200, { "Content-Type": "image/png", "X-Bounds": city.bounds.join(",") });
    return response.end(terrain);
  }
  const series = /^points\/([^/]+)\/series$/.exec(path);
  if (series) {
    const found = mock.storm.seriesOf(decodeURIComponent(series[1]), mock.minute);
    return found
      ? json(response, found)
      : fault(response, 404, `no point ${series[1]}`, "GET /api/v1/points lists them");
  }
  if (gets[path]) return json(response, gets[path](mock, query));
  return fault(response, 404, `no ${path}`, "docs/api.md lists what there is");
}

async function postApi(mock, path, request, response) {
  if (!/^application\/json/.test(request.headers["content-type"] ?? "")) {
    return fault(response, 415, "the body is not JSON", "send Content-Type: application/json");
  }
  const body = await bodyOf(request);
  if (path === "clock") {
    if (typeof body.speed === "number") mock.speed = body.speed;
    if (typeof body.paused === "boolean" && mock.state !== "ended")
      mock.state = body.paused ? "paused" : "running";
    mock.send("clock");
    return json(response, mock.clock());
  }
  const ack = /^warnings\/(\d+)\/acknowledge$/.exec(path);
  const warning = ack && mock.storm.warnings.find((w) => w.id === Number(ack[1]));
  if (!warning) return fault(response, 404, `no ${path}`, "docs/api.md lists what there is");
  if (!body.by) return fault(response, 400, "nobody acknowledges", 'say who with "by"');
  warning.state = "acknowledged";
  mock.send("warnings");
  return json(response, warning);
}

function getFile(path, request, response) {
  const name = path === "/" ? "/index.html" : normalize(path);
  const file = join(DIST, name);
  if (!file.startsWith(DIST) || !existsSync(file)) {
    response.writeHead(404, { "Content-Type": "text/plain" });
    return response.end("no such page; npm run build makes it\n");
  }
  const packed = existsSync(`${file}.gz`) && /gzip/.test(request.headers["accept-encoding"] ?? "");
  response.writeHead(200, {
    "Content-Type": MIME[extname(file)] ?? "application/octet-stream",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": name.startsWith("/assets/")
      ? "public, max-age=31536000, immutable"
      : "no-cache",
    ...(packed ? { "Content-Encoding": "gzip" } : {}),
  });
  createReadStream(packed ? `${file}.gz` : file).pipe(response);
}

/** Starts on a port (0: any). Returns its address, the mock, and how to close it. */
export async function startMock({ port = 0, ...options } = {}) {
  const mock = new Mock(options);
  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://mock");
    const api = /^\/api\/v1\/(.+)$/.exec(url.pathname);
    if (!api) return getFile(decodeURIComponent(url.pathname), request, response);
    if (request.method === "GET") return getApi(mock, api[1], url.searchParams, response);
    return postApi(mock, api[1], request, response).catch((error) =>
      fault(response, 400, String(error), "send what docs/api.md says"),
    );
  });
  await new Promise((resolve, reject) =>
    server.once("error", reject).listen(port, "127.0.0.1", resolve),
  );
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    mock,
    close: () => {
      clearInterval(mock.timer);
      for (const response of mock.listeners) response.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
