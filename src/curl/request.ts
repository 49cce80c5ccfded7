/** A transfer of curl becomes requests: method, URL, and the options with which a session sends the same. */
import { HttpDigestAuth, HttpProxyDigestAuth } from "../auth/digest.ts";
import { HttpGuessAuth } from "../auth/guess.ts";
import type { ClientCertificate } from "../core/adapter.ts";
import type { AuthOption } from "../core/auth-scheme.ts";
import type { RequestOptions } from "../core/options.ts";
import { shownName } from "../core/redact.ts";
import { CookieJar } from "../cookies/jar.ts";
import { parseCookiesTxt } from "../formats/cookies-txt.ts";
import { FormatError } from "../formats/problem.ts";
import type { ReadCookies } from "../formats/reading.ts";
import { Retry } from "../retries/retry.ts";
import type { Given, Transfer } from "./arguments.ts";
import { bodyOptions } from "./body.ts";
import { dataTakers } from "./data.ts";
import { Draft, type Taker, type World } from "./draft.ts";
import { FieldRecord, fieldOf } from "./fields.ts";
import { formTakers } from "./form.ts";
import { messageTakers } from "./message.ts";
import { textOf } from "./source.ts";
import { targetsOf, type Target } from "./target.ts";
import { wayTakers } from "./way.ts";

/** One request of a command: what `session.request(method, url, options)` takes. */
export interface CurlRequest {
  /** In upper case. */
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** Everything else that the command says. */
  readonly options: RequestOptions;
}

/** What takes up each option that is taken over. */
export const takers: ReadonlyMap<string, Taker> = new Map(
  Object.entries({ ...dataTakers, ...formTakers, ...messageTakers, ...wayTakers }),
);

/** The requests of a transfer, one for each URL. @throws {SyntaxError} that names a place. */
export function requestsOf(transfer: Transfer, at: number, world: World): CurlRequest[] {
  const draft = new Draft();
  const urls = [...transfer.urls];
  for (const given of transfer.given) {
    if (given.option.reason !== null) world.ignore(given, given.option.reason);
    else if (given.option.name === "url") urls.push({ bytes: given.value, at: given.at });
    else takers.get(given.option.name)?.(draft, given, world);
  }
  if (urls.length === 0) world.fail({ at }, "there is no URL in this command");
  const requests: CurlRequest[] = [];
  // curl has them in the order in which they stand, and a file to upload for each.
  for (const [place, word] of urls.toSorted((one, other) => one.at - other.at).entries()) {
    draft.upload = draft.uploads[place]?.upload ?? null;
    const method = methodOf(draft, at, world);
    for (const target of targetsOf(word, draft, world))
      requests.push(requestOf(method, target, draft, world));
  }
  const more = draft.uploads[urls.length];
  if (more !== undefined) world.fail(more.given, "there are more files to upload than URLs");
  for (const route of draft.routes)
    if (!draft.usedRoutes.has(route)) world.ignore(route.given, "no URL of the command goes there");
  return requests;
}

/** @throws {SyntaxError} where options ask for several methods, as curl does. */
function methodOf(draft: Draft, at: number, world: World): string {
  const hasData = draft.data !== null;
  const kinds = [
    ...(draft.isHead ? ["HEAD"] : draft.isGet ? ["GET"] : []),
    ...(hasData && !draft.isGet ? ["POST, by data"] : []),
    ...(draft.parts.length > 0 ? ["POST, by a form"] : []),
    ...(draft.upload === null ? [] : ["PUT"]),
  ];
  if (kinds.length > 1) world.fail({ at }, `options ask for several methods: ${kinds.join("; ")}`);
  const [kind = "GET"] = kinds;
  const method = draft.method ?? kind.replace(/,.*/, "");
  const upper = method.toUpperCase();
  if (upper !== method) world.note("--request", "methods are sent in upper case");
  return upper;
}

/** What a request is made in. */
interface Around {
  readonly target: Target;
  readonly world: World;
}

