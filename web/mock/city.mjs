/** A made city between two rivers, the same at every start. Only for developing and testing the page. */
import { png } from "./png.mjs";

const WEST = 106.52;
const SOUTH = 29.53;
const SIZE = 0.055;
const GRID = 34;

/** Ground above the sea [m] at x, y in 0..1: a ridge between a river in the north and one in the east. */
export function ground(x, y) {
  const north = 1 - y + 0.06 * Math.sin(7 * x);
  const east = 1 - x + 0.05 * Math.sin(6 * y + 1);
  const ridge = 70 * Math.exp(-((x - 0.45 + 0.15 * y) ** 2) / 0.05) * (0.5 + 0.5 * y);
  const hills =
    9 * Math.sin(13 * x + 3 * y) * Math.cos(11 * y - 4 * x) +
    4 * Math.sin(31 * x) * Math.sin(27 * y);
  return 165 + 95 * Math.min(1, 1.6 * Math.min(north, east)) + ridge + hills;
}

const place = (x, y) => [WEST + x * SIZE, SOUTH + y * SIZE * 0.88];
const round = (v) => Math.round(v * 1e6) / 1e6;

/** Nodes on a bent grid; each drains to its lowest neighbour. */
function makeNetwork() {
  const nodes = [];
  for (let j = 0; j < GRID; j++) {
    for (let i = 0; i < GRID; i++) {
      const x = (i + 0.5 + 0.28 * Math.sin(1.7 * j + i)) / GRID;
      const y = (j + 0.5 + 0.28 * Math.cos(2.3 * i + j)) / GRID;
      nodes.push({ id: `J${nodes.length + 1}`, x, y, z: ground(x, y), down: -1, above: 1 });
    }
  }
  nodes.forEach((node, n) => {
    let lowest = node.z;
    for (const [di, dj] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
      [1, 1],
      [-1, -1],
    ]) {
      const i = (n % GRID) + di;
      const j = Math.floor(n / GRID) + dj;
      const m = j * GRID + i;
      if (i < 0 || j < 0 || i >= GRID || j >= GRID || nodes[m].z >= lowest) continue;
      lowest = nodes[m].z;
      node.down = m;
    }
  });
  const downhill = [...nodes.keys()].sort((a, b) => nodes[b].z - nodes[a].z);
  for (const n of downhill) if (nodes[n].down >= 0) nodes[nodes[n].down].above += nodes[n].above;
  return nodes;
}

const nodes = makeNetwork();

const coordinates = (node) => place(node.x, node.y).map(round);

export const network = {
  type: "FeatureCollection",
  features: [
    ...nodes
      .filter((node) => node.down >= 0)
      .map((node, i) => ({
        type: "Feature",
        properties: {
          id: `C${i + 1}`,
          kind: i % 97 === 13 ? "pump" : "conduit",
          full_depth_m: Math.round(Math.min(3.2, 0.3 + 0.16 * Math.sqrt(node.above)) * 10) / 10,
        },
        geometry: {
          type: "LineString",
          coordinates: [coordinates(node), coordinates(nodes[node.down])],
        },
      })),
    ...nodes.map((node) => ({
      type: "Feature",
      properties: { id: node.id, kind: node.down >= 0 ? "junction" : "outfall" },
      geometry: { type: "Point", coordinates: coordinates(node) },
    })),
  ],
};

export const roads = {
  type: "FeatureCollection",
  features: [0.12, 0.3, 0.47, 0.63, 0.81, 0.92].flatMap((at, i) => {
    const across = [];
    const along = [];
    for (let s = 0; s <= 40; s++) {
      const t = s / 40;
      across.push(place(t, at + 0.03 * Math.sin(5 * t + i)).map(round));
      along.push(place(at + 0.03 * Math.sin(6 * t + 2 * i), t).map(round));
    }
    const kind = ["trunk", "primary", "secondary"][i % 3];
    return [across, along].map((line, k) => ({
      type: "Feature",
      properties: { id: `R${i}${k}`, class: kind, speed_kmh: 50, passable_depth_m: 0.3 },
      geometry: { type: "LineString", coordinates: line },
    }));
  }),
};

