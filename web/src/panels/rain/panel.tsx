import { useMemo, useState } from "preact/hooks";
import type uPlot from "uplot";
import { live } from "../../api/live";
import type { Pair, Rain } from "../../api/types";
import { quantity } from "../../base/quantity";
import { depthOf, lastOf, meanOf, peakOf, stepOf, within } from "../../base/series";
import { hourMinute, momentText, parseTime } from "../../base/time";
import { Age, useStale } from "../../parts/age";
import { Chart, ink, spanAround } from "../../parts/chart";
import { useFeed, useNow, useOffset } from "../../parts/hooks";
import { useWords } from "../../words/language";
import type { Panel } from "../panel";
import "./style.css";
import { words } from "./words";

interface Fall {
  /** For how long a measured rate holds, and a forecast one [s]. */
  interval_s: number;
  ahead_s: number;
  measured: Pair[];
  forecast: Pair[];
}

/** One gauge, or the mean of all when `id` is empty; of the forecast, what is still ahead. */
function fallOf(rain: Rain, id: string, now: number): Fall {
  const one = rain.gages.find((gage) => gage.id === id);
  const interval_s = one?.interval_s ?? rain.gages[0]?.interval_s ?? 300;
  const forecast = one?.forecast ?? meanOf(rain.gages.map((gage) => gage.forecast));
  return {
    interval_s,
    ahead_s: stepOf(forecast, interval_s),
    measured: one?.measured ?? meanOf(rain.gages.map((gage) => gage.measured)),
    forecast: forecast.filter(([time]) => time > now),
  };
}

/** A tile of slanting lines: rain that hasn't fallen. */
function hatch(ctx: CanvasRenderingContext2D): CanvasPattern | string {
  const size = 6 * Math.max(1, Math.round(devicePixelRatio));
  const tile = new OffscreenCanvas(size, size);
  const pen = tile.getContext("2d");
  if (!pen) return ink.grid;
  pen.strokeStyle = ink.forecast;
  pen.lineWidth = size / 5;
  pen.beginPath();
  pen.moveTo(-1, size + 1);
  pen.lineTo(size + 1, -1);
  pen.moveTo(-1, 1);
  pen.lineTo(1, -1);
  pen.moveTo(size - 1, size + 1);
  pen.lineTo(size + 1, size - 1);
  pen.stroke();
  return ctx.createPattern(tile, "repeat") ?? ink.grid;
}

/** Bars that end at their time, since a value is the rain of the interval before it. */
function drawBars(plot: uPlot, fall: Fall): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  const ground = plot.valToPos(0, "y", true);
  const bars = (pairs: Pair[], length_s: number, outline: boolean): void => {
    for (const [time, rate] of pairs) {
      if (!(rate > 0)) continue;
      const left = plot.valToPos(time - length_s, "x", true);
      const right = plot.valToPos(time, "x", true);
      const gap = right - left > 4 ? 1 : 0;
      const y = plot.valToPos(rate, "y", true);
      ctx.fillRect(left + gap, y, Math.max(1, right - left - gap), ground - y);
      if (outline && gap > 0)
        ctx.strokeRect(left + gap, y, Math.max(1, right - left - gap), ground - y);
    }
  };
  ctx.fillStyle = ink.rain;
  bars(fall.measured, fall.interval_s, false);
  ctx.fillStyle = hatch(ctx);
  ctx.strokeStyle = ink.forecast;
  ctx.lineWidth = 1;
  bars(fall.forecast, fall.ahead_s, true);
  ctx.restore();
}

