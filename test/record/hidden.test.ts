/** No secret is in what a recorder writes: each is planted somewhere, and stands again somewhere else. */
import fc from "fast-check";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";

import { HttpBasicAuth, Session } from "../../src/index.ts";
import { expectSound } from "../support/har.ts";
import { startOrigin } from "../support/origins.ts";
import { harOf, Teller, type Said } from "../support/recorded.ts";
import { anySecret, cookieSecret, indiscreet, leaks, type Secret } from "../support/secrets.ts";
import { runs } from "../support/size.ts";

const VALUE = "c4n4ry-of-all";
const BOUNDARY = "--b";
const JSON_TYPE = { "Content-Type": "application/json" };
const FORM_TYPE = { "Content-Type": "application/x-www-form-urlencoded" };
const basic = Buffer.from(`me:${VALUE}`).toString("base64");

/** Where a secret is known by its name. */
const PLANTED: Readonly<Record<string, Said>> = {
  "a bearer token": { sent: { Authorization: `Bearer ${VALUE}` } },
  "a credential of a scheme that nobody knows": { sent: { Authorization: `Custom ${VALUE}` } },
  "a part of a credential": { sent: { Authorization: `Custom id="1", mac="${VALUE}"` } },
  "a basic password": { sent: { Authorization: `Basic ${basic}` } },
  "a token as a user": {
    sent: { Authorization: `Basic ${Buffer.from(`${VALUE}:`).toString("base64")}` },
  },
  "a proxy's password": { sent: { "Proxy-Authorization": `Basic ${basic}` } },
  "a cookie that is sent": { sent: { Cookie: `a=b; sid=${VALUE}; c=d` } },
  "a cookie in quotes": { sent: { Cookie: `sid="${VALUE}"` } },
  "a cookie that is set": { headers: { "Set-Cookie": `sid=${VALUE}; Path=/` } },
  "a cookie that is refused": { headers: { "Set-Cookie": `__Host-sid=${VALUE}; Domain=other.test` } },
  "a member of a cookie in JSON": {
    headers: { "Set-Cookie": `s=${encodeURIComponent(JSON.stringify({ token: VALUE }))}` },
  },
  "a field whose name is secret": { sent: { "X-Api-Key": VALUE } },
  "a field of the response": { headers: { "X-Auth-Token": VALUE } },
  "a password in the URL": { url: `https://me:${VALUE}@example.com/` },
  "a user in the URL": { url: `https://${VALUE}@example.com/` },
  "a parameter": { url: `https://example.com/?api_key=${VALUE}` },
  "a parameter of the fragment": { url: `https://example.com/#access_token=${VALUE}` },
  "a parameter of a URL in a parameter": {
    url: `https://example.com/?next=${encodeURIComponent(`https://example.com/?token=${VALUE}`)}`,
  },
  "a parameter of a redirect": { status: 302, headers: { Location: `/x?code=${VALUE}` } },
  "a member of JSON": { headers: JSON_TYPE, answer: JSON.stringify({ a: 1, access_token: VALUE }) },
  "a member of a member of JSON": {
    headers: JSON_TYPE,
    answer: JSON.stringify({ session: [{ id: 1, value: VALUE }] }),
  },
  "JSON within JSON": {
    headers: JSON_TYPE,
    answer: JSON.stringify({ body: JSON.stringify({ refresh_token: VALUE }) }),
  },
  "JSON that breaks off": { headers: JSON_TYPE, answer: `{"a":1,"token":"${VALUE}` },
  "an element of XML": {
    headers: { "Content-Type": "application/soap+xml" },
    answer: `<?xml version="1.0"?><s:Body><s:Password type="text">${VALUE}</s:Password></s:Body>`,
  },
  "a hidden field of a page": {
    headers: { "Content-Type": "text/html" },
    answer: `<!doctype html><input type="hidden" name="csrf_token" value="${VALUE}">`,
  },
  "an attribute of a page": { answer: `<html><body data-token='${VALUE}'>` },
  "JSON that is sent": { method: "POST", sent: JSON_TYPE, body: JSON.stringify({ password: VALUE }) },
  "a parameter behind a semicolon": { url: `https://example.com/?a=1;token=${VALUE}` },
  "a parameter of a path": { url: `https://example.com/shop;jsessionid=${VALUE}/x?a=1` },
  "JSON in a parameter": {
    url: `https://example.com/?q=${encodeURIComponent(JSON.stringify({ token: VALUE }))}`,
  },
  "JSON in a field": { sent: { "X-Context": JSON.stringify({ a: 1, access_token: VALUE }) } },
  "a part of a field": { sent: { "X-Session": `id=${VALUE}; realm=customers` } },
  "a cookie with its signature": { headers: { "Set-Cookie": `sid=s%3A${VALUE}.c2lnbmF0dXJl; Path=/` } },
  "a cookie that cannot be read": { headers: { "Set-Cookie": `not a cookie: ${VALUE}` } },
  "a part of a token": { sent: { Authorization: `Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${VALUE}` } },
  "JSON in a stream of events": {
    headers: { "Content-Type": "text/event-stream" },
    answer: `event: login\ndata: {"token":"${VALUE}"}\n\n`,
  },
  "a program in a page": { answer: `<html><script>window.data = {token: '${VALUE}', a: 1}</script></html>` },
  "a program": {
    headers: { "Content-Type": "text/javascript" },
    answer: `it's("5"); login({"token":"${VALUE}"})`,
  },
  "JSON among several parts": {
    headers: { "Content-Type": "multipart/mixed; boundary=b" },
    answer: `${BOUNDARY}\r\nContent-Type: application/json\r\n\r\n{"token":"${VALUE}"}\r\n${BOUNDARY}--\r\n`,
  },
  "an argument in GraphQL": {
    method: "POST",
    sent: JSON_TYPE,
    body: JSON.stringify({ query: `mutation { login(user: "me", password: "${VALUE}") { id } }` }),
  },
  "a form": { method: "POST", sent: FORM_TYPE, body: `user=me&password=${VALUE}&x=1` },
  "JSON in a form": {
    method: "POST",
    sent: FORM_TYPE,
    body: new URLSearchParams({ payload: JSON.stringify({ token: VALUE }) }).toString(),
  },
  "a form of several parts": {
    method: "POST",
    sent: { "Content-Type": "multipart/form-data; boundary=b" },
    body: `${BOUNDARY}\r\nContent-Disposition: form-data; name="password"\r\n\r\n${VALUE}\r\n${BOUNDARY}--\r\n`,
  },
  "a form of several parts, some of them bytes": {
    method: "POST",
    sent: { "Content-Type": "multipart/form-data; boundary=b" },
    body: Buffer.from(
      `${BOUNDARY}\r\nContent-Disposition: form-data; name="password"\r\n\r\n${VALUE}\r\n${BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n\0\xff\r\n${BOUNDARY}--\r\n`,
      "latin1",
    ),
  },
};

