import { describe, expect, it } from "vitest";
import { factoryBody, rawBody } from "../../src/core/body.ts";
import { InvalidHeader, InvalidSchema, InvalidURL, UnrewindableBodyError } from "../../src/core/errors.ts";
import { HeaderMap, type HeadersInit } from "../../src/core/headers.ts";
import { atHome, type Journey } from "../../src/core/options.ts";
import { PreparedRequest, type Dress, type PreparedParts } from "../../src/core/request.ts";
import { parseUrl } from "../../src/core/url.ts";
import { noFields, noOrigins } from "../../src/options/trusted-origins.ts";
import { journeyBeyond, redirectCrossingOf, type RedirectTerms } from "../../src/redirects/border.ts";
import {
  decideRedirect,
  isRedirect,
  redirectMethod,
  type RedirectDecision,
  type Secured,
} from "../../src/redirects/decide.ts";

/** Nothing crosses on purpose. */
const closed: RedirectTerms = {
  trustedOrigins: noOrigins,
  crossOriginHeaders: noFields,
  verify: { kind: "default" },
  journey: atHome,
};

function prepared(parts: Partial<PreparedParts> = {}): PreparedRequest {
  return new PreparedRequest({
    method: "GET",
    url: "http://one.test/a/b?q=1",
    headers: new HeaderMap(),
    payload: null,
    ...parts,
  });
}

function decide(
  location: string | readonly string[],
  request = prepared(),
  status = 302,
  { secured = (url) => url, ...terms }: Partial<RedirectTerms> & { readonly secured?: Secured } = {},
): RedirectDecision {
  const fields = [location].flat().flatMap((value) => ["Location", value]);
  const response = { status, headers: HeaderMap.fromWire(fields), request };
  return decideRedirect(response, { ...closed, ...terms }, secured);
}

function followed(location: string, request = prepared(), status = 302): PreparedRequest {
  const decision = decide(location, request, status);
  if (decision.kind !== "follow") throw new Error(`not followed but ${decision.kind}`);
  return decision.request;
}

function headersAfter(location: string, headers: HeadersInit, status = 302): Record<string, string> {
  return followed(location, prepared({ headers: new HeaderMap(headers) }), status).headers.toObject();
}

describe("redirectMethod", () => {
  // RFC 9110 §15.4; where it leaves a choice, the row is what requests does.
  it.for([
    // status  before    after
    [301, "GET", "GET"],
    [301, "HEAD", "HEAD"],
    [301, "POST", "GET"],
    [301, "PUT", "PUT"],
    [301, "PURGE", "PURGE"],
    [302, "HEAD", "HEAD"],
    [302, "POST", "GET"],
    [302, "PUT", "GET"],
    [302, "DELETE", "GET"],
    [303, "HEAD", "HEAD"],
    [303, "DELETE", "GET"],
    [307, "POST", "POST"],
    [308, "PATCH", "PATCH"],
  ] as const)("%i turns %s into %s", ([status, before, after]) => {
    expect(redirectMethod(status, before)).toBe(after);
  });
});

describe("isRedirect", () => {
  it.for([
    [300, "/x", false],
    [301, "/x", true],
    [302, "/x", true],
    [303, "/x", true],
    [304, "/x", false],
    [305, "/x", false],
    [307, "/x", true],
    [308, "/x", true],
    [200, "/x", false],
  ] as const)("says of %i with a Location: %s is %s", ([status, location, expected]) => {
    expect(isRedirect({ status, headers: new HeaderMap({ location }) })).toBe(expected);
  });

  it("wants a Location", () => {
    expect(isRedirect({ status: 302, headers: new HeaderMap() })).toBe(false);
  });
});

