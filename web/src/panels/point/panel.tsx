import { useEffect, useMemo, useState } from "preact/hooks";
import type uPlot from "uplot";
import { get } from "../../api/client";
import { live } from "../../api/live";
import type { City, Point, PointSeries } from "../../api/types";
import { classesUpward, peakTimeOf, thresholdsOf } from "../../base/hazard";
import { NO_VALUE, quantity } from "../../base/quantity";
import { lastOf } from "../../base/series";
import { hourMinute, momentText, parseTime } from "../../base/time";
import { Age, useStale } from "../../parts/age";
import { Chart, chartText, drawBand, ink, spanAround } from "../../parts/chart";
import { useFeed, useNow, useOffset } from "../../parts/hooks";
import { Mark } from "../../parts/mark";
import { useSelected } from "../../parts/selection";
import { words as common } from "../../words/common";
import { useName, useWords } from "../../words/language";
import type { Panel } from "../panel";
import { aligned, topOf } from "./curves";
import "./style.css";
import { words } from "./words";

/** The curves are asked for again at most this often [ms]. */
const REFRESH_MS = 2000;

const lineColors = { blue: "#6fb1ff", yellow: "#ffd84a", orange: "#ffa14a", red: "#ff6b74" };

const EMPTY: PointSeries = {
  id: "",
  unit: "m",
  modelled: [],
  forecast: [],
  measured: [],
  sensors: [],
  issued: null,
};

/** The point's curves, asked for anew when its values change. */
function useSeries(id: string): PointSeries | null {
  const [series, setSeries] = useState<PointSeries | null>(null);
  useEffect(() => {
    let wanted = true;
    let askedAt = Number.NEGATIVE_INFINITY;
    let asking = false;
    const ask = async (): Promise<void> => {
      if (asking || performance.now() - askedAt < REFRESH_MS) return;
      asking = true;
      askedAt = performance.now();
      try {
        const got = await get<PointSeries>(`points/${encodeURIComponent(id)}/series`);
        if (wanted) setSeries(got);
      } catch (error) {
        console.warn(`no curves of ${id}`, error); /* the next event asks again */
      }
      asking = false;
    };
    void ask();
    const stop = live.points.listen(() => void ask());
    return () => {
      wanted = false;
      stop();
    };
  }, [id]);
  return series?.id === id ? series : null;
}

function drawThresholds(
  plot: uPlot,
  city: City,
  point: Point,
  className: (c: keyof typeof lineColors) => string,
) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  for (const threshold of thresholdsOf(city, point)) {
    const y = plot.valToPos(threshold.depth_m, "y", true);
    if (y < bbox.top) continue;
    ctx.strokeStyle = lineColors[threshold.class];
    ctx.lineWidth = ratio;
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.setLineDash([]);
    const text = `${className(threshold.class)}  ${quantity(threshold.depth_m, "m")}`;
    chartText(plot, text, bbox.left + 5 * ratio, y - 1 * ratio, {
      color: lineColors[threshold.class],
    });
  }
}

const unseen: uPlot.Series = { width: 0, paths: () => null, points: { show: false } };

const curveStyles = (band: boolean): uPlot.Series[] => [
  { stroke: ink.modelled, width: 2, spanGaps: true, points: { show: false } },
  { stroke: ink.forecast, width: 2, dash: [7, 5], spanGaps: true, points: { show: false } },
  {
    stroke: ink.measured,
    width: 0,
    paths: () => null,
    points: { show: true, size: 4.5, width: 1, stroke: ink.measured, fill: "#23272b" },
  },
  ...(band ? [unseen, unseen] : []),
];

function Legend({ banded }: { banded: boolean }) {
  const w = useWords(words);
  return (
    <ul class="curve-legend" aria-hidden="true">
      <li>
        <svg width="26" height="10">
          <path d="M0 5h26" stroke={ink.modelled} stroke-width="2" />
        </svg>
        {w.modelled}
      </li>
      <li>
        <svg width="26" height="10">
          <path d="M0 5h26" stroke={ink.forecast} stroke-width="2" stroke-dasharray="7 5" />
        </svg>
        {w.forecast}
      </li>
      {banded && (
        <li>
          <svg width="26" height="10">
            <path d="M0 1h26v8h-26z" fill={ink.forecast} opacity="0.35" />
          </svg>
          {w.band}
        </li>
      )}
      <li>
        <svg width="26" height="10" fill="none">
          <path
            d="M3.5 5a2 2 0 1 0 4 0a2 2 0 1 0-4 0M18.5 5a2 2 0 1 0 4 0a2 2 0 1 0-4 0"
            stroke={ink.measured}
          />
        </svg>
        {w.measured}
      </li>
    </ul>
  );
}

