/* The page's unit tests, by vitest; exit code 77 when npm has not installed it. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("../../web", import.meta.url));
const vitest = `${web}/node_modules/vitest/vitest.mjs`;
if (!existsSync(vitest)) {
  console.log("skipped: no web/node_modules: npm ci in web/");
  process.exit(77);
}
const { status } = spawnSync(process.execPath, [vitest, "run"], { cwd: web, stdio: "inherit" });
process.exit(status ?? 1);
