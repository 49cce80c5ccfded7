/** Where sojourn follows redirects otherwise than Python requests, on purpose. */
import { describe, expect, it } from "vitest";

import { HttpDigestAuth, InvalidHeader, TooManyRedirects, UnrewindableBodyError } from "../../src/index.ts";
import { failureOf, play } from "../support/one-call.ts";
import { answer, redirect, utf8, wireServer } from "../support/wire-server.ts";

describe("the body of a redirected request", () => {
  it.for([
    [301, "PUT"],
    [301, "PURGE"],
    [308, "PATCH"],
  ] as const)("goes along where the method stays: %i of %s", async ([status, method]) => {
    const { heard } = await play([redirect("/end", status), answer()], (session, url) =>
      session.request(method, `${url}/start`, { data: "body" }),
    );
    expect(heard[1]).toMatchObject({ method, target: "/end", body: "body" });
    expect(heard[1]?.header("content-length")).toBe("4");
  });

  it("is never sent empty when it was a stream that cannot be read again", async () => {
    async function* once(): AsyncGenerator<string> {
      yield "ab";
      yield "cd";
    }
    const { heard, result } = await play([redirect("/end", 307)], (session, url) =>
      failureOf(session.post(`${url}/start`, { data: once() })),
    );
    expect(result).toBeInstanceOf(UnrewindableBodyError);
    expect(heard.map(({ target, body }) => [target, body])).toEqual([["/start", "abcd"]]);
  });
});

describe("the target of a redirect", () => {
  it.for<[what: string, location: string, target: string]>([
    ["dot segments are removed", "/x/../y/./z", "/y/z"],
    ["escapes stay as they are", "/%7euser/%2f%41%e2%82%ac/%zz/100%", "/%7euser/%2f%41%e2%82%ac/%zz/100%"],
    ["an empty query stays", "/x?", "/x?"],
    ["bytes that are not UTF-8 go back as they came", "/caf\u00e9", "/caf%E9"],
    ["and so does UTF-8", utf8("/café"), "/caf%C3%A9"],
    ["the last byte is no blank", utf8("/voilà"), "/voil%C3%A0"],
  ])("is what browsers make of it: %s", async ([, location, target]) => {
    const { heard, result } = await play([redirect(location), answer()], (session, url) =>
      session.get(`${url}/a/start`),
    );
    expect(heard[1]?.target).toBe(target);
    expect(result.url).toMatch(new RegExp(`:\\d+${target.replaceAll(/[.~+?]/g, "\\$&")}$`));
  });

  it("has its host in lower case", async () => {
    const { result } = await play(
      [(request) => redirect(`http://LOCALHOST:${request.header("host")?.split(":")[1]}/end`), answer()],
      (session, url) => session.get(`${url.replace("127.0.0.1", "localhost")}/start`),
    );
    expect(result.url).toMatch(/^http:\/\/localhost:\d+\/end$/);
  });

  it("may have a host that is not ASCII", async () => {
    await using proxy = await wireServer(redirect(utf8("http://bücher.example.test/x")), answer());
    const { result } = await play([], (session) =>
      session.get("http://example.test/start", { proxies: { http: proxy.url } }),
    );
    expect(proxy.requests[1]?.target).toBe("http://xn--bcher-kva.example.test/x");
    expect(result.url).toBe("http://xn--bcher-kva.example.test/x");
  });

  it("must be one: of two Location fields none is followed", async () => {
    const two = answer({
      status: 302,
      headers: [
        ["Location", "/one"],
        ["Location", "/two"],
      ],
    });
    const { heard, result } = await play([two], (session, url) => failureOf(session.get(url)));
    expect(result).toBeInstanceOf(InvalidHeader);
    expect(heard).toHaveLength(1);
  });
});

describe("a header of a redirected request", () => {
  it("that names the host is not sent to another host", async () => {
    await using other = await wireServer(answer());
    const { heard } = await play([redirect(`${other.url}/end`)], (session, url) =>
      session.get(`${url}/start`, { headers: { Host: "virtual.test" } }),
    );
    expect(heard[0]?.header("host")).toBe("virtual.test");
    expect(other.requests[0]?.header("host")).toBe(`127.0.0.1:${other.port}`);
  });

  it("that auth has set does not cross to another origin", async () => {
    await using other = await wireServer(answer());
    const { heard } = await play([redirect(`${other.url}/end`)], (session, url) =>
      session.get(`${url}/start`, { auth: (request) => void request.headers.set("X-Token", "t") }),
    );
    expect(heard[0]?.header("x-token")).toBe("t");
    expect(other.requests[0]?.target).toBe("/end");
    expect(other.requests[0]?.header("x-token")).toBeNull();
  });

  it("that holds cookies stays within its origin, and stands for itself there", async () => {
    const { heard } = await play(
      [answer({ headers: [["Set-Cookie", "jar=1; Path=/"]] }), redirect("/end"), answer()],
      async (session, url) => {
        session.headers.set("Cookie", "fixed=1");
        await session.get(`${url}/set`);
        await session.get(`${url}/start`);
      },
    );
    expect(heard.map((request) => request.header("cookie"))).toEqual(["fixed=1", "fixed=1", "fixed=1"]);
  });
});

describe("maxRedirects of 0", () => {
  it("refuses to follow, but lets a caller look who does not want to follow", async () => {
    const { result } = await play([redirect("/end")], async (session, url) => {
      session.maxRedirects = 0;
      return [await failureOf(session.get(url)), await session.get(url, { allowRedirects: false })] as const;
    });
    expect(result[0]).toBeInstanceOf(TooManyRedirects);
    expect(result[1].status).toBe(302);
    expect(result[1].next?.url).toMatch(/\/end$/);
  });
});

describe("a challenge that was answered", () => {
  it("stays in the history when a redirect comes after it", async () => {
    const challenge = answer({
      status: 401,
      headers: [["WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth"']],
    });
    const { result } = await play([challenge, redirect("/q")], (session, url) =>
      session.get(`${url}/p`, { auth: new HttpDigestAuth("user", "pass"), allowRedirects: false }),
    );
    expect(result.status).toBe(302);
    expect(result.history.map(({ status }) => status)).toEqual([401]);
  });
});
