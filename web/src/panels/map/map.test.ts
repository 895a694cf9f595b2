import { expect, test } from "vitest";
import { neighbour } from "./direction";
import { type Labelled, placeLabels, textWidth } from "./labels";

const at = (id: string, x: number, y: number) => ({ id, x, y });

test("an arrow key goes to the nearest point in its direction", () => {
  const from = at("A", 100, 100);
  const all = [from, at("B", 160, 110), at("C", 130, 180), at("D", 20, 100)];
  expect(neighbour("ArrowRight", from, all)?.id).toBe("B");
  expect(neighbour("ArrowDown", from, all)?.id).toBe("C");
  expect(neighbour("ArrowLeft", from, all)?.id).toBe("D");
  expect(neighbour("ArrowUp", from, all)).toBeNull();
  expect(neighbour("Enter", from, all)).toBeNull();
});

const label = (id: string, x: number, y: number, rank = 1): Labelled => ({
  id,
  x,
  y,
  text: `${id} somewhere`,
  named: true,
  rank,
});

test("a name stands right of its sign, left at the edge, and gives way to a more urgent one", () => {
  expect(placeLabels([label("A", 50, 50)], 400).get("A")).toEqual({ side: "right", full: true });
  expect(placeLabels([label("A", 380, 50)], 400).get("A")).toEqual({ side: "left", full: true });
  const crowded = placeLabels([label("A", 40, 50, 1), label("B", 60, 66, 4)], 400);
  expect(crowded.get("B")).toEqual({ side: "right", full: true });
  expect(crowded.get("A")?.full).toBe(false);
});

test("where there is no room a calm point has no label", () => {
  const calm = { ...label("A", 40, 50, 0), named: false };
  const crowd = [label("B", 70, 50, 4), label("C", 10, 50, 4)];
  expect(placeLabels([calm, ...crowd], 400).has("A")).toBe(false);
  expect(placeLabels([calm], 400).get("A")).toEqual({ side: "right", full: false });
});

test("a Chinese character counts as wider than a letter", () => {
  expect(textWidth("深泓")).toBeGreaterThan(textWidth("ab"));
});
