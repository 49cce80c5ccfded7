/**
 * Settings of a session and options of a request (sections 3 and 4), as a user would write them.
 */
import { HttpAdapter, Retry, type RequestOptions, type Session } from "../../src/index.ts";
import type { Auths } from "./auth.ts";
import { hooksOf } from "./hooks.ts";
import type { MountSpec, RequestSpec, Result, RetrySpec, SessionSpec } from "./job.ts";
import { cookiesOf, headersOf, isCookieList, plain, putCookie, timeoutOf, type Bodies } from "./values.ts";

/** What options are made with: shared by the steps of a scenario. */
export interface Workshop {
  readonly auths: Auths;
  readonly bodies: Bodies;
  /** Hooks write here; emptied before each step. */
  readonly hookLog: Result[];
}

/** Changes what is there in `spec`, and leaves the rest of the session alone. */
export function configure(session: Session, spec: SessionSpec, workshop: Workshop): void {
  const settings = sessionSettings(spec, workshop);
  Object.assign(session, settings);
  session.headers.update(headersOf(spec.headers ?? []) as Parameters<typeof session.headers.update>[0]);
  for (const name of spec.removeHeaders ?? []) session.headers.delete(name);
  setCookies(session, spec.cookies);
  for (const mount of spec.mounts ?? []) mountRetry(session, mount);
}

/** The settings that are set by assignment. */
function sessionSettings(spec: SessionSpec, workshop: Workshop): Record<string, unknown> {
  const { params, auth, hooks, proxies, maxRedirects, trustEnv, verify, cert, stream } = spec;
  return given({
    params: params === undefined ? undefined : plain(params),
    auth: auth === null || auth === undefined ? auth : workshop.auths.of(auth),
    hooks: hooks === undefined ? undefined : hooksOf(hooks, workshop.hookLog),
    proxies,
    maxRedirects,
    trustEnv,
    verify,
    cert,
    stream,
  });
}

function setCookies(session: Session, cookies: SessionSpec["cookies"]): void {
  if (cookies === undefined) return;
  if (isCookieList(cookies)) for (const cookie of cookies) putCookie(session.cookies, cookie);
  else for (const [name, value] of Object.entries(cookies)) putCookie(session.cookies, { name, value });
}

/** Options of one request. `null` in a scenario mostly means "not given"; for sojourn it would mean "off". */
export async function requestOptions(spec: RequestSpec, workshop: Workshop): Promise<RequestOptions> {
  const {
    headers,
    params,
    data,
    json,
    files,
    cookies,
    auth,
    timeout,
    allowRedirects,
    proxies,
    hooks,
    stream,
    verify,
    cert,
  } = spec;
  const options = given({
    headers: headers === undefined ? undefined : headersOf(headers),
    params: params === undefined ? undefined : plain(params),
    data: data === undefined ? undefined : await workshop.bodies.data(data),
    json: json === undefined || json === null ? undefined : plain(json),
    files: files === undefined ? undefined : await workshop.bodies.files(files),
    cookies: cookies === undefined ? undefined : cookiesOf(cookies),
    auth: auth === undefined || auth === null ? undefined : workshop.auths.of(auth),
    timeout: timeout === undefined ? undefined : timeoutOf(timeout),
    allowRedirects,
    proxies: proxies ?? undefined,
    hooks: hooks === undefined ? undefined : hooksOf(hooks, workshop.hookLog),
    stream,
    verify,
    cert,
  });
  // Scenarios give options of wrong kinds, too: the library is to refuse them.
  return options as RequestOptions;
}

/** Mounts an HTTP adapter. */
export function mountRetry(session: Session, spec: MountSpec): void {
  const { prefix, retry, poolConnections, poolMaxsize, poolBlock } = spec;
  const maxRetries =
    retry === undefined ? undefined : typeof retry === "number" ? Retry.from(retry) : retryOf(retry);
  session.mount(prefix, new HttpAdapter(given({ maxRetries, poolConnections, poolMaxsize, poolBlock })));
}

/** `redirect` and `raiseOnRedirect` have no effect in requests, and no counterpart (PARITY RTY-4, RTY-15). */
function retryOf(spec: RetrySpec): Retry {
  const { redirect: _redirect, raiseOnRedirect: _raiseOnRedirect, backoffFactor, ...options } = spec;
  return new Retry(
    backoffFactor === undefined ? options : { ...options, backoffFactor: backoffFactor * 1000 },
  );
}

/** Without the fields that are `undefined`. */
function given<Fields extends Record<string, unknown>>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  // Object.fromEntries forgets the names.
  return Object.fromEntries(entries) as { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };
}
