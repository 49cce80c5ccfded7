/** Which messages are shown. Pure. */
import type { Message } from "./message.ts";

/** What one may choose by. */
export type Facet = "method" | "status" | "outcome" | "host";

/** What was chosen; `""`: all. */
export type Filter = Readonly<Record<Facet, string>> & {
  /** Words that all have to be in it, whatever their case. */
  readonly search: string;
};

/** Nothing was chosen. */
export const EVERYTHING: Filter = { method: "", status: "", outcome: "", host: "", search: "" };

/** One that can be chosen, and how many there are of it. */
export interface Choice {
  readonly value: string;
  readonly count: number;
}

const valueOf: Readonly<Record<Facet, (message: Message) => string>> = {
  method: ({ method }) => method,
  status: ({ status }) => statusClass(status),
  outcome: ({ entry }) => entry._sojourn.outcome,
  host: ({ host }) => host,
};

/** `2xx`, and `none` for no response. */
export function statusClass(status: number): string {
  return status === 0 ? "none" : `${Math.floor(status / 100)}xx`;
}

/** Those that fit. */
export function filtered(messages: readonly Message[], filter: Filter): readonly Message[] {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  const facets = FACETS.filter((facet) => filter[facet] !== "");
  if (words.length === 0 && facets.length === 0) return messages;
  return messages.filter(
    (message) =>
      facets.every((facet) => valueOf[facet](message) === filter[facet]) &&
      words.every((word) => message.text.includes(word)),
  );
}

/** All facets. */
export const FACETS: readonly Facet[] = ["method", "status", "outcome", "host"];

/** What there is to choose of a facet, by name. */
export function choicesOf(messages: readonly Message[], facet: Facet): readonly Choice[] {
  const counts = new Map<string, number>();
  for (const message of messages) {
    const value = valueOf[facet](message);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((one, other) => (one.value < other.value ? -1 : 1));
}
