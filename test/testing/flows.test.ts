/** What takes more than one request: logging in by form and by API, and failing a few times. */
import { describe, expect, it } from "vitest";

import { startTestServer } from "../../testing/index.ts";
import { ask, askJson } from "./ask.ts";
import type { Reply } from "./ask.ts";

const LOGIN = { username: "user", password: "pass" };

function sessionOf(reply: Reply): string {
  return /^session=[^;]+/.exec(reply.headers.getSetCookie()[0] ?? "")?.[0] ?? "";
}

/** Opens the form, and gives its cookie and its token. */
async function openForm(base: string): Promise<{ readonly cookie: string; readonly token: string }> {
  const form = await ask(base, "GET /login");
  const token = /<input type="hidden" name="csrf_token" value="([^"]+)">/.exec(form.text)?.[1] ?? "";
  return { cookie: sessionOf(form), token };
}

function submit(base: string, cookie: string, fields: Readonly<Record<string, string>>): Promise<Reply> {
  return ask(base, "POST /login", { headers: { cookie }, body: new URLSearchParams(fields) });
}

describe("the login form", () => {
  it("lets in who sends back its token, under a new session id", async () => {
    // Given an open form
    await using server = await startTestServer();
    const { cookie, token } = await openForm(server.url);

    // When it is sent back with name and password
    const reply = await submit(server.url, cookie, { ...LOGIN, csrf_token: token });

    // Then the client is sent on, with another cookie, which scripts cannot read
    expect([reply.status, reply.headers.get("location")]).toEqual([303, "/protected"]);
    expect(sessionOf(reply)).not.toBe(cookie);
    expect(reply.headers.getSetCookie()[0]).toMatch(/; HttpOnly/);
    // And only the new cookie opens the protected page
    const protectedBy = (session: string) =>
      ask(server.url, "GET /protected", { headers: { cookie: session } });
    const page = await protectedBy(sessionOf(reply));
    expect([page.status, JSON.parse(page.text)]).toEqual([200, { authenticated: true, user: "user" }]);
    expect((await protectedBy(cookie)).status).toBe(302);
  });

  it.for([
    // fields                                        status
    [{ ...LOGIN }, 403],
    [{ ...LOGIN, csrf_token: "wrong" }, 403],
    [{ ...LOGIN, password: "wrong", csrf_token: "TOKEN" }, 401],
    [{ ...LOGIN, username: "other", csrf_token: "TOKEN" }, 401],
    [{ csrf_token: "TOKEN" }, 401],
  ] as const)("answers %j with %i", async ([fields, status]) => {
    await using server = await startTestServer();
    const { cookie, token } = await openForm(server.url);
    const csrfToken = "csrf_token" in fields ? { csrf_token: fields.csrf_token.replace("TOKEN", token) } : {};
    const reply = await submit(server.url, cookie, { ...fields, ...csrfToken });
    expect(reply.status).toBe(status);
    expect(reply.headers.getSetCookie()).toEqual([]);
  });

  it("does not take the token of another session, nor one without a session", async () => {
    await using server = await startTestServer();
    const mine = await openForm(server.url);
    const other = await openForm(server.url);
    expect((await submit(server.url, mine.cookie, { ...LOGIN, csrf_token: other.token })).status).toBe(403);
    expect((await submit(server.url, "session=none", { ...LOGIN, csrf_token: mine.token })).status).toBe(403);
  });

  it("is where the protected page sends strangers, whatever they accept", async () => {
    await using server = await startTestServer();
    for (const accept of ["text/html", "application/json"]) {
      const reply = await ask(server.url, "GET /protected", { headers: { accept } });
      expect([reply.status, reply.headers.get("location")]).toEqual([302, "/login?next=/protected"]);
    }
  });

  it("is where a logout leads, and the old cookie is worth nothing then", async () => {
    await using server = await startTestServer();
    const { cookie, token } = await openForm(server.url);
    const session = sessionOf(await submit(server.url, cookie, { ...LOGIN, csrf_token: token }));
    const reply = await ask(server.url, "GET /logout", { headers: { cookie: session } });
    expect([reply.status, reply.headers.get("location")]).toEqual([302, "/login"]);
    expect(reply.headers.getSetCookie()[0]).toMatch(/^session=; Expires=Thu, 01 Jan 1970 .*Max-Age=0/);
    expect((await ask(server.url, "GET /protected", { headers: { cookie: session } })).status).toBe(302);
  });

  it("of another server knows nothing of this login", async () => {
    await using server = await startTestServer();
    await using stranger = await startTestServer();
    const { cookie, token } = await openForm(server.url);
    const session = sessionOf(await submit(server.url, cookie, { ...LOGIN, csrf_token: token }));
    expect((await ask(stranger.url, "GET /protected", { headers: { cookie: session } })).status).toBe(302);
  });
});

describe("the API", () => {
  it("gives a token for name and password, and the user for the token", async () => {
    await using server = await startTestServer();
    const login = await askJson(server.url, "POST /api/login", { body: JSON.stringify(LOGIN) });
    expect(login).toEqual({ status: 200, json: { token: expect.stringMatching(/^[\w-]{32}$/) as unknown } });
    const { token } = login.json as { readonly token: string };
    const me = await askJson(server.url, "GET /api/users/me", {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(me).toEqual({ status: 200, json: { id: 1, name: "user", email: "user@example.com" } });
  });

  it.for([
    // request                body                                             status
    ["POST /api/login", JSON.stringify({ ...LOGIN, password: "wrong" }), 401],
    ["POST /api/login", JSON.stringify({ username: "user" }), 400],
    ["POST /api/login", "null", 400],
    ["POST /api/login", "username=user&password=pass", 400],
    ["GET /api/users/me", null, 401],
  ] as const)("answers %s with %s by %i", async ([request, body, status]) => {
    await using server = await startTestServer();
    const reply = await ask(server.url, request, { body });
    expect(reply.status).toBe(status);
    expect(reply.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
    expect(JSON.parse(reply.text)).toHaveProperty("error");
  });

  it.for(["Bearer wrong", "Basic dXNlcjpwYXNz", "Bearer"])("does not take %s", async (authorization) => {
    await using server = await startTestServer();
    expect((await ask(server.url, "GET /api/users/me", { headers: { authorization } })).status).toBe(401);
  });
});

describe("/flaky", () => {
  it("fails n times for each key, then succeeds, whatever the method", async () => {
    await using server = await startTestServer();
    const seen: unknown[] = [];
    for (const request of [
      "GET /flaky/2?key=a",
      "POST /flaky/2?key=a",
      "GET /flaky/1?key=b",
      "PUT /flaky/2?key=a",
    ]) {
      const { status, json } = await askJson(server.url, request);
      seen.push([status, json]);
    }
    expect(seen).toEqual([
      [503, { attempts: 1 }],
      [503, { attempts: 2 }],
      [503, { attempts: 1 }],
      [200, { attempts: 3 }],
    ]);
  });

  it("succeeds at once for n = 0", async () => {
    await using server = await startTestServer();
    expect(await askJson(server.url, "GET /flaky/0")).toEqual({ status: 200, json: { attempts: 1 } });
  });

  it("tells when to come back, if asked to", async () => {
    await using server = await startTestServer();
    expect((await ask(server.url, "GET /flaky/1?retry_after=3")).headers.get("retry-after")).toBe("3");
    expect((await ask(server.url, "GET /flaky/1?retry_after=3")).headers.get("retry-after")).toBeNull();
  });
});
