/** What the map can show beside the points, and the signs for it. */
import type { City } from "../../api/types";
import { Feed } from "../../base/feed";

export const symbolIds = ["depots", "plants", "level", "flow", "rain", "cameras"] as const;
export type SymbolId = (typeof symbolIds)[number];
export type LayerId = "relief" | "roads" | "network" | "crews" | SymbolId;
export const layerIds: LayerId[] = ["crews", "network", "roads", "relief", ...symbolIds];

/** Signs in a box of 16 by 16, as SVG paths to be filled. */
export const symbolPaths: Record<SymbolId, string> = {
  depots: "M8 1 15 7v8h-4.5v-5h-5v5H1V7Z",
  plants: "M1 15V7l4.5 3V7L10 10V2h3l2 13Z",
  /* The draughtsman's sign of a water level. */
  level: "M2.5 2h11L8 9Z M2 10.5h12V12H2Z M4.5 13.2h7v1.5h-7Z",
  flow: "M1 6.3h7.5V2.8L15 8l-6.5 5.2V9.7H1Z",
  rain: "M8 1c3 4.2 5 6.8 5 9.5a5 5 0 0 1-10 0C3 7.8 5 5.200 8 1Z",
  cameras: "M1 4h9v8H1Z M11 7.200l4-2.700v7l-4-2.700Z",
};

export interface Thing {
  layer: SymbolId;
  id: string;
  lon: number;
  lat: number;
}

/** Everything of the city that has a sign. */
export function thingsOf(city: City): Thing[] {
  const things: Thing[] = [];
  const add = (layer: SymbolId, all: { id: string; lon: number; lat: number }[]): void => {
    for (const { id, lon, lat } of all) {
      /* A gauge may stand for an area and have no place of its own. */
      if (Number.isFinite(lon) && Number.isFinite(lat)) things.push({ layer, id, lon, lat });
    }
  };
  add("depots", city.depots);
  add("plants", city.plants);
  add("cameras", city.cameras);
  for (const kind of ["level", "flow", "rain"] as const) {
    add(
      kind,
      city.sensors.filter((sensor) => sensor.kind === kind),
    );
  }
  return things;
}

const KEY = "thalweg.hidden-layers";

function remembered(): Set<LayerId> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
    if (Array.isArray(kept)) return new Set(layerIds.filter((id) => kept.includes(id)));
  } catch {
    /* Nothing kept, or no storage. */
  }
  /* A camera stands at nearly every point: its sign would lie under the point's own. */
  return new Set<LayerId>(["cameras"]);
}

/** The layers that a person switched off. */
export const hiddenLayers = new Feed<ReadonlySet<LayerId>>(remembered());

export function showLayer(id: LayerId, on: boolean): void {
  const hidden = new Set(hiddenLayers.value);
  if (on) hidden.delete(id);
  else hidden.add(id);
  try {
    localStorage.setItem(KEY, JSON.stringify([...hidden]));
  } catch {
    /* Then it holds for this visit. */
  }
  hiddenLayers.set(hidden);
}
