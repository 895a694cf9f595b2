import type { SensorValue } from "../../api/types";
import { parseTime } from "../../base/time";

/** Until two values have come, a sensor is taken to report this often [s]. */
const USUAL_S = 300;

/**
 * How often each sensor reports, learnt from its own values: the shortest step seen [s]. A sensor
 * that reports each minute is stale after three, one that reports each hour isn't.
 */
export class Periods {
  private readonly last = new Map<string, number>();
  private readonly shortest = new Map<string, number>();

  learn(values: SensorValue[]): void {
    for (const { id, time } of values) {
      const at = parseTime(time);
      const before = this.last.get(id);
      if (Number.isNaN(at)) continue;
      if (before !== undefined && at > before) {
        this.shortest.set(
          id,
          Math.min(at - before, this.shortest.get(id) ?? Number.POSITIVE_INFINITY),
        );
      }
      this.last.set(id, at);
    }
  }

  of(id: string): number {
    return this.shortest.get(id) ?? USUAL_S;
  }
}