const pointNames = [
  ["朝门下穿道", "Chaomen underpass"],
  ["大溪沟路口", "Daxigou junction"],
  ["临江路隧道口", "Linjiang tunnel mouth"],
  ["石板坡立交", "Shibanpo interchange"],
  ["菜园坝广场", "Caiyuan square"],
  ["黄花园桥头", "Huanghua bridgehead"],
  ["两河口地铁站", "Lianghekou metro station"],
  ["上清路低段", "Shangqing road sag"],
  ["观音岩坡底", "Guanyin slope foot"],
  ["牛角沱车站", "Niujiao bus station"],
  ["李家巷小学", "Lijia lane school"],
  ["滨江公园北门", "Riverside park north gate"],
];
const pointPlaces = [
  [0.74, 0.7],
  [0.58, 0.84],
  [0.83, 0.52],
  [0.62, 0.3],
  [0.4, 0.18],
  [0.7, 0.88],
  [0.86, 0.78],
  [0.36, 0.66],
  [0.5, 0.5],
  [0.2, 0.8],
  [0.24, 0.36],
  [0.88, 0.24],
];
const name = ([zh, en]) => ({ zh, en });
const at = ([x, y]) => {
  const [lon, lat] = place(x, y).map(round);
  return { lon, lat };
};
const spread = (n, i, k) =>
  at([0.08 + 0.84 * ((i * 0.618 + k) % 1), 0.08 + 0.84 * ((i + 0.5) / n)]);
const kinds = { level: "m", flow: "m3/s", rain: "mm" };

export const city = {
  id: "mock",
  title: { zh: "山城（虚构）", en: "Shancheng (made up)" },
  made_up: true,
  timezone: "+08:00",
  bounds: [WEST, SOUTH, WEST + SIZE, SOUTH + SIZE * 0.88].map(round),
  classes: [
    ["blue", 0.15],
    ["yellow", 0.27],
    ["orange", 0.4],
    ["red", 0.6],
  ].map(([c, d]) => ({ class: c, depth_m: d })),
  points: pointNames.map((names, i) => ({
    id: `P${i + 1}`,
    name: name(names),
    ...at(pointPlaces[i]),
    node: `J${100 + 71 * i}`,
    classes_m: [0.15, 0.27, 0.4, 0.6],
  })),
  sensors: [
    ...pointPlaces
      .slice(0, 9)
      .map(([x, y], i) => ({
        id: `L${i + 1}`,
        kind: "level",
        element: `J${100 + 71 * i}`,
        ...at([x + 0.012, y - 0.03]),
      })),
    ...[0, 1, 2, 3].map((i) => ({
      id: `F${i + 1}`,
      kind: "flow",
      element: `C${40 * i + 9}`,
      ...spread(4, i, 0.4),
    })),
    ...[0, 1, 2, 3].map((i) => ({
      id: `G${i + 1}`,
      kind: "rain",
      element: `G${i + 1}`,
      ...spread(4, i, 0.15),
    })),
  ].map((sensor) => ({ ...sensor, unit: kinds[sensor.kind], made_up: true })),
  depots: [0, 1, 2, 3, 4, 5].map((i) => ({
    id: `D${i + 1}`,
    name: name([`抢险${"一二三四五六"[i]}队`, `Depot ${i + 1}`]),
    ...spread(6, i, 0.7),
    crew: 16,
    vehicles: 4,
  })),
  cameras: pointPlaces.map((p, i) => ({
    id: `C${i + 1}`,
    name: name([`${pointNames[i][0]}摄像机`, `Camera ${i + 1}`]),
    ...at([p[0] - 0.012, p[1] + 0.025]),
    point: `P${i + 1}`,
  })),
  plants: [0, 1, 2].map((i) => ({
    id: `W${i + 1}`,
    name: name([`第${"一二三"[i]}污水处理厂`, `Plant ${i + 1}`]),
    ...at(
      [
        [0.94, 0.62],
        [0.5, 0.95],
        [0.93, 0.1],
      ][i],
    ),
  })),
  storm: {
    id: "chicago-50",
    title: { zh: "五十年一遇设计暴雨（虚构）", en: "50-year design storm (made up)" },
    made_up: true,
  },
  measurements: "simulated",
  forecast: { horizon_min: 120, cycle_min: 5, rain: "honest" },
};

/** Light from the north-west on the ground, as a PNG of 400 by 400. */
export const terrain = png(400, 400, (px, py) => {
  const x = px / 400;
  const y = 1 - py / 400;
  const h = 1 / 400;
  const slope = ground(x + h, y) - ground(x - h, y) - (ground(x, y + h) - ground(x, y - h));
  const light = Math.max(0, Math.min(255, 150 + 34 * slope));
  return [light, light, light];
});
