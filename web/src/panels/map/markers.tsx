import { useRef } from "preact/hooks";
import { live } from "../../api/live";
import type { City, Point } from "../../api/types";
import { severityOf } from "../../base/hazard";
import { quantity } from "../../base/quantity";
import { useFeed } from "../../parts/hooks";
import { Mark } from "../../parts/mark";
import { choosePoint, useSelected } from "../../parts/selection";
import { words as common } from "../../words/common";
import { useName, useWords } from "../../words/language";
import { neighbour } from "./direction";
import type { Surface } from "./surface";
import { words } from "./words";

interface Place {
  id: string;
  x: number;
  y: number;
  point: Point;
}

/** A point on the map: a button with the sign of its class, its id, and its name when it is warned. */
function Marker(props: {
  place: Place;
  selected: boolean;
  unseen: boolean;
  go: (event: KeyboardEvent, from: Place) => void;
}) {
  const w = useWords(words);
  const c = useWords(common);
  const name = useName();
  const { place, selected } = props;
  const value = useFeed(live.points)?.find((one) => one.id === place.id);
  const hazard = value?.class ?? null;
  const state = `${selected ? " chosen" : ""}${props.unseen ? " unseen" : ""}`;
  return (
    <button
      type="button"
      class={`marker marker-${hazard ?? "none"}${state}`}
      style={{
        transform: `translate(${place.x.toFixed(1)}px, ${place.y.toFixed(1)}px)`,
        zIndex: severityOf(hazard) * 2 + (selected ? 9 : 1),
      }}
      data-point={place.id}
      aria-pressed={selected}
      tabIndex={selected ? 0 : -1}
      aria-label={w.marker(
        `${place.id} ${name(place.point.name)}`,
        hazard ? c.class(hazard) : c.noClass,
        quantity(value?.modelled_m, "m"),
        quantity(value?.forecast_max_m, "m"),
      )}
      onClick={() => choosePoint(place.id)}
      onKeyDown={(event) => props.go(event, place)}
    >
      <Mark hazard={hazard} size={hazard ? 30 : 22} />
      <span class="marker-text">
        {place.id}
        {(hazard || selected) && <span class="marker-name"> {name(place.point.name)}</span>}
      </span>
    </button>
  );
}

/** All points; one of them takes the keyboard, the arrow keys walk from one to the next. */
export function Markers({ city, surface }: { city: City; surface: Surface; moves: number }) {
  const w = useWords(words);
  const box = useRef<HTMLDivElement>(null);
  const selected = useSelected();
  const warnings = useFeed(live.warnings) ?? [];
  const unseen = new Set(warnings.filter((one) => one.state === "active").map((one) => one.point));
  const places = city.points.map((point): Place => {
    const [x, y] = surface.project(point.lon, point.lat);
    return { id: point.id, x, y, point };
  });
  const go = (event: KeyboardEvent, from: Place): void => {
    const next = neighbour(event.key, from, places);
    if (!next) return;
    event.preventDefault();
    choosePoint(next.id);
    box.current?.querySelector<HTMLElement>(`[data-point="${CSS.escape(next.id)}"]`)?.focus();
  };
  return (
    <div class="markers" ref={box} role="group" aria-label={w.points}>
      {places.map((place) => (
        <Marker
          key={place.id}
          place={place}
          selected={place.id === selected}
          unseen={unseen.has(place.id)}
          go={go}
        />
      ))}
    </div>
  );
}
