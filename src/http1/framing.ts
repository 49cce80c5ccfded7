/** Where the body of a response ends, and whether the connection goes on behind it (RFC 9112 §6.3, §9.3). Pure. */
import { ResponseSyntaxError } from "./syntax-error.ts";

/** How a body ends: there is none, after so many bytes, with the last chunk, with the connection. */
export type Framing = "none" | number | "chunked" | "end";

/** What a head says of its message and of the connection. */
export interface Ending {
  readonly framing: Framing;
  /** May another message follow? */
  readonly canFollow: boolean;
  /** How long the server keeps an idle connection, in seconds; `null` when it does not say. */
  readonly keepAliveSeconds: number | null;
}

/** Of a head, what its ending depends on. */
export interface HeadFacts {
  /** Of the request. */
  readonly method: string;
  readonly status: number;
  /** Of HTTP/1: 0 or 1. */
  readonly minor: number;
  /** Name, value, name, value ... */
  readonly fields: readonly string[];
  /** Bytes of the response so far. */
  readonly offset: number;
}

/** Does a field of this name say where a body ends? */
export function isFramingField(name: string): boolean {
  const key = name.length === 14 || name.length === 17 ? name.toLowerCase() : "";
  return key === "content-length" || key === "transfer-encoding";
}

/** A number that can surely be counted. */
const PLAIN_LENGTH = /^\d{1,15}$/;
/** One whole number, or the same one in a list (RFC 9110 §8.6). */
const LENGTHS = /^(\d+)(?:[\t ]*,[\t ]*\1)*$/;
/** The codings that are undone here: chunks, and none. Any other nobody asked for, since we send no `TE` (RFC 9112 §7.4). */
const CODINGS = /^(?:identity|chunked)(?:[\t ]*,[\t ]*(?:identity|chunked))*$/i;
const LAST_IS_CHUNKED = /(?:^|[\t ,])chunked$/i;

/** What the fields say, as text; `null` for what none says. */
class Said {
  length: string | null = null;
  codings: string | null = null;
  connection = "";
  keepAlive = "";

  constructor(fields: readonly string[]) {
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const name = fields[at] as string; // below the length
      // The length first: it tells most names apart without making another string.
      switch (name.length) {
        case 10:
        case 14:
        case 17:
          this.#take(name.toLowerCase(), fields[at + 1] as string);
          break;
        default:
          break;
      }
    }
  }

  #take(name: string, value: string): void {
    switch (name) {
      case "content-length":
        this.length = this.length === null ? value : `${this.length}, ${value}`;
        break;
      case "transfer-encoding":
        this.codings = value === "" ? (this.codings ?? "") : listed(this.codings, value);
        break;
      case "connection":
        this.connection = listed(this.connection, value);
        break;
      case "keep-alive":
        this.keepAlive = listed(this.keepAlive, value);
        break;
      default:
        break;
    }
  }
}

function listed(before: string | null, value: string): string {
  return before === null || before === "" ? value : `${before}, ${value}`;
}

/** Options of `Connection` (RFC 9110 §7.6.1). */
const CLOSE = /(?:^|,)[\t ]*close[\t ]*(?:$|,)/i;
const KEEP_ALIVE = /(?:^|,)[\t ]*keep-alive[\t ]*(?:$|,)/i;
/** Of `Keep-Alive`: seconds. */
const TIMEOUT = /(?:^|[\t ,;])timeout[\t ]*=[\t ]*"?(\d{1,9})/i;

/**
 * How the message ends, and the connection.
 *
 * @throws {ResponseSyntaxError} where two readers could find two ends.
 */
export function endingOf({ method, status, minor, fields, offset }: HeadFacts): Ending {
  const said = new Said(fields);
  // Behind an answer that opens a tunnel fields about a body mean nothing (RFC 9110 §9.3.6).
  const isTunnel = method === "CONNECT" && status < 300;
  const framing = isTunnel ? "none" : framingOf(said, offset);
  const isWithoutBody = isTunnel || method === "HEAD" || status === 204 || status === 304;
  return {
    framing: isWithoutBody ? "none" : framing,
    canFollow:
      !isTunnel &&
      staysOpen(said, minor) &&
      !(isWithoutBody ? status === 204 && isFramed(said) : isUncertain(framing, minor)),
    keepAliveSeconds: secondsOf(said.keepAlive),
  };
}

/** Of what may have a body (RFC 9112 §6.3, rules 3 to 8): the doubtful is refused. */
function framingOf({ length, codings }: Said, offset: number): Framing {
  if (codings !== null) {
    if (length !== null) throw problem("it has a Content-Length and a Transfer-Encoding", offset);
    if (codings === "") return "end";
    if (!CODINGS.test(codings)) throw problem("a Transfer-Encoding that nobody asked for", offset);
    if (LAST_IS_CHUNKED.test(codings)) return "chunked";
    if (/chunked/i.test(codings)) throw problem("a Transfer-Encoding that does not end with chunks", offset);
    return "end";
  }
  return length === null ? "end" : lengthIn(length, offset);
}

/** Loosened: the same length more than once, in one spelling, is that length (RFC 9110 §8.6). */
function lengthIn(text: string, offset: number): number {
  if (PLAIN_LENGTH.test(text)) return Number(text);
  const [, digits] = LENGTHS.exec(text) ?? [];
  if (digits === undefined) throw problem("a Content-Length that is not one whole number", offset);
  const length = Number(digits);
  if (!Number.isSafeInteger(length)) throw problem("a Content-Length that nobody can count", offset);
  return length;
}

/** HTTP/1.1 goes on unless it says otherwise; HTTP/1.0 ends unless it does (RFC 9112 §9.3). */
function staysOpen({ connection }: Said, minor: number): boolean {
  if (connection === "") return minor === 1;
  return !CLOSE.test(connection) && (minor === 1 || KEEP_ALIVE.test(connection));
}

/** 204 must not speak of a body (RFC 9110 §8.6): who does may send one. */
function isFramed({ length, codings }: Said): boolean {
  return codings !== null || (length !== null && /[1-9]/.test(length));
}

/** The end of the connection is the end of the body; or chunks came from a server that may not know them (RFC 9112 §6.1). */
function isUncertain(framing: Framing, minor: number): boolean {
  return framing === "end" || (framing === "chunked" && minor === 0);
}

function secondsOf(keepAlive: string): number | null {
  const [, digits] = (keepAlive === "" ? null : TIMEOUT.exec(keepAlive)) ?? [];
  return digits === undefined ? null : Number(digits);
}

function problem(text: string, offset: number): ResponseSyntaxError {
  return new ResponseSyntaxError(text, "framing", offset);
}
