import { Refusal } from "../api/client";
import { Feed } from "../base/feed";
import { words } from "../words/common";
import { useWords } from "../words/language";
import { useFeed } from "./hooks";

/** What went wrong last with something that a person asked for. */
const notice = new Feed<string | null>(null);

/** Shows why a request was refused, in the server's words with its remedy. */
export function tell(error: unknown): void {
  notice.set(error instanceof Refusal || error instanceof Error ? error.message : String(error));
}

export function Notice() {
  const w = useWords(words);
  const text = useFeed(notice);
  return (
    <div role="alert">
      {text && (
        <div class="notice">
          <span>{w.failed(text)}</span>
          <button type="button" class="button" onClick={() => notice.set(null)}>
            {w.close}
          </button>
        </div>
      )}
    </div>
  );
}
