import { expect, test } from "vitest";
import type { City, HazardClass, Point, Warning } from "../api/types";
import { classesUpward, hazards, openWarnings, severityOf, thresholdsOf } from "./hazard";

const warning = (
  point: string,
  hazard: HazardClass,
  minute: number,
  state = "active",
): Warning => ({
  id: point,
  point,
  name: { zh: point, en: point },
  class: hazard,
  depth_m: 0.5,
  expected: `2031-07-01T12:${String(minute).padStart(2, "0")}:00+08:00`,
  lead_min: minute,
  state: state as Warning["state"],
  issued: "2031-07-01T12:00:00+08:00",
  updated: "2031-07-01T12:00:00+08:00",
  reached: null,
  simulated: true,
});

test("warnings stand in order of class, then of lead; ended ones are left out", () => {
  const list = [
    warning("P1", "blue", 1),
    warning("P2", "red", 30),
    warning("P3", "red", 12),
    warning("P4", "orange", 2, "acknowledged"),
    warning("P5", "red", 0, "ended"),
  ];
  expect(openWarnings(list).map((w) => w.point)).toEqual(["P3", "P2", "P4", "P1"]);
});

test("each class has a shape, a numeral and a rank of its own", () => {
  const all = classesUpward.map((one) => hazards[one]);
  expect(new Set(all.map((one) => one.shape)).size).toBe(4);
  expect(all.map((one) => one.numeral)).toEqual(["IV", "III", "II", "I"]);
  expect(classesUpward.map(severityOf)).toEqual([1, 2, 3, 4]);
  expect(severityOf(null)).toBe(0);
});

test("a point's own depths go before the city's", () => {
  const city = { classes: classesUpward.map((c, i) => ({ class: c, depth_m: i + 1 })) } as City;
  const point = { classes_m: [0.1, 0.2, 0.3, 0.4] } as Point;
  expect(thresholdsOf(city, point)[3]).toEqual({ class: "red", depth_m: 0.4 });
  expect(thresholdsOf(city, {} as Point)[0]).toEqual({ class: "blue", depth_m: 1 });
});
