/** What goes along from hop to hop, and what does not: redirects over a session. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, describe, expect, it, vi } from "vitest";

import {
  HttpAdapter,
  HttpDigestAuth,
  InvalidSchema,
  Retry,
  Session,
  wireResponse,
  type Adapter,
  type SendOptions,
} from "../../src/index.ts";
import { failureOf, play } from "../support/one-call.ts";
import { answer, redirect, wireServer } from "../support/wire-server.ts";

afterEach(() => vi.unstubAllEnvs());

/** The other name of this machine: another host, and another origin. */
function elsewhere(url: string): string {
  return url.replace("127.0.0.1", "localhost");
}

describe("a client certificate", () => {
  it("is shown to the origin that it was given for, and to no other", async () => {
    const asked: [url: string, cert: SendOptions["cert"]][] = [];
    const targets = ["https://one.test/2", "https://two.test/3", "https://one.test/4"];
    const adapter: Adapter = {
      send: async ({ url }, { cert }) => {
        const location = targets[asked.push([url, cert]) - 1];
        return wireResponse(
          location === undefined ? { status: 200 } : { status: 302, headers: { location } },
        );
      },
      close: async () => {},
    };
    await using session = new Session({ trustEnv: false, cert: "/mine.pem" });
    session.mount("https://", adapter);
    await session.get("https://one.test/1");
    const mine = { cert: "/mine.pem", key: "/mine.pem" };
    expect(asked).toEqual([
      ["https://one.test/1", mine],
      ["https://one.test/2", mine],
      ["https://two.test/3", null],
      ["https://one.test/4", null],
    ]);
  });
});

describe("a digest challenge after a redirect", () => {
  const challenge = answer({
    status: 401,
    headers: [["WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth"']],
  });

  it("is answered on the same origin", async () => {
    const { heard, result } = await play([redirect("/end"), challenge, answer()], (session, url) =>
      session.get(`${url}/start`, { auth: new HttpDigestAuth("user", "pass") }),
    );
    expect(result.status).toBe(200);
    expect(heard[2]?.header("authorization")).toMatch(/^Digest username="user", .*uri="\/end"/);
    expect(result.history.map(({ status }) => status)).toEqual([302, 401]);
  });

  it("is not answered on another one", async () => {
    await using other = await wireServer(challenge);
    const { result } = await play([redirect(elsewhere(`${other.url}/end`))], (session, url) =>
      session.get(`${url}/start`, { auth: new HttpDigestAuth("user", "pass") }),
    );
    expect(result.status).toBe(401);
    expect(other.requests.map((heard) => heard.header("authorization"))).toEqual([null]);
  });
});

describe("netrc on a redirect", () => {
  it.for<[what: string, auth: readonly [string, string] | undefined, sent: (string | null)[]]>([
    ["speaks for each host that it names", undefined, ["one:1", "two:2"]],
    ["says nothing where the caller gave credentials", ["mine", "m"], ["mine:m", null]],
  ])("%s", async ([, auth, sent]) => {
    const folder = await mkdtemp(join(tmpdir(), "sojourn-"));
    const netrc = join(folder, "netrc");
    await writeFile(
      netrc,
      "machine 127.0.0.1 login one password 1\nmachine localhost login two password 2\n",
    );
    vi.stubEnv("NETRC", netrc);
    await using other = await wireServer(answer());
    await using first = await wireServer(redirect(elsewhere(`${other.url}/end`)));
    await using session = new Session({ trustEnv: { proxies: false, ca: false } });
    await session.get(`${first.url}/start`, { auth });
    const credentials = [first, other].map(({ requests }) => {
      const header = requests[0]?.header("authorization") ?? null;
      return header === null ? null : Buffer.from(header.slice("Basic ".length), "base64").toString();
    });
    expect(credentials).toEqual(sent);
    await rm(folder, { recursive: true });
  });
});

describe("a redirect that is not followed", () => {
  it("leaves the body of a streamed response unread, and tells what comes next", async () => {
    const moved = answer({ status: 302, headers: [["Location", "/end"]], body: "moved" });
    const { result } = await play([moved], async (session, url) => {
      const response = await session.get(`${url}/start`, { stream: true, allowRedirects: false });
      return [response.next?.pathUrl, await response.text()];
    });
    expect(result).toEqual(["/end", "moved"]);
  });

  it("because of its scheme is an error that has the response", async () => {
    const { result } = await play([redirect("/two"), redirect("ftp://example.test/x")], (session, url) =>
      failureOf(session.get(`${url}/one`)),
    );
    expect(result).toBeInstanceOf(InvalidSchema);
    expect(result).toMatchObject({ response: { status: 302, history: [{ status: 302 }] } });
  });
});

describe("each hop", () => {
  it("has its own retries, of which response hooks see the last only", async () => {
    const busy = answer({ status: 503 });
    const seen: number[] = [];
    const { heard, result } = await play([busy, redirect("/end"), busy, answer()], (session, url) => {
      session.mount(
        "http://",
        new HttpAdapter({ maxRetries: new Retry({ total: 1, statusForcelist: [503] }) }),
      );
      return session.get(`${url}/start`, { hooks: { response: ({ status }) => void seen.push(status) } });
    });
    expect(heard.map(({ target }) => target)).toEqual(["/start", "/start", "/end", "/end"]);
    expect(seen).toEqual([302, 200]);
    expect(result.attempts.map(({ status }) => status)).toEqual([503]);
    expect(result.history[0]?.attempts.map(({ status }) => status)).toEqual([503]);
  });
});
