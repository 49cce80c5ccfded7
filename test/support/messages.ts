/** Messages for tests of adapters: requests and options as the pipeline makes them, and what comes of sending them. */
import type { Adapter, ProxySettings, SendOptions } from "../../src/core/adapter.ts";
import { factoryBody, rawBody, type Body, type RawBody } from "../../src/core/body.ts";
import { noProxyRules } from "../../src/core/environment.ts";
import { HeaderMap, type HeadersInit } from "../../src/core/headers.ts";
import { frame, PreparedRequest } from "../../src/core/request.ts";
import type { WireResponse } from "../../src/core/response.ts";

/** Options of a test's message: the timeouts are long enough never to matter unless a test sets them. */
export type Overrides = Partial<Omit<SendOptions, "timeouts">> & {
  readonly connectMs?: number | null;
  readonly readMs?: number | null;
};

/** No proxies. */
export const noProxies: ProxySettings = { explicit: noProxyRules, environment: noProxyRules };

/** Complete options. */
export function sendOptions({ connectMs = 8000, readMs = 8000, ...rest }: Overrides = {}): SendOptions {
  return {
    timeouts: { connectMs, readMs, totalMs: null },
    verify: { kind: "default" },
    cert: null,
    tls: null,
    addressPolicy: null,
    onInformational: null,
    expectContinueMs: null,
    proxies: noProxies,
    proxyHeaders: null,
    proxyAuth: null,
    stream: false,
    callSite: null,
    maxDrainBytes: 262_144,
    http2: false,
    onProgress: null,
    ...rest,
  };
}

/** One proxy for everything. */
export function throughProxy(url: string): { readonly proxies: ProxySettings } {
  return {
    proxies: { explicit: { byKey: new Map([["all", url]]), noProxy: null }, environment: noProxyRules },
  };
}

/** A request, framed as `prepare/` does. A function as body is called for each sending. */
export function requestFor(
  url: string,
  init: { method?: string; headers?: HeadersInit; body?: RawBody | (() => unknown) } = {},
): PreparedRequest {
  const { method = "GET", headers: given, body } = init;
  const headers = new HeaderMap(given);
  const payload: Body | null =
    body === undefined ? null : typeof body === "function" ? factoryBody(body) : rawBody(body);
  if (!headers.has("content-length")) frame(headers, method, payload);
  return new PreparedRequest({ method, url, headers, payload });
}

/** Sends a GET, or what is given, and reads the body. */
export async function exchange(
  adapter: Adapter,
  what: string | PreparedRequest,
  { signal = null, ...overrides }: Overrides & { readonly signal?: AbortSignal | null } = {},
): Promise<{ readonly response: WireResponse; readonly text: string }> {
  const response = await adapter.send(
    typeof what === "string" ? requestFor(what) : what,
    sendOptions(overrides),
    signal,
  );
  const bytes = await response.body.collect(null);
  return { response, text: Buffer.from(bytes).toString("latin1") };
}

/** What a promise rejects with. @throws {Error} when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => {
      throw new Error("it did not reject");
    },
    (error: unknown) => error,
  );
}
