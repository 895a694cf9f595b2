import { useEffect, useErrorBoundary } from "preact/hooks";
import { live } from "./api/live";
import { Header } from "./head/header";
import { type Panel, type Place, panels } from "./panels/panel";
import { useFeed } from "./parts/hooks";
import { Notice } from "./parts/notice";
import { words } from "./words/common";
import { useWords } from "./words/language";

const PLACES: Place[] = ["left", "middle", "under", "right"];

/** A panel that fails says so and leaves the others alone. */
function Guarded({ panel }: { panel: Panel }) {
  const w = useWords(words);
  const [error, retry] = useErrorBoundary((fault) => console.error(`panel ${panel.id}`, fault));
  if (!error) return <panel.View />;
  return (
    <p class="broken">
      {w.failed(String(error.message ?? error))}{" "}
      <button type="button" class="button" onClick={retry}>
        {w.retry}
      </button>
    </p>
  );
}

function Framed({ panel }: { panel: Panel }) {
  const { title } = useWords(panel.title);
  const id = `panel-${panel.id}`;
  return (
    <section
      id={id}
      class={`panel panel-${panel.id}${panel.fills ? " panel-fills" : ""}`}
      aria-labelledby={`${id}-title`}
      tabIndex={-1}
    >
      <h2 id={`${id}-title`} class={panel.bare ? "hidden" : undefined}>
        {title}
      </h2>
      <Guarded panel={panel} />
    </section>
  );
}

const at = (place: Place) =>
  panels
    .filter((panel) => panel.place === place)
    .map((panel) => <Framed key={panel.id} panel={panel} />);

export function App() {
  const w = useWords(words);
  const city = useFeed(live.city);
  const link = useFeed(live.link);
  const warnings = useFeed(live.warnings);
  const usable = city !== null && warnings !== null;
  useEffect(() => {
    if (usable) performance.mark("interactive"); /* tests/page reads it */
  }, [usable]);
  return (
    <div class={link.up ? "page" : "page lost"}>
      <Header />
      {city ? (
        <main>
          {PLACES.map((place) => (
            <div key={place} class={`place place-${place}`}>
              {at(place)}
            </div>
          ))}
        </main>
      ) : (
        <main class="waiting">
          <p>{w.loading}</p>
        </main>
      )}
      <footer>{city && at("foot")}</footer>
      <Notice />
    </div>
  );
}
