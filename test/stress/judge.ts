/** Was it right, what became of a request? Pure. */
import { inspect, isDeepStrictEqual } from "node:util";

import { ConnectionError, RequestException, Timeout, UnrewindableBodyError } from "../../src/index.ts";
import { bytesOf, checksum, linesOf } from "./content.ts";
import type { RequestPlan, ServerPlan } from "./plan.ts";
import type { Got, SeenHead } from "./readings.ts";

/** How a request ended. The last four are faults. */
export type Verdict =
  | { readonly kind: "ok" }
  /** By the caller, in the way that was to be expected. */
  | { readonly kind: "aborted" }
  /** The server broke off, and the caller was told. */
  | { readonly kind: "broken" }
  /** The server ended a connection just before, and what was to be sent cannot be sent twice. */
  | { readonly kind: "excused" }
  | { readonly kind: "wrong" | "short" | "failed" | "hung"; readonly why: string };

/** What is known of a request beside its plan. */
export interface Circumstances {
  readonly httpVersion: "1.1" | "2";
  /** What its signal aborts with. */
  readonly reason: Error;
  /** Can the body of the request be sent once only? */
  readonly isOnce: boolean;
}

/** Of a call that gave something. */
export function judgeGot(plan: RequestPlan, got: Got, { httpVersion }: Circumstances): Verdict {
  const { server } = plan;
  const hasBody = server.status === 200 && plan.method !== "HEAD";
  const expected = hasBody ? bytesOf(server.body) : new Uint8Array();
  const about = aboutBody(expected, got.body) ?? aboutHead(plan, expected, got, httpVersion);
  if (about !== null) return about;
  // A download asks for the rest; and who goes half-way may not see the end.
  const mayBeWhole = plan.reading === "download()" || got.body.kind === "part";
  if (server.fate !== "cut" || mayBeWhole) return { kind: "ok" };
  // A kept connection that ended before any of the answer came: it was asked for again (RFC 9110 §9.2.2).
  const isAgain =
    plan.method !== "POST" && httpVersion === "1.1" && (got.head?.header("x-again") ?? "1") === "1";
  return isAgain ? { kind: "excused" } : wrong("the server broke off, and nobody was told");
}

function wrong(why: string): Verdict {
  return { kind: "wrong", why };
}

function aboutBody(expected: Uint8Array, body: Got["body"]): Verdict | null {
  switch (body.kind) {
    case "bytes":
      return aboutBytes(expected, body.bytes);
    case "part":
      return Buffer.from(expected).subarray(0, body.bytes.byteLength).equals(body.bytes)
        ? null
        : wrong(`${body.bytes.byteLength} bytes that the body does not begin with`);
    case "text":
      return aboutText(new TextDecoder().decode(expected), body.text);
    case "lines":
      return aboutText(linesOf(new TextDecoder().decode(expected)).join("\n"), body.lines.join("\n"));
    case "json":
      return isDeepStrictEqual(body.value, JSON.parse(Buffer.from(expected).toString()))
        ? null
        : wrong("another JSON value");
  }
}

function aboutBytes(expected: Uint8Array, bytes: Uint8Array): Verdict | null {
  if (Buffer.compare(expected, bytes) === 0) return null;
  const why = `${bytes.byteLength} bytes in place of ${expected.byteLength}`;
  return { kind: bytes.byteLength < expected.byteLength ? "short" : "wrong", why };
}

function aboutText(expected: string, text: string): Verdict | null {
  if (expected === text) return null;
  const why = `${text.length} characters in place of ${expected.length}`;
  return { kind: text.length < expected.length ? "short" : "wrong", why };
}

function aboutHead(
  { method, server }: RequestPlan,
  content: Uint8Array,
  { head, body }: Got,
  httpVersion: string,
): Verdict | null {
  if (head === null) return null;
  const { status, header } = head;
  if (header("x-id") !== null && header("x-id") !== String(server.id))
    return wrong(`the answer to request ${header("x-id")}`);
  if (status !== server.status) return wrong(`status ${status} in place of ${server.status}`);
  if (head.httpVersion !== null && head.httpVersion !== httpVersion) return wrong(`HTTP/${head.httpVersion}`);
  if (server.echoes) return null;
  // The server says so before it has the body; whether that came, it tells by itself.
  if (server.isEarly) return body.kind === "part" ? null : aboutTrailers(server, content, head);
  const sent = server.upload === null ? new Uint8Array() : bytesOf(server.upload);
  if (header("x-received") !== checksum(sent)) return wrong("the server received another body");
  return (
    aboutHops(server, head) ??
    (body.kind === "part" || method === "HEAD" ? null : aboutTrailers(server, content, head))
  );
}

function aboutHops({ id, hops }: ServerPlan, head: SeenHead): Verdict | null {
  if (head.hops !== null && head.hops !== hops) return wrong(`${head.hops} redirects in place of ${hops}`);
  return hops > 0 && head.header("x-cookie") !== String(id)
    ? wrong("a cookie of the redirect was not sent")
    : null;
}

function aboutTrailers(
  { hasTrailers }: ServerPlan,
  content: Uint8Array,
  { trailer }: SeenHead,
): Verdict | null {
  return hasTrailers && trailer !== null && trailer("x-checksum") !== checksum(content)
    ? wrong("the trailers did not come")
    : null;
}

/** Of a call that failed. */
export function judgeError(plan: RequestPlan, error: unknown, circumstances: Circumstances): Verdict {
  const { interruption, server } = plan;
  if (interruption?.by === "signal" && error === circumstances.reason) return { kind: "aborted" };
  const ours = ownError(error);
  if (plan.reading.startsWith("fetch") && error instanceof RequestException)
    return { kind: "failed", why: `fetch rejects with a TypeError, not with: ${error.stack}` };
  if (interruption?.by === "total" && ours instanceof Timeout && ours.phase === "total")
    return { kind: "aborted" };
  if (server.fate === "cut" && ours instanceof RequestException && !(ours instanceof Timeout))
    return { kind: "broken" };
  if (isOverfull(ours)) return { kind: "excused" };
  // RFC 9110 §9.2.2: what is not idempotent, and a body that is gone, cannot be sent again.
  // Over HTTP/2 the server says what it did not process (RFC 9113 §6.8): that may be sent again, whatever the method.
  const cannotRepeat =
    circumstances.isOnce || (plan.method === "POST" && circumstances.httpVersion === "1.1");
  const isLost = ours instanceof ConnectionError || ours instanceof UnrewindableBodyError;
  if (cannotRepeat && isLost && !(ours instanceof Timeout)) return { kind: "excused" };
  return { kind: "failed", why: inspect(error) };
}

/** Node's server has no room for a stream before its own objects for earlier ones are gone, though those have ended. */
function isOverfull(error: unknown): boolean {
  const cause: unknown = error instanceof ConnectionError ? error.cause : null;
  return cause instanceof Error && "code" in cause && cause.code === "ERR_HTTP2_ENHANCE_YOUR_CALM";
}

/** Under fetch an error of ours is the cause of a TypeError. */
function ownError(error: unknown): unknown {
  return error instanceof TypeError && error.cause instanceof RequestException ? error.cause : error;
}
