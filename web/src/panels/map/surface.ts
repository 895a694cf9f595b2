/** A drawn city that can be moved: by WebGL, or a plain drawing where there is none. */
import type { LayerId, Thing } from "./layers";

export interface Surface {
  kind: "gl" | "drawing";
  /** Where a place is [CSS pixels from the map's upper left corner]. */
  project(lon: number, lat: number): [number, number];
  show(layer: LayerId, on: boolean): void;
  /** In by 1, out by -1. */
  zoom(step: number): void;
  /** The whole city. */
  fit(): void;
  destroy(): void;
}

export interface Listener {
  moved(): void;
  picked(thing: Thing | null): void;
}

/** How much of the map's right side the legend takes [px]: nothing where it is closed. */
export const legendRoom = (width: number): number => (width > 600 ? 176 : 0);

/** Room around the whole city [px]. */
export const paddingOf = (box: HTMLElement) => ({
  top: 28,
  right: Math.max(40, legendRoom(box.clientWidth)),
  bottom: 36,
  left: 40,
});

/** Shaded relief with its corners: west, south, east, north. */
export interface Relief {
  image: ImageBitmap;
  address: string;
  bounds: [number, number, number, number];
}

/** The relief; null when the city has no terrain. */
export async function loadRelief(address: string): Promise<Relief | null> {
  try {
    const response = await fetch(address);
    if (!response.ok) return null;
    const bounds = (response.headers.get("X-Bounds") ?? "").split(",").map(Number);
    if (bounds.length !== 4 || bounds.some(Number.isNaN)) return null;
    const image = await createImageBitmap(await response.blob());
    return { image, address, bounds: bounds as Relief["bounds"] };
  } catch {
    return null; /* a map without relief is still a map */
  }
}
