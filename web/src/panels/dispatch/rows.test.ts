import { expect, test } from "vitest";
import type { Dispatch, DispatchOrder, DispatchPoint } from "../../api/dispatch";
import { draftsOf, openOrders, peopleAt, pointsByShortage, presentOf } from "./rows";

const order = (id: number, state: string, place: string, more = {}): DispatchOrder =>
  ({
    id,
    state,
    crew: `C${id}`,
    vehicles: [],
    place: { id: place, kind: "point", name: { zh: place, en: place }, lon: 0, lat: 0 },
    replaces: null,
    about: { class: "blue", change: "new", do: [], reason: { zh: "", en: "" } },
    ...more,
  }) as unknown as DispatchOrder;

const point = (id: string, missing: number, hazard: string): DispatchPoint =>
  ({ id, people_missing: missing, people_needed: 8, class: hazard }) as DispatchPoint;

const all = {
  orders: [
    order(1, "working", "P1"),
    order(2, "rolling", "P1"),
    order(3, "done", "P1"),
    order(4, "draft", "P2"),
    order(5, "draft", "P3", { about: { class: "red" }, replaces: 2 }),
    order(6, "sent", "P2"),
  ],
  crews: [1, 2, 3, 4, 5, 6].map((n) => ({ id: `C${n}`, size: 4 })),
  plan: { about: { points: [point("P1", 0, "blue"), point("P2", 2, "blue"), point("P3", 0, "red")] } },
} as unknown as Dispatch;

test("the most urgent draft comes first, with what its crew does now", () => {
  expect(draftsOf(all).map((one) => one.id)).toEqual([5, 4]);
  expect(presentOf(all, draftsOf(all)[0] as DispatchOrder)?.id).toBe(2);
  expect(presentOf(all, draftsOf(all)[1] as DispatchOrder)).toBeNull();
});

test("open orders are those between approval and done", () => {
  expect(openOrders(all).map((one) => one.id)).toEqual([6, 2, 1]);
});

test("the point that lacks most comes first, then the worse class", () => {
  expect(pointsByShortage(all).map((one) => one.id)).toEqual(["P2", "P3", "P1"]);
});

test("people on the way and people there are told apart", () => {
  expect(peopleAt(all, "P1")).toEqual({ coming: 4, there: 4 });
  expect(peopleAt(all, "P9")).toEqual({ coming: 0, there: 0 });
});