/** Where it stands again, under no such name. */
const AGAIN: Readonly<Record<string, Said>> = {
  "the path of a URL": { url: `https://example.com/${VALUE}/x` },
  "a host": { url: `https://${VALUE}.example.com/` },
  "a parameter of another name": { url: `https://example.com/?q=${VALUE}` },
  "a field": { sent: { "X-Note": `it is ${VALUE}` } },
  "a field of the response": { headers: { "X-Note": VALUE } },
  "the name of a cookie": { headers: { "Set-Cookie": `${VALUE}=1` } },
  "the path of a cookie": { headers: { "Set-Cookie": `a=1; Path=/${VALUE}` } },
  "the target of a redirect": { status: 302, headers: { Location: `/${VALUE}` } },
  "a type": { headers: { "Content-Type": `text/plain; x=${VALUE}` } },
  "a text": { answer: `it is ${VALUE}.` },
  "JSON under another name": { headers: JSON_TYPE, answer: JSON.stringify({ note: `it is ${VALUE}` }) },
  "a text in base64": { answer: `it is ${Buffer.from(`x${VALUE}y`).toString("base64")}.` },
  "a text in base64 for URLs": { answer: Buffer.from(`xy${VALUE}`).toString("base64url") },
  "a text in hexadecimal digits": { answer: Buffer.from(VALUE).toString("hex") },
  bytes: { answer: Buffer.from(`\0${VALUE}\xff`, "latin1") },
  "a body that is sent": { method: "POST", body: `it is ${VALUE}` },
  "an error": { status: null, error: new Error(`${VALUE} is wrong`) },
  "a method": { method: `X${VALUE}` },
};

/** The text, and what may stand in base64 in it. */
function shown(text: string): string {
  const decoded = [...text.matchAll(/[\w+/-]{8,}/g)].flatMap(([run]) =>
    [0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), "base64").toString("latin1")),
  );
  const digits = [...text.matchAll(/[\da-f]{8,}/gi)].map(([run]) =>
    Buffer.from(run, "hex").toString("latin1"),
  );
  return [text, ...decoded, ...digits].join("\n");
}

