import type { Warning } from "../../api/types";
import { byUrgency } from "../../base/hazard";

/** What a listener has not been told yet: a new warning, or a known one that got worse. */
export function newsIn(told: ReadonlyMap<string, string>, warnings: Warning[]): Warning[] {
  return warnings
    .filter((w) => w.state === "active" && told.get(String(w.id)) !== w.class)
    .sort(byUrgency);
}

export function remember(told: Map<string, string>, warnings: Warning[]): void {
  told.clear();
  for (const w of warnings) told.set(String(w.id), w.class);
}
