/** The last inspection: today's limits and safety beside it, its lines with evidence, ticks, changes. */
import { useEffect, useState } from "preact/hooks";
import { addressOf, get, post } from "../api/client";
import type { Finding, Inspection, InspectionLine, Tick } from "../api/plants";
import { momentText } from "../base/time";
import { useNow, useOffset } from "../parts/hooks";
import { tell } from "../parts/notice";
import { words as common } from "../words/common";
import { useName, useWords } from "../words/language";
import { digits } from "./numbers";
import { type Change, changesSince, severities, signs, worstFirst } from "./severity";
import { words } from "./words";

const REFRESH_MS = 15_000;

/** The last inspection of a plant; null before the first one, or while it is asked for. */
export function useInspection(id: string): [Inspection | null, () => void] {
  const [found, setFound] = useState<Inspection | null>(null);
  const [again, setAgain] = useState(0);
  useEffect(() => {
    let wanted = true;
    const ask = () =>
      get<Inspection>(`inspections/${encodeURIComponent(id)}`)
        .then((got) => wanted && setFound(got))
        .catch(() => wanted && setFound(null)); /* before the first there is none */
    void ask();
    const timer = setInterval(ask, REFRESH_MS);
    return () => {
      wanted = false;
      clearInterval(timer);
    };
  }, [id, again]);
  const fits = found?.report.plant === id ? found : null;
  return [fits, () => setAgain((n) => n + 1)];
}

/** A day's curve, as small as a word. */
function Spark({ curve }: { curve: (number | null)[] }) {
  const numbers = curve.filter((value): value is number => value !== null);
  if (numbers.length < 2) return null;
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const [width, height, high] = [120, 22, most > least ? most - least : 1];
  const at = (value: number, i: number): string =>
    `${((i * width) / (curve.length - 1)).toFixed(1)},${(height - 2 - ((value - least) / high) * (height - 4)).toFixed(1)}`;
  const points = curve.flatMap((value, i) => (value === null ? [] : [at(value, i)]));
  return (
    <svg class="spark" width={width} height={height} aria-hidden="true">
      <polyline points={points.join(" ")} />
    </svg>
  );
}

function Line(props: {
  item: Finding;
  change: Change;
  tick: Tick | undefined;
  onTick: ((item: string, note: string) => void) | null;
}) {
  const w = useWords(words);
  const c = useWords(common);
  const name = useName();
  const { item, tick } = props;
  const [note, setNote] = useState("");
  return (
    <li class={`finding finding-${item.severity}`}>
      <p>
        <b>
          <span aria-hidden="true">{signs[item.severity]} </span>
          {w.severity(item.severity)}
        </b>{" "}
        <b>{name(item.title)}</b>{" "}
        <span class="dim">
          {name(item.item_title)} · {item.subject}
        </span>
        {props.change !== "same" && <span class="tag">{w.change(props.change)}</span>}
        {item.simulated && <span class="tag">{c.simulated}</span>}
      </p>
      <p>{name(item.finding)}</p>
      {item.advice && item.severity !== "fine" && <p>→ {name(item.advice)}</p>}
      {item.evidence.curve && <Spark curve={item.evidence.curve} />}
      {item.evidence.rule && <p class="dim small">{w.rule(item.evidence.rule)}</p>}
      {tick && <p class="small">✓ {w.ticked(tick.who, tick.tick.note)}</p>}
      {!tick && props.onTick && item.severity !== "fine" && (
        <form
          class="row"
          onSubmit={(event) => {
            event.preventDefault();
            props.onTick?.(item.id, note);
          }}
        >
          <input
            aria-label={w.note}
            placeholder={w.note}
            maxLength={200}
            value={note}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
          <button type="submit" class="button">
            {w.tick}
          </button>
        </form>
      )}
    </li>
  );
}

