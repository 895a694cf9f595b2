/** Numbers as people read them, never without a unit. */

const NBSP = "\u00a0";

/** What is shown for a value that isn't there. */
export const NO_VALUE = "—";

const decimals: Record<string, number> = { m: 2, "m3/s": 2, mm: 1, "mm/h": 1, s: 1 };
const shown: Record<string, string> = { "m3/s": "m³/s" };

/** "0.42 m", "36.0 mm/h"; a dash when there is no value. */
export function quantity(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NO_VALUE;
  const rounded = value.toFixed(decimals[unit] ?? 2);
  /* "-0.00" is noise. */
  const text = Number(rounded) === 0 ? rounded.replace("-", "") : rounded;
  return `${text}${NBSP}${shown[unit] ?? unit}`;
}

/** 12345 as "12,345". */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
