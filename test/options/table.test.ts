/**
 * The table of options, row by row: each option is given in each place where it may stand, at birth, later, and as `null`,
 * `undefined` or something wrong. It reaches what it is for, or is an error that names it. A new option needs its row here.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  HstsStore,
  HttpProxyDigestAuth,
  InvalidJSONError,
  Request,
  Session,
  wireResponse,
  type PreparedRequest,
  type RequestOptions,
  type SessionOptions,
} from "../../src/index.ts";
import type { Options, Settings } from "../../src/options/settings.ts";
import { rows, type OptionName, type Place } from "../../src/options/table.ts";

/** What an adapter is asked to send. */
interface Asked {
  readonly request: PreparedRequest;
  readonly settings: Settings;
}

/** What is known of an option. */
interface Known<Name extends OptionName> {
  /** A value that makes a difference. */
  readonly value: Exclude<Options[Name], null | undefined>;
  /** Where the difference is seen. */
  readonly reaches: (asked: Asked) => unknown;
  /** What is seen there with the value. */
  readonly becomes: unknown;
  /** What is seen there with `null`; absent: `null` is refused. */
  readonly off?: unknown;
  readonly wrong: unknown;
  readonly url?: string;
}

const policy = { next: () => ({ kind: "final" as const }) };
const proxyAuth = new HttpProxyDigestAuth("u", "p");
const one = (): void => undefined;
const secured = new HstsStore();
secured.note("a.test", "max-age=1000", Date.now());
const { signal } = new AbortController();

const known: { readonly [Name in OptionName]: Known<Name> } = {
  headers: { value: { "X-A": "1" }, reaches: header("x-a"), becomes: "1", off: null, wrong: 5 },
  params: {
    value: { a: "1" },
    reaches: url,
    becomes: "http://a.test/~x?a=1",
    off: "http://a.test/~x",
    wrong: 5,
  },
  auth: { value: ["u", "p"], reaches: header("authorization"), becomes: "Basic dTpw", off: null, wrong: 5 },
  data: { value: "text", reaches: length, becomes: 4, off: null, wrong: Symbol("x") },
  json: { value: { a: 1 }, reaches: length, becomes: 7, off: 4, wrong: 5n },
  files: { value: { f: "x" }, reaches: header("content-type"), becomes: /^multipart/, off: null, wrong: 5 },
  cookies: { value: { a: "1" }, reaches: header("cookie"), becomes: "a=1", off: null, wrong: 5 },
  idempotencyKey: {
    value: true,
    reaches: header("idempotency-key"),
    becomes: /^.{36}$/,
    off: null,
    wrong: 5,
  },
  baseUrl: {
    value: "http://b.test",
    reaches: url,
    becomes: "http://b.test/x",
    off: "http://a.test/~x",
    wrong: 5,
  },
  hsts: { value: secured, reaches: url, becomes: "https://a.test/~x", off: "http://a.test/~x", wrong: 5 },
  trustEnv: { value: false, reaches: environment, becomes: 0, wrong: 5 },
  timeout: {
    value: 5,
    reaches: ({ settings }) => settings.timeouts.readMs,
    becomes: 5,
    off: null,
    wrong: "5s",
  },
  proxies: {
    value: { http: "http://p.test" },
    reaches: proxy("http"),
    becomes: "http://p.test",
    off: undefined,
    wrong: 5,
  },
  proxy: {
    value: "http://p.test",
    reaches: proxy("all"),
    becomes: "http://p.test",
    off: undefined,
    wrong: 5,
  },
  proxyHeaders: {
    value: { "X-P": "1" },
    reaches: ({ settings }) => settings.proxyHeaders?.get("x-p") ?? null,
    becomes: "1",
    off: null,
    wrong: 5,
  },
  proxyAuth: { value: proxyAuth, reaches: setting("proxyAuth"), becomes: proxyAuth, off: null, wrong: 5 },
  verify: {
    value: false,
    reaches: setting("verify"),
    becomes: { kind: "off" },
    off: { kind: "default" },
    wrong: 5,
  },
  cert: {
    value: "/c.pem",
    reaches: setting("cert"),
    becomes: { cert: "/c.pem", key: "/c.pem" },
    off: null,
    wrong: 5,
  },
  tls: {
    value: { minVersion: "TLSv1.3" },
    reaches: ({ settings }) => settings.tls?.minVersion ?? null,
    becomes: "TLSv1.3",
    off: null,
    wrong: 5,
  },
  addressPolicy: { value: () => true, reaches: isSet("addressPolicy"), becomes: true, off: false, wrong: 5 },
  trustedOrigins: {
    value: ["http://b.test"],
    reaches: setting("trustedOrigins"),
    becomes: new Set(["http://b.test:80"]),
    off: new Set(),
    wrong: 5,
  },
  crossOriginHeaders: {
    value: ["X-Trace"],
    reaches: setting("crossOriginHeaders"),
    becomes: new Set(["x-trace"]),
    off: new Set(),
    wrong: 5,
  },
  hooks: {
    value: { response: one },
    reaches: ({ settings }) => settings.hooks.response,
    becomes: [one],
    off: [],
    wrong: 5,
  },
  http2: { value: true, reaches: setting("http2"), becomes: true, wrong: 5 },
  rawUrl: {
    value: true,
    reaches: url,
    becomes: "http://a.test/./%7ex",
    url: "http://a.test/./%7ex",
    wrong: 5,
  },
  expectContinue: { value: 7, reaches: setting("expectContinueMs"), becomes: 7, off: null, wrong: "7" },
  stream: { value: true, reaches: setting("stream"), becomes: true, wrong: 5 },
  allowRedirects: { value: false, reaches: setting("allowRedirects"), becomes: false, wrong: 5 },
  retry: { value: policy, reaches: setting("retry"), becomes: policy, off: null, wrong: "3" },
  detectEncoding: {
    value: () => null,
    reaches: isSet("detectEncoding"),
    becomes: true,
    off: false,
    wrong: 5,
  },
  maxBodyBytes: { value: 7, reaches: setting("maxBodyBytes"), becomes: 7, off: null, wrong: "7" },
  maxDrainBytes: { value: 7, reaches: setting("maxDrainBytes"), becomes: 7, wrong: -1 },
  maxCodings: { value: 7, reaches: setting("maxCodings"), becomes: 7, wrong: 1.5 },
  maxSetCookies: { value: 7, reaches: setting("maxSetCookies"), becomes: 7, wrong: Number.NaN },
  maxRedirects: { value: 7, reaches: setting("maxRedirects"), becomes: 7, wrong: "7" },
  signal: { value: signal, reaches: setting("signal"), becomes: signal, off: null, wrong: 5 },
  onProgress: { value: one, reaches: setting("onProgress"), becomes: one, off: null, wrong: 5 },
};

