/**
 * What an authorization server answers when it is asked for a token: one, or why there is none (RFC 6749 §5.1, §5.2).
 *
 * Why it refuses is told whatever status and media type it says it with. A token must make sense as a whole.
 */
import { parseChallenges } from "./auth/challenge.ts";
import { describe } from "./core/describe.ts";
import { RequestException, type ExceptionDetails } from "./core/errors.ts";

/** What is told of an {@link OAuth2Error} beside its message. */
export interface OAuth2ErrorDetails extends ExceptionDetails {
  /** The server's word for it. Default: `null`, none. */
  readonly error?: string | null;
  /** What the server says to people. Default: `null`, nothing. */
  readonly description?: string | null;
  /** The status of its answer. Default: `null`, there was none. */
  readonly status?: number | null;
}

/** No token: the server refused, or its answer makes no sense. */
export class OAuth2Error extends RequestException {
  override readonly name: string = "OAuth2Error";
  override readonly code: string = "ERR_OAUTH2";
  /** The server's word for it (RFC 6749 §5.2), such as `invalid_grant`; `null` when it said none. */
  readonly error: string | null;
  /** What the server says to people; `null` for nothing. */
  readonly description: string | null;
  /** The status of its answer; `null` when there was none. */
  readonly status: number | null;

  constructor(message: string, details: OAuth2ErrorDetails = {}) {
    super(message, details);
    this.error = details.error ?? null;
    this.description = details.description ?? null;
    this.status = details.status ?? null;
  }
}

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A token, as a server gave it. */
export interface GivenToken {
  readonly accessToken: string;
  /** `null`: it gave none. */
  readonly refreshToken: string | null;
  /** In seconds; `null`: it said nothing that makes sense. */
  readonly expiresIn: number | null;
  readonly scope: string | null;
}

/** Tokens are some kilobytes. */
const MOST_BYTES = 1_048_576;

/**
 * Reads an answer to its end, so that it holds no connection, whatever comes of it.
 *
 * @throws {OAuth2Error} when it is longer than 1 MiB.
 */
export async function readAnswer(response: Response): Promise<Answer> {
  const { status, headers, body } = response;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the body.
  for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.byteLength;
    if (bytes > MOST_BYTES)
      throw new OAuth2Error(`the authorization server's answer has more than ${MOST_BYTES} bytes`, {
        status,
      });
    pieces.push(piece);
  }
  return { status, headers, text: new TextDecoder().decode(Buffer.concat(pieces)) };
}

/**
 * The token of an answer.
 *
 * @throws {OAuth2Error} when it is a refusal, or makes no sense.
 */
export function tokenOf(answer: Answer): GivenToken {
  const { status, headers, text } = answer;
  const type = (headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const fields = type === "application/x-www-form-urlencoded" ? formFields(text) : jsonFields(text);
  refuseIfTold(fields, answer);
  const isOk = status >= 200 && status < 300;
  if (fields === null) {
    const kind =
      text === "" ? "nothing" : type === "" ? "something without a media type" : JSON.stringify(type);
    const wanted = isOk ? "a JSON object was asked for" : "it does not say why";
    throw new OAuth2Error(`the authorization server answered ${status} with ${kind}: ${wanted}`, { status });
  }
  const description = textIn(fields, "error_description");
  if (!isOk)
    throw new OAuth2Error(`the authorization server answered ${status} without an error`, {
      status,
      description,
    });
  if (fields.repeated !== null)
    throw new OAuth2Error(
      `the authorization server's answer has ${JSON.stringify(fields.repeated)} twice (RFC 6749 §3.2)`,
      { status },
    );
  return tokenIn(fields, status);
}

function tokenIn(fields: Fields, status: number): GivenToken {
  const accessToken = required(fields, "access_token", status);
  if (!/^[\x21-\x7e]+$/.test(accessToken))
    throw new OAuth2Error("the access token has characters that no header field can have (RFC 6750 §2.1)", {
      status,
    });
  if (required(fields, "token_type", status).toLowerCase() !== "bearer")
    throw new OAuth2Error("the server gave a token of another type than Bearer (RFC 6750)", { status });
  return {
    accessToken,
    refreshToken: optional(fields, "refresh_token", status),
    expiresIn: secondsIn(fields.values.get("expires_in")),
    scope: scopeIn(fields.values.get("scope")),
  };
}

/** The fields of an answer. What is `null` is absent: many servers write it so. */
interface Fields {
  readonly values: ReadonlyMap<string, unknown>;
  /** A name that stands twice: nobody knows which of both is meant. `null`: none does. */
  readonly repeated: string | null;
}

/** Whatever media type it says: JSON can be told from anything else. */
function jsonFields(text: string): Fields | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) return null;
  return { values: new Map(Object.entries(json)), repeated: repeatedName(text) };
}

