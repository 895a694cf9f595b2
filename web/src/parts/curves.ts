/** Curves for uPlot, which wants them all on one axis of time. */
import type { AlignedData } from "uplot";
import type { Pair } from "../api/types";

/** The curves over the union of their times; null where a curve has no value. */
export function overTheirTimes(curves: Pair[][]): AlignedData {
  const times = [...new Set(curves.flatMap((pairs) => pairs.map(([time]) => time)))].sort(
    (a, b) => a - b,
  );
  const columns = curves.map((pairs) => {
    const at = new Map(pairs);
    return times.map((time) => at.get(time) ?? null);
  });
  return [times, ...columns] as AlignedData;
}
