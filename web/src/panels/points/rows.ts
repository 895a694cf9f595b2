import type { City, HazardClass, Point, PointValue } from "../../api/types";
import { severityOf } from "../../base/hazard";

export interface Row {
  point: Point;
  value: PointValue | null;
  class: HazardClass | null;
}

/** Every point of the city, worst class first, then deepest forecast, then by id. */
export function rowsOf(city: City, values: PointValue[]): Row[] {
  const byId = new Map(values.map((value) => [value.id, value]));
  const rows = city.points.map((point) => {
    const value = byId.get(point.id) ?? null;
    return { point, value, class: value?.class ?? null };
  });
  return rows.sort(
    (a, b) =>
      severityOf(b.class) - severityOf(a.class) ||
      (b.value?.forecast_max_m ?? 0) - (a.value?.forecast_max_m ?? 0) ||
      a.point.id.localeCompare(b.point.id, "en", { numeric: true }),
  );
}