describe("the target of a redirect", () => {
  // What browsers make of it: nothing is spelled otherwise that can be sent.
  it.for([
    ["/end", "http://one.test/end"],
    ["end", "http://one.test/a/end"],
    ["../end", "http://one.test/end"],
    ["?x=2", "http://one.test/a/b?x=2"],
    ["//two.test/x", "http://two.test/x"],
    ["http://two.test", "http://two.test/"],
    ["HTTPS://Two.Test/X", "https://two.test/X"],
    ["http:/b", "http://one.test/b"],
    ["http:///x", "http://x/"],
    ["\\\\two.test/x", "http://two.test/x"],
    ["http://one.test:80/x", "http://one.test/x"],
    [" \t/lead \t", "http://one.test/lead"],
    ["/with space", "http://one.test/with%20space"],
    ["/%7euser/%2f/%d0%bf", "http://one.test/%7euser/%2f/%d0%bf"],
    ["/[x]|?y[]=|%zz", "http://one.test/[x]|?y[]=|%zz"],
    ["/100%", "http://one.test/100%"],
    ["/x?", "http://one.test/x?"],
    ["?", "http://one.test/a/b?"],
    // bytes beyond ASCII, one by one, in whatever charset they are
    ["/caf\u00c3\u00a9", "http://one.test/caf%C3%A9"],
    ["/caf\u00e9", "http://one.test/caf%E9"],
    ["/voil\u00c3\u00a0", "http://one.test/voil%C3%A0"],
    ["/\u00d0\u00a0?\u00d0\u00a0#\u00d0\u00a0", "http://one.test/%D0%A0?%D0%A0#%D0%A0"],
    ["http://b\u00c3\u00bccher.test/", "http://xn--bcher-kva.test/"],
  ] as const)("of %s is %s", ([location, expected]) => {
    expect(followed(location).url).toBe(expected);
  });

  it("keeps the fragment of the first URL until a Location brings its own", () => {
    const request = prepared({ url: "http://one.test/a#first" });
    expect(followed("/b", request).url).toBe("http://one.test/b#first");
    expect(followed("/b#second", request).url).toBe("http://one.test/b#second");
    // An empty one is one.
    expect(followed("/b#", request).url).toBe("http://one.test/b#");
  });

  it("never takes user info from a Location, and keeps the caller's within its origin", () => {
    const request = prepared({ url: "http://me:pw@one.test/a" });
    expect(followed("http://evil:x@one.test/b", request).url).toBe("http://me:pw@one.test/b");
    expect(followed("http://evil:x@two.test/b", request).url).toBe("http://two.test/b");
    expect(followed("/c", request).url).toBe("http://me:pw@one.test/c");
  });

  it("is final without a Location, or with an empty one", () => {
    expect(decide("")).toEqual({ kind: "final" });
    expect(
      decideRedirect({ status: 302, headers: new HeaderMap(), request: prepared() }, closed, (url) => url),
    ).toEqual({
      kind: "final",
    });
  });

  it.for([
    "ftp://one.test/x",
    "javascript:alert(1)",
    "data:text/plain,x",
    "file:///etc/passwd",
    "http+unix://%2Fsock/x",
  ])("is refused for the scheme of %s", (location) => {
    const decision = decide(location);
    expect(decision.kind === "refuse" && decision.error).toBeInstanceOf(InvalidSchema);
  });

  it.for(["http://", "http://h:99999/", "http://*.test/", "http://one test/"])(
    "is refused when it is no URL: %s",
    (location) => {
      expect(decide(location)).toMatchObject({ kind: "refuse", error: expect.any(InvalidURL) as unknown });
    },
  );

  it("stays on the interface of a link-local address", () => {
    const request = prepared({ url: "http://[fe80::1%25eth0]/a" });
    expect(followed("/b", request).parsed.host).toBe("[fe80::1%25eth0]");
  });

  it("is refused when there are two different ones", () => {
    const decision = decide(["/one", "/two"]);
    expect(decision.kind === "refuse" && decision.error).toBeInstanceOf(InvalidHeader);
    expect(decide(["/one", "/one"]).kind).toBe("follow");
  });
});

