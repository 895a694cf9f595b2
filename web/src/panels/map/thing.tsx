import { live } from "../../api/live";
import type { City } from "../../api/types";
import { quantity } from "../../base/quantity";
import { parseTime } from "../../base/time";
import { Age, useStale } from "../../parts/age";
import { useFeed } from "../../parts/hooks";
import { words as common } from "../../words/common";
import { useName, useWords } from "../../words/language";
import { words as qualities } from "../../words/quality";
import type { Thing } from "./layers";
import type { Surface } from "./surface";
import { words } from "./words";

const SENSOR_PERIOD_S = 300;

function SensorFacts({ id, element }: { id: string; element: string }) {
  const w = useWords(words);
  const c = useWords(common);
  const q = useWords(qualities);
  const value = useFeed(live.sensors)?.find((one) => one.id === id);
  const time = parseTime(value?.time);
  const stale = useStale(time, SENSOR_PERIOD_S);
  return (
    <>
      <p class="dim">{w.at(element)}</p>
      {value && value.value !== null ? (
        <p>
          <b class={stale ? "stale" : undefined}>{quantity(value.value, value.unit)}</b>{" "}
          <Age time={time} period_s={SENSOR_PERIOD_S} />
          {value.quality && value.quality !== "good" && (
            <span class="dim">
              {" "}
              {w.quality}: {[value.quality, ...(value.reasons ?? [])].map(q.qualityOf).join(" · ")}
            </span>
          )}
          {value.simulated && <span class="tag">{c.simulated}</span>}
        </p>
      ) : (
        <p class="dim">{w.noValue}</p>
      )}
    </>
  );
}

/** What is known of the sign that was clicked. */
export function ThingCard(props: {
  city: City;
  surface: Surface;
  thing: Thing;
  close: () => void;
}) {
  const w = useWords(words);
  const c = useWords(common);
  const name = useName();
  const { city, thing } = props;
  const [x, y] = props.surface.project(thing.lon, thing.lat);
  const same = (one: { id: string }): boolean => one.id === thing.id;
  const sensor = city.sensors.find(same);
  const depot = thing.layer === "depots" ? city.depots.find(same) : undefined;
  const camera = thing.layer === "cameras" ? city.cameras.find(same) : undefined;
  const plant = thing.layer === "plants" ? city.plants.find(same) : undefined;
  const named = depot ?? camera ?? plant;
  return (
    <div
      class="thing"
      role="status"
      style={{ transform: `translate(${x.toFixed(0)}px, ${y.toFixed(0)}px)` }}
    >
      <div class="thing-card">
        <p class="thing-head">
          <b>{named ? name(named.name) : thing.id}</b>
          <button type="button" class="link" aria-label={c.close} onClick={props.close}>
            ✕
          </button>
        </p>
        <p class="dim">
          {w.layer(thing.layer)} {named && thing.id}
        </p>
        {!named && sensor && <SensorFacts id={sensor.id} element={sensor.element} />}
        {depot && <p>{w.crew(depot.crew, depot.vehicles)}</p>}
        {camera?.point && <p>{w.covers(camera.point)}</p>}
      </div>
    </div>
  );
}
