import { expect, test } from "vitest";
import { count, NO_VALUE, quantity } from "./quantity";

test("a number comes with its unit, and the two are never parted at a line's end", () => {
  expect(quantity(0.4234, "m")).toBe("0.42\u00a0m");
  expect(quantity(36, "mm/h")).toBe("36.0\u00a0mm/h");
  expect(quantity(1.5, "m3/s")).toBe("1.50\u00a0m³/s");
});

test("every unit of the interface is shown", () => {
  for (const unit of ["m", "m3/s", "mm", "mm/h", "s"]) {
    expect(quantity(1, unit)).toMatch(/^\d[\d.]*\u00a0\S+$/);
  }
});

test("a value that is missing is a dash, not a zero", () => {
  expect(quantity(null, "m")).toBe(NO_VALUE);
  expect(quantity(Number.NaN, "m")).toBe(NO_VALUE);
  expect(quantity(undefined, "m")).toBe(NO_VALUE);
});

test("nothing is a negative zero", () => {
  expect(quantity(-0.001, "m")).toBe("0.00\u00a0m");
  expect(quantity(-0.5, "m")).toBe("-0.50\u00a0m");
});

test("counts are grouped", () => {
  expect(count(1_234_567)).toBe("1,234,567");
});
