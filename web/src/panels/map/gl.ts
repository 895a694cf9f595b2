/** The map by WebGL. No tiles, no fonts from a server: what is drawn is the city's own. */
import {
  type CanvasSource,
  type GeoJSONSourceSpecification,
  type LayerSpecification,
  Map as GlMap,
  ScaleControl,
  setWorkerUrl,
} from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerAddress from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { addressOf } from "../../api/client";
import type { City } from "../../api/types";
import {
  type LayerId,
  symbolIds,
  symbolPaths,
  type SymbolId,
  type Thing,
  thingsOf,
} from "./layers";
import { type Listener, loadRelief, paddingOf, type Surface } from "./surface";

setWorkerUrl(new URL(workerAddress, import.meta.url).href);

const EMPTY: GeoJSONSourceSpecification["data"] = { type: "FeatureCollection", features: [] };

const tint = {
  ground: "#2a2f34",
  road: "#4a525a",
  link: "#8d9fab",
  structure: "#c9d3da",
  symbol: "#dde3e7",
  halo: "#1b1e21",
};

/** Depth of the conduit as width of the line, at three scales. */
const linkWidth = (factor: number): unknown => [
  "*",
  factor,
  ["interpolate", ["linear"], ["coalesce", ["get", "full_depth_m"], 0.5], 0.3, 0.7, 1, 1.5, 3, 3.6],
];

const layers: (LayerSpecification & { group: LayerId })[] = [
  {
    group: "roads",
    id: "roads",
    type: "line",
    source: "roads",
    layout: { "line-cap": "round", "line-join": "round" },
    paint: {
      "line-color": tint.road,
      "line-width": [
        "interpolate",
        ["exponential", 1.6],
        ["zoom"],
        11,
        ["match", ["get", "class"], "trunk", 2, "primary", 1.6, 0.8],
        17,
        ["match", ["get", "class"], "trunk", 16, "primary", 12, 7],
      ],
    },
  },
  {
    group: "network",
    id: "links",
    type: "line",
    source: "network",
    filter: ["==", ["geometry-type"], "LineString"],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: {
      "line-color": ["match", ["get", "kind"], "conduit", tint.link, tint.structure],
      "line-width": [
        "interpolate",
        ["exponential", 1.5],
        ["zoom"],
        10,
        linkWidth(0.95),
        14,
        linkWidth(1.5),
        18,
        linkWidth(5),
      ] as never,
    },
  },
  {
    group: "network",
    id: "junctions",
    type: "circle",
    source: "network",
    minzoom: 14.5,
    filter: ["==", ["get", "kind"], "junction"],
    paint: { "circle-color": tint.link, "circle-radius": 2.4 },
  },
  {
    group: "network",
    id: "ends",
    type: "circle",
    source: "network",
    filter: ["in", ["get", "kind"], ["literal", ["outfall", "storage"]]],
    paint: {
      "circle-color": tint.structure,
      "circle-stroke-color": tint.halo,
      "circle-stroke-width": 1,
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, 2.2, 15.5, 4.5],
    },
  },
  ...symbolIds.map((id): LayerSpecification & { group: LayerId } => ({
    group: id,
    id,
    type: "symbol",
    source: "things",
    filter: ["==", ["get", "layer"], id],
    layout: {
      "icon-image": id,
      "icon-size": ["interpolate", ["linear"], ["zoom"], 11, 0.75, 15, 1.1],
      "icon-allow-overlap": true,
    },
  })),
];

/** A sign as an image, at twice its size for sharp screens. */
function drawSymbol(id: SymbolId): ImageData {
  const size = 40;
  const pen = new OffscreenCanvas(size, size).getContext("2d");
  if (!pen) return new ImageData(size, size);
  pen.translate(4, 4);
  pen.scale(2, 2);
  const path = new Path2D(symbolPaths[id]);
  pen.lineJoin = "round";
  pen.lineWidth = 3;
  pen.strokeStyle = tint.halo;
  pen.stroke(path);
  pen.fillStyle = tint.symbol;
  pen.fill(path);
  return pen.getImageData(0, 0, size, size);
}