function setting(name: keyof Settings): Known<"data">["reaches"] {
  return ({ settings }) => settings[name];
}

function isSet(name: keyof Settings): Known<"data">["reaches"] {
  return ({ settings }) => settings[name] !== null;
}

function header(name: string): Known<"data">["reaches"] {
  return ({ request }) => request.headers.get(name);
}

function proxy(key: string): Known<"data">["reaches"] {
  return ({ settings }) => settings.proxies.explicit.byKey.get(key);
}

function url({ request }: Asked): string {
  return request.url;
}

function length({ request }: Asked): number | null {
  return request.payload?.kind === "bytes" ? request.payload.bytes.byteLength : null;
}

function environment({ settings }: Asked): number {
  return settings.proxies.environment.byKey.size;
}

/** A session whose requests come to nothing but a note. */
class Stub {
  readonly asked: Asked[] = [];
  readonly session: Session<boolean>;
  readonly #url: string;

  constructor(
    options: SessionOptions<boolean>,
    { url: where = "http://a.test/~x" }: { readonly url?: string },
  ) {
    this.#url = where;
    this.session = new Session<boolean>(options);
    const adapter = {
      send: async (request: PreparedRequest, settings: unknown) => {
        this.asked.push({ request, settings: settings as Settings });
        return wireResponse({ status: 200 });
      },
      close: async () => {},
    };
    this.session.mount("http://", adapter).mount("https://", adapter);
  }

