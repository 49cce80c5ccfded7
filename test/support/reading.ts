/** What our parser reads of bytes: whole, and cut at each of them; that is the same, or it is an error. */
import { isDeepStrictEqual } from "node:util";

import { ours } from "../differential/ours.ts";
import type { Story } from "../differential/story.ts";

/** One response. */
export interface Reading {
  /** `null`: it is whole. */
  readonly problem: string | null;
  /** Statuses of interim responses. */
  readonly interim: readonly number[];
  readonly status: number | null;
  readonly reason: string | null;
  readonly httpVersion: string | null;
  /** Name, value, name, value ... */
  readonly fields: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
  /** What is left behind it, but for empty lines. */
  readonly rest: string;
  /** May another response follow? */
  readonly follows: boolean;
}

/** Reads `text`, a character a byte, as the answer to a request of this method, behind which the connection ends. */
export function reading(text: string, method: string = "GET"): Reading {
  const bytes = Buffer.from(text, "latin1");
  const whole = ours(bytes, [method]);
  for (let at = 1; at < bytes.byteLength; at++) {
    const cut = ours(bytes, [method], { cuts: [at] });
    if (!isDeepStrictEqual(cut, whole))
      throw new Error(`cut at ${at}: ${JSON.stringify(cut)}, whole: ${JSON.stringify(whole)}`);
  }
  return readingOf(whole, text);
}

function readingOf({ answers, ending }: Story, text: string): Reading {
  const [answer] = answers;
  if (answer === undefined) throw new Error("nothing was expected");
  const { head, interim, body, trailers, end, canFollow } = answer;
  return {
    problem: ending.kind === "whole" ? null : ending.kind === "missing" ? "missing" : ending.code,
    interim: interim.map(({ status }) => status),
    status: head?.status ?? null,
    reason: head?.reason ?? null,
    httpVersion: head?.httpVersion ?? null,
    fields: head?.fields ?? [],
    body,
    trailers: trailers ?? [],
    rest: end === -1 ? "" : text.slice(end),
    follows: canFollow,
  };
}
