import { expect, test } from "vitest";
import { NO_VALUE } from "../base/quantity";
import { digits, valued } from "./numbers";

test("three digits count", () => {
  expect([0.217, 2.041, 13.04, 131.6, 3272.5].map(digits)).toEqual([
    "0.22",
    "2.04",
    "13.0",
    "132",
    "3,273",
  ]);
});

test("no value is a dash without a unit", () => {
  expect(valued(null, "g/m3")).toBe(NO_VALUE);
  expect(valued(Number.NaN, "m")).toBe(NO_VALUE);
});

test("g/m3 is read as mg/L", () => {
  expect(valued(2, "g/m3")).toBe("2.00\u00a0mg/L");
});