  async request(options: RequestOptions<boolean> = {}): Promise<Asked> {
    const isRelative = this.session.baseUrl !== null;
    await this.session.post(isRelative ? "/x" : this.#url, options);
    return this.#last();
  }

  async send(options: object): Promise<Asked> {
    await this.session.send(this.session.prepareRequest(new Request("POST", this.#url)), options);
    return this.#last();
  }

  #last(): Asked {
    const asked = this.asked.at(-1);
    if (asked === undefined) throw new Error("nothing was sent");
    return asked;
  }
}

function expectedOf({ becomes }: Known<"data">): unknown {
  return becomes instanceof RegExp ? (expect.stringMatching(becomes) as unknown) : becomes;
}

/** Gives an option in a place, and sends. */
const ways: {
  readonly [Way in Place | "later"]: (name: OptionName, value: unknown, row: Known<"data">) => Promise<Asked>;
} = {
  session: async (name, value, row) => await new Stub(options(name, value), row).request(),
  later: async (name, value, row) => {
    const stub = new Stub({}, row);
    Reflect.set(stub.session, name, value);
    return await stub.request();
  },
  scope: async (name, value, row) => {
    const stub = new Stub({}, row);
    stub.session.scope("http://a.test", options(name, value));
    return await stub.request();
  },
  request: async (name, value, row) => await new Stub({}, row).request(options(name, value)),
  send: async (name, value, row) => await new Stub({}, row).send(options(name, value)),
};

function options(name: OptionName, value: unknown): RequestOptions & SessionOptions {
  return { [name]: value };
}

const names = Object.keys(known) as OptionName[];
const every = names.flatMap((name) =>
  (Object.keys(ways) as (Place | "later")[]).map((way) => ({ name, way, row: known[name] as Known<"data"> })),
);

function maySay(name: OptionName, way: Place | "later"): boolean {
  return rows[name].at[way === "later" ? "session" : way] !== false;
}

beforeEach(() => {
  for (const name of ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]) vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());

describe.each(every.filter(({ name, way }) => maySay(name, way)))("$name of a $way", ({ name, way, row }) => {
  const say = ways[way];

  it("makes its difference", async () => {
    vi.stubEnv("http_proxy", "http://environment.test");
    const expected = expectedOf(row);
    expect(row.reaches(await say(name, row.value, row))).toEqual(expected);
    expect(row.reaches(await new Stub({}, row).request())).not.toEqual(expected);
  });

  it("is not given as undefined", async () => {
    const plain = row.reaches(await new Stub({}, row).request());
    expect(row.reaches(await say(name, undefined, row))).toEqual(plain);
  });

  it("is off, or refused, as null", async () => {
    const isRefused = !("off" in row) || (name === "idempotencyKey" && way !== "request");
    const said = say(name, null, row).then(row.reaches);
    if (isRefused) await expect(said).rejects.toThrow(new RegExp(`^${name} must be`));
    else expect(await said).toEqual(row.off);
  });

  it("is an error that names it when it is wrong, and nothing is sent", async () => {
    const error: unknown = await say(name, row.wrong, row).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(name === "json" ? InvalidJSONError : Error);
    expect(String(error)).toMatch(new RegExp(`\\b${name === "json" ? "JSON" : name}\\b`, "i"));
  });
});

describe.each(every.filter(({ name, way }) => !maySay(name, way) && way !== "later"))(
  "$name of a $way",
  ({ name, way, row }) => {
    it("is refused by its name", async () => {
      await expect(ways[way](name, row.value, row)).rejects.toThrow(name);
    });
  },
);

describe.each(names.filter((name) => maySay(name, "later")))("a session's field %s", (name) => {
  const row = known[name] as Known<"data">;

  it("is what was set, and undefined takes it back", () => {
    const { session } = new Stub({}, row);
    const before: unknown = Reflect.get(session, name);
    Reflect.set(session, name, row.value);
    const after: unknown = Reflect.get(session, name);
    expect(after).not.toEqual(before);
    Reflect.set(session, name, undefined);
    if (name !== "headers") expect(Reflect.get(session, name)).toEqual(before);
  });

  it("stays as it was when it is set wrongly", () => {
    const { session } = new Stub(options(name, row.value), row);
    const before: unknown = Reflect.get(session, name);
    expect(() => Reflect.set(session, name, row.wrong)).toThrow(name);
    expect(Reflect.get(session, name)).toEqual(before);
  });

  it("may be a field of a class that extends the session", async () => {
    class Named extends Session {
      constructor() {
        super();
        Object.defineProperty(this, name, {
          value: row.value,
          writable: true,
          enumerable: true,
          configurable: true,
        });
      }
    }
    const seen: Asked[] = [];
    await using session = new Named();
    const adapter = {
      send: async (request: PreparedRequest, settings: unknown) => {
        seen.push({ request, settings: settings as Settings });
        return wireResponse({ status: 200 });
      },
      close: async () => {},
    };
    session.mount("http://", adapter).mount("https://", adapter);
    await session.post(name === "baseUrl" ? "/x" : (row.url ?? "http://a.test/~x"));
    const expected = expectedOf(row);
    expect(seen.map(row.reaches)).toEqual([expected]);
  });
});

it("has a row for each option, and no other", () => {
  expect(Object.keys(rows).toSorted()).toEqual(names.toSorted());
});
