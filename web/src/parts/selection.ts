/** Which point the map, the table and the curves show. It stands in the address, to be shared. */
import { live } from "../api/live";
import { Feed } from "../base/feed";
import { openWarnings } from "../base/hazard";
import { useFeed } from "./hooks";

const fromAddress = (): string | null => decodeURIComponent(location.hash.slice(1)) || null;

const chosen = new Feed<string | null>(fromAddress());

addEventListener("hashchange", () => chosen.set(fromAddress()));

export function choosePoint(id: string): void {
  history.replaceState(null, "", `#${encodeURIComponent(id)}`);
  chosen.set(id);
}

/** The chosen point's id; until a person chooses, the one that is most urgent. */
export function useSelected(): string | null {
  const id = useFeed(chosen);
  const points = useFeed(live.city)?.points ?? [];
  const warnings = useFeed(live.warnings) ?? [];
  if (id && points.some((p) => p.id === id)) return id;
  return openWarnings(warnings)[0]?.point ?? points[0]?.id ?? null;
}
