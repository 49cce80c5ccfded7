/** Where sojourn keeps and sends cookies otherwise than Python requests, on purpose: RFC 6265bis, and no secret for strangers. */
import { describe, expect, it } from "vitest";

import { InvalidHeader, Response, Session } from "../../src/index.ts";
import { failureOf, play } from "../support/one-call.ts";
import { answer, redirect, wireServer, type Said } from "../support/wire-server.ts";

/** An answer that sets these cookies. */
function setting(...cookies: readonly string[]): Said {
  return answer({ headers: cookies.map((cookie): [string, string] => ["Set-Cookie", cookie]) });
}

/** Gets `first`, which sets cookies, then the others; the `Cookie` header of each. */
async function cookiesSent(set: Said, ...paths: readonly string[]): Promise<(string | null)[]> {
  const { heard } = await play([set, answer()], async (session, url) => {
    for (const path of paths) await session.get(url + path);
  });
  return heard.map((request) => request.header("cookie"));
}

describe("an attribute of Set-Cookie", () => {
  // RFC 6265bis §5.6
  it.for<[what: string, attributes: string]>([
    ["a quoted Max-Age", 'Max-Age="100"'],
    ["a Max-Age that is no number", "Max-Age=abc"],
    ["a Max-Age with a point", "Max-Age=1.5"],
    ["an empty Max-Age", "Max-Age="],
    ["a Max-Age without value", "Max-Age"],
    ["an empty Domain", "Domain="],
    ["a Path that is no path", "Path=, b=2"],
  ])("that cannot be read does not cost the cookie: %s", async ([, attributes]) => {
    expect(await cookiesSent(setting(`a=1; ${attributes}`), "/set", "/get")).toEqual([null, "a=1"]);
  });

  it("that cannot be read leaves the other cookies of the response alone", async () => {
    const set = setting("good=1; Path=/", "bad=1; Max-Age=x; Path=/", "fine=1; Path=/");
    expect(await cookiesSent(set, "/set", "/get")).toEqual([null, "good=1; bad=1; fine=1"]);
  });

  it("counts in its last form when it comes twice", async () => {
    expect(await cookiesSent(setting("a=1; Path=/d; Path=/e"), "/d/set", "/d/get", "/e/get")).toEqual([
      null,
      null,
      "a=1",
    ]);
  });

  it("is compared in one spelling where it is a path", async () => {
    const sent = await cookiesSent(setting("a=1; Path=/caf%c3%a9"), "/caf%C3%A9/set", "/caf%C3%A9/get");
    expect(sent).toEqual([null, "a=1"]);
  });
});

describe("the value of a cookie", () => {
  it("is kept verbatim, escaped quotes too", async () => {
    expect(await cookiesSent(setting('r="x\\"y"; Path=/'), "/set", "/get")).toEqual([null, 'r="x\\"y"']);
  });

  it("has at most 4096 bytes, name included", async () => {
    const set = setting(`big=${"x".repeat(5000)}`, "small=1");
    expect(await cookiesSent(set, "/set", "/get")).toEqual([null, "small=1"]);
  });

  it("that would begin another cookie is refused before anything is sent", async () => {
    const { heard, result } = await play([], (session, url) =>
      failureOf(session.get(url, { cookies: { e: "a;b" } })),
    );
    expect(result).toBeInstanceOf(InvalidHeader);
    expect(heard).toEqual([]);
  });
});

describe("the host of a cookie", () => {
  it("is the only one it goes to when it came without Domain", async () => {
    await using proxy = await wireServer(setting("h=1; Path=/"), answer());
    await using session = new Session({ trustEnv: false, proxies: { http: proxy.url } });
    for (const host of ["example.test", "example.test", "www.example.test"])
      await session.get(`http://${host}/`);
    expect(proxy.requests.map((request) => request.header("cookie"))).toEqual([null, "h=1", null]);
  });

  it("may be named by its own address, but not by a part of it", async () => {
    const set = setting("same=1; Domain=127.0.0.1", "part=1; Domain=0.0.1");
    expect(await cookiesSent(set, "/set", "/get")).toEqual([null, "same=1"]);
  });

  it("is that of the URL, whatever the Host header says", async () => {
    const { heard, result } = await play([setting("v=1; Path=/"), answer()], async (session, url) => {
      await session.get(`${url}/set`, { headers: { Host: "virtual.example.test" } });
      await session.get(`${url}/get`);
      return session.cookies.listDomains();
    });
    expect(heard[1]?.header("cookie")).toBe("v=1");
    expect(result).toEqual(["127.0.0.1"]);
  });
});

describe("a cookie of the program", () => {
  it("without domain belongs to the first host it is sent to", async () => {
    const { heard } = await play([], async (session, url) => {
      session.cookies.set("s", "1");
      await session.get(`${url}/1`);
      await session.get(`${url.replace("127.0.0.1", "localhost")}/2`);
      await session.get(`${url}/3`);
    });
    expect(heard.map((request) => request.header("cookie"))).toEqual(["s=1", null, "s=1"]);
  });

  it("for one request takes the place of the server's of that name", async () => {
    const { heard } = await play([setting("sid=server; Path=/"), answer()], async (session, url) => {
      await session.get(`${url}/set`);
      await session.get(`${url}/next`, { cookies: { sid: "mine" } });
      await session.get(`${url}/next`);
    });
    expect(heard.map((request) => request.header("cookie"))).toEqual([null, "sid=mine", "sid=server"]);
  });

  it("for one request leaves the session's out when it is null", async () => {
    const { heard } = await play([], (session, url) => {
      session.cookies.set("a", "session");
      return session.get(url, { cookies: { a: null, b: "1" } });
    });
    expect(heard[0]?.header("cookie")).toBe("b=1");
  });

  it("may have a number as value, in a jar and for one request", async () => {
    const { heard } = await play([], (session, url) => {
      session.cookies.set("a", 1);
      return session.get(url, { cookies: { b: 2 } });
    });
    expect(heard[0]?.header("cookie")).toBe("a=1; b=2");
  });

  it("for one request does not go to another host", async () => {
    await using other = await wireServer(answer());
    const { heard } = await play(
      [redirect(`${other.url.replace("127.0.0.1", "localhost")}/end`)],
      (session, url) => session.get(`${url}/start`, { cookies: { q: "secret" } }),
    );
    expect(heard[0]?.header("cookie")).toBe("q=secret");
    expect(other.requests.map((request) => request.header("cookie"))).toEqual([null]);
  });
});

describe("clearing cookies", () => {
  it("of a domain that has none clears none, and says so", async () => {
    await using session = new Session({ trustEnv: false });
    expect(session.cookies.clear({ domain: "nowhere.test" })).toBe(0);
  });
});

describe("the cookies of a response that a hook replaces", () => {
  it("are kept all the same", async () => {
    const { heard } = await play([setting("a=1; Path=/"), answer()], async (session, url) => {
      const replace = ({ request }: { readonly request: Response["request"] }): Response =>
        Response.from({ request });
      await session.get(`${url}/set`, { hooks: { response: replace } });
      await session.get(`${url}/get`);
    });
    expect(heard[1]?.header("cookie")).toBe("a=1");
  });
});
