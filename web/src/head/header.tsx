import { useEffect } from "preact/hooks";
import { live } from "../api/live";
import { classesUpward, openWarnings } from "../base/hazard";
import { hourMinuteSecond } from "../base/time";
import { useFeed, useOffset } from "../parts/hooks";
import { Mark } from "../parts/mark";
import { words as common } from "../words/common";
import { chooseLanguage, language, useName, useWords } from "../words/language";
import { ClockControls, StormClock } from "./clock";
import { SimulatedBadge } from "./simulated";
import { words } from "./words";

/** How many warnings of each class hold now; the window's title says how many wait for a person. */
function Tally() {
  const w = useWords(words);
  const c = useWords(common);
  const all = useFeed(live.warnings);
  const open = openWarnings(all ?? []);
  const unseen = open.filter((warning) => warning.state === "active").length;
  const name = useName();
  const city = useFeed(live.city);
  useEffect(() => {
    const title = city ? `${name(city.title)} · ${c.product}` : c.product;
    document.title = unseen > 0 ? `(${unseen}) ${title}` : title;
  }, [unseen, city, c]);
  if (!all) return null;
  if (open.length === 0) return <p class="tally dim">{w.tallyNone}</p>;
  return (
    <section class="tally" aria-label={w.tally}>
      {[...classesUpward].reverse().map((hazard) => {
        const n = open.filter((warning) => warning.class === hazard).length;
        return (
          <span key={hazard} class={n > 0 ? "tally-one" : "tally-one none"} title={c.class(hazard)}>
            <Mark hazard={hazard} size={22} />
            <span class="hidden">{c.class(hazard)}</span>
            <b>{n}</b>
          </span>
        );
      })}
      {unseen > 0 && <span class="tally-unseen">{w.unseen(unseen)}</span>}
    </section>
  );
}

function Banner() {
  const w = useWords(words);
  const link = useFeed(live.link);
  const now = useFeed(live.now);
  const offset = useOffset();
  const text = Number.isFinite(now) ? w.lost(hourMinuteSecond(now, offset)) : w.lostAtStart;
  return <div role="alert">{!link.up && <p class="banner">{text}</p>}</div>;
}

export function Header() {
  const w = useWords(words);
  const c = useWords(common);
  const name = useName();
  const lang = useFeed(language);
  const city = useFeed(live.city);
  return (
    <header>
      <a
        class="skip"
        href="#warnings"
        onClick={(event) => {
          event.preventDefault(); /* the address belongs to the chosen point */
          document.getElementById("panel-warnings")?.focus();
        }}
      >
        {w.skip}
      </a>
      <div class="head">
        <img
          class="brand"
          src="./icon.svg"
          width="32"
          height="32"
          alt={c.product}
          title={c.product}
        />
        <div class="head-city">
          <h1>{city ? name(city.title) : c.product}</h1>
          {city?.storm && (
            <p class="dim">
              <span class="hidden">{w.storm} </span>
              {name(city.storm.title)}
            </p>
          )}
        </div>
        <SimulatedBadge />
        <StormClock />
        <ClockControls />
        <Tally />
        <button
          type="button"
          class="button language"
          lang={lang === "zh" ? "en" : "zh-CN"}
          title={w.languageHint}
          onClick={() => chooseLanguage(lang === "zh" ? "en" : "zh")}
        >
          {w.language}
        </button>
      </div>
      <Banner />
    </header>
  );
}
