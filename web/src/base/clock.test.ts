import { expect, test } from "vitest";
import type { Clock } from "../api/types";
import { coast, measuredPace } from "./clock";
import { parseTime } from "./time";

const clock: Clock = {
  state: "running",
  time: "2031-07-01T12:00:00+08:00",
  start: "2031-07-01T10:00:00+08:00",
  end: "2031-07-01T18:00:00+08:00",
  speed: 60,
  storm: "s",
  behind_s: 0,
};
const at = parseTime(clock.time);

test("between two events the clock goes on at the replay's speed", () => {
  expect(coast(clock, 60, 2, Number.NaN)).toBe(at + 120);
});

test("a paused clock stands, a live one goes at one second a second", () => {
  expect(coast({ ...clock, state: "paused" }, 0, 5, Number.NaN)).toBe(at);
  expect(coast({ ...clock, state: "live" }, 1, 5, Number.NaN)).toBe(at + 5);
});

test("the clock stops when nothing was heard for 15 s, and at the storm's end", () => {
  expect(coast(clock, 60, 3600, Number.NaN)).toBe(at + 15 * 60);
  expect(coast({ ...clock, speed: 3600 }, 3600, 14, Number.NaN)).toBe(parseTime(clock.end));
});

test("the clock never runs back a little, but follows when a replay begins anew", () => {
  expect(coast(clock, 60, 0, at + 100)).toBe(at + 100);
  expect(coast(clock, 60, 0, at + 4000)).toBe(at);
});

test("the clock's real pace is found when the model can't keep the speed", () => {
  const later = { ...clock, time: "2031-07-01T12:00:20+08:00" };
  expect(measuredPace(clock, later, 2, 60)).toBe(10);
  expect(measuredPace(clock, later, 1, 60)).toBe(40); /* half of the old, half of 20 */
  expect(measuredPace(clock, later, 0.1, 60)).toBe(60); /* never more than was asked */
  expect(measuredPace({ ...clock, speed: 10 }, later, 2, 10)).toBe(60);
});
