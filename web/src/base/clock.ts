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
 * How fast the clock really goes, from two of its events; the model may be slower than the speed
 * that was asked for. Smoothed, since events come at uneven steps.
 *
 * waited_s  real seconds between the events
 * known     what was found before
 */
export function measuredPace(before: Clock, after: Clock, waited_s: number, known: number): number {
  const asked = paceOf(after);
  if (paceOf(before) !== asked || asked === 0) return asked;
  const step = parseTime(after.time) - parseTime(before.time);
  if (!(waited_s > 0.01) || step < 0) return known;
  const share = Math.min(1, waited_s / 2);
  return Math.min(asked, (1 - share) * known + share * (step / waited_s));
}

/**
 * The storm's time between two clock events.
 *
 * pace       storm seconds per real second
 * elapsed_s  real seconds since the event
 * shown      what was shown last; small steps back are held, so that the clock never runs backwards
 *            because the server was a little slower than its speed
 */
export function coast(clock: Clock, pace: number, elapsed_s: number, shown: number): number {
  const ahead = Math.max(0, Math.min(elapsed_s, COAST_S)) * pace;
  let time = parseTime(clock.time) + ahead;
  const end = parseTime(clock.end);
  if (clock.state !== "live" && time > end) time = end;
  const back = shown - time;
  return back > 0 && back < 3 * paceOf(clock) ? shown : time;
}
