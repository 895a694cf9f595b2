/** The page of treatment plants: one plant, chosen by the address's #ID, and the list of all. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get } from "../api/client";
import { live } from "../api/live";
import type { PlantDetail, PlantHead } from "../api/plants";
import { StormClock } from "../head/clock";
import { SimulatedBadge } from "../head/simulated";
import { TokenDialog } from "../panels/warnings/token";
import { useFeed } from "../parts/hooks";
import { Notice, tell } from "../parts/notice";
import { words as common } from "../words/common";
import { chooseLanguage, language, useName, useWords } from "../words/language";
import { Advice } from "./advice";
import { Effluent, Inflow } from "./ahead";
import { Flowsheet } from "./flowsheet";
import { Group, InspectionReport, useInspection } from "./inspection";
import { digits } from "./numbers";
import { words } from "./words";

const REFRESH_MS = 5000;

/** What the address says after #. */
function useChosen(): string {
  const read = (): string => decodeURIComponent(location.hash.slice(1));
  const [chosen, setChosen] = useState(read);
  useEffect(() => {
    const take = () => setChosen(read());
    addEventListener("hashchange", take);
    return () => removeEventListener("hashchange", take);
  }, []);
  return chosen;
}

/** Asked for again and again; null while there is no answer. A refusal is told once. */
function useAsked<T>(path: string | null): T | null {
  const [got, setGot] = useState<{ path: string; value: T } | null>(null);
  useEffect(() => {
    if (!path) return;
    let wanted = true;
    let told = false;
    const ask = () =>
      get<T>(path)
        .then((value) => wanted && setGot({ path, value }))
        .catch((error: unknown) => {
          if (wanted && !told) tell(error);
          told = true;
        });
    void ask();
    const timer = setInterval(ask, REFRESH_MS);
    return () => {
      wanted = false;
      clearInterval(timer);
    };
  }, [path]);
  return got?.path === path ? got.value : null;
}

function Part(props: { id: string; title: string; hint?: string; children: ComponentChildren }) {
  return (
    <section class={`part part-${props.id}`} aria-labelledby={`part-${props.id}`}>
      <h2 id={`part-${props.id}`} title={props.hint}>
        {props.title}
      </h2>
      {props.children}
    </section>
  );
}

function Plant({ plant }: { plant: PlantDetail }) {
  const w = useWords(words);
  const [inspection, refresh] = useInspection(plant.id);
  if (!plant.watched) return <p class="broken">⚠ {w.unwatched}</p>;
  return (
    <main class="works-main">
      {/* Reached by the keyboard, since it scrolls and holds nothing to press. */}
      <div class="column" tabIndex={0} role="group" aria-label={w.flowsheet}>
        <Part id="flowsheet" title={w.flowsheet}>
          <Flowsheet plant={plant} />
        </Part>
      </div>
      <div class="column">
        <Part id="inflow" title={w.inflow}>
          <Inflow plant={plant} />
        </Part>
        <Part id="effluent" title={w.effluentAhead}>
          <Effluent plant={plant} />
        </Part>
        <Part id="limits" title={w.limits} hint={w.limitsHint}>
          <p class="dim small">{w.limitsHint}</p>
          <Group inspection={inspection} group="effluent" folds={false} />
        </Part>
      </div>
      <div class="column">
        <Part id="safety" title={w.safety}>
          <Group inspection={inspection} group="safety" folds />
        </Part>
        <Part id="advice" title={w.advice}>
          <Advice id={plant.id} model={plant.model} />
        </Part>
        <Part id="inspection" title={w.inspection}>
          <InspectionReport id={plant.id} inspection={inspection} refresh={refresh} />
        </Part>
      </div>
    </main>
  );
}

function Tabs({ plants, chosen }: { plants: PlantHead[]; chosen: string }) {
  const w = useWords(words);
  const name = useName();
  return (
    <nav class="works-tabs" aria-label={w.title}>
      {plants.map((plant) => (
        <a
          key={plant.id}
          class="button"
          href={`#${encodeURIComponent(plant.id)}`}
          aria-current={plant.id === chosen ? "page" : undefined}
        >
          {plant.alarms > 0 && <b>⚠ {plant.alarms} </b>}
          {name(plant.name)}
        </a>
      ))}
    </nav>
  );
}

export function Works() {
  const w = useWords(words);
  const c = useWords(common);
  const name = useName();
  const lang = useFeed(language);
  const city = useFeed(live.city);
  const link = useFeed(live.link);
  const plants = useAsked<PlantHead[]>("plants");
  const wish = useChosen();
  const chosen = plants?.find((plant) => plant.id === wish) ?? plants?.[0] ?? null;
  const plant = useAsked<PlantDetail>(chosen ? `plants/${encodeURIComponent(chosen.id)}` : null);
  useEffect(() => {
    document.title = chosen ? `${name(chosen.name)} · ${c.product}` : c.product;
  }, [chosen, name, c]);
  return (
    <div class={link.up ? "works" : "works lost"}>
      <header class="head">
        <a class="button" href="./">
          ← {w.control}
        </a>
        <div class="head-city">
          <h1>{chosen ? name(chosen.name) : w.title}</h1>
          {chosen && (
            <p class="dim">
              {city ? `${name(city.title)} · ` : ""}
              {w.capacity(digits(chosen.capacity_m3d), `${chosen.standard ?? ""} ${chosen.class ?? ""}`)}
            </p>
          )}
        </div>
        <SimulatedBadge />
        {chosen && chosen.simulated > 0 && (
          <span class="tag">{w.simulatedTags(chosen.simulated, chosen.tags)}</span>
        )}
        <StormClock />
        <button
          type="button"
          class="button language"
          lang={lang === "zh" ? "en" : "zh-CN"}
          onClick={() => chooseLanguage(lang === "zh" ? "en" : "zh")}
        >
          {w.language}
        </button>
      </header>
      {plants && plants.length > 1 && <Tabs plants={plants} chosen={chosen?.id ?? ""} />}
      {plants?.length === 0 && <p class="broken">{w.none}</p>}
      {plant ? <Plant key={plant.id} plant={plant} /> : <p class="broken dim">{c.loading}</p>}
      <TokenDialog />
      <Notice />
    </div>
  );
}
