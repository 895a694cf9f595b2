/** The way as a small drawing: roads, route, where to, where we are. It needs no network. */
import { useEffect, useState } from "preact/hooks";
import { addressOf } from "../api/client";
import { useFeed } from "../parts/hooks";
import { useWords } from "../words/language";
import { here, phone } from "./link";
import type { Order, Route } from "./types";
import { words } from "./words";

type Line = [number, number][];

const WIDTH = 360;
const HEIGHT = 230;
const EDGE = 26;

let asked: Promise<Line[]> | null = null;

async function loadRoads(): Promise<Line[]> {
  const headers = { Authorization: `Bearer ${phone.access?.token}` };
  const answer = await fetch(addressOf("roads"), { headers });
  const layer = (await answer.json()) as {
    features: { geometry: { type: string; coordinates: Line } }[];
  };
  return layer.features
    .filter((feature) => feature.geometry.type === "LineString")
    .map((feature) => feature.geometry.coordinates);
}

/** Places to pixels: all of the given ones fit. */
export function frameOf(places: Line): (place: [number, number]) => [number, number] {
  const lons = places.map((place) => place[0]);
  const lats = places.map((place) => place[1]);
  const middle: [number, number] = [
    (Math.min(...lons) + Math.max(...lons)) / 2,
    (Math.min(...lats) + Math.max(...lats)) / 2,
  ];
  const narrow = Math.cos((middle[1] * Math.PI) / 180);
  const wide = Math.max((Math.max(...lons) - Math.min(...lons)) * narrow, 0.002);
  const high = Math.max(Math.max(...lats) - Math.min(...lats), 0.002);
  const scale = Math.min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high);
  return ([lon, lat]) => [
    WIDTH / 2 + (lon - middle[0]) * narrow * scale,
    HEIGHT / 2 - (lat - middle[1]) * scale,
  ];
}

const inside = ([x, y]: [number, number]): boolean =>
  x > -WIDTH && x < 2 * WIDTH && y > -HEIGHT && y < 2 * HEIGHT;

const pathOf = (line: Line): string =>
  line.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

export function WayMap({ order, route }: { order: Order; route: Route | null }) {
  const w = useWords(words);
  const us = useFeed(here);
  const [roads, setRoads] = useState<Line[]>([]);
  useEffect(() => {
    asked ??= loadRoads();
    asked.then(setRoads, () => {
      asked = null; /* asked again with the next order */
    });
  }, [order.id]);
  const end: [number, number] = [order.place.lon, order.place.lat];
  const line = route?.line ?? [];
  const at = frameOf([...line, end]);
  const drawn = roads.map((road) => road.map(at)).filter((road) => road.some(inside));
  const [x, y] = at(end);
  return (
    <svg class="way" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={w.map}>
      <path class="way-roads" d={drawn.map(pathOf).join("")} />
      <path class="way-line" d={pathOf(line.map(at))} />
      {line[0] && <circle class="way-start" cx={at(line[0])[0]} cy={at(line[0])[1]} r="6" />}
      <path class="way-end" d={`M${x} ${y}l-10 -16a11 11 0 1 1 20 0Z`} />
      {us && <circle class="way-us" cx={at(us)[0]} cy={at(us)[1]} r="7" />}
    </svg>
  );
}
