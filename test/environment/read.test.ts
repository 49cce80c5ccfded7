import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readEnvironment, type Variables } from "../../src/environment/read.ts";

function proxiesOf(env: Variables): Record<string, string> {
  return Object.fromEntries(readEnvironment(env).proxies.byKey);
}

describe("proxies of the environment", () => {
  // PARITY ENV-1, ENV-2, ENV-4.
  it.for([
    ["nothing", {}, {}],
    [
      "each scheme",
      { http_proxy: "h", https_proxy: "s", all_proxy: "a" },
      { http: "h", https: "s", all: "a" },
    ],
    ["capitals", { HTTP_PROXY: "h", HTTPS_PROXY: "s", ALL_PROXY: "a" }, { http: "h", https: "s", all: "a" }],
    ["any scheme", { foo_proxy: "f", WSS_PROXY: "w" }, { foo: "f", wss: "w" }],
    ["mixed case", { Http_Proxy: "h" }, { http: "h" }],
    ["lower case first", { http_proxy: "lower", HTTP_PROXY: "upper" }, { http: "lower" }],
    ["lower case last", { HTTP_PROXY: "upper", http_proxy: "lower" }, { http: "lower" }],
    ["an empty lower-case variable first", { http_proxy: "", HTTP_PROXY: "upper" }, {}],
    ["an empty lower-case variable last", { HTTP_PROXY: "upper", http_proxy: "" }, {}],
    ["an empty upper-case variable", { HTTP_PROXY: "", https_proxy: "s" }, { https: "s" }],
    ["an unset variable", { http_proxy: undefined, HTTP_PROXY: "upper" }, { http: "upper" }],
    ["CGI", { REQUEST_METHOD: "GET", HTTP_PROXY: "evil", HTTPS_PROXY: "s" }, { https: "s" }],
    ["CGI with an empty method", { REQUEST_METHOD: "", HTTP_PROXY: "evil" }, {}],
    ["CGI and mixed case", { REQUEST_METHOD: "GET", Http_Proxy: "evil" }, {}],
    ["CGI and lower case", { REQUEST_METHOD: "GET", HTTP_PROXY: "evil", http_proxy: "h" }, { http: "h" }],
    ["no_proxy", { no_proxy: "a.test", NO_PROXY: "b.test" }, {}],
    ["other names", { _proxy: "x", proxy: "x", http_proxy_x: "x", xhttp_proxyx: "x" }, {}],
  ] as const)("%s", ([, env, expected]) => {
    expect(proxiesOf(env)).toEqual(expected);
  });

  it.for([
    [{}, null],
    [{ no_proxy: "a.test" }, "a.test"],
    [{ NO_PROXY: "b.test" }, "b.test"],
    [{ no_proxy: "a.test", NO_PROXY: "b.test" }, "a.test"],
    [{ no_proxy: "", NO_PROXY: "b.test" }, "b.test"],
    [{ no_proxy: "" }, null],
  ] as const)("of %j the exceptions are %j", ([env, expected]) => {
    expect(readEnvironment({ http_proxy: "h", ...env }).proxies.noProxy).toBe(expected);
  });
});

describe("the CA bundle of the environment", () => {
  // requests' test_env_cert_bundles.
  it.for([
    [{}, null],
    [{ REQUESTS_CA_BUNDLE: "/r" }, { path: "/r", variable: "REQUESTS_CA_BUNDLE" }],
    [{ CURL_CA_BUNDLE: "/c" }, { path: "/c", variable: "CURL_CA_BUNDLE" }],
    [
      { REQUESTS_CA_BUNDLE: "/r", CURL_CA_BUNDLE: "/c" },
      { path: "/r", variable: "REQUESTS_CA_BUNDLE" },
    ],
    [
      { REQUESTS_CA_BUNDLE: "", CURL_CA_BUNDLE: "/c" },
      { path: "/c", variable: "CURL_CA_BUNDLE" },
    ],
    [
      { REQUESTS_CA_BUNDLE: "/r", CURL_CA_BUNDLE: "" },
      { path: "/r", variable: "REQUESTS_CA_BUNDLE" },
    ],
    [{ REQUESTS_CA_BUNDLE: "", CURL_CA_BUNDLE: "" }, null],
    [{ SSL_CERT_FILE: "/s" }, null],
  ] as const)("of %j is %j", ([env, expected]) => {
    expect(readEnvironment(env).caBundle).toEqual(expected === null ? null : { kind: "path", ...expected });
  });
});

