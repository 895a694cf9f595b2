/** The page speaks Chinese and English. Each folder keeps its own words, in both, side by side. */
import type { Name } from "../api/types";
import { Feed } from "../base/feed";
import { useFeed } from "../parts/hooks";
import type { Words } from "./define";

export type Language = "zh" | "en";

const KEY = "thalweg.language";

function remembered(): Language {
  try {
    const kept = localStorage.getItem(KEY);
    if (kept === "zh" || kept === "en") return kept;
  } catch {
    /* No storage: a private window. The browser's own language will do. */
  }
  /* Chinese first: English only where the browser names it before any Chinese. */
  const wish = (navigator.languages ?? [navigator.language]).find((l) => /^(zh|en)\b/i.test(l));
  return wish?.toLowerCase().startsWith("en") ? "en" : "zh";
}

export const language = new Feed<Language>(remembered());

function mark(lang: Language): void {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
}

mark(language.value);

export function chooseLanguage(lang: Language): void {
  try {
    localStorage.setItem(KEY, lang);
  } catch {
    /* Then it holds for this visit. */
  }
  mark(lang);
  language.set(lang);
}

export const useWords = <W>(words: Words<W>): W => words[useFeed(language)];

/** The name in the language, or in the other one when it has none. */
export const nameIn = (lang: Language, name: Name): string => name[lang] || name.zh || name.en;

/** Returns a function that picks a name's language. */
export function useName(): (name: Name) => string {
  const lang = useFeed(language);
  return (name) => nameIn(lang, name);
}
