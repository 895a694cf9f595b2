/** Curves: [time, value] pairs in order of time. */
import type { Pair } from "../api/types";

/** The last pair, or null. */
export const lastOf = (pairs: Pair[]): Pair | null => pairs[pairs.length - 1] ?? null;

/** The pair with the greatest value, or null; the first of equals. */
export function peakOf(pairs: Pair[]): Pair | null {
  let peak: Pair | null = null;
  for (const pair of pairs) if (!peak || pair[1] > peak[1]) peak = pair;
  return peak;
}

/** What lies between two times. */
export const within = (pairs: Pair[], from: number, to: number): Pair[] =>
  pairs.filter(([time]) => time >= from && time <= to);

/** The shortest step between neighbours [s]; `usual_s` when there are not two. */
export function stepOf(pairs: Pair[], usual_s: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < pairs.length; i++) {
    const step = (pairs[i] as Pair)[0] - (pairs[i - 1] as Pair)[0];
    if (step > 0 && step < least) least = step;
  }
  return Number.isFinite(least) ? least : usual_s;
}

/** Rates that each hold for one interval [mm/h], as a depth [mm]. */
export const depthOf = (pairs: Pair[], interval_s: number): number =>
  pairs.reduce((sum, [, rate]) => sum + (rate * interval_s) / 3600, 0);

/** Mean over several series at every time that occurs; a series without the time counts as 0. */
export function meanOf(many: Pair[][]): Pair[] {
  const sums = new Map<number, number>();
  for (const pairs of many) {
    for (const [time, value] of pairs) sums.set(time, (sums.get(time) ?? 0) + value);
  }
  return [...sums.entries()]
    .sort((a, b) => a[0] - b[0])
    .map(([time, sum]) => [time, sum / many.length]);
}