describe("the body of the next request", () => {
  const body = (): Partial<PreparedParts> => ({
    method: "PUT",
    headers: new HeaderMap({
      "Content-Type": "text/plain",
      "Content-Length": "4",
      "Content-Language": "en",
      "X-A": "1",
    }),
    payload: rawBody("data"),
  });

  it.for([301, 307, 308])("is sent again with its headers by %i, which keeps PUT", (status) => {
    const next = followed("/next", prepared(body()), status);
    expect(next.body).toEqual(Buffer.from("data"));
    expect(next.headers.has("content-type")).toBe(true);
  });

  it.for([302, 303])("is dropped with everything that describes it by %i", (status) => {
    const next = followed("/next", prepared(body()), status);
    expect(next.body).toBeNull();
    expect(next.headers.toObject()).toEqual({ "X-A": "1" });
  });

  // RFC 9110 §8.6; as requests and urllib3 do.
  it.for([
    [301, "DELETE", null],
    [301, "OPTIONS", null],
    [301, "PUT", "0"],
    [301, "PURGE", "0"],
    [302, "PUT", null],
    [307, "OPTIONS", "0"],
    [308, "DELETE", "0"],
  ] as const)(
    "is none after %i to a %s without one, and Content-Length is %s",
    ([status, method, length]) => {
      const headers = new HeaderMap({ "Content-Length": 0 });
      expect(followed("/next", prepared({ method, headers }), status).headers.get("content-length")).toBe(
        length,
      );
    },
  );

  it("is refused when it could be read only once", () => {
    const payload = rawBody((async function* () {})());
    const once = prepared({ method: "POST", payload });
    expect(decide("/next", once, 307).kind).toBe("follow"); // nobody has begun to read it
    if (payload.kind === "stream") payload.open();
    const decision = decide("/next", once, 307);
    expect(decision.kind === "refuse" && decision.error).toBeInstanceOf(UnrewindableBodyError);
    expect(decide("/next", once, 303).kind).toBe("follow");
  });

  it("is sent again when a function makes it", () => {
    const again = prepared({ method: "POST", payload: factoryBody(() => ["x"]) });
    expect(decide("/next", again, 307).kind).toBe("follow");
  });
});

