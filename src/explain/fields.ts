/**
 * The header fields of a message, in the order of the wire, each with who it is from: an option, or what was put on by the way down.
 */
import { HeaderMap } from "../core/headers.ts";
import { IDEMPOTENCY_KEY } from "../core/method.ts";
import { byDefault, sourceOf, type Source, type SourceLayer } from "../core/source.ts";
import { http2Fields } from "../http2/fields.ts";
import type { Ledger, Saying } from "../options/ledger.ts";
import type { OptionName } from "../options/table.ts";
import { headerParts, type Part } from "./parts.ts";
import { isSigned, type Walk } from "./walk.ts";

/** A field line as it is sent, with its secrets. */
export interface SentField extends Part<string> {
  readonly name: string;
  readonly isHttp1Only: boolean;
  /** Is its value a credential, whatever its name? */
  readonly isSecret: boolean;
}

/** What tells whose a field is. */
interface Context {
  readonly walk: Walk;
  readonly ledger: Ledger;
  /** What was given, by name in lower case. */
  readonly given: ReadonlyMap<string, Part<string>>;
  /** Who said which proxy it goes through. */
  readonly proxy: Source;
}

/** Layers whose values are credentials. */
const CREDENTIALS: ReadonlySet<SourceLayer> = new Set(["auth", "netrc", "url", "jar"]);

/**
 * The fields.
 *
 * @param proxy who said which proxy it goes through.
 * @param earlier the fields of the message that a redirect leads on from: what it left is from where it was from before.
 */
export function sentFields(
  walk: Walk,
  ledger: Ledger,
  proxy: Source,
  earlier: readonly SentField[] = [],
): SentField[] {
  const context: Context = { walk, ledger, proxy, given: headerParts(ledger).parts };
  const before = new Map(
    earlier.map((field) => [`${field.name.toLowerCase()}:${field.value}`, field.source]),
  );
  const lines = walk.foreseen?.fields ?? walk.exchange.request.headers.toWire();
  const fields: SentField[] = [];
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [name = "", value = ""] = lines.slice(at, at + 2);
    const key = name.toLowerCase();
    const part = context.given.get(key);
    const put = putBy(key, context);
    const source = put ?? part?.source ?? before.get(`${key}:${value}`) ?? byDefault;
    fields.push({
      name,
      value,
      source,
      beaten: beatenBy(part, put),
      isHttp1Only: key === "host" || http2Fields([name, value]).length === 0,
      isSecret: key !== "host" && CREDENTIALS.has(source.layer),
    });
  }
  return fields;
}

/** Who gave a field of the message that the way does not take along. @param key its name, in lower case. */
export function fieldSource(key: string, walk: Walk, ledger: Ledger): Source {
  const { parts } = headerParts(ledger);
  return signerOf(key, walk) ?? parts.get(key)?.source ?? byDefault;
}

/** What a field goes before: when something was put on by the way, what was given for it as well. */
function beatenBy(part: Part<string> | undefined, put: Source | null): SentField["beaten"] {
  if (part === undefined) return [];
  return put === null ? part.beaten : [{ value: part.value, source: part.source }, ...part.beaten];
}

/** Who put a field on, or gave it another value, on the way down; `null`: it is as it was given. */
function putBy(key: string, context: Context): Source | null {
  const { walk, ledger, proxy } = context;
  const { prepared } = walk;
  const signer = signerOf(key, walk);
  if (signer !== null) return signer;
  switch (key) {
    case "host":
      return prepared.headers.has(key) ? null : sourceOf("url", "host");
    case "cookie":
      return prepared.headers.has(key) ? null : cookieSource(walk);
    case "proxy-authorization":
      return prepared.headers.has(key) ? null : proxy;
    default:
      return prepared.headers.has(key) ? madeBy(key, context) : proxyHeaderSource(key, ledger);
  }
}

/** Who signs, as the source of a field; `null`: it is none of those that are signed. */
function signerOf(key: string, { signing }: Walk): Source | null {
  if (signing === null || !isSigned(signing, key)) return null;
  return signing.ambient ?? sourceOf("auth", signing.preview?.scheme ?? null);
}

function cookieSource({ look, jar }: Walk): Source {
  const isOwn = look !== null && look.sent.every(({ from }) => from === "request");
  return isOwn ? sourceOf("request", "cookies") : jar;
}

function proxyHeaderSource(key: string, ledger: Ledger): Source | null {
  return lastOf(ledger, "proxyHeaders", ({ after }) => after instanceof HeaderMap && after.has(key));
}

/** Fields that preparing makes of other options, unless they were given as they stand. */
function madeBy(key: string, { walk: { prepared }, ledger, given }: Context): Source | null {
  if (given.get(key)?.value === prepared.headers.get(key)) return null;
  switch (key) {
    case "content-type":
    case "content-length":
    case "transfer-encoding":
      return bodySource(ledger, prepared.payload === null);
    case "expect":
      return optionSource(ledger, "expectContinue");
    case IDEMPOTENCY_KEY.toLowerCase():
      return optionSource(ledger, "idempotencyKey");
    case "accept-encoding":
      // A range is of the bytes of a file: no coding is offered beside it.
      return sourceOf(given.get("range")?.source.layer ?? "default", "Range");
    default:
      return null;
  }
}

/** The option that the body is made of. */
function bodySource(ledger: Ledger, isEmpty: boolean): Source {
  if (isEmpty) return byDefault;
  const made = (["files", "data", "json"] as const).find((option) => saysBody(ledger, option));
  return made === undefined ? byDefault : optionSource(ledger, made);
}

function saysBody(ledger: Ledger, option: OptionName): boolean {
  const [saying] = ledger.of(option).slice(-1);
  return saying !== undefined && (option === "json" || saying.given !== null);
}

/** Who gave an option: as the source of a field that follows from it. */
function optionSource(ledger: Ledger, option: OptionName): Source {
  const { layer, name, at } = lastOf(ledger, option) ?? byDefault;
  // Of a scope the prefix tells more than the option.
  return sourceOf(layer, layer === "scope" ? name : option, at);
}

function lastOf(
  ledger: Ledger,
  option: OptionName,
  fits: (saying: Saying) => boolean = () => true,
): Source | null {
  return ledger.of(option).findLast(fits)?.source ?? null;
}
