import { expect, test } from "vitest";
import type { PointSeries } from "../../api/types";
import { aligned, topOf } from "./curves";

const series: PointSeries = {
  id: "P1",
  unit: "m",
  modelled: [
    [0, 0.1],
    [60, 0.2],
  ],
  forecast: [
    [60, 0.2],
    [120, 0.3],
  ],
  measured: [[0, 0.12]],
  sensors: ["L1"],
  issued: null,
};

test("three curves share one axis of time, and a gap is not a zero", () => {
  expect(aligned(series)).toEqual([
    [0, 60, 120],
    [0.1, 0.2, null],
    [null, 0.2, 0.3],
    [0.12, null, null],
  ]);
});

test("the axis holds every value, and never less than the lowest class", () => {
  expect(topOf(series, [0.15, 0.27, 0.4, 0.6])).toBeGreaterThan(0.4);
  expect(topOf({ ...series, modelled: [], forecast: [], measured: [] }, [0.15, 9])).toBeGreaterThan(
    0.15,
  );
});
