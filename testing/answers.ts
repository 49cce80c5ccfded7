/**
 * Builds answers: JSON, pages, bytes, redirects and refusals, each with its content type.
 *
 * Pure.
 */
import { Buffer } from "node:buffer";

import type { Answer, AnswerBody, Pair } from "./exchange.ts";

/** What an answer may have besides its body. The status is 200 unless it says otherwise. */
export interface AnswerHead {
  readonly status?: number;
  readonly headers?: readonly Pair[];
}

/** Stops an endpoint: the server sends `answer` instead of what the endpoint would have returned. */
export class RefusedRequest extends Error {
  override readonly name = "RefusedRequest";
  /** What the client gets. */
  readonly answer: Answer;

  constructor(status: number, message: string) {
    super(message);
    this.answer = text(`${message}\n`, { status });
  }
}

/** An answer with a body of the given content type. */
export function typed(contentType: string, body: AnswerBody, head: AnswerHead = {}): Answer {
  return {
    status: head.status ?? 200,
    headers: [["Content-Type", contentType], ...(head.headers ?? [])],
    body,
  };
}

/** A JSON document, indented for people and closed with a line break, as httpbin does. */
export function json(value: unknown, head?: AnswerHead): Answer {
  return typed("application/json", `${JSON.stringify(value, null, 2)}\n`, head);
}

/** An HTML page in UTF-8. */
export function html(page: string, head?: AnswerHead): Answer {
  return typed("text/html; charset=utf-8", page, head);
}

/** Plain text in UTF-8. */
export function text(content: string, head?: AnswerHead): Answer {
  return typed("text/plain; charset=utf-8", content, head);
}

/** Bytes of no particular kind. */
export function binary(body: Uint8Array | AsyncIterable<Uint8Array>, head?: AnswerHead): Answer {
  return typed("application/octet-stream", body, head);
}

/** A status and headers without content. */
export function empty(status: number, headers: readonly Pair[] = []): Answer {
  return { status, headers, body: "" };
}

/** A redirect to `location`, which is sent as it is. */
export function redirect(location: string, status = 302, headers: readonly Pair[] = []): Answer {
  return empty(status, [["Location", fieldValue(location)], ...headers]);
}

/** `answer` with more header lines. */
export function withHeaders(answer: Answer, ...headers: readonly Pair[]): Answer {
  return { ...answer, headers: [...answer.headers, ...headers] };
}

/**
 * `value` as it can stand in a header line: characters beyond ASCII go out as UTF-8.
 *
 * Node writes header lines in Latin-1, so each byte becomes one character here.
 *
 * @throws {RefusedRequest} for control characters, which would end the line.
 */
export function fieldValue(value: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) {
    throw new RefusedRequest(400, "a header value must not contain control characters");
  }
  return Buffer.from(value, "utf8").toString("latin1");
}

/** Text that is safe between HTML tags and in quoted attributes. */
export function escapeHtml(content: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return content.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
