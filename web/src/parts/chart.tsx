/**
 * A curve over the storm's time: the axes, the line "now", and what the caller draws. The library
 * comes after the first view, since the list of warnings must not wait for it.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { hourMinute } from "../base/time";

export interface Span {
  from: number;
  to: number;
}

export interface ChartProps {
  /** What the chart says, for readers who do not see it. */
  label: string;
  unit: string;
  data: uPlot.AlignedData;
  series: uPlot.Series[];
  span: Span;
  /** Greatest value that must fit. */
  top: number;
  now: number;
  nowLabel: string;
  offset: number;
  /** Draws behind (`under`) or over the series; in pixels of the canvas. */
  under?: (plot: uPlot) => void;
  over?: (plot: uPlot) => void;
  /** Index of the time under the pointer; null when it has left. */
  onPoint?: (index: number | null) => void;
}

const FONT =
  '12px -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, "Noto Sans SC", "Noto Sans CJK SC", sans-serif';

export const ink = {
  text: "#b9c1c8",
  grid: "#3a4148",
  now: "#f2f4f5",
  modelled: "#cfd8de",
  forecast: "#8fbccd",
  measured: "#efe3c4",
  rain: "#8ba9b9",
};

/** Text on a chart; sizes are those of the page, whatever the screen's pixel ratio. */
export function chartText(
  plot: uPlot,
  text: string,
  x: number,
  y: number,
  style: { color: string; align?: CanvasTextAlign },
): void {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  ctx.font = FONT.replace("12px", `${Math.round(11.5 * ratio)}px`);
  ctx.textAlign = style.align ?? "left";
  ctx.textBaseline = "bottom";
  ctx.lineWidth = 3 * ratio;
  ctx.strokeStyle = "#23272b";
  ctx.lineJoin = "round";
  ctx.strokeText(text, x, y);
  ctx.fillStyle = style.color;
  ctx.fillText(text, x, y);
}

/** The band between a low and a high curve, drawn behind the others. */
export function drawBand(
  plot: uPlot,
  times: ArrayLike<number>,
  low: uPlot.AlignedData[1] | undefined,
  high: uPlot.AlignedData[1] | undefined,
): void {
  if (!low || !high) return;
  const { ctx } = plot;
  const there = Array.from(times, (_, i) => i).filter((i) => typeof low[i] === "number");
  const at = (values: uPlot.AlignedData[1], i: number): [number, number] => [
    plot.valToPos(times[i] ?? 0, "x", true),
    plot.valToPos(values[i] ?? 0, "y", true),
  ];
  ctx.save();
  ctx.beginPath();
  ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
  ctx.clip();
  ctx.beginPath();
  for (const i of there) ctx.lineTo(...at(high, i));
  for (const i of there.reverse()) ctx.lineTo(...at(low, i));
  ctx.closePath();
  ctx.fillStyle = `${ink.forecast}44`;
  ctx.fill();
  ctx.restore();
}

function drawNow(plot: uPlot, props: ChartProps): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(props.now, "x", true);
  if (!(x >= bbox.left && x <= bbox.left + bbox.width)) return;
  ctx.save();
  ctx.strokeStyle = ink.now;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  chartText(plot, props.nowLabel, x + 4 * devicePixelRatio, bbox.top + 14 * devicePixelRatio, {
    color: ink.now,
  });
  ctx.restore();
}

function optionsOf(props: () => ChartProps, width: number, height: number): uPlot.Options {
  const axis = { stroke: ink.text, font: FONT, ticks: { show: false } };
  return {
    width,
    height,
    padding: [18, 20, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: false, range: () => [props().span.from, props().span.to] },
      y: { range: () => [0, props().top] },
    },
    axes: [
      {
        ...axis,
        grid: { stroke: ink.grid, width: 1 },
        incrs: [300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400],
        space: 56,
        size: 26,
        values: (_, splits) => splits.map((t) => hourMinute(t, props().offset)),
      },
      { ...axis, grid: { stroke: ink.grid, width: 1 }, size: 44, space: 34 },
    ],
    series: [{}, ...props().series],
    hooks: {
      drawClear: [
        (plot) => {
          plot.ctx.save();
          props().under?.(plot);
          plot.ctx.restore();
        },
      ],
      draw: [
        (plot) => {
          plot.ctx.save();
          props().over?.(plot);
          drawNow(plot, props());
          chartText(plot, props().unit, 10 * devicePixelRatio, 14 * devicePixelRatio, {
            color: ink.text,
          });
          plot.ctx.restore();
        },
      ],
      setCursor: [(plot) => props().onPoint?.(plot.cursor.idx ?? null)],
    },
  };
}

export function Chart(props: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [ready, setReady] = useState(false);

  useEffect(() => {
    const box = host.current as HTMLDivElement;
    let gone = false;
    const sizes = new ResizeObserver(() => {
      plot.current?.setSize({ width: box.clientWidth, height: box.clientHeight });
    });
    void Promise.all([import("uplot"), import("uplot/dist/uPlot.min.css")]).then(
      ([{ default: Plot }]) => {
        if (gone) return;
        const options = optionsOf(() => latest.current, box.clientWidth, box.clientHeight);
        plot.current = new Plot(options, latest.current.data, box);
        sizes.observe(box);
        setReady(true);
      },
    );
    return () => {
      gone = true;
      sizes.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, []);

  useEffect(() => {
    plot.current?.setData(props.data);
  }, [ready, props.data, props.span.from, props.span.to, props.top, props.nowLabel]);

  return <div class="chart" ref={host} role="img" aria-label={props.label} data-ready={ready} />;
}

/** Hours before now, and the horizon after it; never before the storm's start. */
export function spanAround(now: number, start: number, horizon_min: number): Span {
  const BACK_S = 4 * 3600;
  const LEAST_S = 3 * 3600;
  /* Moves once a minute, so that a curve isn't drawn anew for every tick of the clock. */
  const minute = Math.floor(now / 60) * 60;
  const from = Number.isFinite(start) ? Math.max(start, minute - BACK_S) : minute - BACK_S;
  return { from, to: Math.max(minute + (horizon_min + 10) * 60, from + LEAST_S) };
}
