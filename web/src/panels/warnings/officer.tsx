/** Who acknowledges: asked once, remembered on this machine, sent with every acknowledgement. */
import { Feed } from "../../base/feed";
import { useDialog, useFeed } from "../../parts/hooks";
import { useWords } from "../../words/language";
import { words } from "./words";

const KEY = "thalweg.officer";

function remembered(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

export const officer = new Feed<string>(remembered());

type Then = ((name: string) => void) | null;

/** What waits for a name; the dialog is open while this isn't null. */
const waiting = new Feed<Then>(null);

/** Calls `then` with the officer's name, asking for it when it isn't known. */
export function withOfficer(then: (name: string) => void): void {
  if (officer.value) then(officer.value);
  else waiting.set(then);
}

export const changeOfficer = (): void => waiting.set(() => undefined);

export function OfficerDialog() {
  const w = useWords(words);
  const then = useFeed(waiting);
  const box = useDialog(then);

  const accept = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = String(new FormData(event.target as HTMLFormElement).get("name") ?? "").trim();
    if (!name) return;
    try {
      localStorage.setItem(KEY, name);
    } catch {
      /* Then it holds for this visit. */
    }
    officer.set(name);
    waiting.set(null);
    then?.(name);
  };

  return (
    <dialog ref={box} class="officer" onClose={() => waiting.set(null)}>
      <form method="dialog" onSubmit={accept}>
        <label for="officer-name">{w.who}</label>
        <input
          id="officer-name"
          name="name"
          required
          maxLength={60}
          autocomplete="name"
          defaultValue={officer.value}
        />
        <p class="dim">{w.whoHint}</p>
        <div class="row">
          <button type="submit" class="button strong">
            {w.accept}
          </button>
          <button type="button" class="button" onClick={() => waiting.set(null)}>
            {w.cancel}
          </button>
        </div>
      </form>
    </dialog>
  );
}