function requestOf(method: string, target: Target, draft: Draft, world: World): CurlRequest {
  const fields = fieldsOf(target, draft, world);
  const body = bodyOptions(method, draft, fields, world);
  const auth = authOf(target, draft, fields, world);
  const tls = target.serverName === null ? null : { serverName: target.serverName };
  const timeout = timeoutOf(draft);
  const cert = certOf(draft, world);
  const retry = retryOf(draft);
  const options: RequestOptions = {
    headers: fields.toRecord(),
    ...body,
    ...(auth === undefined ? null : { auth }),
    allowRedirects: draft.isRedirected,
    ...draft.options,
    ...(tls === null ? null : { tls: { ...draft.options.tls, ...tls } }),
    ...(target.isRaw ? { rawUrl: true } : null),
    ...proxyOptions(draft, world),
    ...(timeout === null ? null : { timeout }),
    ...(cert === null ? null : { cert }),
    ...(retry === null ? null : { retry }),
  };
  return { method, url: target.url, options };
}

/** The fields: those that curl writes by itself, those of the command, and what a session has of its own and curl has not. */
function fieldsOf(target: Target, draft: Draft, world: World): FieldRecord {
  const custom = customFields(draft, world);
  const fields = new FieldRecord();
  addOwn({ fields, custom }, "User-Agent", draft.userAgent, world);
  if (draft.range !== null && !custom.has("range")) fields.add("Range", `bytes=${draft.range.value}`);
  if (draft.isCompressed && !custom.has("accept-encoding"))
    fields.add("Accept-Encoding", "deflate, gzip, br, zstd");
  addOwn({ fields, custom }, "Referer", draft.referer, world);
  addCookies(fields, custom, draft, { target, world });
  for (const { name, value } of draft.fields) if (value !== null) fields.add(name, value);
  for (const { name, value } of draft.fields) if (value === null) fields.remove(name);
  if (draft.isJson) {
    if (!custom.has("content-type")) fields.add("Content-Type", "application/json");
    if (!custom.has("accept")) fields.add("Accept", "application/json");
  }
  host(fields, target, world);
  for (const name of ["Accept-Encoding", "Connection"]) fields.remove(name);
  return fields;
}

function customFields(draft: Draft, world: World): FieldRecord {
  const custom = new FieldRecord();
  for (const { name, value } of draft.fields) {
    if (value === null) custom.remove(name);
    else custom.add(name, value);
  }
  for (const name of custom.repeated())
    if (/^(?:user-agent|host|content-type|authorization|referer)$/i.test(name))
      world.note(
        "--header",
        `there are several lines of ${shownName(name)}, which curl sends and a session refuses`,
      );
  return custom;
}

/** Fields as they grow, beside those that the command says. */
interface Growing {
  readonly fields: FieldRecord;
  readonly custom: FieldRecord;
}

/** A field that has an option of its own. A line of `--header` goes before it; an empty one takes it away. */
function addOwn({ fields, custom }: Growing, name: string, given: Given | null, world: World): void {
  if (given === null) return;
  if (custom.has(name)) world.ignore(given, `--header says ${name}, and goes before it`);
  else if (given.value === "") fields.remove(name);
  else {
    const field = fieldOf(`${name}: ${given.value}`, given, world);
    if (field?.value != null) fields.add(name, field.value);
  }
}

/** Files of cookies, then those that the command says. */
function addCookies(fields: FieldRecord, custom: FieldRecord, draft: Draft, { target, world }: Around): void {
  const [first] = draft.cookies;
  if (first === undefined) return;
  if (custom.has("cookie")) {
    for (const given of draft.cookies) world.ignore(given, "--header says Cookie, and goes before it");
    return;
  }
  const said = draft.cookies.filter(({ value }) => value.includes("="));
  const kept = draft.cookies.flatMap((given) =>
    given.value === "" || said.includes(given) ? [] : fileCookies(given, target, world),
  );
  const value = [...kept, said.map((given) => given.value).join(";")]
    .filter((part) => part !== "")
    .join("; ");
  if (value !== "") addOwn({ fields, custom }, "Cookie", { ...first, value }, world);
}

