/** A made-up log with everything that a report may have to show. */
import type { HarEntry, HarLog } from "../../src/record/har-types.ts";
import { connectionOf, entryOf, logOf } from "./entries.ts";

/** Phases of a message on a new connection. */
export const fresh = { dns: 4.2, tcp: 11, tls: 17.5, send: 0.4, wait: 46, receive: 8 };
const warm = { queue: 0.2, send: 0.3, wait: 38, receive: 6 };
const json = (value: unknown): Partial<HarEntry["response"]> => {
  const text = JSON.stringify(value);
  return { content: { size: text.length, mimeType: "application/json; charset=utf-8", text } };
};
const hidden = "\u00abhidden\u00bb";

/** A login with a redirect, a challenge, retries, failures of several kinds, HTTP/2 with many at a time, a proxy, cookies of all fates. */
export function richLog(): HarLog {
  const login = "https://shop.example/login?next=%2Faccount";
  const api = "https://api.shop.example";
  const sent = { cookies: [{ name: "sid", value: hidden }] };
  const entries = [
    entryOf({
      id: 1,
      url: login,
      connection: 1,
      status: 200,
      timings: fresh,
      bytes: 5321,
      response: {
        headers: [
          { name: "content-type", value: "text/html; charset=utf-8" },
          { name: "set-cookie", value: `csrf=${hidden}; Path=/; Secure` },
        ],
        content: {
          size: 18211,
          compression: 12890,
          mimeType: "text/html",
          text: "<!doctype html>\n<title>Log in</title>\n<form method=post>\u2026</form>\n",
        },
      },
      facts: {
        cookies: [
          { name: "csrf", kind: "stored", domain: "shop.example", path: "/", expires: null },
          { name: "track", kind: "refused", reason: "domain-mismatch" },
        ],
      },
    }),
    entryOf({
      id: 2,
      call: 2,
      at: 120,
      method: "POST",
      url: "https://shop.example/login",
      status: 302,
      connection: 1,
      timings: { ...warm, send: 2.1, wait: 92 },
      bytes: 0,
      request: {
        bodySize: 44,
        cookies: [{ name: "csrf", value: hidden }],
        postData: {
          mimeType: "application/x-www-form-urlencoded",
          params: [
            { name: "user", value: "ann" },
            { name: "password", value: hidden },
          ],
        },
      },
      response: {
        redirectURL: "/account",
        headers: [
          { name: "location", value: "/account" },
          { name: "set-cookie", value: `sid=${hidden}; Path=/; HttpOnly; Secure` },
        ],
      },
      facts: {
        redirect: { to: "https://shop.example/account", method: "GET" },
        cookies: [
          {
            name: "sid",
            kind: "stored",
            domain: "shop.example",
            path: "/",
            expires: "2026-12-01T12:00:00.000Z",
          },
          { name: "csrf", kind: "deleted" },
        ],
      },
    }),
    entryOf({
      id: 3,
      call: 2,
      at: 224,
      url: "https://shop.example/account",
      connection: 1,
      timings: { ...warm, wait: 61, receive: 19 },
      bytes: 24_812,
      request: sent,
      facts: { reason: "redirect", hop: 1, resends: 1 },
    }),
    entryOf({
      id: 4,
      call: 3,
      at: 330,
      url: `${api}/v2/orders?page=1&per_page=100&fields=id,total,created,customer,lines`,
      status: 401,
      connection: 2,
      timings: { ...fresh, dns: 9.4, tls: 24 },
      bytes: 61,
      request: { httpVersion: "HTTP/2" },
      response: {
        httpVersion: "HTTP/2",
        headers: [{ name: "www-authenticate", value: 'Digest realm="api", qop="auth", algorithm=SHA-256' }],
      },
      facts: { isChallengeAnswered: true },
    }),
    entryOf({
      id: 5,
      call: 3,
      at: 442,
      url: `${api}/v2/orders?page=1&per_page=100&fields=id,total,created,customer,lines`,
      connection: 2,
      timings: { ...warm, wait: 130, receive: 41 },
      bytes: 182_400,
      request: {
        httpVersion: "HTTP/2",
        headers: [
          { name: ":authority", value: "api.shop.example" },
          { name: "authorization", value: `Digest ${hidden}` },
        ],
      },
      response: {
        httpVersion: "HTTP/2",
        ...json({
          page: 1,
          orders: [
            { id: 90071992547409940, total: "12.90", lines: [] },
            { id: 7, total: "3.50", lines: [{ sku: "A-1", count: 2 }] },
          ],
          next: null,
        }),
      },
      facts: { reason: "auth", resends: 1 },
    }),
    ...Array.from({ length: 12 }, (_, at) =>
      entryOf({
        id: 6 + at,
        at: 640 + at * 3,
        url: `${api}/v2/orders/${1000 + at}`,
        connection: 2,
        bytes: 900 + at * 313,
        timings: { queue: 0.1, send: 0.2, wait: 30 + ((at * 37) % 60), receive: 4 + at },
        request: { httpVersion: "HTTP/2" },
        response: { httpVersion: "HTTP/2", ...json({ id: 1000 + at, state: "sent" }) },
      }),
    ),
    entryOf({
      id: 18,
      call: 18,
      at: 820,
      method: "PUT",
      url: `${api}/v2/stock/A-1`,
      status: 503,
      connection: 2,
      timings: { ...warm, wait: 22 },
      request: {
        httpVersion: "HTTP/2",
        bodySize: 18,
        postData: { mimeType: "application/json", text: '{"count":12,"at":"x"}' },
      },
      response: { httpVersion: "HTTP/2" },
      facts: { retry: { delayMs: 150, attempts: 1 } },
    }),
    entryOf({
      id: 19,
      call: 18,
      at: 1000,
      method: "PUT",
      url: `${api}/v2/stock/A-1`,
      status: 503,
      connection: 2,
      timings: { ...warm, wait: 24 },
      response: { httpVersion: "HTTP/2" },
      facts: { reason: "retry", attempt: 1, resends: 1, retry: { delayMs: 310, attempts: 2 } },
    }),
    entryOf({
      id: 20,
      call: 18,
      at: 1345,
      method: "PUT",
      url: `${api}/v2/stock/A-1`,
      status: 204,
      connection: 2,
      timings: { ...warm, wait: 31 },
      bytes: 0,
      response: { httpVersion: "HTTP/2" },
      facts: { reason: "retry", attempt: 2, resends: 2 },
    }),
    entryOf({
      id: 21,
      at: 700,
      url: "http://old.example:8080/status",
      status: 0,
      timings: { dns: 6, tcp: 310 },
      response: { _error: "ConnectTimeout: no connection within 310 ms" },
      facts: {
        outcome: "failed",
        error: {
          name: "ConnectTimeout",
          message: "no connection within 310 ms: GET http://old.example:8080/status",
          phase: "connect",
        },
      },
    }),
    entryOf({
      id: 22,
      at: 760,
      url: "https://img.shop.example/a/very/large.jpg",
      connection: 4,
      timings: { queue: 42, dns: 3, tcp: 12, proxy: 38, tls: 21, send: 0.4, wait: 52, receive: 320 },
      bytes: 4_812_331,
      response: {
        headers: [{ name: "content-type", value: "image/jpeg" }],
        content: {
          size: 4_812_331,
          mimeType: "image/jpeg",
          encoding: "base64",
          text: Buffer.from(
            "\xff\xd8\xff\xe0\0\x10JFIF\0 a picture of something, of which only the beginning was kept",
            "latin1",
          ).toString("base64"),
          _isCut: true,
        },
      },
      facts: { proxy: "http://proxy.example:3128" },
    }),
    entryOf({
      id: 23,
      at: 900,
      url: "https://img.shop.example/b.jpg",
      connection: 4,
      status: 200,
      timings: { queue: 349, send: 0.3, wait: 49, receive: 80 },
      bytes: 120_000,
      facts: { outcome: "aborted", proxy: "http://proxy.example:3128" },
    }),
    entryOf({
      id: 24,
      at: 1010,
      url: "https://shop.example/export.csv",
      connection: 1,
      status: 200,
      timings: { ...warm, wait: 210, receive: 44 },
      bytes: 65_536,
      facts: { outcome: "unread" },
    }),
    entryOf({
      id: 25,
      at: 1300,
      url: "https://shop.example/missing",
      connection: 5,
      status: 404,
      timings: fresh,
      bytes: 312,
    }),
    entryOf({
      id: 26,
      at: 1420,
      url: "https://shop.example/reset",
      connection: 5,
      status: 0,
      timings: { ...warm, wait: 88, receive: null },
      facts: {
        outcome: "failed",
        error: {
          name: "ConnectionError",
          message:
            "the server closed the connection before the response was whole: GET https://shop.example/reset",
          phase: "response",
        },
      },
    }),
    entryOf({
      id: 27,
      at: 1500,
      url: "https://shop.example/limits",
      connection: 1,
      status: 429,
      timings: { limit: 120, send: 0.3, wait: 20, receive: 1 },
      request: sent,
      facts: {
        cookies: [
          { name: "sid", kind: "refused", reason: "overwrites-secure" },
          { name: "pref", kind: "stored", domain: "shop.example", path: "/", expires: null },
        ],
      },
    }),
    entryOf({
      id: 28,
      at: 1660,
      url: "https://shop.example/logout",
      connection: 1,
      status: 200,
      timings: warm,
      request: {
        cookies: [
          { name: "sid", value: hidden },
          { name: "pref", value: "dark" },
        ],
      },
      facts: { cookies: [{ name: "sid", kind: "deleted" }] },
    }),
  ];
  return logOf(
    entries,
    [
      connectionOf({ id: 1, opening: 33, messages: 6, lasted: null }),
      connectionOf({
        id: 2,
        at: 330,
        origin: api,
        httpVersion: "2",
        opening: 44,
        messages: 17,
        lasted: 1600,
      }),
      connectionOf({
        id: 3,
        at: 706,
        origin: "http://old.example:8080",
        httpVersion: null,
        opening: 310,
        error: "ConnectTimeout: no connection within 310 ms",
        lasted: 310,
        remote: null,
        tls: null,
        messages: 0,
      }),
      connectionOf({
        id: 4,
        at: 800,
        origin: "https://img.shop.example",
        proxy: "http://proxy.example:3128",
        opening: 74,
        messages: 2,
        lasted: 640,
      }),
      connectionOf({ id: 5, at: 1300, opening: 33, messages: 2, lasted: 210 }),
    ],
    3,
  );
}