const featuresOf = (things: Thing[]): GeoJSONSourceSpecification["data"] => ({
  type: "FeatureCollection",
  features: things.map(({ layer, id, lon, lat }) => ({
    type: "Feature",
    properties: { layer, id },
    geometry: { type: "Point", coordinates: [lon, lat] },
  })),
});

async function addRelief(map: GlMap, shown: boolean): Promise<void> {
  const relief = await loadRelief(addressOf("terrain.png"));
  if (!relief) return;
  const canvas = document.createElement("canvas");
  canvas.width = relief.image.width;
  canvas.height = relief.image.height;
  canvas.getContext("2d")?.drawImage(relief.image, 0, 0);
  const [west, south, east, north] = relief.bounds;
  map.addSource("relief", {
    type: "canvas",
    canvas,
    animate: false,
    coordinates: [
      [west, north],
      [east, north],
      [east, south],
      [west, south],
    ],
  } as never);
  /* A canvas source draws once when it is played and paused. */
  const source = map.getSource("relief") as CanvasSource | undefined;
  source?.play();
  source?.pause();
  map.addLayer(
    {
      id: "relief",
      type: "raster",
      source: "relief",
      layout: { visibility: shown ? "visible" : "none" },
      paint: { "raster-saturation": -1, "raster-opacity": 0.38, "raster-brightness-max": 0.6 },
    },
    "roads",
  );
}

/** Opens the map in a box; `hidden` layers start switched off. */
export function openGl(
  box: HTMLElement,
  city: City,
  hidden: ReadonlySet<LayerId>,
  listener: Listener,
): Promise<Surface> {
  const things = thingsOf(city);
  const map = new GlMap({
    container: box,
    bounds: city.bounds,
    fitBoundsOptions: { padding: paddingOf(box) },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: 0,
    style: {
      version: 8,
      sources: {
        network: { type: "geojson", data: addressOf("network") },
        roads: { type: "geojson", data: addressOf("roads") },
        things: { type: "geojson", data: things.length > 0 ? featuresOf(things) : EMPTY },
      },
      layers: [{ id: "ground", type: "background", paint: { "background-color": tint.ground } }],
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  /* The points above it are the keyboard's way through the city. */
  map.getCanvas().tabIndex = -1;
  map.on("move", () => listener.moved());
  map.on("resize", () => listener.moved());
  map.on("click", (event) => {
    const { x, y } = event.point;
    const found = map.queryRenderedFeatures(
      [
        [x - 6, y - 6],
        [x + 6, y + 6],
      ],
      { layers: [...symbolIds] },
    )[0];
    const picked = things.find(
      (thing) => thing.layer === found?.properties.layer && thing.id === found?.properties.id,
    );
    listener.picked(picked ?? null);
  });

  const surface: Surface = {
    kind: "gl",
    project: (lon, lat) => {
      const { x, y } = map.project([lon, lat]);
      return [x, y];
    },
    show: (layer, on) => {
      for (const { id, group } of [...layers, { id: "relief", group: "relief" }]) {
        if (group !== layer || !map.getLayer(id)) continue;
        map.setLayoutProperty(id, "visibility", on ? "visible" : "none");
      }
    },
    zoom: (step) => void map.zoomTo(map.getZoom() + step),
    fit: () => void map.fitBounds(city.bounds, { padding: paddingOf(box) }),
    destroy: () => map.remove(),
  };
  return new Promise((resolve, reject) => {
    map.on("error", (event) => {
      console.warn("map:", event.error?.message ?? event);
      if (!map.isStyleLoaded()) reject(event.error);
    });
    map.once("style.load", () => {
      for (const id of symbolIds) map.addImage(id, drawSymbol(id), { pixelRatio: 2 });
      for (const { group, ...layer } of layers) {
        map.addLayer(layer);
        if (hidden.has(group)) map.setLayoutProperty(layer.id, "visibility", "none");
      }
      void addRelief(map, !hidden.has("relief"));
      resolve(surface);
    });
  });
}