function formFields(text: string): Fields {
  const values = new Map<string, unknown>();
  let repeated: string | null = null;
  for (const [name, value] of new URLSearchParams(text)) {
    if (values.has(name)) repeated ??= name;
    values.set(name, value);
  }
  return { values, repeated };
}

/** Strings, and what gives an object its form. */
const PARTS = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}:]/gs;

/** A name that the outermost object of this JSON has twice. It was parsed before, so it is well-formed. */
function repeatedName(json: string): string | null {
  const names = new Set<unknown>();
  let depth = 0;
  let before = "";
  for (const [part] of json.matchAll(PARTS)) {
    if (part === "{" || part === "[") depth++;
    else if (part === "}" || part === "]") depth--;
    else if (part === ":" && depth === 1) {
      const name: unknown = JSON.parse(before);
      if (names.has(name)) return String(name);
      names.add(name);
    }
    before = part;
  }
  return null;
}

/** @throws {OAuth2Error} with the word of the server: in the body (RFC 6749 §5.2), else in its challenge (RFC 6750 §3). */
function refuseIfTold(fields: Fields | null, { status, headers }: Answer): void {
  let error = fields === null ? null : textIn(fields, "error");
  let description = fields === null ? null : textIn(fields, "error_description");
  if (error === null && status >= 400) {
    const field = headers.get("www-authenticate");
    const told =
      field === null ? undefined : parseChallenges([field]).find(({ params }) => params.has("error"));
    error = told?.params.get("error") ?? null;
    description ??= told?.params.get("error_description") ?? null;
  }
  if (error === null) return;
  // Whatever a server writes, it is one line of ours (RFC 6749 §5.2 allows less).
  const shown = /^[\w.:/-]{1,100}$/.test(error) ? error : JSON.stringify(error.slice(0, 100));
  throw new OAuth2Error(`the authorization server refused: ${shown}`, { status, error, description });
}

function textIn({ values }: Fields, name: string): string | null {
  const value = values.get(name);
  return typeof value === "string" && value !== "" ? value : null;
}

function required(fields: Fields, name: string, status: number): string {
  const value = optional(fields, name, status);
  if (value === null) throw new OAuth2Error(`the authorization server's answer has no ${name}`, { status });
  return value;
}

function optional({ values }: Fields, name: string, status: number): string | null {
  const value = values.get(name);
  if (value === undefined || value === null || value === "") return null;
  if (typeof value === "string") return value;
  throw new OAuth2Error(`${name} in the authorization server's answer must be text, not ${describe(value)}`, {
    status,
  });
}

/** Many servers write the number as text. What is no duration says nothing: then a refusal tells when the token is over. */
function secondsIn(value: unknown): number | null {
  const seconds = typeof value === "string" && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof seconds === "number" && seconds >= 0 && Number.isFinite(seconds) ? seconds : null;
}

/** Some servers give a list. */
function scopeIn(value: unknown): string | null {
  if (Array.isArray(value)) return value.every((name) => typeof name === "string") ? value.join(" ") : null;
  return typeof value === "string" && value !== "" ? value : null;
}
