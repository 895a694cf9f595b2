/** The map where there is no WebGL: one SVG that zooms and moves, with the same layers. */
import { addressOf, get } from "../../api/client";
import type { City } from "../../api/types";
import { type LayerId, symbolPaths, thingsOf } from "./layers";
import { type Listener, loadRelief, paddingOf, type Surface } from "./surface";

type Position = [number, number];

interface Feature {
  geometry: { type: string; coordinates: Position[] | Position } | null;
  properties: { full_depth_m?: number } | null;
}

const SVG = "http://www.w3.org/2000/svg";
const MAX_ZOOM = 64;

function add(
  parent: Element,
  tag: string,
  attributes: Record<string, string | number>,
): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  parent.append(made);
  return made;
}

/** Every line of the collection as one path; latitude grows downwards in `flat`. */
function pathOf(features: Feature[], flat: (lon: number, lat: number) => Position): string {
  return features
    .filter((feature) => feature.geometry?.type === "LineString")
    .map((feature) => {
      const places = feature.geometry?.coordinates as Position[];
      return `M${places
        .map(([lon, lat]) =>
          flat(lon, lat)
            .map((v) => v.toFixed(2))
            .join(" "),
        )
        .join("L")}`;
    })
    .join("");
}

/** Lines by depth: three widths are enough for a drawing. */
function drawNetwork(
  group: SVGElement,
  features: Feature[],
  flat: (lon: number, lat: number) => Position,
): void {
  const depth = (feature: Feature): number => feature.properties?.full_depth_m ?? 0.5;
  const steps: [number, number, number][] = [
    [0, 0.8, 1],
    [0.8, 1.8, 1.8],
    [1.8, Number.POSITIVE_INFINITY, 3],
  ];
  for (const [from, to, width] of steps) {
    const some = features.filter((feature) => depth(feature) >= from && depth(feature) < to);
    add(group, "path", { d: pathOf(some, flat), class: "drawn-link", "stroke-width": width });
  }
}

const collection = async (path: string): Promise<Feature[]> =>
  (await get<{ features: Feature[] }>(path)).features;

/** Opens the drawing in a box; `hidden` layers start switched off. */
export async function openDrawing(
  box: HTMLElement,
  city: City,
  hidden: ReadonlySet<LayerId>,
  listener: Listener,
): Promise<Surface> {
  const [west, south, east, north] = city.bounds;
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const SCALE = 1000 / Math.max((east - west) * squeeze, north - south);
  const flat = (lon: number, lat: number): Position => [
    (lon - west) * squeeze * SCALE,
    (north - lat) * SCALE,
  ];
  const size = flat(east, south);
  const view = { zoom: 1, x: size[0] / 2, y: size[1] / 2 };
  /** The part of the box that the city fills: its middle, and how large a unit of `flat` is. */
  const frame = (): { x: number; y: number; scale: number } => {
    const { top, right, bottom, left } = paddingOf(box);
    const width = Math.max(1, box.clientWidth - left - right);
    const height = Math.max(1, box.clientHeight - top - bottom);
    return {
      x: left + width / 2,
      y: top + height / 2,
      scale: view.zoom * Math.min(width / size[0], height / size[1]),
    };
  };
  const project = (lon: number, lat: number): Position => {
    const [x, y] = flat(lon, lat);
    const middle = frame();
    return [middle.x + (x - view.x) * middle.scale, middle.y + (y - view.y) * middle.scale];
  };

  const svg = add(box, "svg", { class: "drawn", "aria-hidden": "true" });
  const world = add(svg, "g", {});
  const groups = new Map<LayerId, SVGElement>();
  const group = (id: LayerId): SVGElement => {
    const made = groups.get(id) ?? add(world, "g", {});
    groups.set(id, made);
    return made;
  };
  for (const id of ["relief", "roads", "network"] as const) group(id);
  const signs = thingsOf(city).map((thing) => {
    const sign = add(group(thing.layer), "path", {
      d: symbolPaths[thing.layer],
      class: "drawn-sign",
    });
    sign.addEventListener("click", (event) => {
      event.stopPropagation();
      listener.picked(thing);
    });
    return { sign, at: flat(thing.lon, thing.lat) };
  });

  const place = (): void => {
    const middle = frame();
    const s = middle.scale;
    const dx = middle.x - view.x * s;
    const dy = middle.y - view.y * s;
    world.setAttribute("transform", `translate(${dx} ${dy}) scale(${s})`);
    for (const { sign, at } of signs) {
      sign.setAttribute(
        "transform",
        `translate(${at[0]} ${at[1]}) scale(${1 / s}) translate(-8 -8)`,
      );
    }
    listener.moved();
  };
  const sizes = new ResizeObserver(place);
  sizes.observe(box);
  svg.addEventListener("click", () => listener.picked(null));
  svg.addEventListener("pointermove", (event) => {
    if (event.buttons !== 1) return;
    view.x -= event.movementX / frame().scale;
    view.y -= event.movementY / frame().scale;
    place();
  });
  const zoom = (step: number): void => {
    view.zoom = Math.max(1, Math.min(MAX_ZOOM, view.zoom * 2 ** step));
    place();
  };
  svg.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(event.deltaY < 0 ? 0.5 : -0.5);
    },
    { passive: false },
  );

  const show = (layer: LayerId, on: boolean): void => {
    groups.get(layer)?.setAttribute("display", on ? "inline" : "none");
  };
  for (const id of hidden) show(id, false);

  const [network, roads, relief] = await Promise.all([
    collection("network"),
    collection("roads"),
    loadRelief(addressOf("terrain.png")),
  ]);
  drawNetwork(group("network"), network, flat);
  add(group("roads"), "path", { d: pathOf(roads, flat), class: "drawn-road" });
  if (relief) {
    const [x, y] = flat(relief.bounds[0], relief.bounds[3]);
    const [right, bottom] = flat(relief.bounds[2], relief.bounds[1]);
    add(group("relief"), "image", {
      href: relief.address,
      x,
      y,
      width: right - x,
      height: bottom - y,
      preserveAspectRatio: "none",
      class: "drawn-relief",
    });
  }
  place();

  return {
    kind: "drawing",
    project,
    show,
    zoom,
    fit: () => {
      Object.assign(view, { zoom: 1, x: size[0] / 2, y: size[1] / 2 });
      place();
    },
    destroy: () => {
      sizes.disconnect();
      svg.remove();
    },
  };
}
