/** What a session takes from the environment: each part with its switch, read once, and behind all that the program says. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { Session, wireResponse, type Adapter, type SessionOptions } from "../../src/index.ts";

/** What reached the adapter of what the environment says, and of what the program says. */
interface Seen {
  readonly proxy: string | null;
  readonly bundle: string | null;
  readonly authorization: string | null;
}

/** A session whose requests end at an adapter that notes. */
function noting(options: Omit<SessionOptions, "stream">): {
  readonly session: Session;
  readonly seen: Seen[];
} {
  const seen: Seen[] = [];
  const adapter: Adapter = {
    send: async ({ headers }, { proxies, verify }) => {
      seen.push({
        proxy: proxies.environment.byKey.get("https") ?? null,
        bundle: verify.kind === "path" ? verify.path : null,
        authorization: headers.get("authorization"),
      });
      return wireResponse({ status: 200 });
    },
    close: async () => {},
  };
  return { session: new Session(options).mount("https://", adapter), seen };
}

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString("base64")}`;
const whole: Seen = {
  proxy: "http://proxy.test:3128",
  bundle: "/bundle.pem",
  authorization: basic("user:pass"),
};
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sojourn-environment-"));
  await writeFile(join(folder, "netrc"), "machine a.test login user password pass\n");
  await writeFile(join(folder, "other"), "machine a.test login other password pass\n");
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (/(?:_proxy|_ca_bundle|^netrc)$/i.test(name)) vi.stubEnv(name, undefined);
  vi.stubEnv("https_proxy", "http://proxy.test:3128");
  vi.stubEnv("REQUESTS_CA_BUNDLE", "/bundle.pem");
  vi.stubEnv("NETRC", join(folder, "netrc"));
});
afterEach(() => vi.unstubAllEnvs());

describe("the environment", () => {
  it.for([
    [undefined, whole],
    [true, whole],
    [{}, whole],
    [false, { proxy: null, bundle: null, authorization: null }],
    [{ proxies: false }, { ...whole, proxy: null }],
    [{ ca: false }, { ...whole, bundle: null }],
    [{ netrc: false }, { ...whole, authorization: null }],
    [
      { proxies: false, ca: false },
      { ...whole, proxy: null, bundle: null },
    ],
  ] as const)("with trustEnv: %j gives %j", async ([trustEnv, expected]) => {
    const { session, seen } = noting({ trustEnv });
    await session.get("https://a.test/");
    expect(seen).toEqual([expected]);
  });

  it("is read once in a session, with its first request", async () => {
    const { session, seen } = noting({});
    vi.stubEnv("REQUESTS_CA_BUNDLE", "/before.pem");
    await session.get("https://a.test/");
    vi.stubEnv("https_proxy", "http://other.test:3128");
    vi.stubEnv("REQUESTS_CA_BUNDLE", "/after.pem");
    vi.stubEnv("NETRC", join(folder, "other"));
    await session.get("https://a.test/");
    await session.get("https://a.test/", { params: { own: "settings" }, timeout: 5 });
    expect(seen).toEqual(Array(3).fill({ ...whole, bundle: "/before.pem" }));

    const later = noting({});
    await later.session.get("https://a.test/");
    expect(later.seen).toEqual([
      { proxy: "http://other.test:3128", bundle: "/after.pem", authorization: basic("other:pass") },
    ]);
  });

  it.for([
    ["the session", { verify: "/mine.pem", auth: ["me", "mine"] as const }, {}],
    ["the request", {}, { verify: "/mine.pem", auth: ["me", "mine"] as const }],
  ] as const)("gives way to what %s says", async ([, options, own]) => {
    const { session, seen } = noting(options);
    await session.get("https://a.test/", own);
    expect(seen).toEqual([{ ...whole, bundle: "/mine.pem", authorization: basic("me:mine") }]);
  });

  it.for([
    ["the session", { verify: false, auth: false }, {}],
    ["the request", {}, { verify: false, auth: false }],
  ] as const)("gives way to %s that wants none of it", async ([, options, own]) => {
    const { session, seen } = noting(options);
    await session.get("https://a.test/", own);
    expect(seen).toEqual([{ ...whole, bundle: null, authorization: null }]);
  });
});