/** Those of a file that go to the target, as one value; an empty list for none. */
function fileCookies(given: Given, target: Target, world: World): string[] {
  const { cookies, problems } = readCookies(given, world);
  for (const { message } of problems) world.ignore(given, message);
  const header = new CookieJar(cookies).getCookieHeader(target.cookieUrl);
  return header === null ? [] : [header];
}

/** @throws {SyntaxError} for a file of another format. */
function readCookies(given: Given, world: World): ReadCookies {
  const bytes = Buffer.from(world.read(given.value, given), "latin1");
  try {
    return parseCookiesTxt(bytes);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    world.fail(given, `${given.shown}: ${error.message}`, error);
  }
}

function host(fields: FieldRecord, target: Target, world: World): void {
  const isThere = fields.has("host");
  if (isThere && fields.last("host") === null) {
    fields.drop("host");
    world.note("--header", "a request has a Host, and it cannot be taken away");
  }
  if (target.host !== null && !fields.has("host")) fields.add("Host", target.host);
}

/** `undefined`: what netrc says. */
function authOf(target: Target, draft: Draft, fields: FieldRecord, world: World): AuthOption | undefined {
  const { user, bearer } = draft;
  if (fields.has("authorization")) {
    for (const given of [user, bearer])
      if (given !== null) world.ignore(given, "--header says Authorization, and goes before it");
    if (fields.last("authorization") === null) fields.drop("authorization");
    return false;
  }
  if (bearer !== null) {
    if (user !== null) world.ignore(user, "--oauth2-bearer goes before it");
    addBearer(fields, bearer, world);
    return false;
  }
  const credentials = user === null ? target.credentials : pairOf(user, world);
  if (draft.scheme === "none") {
    if (credentials !== null) world.note(user?.shown ?? "URL", NOT_BASIC);
    return false;
  }
  if (credentials === null) return draft.hasNetrc ? undefined : false;
  return schemeOf(draft.scheme, credentials);
}

function schemeOf(
  scheme: Exclude<Draft["scheme"], "none">,
  { username, password }: { readonly username: string; readonly password: string },
): AuthOption {
  switch (scheme) {
    case "basic":
      return [username, password];
    case "digest":
      return new HttpDigestAuth(username, password);
    case "any":
      return new HttpGuessAuth(username, password);
  }
}

const NOT_BASIC =
  "the password is left out: it is for an auth that there is not here, and Basic would show it";

function addBearer(fields: FieldRecord, given: Given, world: World): void {
  const field = fieldOf(`Authorization: Bearer ${given.value}`, given, world);
  if (field?.value != null) fields.add("Authorization", field.value);
}

function pairOf(given: Given, world: World): { readonly username: string; readonly password: string } {
  const text = textOf(given.value) ?? world.fail(given, `${given.shown} must be UTF-8`);
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\0-\x1f\x7f]/.test(text)) world.fail(given, `${given.shown} must not have control characters`);
  const colon = text.indexOf(":");
  if (colon === -1) world.ignore(given, "curl asks for the password: it is empty here");
  return {
    username: colon === -1 ? text : text.slice(0, colon),
    password: colon === -1 ? "" : text.slice(colon + 1),
  };
}

function timeoutOf({ connectMs, totalMs }: Draft): { connect?: number; total?: number } | null {
  if (connectMs === null && totalMs === null) return null;
  return {
    ...(connectMs === null ? null : { connect: connectMs }),
    ...(totalMs === null ? null : { total: totalMs }),
  };
}

