/**
 * A session as text: the file's format, of which `schema/session-1.schema.json` is the description for others. Keys are sorted, but for
 * those of options' values, and each cookie is a line: what differs between two files is what changed.
 *
 * Reading trusts nothing. What a later version may add is kept: fields that are not known are written back.
 */
import { isRecord, mustBe } from "../core/checks.ts";
import { isObject } from "../core/realm.ts";
import type { Change, CookieKey, Json, Kept, KeptCookie, KeptHost, Stored } from "../core/session-store.ts";
import { readCookie } from "../cookies/cookie-json.ts";
import { HstsStore } from "../hsts/store.ts";
import { version as packageVersion } from "../core/version.ts";
import { isJsonRecord, lineOf, without, type JsonRecord } from "./json.ts";
import { cookieId, LAST_TIME } from "./state.ts";

/** No value of a session has so many levels; what has may be there to exhaust the stack. */
const MOST_LEVELS = 64;
/** One more with each commit: nobody gets there, and it could still be counted on. */
const MOST_REVISIONS = 4_503_599_627_370_496;

/** What says that a file is one of these. */
export const FORMAT = "sojourn-session";
/** The version that is written; all up to it are read. */
export const VERSION = 1;

/** A stored session, with what else is in its file. */
export interface SessionDocument extends Stored {
  /** Fields that are not known. */
  readonly more: JsonRecord;
  /** Of an encrypted one: those that stand in the open. */
  readonly moreOpen: JsonRecord;
  /** Of things: by what tells them from others, and when they changed; who changes them writes them anew. */
  readonly moreOf: ReadonlyMap<string, JsonRecord>;
}

/** What a file says that is not of this form. `where` is a path in it, such as `cookies[3].name`. */
export class FormError extends Error {
  override readonly name: string = "FormError";
}

const KNOWN: ReadonlySet<string> = new Set([
  "cookies",
  "format",
  "hosts",
  "revision",
  "savedAt",
  "settings",
  "version",
  "writtenBy",
]);
/** What stands in the open of an encrypted document. */
const ENVELOPE: ReadonlySet<string> = new Set([
  "data",
  "encryption",
  "format",
  "revision",
  "savedAt",
  "version",
]);
const KEPT_FIELDS = ["at", "deleted"];
const SETTING_FIELDS: ReadonlySet<string> = new Set([...KEPT_FIELDS, "value"]);
const HOST_FIELDS: ReadonlySet<string> = new Set([...KEPT_FIELDS, "host", "includeSubDomains", "expires"]);
const KEY_FIELDS = ["name", "domain", "hostOnly", "path"];
const COOKIE_FIELDS: ReadonlySet<string> = new Set([
  ...KEPT_FIELDS,
  ...KEY_FIELDS,
  "value",
  "expires",
  "secure",
  "httpOnly",
  "sameSite",
  "createdAt",
  "boundTo",
]);

