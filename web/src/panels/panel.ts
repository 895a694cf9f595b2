/**
 * A panel is a folder beside this file whose panel.tsx exports `panel`. The page finds the folders
 * by itself: docs/adding/a-page-panel.md.
 */
import type { ComponentType } from "preact";
import type { Words } from "../words/define";

/** Where on the page: the left column, the middle, under it, the right column, the last line. */
export type Place = "left" | "middle" | "under" | "right" | "foot";

export interface Panel {
  id: string;
  place: Place;
  /** Small comes first within its place. */
  order: number;
  /** Heading, and name for screen readers. */
  title: Words<{ title: string }>;
  /** The heading is for screen readers only. */
  bare?: boolean;
  /** Takes what room its place has left. */
  fills?: boolean;
  View: ComponentType;
}

const found = import.meta.glob<{ panel: Panel }>("./*/panel.tsx", { eager: true });

export const panels: Panel[] = Object.values(found)
  .map((module) => module.panel)
  .sort((a, b) => a.order - b.order || a.id.localeCompare(b.id));