/** What curl takes for a passing fault (curl's manual, "retry"). */
const PASSING = [408, 429, 500, 502, 503, 504];
/** Its pause, doubled each time, up to ten minutes. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 600_000;

function retryOf({ retries, retryDelayMs, isRetriedAlways }: Draft): Retry | null {
  if (retries === null) return null;
  return new Retry({
    total: retries.count,
    allowedMethods: null,
    // A server may have acted on what it was sent before a connection broke.
    ...(isRetriedAlways ? null : { read: false as const, other: 0 }),
    statusForcelist: isRetriedAlways ? Array.from({ length: 200 }, (_, at) => 400 + at) : PASSING,
    backoffFactor: retryDelayMs ?? FIRST_PAUSE_MS / 2,
    backoffMax: retryDelayMs ?? LONGEST_PAUSE_MS,
    raiseOnStatus: false,
  });
}

function certOf({ certificate }: Draft, world: World): ClientCertificate | null {
  const { cert, key, passphrase, type } = certificate;
  if (cert === null) return null;
  const opened = passphrase === null ? null : { passphrase };
  if (type === "P12") return { pfx: cert, ...opened };
  if (type !== "PEM") world.note("--cert-type", "a certificate is PEM or P12 here");
  return { cert, key: key ?? cert, ...opened };
}

/** The proxy and what it is told. */
function proxyOptions(draft: Draft, world: World): RequestOptions {
  const { proxy, noProxy } = draft;
  const options: RequestOptions = {};
  if (noProxy === "*") options.proxy = false;
  else if (noProxy !== null) options.proxies = { no_proxy: noProxy };
  const forProxy = new FieldRecord();
  for (const { name, value } of draft.proxyFields) if (value !== null) forProxy.add(name, value);
  const headers = Object.entries(forProxy.toRecord()).filter(([, value]) => value !== null);
  if (headers.length > 0) options.proxyHeaders = Object.fromEntries(headers);
  if (proxy === null || noProxy === "*") {
    if (draft.proxyUser !== null) world.ignore(draft.proxyUser, "the command names no proxy");
    return options;
  }
  if (proxy.given.value === "") return { ...options, proxy: false };
  return { ...options, ...namedProxy(draft, proxy, world) };
}

const PROXY = /^(?:([a-z][a-z\d+.-]*):\/\/)?(?:([^@/]*)@)?([^/?#]+)/i;

function namedProxy(
  draft: Draft,
  { given, scheme }: NonNullable<Draft["proxy"]>,
  world: World,
): RequestOptions {
  const written = textOf(given.value) ?? world.fail(given, `${given.shown} must be UTF-8`);
  const [, named, userinfo, host = ""] = PROXY.exec(written) ?? [];
  const kind = named?.toLowerCase() ?? scheme;
  if (!["http", "https", "socks5", "socks5h"].includes(kind)) {
    world.ignore(given, `proxies are http, https, socks5 and socks5h, not ${kind}`);
    return {};
  }
  // curl's own port for proxies.
  const at = /:\d+$/.test(host) || kind === "https" ? host : `${host}:1080`;
  return proxyWithUser({ kind, at, userinfo, given }, draft, world);
}

/** A proxy as it is named. */
interface NamedProxy {
  readonly kind: string;
  /** Host and port. */
  readonly at: string;
  /** User and password in its URL, escaped. */
  readonly userinfo: string | undefined;
  readonly given: Given;
}

function proxyWithUser(
  { kind, at, userinfo, given }: NamedProxy,
  draft: Draft,
  world: World,
): RequestOptions {
  const { proxyUser } = draft;
  if (draft.proxyAuth === "none") {
    if (proxyUser !== null || userinfo !== undefined) world.note((proxyUser ?? given).shown, NOT_BASIC);
    return { proxy: `${kind}://${at}` };
  }
  const user = proxyUser === null ? null : pairOf(proxyUser, world);
  if (user !== null && draft.proxyAuth === "digest")
    return { proxy: `${kind}://${at}`, proxyAuth: new HttpProxyDigestAuth(user.username, user.password) };
  const own =
    user === null ? userinfo : `${encodeURIComponent(user.username)}:${encodeURIComponent(user.password)}`;
  return { proxy: `${kind}://${own === undefined ? "" : `${own}@`}${at}` };
}
