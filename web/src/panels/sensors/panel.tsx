import { live } from "../../api/live";
import type { SensorValue } from "../../api/types";
import { isStale, seenPeriod } from "../../base/age";
import { paceOf } from "../../base/clock";
import { NO_VALUE, quantity } from "../../base/quantity";
import { parseTime } from "../../base/time";
import { Age } from "../../parts/age";
import { useFeed, useNow } from "../../parts/hooks";
import { words as common } from "../../words/common";
import { useWords } from "../../words/language";
import { words as qualities } from "../../words/quality";
import type { Panel } from "../panel";
import { Periods } from "./period";
import "./style.css";
import { words } from "./words";

const periods = new Periods();
live.sensors.listen((values) => periods.learn(values ?? []));

function Line({
  sensor,
  stale,
  period_s,
}: {
  sensor: SensorValue;
  stale: boolean;
  period_s: number;
}) {
  const w = useWords(words);
  const c = useWords(common);
  const q = useWords(qualities);
  const time = parseTime(sensor.time);
  const reasons = (sensor.reasons ?? []).map(q.qualityOf);
  return (
    <tr>
      <th scope="row">{sensor.id}</th>
      <td>{w.kindOf(sensor.kind)}</td>
      <td class="dim">{sensor.element}</td>
      <td class={stale ? "number stale" : "number"}>{quantity(sensor.value, sensor.unit)}</td>
      <td class="number">
        {Number.isFinite(time) ? <Age time={time} period_s={period_s} /> : NO_VALUE}
      </td>
      <td>
        {sensor.quality === "bad" && <span aria-hidden="true">⚠ </span>}
        {sensor.quality ? [q.qualityOf(sensor.quality), ...reasons].join(" · ") : NO_VALUE}
        {sensor.simulated && <span class="tag">{c.simulated}</span>}
      </td>
    </tr>
  );
}

/** Every sensor's last value; closed, it tells how many cannot be believed. */
function View() {
  const w = useWords(words);
  const sensors = useFeed(live.sensors) ?? [];
  const clock = useFeed(live.clock);
  const now = useNow();
  const pace = clock ? paceOf(clock) : 0;
  /* The rain of a replayed storm is told only while it falls. */
  const period = (sensor: SensorValue): number =>
    sensor.kind === "rain" && clock?.state !== "live"
      ? Number.POSITIVE_INFINITY
      : periods.of(sensor.id);
  const stale = (sensor: SensorValue): boolean =>
    sensor.time !== null && isStale(now - parseTime(sensor.time), seenPeriod(period(sensor), pace));
  if (sensors.length === 0) return <p class="dim">{w.none}</p>;
  return (
    <details class="sensors">
      <summary>{w.summary(sensors.length, sensors.filter(stale).length)}</summary>
      <div class="sensors-scroll" tabIndex={0} role="region" aria-label={w.title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{w.id}</th>
              <th scope="col">{w.kind}</th>
              <th scope="col">{w.element}</th>
              <th scope="col" class="number">
                {w.value}
              </th>
              <th scope="col" class="number">
                {w.age}
              </th>
              <th scope="col">{w.quality}</th>
            </tr>
          </thead>
          <tbody>
            {sensors.map((sensor) => (
              <Line
                key={sensor.id}
                sensor={sensor}
                stale={stale(sensor)}
                period_s={period(sensor)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

export const panel: Panel = {
  id: "sensors",
  place: "right",
  order: 30,
  title: words,
  bare: true,
  View,
};