describe("the netrc file", () => {
  let root = "";
  const folder = (name: string): string => join(root, name);

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "netrc-"));
    for (const name of ["both", "underscore", "none", "locked/.netrc"])
      mkdirSync(folder(name), { recursive: true });
    writeFileSync(join(folder("both"), ".netrc"), "dot");
    writeFileSync(join(folder("both"), "_netrc"), "underscore");
    writeFileSync(join(folder("underscore"), "_netrc"), "underscore");
    writeFileSync(join(folder("locked"), "_netrc"), "underscore");
    writeFileSync(folder("named"), "named");
  });

  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  const netrcOf = (env: Variables): string | null => readEnvironment(env).readNetrc()?.text ?? null;

  // PARITY ENV-14.
  it("is ~/.netrc, or else ~/_netrc", () => {
    expect(netrcOf({ HOME: folder("both") })).toBe("dot");
    expect(netrcOf({ HOME: folder("underscore") })).toBe("underscore");
    expect(netrcOf({ HOME: folder("none") })).toBe(null);
    expect(netrcOf({ HOME: folder("missing") })).toBe(null);
    expect(netrcOf({ HOME: folder("named") })).toBe(null);
  });

  it("is looked for in USERPROFILE without HOME", () => {
    expect(netrcOf({ USERPROFILE: folder("both") })).toBe("dot");
    expect(netrcOf({ HOME: folder("none"), USERPROFILE: folder("both") })).toBe(null);
    expect(netrcOf({ HOME: "", USERPROFILE: folder("both") })).toBe("dot");
  });

  it("is the one that NETRC names, and no other", () => {
    expect(netrcOf({ HOME: folder("both"), NETRC: folder("named") })).toBe("named");
    expect(netrcOf({ HOME: root, NETRC: "~/named" })).toBe("named");
    expect(netrcOf({ HOME: folder("both"), NETRC: folder("missing") })).toBe(null);
    expect(netrcOf({ HOME: folder("both"), NETRC: "" })).toBe(null);
  });

  it("says nothing when it cannot be read, and hides the next one", () => {
    expect(netrcOf({ HOME: folder("locked") })).toBe(null);
    expect(netrcOf({ NETRC: folder("both") })).toBe(null);
  });

  it("is told of when NETRC names what cannot be read, and passed by when nobody named it", async () => {
    const warnings = await warningsOf(() => {
      netrcOf({ NETRC: root });
      netrcOf({ NETRC: root });
      netrcOf({ HOME: folder("locked") });
      netrcOf({ NETRC: folder("missing") });
    });
    expect(warnings).toEqual([
      `NETRC names ${root}, which cannot be read (EISDIR): no request gets credentials of it`,
    ]);
  });

  it.for<readonly [name: string, bytes: readonly (number | string)[], text: string, charset: string]>([
    ["UTF-8", ["p\u00e4ss"], "p\u00e4ss", "utf8"],
    ["UTF-8 with a mark", [0xef, 0xbb, 0xbf, "p\u00e4ss"], "p\u00e4ss", "utf8"],
    ["UTF-16 of Windows", [0xff, 0xfe, 0x70, 0, 0xe4, 0], "p\u00e4", "utf8"],
    ["UTF-16, big-endian", [0xfe, 0xff, 0, 0x70, 0, 0xe4], "p\u00e4", "utf8"],
    ["latin-1", ["p", 0xe4, "ss"], "p\u00e4ss", "latin1"],
  ])("may be written in %s", ([name, parts, text, charset]) => {
    const path = folder(name);
    writeFileSync(
      path,
      Buffer.concat(parts.map((part) => Buffer.from(typeof part === "number" ? [part] : part))),
    );
    expect(readEnvironment({ NETRC: path }).readNetrc()).toMatchObject({ text, charset });
  });

  it("tells, once, where it was not understood, and not what", async () => {
    const netrc = readEnvironment({ NETRC: folder("named") }).readNetrc();
    const warnings = await warningsOf(() => {
      for (const lines of [[3], [3], [1, 2, 3, 4, 5, 6]]) netrc?.tell(lines);
    });
    expect(warnings).toEqual([
      expect.stringContaining(`${folder("named")}, line 3: `),
      expect.stringContaining(`${folder("named")}, lines 1, 2, 3, 4, 5 and more: `),
    ]);
  });

  it("does not depend on HOME being set", () => {
    expect(homedir()).not.toBe("");
    expect(() => netrcOf({})).not.toThrow();
  });
});

describe("a part that is not trusted", () => {
  const env = { http_proxy: "h", no_proxy: "a.test", REQUESTS_CA_BUNDLE: "/r", NETRC: import.meta.filename };
  const all = { proxies: true, ca: true, netrc: true };

  it.for(["proxies", "ca", "netrc"] as const)("says nothing: %s", (part) => {
    const { proxies, caBundle, readNetrc } = readEnvironment(env, { ...all, [part]: false });
    expect([
      proxies.byKey.size === 0 && proxies.noProxy === null,
      caBundle === null,
      readNetrc() === null,
    ]).toEqual([part === "proxies", part === "ca", part === "netrc"]);
  });

  it("reads the process's variables by default", () => {
    process.env["sojourntest_proxy"] = "x";
    expect(readEnvironment().proxies.byKey.get("sojourntest")).toBe("x");
    delete process.env["sojourntest_proxy"];
  });
});

/** What Node is told to warn of while `act` runs. */
async function warningsOf(act: () => void): Promise<string[]> {
  const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  // What was warned of before is told in a turn of its own.
  await turn();
  const messages: string[] = [];
  const note = ({ name, message }: Error): void => void (name === "NetrcWarning" && messages.push(message));
  process.on("warning", note);
  act();
  await turn();
  process.off("warning", note);
  return messages;
}
