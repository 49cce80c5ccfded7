/**
 * Does an outcome meet an expectation? The rules of the kit's `expect.py`. Pure.
 */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

import type { Expectation, ExpectedResponse } from "./kit.ts";
import type { Answered, Failed, Outcome } from "./outcome.ts";

/** Who cannot tell timeouts apart says `Timeout`. */
const TIMEOUTS: ReadonlySet<string> = new Set(["ReadTimeout", "ConnectTimeout", "WriteTimeout"]);
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const UNPRINTABLE = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;

/** What is wrong with an outcome, or `null`. */
export function complaint(expected: Expectation, outcome: Outcome): string | null {
  if (outcome.kind === "hang") return "did not end";
  if (outcome.elapsedMs > (expected.max_ms ?? Infinity)) {
    return `took ${Math.round(outcome.elapsedMs)} ms, limit ${expected.max_ms}`;
  }
  if (outcome.rssMb > (expected.max_rss_mb ?? Infinity)) {
    return `memory grew by ${Math.round(outcome.rssMb)} MB, limit ${expected.max_rss_mb}`;
  }
  if (outcome.kind === "error") return aboutError(expected, outcome);
  if (expected.outcome === "error") {
    return `wanted an error (${expected.error?.[0]}), got ${outcome.status} with ${outcome.body.length} bytes`;
  }
  const wanted: ExpectedResponse = expected.outcome === "ok" ? expected : (expected.ok ?? {});
  return aboutHead(wanted, outcome) ?? aboutBody(wanted, outcome) ?? aboutContent(wanted, outcome);
}

function aboutError(expected: Expectation, { classes, message }: Failed): string | null {
  if (expected.error_printable === true && UNPRINTABLE.test(message)) {
    return `the error's text has control characters: ${JSON.stringify(message)}`;
  }
  const secret = expected.not_in_error?.find((text) => message.includes(text));
  if (secret !== undefined) return `the error's text has ${JSON.stringify(secret)}: ${message}`;
  const shown = `${classes.join("/")}: ${message.slice(0, 240)}`;
  if (expected.outcome === "ok") return `wanted ok, got ${shown}`;
  const allowed = expected.error ?? [];
  const fits = classes.some((name) => allowed.includes(name)) || isTimeoutOf(classes, allowed);
  return fits ? null : `the error is none of ${[...new Set(allowed)].join(", ")}: ${shown}`;
}

function isTimeoutOf(classes: readonly string[], allowed: readonly string[]): boolean {
  return classes.includes("Timeout") && allowed.some((name) => TIMEOUTS.has(name));
}

function aboutHead(wanted: ExpectedResponse, { status, headers, redirects }: Answered): string | null {
  if (wanted.status !== undefined && status !== wanted.status)
    return `status is ${status}, wanted ${wanted.status}`;
  for (const [name, value] of Object.entries(wanted.headers ?? {})) {
    if (headers[name] !== value) return `header ${name} is ${headers[name]}, wanted ${value}`;
  }
  for (const [name, pattern] of Object.entries(wanted.headers_match ?? {})) {
    if (!new RegExp(pattern).test(headers[name] ?? ""))
      return `header ${name} is ${headers[name]}, wanted /${pattern}/`;
  }
  const extra = wanted.no_headers?.find((name) => Object.hasOwn(headers, name));
  if (extra !== undefined) return `has header ${extra}`;
  if (wanted.redirects !== undefined && redirects !== wanted.redirects) {
    return `${redirects} redirects, wanted ${wanted.redirects}`;
  }
  return null;
}

function aboutBody(wanted: ExpectedResponse, { body }: Answered): string | null {
  const { body_sha256: hash, body_len: length } = wanted;
  if (hash !== undefined && createHash("sha256").update(body).digest("hex") !== hash) {
    const begin = JSON.stringify(Buffer.from(body.subarray(0, 60)).toString("latin1"));
    return `another body: ${body.length} bytes, wanted ${length}; it begins ${begin}`;
  }
  return hash === undefined && length !== undefined && body.length !== length
    ? `the body has ${body.length} bytes, wanted ${length}`
    : null;
}

function aboutContent(wanted: ExpectedResponse, { text, json }: Answered): string | null {
  return (text === null ? null : aboutText(wanted, text)) ?? (json === null ? null : aboutJson(wanted, json));
}

function aboutText(wanted: ExpectedResponse, text: NonNullable<Answered["text"]>): string | null {
  if ("thrown" in text) return `text() threw ${String(text.thrown)}`;
  const { value } = text;
  if (wanted.text !== undefined && value !== wanted.text)
    return `text is ${JSON.stringify(value.slice(0, 80))}`;
  return wanted.text_lacks !== undefined && value.includes(wanted.text_lacks)
    ? `text has ${JSON.stringify(wanted.text_lacks)}`
    : null;
}

function aboutJson(wanted: ExpectedResponse, json: NonNullable<Answered["json"]>): string | null {
  if ("thrown" in json) return wanted.json_error === true ? null : `json() threw ${String(json.thrown)}`;
  const { value } = json;
  if (wanted.json_error === true) return "json() read what is no JSON";
  if (wanted.json !== undefined && !isDeepStrictEqual(value, wanted.json))
    return `json is ${JSON.stringify(value)}`;
  const missing = wanted.json_keys_include?.find(
    (key) => typeof value !== "object" || value === null || !Object.hasOwn(value, key),
  );
  return missing === undefined ? null : `json lacks ${missing}`;
}
