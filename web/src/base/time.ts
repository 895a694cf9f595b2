/** Times are Unix seconds; a city's zone is a fixed offset from UTC [s]. */

const DAY_S = 86_400;

/** Offset of "+08:00" or "-03:30" [s]; UTC when the text is no offset. */
export function zoneOffset(zone: string): number {
  const found = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (!found) return 0;
  const size = Number(found[2]) * 3600 + Number(found[3]) * 60;
  return found[1] === "-" ? -size : size;
}

/** Unix seconds of an ISO 8601 text; NaN when it is none. */
export function parseTime(text: string | null | undefined): number {
  return text ? Date.parse(text) / 1000 : Number.NaN;
}

const two = (n: number): string => String(n).padStart(2, "0");

/** "15:42" in the zone. */
export function hourMinute(time: number, offset: number): string {
  const d = new Date((time + offset) * 1000);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
}

/** "15:42:07" in the zone. */
export function hourMinuteSecond(time: number, offset: number): string {
  const d = new Date((time + offset) * 1000);
  return `${hourMinute(time, offset)}:${two(d.getUTCSeconds())}`;
}

/** "2031-07-01" in the zone. */
export function isoDate(time: number, offset: number): string {
  return new Date((time + offset) * 1000).toISOString().slice(0, 10);
}

/** "15:42", or with the date before it when that isn't today's. */
export function momentText(time: number, now: number, offset: number): string {
  const sameDay = Math.floor((time + offset) / DAY_S) === Math.floor((now + offset) / DAY_S);
  const clock = hourMinute(time, offset);
  return sameDay ? clock : `${isoDate(time, offset).slice(5)} ${clock}`;
}

/** Name of the zone: "UTC+8", "UTC+5:30". */
export function zoneName(offset: number): string {
  const size = Math.abs(offset);
  const minutes = Math.round((size % 3600) / 60);
  const sign = offset < 0 ? "−" : "+";
  return `UTC${sign}${Math.floor(size / 3600)}${minutes ? `:${two(minutes)}` : ""}`;
}
