/** What warnings rest on, and what has been said of them to the outside. */
import { useEffect, useState } from "preact/hooks";
import { addressOf, get } from "../../api/client";
import { live } from "../../api/live";
import type { Bulletin, Notice } from "../../api/types";
import { momentText, parseTime } from "../../base/time";
import { useFeed, useNow, useOffset } from "../../parts/hooks";
import { useName, useWords } from "../../words/language";
import { words } from "./words";

/** How many members, how far, and which measurements were left out and why. */
export function Basis() {
  const w = useWords(words);
  const name = useName();
  const forecast = useFeed(live.forecast);
  const left = forecast?.left_out ?? [];
  if (!forecast?.issued || !forecast.members) return null;
  const shed =
    forecast.shed &&
    w.shed(forecast.members, forecast.members_asked ?? forecast.members, forecast.reaches_min ?? 0);
  return (
    <details class="basis" open={left.length > 0 && left.length <= 3}>
      <summary>
        {w.restsOn(forecast.members)}
        {left.length > 0 && (
          <b>
            {" · "}
            <span aria-hidden="true">⚠ </span>
            {w.leftOut(left.length)}
          </b>
        )}
      </summary>
      {shed && <p class="reached">{shed}</p>}
      <ul>
        {left.map((one) => (
          <li key={`${one.kind}${one.id}${one.code}`}>
            <b>{one.id ?? ""}</b> <span class="dim">{name(one)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The last messages and what became of them; asked for when the open warnings change. */
export function Messages({ stamp }: { stamp: string }) {
  const w = useWords(words);
  const name = useName();
  const now = useNow();
  const offset = useOffset();
  const [bulletins, setBulletins] = useState<Bulletin[]>([]);
  const [notices, setNotices] = useState<Notice[]>([]);
  useEffect(() => {
    let wanted = true;
    get<Bulletin[]>("bulletins").then(
      (all) => wanted && setBulletins(all.slice(0, 12)),
      () => undefined /* the warnings stand without them */,
    );
    get<Notice[]>("notices").then(
      (all) => wanted && setNotices(all),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [stamp]);
  if (bulletins.length === 0) return null;
  return (
    <details class="ended">
      <summary>{w.messages(bulletins.length)}</summary>
      <ul>
        {bulletins.map((one) => (
          <li key={one.id}>
            {momentText(parseTime(one.sent), now, offset)} {w.kind(one.kind)}{" "}
            <a href={addressOf(`bulletins/${one.id}.cap`)} type="application/cap+xml">
              CAP
            </a>{" "}
            <span class="dim">{name(one.brief)}</span>
            {notices
              .filter((n) => n.bulletin === one.id)
              .map((n) => (
                <span key={n.id} class={n.state === "given_up" ? "reached" : "dim"}>
                  <br />
                  {n.address} · {w.notice(n.state, n.attempts)}
                  {n.answer && ` · ${n.answer}`}
                </span>
              ))}
          </li>
        ))}
      </ul>
    </details>
  );
}
