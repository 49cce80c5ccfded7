/**
 * Neutral options as sojourn's public ones. Nothing else: no option is added because of what a case is about.
 */
import type { LookupFunction } from "node:net";

import {
  HttpAdapter,
  HttpBasicAuth,
  HttpBearerAuth,
  HttpDigestAuth,
  Retry,
  Session,
  type Auth,
  type FilesInit,
  type ProxiesInit,
  type RequestOptions,
  type SessionOptions,
} from "../../src/index.ts";
import { RefusedCredentials } from "./outcome.ts";
import type { NeutralAuth, NeutralBody, NeutralOptions, NeutralRequest } from "./kit.ts";

/** A session and the auth objects that its program keeps: one for each pair of name and password. */
export interface Client {
  readonly session: Session;
  readonly auths: Map<string, Auth>;
}

/** A session for a program whose first request has these options. */
export function newClient(options: NeutralOptions, cookies?: SessionOptions["cookies"]): Client {
  const auths = new Map<string, Auth>();
  const { base_url: baseUrl, resolve, trust_env: trustEnv = false, auth } = options;
  const session = new Session({
    trustEnv,
    hsts: true,
    cookies,
    // Credentials of an API come with its base URL: they are the session's.
    ...(baseUrl === undefined
      ? {}
      : { baseUrl, auth: auth === undefined ? undefined : authFor(auth, auths) }),
  });
  if (resolve !== undefined) {
    for (const prefix of ["http://", "https://"])
      session.mount(prefix, new HttpAdapter({ lookup: lookupIn(resolve) }));
  }
  return { session, auths };
}

/** What belongs to the session and may differ from step to step. */
export function adjustSession({ session }: Client, options: NeutralOptions): void {
  session.trustEnv = options.trust_env ?? false;
  session.maxRedirects = options.max_redirects;
}

/** The options of one request. */
export function requestOptions(
  request: NeutralRequest,
  options: NeutralOptions,
  client: Client,
): RequestOptions<boolean> {
  const { timeout_ms: timeout, client_cert: cert, auth, stream } = options;
  const isOfSession = options.base_url !== undefined;
  return {
    headers: headersOf(request, options),
    timeout,
    allowRedirects: options.follow_redirects ?? true,
    verify: options.verify === false ? false : options.ca,
    cert,
    tls: options.crl === undefined ? undefined : { crl: options.crl },
    auth: auth === undefined || isOfSession ? undefined : authFor(auth, client.auths),
    ...proxyOptions(options.proxy),
    cookies: options.cookies,
    params: options.params,
    maxBodyBytes: options.max_decoded_bytes,
    retry: retryFor(options.retries),
    stream: stream !== undefined,
    http2: options.http2,
    ...bodyOptions(request.body ?? null),
  };
}

function headersOf({ headers }: NeutralRequest, options: NeutralOptions): RequestOptions["headers"] {
  // A header like any other: there is no option for it.
  return options.expect_continue === true ? { ...headers, expect: "100-continue" } : headers;
}

/** The same object for the same credentials: a program makes it once. */
function authFor(auth: NeutralAuth, known: Map<string, Auth>): Auth {
  const key = JSON.stringify(auth);
  const made = known.get(key) ?? newAuth(auth);
  known.set(key, made);
  return made;
}

function newAuth({ type, user = "", password = "", token = "" }: NeutralAuth): Auth {
  try {
    if (type === "digest") return new HttpDigestAuth(user, password);
    return type === "bearer" ? new HttpBearerAuth(token) : new HttpBasicAuth(user, password);
  } catch (error) {
    if (error instanceof TypeError) throw new RefusedCredentials(error.message, { cause: error });
    throw error;
  }
}

function proxyOptions(proxy: NeutralOptions["proxy"]): RequestOptions<boolean> {
  if (proxy === undefined) return {};
  if (typeof proxy === "string") return { proxy };
  const proxies: ProxiesInit = Object.fromEntries(
    Object.entries(proxy).map(([key, value]) => [key, typeof value === "string" ? value : value.join(",")]),
  );
  return { proxies };
}

function retryFor(retries: NeutralOptions["retries"]): RequestOptions["retry"] {
  if (retries === undefined || typeof retries === "number") return retries;
  const { total, backoff_ms: backoffFactor = 0, status = [] } = retries;
  return new Retry({ total, backoffFactor, statusForcelist: status });
}

function bodyOptions(body: NeutralBody | null): RequestOptions<boolean> {
  if (body === null) return {};
  if ("text" in body) return { data: body.text };
  if ("repeat" in body) return { data: body.repeat[0].repeat(body.repeat[1]) };
  if ("stream" in body) return { data: once(body.stream) };
  const files: FilesInit = body.multipart.map(({ name, filename, content, content_type: contentType }) => [
    name,
    { filename, content, contentType },
  ]);
  return { files };
}

/** A stream that cannot be replayed. */
async function* once(parts: readonly string[]): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder();
  for (const part of parts) yield encoder.encode(part);
}

/** Names by a table, as `dns.lookup` answers. */
function lookupIn(names: Readonly<Record<string, readonly string[]>>): LookupFunction {
  return (hostname, options, callback) => {
    const found = (names[hostname] ?? [hostname]).map((address) => ({
      address,
      family: address.includes(":") ? 6 : 4,
    }));
    if (options.all === true) callback(null, found);
    else callback(null, found[0]?.address ?? "", found[0]?.family);
  };
}
