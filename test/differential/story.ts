/**
 * What a parser tells of a connection: each response, where it ends, whether another may follow, and how it all ended. Both
 * parsers tell it in the same form.
 */

/** A head. Blanks around reason phrase and values are no part of them. */
interface Head {
  readonly status: number;
  readonly reason: string;
  /** Name, value, name, value ... */
  readonly fields: readonly string[];
  readonly httpVersion: string;
}

/** What came for one request. */
export interface Answer {
  /** Fields of interim responses. */
  readonly interim: { readonly status: number; readonly fields: readonly string[] }[];
  head: Head | null;
  body: string;
  trailers: readonly string[] | null;
  /** Where it ends, empty lines with it, in bytes of the stream; -1 as long as it is not whole. */
  end: number;
  /** May another one follow? */
  canFollow: boolean;
}

export interface Story {
  readonly answers: readonly Answer[];
  /** Why it is over: all responses are whole, or the last of them says that none follows; they are refused; something is missing. */
  readonly ending: Ending;
}

export type Ending =
  | { readonly kind: "whole" }
  /** `offset` into the stream, of about that place. */
  | { readonly kind: "refused"; readonly code: string; readonly reason: string; readonly offset: number }
  | { readonly kind: "missing" };

/** Behind empty lines at `at`: both parsers skip those between responses, each at another time. */
export function behindEmptyLines(bytes: Uint8Array, at: number): number {
  let end = at;
  while (bytes[end] === 0x0d || bytes[end] === 0x0a) end++;
  return end;
}

export function emptyAnswer(): Answer {
  return { interim: [], head: null, body: "", trailers: null, end: -1, canFollow: false };
}

/** The first thing that two stories tell differently. */
export interface Difference {
  readonly what: "ending" | "interim" | "head" | "body" | "trailers" | "end" | "canFollow";
  /** Of which response. */
  readonly answer: number;
}

/** `null` for two that are the same. That both refuse is the same, for whatever reason, if they told the same before. */
export function difference(one: Story, other: Story): Difference | null {
  const count = Math.max(one.answers.length, other.answers.length);
  for (let at = 0; at < count; at++) {
    const ours = one.answers[at];
    const theirs = other.answers[at];
    if (ours === undefined || theirs === undefined) break;
    const what = differenceOf(ours, theirs);
    if (what !== null) return { what, answer: at };
  }
  if (
    (one.ending.kind === "whole") === (other.ending.kind === "whole") &&
    one.answers.length === other.answers.length
  )
    return null;
  return { what: "ending", answer: Math.min(one.answers.length, other.answers.length) - 1 };
}

function differenceOf(one: Answer, other: Answer): Difference["what"] | null {
  if (one.interim.length !== other.interim.length) return "interim";
  for (const [at, head] of one.interim.entries())
    if (head.status !== other.interim[at]?.status || !isSame(head.fields, other.interim[at].fields))
      return "interim";
  if (!isSameHead(one.head, other.head)) return "head";
  if (one.body !== other.body) return "body";
  if (!isSame(one.trailers, other.trailers)) return "trailers";
  if (one.end !== other.end) return "end";
  return one.end !== -1 && one.canFollow !== other.canFollow ? "canFollow" : null;
}

function isSameHead(one: Head | null, other: Head | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.status === other.status &&
    one.reason === other.reason &&
    one.httpVersion === other.httpVersion &&
    isSame(one.fields, other.fields)
  );
}

function isSame(one: readonly string[] | null, other: readonly string[] | null): boolean {
  if (one === null || other === null) return one === other;
  return one.length === other.length && one.every((text, at) => text === other[at]);
}
