import { expect, test } from "vitest";
import { ageParts, isStale, seenPeriod } from "./age";

test("an age is told in the unit that says enough", () => {
  expect(ageParts(12.9)).toEqual({ value: 12, unit: "s" });
  expect(ageParts(150)).toEqual({ value: 2, unit: "min" });
  expect(ageParts(3 * 3600)).toEqual({ value: 3, unit: "h" });
  expect(ageParts(72 * 3600)).toEqual({ value: 3, unit: "d" });
  expect(ageParts(-4)).toEqual({ value: 0, unit: "s" });
});

test("a value is stale after three periods, and when its age is unknown", () => {
  expect(isStale(180, 60)).toBe(false);
  expect(isStale(181, 60)).toBe(true);
  expect(isStale(Number.NaN, 60)).toBe(true);
});

test("a fast replay doesn't make its values stale: they come once a real second", () => {
  expect(isStale(290, seenPeriod(60, 1))).toBe(true);
  expect(isStale(290, seenPeriod(60, 300))).toBe(false);
});