describe("a secret", () => {
  it.for(Object.entries(PLANTED))(
    "that is %s is hidden there, and wherever it stands again",
    ([, planted]) => {
      const again = Object.values(AGAIN);
      for (const order of [
        [planted, ...again],
        [...again, planted],
      ]) {
        const teller = new Teller({ bodies: "all" });
        for (const said of order) teller.message(said);
        const har = teller.recorder.har();
        expect(har.log.entries.length).toBe(order.length);
        for (const entry of har.log.entries) expect(shown(JSON.stringify(entry))).not.toContain(VALUE);
        expect(shown(teller.recorder.toCurl())).not.toContain(VALUE);
        expectSound(har);
      }
    },
  );

  it.for(Object.entries(AGAIN))("that nobody knows to be one stands in %s", ([, said]) => {
    // Else the test above would see nothing.
    expect(shown(JSON.stringify(harOf([said])))).toContain(VALUE);
  });

  it("of a message that is not kept any more is hidden still", () => {
    const teller = new Teller({ bodies: "all", maxEntries: 2 });
    teller.message({ headers: JSON_TYPE, answer: JSON.stringify({ access_token: VALUE }) });
    for (let at = 0; at < 5; at++) teller.message({ url: `https://example.com/${VALUE}` });
    expect(JSON.stringify(teller.recorder.har())).not.toContain(VALUE);
  });

  it("of a body that is not kept is hidden elsewhere, when the program sent it", () => {
    const har = harOf(
      [
        { method: "POST", sent: FORM_TYPE, body: `password=${VALUE}` },
        { url: `https://example.com/${VALUE}` },
      ],
      { bodies: "none" },
    );
    expect(JSON.stringify(har)).not.toContain(VALUE);
  });

  it("that breaks off where a body is cut off is hidden", () => {
    const text = `${"x".repeat(90)} ${VALUE}`;
    const teller = new Teller({ bodies: "all", maxBodyBytes: 97 });
    teller.message({ sent: { Authorization: `Bearer ${VALUE}` } });
    teller.message({ answer: text });
    expect(teller.recorder.har().log.entries[1]?.response.content.text).toBe(`${"x".repeat(90)} ***`);
  });

  it("does not take a log apart that is a word of it, a host or a place", () => {
    const words = [
      "complete",
      "retry",
      "call",
      "fetch",
      "1.2",
      "example.com",
      "https://example.com",
      "/items",
      "2026-01-01",
    ];
    const har = harOf([
      {
        url: "https://example.com/items",
        sent: { Cookie: words.map((word, at) => `c${at}=${word}`).join("; ") },
      },
    ]);
    expectSound(har);
    expect(har.log.entries[0]).toMatchObject({
      startedDateTime: "2026-01-01T00:00:00.000Z",
      request: { url: "https://example.com/items" },
      _sojourn: { outcome: "complete", reason: "call" },
    });
  });

  it("that is a URL as a whole leaves URLs in the log", () => {
    const secret = "https://example.com/reset?x=AbCdEfGh1234";
    const har = harOf([{ url: secret, sent: { Cookie: `next=${secret}` } }]);
    expectSound(har);
    expect(JSON.stringify(har)).not.toContain("AbCdEfGh1234");
  });

  it("is not the name of an author", () => {
    const har = harOf([
      { headers: JSON_TYPE, answer: JSON.stringify({ author: "Jane Austen" }) },
      { answer: "by Jane Austen" },
    ]);
    expect(har.log.entries[1]?.response.content.text).toBe("by Jane Austen");
  });
});

describe("a session with a recorder", () => {
  /** What a program may see of what was recorded. */
  async function written(run: (session: Session, url: string) => Promise<unknown>): Promise<string> {
    await using origin = await indiscreet();
    await using session = new Session({ trustEnv: false });
    using recorder = session.record({ bodies: "all" });
    const news: unknown[] = [];
    recorder.onEntry((one) => news.push(one));
    await run(session, origin.url);
    const har = recorder.har();
    expectSound(har);
    const texts = [
      ...har.log.entries.map((entry) => JSON.stringify(entry)),
      JSON.stringify(har.log._sojourn),
    ];
    return [
      ...texts,
      recorder.toCurl(),
      JSON.stringify(recorder),
      inspect(recorder, { depth: 9 }),
      JSON.stringify(news),
    ].join("\n");
  }

  async function everything(session: Session, url: string, secret: Secret): Promise<void> {
    const headers = { "X-Token": secret.text };
    for (const path of ["/hop", "/loop", "/error", "/text", "/short", "/gzip", "/next"])
      await session
        .post(`${url}${path}?token=${encodeURIComponent(secret.text)}`, {
          headers,
          json: { password: secret.text },
        })
        .catch(() => undefined);
    await session.post(url, { data: { password: secret.text, secret: secret.text } });
    await session.get(`${url}/${encodeURIComponent(secret.text)}`, { params: { q: secret.text } });
  }

  it("shows no secret, whatever is in it", async () => {
    await fc.assert(
      fc.asyncProperty(anySecret, async (secret) => {
        const text = await written(async (session, url) => {
          session.auth = new HttpBasicAuth("user", secret.text);
          await everything(session, url, secret);
        });
        expect(leaks(text, secret)).toEqual([]);
      }),
      { numRuns: runs(10) },
    );
  });

  it("shows no cookie", async () => {
    await fc.assert(
      fc.asyncProperty(cookieSecret, async (secret) => {
        await using origin = await startOrigin((request, response) => {
          response.setHeader("Set-Cookie", `sid=${secret.text}`);
          response.end(`you have ${request.headers.cookie ?? "none"}`);
        });
        const text = await written(async (session) => {
          await session.get(origin.url);
          await session.get(origin.url, { cookies: { other: secret.text } });
        });
        expect(leaks(text, secret)).toEqual([]);
      }),
      { numRuns: runs(10) },
    );
  });
});
