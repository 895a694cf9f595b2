import { expect, test } from "vitest";
import type { Pair } from "../api/types";
import { depthOf, lastOf, meanOf, peakOf, stepOf, within } from "./series";

const pairs: Pair[] = [
  [0, 1],
  [300, 5],
  [600, 5],
  [900, 2],
];

test("the peak is the first of the greatest, the last is the last", () => {
  expect(peakOf(pairs)).toEqual([300, 5]);
  expect(lastOf(pairs)).toEqual([900, 2]);
  expect(peakOf([])).toBeNull();
  expect(lastOf([])).toBeNull();
});

test("a span keeps its ends", () => {
  expect(within(pairs, 300, 600)).toHaveLength(2);
});

test("rates over intervals are a depth: 12 mm/h for 5 min is 1 mm", () => {
  expect(depthOf([[300, 12]], 300)).toBeCloseTo(1, 12); /* rounding only */
});

test("the step of a curve is its shortest, gaps aside", () => {
  expect(
    stepOf(
      [
        [0, 1],
        [60, 1],
        [360, 1],
      ],
      300,
    ),
  ).toBe(60);
  expect(stepOf([[0, 1]], 300)).toBe(300);
});

test("the mean counts a silent gauge as dry", () => {
  expect(
    meanOf([
      [
        [0, 4],
        [300, 2],
      ],
      [[300, 4]],
    ]),
  ).toEqual([
    [0, 2],
    [300, 3],
  ]);
});
