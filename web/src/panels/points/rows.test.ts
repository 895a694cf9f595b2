import { expect, test } from "vitest";
import type { City, PointValue } from "../../api/types";
import { rowsOf } from "./rows";

test("every point has a row: worst class first, then deepest forecast, then by number", () => {
  const ids = ["P10", "P2", "P3", "P4"];
  const city = { points: ids.map((id) => ({ id })) } as City;
  const values = [
    { id: "P3", class: "red", forecast_max_m: 0.7 },
    { id: "P4", class: null, forecast_max_m: 0.1 },
  ] as PointValue[];
  const rows = rowsOf(city, values);
  expect(rows.map((row) => row.point.id)).toEqual(["P3", "P4", "P2", "P10"]);
  expect(rows[3]?.value).toBeNull();
});
