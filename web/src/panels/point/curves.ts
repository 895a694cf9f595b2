/** The three curves of a point on one axis of time. */
import type { AlignedData } from "uplot";
import type { Pair, PointSeries } from "../../api/types";

/** Modelled, forecast, measured over the union of their times; null where a curve has no value. */
export function aligned(series: PointSeries): AlignedData {
  const many: Pair[][] = [series.modelled, series.forecast, series.measured];
  const times = [...new Set(many.flatMap((pairs) => pairs.map(([time]) => time)))].sort(
    (a, b) => a - b,
  );
  const columns = many.map((pairs) => {
    const at = new Map(pairs);
    return times.map((time) => at.get(time) ?? null);
  });
  return [times, ...columns] as AlignedData;
}

/** Top of the axis [m]: the greatest value with room above, and always the lowest class. */
export function topOf(series: PointSeries, thresholds_m: number[]): number {
  let greatest = thresholds_m[0] ?? 0.15;
  for (const pairs of [series.modelled, series.forecast, series.measured]) {
    for (const [, value] of pairs) if (value > greatest) greatest = value;
  }
  /* The next class above shows how far away it is. */
  const next = thresholds_m.find((depth) => depth > greatest);
  return Math.max(greatest, Math.min(next ?? greatest, greatest * 1.6)) * 1.12;
}
