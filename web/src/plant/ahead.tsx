/** What will arrive and what will leave, with its quantiles, as curves and as a table of limits. */
import { useState } from "preact/hooks";
import type uPlot from "uplot";
import type { Curves, EffluentAhead, Limit, PlantDetail } from "../api/plants";
import type { Pair } from "../api/types";
import { Chart, chartText, drawBand, ink, type Span } from "../parts/chart";
import { overTheirTimes } from "../parts/curves";
import { useNow, useOffset } from "../parts/hooks";
import { useWords } from "../words/language";
import { digits, valued } from "./numbers";
import { words } from "./words";

const unseen: uPlot.Series = { width: 0, paths: () => null, points: { show: false } };
const styles: uPlot.Series[] = [
  { stroke: ink.modelled, width: 2, spanGaps: true, points: { show: false } },
  { stroke: ink.forecast, width: 2, dash: [7, 5], spanGaps: true, points: { show: false } },
  unseen,
  unseen,
];

const HIGHEST = 1.15;

function Curve(props: {
  label: string;
  past: Pair[];
  ahead: Curves;
  limit: number | null;
  span: Span;
}) {
  const w = useWords(words);
  const now = useNow();
  const offset = useOffset();
  const { past, ahead, limit } = props;
  const data = overTheirTimes([past, ahead.middle, ahead.low ?? [], ahead.high ?? []]);
  const values = [...past, ...ahead.middle, ...(ahead.high ?? [])].map(([, value]) => value);
  const top = Math.max(...values, limit ?? 0, 1e-6) * HIGHEST;
  const drawLimit = (plot: uPlot): void => {
    if (limit === null) return;
    const { ctx, bbox } = plot;
    const y = plot.valToPos(limit, "y", true);
    ctx.strokeStyle = ink.text;
    ctx.setLineDash([4, 4]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.setLineDash([]);
    chartText(plot, w.limitLine(valued(limit, ahead.unit)), bbox.left + bbox.width - 4, y - 2, {
      color: ink.text,
      align: "right",
    });
  };
  return (
    <Chart
      label={props.label}
      unit={ahead.unit === "g/m3" ? "mg/L" : ahead.unit.replace("3", "³")}
      data={data}
      series={styles}
      span={props.span}
      top={top}
      now={Number.isFinite(now) ? now : 0}
      nowLabel={w.now}
      offset={offset}
      under={(plot) => drawBand(plot, data[0], data[3], data[4])}
      over={drawLimit}
    />
  );
}

function Legend({ banded, past }: { banded: boolean; past: boolean }) {
  const w = useWords(words);
  return (
    <ul class="curve-legend">
      {past && <li>━ {w.past}</li>}
      <li>╍ {w.ahead}</li>
      {banded && <li>▒ {w.band}</li>}
    </ul>
  );
}

const HOUR_S = 3600;

export function Inflow({ plant }: { plant: PlantDetail }) {
  const w = useWords(words);
  const { inflow, model } = plant;
  if (inflow.past.length === 0 && inflow.middle.length === 0) {
    return <p class="dim">{w.noInflow}</p>;
  }
  const last = inflow.past.at(-1)?.[0] ?? inflow.middle[0]?.[0] ?? 0;
  const first = Math.max(inflow.past[0]?.[0] ?? last, last - 6 * HOUR_S);
  /* With a model the curve goes on beyond the network's horizon. */
  const ahead: Curves = model?.inflow ?? inflow;
  const end = ahead.middle.at(-1)?.[0] ?? last;
  const banded = (ahead.low?.length ?? 0) > 0;
  const note = model?.network_horizon_min ? w.beyond(model.network_horizon_min) : null;
  return (
    <>
      <Curve
        label={w.inflowLabel}
        past={inflow.past}
        ahead={ahead}
        limit={null}
        span={{ from: first, to: end }}
      />
      <Legend banded={banded} past />
      <p class="dim small">
        {banded ? null : w.single} {note}
      </p>
    </>
  );
}

/** What counts of a limit: the table of warm water. */
const limitOf = (limits: Limit[], kind: string): number | null =>
  limits.find((limit) => limit.kind === kind)?.mean_gm3 ?? null;

function Row(props: { one: EffluentAhead; limit: number | null; chosen: boolean; choose: () => void }) {
  const w = useWords(words);
  const { one, limit } = props;
  const [low, middle, high] = [one.mean_low, one.mean_middle ?? 0, one.mean_high];
  const most = Math.max(low ?? middle, middle, high ?? middle);
  const verdict =
    limit === null ? "" : middle > limit ? `▲ ${w.breaks}` : most > limit ? `◆ ${w.mayBreak}` : `✓ ${w.keeps}`;
  return (
    <tr class={limit !== null && most > limit ? "wrong" : undefined}>
      <th scope="row">
        <button type="button" class="link" aria-pressed={props.chosen} onClick={props.choose}>
          {w.kindOf(one.kind)}
        </button>
      </th>
      <td class="number">{valued(middle, one.unit)}</td>
      <td class="number">{low === null ? "—" : `${digits(low)} – ${digits(high)}`}</td>
      <td class="number">{limit === null ? "—" : valued(limit, "g/m3")}</td>
      <td>{verdict}</td>
    </tr>
  );
}

export function Effluent({ plant }: { plant: PlantDetail }) {
  const w = useWords(words);
  const [kind, setKind] = useState("tn");
  const { model } = plant;
  if (!model) return <p class="dim">{w.noModel}</p>;
  if (model.state === "failed") return <p class="wrong">⚠ {model.text}</p>;
  const all = model.effluent ?? [];
  const chosen = all.find((one) => one.kind === kind);
  if (!chosen) return <p class="dim">{w.waiting}</p>;
  const times = chosen.middle.map(([time]) => time);
  return (
    <>
      <Curve
        key={kind}
        label={`${w.effluentAhead}: ${w.kindOf(kind)}`}
        past={[]}
        ahead={chosen}
        limit={limitOf(plant.limits, kind)}
        span={{ from: times[0] ?? 0, to: times.at(-1) ?? 1 }}
      />
      <Legend banded={model.quantiles} past={false} />
      <table class="ahead-table">
        <thead>
          <tr>
            <th scope="col">{w.modelOf(model.title ?? "")}</th>
            <th scope="col" class="number">
              {w.dayMean}
            </th>
            <th scope="col" class="number">
              {w.range}
            </th>
            <th scope="col" class="number">
              {w.limit}
            </th>
            <th scope="col">{w.verdict}</th>
          </tr>
        </thead>
        <tbody>
          {all.map((one) => (
            <Row
              key={one.kind}
              one={one}
              limit={one.kind === "flow" ? null : limitOf(plant.limits, one.kind)}
              chosen={one.kind === kind}
              choose={() => setKind(one.kind)}
            />
          ))}
        </tbody>
      </table>
      <p class="dim small">{w.energyAhead(digits(model.energy_kwh), digits(model.energy_kwhm3))}</p>
    </>
  );
}
