import { expect, test } from "vitest";
import type { SensorValue } from "../../api/types";
import { Periods } from "./period";

const value = (minute: number): SensorValue[] =>
  [
    { id: "L1", time: `2031-07-01T12:${String(minute).padStart(2, "0")}:00+08:00` },
  ] as SensorValue[];

test("a sensor's period is the shortest step between its values, five minutes until there are two", () => {
  const periods = new Periods();
  expect(periods.of("L1")).toBe(300);
  for (const minute of [0, 0, 10, 12, 20]) periods.learn(value(minute));
  expect(periods.of("L1")).toBe(120);
});
