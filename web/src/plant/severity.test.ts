import { expect, test } from "vitest";
import type { Finding, Severity } from "../api/plants";
import { changesSince, worstFirst } from "./severity";

const item = (id: string, severity: Severity): Finding => ({ id, severity }) as unknown as Finding;

test("a line is new, worse, better or as before", () => {
  const before = [item("a", "fine"), item("b", "urgent"), item("c", "look")];
  const now = [item("a", "repair"), item("b", "look"), item("c", "look"), item("d", "fine")];
  const changes = changesSince(now, before);
  expect([...changes.values()]).toEqual(["worse", "better", "same", "new"]);
});

test("without an earlier report nothing has changed", () => {
  expect(changesSince([item("a", "urgent")], null).get("a")).toBe("same");
});

test("the worst comes first", () => {
  const order = worstFirst([item("a", "fine"), item("b", "urgent"), item("c", "look")]);
  expect(order.map(({ id }) => id)).toEqual(["b", "c", "a"]);
});
