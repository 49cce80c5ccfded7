/** Basic and Bearer. */
import { Buffer } from "node:buffer";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestServer } from "../../testing/index.ts";
import type { TestServer } from "../../testing/index.ts";
import { ask } from "./ask.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}

describe("credentials", () => {
  it.for([
    // path                          Authorization           status
    ["/basic-auth/user/pass", "", 401],
    ["/basic-auth/user/pass", basic("user:pass"), 200],
    ["/basic-auth/user/pass", basic("user:pass").replace("Basic", "bAsIc"), 200],
    ["/basic-auth/user/pass", basic("user:wrong"), 401],
    ["/basic-auth/user/pass", basic("other:pass"), 401],
    ["/basic-auth/user/pass", basic("user"), 401],
    ["/basic-auth/user/pass", basic("user:pass").replace("Basic", "Bearer"), 401],
    ["/basic-auth/user/a:b%2Fc", basic("user:a:b/c"), 200],
    ["/basic-auth/%C3%BCser/p%C3%A4ss", basic("üser:päss"), 200],
    ["/hidden-basic-auth/user/pass", "", 404],
    ["/hidden-basic-auth/user/pass", basic("user:wrong"), 404],
    ["/hidden-basic-auth/user/pass", basic("user:pass"), 200],
    ["/bearer", "", 401],
    ["/bearer", "Bearer", 401],
    ["/bearer", basic("user:pass"), 401],
    ["/bearer", "Bearer t0ken", 200],
  ] as const)("GET %s with '%s' answers %i", async ([path, authorization, status]) => {
    const headers = authorization === "" ? {} : { authorization };
    expect((await ask(server.url, `GET ${path}`, { headers })).status).toBe(status);
  });

  it.for([
    ["/basic-auth/user/pass", 'Basic realm="Fake Realm"'],
    ["/hidden-basic-auth/user/pass", null],
    ["/bearer", "Bearer"],
  ] as const)("are asked for by GET %s with the challenge %s", async ([path, challenge]) => {
    expect((await ask(server.url, `GET ${path}`)).headers.get("www-authenticate")).toBe(challenge);
  });

  it.for([
    ["/basic-auth/user/pass", basic("user:pass"), { authenticated: true, user: "user" }],
    ["/bearer", "Bearer reBearer.B", { authenticated: true, token: "reBearer.B" }],
  ] as const)("are confirmed by GET %s", async ([path, authorization, expected]) => {
    const reply = await ask(server.url, `GET ${path}`, { headers: { authorization } });
    expect(JSON.parse(reply.text)).toEqual(expected);
  });
});
