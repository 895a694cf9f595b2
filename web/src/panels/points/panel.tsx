import { live } from "../../api/live";
import { peakTimeOf, thresholdsOf } from "../../base/hazard";
import { NO_VALUE, quantity } from "../../base/quantity";
import { momentText, parseTime } from "../../base/time";
import { Age, useStale } from "../../parts/age";
import { DepthBar } from "../../parts/depth-bar";
import { useFeed, useNow, useOffset } from "../../parts/hooks";
import { Mark } from "../../parts/mark";
import { choosePoint, useSelected } from "../../parts/selection";
import { words as common } from "../../words/common";
import { useName, useWords } from "../../words/language";
import type { Panel } from "../panel";
import { type Row, rowsOf } from "./rows";
import "./style.css";
import { words } from "./words";

/** The live model gives a value of every point at least once a minute of the storm [s]. */
const MODEL_PERIOD_S = 60;

function Line({ row }: { row: Row }) {
  const c = useWords(common);
  const name = useName();
  const now = useNow();
  const offset = useOffset();
  const selected = useSelected() === row.point.id;
  const { point, value } = row;
  const stale = useStale(parseTime(value?.modelled_at), MODEL_PERIOD_S);
  const city = live.city.value;
  const when = peakTimeOf(value);
  return (
    <tr class={selected ? "chosen" : undefined} onClick={() => choosePoint(point.id)}>
      <td class="points-class">
        <Mark hazard={row.class} size={20} />
        <span class="hidden">{row.class ? c.class(row.class) : c.noClass}</span>
      </td>
      <th scope="row">
        <button type="button" class="points-name" aria-pressed={selected}>
          {name(point.name)}
        </button>
      </th>
      <td class="dim">{point.id}</td>
      <td class={stale ? "number stale" : "number"}>
        {quantity(value?.modelled_m, "m")}
        {stale && <span class="stale-word"> {c.stale}</span>}
      </td>
      <td class="points-bar">
        {city && (
          <DepthBar
            now_m={value?.modelled_m ?? 0}
            ahead_m={value?.forecast_max_m ?? 0}
            thresholds={thresholdsOf(city, point)}
          />
        )}
      </td>
      <td class="number">{quantity(value?.forecast_max_m, "m")}</td>
      <td class="number">{Number.isFinite(when) ? momentText(when, now, offset) : NO_VALUE}</td>
    </tr>
  );
}

/** Everything that the map shows of the points, for the keyboard and for readers of lists. */
function View() {
  const w = useWords(words);
  const city = useFeed(live.city);
  const values = useFeed(live.points) ?? [];
  if (!city) return null;
  const rows = rowsOf(city, values);
  const latest = Math.max(...values.map((value) => parseTime(value.modelled_at)));
  return (
    <>
      <p class="panel-note dim">
        {w.updated}: <Age time={latest} period_s={MODEL_PERIOD_S} />
      </p>
      <div class="points-scroll" tabIndex={0} role="region" aria-label={w.title}>
        <table>
          <caption class="hidden">{w.hint}</caption>
          <thead>
            <tr>
              <th scope="col">
                <span class="hidden">{w.class}</span>
              </th>
              <th scope="col">{w.name}</th>
              <th scope="col">{w.id}</th>
              <th scope="col" class="number" title={w.depth}>
                {w.depthShort}
              </th>
              <th scope="col">
                <span class="hidden">{w.forecast}</span>
              </th>
              <th scope="col" class="number">
                {w.forecast}
              </th>
              <th scope="col" class="number">
                {w.when}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Line key={row.point.id} row={row} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

export const panel: Panel = {
  id: "points",
  place: "right",
  order: 20,
  title: words,
  fills: true,
  View,
};
