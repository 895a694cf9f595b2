/** How bad a finding is: a sign and a word each, never colour alone. */
import type { Finding, Severity } from "../api/plants";

export const severities: Severity[] = ["urgent", "repair", "look", "unknown", "fine"];

export const signs: Record<Severity, string> = {
  urgent: "⬤",
  repair: "▲",
  look: "◆",
  unknown: "?",
  fine: "✓",
};

export type Change = "new" | "worse" | "better" | "same";

const badness = (severity: Severity): number =>
  ["fine", "unknown", "look", "repair", "urgent"].indexOf(severity);

/** What became of each line since an earlier report. */
export function changesSince(items: Finding[], before: Finding[] | null): Map<string, Change> {
  const known = new Map((before ?? []).map((item) => [item.id, badness(item.severity)]));
  return new Map(
    items.map((item) => {
      const was = known.get(item.id);
      const is = badness(item.severity);
      if (!before) return [item.id, "same"];
      if (was === undefined) return [item.id, "new"];
      return [item.id, is > was ? "worse" : is < was ? "better" : "same"];
    }),
  );
}

/** The worst first; within one severity as the report has them. */
export const worstFirst = (items: Finding[]): Finding[] =>
  severities.flatMap((severity) => items.filter((item) => item.severity === severity));
