/**
 * Fetch's contract as questions, each of which is asked of Node's own `fetch` and of `toFetch()`.
 */
import { afterAll, beforeAll, describe, it } from "vitest";

import { AppAdapter, Session, toFetch, type SessionOptions } from "../../src/index.ts";
import { startContractServer, type ContractServer } from "./fetch-contract-server.ts";

/** What a question is asked with. */
export interface Asking {
  readonly fetch: typeof fetch;
  /** The origin that answers, and its like at another port. */
  readonly url: string;
  readonly other: string;
}

/** A question: what comes of it is compared. */
export type Question = (asking: Asking) => Promise<unknown>;

/** Where the two differ on purpose. */
export interface Difference {
  /** As the guide names it. */
  readonly name: string;
  readonly ask: Question;
  readonly fetch: unknown;
  readonly ours: unknown;
  readonly session?: (url: string) => SessionOptions;
}

/** What fails, by the class of what was thrown: that is what programs look at. */
export async function outcomeOf(question: Question, asking: Asking): Promise<unknown> {
  try {
    return await question(asking);
  } catch (error) {
    return { fails: error instanceof Error ? error.name : error };
  }
}

/** What a response says of itself, and its body as text. */
export async function seen(pending: Promise<Response>): Promise<Record<string, unknown>> {
  const response = await pending;
  const { status, statusText, ok, url, redirected, type } = response;
  const body = response.body === null ? null : await response.text();
  return { status, statusText, ok, path: new URL(url).pathname, redirected, type, body };
}

/** What arrived at the server. */
export async function told(pending: Promise<Response>): Promise<Record<string, unknown>> {
  return (await (await pending).json()) as Record<string, unknown>; // the server writes an object
}

/** How `toFetch()` gets to the server. */
type Way = "HTTP/1.1" | "HTTP/2" | "an app";

function sessionFor(way: Way, { ca }: ContractServer): Session {
  const session = new Session({ trustEnv: false, http2: way === "HTTP/2", verify: ca });
  return way === "an app" ? session.mount("http://", new AppAdapter(passOn)) : session;
}

/** An app that asks the server itself. */
async function passOn(request: Request): Promise<Response> {
  const asked = new Request(request, { redirect: "manual" });
  // Node's fetch frames a body itself.
  asked.headers.delete("transfer-encoding");
  const response = await fetch(asked);
  const headers = new Headers(response.headers);
  // The body is decoded now.
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

/** What HTTP/2 does not have: the comparison is with HTTP/1.1, which is all that Node's fetch speaks by itself. */
const OF_HTTP1: ReadonlySet<string> = new Set(["statusText", "transfer-encoding"]);

function comparable(outcome: unknown, way: Way): unknown {
  if (way !== "HTTP/2" || outcome === undefined) return outcome;
  const text = JSON.stringify(outcome, (name, value: unknown) => (OF_HTTP1.has(name) ? undefined : value));
  return JSON.parse(text);
}

/** What Node's fetch answered, by question: it is asked once, whatever ways there are to ask `toFetch()`. */
const answers = new Map<Question, Promise<unknown>>();

function answerOf(question: Question, asking: Asking): Promise<unknown> {
  const known = answers.get(question) ?? outcomeOf(question, asking);
  answers.set(question, known);
  return known;
}

/** Each question, asked of both. */
export function ask(title: string, questions: Readonly<Record<string, Question>>, way: Way): void {
  describe.concurrent(`${title}, over ${way}`, () => {
    let server: ContractServer;

    beforeAll(async () => {
      server = await startContractServer();
    });

    afterAll(async () => {
      await server[Symbol.asyncDispose]();
    });

    it.for(Object.entries(questions))("%s", async ([, question], { expect }) => {
      await using session = sessionFor(way, server);
      const { url, other, secure, otherSecure } = server;
      const theirs = await answerOf(question, { fetch, url, other });
      const places = way === "HTTP/2" ? { url: secure, other: otherSecure } : { url, other };
      const ours = await outcomeOf(question, { fetch: toFetch(session), ...places });
      expect(comparable(ours, way)).toEqual(comparable(theirs, way));
    });
  });
}