describe("the border of an origin", () => {
  const secrets = {
    Authorization: "Bearer t",
    "X-Api-Key": "k",
    Cookie: "a=1",
    "Proxy-Authorization": "Basic x",
    Origin: "http://one.test",
    Referer: "http://one.test/a",
  };
  const harmless = { Accept: "text/html", "User-Agent": "me", "Accept-Language": "en", Range: "bytes=0-1" };

  it.for([
    "http://two.test/x",
    "https://two.test/x",
    "https://one.test:8443/x",
    "https://one.test:80/x",
    "http://one.test:81/x",
    "http://one.test:443/x",
    "http://sub.one.test/x",
    "https://sub.one.test/x",
  ])("is crossed by %s: only harmless headers go along", (location) => {
    expect(headersAfter(location, { ...secrets, ...harmless })).toEqual(harmless);
  });

  // CVE-2018-18074 of requests: from https to http, and to another port.
  it.for([
    ["http://one.test/x", true],
    ["http://one.test:443/x", true],
    ["https://one.test:8443/x", true],
    ["https://one.test:443/x", false],
  ] as const)("is crossed from https by %s: %s", ([location, isCrossed]) => {
    const headers = new HeaderMap({ Authorization: "Bearer t", "X-Api-Key": "k" });
    const request = followed(location, prepared({ url: "https://one.test/a", headers }));
    expect([...request.headers.keys()]).toEqual(isCrossed ? [] : ["Authorization", "X-Api-Key"]);
  });

  it.for(["/x", "http://one.test:80/x", "HTTP://ONE.test/x"])("is not crossed by %s", (location) => {
    const { Cookie: _jar, "Proxy-Authorization": _proxy, ...kept } = secrets;
    expect(headersAfter(location, { ...secrets, ...harmless })).toEqual({ ...kept, ...harmless });
  });

  // PARITY RED-5: as in requests and httpx.
  it.for([
    ["http://one.test/a", "https://one.test/x"],
    ["http://one.test/a", "HTTPS://ONE.test:443/x"],
    ["http://one.test:80/a", "https://one.test/x"],
  ] as const)("is not crossed from %s by %s: it is the same host over TLS", ([url, location]) => {
    const { "Proxy-Authorization": _proxy, ...kept } = secrets;
    const headers = new HeaderMap({ ...secrets, ...harmless });
    const before = prepared({ url: url.replace("//", "//me:pw@"), headers, dress: "caller" });
    const decision = decide(location, before);
    expect(decision).toMatchObject({ kind: "follow", crossing: "upgrade" });
    if (decision.kind !== "follow") return;
    expect(decision.request.headers.toObject()).toEqual({ ...kept, ...harmless });
    expect(decision.request.parsed.userinfo).toBe("me:pw");
  });

  it.for<readonly [what: string, url: string, location: string, terms: Partial<RedirectTerms>]>([
    ["without a check of certificates", "http://one.test/", "https://one.test/", { verify: { kind: "off" } }],
    [
      "once another origin was there",
      "http://one.test/",
      "https://one.test/",
      { journey: { hasCrossed: true, netrc: "all" } },
    ],
    ["from another port", "http://one.test:8080/", "https://one.test/", {}],
    ["to another port", "http://one.test/", "https://one.test:8443/", {}],
    ["between ports that are alike", "http://one.test:8080/", "https://one.test:8080/", {}],
    ["back", "https://one.test/", "http://one.test/", {}],
    ["on the ports the wrong way round", "http://one.test:443/", "https://one.test:80/", {}],
  ])("is crossed on the same host %s", ([, url, location, terms]) => {
    const request = prepared({ url, headers: new HeaderMap(secrets) });
    const decision = decide(location, request, 302, terms);
    expect(decision).toMatchObject({ kind: "follow", crossing: "foreign" });
    if (decision.kind === "follow") expect(decision.request.headers.toObject()).toEqual({});
  });

  it("lets no answer to a Digest challenge across, whatever else may go", () => {
    const headers = new HeaderMap({ Authorization: 'Digest username="u", nonce="n"', "X-Api-Key": "k" });
    const trusted = { trustedOrigins: new Set([parseUrl("http://two.test/").origin]) };
    for (const [location, terms] of [
      ["https://one.test/", {}],
      ["http://two.test/", trusted],
    ] as const) {
      const decision = decide(location, prepared({ headers }), 302, terms);
      if (decision.kind !== "follow") throw new Error("not followed");
      expect(decision.request.headers.toObject()).toEqual({ "X-Api-Key": "k" });
    }
    expect(followed("/x", prepared({ headers })).headers.has("authorization")).toBe(true);
  });

  it("is where the URL leads that is asked in the end", () => {
    const overTls: Secured = (url) => url.with({ scheme: "https" });
    const request = prepared({ url: "https://one.test/a", headers: new HeaderMap(secrets) });
    expect(decide("http://one.test/b", request, 302, { secured: overTls })).toMatchObject({
      crossing: "none",
      request: { url: "https://one.test/b" },
    });
  });

  it.for<readonly [from: string, to: string, before: Journey, after: Journey]>([
    ["http://a.test", "https://a.test", atHome, atHome],
    ["http://a.test", "http://a.test:81", atHome, { hasCrossed: true, netrc: "all" }],
    ["http://a.test", "http://b.test", atHome, { hasCrossed: true, netrc: "named" }],
    ["https://a.test", "https://b.test", atHome, { hasCrossed: true, netrc: "named" }],
    ["https://a.test", "http://a.test", atHome, { hasCrossed: true, netrc: "none" }],
    ["https://a.test", "http://b.test", atHome, { hasCrossed: true, netrc: "none" }],
    [
      "http://b.test",
      "https://a.test",
      { hasCrossed: true, netrc: "none" },
      { hasCrossed: true, netrc: "none" },
    ],
    [
      "http://b.test",
      "http://b.test:81",
      { hasCrossed: true, netrc: "named" },
      { hasCrossed: true, netrc: "named" },
    ],
  ])("makes a journey from %s to %s of %o: %o", ([from, to, before, after]) => {
    const [left, entered] = [parseUrl(from), parseUrl(to)];
    const crossing = redirectCrossingOf(left, entered, { ...closed, journey: before });
    expect(journeyBeyond(before, crossing, left, entered)).toEqual(after);
  });

  it.for<readonly [dress: Dress, isOwn: boolean]>([
    ["caller", true],
    [{ shown: "caller" }, true],
    ["bare", false],
    ["jar", false],
    [{ shown: "jar" }, false],
    [{ shown: "bare" }, false],
  ])("keeps a Cookie header within the origin only, and when the caller wrote it: %o", ([dress, isOwn]) => {
    const request = prepared({ headers: new HeaderMap({ Cookie: "a=1" }), dress });
    const [near, far] = [followed("/x", request), followed("http://two.test/x", request)];
    expect(near).toMatchObject({ dress: isOwn ? "caller" : "bare" });
    expect(near.headers.get("cookie")).toBe(isOwn ? "a=1" : null);
    expect(far).toMatchObject({ dress: "bare" });
    expect(far.headers.has("cookie")).toBe(false);
  });

  it("drops a Host header when the host changes", () => {
    expect(headersAfter("/x", { Host: "virtual.test" })).toEqual({ Host: "virtual.test" });
    expect(headersAfter("http://two.test/x", { Host: "virtual.test" })).toEqual({});
  });

  it("tells the stage that it was crossed", () => {
    expect(decide("http://two.test/")).toMatchObject({ kind: "follow", crossing: "foreign" });
    expect(decide("/")).toMatchObject({ kind: "follow", crossing: "none" });
  });
});
