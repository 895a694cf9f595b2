/** Walking from point to point with the arrow keys. */

export interface Placed {
  id: string;
  x: number;
  y: number;
}

const ways: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * The neighbour in the direction of an arrow key; null when there is none or it is another key.
 * What lies aside counts double, so that a far point straight ahead beats a near one off the way.
 */
export function neighbour(key: string, from: Placed, all: Placed[]): Placed | null {
  const way = ways[key];
  if (!way) return null;
  let best: Placed | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const one of all) {
    const dx = one.x - from.x;
    const dy = one.y - from.y;
    const ahead = dx * way[0] + dy * way[1];
    const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
    if (one.id === from.id || ahead <= 0 || aside > 2 * ahead) continue;
    if (ahead + 2 * aside < least) {
      least = ahead + 2 * aside;
      best = one;
    }
  }
  return best;
}
