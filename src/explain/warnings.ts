/** What somebody who reads an explanation may not expect: a sentence each, no secret in any. */
import { isTraced } from "../transport/trace.ts";
import type { Facts, WayOut } from "./describe.ts";
import { droppedOptions } from "./dropped.ts";
import { headerParts, hookParts } from "./parts.ts";
import { kindOf } from "./shown.ts";

/** Sentences. */
export function warningsOf(facts: Facts, way: WayOut, exceptionBy: string | null): string[] {
  return [
    ...failures(facts),
    ...unknowns(facts),
    ...ofProxy(facts, way, exceptionBy),
    ...ofTls(facts),
    ...ofHeaders(facts),
    ...facts.notes,
  ];
}

/** What would fail. */
function failures({ walk, isClosed }: Facts): string[] {
  const isAborted = walk.exchange.settings.signal?.aborted === true;
  return [
    ...(isClosed ? ["the session is closed: the request would fail"] : []),
    ...(walk.foreseen?.isClosed === true && !isClosed
      ? ["the adapter is closed: the request would fail"]
      : []),
    ...(isAborted ? ["the signal was aborted already: the request would fail"] : []),
    ...(walk.failure === null ? [] : [`the request would fail: ${walk.failure}`]),
  ];
}

/** What is not known before it happens. */
function unknowns(facts: Facts): string[] {
  return [...ofSession(facts), ...ofHooks(facts), ...ofAuth(facts), ...ofTravel(facts)];
}

function ofSession({ hasOwnRequest, isHeardBefore }: Facts): string[] {
  return [
    ...(hasOwnRequest
      ? ["request() of the session is none of this package: what it changes is not shown"]
      : []),
    ...(isHeardBefore ? ["somebody listens to the event sending, and may set header fields"] : []),
  ];
}

function ofHooks({ ledger, hop }: Facts): string[] {
  const count = (event: "request" | "redirect"): number =>
    hookParts(ledger).filter((part) => part.event === event).length;
  const events = (["request", "redirect"] as const).filter((event) => event === "request" || hop !== null);
  return events
    .filter((event) => count(event) > 0)
    .map((event) => `${counted(count(event), `${event} hook`)} may change the request`);
}

function ofAuth({ walk: { signing } }: Facts): string[] {
  if (signing === null) return [];
  const { preview } = signing;
  if (preview === null) return ["auth would be asked when the request is signed: what it sets is not shown"];
  if (preview.fields !== null) return [];
  return [`${preview.scheme} ${preview.note ?? "signs later"}: its header is not shown`];
}

function ofTravel({ walk: { look, mount, foreseen, failure } }: Facts): string[] {
  const asked: string[] = [];
  if (look === null) asked.push("the cookies are in a store that would be asked: they are not shown");
  if (mount !== null && foreseen === null && failure === null)
    asked.push(`${kindOf(mount.adapter)} sends in its own way: shown is what it is given`);
  if (foreseen?.hasProxyAuth === true) asked.push("proxyAuth would be asked for Proxy-Authorization");
  if (foreseen !== null && isTraced())
    asked.push("somebody listens to the channels of requests, and may add header fields");
  return asked;
}

function counted(count: number, noun: string): string {
  return count === 1 ? `a ${noun}` : `${count} ${noun}s`;
}

function ofProxy({ walk }: Facts, way: WayOut, exceptionBy: string | null): string[] {
  if (way == null || way.exception === null) return [];
  const rule = way.by === "environment" ? `the ${way.key} proxy of the environment` : "the proxy";
  const host = walk.exchange.request.parsed.host;
  return [`${rule} is not used for ${host}: ${exceptionBy ?? "no_proxy"} has ${way.exception}`];
}

function ofTls({ walk: { exchange } }: Facts): string[] {
  const { request, settings } = exchange;
  const isUnchecked = settings.verify.kind === "off" && request.url.startsWith("https:");
  return isUnchecked ? ["verify is false: whoever sits between can read and change everything"] : [];
}

/** Fields that one may look for in vain, or that are others each time. */
function ofHeaders({ walk, ledger }: Facts): string[] {
  const { request } = walk.exchange;
  const { parts } = headerParts(ledger);
  const [key] = ledger.of("idempotencyKey").slice(-1);
  const isMultipart = request.headers.get("content-type")?.startsWith("multipart/") === true;
  const left = droppedOptions(ledger).filter(({ reason }) => reason === "base-url");
  const said: string[] = [];
  if (walk.look?.withheld.some(({ reason }) => reason === "cookie-header") === true)
    said.push("a Cookie header was given: the jar is not asked");
  const names = left.map(({ kind, name }) => name ?? kind).join(", ");
  if (left.length > 0)
    said.push(`the URL is not of the base URL: what is for that one stays there (${names})`);
  if (key?.given === true && request.headers.has("idempotency-key") && !parts.has("idempotency-key"))
    said.push("Idempotency-Key is another one for each request");
  if (isMultipart && !parts.has("content-type"))
    said.push("the boundary of the multipart body is another one for each request");
  return said;
}
