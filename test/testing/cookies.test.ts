/** Endpoints that show, set and delete cookies. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestServer } from "../../testing/index.ts";
import type { TestServer } from "../../testing/index.ts";
import { ask, askJson } from "./ask.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const GONE = "Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/";

describe("GET /cookies", () => {
  it.for([
    ["a=1; b=two", { a: "1", b: "two" }],
    ["a=1;b=2 ; c", { a: "1", b: "2", c: "" }],
    ["a=1; a=2", { a: "1" }],
    ["a=b=c", { a: "b=c" }],
    ['a="1 2"; b="\\"\\303\\251\\054"', { a: "1 2", b: '"é,' }],
    ["=1; ; a=", { a: "" }],
  ] as const)("reads %s", async ([cookie, cookies]) => {
    expect((await askJson(server.url, "GET /cookies", { headers: { cookie } })).json).toEqual({ cookies });
  });
});

describe("setting and deleting", () => {
  it.for([
    ["/cookies/set?a=1", ["a=1; Path=/"]],
    ["/cookies/set?a=1&b=2&a=3", ["a=1; Path=/", "b=2; Path=/"]],
    [
      "/cookies/set?a=1%202&b=%C3%A9&c=%22%3B%5C",
      ['a="1 2"; Path=/', 'b="\\303\\251"; Path=/', 'c="\\"\\073\\\\"; Path=/'],
    ],
    ["/cookies/set?a=%0D%0AX:1", ['a="\\015\\012X:1"; Path=/']],
    ["/cookies/set", []],
    ["/cookies/set/a/1", ["a=1; Path=/"]],
    ["/cookies/set/a/b%2Fc", ["a=b/c; Path=/"]],
    ["/cookies/delete?a&b=1", [`a=; ${GONE}`, `b=; ${GONE}`]],
  ] as const)("GET %s redirects to /cookies", async ([path, lines]) => {
    const reply = await ask(server.url, `GET ${path}`);
    expect([reply.status, reply.headers.get("location")]).toEqual([302, "/cookies"]);
    expect(reply.headers.getSetCookie()).toEqual(lines);
  });

  it.for(["/cookies/set?a%20b=1", "/cookies/set?%0D%0A=1", "/cookies/delete?a;b", "/cookies/set/%C3%A9/1"])(
    "GET %s is refused: no cookie can have such a name",
    async (path) => {
      const reply = await ask(server.url, `GET ${path}`);
      expect(reply.status).toBe(400);
      expect(reply.headers.getSetCookie()).toEqual([]);
    },
  );
});
