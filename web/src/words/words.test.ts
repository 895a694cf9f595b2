import { expect, test } from "vitest";
import type { Words } from "./define";

const modules = import.meta.glob<{ words: Words<Record<string, unknown>> }>([
  "../**/words.ts",
  "./common.ts",
]);

/** What a word says, whatever it is made of. */
function said(word: unknown): string {
  if (typeof word === "string") return word;
  if (typeof word !== "function") return JSON.stringify(word);
  const call = word as (...given: unknown[]) => unknown;
  const first = ["blue", "relief", "running", "active", "honest", 3].map((value) => {
    try {
      return String(call(value, 2, "c", "d"));
    } catch {
      return "";
    }
  });
  return first.find((text) => text && text !== "undefined") ?? "";
}

const names = Object.keys(modules);

test("every folder with words is found", () => {
  expect(names.length).toBeGreaterThanOrEqual(8);
});

test.each(names)("%s says everything in both languages", async (name) => {
  const { words } = await (
    modules[name] as () => Promise<{ words: Words<Record<string, unknown>> }>
  )();
  expect(Object.keys(words.zh).sort()).toEqual(Object.keys(words.en).sort());
  for (const [key, word] of Object.entries(words.zh)) {
    expect(said(word), `zh ${key}`).not.toBe("");
    expect(said(words.en[key]), `en ${key}`).not.toBe("");
    expect(typeof words.en[key], key).toBe(typeof word);
  }
});

test.each(names)(
  "the English of %s has no Chinese in it, but for the button to Chinese",
  async (name) => {
    const { words } = await (
      modules[name] as () => Promise<{ words: Words<Record<string, unknown>> }>
    )();
    for (const [key, word] of Object.entries(words.en)) {
      if (!key.startsWith("language")) expect(said(word), key).not.toMatch(/[\u4e00-\u9fff]/);
    }
  },
);

test("no component holds words of its own", () => {
  const components = import.meta.glob("../**/*.tsx", {
    query: "?raw",
    import: "default",
    eager: true,
  }) as Record<string, string>;
  for (const [name, text] of Object.entries(components)) {
    const spoken = text.replace(/<span lang="zh-CN">模拟<\/span>/, "");
    expect(spoken, name).not.toMatch(/[\u4e00-\u9fff]/);
  }
});
