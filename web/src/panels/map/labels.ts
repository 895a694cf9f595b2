/** Names of points on the map so that none hides another. */

export interface Labelled {
  id: string;
  x: number;
  y: number;
  /** Id and name. */
  text: string;
  /** Whether the name is wanted; otherwise the id alone. */
  named: boolean;
  /** The greater goes first. */
  rank: number;
}

export interface Label {
  side: "right" | "left";
  /** Id and name; otherwise the id alone. */
  full: boolean;
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const SIGN_PX = 17;
const HALF_HEIGHT_PX = 10;

/** About how wide the text is drawn [px]: a Chinese character is twice as wide as a letter. */
export function textWidth(text: string): number {
  let width = 12;
  for (const letter of text) width += letter > "\u2e80" ? 13.5 : 7.2;
  return width;
}

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

function boxOf(one: Labelled, label: Label): Box {
  const width = textWidth(label.full ? one.text : one.id);
  const from = label.side === "right" ? one.x + SIGN_PX : one.x - SIGN_PX - width;
  return {
    left: from,
    right: from + width,
    top: one.y - HALF_HEIGHT_PX,
    bottom: one.y + HALF_HEIGHT_PX,
  };
}

/**
 * Right of the sign, else left of it, else the id alone; urgent points choose first. A point of rank
 * 0 for which there is no room has no label: its sign can still be chosen.
 */
export function placeLabels(all: Labelled[], width: number): Map<string, Label> {
  const signs = all.map((one) => ({
    id: one.id,
    left: one.x - SIGN_PX + 3,
    right: one.x + SIGN_PX - 3,
    top: one.y - SIGN_PX + 3,
    bottom: one.y + SIGN_PX - 3,
  }));
  const taken: Box[] = [];
  const placed = new Map<string, Label>();
  const choices: Label[] = [
    { side: "right", full: true },
    { side: "left", full: true },
    { side: "right", full: false },
    { side: "left", full: false },
  ];
  for (const one of [...all].sort((a, b) => b.rank - a.rank || a.id.localeCompare(b.id))) {
    const wanted = choices.filter((label) => one.named || !label.full);
    const free = wanted.find((label) => {
      const box = boxOf(one, label);
      if (box.left < 0 || box.right > width) return false;
      if (signs.some((sign) => sign.id !== one.id && overlap(box, sign))) return false;
      return !taken.some((other) => overlap(box, other));
    });
    if (!free && one.rank === 0) continue;
    const label = free ?? { side: "right", full: false };
    placed.set(one.id, label);
    taken.push(boxOf(one, label));
  }
  return placed;
}
