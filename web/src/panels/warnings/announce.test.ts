import { expect, test } from "vitest";
import type { Warning } from "../../api/types";
import { newsIn, remember } from "./announce";

const one = {
  id: 1,
  class: "blue",
  state: "active",
  expected: "2031-07-01T12:00:00Z",
  point: "P1",
} as Warning;

test("a warning is said once, and again when its class changes", () => {
  const told = new Map<string, string>();
  expect(newsIn(told, [one])).toEqual([one]);
  remember(told, [one]);
  expect(newsIn(told, [{ ...one, depth_m: 9 }])).toEqual([]);
  expect(newsIn(told, [{ ...one, class: "red" }])).toHaveLength(1);
});

test("what a person has acknowledged is not said", () => {
  expect(newsIn(new Map(), [{ ...one, state: "acknowledged" }])).toEqual([]);
});
