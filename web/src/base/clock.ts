import type { Clock } from "../api/types";
import { parseTime } from "./time";

/** Without an event for this long the clock stands: a frozen figure must not look live [s]. */
const COAST_S = 15;

/** How fast the storm's clock goes: storm seconds per real second. */
export function paceOf(clock: Clock): number {
  if (clock.state === "running") return clock.speed;
  return clock.state === "live" ? 1 : 0;
}

/**
 * The storm's time between two clock events.
 *
 * elapsed_s  real seconds since the event
 * shown      what was shown last; small steps back are held, so that the clock never runs backwards
 *            because the server was a little slower than its speed
 */
export function coast(clock: Clock, elapsed_s: number, shown: number): number {
  const pace = paceOf(clock);
  const ahead = Math.max(0, Math.min(elapsed_s, COAST_S)) * pace;
  let time = parseTime(clock.time) + ahead;
  const end = parseTime(clock.end);
  if (clock.state !== "live" && time > end) time = end;
  const back = shown - time;
  return pace > 0 && back > 0 && back < 3 * pace ? shown : time;
}
