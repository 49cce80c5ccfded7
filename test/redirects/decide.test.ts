import { describe, expect, it } from "vitest";
import { factoryBody, rawBody } from "../../src/core/body.ts";
import { InvalidHeader, InvalidSchema, InvalidURL, UnrewindableBodyError } from "../../src/core/errors.ts";
import { HeaderMap, type HeadersInit } from "../../src/core/headers.ts";
import { PreparedRequest, type PreparedParts } from "../../src/core/request.ts";
import { noFields, noOrigins } from "../../src/prepare/border.ts";
import type { Border } from "../../src/redirects/border.ts";
import {
  decideRedirect,
  isRedirect,
  redirectMethod,
  type RedirectDecision,
} from "../../src/redirects/decide.ts";

/** Nothing crosses on purpose. */
const closed: Border = { trustedOrigins: noOrigins, crossOriginHeaders: noFields };

function prepared(parts: Partial<PreparedParts> = {}): PreparedRequest {
  return new PreparedRequest({
    method: "GET",
    url: "http://one.test/a/b?q=1",
    headers: new HeaderMap(),
    payload: null,
    ...parts,
  });
}

function decide(location: string | readonly string[], request = prepared(), status = 302): RedirectDecision {
  const fields = [location].flat().flatMap((value) => ["Location", value]);
  return decideRedirect({ status, headers: HeaderMap.fromWire(fields), request }, closed);
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
    expect(decideRedirect({ status: 302, headers: new HeaderMap(), request: prepared() }, closed)).toEqual({
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
      expect(() => decide(location)).toThrow(InvalidURL);
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

  it.for(["http://two.test/x", "https://one.test/x", "http://one.test:81/x", "http://sub.one.test/x"])(
    "is crossed by %s: only harmless headers go along",
    (location) => {
      expect(headersAfter(location, { ...secrets, ...harmless })).toEqual(harmless);
    },
  );

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

  it("keeps a Cookie header that the caller wrote within the origin only", () => {
    const request = prepared({ headers: new HeaderMap({ Cookie: "own=1" }), cookieSource: "caller" });
    expect(followed("/x", request).headers.get("cookie")).toBe("own=1");
    expect(followed("http://two.test/x", request).headers.has("cookie")).toBe(false);
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
