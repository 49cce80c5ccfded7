/** Fields of a session: what is read of them is a view of a copy; a value is set whole. */
import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import {
  AppAdapter,
  HeaderMap,
  HttpBasicAuth,
  PreparedRequest,
  Request,
  Retry,
  Session,
  type RequestOptions,
  type WireResponse,
} from "../../src/index.ts";
import type { CallPlan } from "../../src/options/settings.ts";

const one = (): void => undefined;
const two = (): void => undefined;

/** The URL of a GET that says nothing itself. */
function urlOf(session: Session): string {
  return session.prepareRequest(new Request("GET", "http://a.test/")).url;
}

describe("what is read of a session", () => {
  it.for<[change: string, line: string]>([
    ["session.proxies.https = 'http://p'", "session.proxies = { ...session.proxies, https: … }"],
    ["delete session.proxies.http", "session.proxies = { ...session.proxies, http: … }"],
    ["Object.assign(session.proxies, { all: null })", "session.proxies = { ...session.proxies, all: … }"],
    ["session.proxies['http://u:pw@h'] = null", 'session.proxies = { ...session.proxies, "http…": … }'],
    ["session.params.page = 2", "session.params = { ...session.params, page: … }"],
    ["session.params.list.push('c')", "session.params = { ...session.params, list: … }"],
    ["session.timeout.read = 1", "session.timeout = { ...session.timeout, read: … }"],
    ["session.hooks.request = null", "session.hooks = { ...session.hooks, request: … }"],
    ["session.hooks.response.push(() => {})", "session.hooks = { ...session.hooks, response: … }"],
    ["session.hooks.response.length = 0", "session.hooks = { ...session.hooks, response: … }"],
    ["session.tls.pins[0] = ''", "session.tls = { ...session.tls, pins: … }"],
    [
      "session.trustedOrigins.push('https://b.test')",
      "session.trustedOrigins = [...session.trustedOrigins, …]",
    ],
    ["session.crossOriginHeaders.sort()", "session.crossOriginHeaders = [...session.crossOriginHeaders, …]"],
    ["session.proxyHeaders[0][1] = 'x'", "session.proxyHeaders = [...session.proxyHeaders, …]"],
    ["session.cert[0] = 'x'", "session.cert = [...session.cert, …]"],
    ["session.auth[1] = 'x'", "session.auth = [...session.auth, …]"],
    ["session.trustEnv.proxies = true", "session.trustEnv = { ...session.trustEnv, proxies: … }"],
    ["Object.defineProperty(session.tls, 'crl', { value: 1 })", "session.tls = { ...session.tls, crl: … }"],
    ["Object.freeze(session.timeout)", "session.timeout = { ...session.timeout, "],
    [
      "Object.getOwnPropertyDescriptor(session.hooks, 'response').value.push(() => {})",
      "session.hooks = { ...session.hooks, response: … }",
    ],
    ["Object.setPrototypeOf(session.proxies, {})", "session.proxies = { ...session.proxies, "],
  ])("is not changed in place: %s", ([change, line]) => {
    const session = new Session({
      proxies: { http: "http://p.test" },
      params: { list: ["a", "b"] },
      timeout: { total: 5 },
      hooks: { response: [one, two] },
      tls: { pins: ["ab".repeat(32)] },
      trustedOrigins: ["http://a.test"],
      crossOriginHeaders: ["X-B", "X-A"],
      proxyHeaders: new Headers({ "X-P": "1" }),
      cert: ["/c.pem", "/c.key"],
      auth: ["u", "p"],
      trustEnv: { proxies: false },
    });
    const before = inspect([session.proxies, session.params, session.timeout, session.hooks, session.tls]);
    for (const strict of ["", "'use strict';"]) {
      // A script that is not strict would not hear of a write to what is frozen.
      // oxlint-disable-next-line typescript/no-implied-eval -- only so there is code that is not strict
      const write = new Function("session", `${strict} ${change}`) as (session: Session) => void;
      expect(() => write(session)).toThrow(TypeError);
      expect(() => write(session)).toThrow(`cannot be changed in place: write ${line}`);
    }
    expect(inspect([session.proxies, session.params, session.timeout, session.hooks, session.tls])).toBe(
      before,
    );
  });

  it("is set anew with what was there", () => {
    const session = new Session({ params: { a: "1" }, proxies: { http: "http://p.test" } });
    session.params = { ...(session.params as object), b: "2" };
    session.proxies = { ...session.proxies, https: null };
    expect(urlOf(session)).toBe("http://a.test/?a=1&b=2");
    expect(session.proxies).toEqual({ http: "http://p.test", https: null });
    session.trustedOrigins = [...(session.trustedOrigins ?? []), "http://b.test"];
    expect(session.trustedOrigins).toEqual(["http://b.test"]);
  });

  it("reads like what was given", () => {
    const given = { connect: 5, read: null };
    const session = new Session({ timeout: given, hooks: { response: [one] }, auth: ["u", "p"] });
    expect(session.timeout).toEqual(given);
    expect(session.timeout).not.toBe(given);
    expect(JSON.stringify(session.timeout)).toBe('{"connect":5,"read":null}');
    expect(inspect(session.timeout)).toBe("{ connect: 5, read: null }");
    expect(session.hooks?.response).toBe(session.hooks?.response);
    expect((session.auth as readonly string[]).map((part) => part.toUpperCase())).toEqual(["U", "P"]);
    expect(structuredClone({ ...(session.timeout as object) })).toEqual(given);
  });

  it("is what was given where that is of a class, or a function", () => {
    const auth = new HttpBasicAuth("u", "p");
    const retry = new Retry({ total: 2 });
    const detectEncoding = (): null => null;
    const session = new Session({ auth, retry, detectEncoding });
    expect([session.auth, session.retry, session.detectEncoding]).toEqual([auth, retry, detectEncoding]);
    expect(session.auth).toBe(auth);
    expect(session.retry).toBe(retry);
  });

  it("is undefined where nobody has set anything, but for stream and trustEnv", () => {
    const session = new Session();
    expect([session.timeout, session.params, session.maxRedirects]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([session.stream, session.trustEnv]).toEqual([false, true]);
  });
});

describe("a value that was set", () => {
  it("does not change with the program's own object", () => {
    const params = { a: "1", list: ["x"] };
    const verify = Buffer.from("-----BEGIN CERTIFICATE-----");
    const hooks = { response: [one] };
    const session = new Session({ params, verify, hooks });
    params.a = "2";
    params.list.push("y");
    verify.fill(0);
    hooks.response.push(two);
    expect(urlOf(session)).toBe("http://a.test/?a=1&list=x");
    expect(session.params).toEqual({ a: "1", list: ["x"] });
    expect(Buffer.from(session.verify as Uint8Array).toString()).toBe("-----BEGIN CERTIFICATE-----");
    expect(session.hooks).toEqual({ response: [one] });
  });

  it("of bytes is read as a copy", () => {
    const session = new Session({ verify: Buffer.from("-----BEGIN CERTIFICATE-----") });
    (session.verify as Uint8Array).fill(0);
    expect(Buffer.from(session.verify as Uint8Array).toString()).toBe("-----BEGIN CERTIFICATE-----");
  });

  it.for<[string, () => RequestOptions["params"]]>([
    ["URLSearchParams", () => new URLSearchParams("a=1&b=2&a=3")],
    [
      "a Map",
      () =>
        new Map([
          ["a", "1"],
          ["b", "2"],
          ["a ", "3"],
        ]),
    ],
    ["FormData", () => formData() as Iterable<[string, string]>],
    [
      "pairs",
      () => [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    ["a generator", () => pairs()],
  ])("of pairs is a list of them, and is sent each time: %s", ([, make]) => {
    const session = new Session({ params: make() });
    const expected = [...(make() as Iterable<unknown>)];
    expect(session.params).toEqual(expected);
    expect(urlOf(session)).toBe(urlOf(session));
    const [given, set] = [urlOf(session), new Session()];
    set.params = make();
    expect([urlOf(set), urlOf(set)]).toEqual([given, given]);
    expect(given).toContain("?a=1&b=2");
  });

  it("may be read from another session", () => {
    const first = new Session({ params: { a: "1" }, hooks: { response: [one] }, timeout: { read: 5 } });
    const second = new Session({ params: first.params, hooks: first.hooks, timeout: first.timeout });
    first.params = null;
    expect(urlOf(second)).toBe("http://a.test/?a=1");
    expect(second.hooks).toEqual({ response: [one] });
  });

  it("is one of a query: what that cannot hold is refused at once", () => {
    const session = new Session();
    expect(() => (session.params = { a: {} as never })).toThrow(TypeError);
    expect(() => session.scope("http://a.test", { params: { a: {} as never } })).toThrow(TypeError);
    expect(session.params).toBeUndefined();
  });
});

describe("what a session keeps", () => {
  const signed = (session: Session): string | null => {
    const request = session.prepareRequest(new Request("GET", "http://a.test/"));
    return request.headers.get("x-token");
  };

  it("is the program's own object where that has methods, be it a literal", () => {
    const auth = {
      token: "a",
      apply(request: PreparedRequest): PreparedRequest {
        request.headers.set("X-Token", this.token);
        return request;
      },
    };
    const session = new Session({ auth });
    auth.token = "b";
    expect(signed(session)).toBe("b");
    expect(session.auth).toBe(auth);
    const retry = { total: 1, next: () => null } as never;
    const hsts = { covers: () => false, note: () => undefined } as never;
    const proxyAuth = { authorize: () => null, onChallenge: () => false };
    Object.assign(session, { retry, hsts, proxyAuth });
    expect(session.retry).toBe(retry);
    expect(session.hsts).toBe(hsts);
    expect(session.proxyAuth).toBe(proxyAuth);
  });

  it("is no URL of the program's, which can be changed", () => {
    const url = new URL("https://b.test");
    const session = new Session({ trustedOrigins: [url] });
    url.host = "c.test";
    expect(session.trustedOrigins).toEqual([new URL("https://b.test")]);
    for (const shown of session.trustedOrigins ?? []) (shown as URL).host = "d.test";
    expect(session.trustedOrigins).toEqual([new URL("https://b.test")]);
  });

  it("is no object of a class, from which headers were read", () => {
    class Fields {
      [name: string]: string;
    }
    const fields = Object.assign(new Fields(), { "X-Token": "a" });
    const session = new Session().scope("http://a.test", { headers: fields });
    session.proxyHeaders = fields;
    fields["X-Token"] = "b";
    expect(signed(session)).toBe("a");
    expect(session.proxyHeaders).toEqual([["X-Token", "a"]]);
  });

  it("of a Map in a scope replaces name by name", () => {
    const session = new Session({ params: { a: "1", b: "1" } });
    const params = new Map([["a", "2"]]);
    session.scope("http://a.test", { params });
    params.set("a", "3");
    expect(urlOf(session)).toBe("http://a.test/?a=2&b=1");
  });

  it("is checked as that of a request is", () => {
    const params = new Set([["a", "1"]]) as never;
    expect(() => new Session({ params })).toThrow("not Set");
    for (const headers of [new Date(0), Promise.resolve({}), "A: b", 5] as never[]) {
      const session = new Session();
      expect(() => new Session({ headers })).toThrow("headers must be a record, pairs, Headers");
      expect(() => (session.headers = headers)).toThrow("headers must be a record, pairs, Headers");
      expect(session.headers.size).toBe(4);
    }
  });

  it("is refused with its name, also where it holds itself", () => {
    const cyclic: Record<string, unknown> = {};
    cyclic["cyclic"] = cyclic;
    for (const name of ["auth", "params", "proxies", "timeout", "tls", "hooks", "cert", "agent"])
      expect(() => new Session({ [name]: cyclic })).toThrow(new RegExp(`^(unknown option ")?${name}`));
  });
});

it("headers of a call that can be read once are read as others are", () => {
  const session = new Session();
  const headersOf = (headers: Iterable<[string, string]>): (string | null)[] => {
    const sent = session.prepareRequest(new Request("GET", "http://a.test/", { headers })).headers;
    return [sent.get("range"), sent.get("accept-encoding")];
  };
  const given: [string, string][] = [
    ["Range", "bytes=0-"],
    ["Accept-Encoding", new HeaderMap(session.headers).get("accept-encoding") ?? ""],
  ];
  expect(headersOf(given.values())).toEqual(headersOf(given));
});

it("auth of a session is not for a request that it did not prepare, nor where that leads", async () => {
  const session = new Session({ auth: ["u", "p"], trustEnv: false });
  const seen: (string | null)[] = [];
  const app = new AppAdapter((request) => {
    seen.push(request.headers.get("authorization"));
    const headers = { Location: "/b" };
    return request.url.endsWith("/a") ? new Response(null, { status: 302, headers }) : new Response("b");
  });
  session.mount("http://a.test", app);
  const prepared = new PreparedRequest({
    method: "GET",
    url: "http://a.test/a",
    headers: new HeaderMap(),
    payload: null,
  });
  expect((await session.send(prepared)).status).toBe(200);
  expect(seen).toEqual([null, null]);
});

it("cert of a session with a base URL is shown to no other origin", async () => {
  const session = new Session({ baseUrl: "http://a.test", cert: "/c.pem", trustEnv: false });
  const seen: unknown[] = [];
  class Noting extends AppAdapter {
    override async send(
      ...[request, options, signal]: Parameters<AppAdapter["send"]>
    ): Promise<WireResponse> {
      seen.push(options.cert);
      return super.send(request, options, signal);
    }
  }
  session.mount("http://", new Noting(() => new Response("x")));
  for (const url of ["/x", "http://b.test/x"]) await session.get(url);
  expect(seen).toEqual([{ cert: "/c.pem", key: "/c.pem" }, null]);
});

describe("fields of a class that extends Session", () => {
  it("are an error of each call as long as one is wrong", () => {
    class Client extends Session {
      override addressPolicy = "privat" as never;
      override params = { a: "1" };
    }
    const client = new Client();
    for (const _ of [1, 2]) expect(() => urlOf(client)).toThrow("addressPolicy must be");
    client.addressPolicy = null as never;
    expect(urlOf(client)).toBe("http://a.test/?a=1");
  });

  it("are no accessors, and nothing of a prototype, which no call would see", () => {
    class Getter extends Session {
      override get addressPolicy(): "public" {
        return "public";
      }
    }
    class Pair extends Getter {
      override get timeout(): number {
        return 5;
      }
      override set timeout(_: number) {
        throw new Error("never");
      }
    }
    class Plain extends Session {}
    Object.defineProperty(Plain.prototype, "verify", { value: false });
    class Below extends Plain {}
    const said = "cannot stand on the prototype of a class, as accessors do: write a field";
    expect(() => new Getter()).toThrow(`addressPolicy of a session ${said}`);
    expect(() => new Pair()).toThrow(`timeout of a session ${said}`);
    expect(() => new Below()).toThrow(`verify of a session ${said}`);
    expect(() => new (class extends Session {})()).not.toThrow();
  });

  it("count also where a class above has called already", () => {
    class Base extends Session {
      readonly first = urlOf(this);
    }
    class Client extends Base {
      override params = { a: "1" };
    }
    const client = new Client();
    expect([client.first, urlOf(client)]).toEqual(["http://a.test/", "http://a.test/?a=1"]);
  });
});

it("the environment is read with the first request whose URL is right", () => {
  vi.stubEnv("HTTP_PROXY", "http://p.test");
  const session = new Session();
  expect(() => session.prepareRequest(new Request("GET", "/x"))).toThrow("no scheme");
  session.trustEnv = false;
  const { plan } = session.prepareRequest(new Request("GET", "http://a.test/"));
  expect((plan as CallPlan).settings.proxies.environment.byKey.size).toBe(0);
  vi.unstubAllEnvs();
});

it("a scope sees what is set later, and headers that are changed in place", () => {
  const session = new Session({ headers: null });
  session.scope("http://a.test", { headers: { "X-Scope": "1" }, params: { scope: "1" } });
  const asked = (): [string, string[]] => {
    const { url, headers } = session.prepareRequest(new Request("GET", "http://a.test/"));
    return [url, headers.toWire()];
  };
  expect(asked()).toEqual(["http://a.test/?scope=1", ["X-Scope", "1"]]);
  expect(asked()).toEqual(asked());
  session.headers.set("X-Later", "2");
  expect(asked()[1]).toEqual(["X-Later", "2", "X-Scope", "1"]);
  session.headers.set("X-Later", "3");
  expect(asked()[1]).toEqual(["X-Later", "3", "X-Scope", "1"]);
  session.params = { session: "1" };
  expect(asked()[0]).toBe("http://a.test/?session=1&scope=1");
});

it("proxy and proxies are said one after the other, as together", () => {
  const session = new Session({ proxies: { http: "http://p.test" } });
  expect(() => (session.proxy = "http://q.test")).toThrow("contradict each other");
  expect(session.proxy).toBeUndefined();
  session.proxies = { no_proxy: "b.test" };
  session.proxy = "http://q.test";
  expect([session.proxies, session.proxy]).toEqual([{ no_proxy: "b.test" }, "http://q.test"]);
});

function formData(): FormData {
  const data = new FormData();
  data.append("a", "1");
  data.append("b", "2");
  return data;
}

function* pairs(): Generator<[string, string]> {
  yield ["a", "1"];
  yield ["b", "2"];
}
