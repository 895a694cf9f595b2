import { expect, test } from "vitest";
import {
  hourMinute,
  hourMinuteSecond,
  isoDate,
  momentText,
  parseTime,
  zoneName,
  zoneOffset,
} from "./time";

const noon = Date.UTC(2031, 6, 1, 12, 0, 5) / 1000;

test("a zone is its offset in seconds, east positive", () => {
  expect(zoneOffset("+08:00")).toBe(28_800);
  expect(zoneOffset("-03:30")).toBe(-12_600);
  expect(zoneOffset("Asia/Chongqing")).toBe(0);
});

test("times are those of the city, not of the machine that shows them", () => {
  expect(hourMinute(noon, 28_800)).toBe("20:00");
  expect(hourMinuteSecond(noon, -12_600)).toBe("08:30:05");
  expect(isoDate(noon, 13 * 3600)).toBe("2031-07-02");
});

test("a moment of another day shows its day", () => {
  expect(momentText(noon, noon + 3600, 28_800)).toBe("20:00");
  expect(momentText(noon, noon + 5 * 3600, 28_800)).toBe("07-01 20:00");
});

test("the zone has a name with its half hours", () => {
  expect(zoneName(28_800)).toBe("UTC+8");
  expect(zoneName(-12_600)).toBe("UTC−3:30");
});

test("a text that is no time is no number", () => {
  expect(parseTime("2031-07-01T20:00:05+08:00")).toBe(noon);
  expect(parseTime("soon")).toBeNaN();
  expect(parseTime(null)).toBeNaN();
});
