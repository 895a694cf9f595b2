/** Headless Chromium of the system; nothing is downloaded. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../web/package.json", import.meta.url));

export const CHROMIUM = process.env.TW_CHROMIUM ?? "/usr/bin/chromium";

const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const WEBGL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
const NO_WEBGL = ["--disable-gpu", "--disable-3d-apis"];

/** Why the tests cannot run here, or null. */
export function missing() {
  if (!existsSync(CHROMIUM)) return `no ${CHROMIUM}: apt-get install chromium`;
  if (!existsSync(new URL("../../web/dist/index.html", import.meta.url)))
    return "no web/dist: make page";
  try {
    require.resolve("playwright-core");
  } catch {
    return "no web/node_modules: npm ci in web/";
  }
  return null;
}

export const launch = ({ webgl = true } = {}) =>
  require("playwright-core").chromium.launch({
    executablePath: CHROMIUM,
    args: [...FLAGS, ...(webgl ? WEBGL : NO_WEBGL)],
  });

/** A page whose complaints and requests are kept: `complaints` must be empty at the end. */
export async function openPage(
  browser,
  address,
  { lang = "en-GB", width = 1600, height = 900, ...more } = {},
) {
  const page = await browser.newPage({ viewport: { width, height }, locale: lang, ...more });
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    /* A city without terrain is no fault, though the browser counts a 404 as one. */
    if (/terrain\.png/.test(message.location().url)) return;
    if (/Multiple readback operations/.test(message.text()))
      return; /* this test reads the pixels */
    if (["error", "warning"].includes(message.type()))
      complaints.push(`${message.type()}: ${message.text()} ${message.location().url}`);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(new URL(address).origin) && !/^(data|blob):/.test(url))
      complaints.push(`request elsewhere: ${url}`);
  });
  await page.goto(address);
  await page.waitForFunction(() => performance.getEntriesByName("interactive").length > 0);
  return { page, complaints };
}

/** What axe finds that hinders people; its lesser remarks are left out. */
export async function barriers(page) {
  const axe = require("fs").readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    }),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join(" | ")}`,
    );
}

export const none = (complaints) => assert.deepEqual(complaints, []);
