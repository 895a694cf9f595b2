import { useRef } from "preact/hooks";
import { live } from "../../api/live";
import type { City, Point, PointValue } from "../../api/types";
import { severityOf } from "../../base/hazard";
import { quantity } from "../../base/quantity";
import { useFeed } from "../../parts/hooks";
import { Mark } from "../../parts/mark";
import { choosePoint, useSelected } from "../../parts/selection";
import { words as common } from "../../words/common";
import { useName, useWords } from "../../words/language";
import { neighbour } from "./direction";
import { type Label, placeLabels } from "./labels";
import { legendRoom, type Surface } from "./surface";
import { words } from "./words";

interface Place {
  id: string;
  x: number;
  y: number;
  point: Point;
  value: PointValue | null;
}

/** A point on the map: a button with the sign of its class, its id, and its name when it is warned. */
function Marker(props: {
  place: Place;
  label: Label | undefined;
  selected: boolean;
  unseen: boolean;
  go: (event: KeyboardEvent, from: Place) => void;
}) {
  const w = useWords(words);
  const c = useWords(common);
  const name = useName();
  const { place, label, selected } = props;
  const { value } = place;
  const hazard = value?.class ?? null;
  const side = label?.side === "left" ? " marker-left" : "";
  const state = `${side}${selected ? " chosen" : ""}${props.unseen ? " unseen" : ""}`;
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
      onClick={() => choosePoint(place.id)}
      onKeyDown={(event) => props.go(event, place)}
    >
      <Mark hazard={hazard} size={hazard ? 30 : 22} />
      <span class={label ? "marker-text" : "hidden"}>
        {place.id}
        {label?.full && ` ${name(place.point.name)}`}
      </span>
      <span class="hidden">
        {w.marker(
          label?.full ? "" : name(place.point.name),
          hazard ? c.class(hazard) : c.noClass,
          quantity(value?.modelled_m, "m"),
          quantity(value?.forecast_max_m, "m"),
        )}
      </span>
    </button>
  );
}

/** Where labels may reach to [px]. */
const roomFor = (box: HTMLElement | null): number =>
  box ? box.clientWidth - legendRoom(box.clientWidth) : Number.POSITIVE_INFINITY;

/** All points; one of them takes the keyboard, the arrow keys walk from one to the next. */
export function Markers({ city, surface }: { city: City; surface: Surface; moves: number }) {
  const w = useWords(words);
  const name = useName();
  const box = useRef<HTMLDivElement>(null);
  const selected = useSelected();
  const values = useFeed(live.points) ?? [];
  const warnings = useFeed(live.warnings) ?? [];
  const unseen = new Set(warnings.filter((one) => one.state === "active").map((one) => one.point));
  const places = city.points.map((point): Place => {
    const [x, y] = surface.project(point.lon, point.lat);
    return { id: point.id, x, y, point, value: values.find((one) => one.id === point.id) ?? null };
  });
  const labels = placeLabels(
    places.map((place) => {
      const hazard = place.value?.class ?? null;
      return {
        ...place,
        text: `${place.id} ${name(place.point.name)}`,
        named: hazard !== null || place.id === selected,
        rank: severityOf(hazard) + (place.id === selected ? 9 : 0),
      };
    }),
    roomFor(box.current),
  );
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
          label={labels.get(place.id)}
          selected={place.id === selected}
          unseen={unseen.has(place.id)}
          go={go}
        />
      ))}
    </div>
  );
}
