import { live } from "../api/live";
import { useFeed } from "../parts/hooks";
import { useWords } from "../words/language";
import { words } from "./words";

/** The badge that no view lacks as long as anything on it is made up or simulated. */
export function SimulatedBadge() {
  const w = useWords(words);
  const city = useFeed(live.city);
  const warnings = useFeed(live.warnings) ?? [];
  if (!city) return null;
  const simulated = warnings.filter((warning) => warning.simulated).length;
  const reasons: string[] = [];
  if (city.made_up) reasons.push(w.madeUpCity);
  if (city.storm?.made_up) reasons.push(w.madeUpStorm);
  if (city.measurements === "simulated" || city.measurements === "made") {
    reasons.push(w.measurements[city.measurements]);
  }
  if (simulated > 0) reasons.push(w.warnings(simulated));
  if (reasons.length === 0) return null;
  return (
    <details class="simulated">
      <summary title={w.whatIsSimulated}>
        SIMULATED <span lang="zh-CN">模拟</span>
      </summary>
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </details>
  );
}
