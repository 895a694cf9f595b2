import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

/* What the page may load: only what the same server gives. The server says the same in a header;
 * this holds even behind a proxy that drops it. */
const policy = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "worker-src 'self'",
  "style-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
].join("; ");

function contentPolicy(): Plugin {
  return {
    name: "content-policy",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: policy },
        injectTo: "head-prepend",
      },
    ],
  };
}

/* Text is stored compressed once instead of at every request; the bytes are the same each time. */
function compressed(): Plugin {
  let folder = "dist";
  const each = (inside: string): void => {
    for (const entry of readdirSync(inside)) {
      const path = join(inside, entry);
      if (statSync(path).isDirectory()) each(path);
      else if (/\.(html|js|mjs|css|svg|json|txt|webmanifest)$/.test(entry)) {
        writeFileSync(
          `${path}.gz`,
          gzipSync(readFileSync(path), { level: constants.Z_BEST_COMPRESSION }),
        );
      }
    }
  };
  return {
    name: "compressed",
    apply: "build",
    configResolved: (config) => {
      folder = config.build.outDir;
    },
    closeBundle: () => each(folder),
  };
}

export default defineConfig({
  base: "./",
  plugins: [contentPolicy(), compressed()],
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    /* The page of the control room, that of plants, and the one on crews' phones. */
    rollupOptions: { input: ["index.html", "plant.html", "crew.html"] },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
  test: { include: ["src/**/*.test.{ts,tsx}"] },
} as Parameters<typeof defineConfig>[0]);