/** The text of a document, with a line break at its end. */
export function textOf({ revision, state, more, moreOf }: SessionDocument, savedAt: Date): string {
  const list = (lines: readonly string[]): string =>
    lines.length === 0 ? "[]" : `[\n${lines.map((line) => `    ${line}`).join(",\n")}\n  ]`;
  const also = (id: string, at: number): JsonRecord => moreOf.get(idAt(id, at)) ?? {};
  const settings = state.settings.map(
    (kept) =>
      `    ${JSON.stringify(kept.key)}: ${settingLine({ ...also(`setting ${kept.key}`, kept.at), ...settingFields(kept) })}`,
  );
  const fields: Record<string, string> = {
    ...Object.fromEntries(Object.entries(more).map(([name, value]) => [name, lineOf(value)])),
    format: JSON.stringify(FORMAT),
    version: String(VERSION),
    writtenBy: JSON.stringify(`sojourn ${packageVersion}`),
    savedAt: JSON.stringify(savedAt.toISOString()),
    revision: String(revision),
    settings: settings.length === 0 ? "{}" : `{\n${settings.toSorted().join(",\n")}\n  }`,
    cookies: list(
      state.cookies.map((kept) =>
        lineFor(kept, () => ({
          ...also(`cookie ${cookieId(kept.key)}`, kept.at),
          ...cookieFields(kept),
        })),
      ),
    ),
    hosts: list(
      state.hosts.map((kept) =>
        lineFor(kept, () => ({ ...also(`host ${kept.key}`, kept.at), ...hostFields(kept) })),
      ),
    ),
  };
  const lines = Object.keys(fields)
    .toSorted()
    .map((name) => `  ${JSON.stringify(name)}: ${fields[name]}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

/** Lines of things that were written before: most of a session stays as it is. */
const written = new WeakMap<object, string>();

function lineFor(kept: object, fields: () => JsonRecord): string {
  const known = written.get(kept);
  if (known !== undefined) return known;
  const line = lineOf(fields());
  written.set(kept, line);
  return line;
}

/** The value as it was given: of params the order says something. */
function settingLine({ value, ...others }: JsonRecord): string {
  const fields = Object.entries(others).map(([name, field]) => [name, lineOf(field)]);
  if (value !== undefined) fields.push(["value", JSON.stringify(value)]);
  const lines = fields.map(([name, line]) => `${JSON.stringify(name)}:${line}`);
  return `{${lines.toSorted().join(",")}}`;
}

function settingFields({ at, value }: Kept<string, Json>): JsonRecord {
  return value === undefined ? { at, deleted: true } : { at, value };
}

function cookieFields({ key, at, value }: Kept<CookieKey, KeptCookie>): JsonRecord {
  const { name, domain, hostOnly, path } = key;
  return value === undefined ? { at, deleted: true, name, domain, hostOnly, path } : { at, ...value };
}

function hostFields({ key, at, value }: Kept<string, KeptHost>): JsonRecord {
  return value === undefined ? { at, deleted: true, host: key } : { at, ...value };
}

/** Of a thing as it was at a time: when it has changed, what a later version wrote beside it is not true any more. */
function idAt(id: string, at: number): string {
  return `${at} ${id}`;
}

/** Fields of an envelope that are not known. */
export function moreOpenIn(envelope: JsonRecord): JsonRecord {
  return without(envelope, ENVELOPE);
}

/** A thing as it stands in a file. */
interface Noted {
  readonly at: number;
  readonly fields: JsonRecord;
}

/**
 * The document that a record is. Its format and version have been looked at.
 *
 * @param moreOpen unknown fields of its envelope.
 * @throws {FormError} that says where it is not of the form.
 */
export function documentOf(record: JsonRecord, moreOpen: JsonRecord = {}): SessionDocument {
  const moreOf = new Map<string, JsonRecord>();
  const seen = new Map<string, string>();
  const note = (id: string, where: string, { at, fields }: Noted, known: ReadonlySet<string>): void => {
    const before = seen.get(id);
    if (before !== undefined) throw new FormError(`${where} is of the same thing as ${before}`);
    seen.set(id, where);
    const rest = without(fields, known);
    if (Object.keys(rest).length > 0) moreOf.set(idAt(id, at), rest);
  };
  assertLevels(record, MOST_LEVELS);
  const { revision } = record;
  if (!isCount(revision, MOST_REVISIONS)) throw new FormError("revision is no whole number");
  const settings = entriesIn(record["settings"], "settings").map(([name, fields, where]) => {
    const at = timeIn(fields, where);
    note(`setting ${name}`, where, { at, fields }, SETTING_FIELDS);
    if (isDeleted(fields, where)) return { key: name, at, value: undefined };
    if (!Object.hasOwn(fields, "value")) throw new FormError(`${where} has no value`);
    return { key: name, at, value: fields["value"] as Json }; // it is JSON, and there
  });
  const cookies = listIn(record["cookies"], "cookies").map(([fields, where]) => {
    const kept = readKeptCookie(fields, where);
    note(`cookie ${cookieId(kept.key)}`, where, { at: kept.at, fields }, COOKIE_FIELDS);
    return kept;
  });
  const hosts = listIn(record["hosts"], "hosts").map(([fields, where]) => {
    const kept = readKeptHost(fields, where);
    note(`host ${kept.key}`, where, { at: kept.at, fields }, HOST_FIELDS);
    return kept;
  });
  return { revision, state: { settings, cookies, hosts }, more: without(record, KNOWN), moreOpen, moreOf };
}

function readKeptCookie(fields: JsonRecord, where: string): Kept<CookieKey, KeptCookie> {
  const at = timeIn(fields, where);
  const isGone = isDeleted(fields, where);
  const known = Object.fromEntries(
    Object.entries(fields).filter(([name]) => COOKIE_FIELDS.has(name) && !KEPT_FIELDS.includes(name)),
  );
  // Of one that is deleted the key is all that there is; the rest makes it one that can be read.
  const { cookie, boundTo } = formed(() => readCookie(isGone ? { ...known, ...ANY } : known, where, at));
  const { name, domain, hostOnly, path } = cookie;
  const key = { name, domain, hostOnly, path };
  if (isGone) return { key, at, value: undefined };
  return { key, at, value: boundTo === null ? cookie : { ...cookie, boundTo } };
}

/** What any cookie may have, whatever the prefix of its name promises. */
const ANY: JsonRecord = { value: "-", secure: true, httpOnly: true };

function readKeptHost(fields: JsonRecord, where: string): Kept<string, KeptHost> {
  const at = timeIn(fields, where);
  const { host, includeSubDomains = false, expires = 0 } = fields;
  if (typeof host !== "string") throw new FormError(`${where}.host is no text`);
  if (isDeleted(fields, where)) return { key: host, at, value: undefined };
  const given = { host, includeSubDomains, expires };
  // The store knows what a host may be.
  const [value] = formed(() => HstsStore.fromJSON({ version: 1, hosts: [given as KeptHost] }).toJSON().hosts);
  if (value === undefined) throw new FormError(`${where} is no host`);
  return { key: value.host, at, value };
}

/** What a reader of a part says is about the file. */
function formed<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new FormError(isObject(error) && "message" in error ? String(error.message) : String(error));
  }
}

function timeIn(fields: JsonRecord, where: string): number {
  const { at } = fields;
  if (!isCount(at, LAST_TIME)) throw new FormError(`${where}.at is no time in milliseconds`);
  return at;
}

function isDeleted(fields: JsonRecord, where: string): boolean {
  const { deleted } = fields;
  if (deleted !== undefined && deleted !== true) throw new FormError(`${where}.deleted is not true`);
  return deleted === true;
}

function isCount(value: Json | undefined, most: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= most;
}

function assertLevels(value: Json, left: number): void {
  if (typeof value !== "object" || value === null) return;
  if (left === 0) throw new FormError(`it has more than ${MOST_LEVELS} levels`);
  for (const part of Object.values(value)) assertLevels(part, left - 1);
}

/**
 * Changes as data: what the caller does to its own afterwards is not stored.
 *
 * @throws {TypeError} for what is none, or could not be read again when it was stored.
 */
export function checkedChanges(changes: readonly Change[]): Change[] {
  if (!Array.isArray(changes)) throw mustBe("what commit() takes", "a list of changes", changes);
  return (changes as readonly Change[]).map((change, at) => {
    try {
      return checkedChange(change, `changes[${at}]`);
    } catch (error) {
      throw error instanceof FormError ? new TypeError(`a change cannot be stored: ${error.message}`) : error;
    }
  });
}

function checkedChange(change: Change, where: string): Change {
  if (!isObject(change)) throw mustBe(where, "a change", change);
  const { kind, key, at, value } = change;
  switch (kind) {
    case "setting": {
      if (typeof key !== "string") throw mustBe(`${where}.key`, "the name of an option", key);
      const own = jsonOnly(value, `${where}.value`);
      timeIn({ at }, where);
      return { kind, key, at, value: own };
    }
    case "cookie": {
      const own = structuredClone({ key, at, value });
      const read = readKeptCookie(asRead(cookieFields(own), where), where);
      if (!isObject(key) || cookieId(read.key) !== cookieId(own.key))
        throw new FormError(`${where}.key is not that of its value`);
      return { kind, ...own };
    }
    case "host": {
      const own = structuredClone({ key, at, value });
      const read = readKeptHost(asRead(hostFields(own), where), where);
      if (read.key !== key) throw new FormError(`${where}.key is not the host of its value`);
      return { kind, ...own };
    }
    default:
      throw mustBe(`${where}.kind`, '"setting", "cookie" or "host"', kind);
  }
}

/** As it is read from a file. */
function asRead(fields: JsonRecord, where: string): JsonRecord {
  return jsonOnly(fields, where) as JsonRecord; // of a record one is made
}

/** A copy of a value that JSON can say, and says as it is. */
function jsonOnly(value: unknown, where: string, left: number = MOST_LEVELS - 4): Json | undefined {
  if (value === undefined || value === null || typeof value === "string" || typeof value === "boolean")
    return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (left === 0) throw new FormError(`${where} has too many levels`);
  if (Array.isArray(value))
    return value.map((part: unknown, at) => jsonOnly(part, `${where}[${at}]`, left - 1) ?? null);
  if (!isRecord(value)) throw mustBe(where, "what JSON can say", value);
  const fields = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(
    fields.map(([name, part]) => [
      name,
      jsonOnly(part, `${where}[${JSON.stringify(name)}]`, left - 1) ?? null,
    ]),
  );
}

/** Records in a list, with where each is. */
function listIn(value: Json | undefined, where: string): [fields: JsonRecord, where: string][] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new FormError(`${where} is no list`);
  return (value as readonly Json[]).map((fields, at) => {
    if (!isJsonRecord(fields)) throw new FormError(`${where}[${at}] is no object`);
    return [fields, `${where}[${at}]`];
  });
}

function entriesIn(
  value: Json | undefined,
  where: string,
): [name: string, fields: JsonRecord, where: string][] {
  if (value === undefined) return [];
  if (!isJsonRecord(value)) throw new FormError(`${where} is no object`);
  return Object.entries(value).map(([name, fields]) => {
    const place = `${where}[${JSON.stringify(name)}]`;
    if (!isJsonRecord(fields)) throw new FormError(`${place} is no object`);
    return [name, fields, place];
  });
}
