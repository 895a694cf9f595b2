/** Advice: what to set, what comes of it beside leaving things as they are, and a person's answer. */
import { useEffect, useState } from "preact/hooks";
import { get, post } from "../api/client";
import type { KeptAdvice, Outcome, PlantModel } from "../api/plants";
import { useFeed } from "../parts/hooks";
import { tell } from "../parts/notice";
import { language, useName, useWords } from "../words/language";
import { words as common } from "../words/common";
import { digits } from "./numbers";
import { words } from "./words";

const REFRESH_MS = 4000;

function useAdvice(path: string): [KeptAdvice[], () => void] {
  const [kept, setKept] = useState<KeptAdvice[]>([]);
  const [again, setAgain] = useState(0);
  useEffect(() => {
    let wanted = true;
    const ask = () =>
      get<KeptAdvice[]>(path)
        .then((list) => wanted && setKept(list))
        .catch((error) => console.info("no advice", error)); /* asked for again */
    void ask();
    const timer = setInterval(ask, REFRESH_MS);
    return () => {
      wanted = false;
      clearInterval(timer);
    };
  }, [path, again]);
  return [kept, () => setAgain((n) => n + 1)];
}

function Answer({ path, kept, done }: { path: string; kept: KeptAdvice; done: () => void }) {
  const w = useWords(words);
  const [reason, setReason] = useState("");
  const [values, setValues] = useState<Record<string, number>>({});
  const answer = async (word: "accept" | "change" | "refuse"): Promise<void> => {
    const body = { advice: kept.id, answer: word, reason };
    await post(`${path}/answer`, word === "change" ? { ...body, values } : body).catch(tell);
    done();
  };
  return (
    <>
      <details>
        <summary>{w.otherValues}</summary>
        {kept.advice.setpoints.map((one) => (
          <label key={one.name} class="row">
            {one.name}
            <input
              type="number"
              step="any"
              min={one.least}
              max={one.most}
              defaultValue={String(one.values[0])}
              onInput={(event) =>
                setValues({ ...values, [one.name]: event.currentTarget.valueAsNumber })
              }
            />
          </label>
        ))}
      </details>
      <div class="row wrap finding">
        <input
          aria-label={w.note}
          placeholder={w.note}
          maxLength={200}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
        <button type="button" class="button strong" onClick={() => void answer("accept")}>
          {w.accept}
        </button>
        <button
          type="button"
          class="button"
          disabled={Object.keys(values).length === 0}
          onClick={() => void answer("change")}
        >
          {w.acceptChanged}
        </button>
        <button type="button" class="button" onClick={() => void answer("refuse")}>
          {w.refuse}
        </button>
      </div>
    </>
  );
}

const compared: (keyof Outcome)[] = ["energy_kwhd", "ammonia_gm3", "TN_gm3", "TSS_gm3"];

/** What was foretold of advice whose hours are over, beside what then happened. */
function Scores({ list }: { list: KeptAdvice[] }) {
  const w = useWords(words);
  const c = useWords(common);
  const lang = useFeed(language);
  const scored = list.filter((one) => one.score);
  if (scored.length === 0) return null;
  return (
    <details>
      <summary>{w.scored(scored.length)}</summary>
      <table class="ahead-table">
        <thead>
          <tr>
            <th scope="col">{w.foretold}</th>
            {compared.map((row) => (
              <th key={row} scope="col" class="number">
                {w.outcomeOf(row)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {scored.map(({ id, time_ms, advice, answer, score }) => {
            const followed = answer?.answer === "accept";
            const foretold = followed ? advice.advised : advice.as_is;
            return (
              <tr key={id}>
                <th scope="row">
                  {new Date(time_ms).toLocaleString(lang)} {answer ? w.answered(answer.answer) : w.noAnswer}{" "}
                  {score?.simulated && <span class="tag">{c.simulated}</span>}
                </th>
                {compared.map((row) => (
                  <td key={row} class="number">
                    {digits(foretold[row])} → {digits(score?.[row] ?? null)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </details>
  );
}

const rows: (keyof Outcome)[] = ["OCI", "EQI_kgd", "energy_kwhd", "ammonia_gm3", "TN_gm3", "TSS_gm3"];

export function Advice({ id, model }: { id: string; model: PlantModel | null }) {
  const w = useWords(words);
  const name = useName();
  const path = `plants/${encodeURIComponent(id)}/advice`;
  const [list, refresh] = useAdvice(path);
  const kept = list[0];
  if (!model) return <p class="dim">{w.noModel}</p>;
  const advice = kept?.advice;
  return (
    <>
      <button
        type="button"
        class="button"
        disabled={model.advising || model.state !== "running"}
        onClick={() => void post(path, {}).catch(tell)}
      >
        {model.advising ? w.advising : w.advise}
      </button>
      {model.advice_failed && <p class="wrong">⚠ {model.advice_failed}</p>}
      {kept && advice && (
        <>
          <p>{name(advice.reason)}</p>
          <table class="ahead-table">
            <thead>
              <tr>
                <th scope="col">{w.setpoint}</th>
                <th scope="col" class="number">
                  {w.now}
                </th>
                <th scope="col" class="number">
                  {w.every(advice.block_h)}
                </th>
              </tr>
            </thead>
            <tbody>
              {advice.setpoints.map((one) => (
                <tr key={one.name}>
                  <th scope="row">{one.name}</th>
                  <td class="number">{digits(one.now)}</td>
                  <td class="number">{one.values.map(digits).join(" · ")}</td>
                </tr>
              ))}
              <tr>
                <th scope="col">{w.outcome}</th>
                <th scope="col" class="number">
                  {w.asIs}
                </th>
                <th scope="col" class="number">
                  {w.advised}
                </th>
              </tr>
              {rows.map((row) => (
                <tr key={row}>
                  <th scope="row">{w.outcomeOf(row)}</th>
                  <td class="number">{digits(advice.as_is[row])}</td>
                  <td class="number">{digits(advice.advised[row])}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p class="dim small">{name(advice.rests_on)}</p>
          {kept.answer ? (
            <p>
              ✓ {w.answered(kept.answer.answer)} {kept.answer.who} {kept.answer.reason}
            </p>
          ) : (
            <Answer key={kept.id} path={path} kept={kept} done={refresh} />
          )}
        </>
      )}
      <Scores list={list} />
    </>
  );
}