/** Lines of one group of the last inspection: today's limits, safety; what is fine can be folded. */
export function Group(props: { inspection: Inspection | null; group: string; folds: boolean }) {
  const w = useWords(words);
  const { inspection, folds } = props;
  if (!inspection) return <p class="dim">{w.never}</p>;
  const items = inspection.report.items.filter((item) => item.group === props.group);
  const fine = folds ? items.filter((item) => item.severity === "fine") : [];
  const line = (item: Finding) => (
    <Line key={item.id} item={item} change="same" tick={undefined} onTick={null} />
  );
  return (
    <>
      <ul class="findings">
        {worstFirst(items.filter((item) => !fine.includes(item))).map(line)}
      </ul>
      {fine.length > 0 && (
        <details>
          <summary class="dim">
            <span aria-hidden="true">{signs.fine} </span>
            {w.fineLines(fine.length)}
          </summary>
          <ul class="findings">{fine.map(line)}</ul>
        </details>
      )}
    </>
  );
}

/** The report before the one shown, to compare with. */
function useBefore(id: string, shown: number | undefined): Inspection | null {
  const [before, setBefore] = useState<Inspection | null>(null);
  useEffect(() => {
    let wanted = true;
    const ask = async (): Promise<void> => {
      const path = `inspections/${encodeURIComponent(id)}`;
      const lines = await get<InspectionLine[]>(`${path}/history`);
      const older = lines.filter((line) => line.id < (shown ?? 0)).sort((a, b) => b.id - a.id)[0];
      const got = older ? await get<Inspection>(`${path}?id=${older.id}`) : null;
      if (wanted) setBefore(got);
    };
    setBefore(null);
    if (shown !== undefined) ask().catch(tell);
    return () => {
      wanted = false;
    };
  }, [id, shown]);
  return before;
}

export function InspectionReport(props: {
  id: string;
  inspection: Inspection | null;
  refresh: () => void;
}) {
  const w = useWords(words);
  const now = useNow();
  const offset = useOffset();
  const { id, inspection } = props;
  const [all, setAll] = useState(false);
  const [busy, setBusy] = useState(false);
  const before = useBefore(id, inspection?.id);
  const act = async (path: string, body: unknown): Promise<void> => {
    setBusy(true);
    await post(path, body).catch(tell);
    setBusy(false);
    props.refresh();
  };
  const report = inspection?.report;
  const at = (time: string): string => momentText(Date.parse(time) / 1000, now, offset);
  const items = worstFirst(report?.items ?? []).filter((item) => all || item.severity !== "fine");
  const changes = changesSince(report?.items ?? [], before?.report.items ?? null);
  const tickOf = (item: string) => inspection?.ticks.find((tick) => tick.tick.item === item);
  return (
    <>
      <div class="row wrap">
        <button
          type="button"
          class="button strong"
          disabled={busy}
          onClick={() => void act("inspections", { plant: id })}
        >
          {busy ? w.runningNow : w.run}
        </button>
        {inspection && (
          <a
            class="button"
            target="_blank"
            rel="noreferrer"
            href={addressOf(`inspections/${encodeURIComponent(id)}/page?id=${inspection.id}`)}
          >
            {w.fullReport}
          </a>
        )}
        <label>
          <input type="checkbox" checked={all} onChange={() => setAll(!all)} /> {w.all}
        </label>
      </div>
      {report ? (
        <>
          <p>
            {w.about(at(report.at), report.cause)} · {w.risk(digits(report.risk))} ·{" "}
            {severities.map((one) => `${signs[one]} ${w.severity(one)} ${report.counts[one]}`).join("  ")}
          </p>
          <p class="dim small">
            {before
              ? `${w.before} ${w.about(at(before.report.at), before.report.cause)}`
              : w.noBefore}
          </p>
          <ul class="findings">
            {items.map((item) => (
              <Line
                key={`${inspection.id} ${item.id}`}
                item={item}
                change={changes.get(item.id) ?? "same"}
                tick={tickOf(item.id)}
                onTick={(line, note) =>
                  void act(`inspections/${encodeURIComponent(id)}/tick`, {
                    inspection: inspection.id,
                    item: line,
                    note,
                  })
                }
              />
            ))}
          </ul>
        </>
      ) : (
        <p class="dim">{w.never}</p>
      )}
    </>
  );
}
