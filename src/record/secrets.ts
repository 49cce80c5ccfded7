/**
 * Secrets: values that are known to be secret, and texts without them. What is a secret is said by names elsewhere (`secret-values.ts`);
 * here each is hidden wherever it stands again, however it is written.
 */
import { asBuffer } from "../core/bytes.ts";
import { REDACTED, type SecretPart } from "../core/redact.ts";
import { findEscaped } from "./escapes.ts";
import { Finder, LEAST_LENGTH, merged, type Span } from "./finder.ts";
import { spellingsOf } from "./spellings.ts";

/** So many are known at a time: beyond, those that were learnt first are forgotten. */
const MOST_SECRETS = 10_000;

/** Of longer ones only the beginning is looked for: nothing is that long and has it by chance. */
const MOST_LENGTH = 4096;

/**
 * Words that stand in messages everywhere: as a value under a secret name they are hidden there, and only there. Hidden everywhere, they would
 * take a log apart and tell by that what they are.
 */
const WORDS: ReadonlySet<string> = new Set(
  `accept accepted access accesstoken account active admin administrator allowed anonymous application authorization authorized basic bearer
  beta cached client client_secret client_credentials close closed complete connected connection content cookie cookies credentials dark
  default delete deleted denied deny desktop digest disabled disallow enabled encoding english error expired expires explicit external failed
  failure false filter forever gzip guest header headers hidden hidden host html http https httponly identity implicit include internal
  invalid json keep-alive language length light localhost logged_in logged_out login logout manual method missing mobile negotiate no-cache
  no-store none notice object offline online omit openid option optional options origin other password password1 pending permanent personal
  plain private production profile public refresh refresh_token rejected request required response same-origin samesite sandbox secret
  secure server service session sessions simple staging standard status strict string success system temporary test testing text token
  tokens true undefined unknown update user username users utf-8 valid value version window www-authenticate`.split(
    /\s+/,
  ),
);

/** A URL or a path without anything in it that could be drawn by lot: where to go next, in a cookie. */
const PLAIN_PLACE = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#@]+)?(?:\/[a-z0-9_.-]{1,24})*\/?$/;

/** What is known to be secret. */
export class Secrets {
  /** In the order in which they were learnt. */
  readonly #values = new Set<string>();
  /** Names of hosts: a cookie whose value is one is no reason to hide where requests went. */
  readonly #hosts = new Set<string>();
  /** The beginning of the last URL, up to its path; `""`: there was none. */
  lastPlace = "";
  #finder = new Finder();
  /** Learnt, and not looked for yet. */
  #fresh: string[] = [];

  /** What was looked at for secrets. */
  readonly #seen = new Set<string>();
  #seenFields = new WeakSet<object>();

  /** How many values are known. */
  get size(): number {
    return this.#values.size;
  }

  /** This value is one, unless it is too short or too common to be hidden everywhere. */
  learn(value: string): void {
    const secret = value.trim().slice(0, MOST_LENGTH);
    if (this.#values.has(secret) || !isTelling(secret)) return;
    this.#values.add(secret);
    this.#fresh.push(secret);
    if (this.#values.size > MOST_SECRETS) this.#forget();
  }

  /** Was this text not looked at yet? From now on it was. */
  isNews(text: string): boolean {
    if (this.#seen.has(text)) return false;
    // What is forgotten is looked at once more.
    if (this.#seen.size >= MOST_SECRETS) this.#seen.clear();
    this.#seen.add(text);
    return true;
  }

  /** Were these not looked at yet? From now on they were. */
  isNewsOf(fields: object): boolean {
    if (this.#seenFields.has(fields)) return false;
    this.#seenFields.add(fields);
    return true;
  }

  /** Does it lead where the last one did? */
  knowsPlaceOf(url: string): boolean {
    return this.lastPlace !== "" && url.startsWith(this.lastPlace);
  }

  /** `host` or `host:port` that a message went to. */
  learnHost(host: string): void {
    if (this.#hosts.has(host)) return;
    if (this.#hosts.size >= MOST_SECRETS) {
      this.#hosts.clear();
      this.lastPlace = "";
    }
    this.#hosts.add(host);
    if (this.#values.has(host)) this.#again();
  }

  /** Is none of them in the text? */
  isFree(text: string): boolean {
    return this.#ready().find(text).length === 0;
  }

  /** The text with `***` in the place of each. @param isCut does it go on? Then one may begin at its end. */
  hidden(text: string, isCut: boolean = false): string {
    const spans = this.#find(text, isCut);
    if (spans.length === 0) return text;
    let shown = "";
    let at = 0;
    for (const { from, to } of spans) {
      shown += text.slice(at, from) + REDACTED;
      at = to;
    }
    return shown + text.slice(at);
  }

  /** The bytes with asterisks in the place of each, as many as it has bytes. */
  hiddenBytes(bytes: Uint8Array, isCut: boolean = false): Uint8Array {
    const spans = this.#ready().find(asBuffer(bytes).toString("latin1"), isCut);
    if (spans.length === 0) return bytes;
    const copy = new Uint8Array(bytes);
    for (const { from, to } of spans) copy.fill(0x2a, from, to);
    return copy;
  }

  /** Where they are in a text. */
  partsIn(text: string): SecretPart[] {
    return this.#find(text, false).map((span) => ({ ...span, name: "secret" }));
  }

  /** As they are written usually, and with whatever escapes. */
  #find(text: string, isCut: boolean): Span[] {
    const finder = this.#ready();
    const spans = finder.find(text, isCut);
    if (finder.size === 0) return spans;
    const escaped = findEscaped(text, (meant) => finder.find(meant));
    return escaped.length === 0 ? spans : merged([...spans, ...escaped]);
  }

  #ready(): Finder {
    for (const secret of this.#fresh) {
      if (this.#hosts.has(secret)) continue;
      for (const { text, isBase64 } of spellingsOf(secret)) this.#finder.add(text, isBase64);
    }
    this.#fresh = [];
    return this.#finder;
  }

  /** The older half goes at once: to take one out, all are learnt anew. */
  #forget(): void {
    let left = MOST_SECRETS / 2;
    for (const value of this.#values) {
      if (left-- <= 0) break;
      this.#values.delete(value);
    }
    this.#seen.clear();
    this.#seenFields = new WeakSet();
    this.#again();
  }

  #again(): void {
    this.#finder = new Finder();
    this.#fresh = [...this.#values];
  }
}

function isTelling(value: string): boolean {
  if (value.length < LEAST_LENGTH || WORDS.has(value.toLowerCase())) return false;
  if (/^[a-z+.-]*:?\//.test(value) && PLAIN_PLACE.test(value)) return false;
  // `------`: nobody is kept out by that.
  return !/^(.)\1*$/s.test(value);
}
