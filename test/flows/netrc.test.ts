/** netrc on the way of a request: after what the program said, and only as far as redirects let it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { Request, Session, toFetch, type SessionOptions } from "../../src/index.ts";
import { startWayUp, type WayUp } from "../support/http-to-https.ts";

let host: WayUp;
let folder = "";

beforeAll(async () => {
  host = await startWayUp();
  folder = mkdtempSync(join(tmpdir(), "netrc-"));
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});
beforeEach(() => void (host.arrived as unknown[]).splice(0));
afterEach(() => vi.unstubAllEnvs());

/** A session of a user who has such a file. */
function sessionWith(text: string | Uint8Array, options: Partial<SessionOptions> = {}): Session {
  const path = join(folder, crypto.randomUUID());
  writeFileSync(path, text, { mode: 0o600 });
  vi.stubEnv("NETRC", path);
  return new Session({
    trustEnv: { netrc: true, proxies: false, ca: false },
    proxy: host.proxy,
    verify: host.ca,
    ...(options as object),
  });
}

/** User and password of each message. */
function sent(): (string | null)[] {
  return host.arrived.map(({ headers: { authorization } }) =>
    authorization === undefined
      ? null
      : Buffer.from(String(authorization).slice("Basic ".length), "base64").toString(),
  );
}

function leading(...urls: readonly string[]): string {
  return urls.reduceRight((to, url) => (to === "" ? url : `${url}?to=${encodeURIComponent(to)}`), "");
}

const TWO = "machine one.test login personal password secret\nmachine one.test login deploy password right\n";

describe("netrc", () => {
  it.for([
    ["http://one.test/", "deploy:right"],
    ["http://robot:token@one.test/", "robot:token"],
    ["http://personal@one.test/", "personal:secret"],
    ["http://deploy@one.test/", "deploy:right"],
    ["http://deploy:@one.test/", "deploy:"],
    ["http://deploy:mine@one.test/", "deploy:mine"],
    ["http://nobody@one.test/", "nobody:"],
    ["http://two.test/", null],
  ] as const)("for %s gives %s, however it is sent", async ([url, expected]) => {
    await using session = sessionWith(TWO);
    await session.get(url);
    await session.send(session.prepareRequest(new Request("GET", url)));
    if (!url.includes("@")) await toFetch(session)(url);
    expect(new Set(sent())).toEqual(new Set([expected]));
  });

  it("gives way to what the program says outright", async () => {
    await using session = sessionWith(TWO, { baseUrl: "http://one.test" });
    await session.get("/", { auth: ["a", "b"] });
    await session.get("/", { auth: false });
    await session.get("/", { headers: { Authorization: "Basic YTpi" } });
    expect(sent()).toEqual(["a:b", null, "a:b"]);
  });

  it("of Windows, or of an old editor, is read as it was meant", async () => {
    const text = "machine one.test\r\n  login CORP\\user\r\n  password p\u00e4ss\r\n";
    const files = [
      Buffer.from(text),
      Buffer.from(`\ufeff${text}`),
      Buffer.from(`\ufeff${text}`, "utf16le"),
      Buffer.from(text.replace(/\r\n/g, "\r")),
    ];
    for (const file of files) {
      await using session = sessionWith(file);
      await session.get("http://one.test/");
    }
    expect(sent()).toEqual(files.map(() => "CORP\\user:p\u00e4ss"));
  });

  it("is read with the first request, and only once", async () => {
    await using session = sessionWith("");
    const later = join(folder, crypto.randomUUID());
    vi.stubEnv("NETRC", later);
    writeFileSync(later, "machine one.test login first password one");
    await session.get("http://one.test/");
    writeFileSync(later, "machine one.test login second password two");
    await session.get("http://one.test/");
    expect(sent()).toEqual(["first:one", "first:one"]);
  });

  it("is remembered as missing too", async () => {
    await using session = sessionWith("");
    const later = join(folder, crypto.randomUUID());
    vi.stubEnv("NETRC", join(folder, "none"));
    await session.get("http://one.test/");
    vi.stubEnv("NETRC", later);
    writeFileSync(later, TWO);
    await session.get("http://one.test/");
    expect(sent()).toEqual([null, null]);
  });

  it("with a word that nobody knows gives the rest, and tells where that word is, once", async () => {
    const warnings: string[] = [];
    const note = ({ name, message }: Error): void => void (name === "NetrcWarning" && warnings.push(message));
    process.on("warning", note);
    const session = sessionWith("machine two.test\n  login a\n  password s3cret\n  method s3cret\n" + TWO);
    for (const url of ["http://one.test/", "http://two.test/", "http://one.test/"]) await session.get(url);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", note);
    await session.close();
    expect(sent()).toEqual(["deploy:right", "a:s3cret", "deploy:right"]);
    expect(warnings).toEqual([expect.stringContaining(`${process.env["NETRC"]}, line 4: `)]);
    expect(warnings.join("")).not.toContain("s3cret");
  });
});

describe("netrc on a redirect", () => {
  const file = "machine two.test login two password 2\ndefault login any password 0\n";

  it.for<readonly [what: string, urls: readonly string[], expected: readonly (string | null)[]]>([
    ["stays on its host", ["http://one.test/a", "http://one.test/b"], ["any:0", "any:0"]],
    ["stays on its host, other ports too", ["http://one.test/a", "http://one.test:81/b"], ["any:0", "any:0"]],
    ["goes up to TLS", ["http://one.test/a", "https://one.test/b"], ["any:0", "any:0"]],
    ["speaks for a host that it names", ["http://one.test/a", "http://two.test/b"], ["any:0", "two:2"]],
    [
      "has no default for a host that nobody asked",
      ["http://two.test/a", "http://one.test/b"],
      ["two:2", null],
    ],
    [
      "has none either when it leads back",
      ["http://one.test/a", "http://two.test/b", "http://one.test/c"],
      ["any:0", "two:2", null],
    ],
    ["never goes from https to http", ["https://one.test/a", "http://one.test/b"], ["any:0", null]],
    [
      "never goes from https to http, named or not",
      ["https://one.test/a", "http://two.test/b", "https://two.test/c"],
      ["any:0", null, null],
    ],
    [
      "speaks for a host that it names, over TLS",
      ["https://one.test/a", "https://two.test/b"],
      ["any:0", "two:2"],
    ],
  ])("%s", async ([, urls, expected]) => {
    await using session = sessionWith(file);
    await session.get(leading(...urls));
    expect(sent()).toEqual(expected);
    // And the same by hand, hop by hop.
    (host.arrived as unknown[]).splice(0);
    let response = await session.get(leading(...urls), { allowRedirects: false });
    while (response.next !== null) response = await session.send(response.next, { allowRedirects: false });
    expect(sent()).toEqual(expected);
  });

  it("goes along to an origin that the program trusts", async () => {
    await using session = sessionWith(file, { trustedOrigins: ["http://one.test"] });
    await session.get(leading("http://two.test/a", "http://one.test/b"));
    expect(sent()).toEqual(["two:2", "two:2"]);
  });
});
