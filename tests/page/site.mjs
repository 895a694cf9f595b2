/**
 * What the tests look at: the mock of the server, or the real one when TW_COMMAND names the command
 * (with TW_CITY and TW_STORM, by default the example city's).
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startMock } from "../../web/mock/server.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export const isReal = Boolean(process.env.TW_COMMAND);

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function json(address, path) {
  const response = await fetch(`${address}api/v1/${path}`);
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return response.json();
}

export async function post(address, path, body) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(`${address}api/v1/${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${await response.text()}`);
}

/** Asks again and again until `good` says yes; fails after `limit_ms`. */
export async function until(what, limit_ms, good) {
  const end = Date.now() + limit_ms;
  let last = "";
  while (Date.now() < end) {
    try {
      if (await good()) return;
    } catch (error) {
      last = ` (${error})`;
    }
    await sleep(200);
  }
  throw new Error(`waited ${limit_ms} ms in vain: ${what}${last}`);
}

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const isWarned = async (address) => (await json(address, "warnings")).length > 0;

/** The real server, replaying fast until it is `ready`, then slowly so that the view holds still. */
export async function startReal(ready = isWarned) {
  const store = mkdtempSync(join(tmpdir(), "thalweg-page-"));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}/`;
  const child = spawn(
    process.env.TW_COMMAND,
    [
      "serve",
      process.env.TW_CITY ?? join(ROOT, "cities/shancheng"),
      "--replay",
      process.env.TW_STORM ?? "p50-3h",
      "--speed",
      "300",
      "--listen",
      `127.0.0.1:${port}`,
      "--store",
      store,
      "--quiet",
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const close = async () => {
    child.kill("SIGTERM");
    await gone;
    rmSync(store, { recursive: true, force: true });
  };
  try {
    await until("the server answers", 60_000, () => json(address, "clock"));
    await until("the storm is there", 240_000, () => ready(address));
    await post(address, "clock", { speed: 10 });
  } catch (error) {
    await close();
    throw error;
  }
  return { address, close };
}

/** A site with at least one warning. */
export const startSite = () => (isReal ? startReal() : startMock({ at: 150, speed: 10 }));

export { startMock };
