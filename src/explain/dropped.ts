/**
 * What would go along, and does not: taken off with `null`, left behind at the border of a base URL, or at that of a redirect.
 */
import type { TlsSettings } from "../core/adapter.ts";
import { dressBehind } from "../core/request.ts";
import { byDefault, sourceOf, type Source } from "../core/source.ts";
import { isHttpLike } from "../core/url.ts";
import type { Ledger, Saying } from "../options/ledger.ts";
import type { OptionName } from "../options/table.ts";
import type { Dropped, DropReason } from "./data.ts";
import { fieldSource, type SentField } from "./fields.ts";
import type { Hop } from "./hop.ts";
import { headerParts, nameOf, paramParts, tlsPart } from "./parts.ts";
import { byAdapter, isSigned, type Walk } from "./walk.ts";

/** What of the options does not go along. */
export function droppedOptions(ledger: Ledger): Dropped[] {
  const { parts, gone } = headerParts(ledger);
  const params = paramParts(ledger);
  const left = new Set(params.pairs.map(({ value }) => value.split("=", 1)[0]));
  const headers = gone.filter(({ name }) => !parts.has(name.toLowerCase()));
  return [
    ...headers.map(({ name, source, by }) => dropped("header", name, source, by)),
    ...params.gone
      .filter(({ name }) => !left.has(name))
      .map(({ name, source, by }) => dropped("param", name, source, by)),
    ...atBaseUrl(ledger, "auth").map(({ source }) => dropped("auth", null, giver(ledger, "auth"), source)),
    ...atBaseUrl(ledger, "cert").map(({ source }) => dropped("cert", null, giver(ledger, "cert"), source)),
    ...atBaseUrl(ledger, "tls").map(({ source }) =>
      dropped("server-name", null, beforeBorder(ledger), source),
    ),
  ];
}

function dropped(kind: Dropped["kind"], name: string | null, source: Source, by: Source): Dropped {
  return { kind, name, source, by, reason: by.layer === "base-url" ? "base-url" : "removed" };
}

function atBaseUrl(ledger: Ledger, option: OptionName): readonly Saying[] {
  return ledger.of(option).filter(({ source, given }) => source.layer === "base-url" && given === undefined);
}

/** What is given, and is not for the way that the message goes. */
export function droppedOnWay(walk: Walk, ledger: Ledger, fields: readonly SentField[]): Dropped[] {
  const { request } = walk.exchange;
  const isSent = (key: string): boolean => fields.some(({ name }) => name.toLowerCase() === key);
  const { parts } = headerParts(ledger);
  const left: Dropped[] = [];
  if (walk.foreseen !== null && request.headers.has("proxy-authorization") && !isSent("proxy-authorization"))
    left.push({
      kind: "header",
      name: "Proxy-Authorization",
      source: fieldSource("proxy-authorization", walk, ledger),
      by: byAdapter(walk),
      reason: "no-proxy",
    });
  for (const [key, name] of FRAMING) {
    const part = parts.get(key);
    if (part === undefined || isSent(key)) continue;
    const by = fields.find((field) => FRAMING.has(field.name.toLowerCase()))?.source ?? byDefault;
    left.push({ kind: "header", name, source: part.source, by, reason: "framing" });
  }
  const own = parts.get("authorization");
  if (own !== undefined && !isSent("authorization") && isSigned(walk.signing, "authorization")) {
    const by = fieldSource("authorization", walk, ledger);
    left.push({ kind: "header", name: "Authorization", source: own.source, by, reason: "signed" });
  }
  if (!isHttpLike(request.url)) {
    const by = sourceOf("url", "scheme");
    for (const { value, source } of paramParts(ledger).pairs)
      left.push({ kind: "param", name: nameOf(value), source, by, reason: "scheme" });
  }
  return left;
}

/** Fields that tell where a body ends. */
const FRAMING: ReadonlyMap<string, string> = new Map([
  ["content-length", "Content-Length"],
  ["transfer-encoding", "Transfer-Encoding"],
]);

/** Who gave what the border took off. */
function giver(ledger: Ledger, option: OptionName): Source {
  return ledger.of(option).find(({ source }) => source.layer !== "base-url")?.source ?? byDefault;
}

/** Who gave the name that a certificate is to have. */
function beforeBorder(ledger: Ledger): Source {
  const [beaten] = tlsPart(ledger, "serverName").beaten;
  return beaten?.source ?? byDefault;
}

/**
 * What a redirect leaves behind.
 *
 * @param fields `before` those of the message before, `after` those of this one.
 * @param by the redirect, as a source.
 * @param isSignedAgain does somebody sign this one?
 */
export function droppedAtHop(
  hop: Hop,
  { before, after }: { readonly before: readonly SentField[]; readonly after: readonly SentField[] },
  by: Source,
  isSignedAgain: boolean,
): Dropped[] {
  const left = new Set(after.map(({ name }) => name.toLowerCase()));
  const isMade = (source: Source): boolean => source.layer === "auth" || source.layer === "netrc";
  const isOwnCookie = dressBehind(hop.before.request.dress) === "caller";
  const fields = before.filter(({ name, source }) => {
    const key = name.toLowerCase();
    // The jar chooses for each hop anew, which is told with the cookies; who signs is told below.
    if (key === "authorization" && isSignedAgain) return false;
    return !left.has(key) && (key !== "cookie" || isOwnCookie) && !isMade(source);
  });
  const reason = reasonOf(hop);
  const { settings: was, request } = hop.before;
  const { settings: is, request: next } = hop.exchange;
  const signed = before.find(({ source }) => isMade(source));
  const isUnsigned = signed !== undefined && !left.has(signed.name.toLowerCase()) && !isSignedAgain;
  return [
    ...fields.map(({ name, source }): Dropped => {
      return { kind: "header", name, source, by, reason: fieldReason(name, hop, reason) };
    }),
    ...((was.auth != null && is.auth === null) || isUnsigned
      ? [{ kind: "auth", name: null, source: signed?.source ?? by, by, reason } as const]
      : []),
    ...(was.cert !== null && is.cert === null
      ? [{ kind: "cert", name: null, source: by, by, reason } as const]
      : []),
    ...(serverName(was.tls) !== null && serverName(is.tls) === null
      ? [{ kind: "server-name", name: null, source: by, by, reason } as const]
      : []),
    ...(request.payload !== null && next.payload === null
      ? [{ kind: "body", name: null, source: by, by, reason: "no-body" } as const]
      : []),
  ];
}

function serverName(tls: TlsSettings | null): string | null {
  return tls?.serverName ?? null;
}

/** Why what is for one origin stays behind. */
function reasonOf({ crossing, before, exchange }: Hop): DropReason {
  const [from, to] = [before.request.parsed, exchange.request.parsed];
  if (from.scheme === "https" && to.scheme === "http" && from.host === to.host) return "downgrade";
  if (crossing === "foreign" || crossing === "trusted") return "cross-origin";
  return crossing === "upgrade" ? "upgrade" : "one-hop";
}

function fieldReason(name: string, { exchange }: Hop, reason: DropReason): DropReason {
  if (/^proxy-authorization$/i.test(name)) return "one-hop";
  const isOfBody = /^(?:content-|transfer-encoding$|expect$)/i.test(name);
  return isOfBody && exchange.request.payload === null ? "no-body" : reason;
}