function Figures({ fall, horizon_min }: { fall: Fall; horizon_min: number }) {
  const w = useWords(words);
  const now = useNow();
  const offset = useOffset();
  const clock = useFeed(live.clock);
  const last = lastOf(fall.measured);
  /* A replayed storm tells only of the rain that falls; a live gauge that is silent may be broken. */
  const dry = clock?.state !== "live" && !(now - (last?.[0] ?? 0) <= 2 * fall.interval_s);
  const stale = useStale(last?.[0] ?? Number.NaN, fall.interval_s);
  const ahead = within(fall.forecast, now, now + horizon_min * 60);
  return (
    <dl class="figures">
      <div>
        <dt>{w.rate}</dt>
        <dd>
          <b class={stale && !dry ? "stale" : undefined}>{quantity(dry ? 0 : last?.[1], "mm/h")}</b>
          {last && !dry && <Age time={last[0]} period_s={fall.interval_s} />}
          {last && dry && <span class="age">{w.dry(momentText(last[0], now, offset))}</span>}
        </dd>
      </div>
      <div>
        <dt>{w.peak}</dt>
        <dd>
          <b>{quantity(peakOf(fall.measured)?.[1] ?? null, "mm/h")}</b>
        </dd>
      </div>
      <div>
        <dt>{w.total}</dt>
        <dd>
          <b>{quantity(depthOf(fall.measured, fall.interval_s), "mm")}</b>
        </dd>
      </div>
      <div>
        <dt>{w.ahead(horizon_min)}</dt>
        <dd>
          <b>{quantity(depthOf(ahead, fall.ahead_s), "mm")}</b>
        </dd>
      </div>
    </dl>
  );
}

function GaugeChoice(props: { rain: Rain; gauge: string; choose: (id: string) => void }) {
  const w = useWords(words);
  const { rain, gauge, choose } = props;
  return (
    <label class="gauge">
      <span class="dim">{w.gauge}</span>
      <select value={gauge} onChange={(event) => choose(event.currentTarget.value)}>
        {rain.gages.length > 1 && <option value="">{w.mean(rain.gages.length)}</option>}
        {rain.gages.map((gage) => (
          <option key={gage.id} value={gage.id}>
            {gage.id}
          </option>
        ))}
      </select>
    </label>
  );
}

function View() {
  const w = useWords(words);
  const city = useFeed(live.city);
  const rain = useFeed(live.rain);
  const clock = useFeed(live.clock);
  const forecast = useFeed(live.forecast);
  const now = useNow();
  const offset = useOffset();
  const [gauge, choose] = useState("");
  const [index, setIndex] = useState<number | null>(null);
  const minute = Math.floor(now / 60) * 60;
  const fall = useMemo(() => (rain ? fallOf(rain, gauge, minute) : null), [rain, gauge, minute]);
  const data = useMemo<uPlot.AlignedData>(() => {
    const all = fall ? [...fall.measured, ...fall.forecast] : [];
    return [all.map(([time]) => time), all.map(([, rate]) => rate)];
  }, [fall]);
  if (!city || !rain || !fall) return null;
  if (rain.gages.length === 0) return <p class="dim">{w.none}</p>;

  const span = spanAround(now, parseTime(clock?.start), city.forecast.horizon_min);
  const seen = within([...fall.measured, ...fall.forecast], span.from, span.to);
  const at = index === null ? undefined : data[0][index];
  return (
    <>
      <div class="rain-head">
        <GaugeChoice rain={rain} gauge={gauge} choose={choose} />
        <ul class="curve-legend" aria-hidden="true">
          <li>
            <span class="swatch swatch-rain" /> {w.measured}
          </li>
          <li>
            <span class="swatch swatch-ahead" /> {w.forecast(forecast?.rain ?? city.forecast.rain)}
          </li>
        </ul>
        <span class="dim number">
          {at !== undefined && index !== null
            ? `${hourMinute(at, offset)} · ${quantity(data[1]?.[index] ?? null, "mm/h")}`
            : ""}
        </span>
      </div>
      <div class="rain-body">
        <Chart
          label={w.chart(gauge || w.mean(rain.gages.length))}
          unit="mm/h"
          data={data}
          series={[{ paths: () => null, points: { show: false } }]}
          span={span}
          top={Math.max(10, (peakOf(seen)?.[1] ?? 0) * 1.15)}
          now={now}
          nowLabel={w.now}
          offset={offset}
          over={(plot) => drawBars(plot, fall)}
          onPoint={setIndex}
        />
        <Figures fall={fall} horizon_min={city.forecast.horizon_min} />
      </div>
    </>
  );
}

export const panel: Panel = {
  id: "rain",
  place: "under",
  order: 10,
  title: words,
  fills: true,
  View,
};
