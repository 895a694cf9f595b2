/** The curves of a point on one axis of time: three, and the band around the forecast. */
import type { AlignedData } from "uplot";
import type { Pair, PointSeries } from "../../api/types";
import { overTheirTimes } from "../../parts/curves";

/** Modelled, forecast, measured, and where there are members the band's low and high, over the union of their times; null where a curve has no value. */
export function aligned(series: PointSeries): AlignedData {
  const many: Pair[][] = [series.modelled, series.forecast, series.measured];
  if (series.forecast_low?.length && series.forecast_high?.length) {
    many.push(series.forecast_low, series.forecast_high);
  }
  return overTheirTimes(many);
}

/** Top of the axis [m]: the greatest value with room above, and always the lowest class. */
export function topOf(series: PointSeries, thresholds_m: number[]): number {
  let greatest = thresholds_m[0] ?? 0.15;
  const many = [series.modelled, series.forecast, series.measured, series.forecast_high ?? []];
  for (const pairs of many) {
    for (const [, value] of pairs) if (value > greatest) greatest = value;
  }
  /* The next class above shows how far away it is. */
  const next = thresholds_m.find((depth) => depth > greatest);
  return Math.max(greatest, Math.min(next ?? greatest, greatest * 1.6)) * 1.12;
}
