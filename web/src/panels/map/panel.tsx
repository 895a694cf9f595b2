import { useEffect, useRef, useState } from "preact/hooks";
import { live } from "../../api/live";
import type { City } from "../../api/types";
import { useFeed } from "../../parts/hooks";
import { useWords } from "../../words/language";
import type { Panel } from "../panel";
import { Crews } from "./crews";
import { hiddenLayers, layerIds, type Thing } from "./layers";
import { Legend } from "./legend";
import { Markers } from "./markers";
import "./style.css";
import type { Listener, Surface } from "./surface";
import { ThingCard } from "./thing";
import { words } from "./words";

const hasWebGl = (): boolean => document.createElement("canvas").getContext("webgl2") !== null;

/** The best map that this browser can draw. Both come after the first view: the list is first. */
async function open(box: HTMLElement, city: City, listener: Listener): Promise<Surface> {
  if (hasWebGl()) {
    try {
      const { openGl } = await import("./gl");
      return await openGl(box, city, hiddenLayers.value, listener);
    } catch (error) {
      console.warn("no map by WebGL", error);
      box.replaceChildren();
    }
  }
  const { openDrawing } = await import("./drawing");
  return openDrawing(box, city, hiddenLayers.value, listener);
}

function Controls({ surface }: { surface: Surface }) {
  const w = useWords(words);
  return (
    <div class="map-controls">
      <button
        type="button"
        class="button"
        aria-label={w.zoomIn}
        title={w.zoomIn}
        onClick={() => surface.zoom(1)}
      >
        +
      </button>
      <button
        type="button"
        class="button"
        aria-label={w.zoomOut}
        title={w.zoomOut}
        onClick={() => surface.zoom(-1)}
      >
        −
      </button>
      <button
        type="button"
        class="button"
        aria-label={w.fit}
        title={w.fit}
        onClick={() => surface.fit()}
      >
        <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
          <path
            d="M1 5V1h4M9 1h4v4M13 9v4H9M5 13H1V9"
            fill="none"
            stroke="currentColor"
            stroke-width="1.6"
          />
        </svg>
      </button>
    </div>
  );
}

function MapOf({ city }: { city: City }) {
  const w = useWords(words);
  const box = useRef<HTMLDivElement>(null);
  const [surface, setSurface] = useState<Surface | null>(null);
  const [failed, setFailed] = useState(false);
  const [moves, setMoves] = useState(0);
  const [picked, setPicked] = useState<Thing | null>(null);

  useEffect(() => {
    let gone = false;
    let opened: Surface | null = null;
    const listener: Listener = { moved: () => setMoves((n) => n + 1), picked: setPicked };
    open(box.current as HTMLElement, city, listener).then(
      (made) => {
        if (gone) return made.destroy();
        opened = made;
        setSurface(made);
      },
      (error) => {
        console.warn("no map", error);
        setFailed(true);
      },
    );
    return () => {
      gone = true;
      opened?.destroy();
    };
  }, [city.id]);

  useEffect(
    () =>
      hiddenLayers.listen((hidden) => {
        for (const id of layerIds) surface?.show(id, !hidden.has(id));
      }),
    [surface],
  );

  return (
    <div class="map" data-map={surface?.kind ?? "none"}>
      <div class="map-box" ref={box} />
      {surface && <Crews surface={surface} moves={moves} />}
      {surface && <Markers city={city} surface={surface} moves={moves} />}
      {surface && picked && (
        <ThingCard city={city} surface={surface} thing={picked} close={() => setPicked(null)} />
      )}
      {surface && <Controls surface={surface} />}
      <Legend city={city} />
      {surface?.kind === "drawing" && <p class="map-note">{w.drawing}</p>}
      {failed && <p class="map-note">{w.noMap}</p>}
    </div>
  );
}

function View() {
  const city = useFeed(live.city);
  return city && <MapOf city={city} key={city.id} />;
}

export const panel: Panel = {
  id: "map",
  place: "middle",
  order: 10,
  title: words,
  bare: true,
  fills: true,
  View,
};
