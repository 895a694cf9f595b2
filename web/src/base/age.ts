/** How old a value is, and whether it may still be believed. */

export type AgeUnit = "s" | "min" | "h" | "d";

/** The age in the largest unit that keeps two digits of sense; never negative. */
export function ageParts(age_s: number): { value: number; unit: AgeUnit } {
  const age = Math.max(0, age_s);
  if (age < 90) return { value: Math.floor(age), unit: "s" };
  if (age < 90 * 60) return { value: Math.floor(age / 60), unit: "min" };
  if (age < 48 * 3600) return { value: Math.floor(age / 3600), unit: "h" };
  return { value: Math.floor(age / 86_400), unit: "d" };
}

/** A value is stale when three of its periods have passed without a new one. */
export const isStale = (age_s: number, period_s: number): boolean => !(age_s <= 3 * period_s);

/**
 * Period at which a value can be seen to change on this page [s of the storm's clock].
 *
 * own_s  period at which the value is made
 * pace   storm seconds per real second: fast replays send fewer values per storm minute, since
 *        events come about once a real second
 */
export const seenPeriod = (own_s: number, pace: number): number => Math.max(own_s, 2 * pace);