function Figures({ point, series }: { point: Point; series: PointSeries }) {
  const w = useWords(words);
  const c = useWords(common);
  const now = useNow();
  const offset = useOffset();
  const value = useFeed(live.points)?.find((one) => one.id === point.id);
  const measured = lastOf(series.measured);
  const modelledAt = parseTime(value?.modelled_at);
  const modelStale = useStale(modelledAt, 60);
  const measuredStale = useStale(measured?.[0] ?? Number.NaN, 300);
  const cycle_s = (live.city.value?.forecast.cycle_min ?? 5) * 60;
  const maxAt = peakTimeOf(value);
  return (
    <dl class="figures">
      <div>
        <dt>{w.modelledNow}</dt>
        <dd>
          <b class={modelStale ? "stale" : undefined}>{quantity(value?.modelled_m, "m")}</b>
          <Age time={modelledAt} period_s={60} />
        </dd>
      </div>
      <div>
        <dt>{w.measuredNow}</dt>
        <dd>
          <b class={measuredStale ? "stale" : undefined}>{quantity(measured?.[1], "m")}</b>
          {measured ? (
            <Age time={measured[0]} period_s={300} />
          ) : (
            <span class="age">{w.noSensor}</span>
          )}
          {measured && live.city.value?.measurements !== "recorded" && (
            <span class="tag">{c.simulated}</span>
          )}
        </dd>
      </div>
      <div>
        <dt>{w.forecastMax}</dt>
        <dd>
          <b>{quantity(value?.forecast_max_m, "m")}</b>
          <span class="age">
            {Number.isFinite(maxAt) ? w.at(momentText(maxAt, now, offset)) : NO_VALUE}
          </span>
          <span class="age">
            {w.issued} <Age time={parseTime(series.issued)} period_s={cycle_s} />
          </span>
        </dd>
      </div>
    </dl>
  );
}

/** The probability of each class within the forecast: as a figure, a bar, and the class's sign. */
function Chances({ id }: { id: string }) {
  const w = useWords(words);
  const c = useWords(common);
  const chance = useFeed(live.points)?.find((one) => one.id === id)?.chance;
  if (!chance) return null;
  return (
    <ul class="chances" aria-label={w.chances}>
      {classesUpward.map((one) => (
        <li key={one}>
          <Mark hazard={one} size={15} /> <span class="dim">{c.class(one)}</span>{" "}
          <b class="number">{Math.round(100 * chance[one])} %</b>
          <span class="chance-bar" aria-hidden="true">
            <span style={{ width: `${100 * chance[one]}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Curves({ city, point, series }: { city: City; point: Point; series: PointSeries }) {
  const w = useWords(words);
  const c = useWords(common);
  const name = useName();
  const now = useNow();
  const offset = useOffset();
  const clock = useFeed(live.clock);
  const [index, setIndex] = useState<number | null>(null);
  const data = useMemo(() => aligned(series), [series]);
  const banded = data.length > 4;
  const styles = useMemo(() => curveStyles(banded), [banded]);
  const top = topOf(
    series,
    thresholdsOf(city, point).map((t) => t.depth_m),
  );
  const at = index === null ? undefined : data[0][index];
  return (
    <>
      <div class="curve-head">
        <Legend banded={banded} />
        <span class="dim number">
          {at !== undefined &&
            index !== null &&
            [
              hourMinute(at, offset),
              ...[w.modelled, w.forecast, w.measured].flatMap((word, i) => {
                const v = data[i + 1]?.[index];
                return v === null || v === undefined ? [] : [`${word} ${quantity(v, "m")}`];
              }),
            ].join(" · ")}
        </span>
      </div>
      <Chart
        label={w.curve(name(point.name))}
        unit="m"
        data={data}
        series={styles}
        span={spanAround(now, parseTime(clock?.start), city.forecast.horizon_min)}
        top={top}
        now={now}
        nowLabel={w.now}
        offset={offset}
        under={(plot) => {
          drawBand(plot, data[0], data[4], data[5]);
          drawThresholds(plot, city, point, c.class);
        }}
        onPoint={setIndex}
      />
    </>
  );
}

function View() {
  const c = useWords(common);
  const name = useName();
  const city = useFeed(live.city);
  const id = useSelected();
  const value = useFeed(live.points)?.find((one) => one.id === id);
  const series = useSeries(id ?? "");
  const point = city?.points.find((one) => one.id === id);
  if (!city || !point) return null;
  const hazard = value?.class ?? null;
  return (
    <>
      <div class="point-head">
        <Mark hazard={hazard} size={28} />
        <p class="point-name">
          {name(point.name)} <span class="dim">{point.id}</span>
        </p>
        <p class={hazard ? `class-word class-${hazard}` : "class-word dim"}>
          {hazard ? c.class(hazard) : c.noClass}
        </p>
      </div>
      <Figures point={point} series={series ?? EMPTY} />
      <Chances id={point.id} />
      <Curves city={city} point={point} series={series ?? EMPTY} />
    </>
  );
}

export const panel: Panel = {
  id: "point",
  place: "right",
  order: 10,
  title: words,
  bare: true,
  View,
};
