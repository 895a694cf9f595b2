/** Values of tags: three digits that count, and their unit. */
import { NO_VALUE } from "../base/quantity";

const shown: Record<string, string> = { "g/m3": "mg/L", "m3/h": "m³/h", degC: "°C", "kWh/m3": "kWh/m³" };

/** "2.04", "131", "3,270". */
export function digits(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NO_VALUE;
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** "2.04 mg/L": g/m3 is the same number in the unit that operators read. */
export function valued(value: number | null | undefined, unit: string): string {
  const text = digits(value);
  return text === NO_VALUE || unit === "" ? text : `${text}\u00a0${shown[unit] ?? unit}`;
}
