import { expect, test } from "vitest";
import { accessOf, freshId, nextOf, outgoing, stateAfter } from "./steps";
import type { OrderState, Report } from "./types";

const said = (kind: string, order = 7): Report => ({ id: freshId(), kind, order, at: 1000 });

test("an order goes from sent to done by one button", () => {
  const seen: OrderState[] = [];
  for (let state: OrderState | null = "sent"; state; state = nextOf[state]) seen.push(state);
  expect(seen).toEqual(["sent", "accepted", "rolling", "arrived", "working", "done"]);
});

test("what waits in the phone counts already", () => {
  expect(stateAfter("sent", 7, [said("accepted"), said("depth"), said("rolling")])).toBe("rolling");
  expect(stateAfter("rolling", 7, [said("breakdown")])).toBe("refused");
  expect(stateAfter("sent", 7, [said("accepted", 6)])).toBe("sent");
  expect(stateAfter("sent", 7, [])).toBe("sent");
});

test("a report carries its age, never the phone's clock", () => {
  const sent = outgoing({ ...said("depth"), depth_m: 0.2 }, 62_540);
  expect(sent).toMatchObject({ kind: "depth", order: 7, depth_m: 0.2, age_s: 61.5 });
  expect(sent).not.toHaveProperty("at");
  expect(outgoing(said("done"), 500)).toMatchObject({ age_s: 0 });
});

test("a link names the crew and its token", () => {
  const token = "0123456789abcdef".repeat(3);
  expect(accessOf(`#D1-A:${token}`)).toEqual({ crew: "D1-A", token });
  expect(accessOf(`#${encodeURIComponent("队一")}:${token}`)?.crew).toBe("队一");
  expect(accessOf("#D1-A")).toBeNull();
  expect(accessOf("#D1-A:short")).toBeNull();
});

test("ids differ", () => {
  expect(new Set(Array.from({ length: 100 }, freshId)).size).toBe(100);
});
