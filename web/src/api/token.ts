/**
 * Who acts from the page: a token of the server (docs/decisions/0004-roles.md), entered once and kept
 * for this browser session only. On the machine itself none is asked for.
 */
import { Feed } from "../base/feed";

const KEY = "thalweg.token";

/** What waits for a token; the dialog is open while this isn't null. */
export const wanted = new Feed<((entered: string | null) => void) | null>(null);

export function token(): string {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/** Asks for a token; whether one was entered. */
export function askToken(): Promise<boolean> {
  return new Promise((resolve) => {
    wanted.set((entered) => {
      wanted.set(null);
      try {
        if (entered) sessionStorage.setItem(KEY, entered);
      } catch {
        /* Without storage it is asked for again. */
      }
      resolve(Boolean(entered));
    });
  });
}
