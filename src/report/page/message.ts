/** A message as the page thinks of it: what is asked of each entry again and again, worked out once. Pure. */
import type { HarEntry } from "../../record/har-types.ts";
import { barsOf, type Bar } from "./phases.ts";

/**
 * How it ended, in a word. `"failed"`: with an error. `"aborted"`: the program gave up, which is no error. `"unread"`: the program did not
 * read all of it. The others had a response, and go by its status.
 */
export type Fate = "success" | "redirect" | "client-error" | "server-error" | "failed" | "aborted" | "unread";

/** A message and its response. */
export interface Message {
  readonly entry: HarEntry;
  /** Its number, and that of its call. */
  readonly id: number;
  readonly call: number;
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly method: string;
  /** 0: there was no response. */
  readonly status: number;
  readonly fate: Fate;
  readonly origin: string;
  /** Host and port. */
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  readonly bars: readonly Bar[];
  /** Bytes of the body that came over the wire, with content codings on; `null`: not known. */
  readonly bytes: number | null;
  /** What is searched, in lower case. */
  readonly text: string;
}

/** Makes one of an entry. */
export function messageOf(entry: HarEntry): Message {
  const { request, response, _sojourn: facts } = entry;
  const start = Date.parse(entry.startedDateTime);
  const bars = barsOf(facts.timings, entry.time);
  const length = bars.at(-1)?.to ?? 0;
  const began = Number.isFinite(start) ? start : 0;
  return {
    entry,
    id: facts.message,
    call: facts.call,
    start: began,
    end: began + length,
    method: request.method,
    status: response.status,
    fate: fateOf(entry),
    ...partsOf(request.url),
    bars,
    bytes: response.bodySize >= 0 ? response.bodySize : null,
    text: searchable(entry),
  };
}

function fateOf({ response: { status }, _sojourn: { outcome } }: HarEntry): Fate {
  if (outcome === "failed" || outcome === "aborted" || outcome === "unread") return outcome;
  if (status >= 500) return "server-error";
  if (status >= 400) return "client-error";
  return status >= 300 ? "redirect" : "success";
}

/** What is no URL is shown all the same. */
function partsOf(url: string): Pick<Message, "origin" | "host" | "path"> {
  if (!URL.canParse(url)) return { origin: "", host: "", path: url };
  const { origin, host, pathname, search } = new URL(url);
  return { origin, host, path: pathname + search };
}

/** URL, method, status, error, and all fields; no bodies: they are long. */
function searchable({ request, response, _sojourn: facts }: HarEntry): string {
  const words = [request.method, request.url, String(response.status), response.statusText];
  if (facts.error !== null) words.push(facts.error.name, facts.error.message);
  for (const { name, value } of request.headers) words.push(`${name}: ${value}`);
  for (const { name, value } of response.headers) words.push(`${name}: ${value}`);
  return words.join("\n").toLowerCase();
}
