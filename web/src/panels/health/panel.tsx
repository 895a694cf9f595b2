import type { ComponentChildren } from "preact";
import { live } from "../../api/live";
import { count, quantity } from "../../base/quantity";
import { parseTime } from "../../base/time";
import { Age, useStale } from "../../parts/age";
import { useFeed } from "../../parts/hooks";
import { useWords } from "../../words/language";
import type { Panel } from "../panel";
import "./style.css";
import { words } from "./words";

function Item(props: { name: string; bad?: boolean; children: ComponentChildren }) {
  return (
    <div class={props.bad ? "bad" : undefined}>
      <dt>{props.name}</dt>
      <dd>
        {props.bad && <span aria-hidden="true">⚠ </span>}
        {props.children}
      </dd>
    </div>
  );
}

/** One line: is what the page shows alive? */
function View() {
  const w = useWords(words);
  const health = useFeed(live.health);
  const forecast = useFeed(live.forecast);
  const city = useFeed(live.city);
  const link = useFeed(live.link);
  const issued = parseTime(forecast?.issued ?? health?.last_forecast);
  const cycle_s = (city?.forecast.cycle_min ?? 5) * 60;
  const late = useStale(issued, cycle_s);
  if (!health) return null;
  const took = forecast?.took_ms;
  return (
    <dl class="health">
      <Item name={w.link} bad={!link.up}>
        {link.up ? w.ok : w.lost}
      </Item>
      <Item name={w.forecast} bad={late || Boolean(health.forecast_text)}>
        {Number.isFinite(issued) ? <Age time={issued} period_s={cycle_s} /> : w.noForecast}
        {typeof took === "number" && <span> · {w.took(quantity(took / 1000, "s"))}</span>}
        {health.forecast_text && ` · ${health.forecast_text}`}
      </Item>
      <Item name={w.model} bad={health.model === "failed"}>
        {w.modelState(health.model)} · {w.behind(quantity(health.behind_s, "s"))}
        {health.model_text && ` · ${health.model_text}`}
      </Item>
      <Item name={w.samples}>
        {count(health.samples)} {w.samplesUnit}
      </Item>
      {health.sensors && (
        <Item name={w.quality} bad={health.sensors.bad > 0}>
          {w.qualityText(health.sensors.bad, health.sensors.suspect)}
          {health.bad_rain ? ` · ${w.badRain(health.bad_rain)}` : ""}
        </Item>
      )}
      <Item name={w.store} bad={health.store !== "ok"}>
        {health.store === "ok" ? w.ok : health.store}
      </Item>
    </dl>
  );
}

export const panel: Panel = {
  id: "health",
  place: "foot",
  order: 10,
  title: words,
  bare: true,
  View,
};
