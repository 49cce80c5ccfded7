/** Redirects and statuses. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestServer } from "../../testing/index.ts";
import type { TestServer } from "../../testing/index.ts";
import { ask, askRaw } from "./ask.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe("a redirect", () => {
  it.for([
    // path                             Location ("BASE" stands for the server's URL)
    ["/redirect/1", "/get"],
    ["/redirect/3", "/relative-redirect/2"],
    ["/redirect/3?absolute=true", "BASE/absolute-redirect/2"],
    ["/redirect/1?absolute=TRUE", "BASE/get"],
    ["/relative-redirect/1", "/get"],
    ["/relative-redirect/2", "/relative-redirect/1"],
    ["/absolute-redirect/1", "BASE/get"],
    ["/absolute-redirect/2", "BASE/absolute-redirect/1"],
    ["/redirect-to?url=/a?b%3Dc%23d", "/a?b=c#d"],
    ["/redirect-to?url=//other.test/a/../b", "//other.test/a/../b"],
    ["/redirect-to?url=http://[::1]:80/", "http://[::1]:80/"],
    ["/redirect-to?url=a%20b%2520c/caf%C3%A9", "a%20b%20c/caf%C3%A9"],
    ["/redirect-to?url=", ""],
    ["/links/7", "/links/7/0"],
  ] as const)("from %s goes to %s", async ([path, location]) => {
    const reply = await ask(server.url, `GET ${path}`);
    expect(reply.status).toBe(302);
    expect(reply.headers.get("location")).toBe(location.replace("BASE", server.url));
  });

  it.for([
    ["301", 301],
    ["308", 308],
    ["399", 399],
    ["200", 302],
    ["400", 302],
    ["none", 302],
  ] as const)("may have a status: %s gives %i, for all methods", async ([given, status]) => {
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
      expect((await ask(server.url, `${method} /redirect-to?url=/get&status_code=${given}`)).status).toBe(
        status,
      );
    }
  });

  it.for(["/redirect/0", "/absolute-redirect/0", "/redirect-to"])("is refused for %s", async (path) => {
    expect((await ask(server.url, `GET ${path}`)).status).toBe(400);
  });

  it("chain ends at /get after n hops", async () => {
    const response = await fetch(`${server.url}/redirect/5?absolute=true`);
    expect([response.status, response.redirected, response.url]).toEqual([200, true, `${server.url}/get`]);
  });
});

describe("GET /status", () => {
  it.for([
    // codes            status   header               value
    ["200", 200, "content-length", "0"],
    ["204", 204, "content-length", null],
    ["304", 304, "content-length", null],
    ["301", 301, "location", "/redirect/1"],
    ["302", 302, "location", "/redirect/1"],
    ["303", 303, "location", "/redirect/1"],
    ["305", 305, "location", "/redirect/1"],
    ["307", 307, "location", "/redirect/1"],
    ["308", 308, "location", "/redirect/1"],
    ["300", 300, "location", null],
    ["401", 401, "www-authenticate", 'Basic realm="Fake Realm"'],
    ["406", 406, "content-type", "application/json"],
    ["418", 418, "content-type", "text/plain; charset=utf-8"],
    ["503", 503, "retry-after", null],
    ["999", 999, "location", null],
    ["500:1", 500, "location", null],
    ["200:0,500:0.5", 500, "location", null],
    ["404,404:3", 404, "location", null],
    ["none", 400, "location", null],
    ["200,none", 400, "location", null],
    ["200,", 400, "location", null],
    ["199", 400, "location", null],
    ["2000", 400, "location", null],
  ] as const)("/%s answers %i", async ([codes, status, header, value]) => {
    const reply = await ask(server.url, `GET /status/${codes}`);
    expect([reply.status, reply.headers.get(header)]).toEqual([status, value]);
  });

  it.for(["POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"])("answers %s alike", async (method) => {
    expect((await askRaw(server.url, { method, target: "/status/503" })).status).toBe(503);
  });

  it("407 has a challenge for proxies", async () => {
    const reply = await askRaw(server.url, { target: "/status/407" });
    expect(reply.status).toBe(407);
    expect(reply.rawHeaders).toContain("Proxy-Authenticate");
  });

  it("draws from a list by its weights", async () => {
    const seen = new Set<number>();
    for (let turn = 0; turn < 60; turn++)
      seen.add((await ask(server.url, "GET /status/200,500:2,404:0")).status);
    expect(seen).toEqual(new Set([200, 500]));
  });
});
