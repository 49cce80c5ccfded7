import { describe, expect, it } from "vitest";

import { AppAdapter, HttpDigestAuth, HstsStore, HttpAdapter, Session, toFetch } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { ok, startH2 } from "../support/h2-server.ts";
import { startOrigin } from "../support/origins.ts";
import { answering, scriptedServer } from "../support/scripted-server.ts";
import { readings } from "../support/readings.ts";
import { answer, redirect, utf8, wireServer } from "../support/wire-server.ts";

/** A Location, and the target that it asks for. */
const LOCATIONS: readonly (readonly [location: string, target: string])[] = [
  ["/news/%d0%bf", "/news/%d0%bf"],
  ["/user/%7Ename", "/user/%7Ename"],
  ["/pick?x[]=1|2&%7e=%zz", "/pick?x[]=1|2&%7e=%zz"],
  ["/empty?", "/empty?"],
  ["/signed?X-Sig=a%2fb%7ec%3D&X-Date=2026%2d11", "/signed?X-Sig=a%2fb%7ec%3D&X-Date=2026%2d11"],
  [utf8("/café/à"), "/caf%C3%A9/%C3%A0"],
  ["/caf\u00e9", "/caf%E9"],
];

describe("a Location is followed as it is written, to a server with one true spelling of its URLs", () => {
  it.for(Object.entries(readings))("over HTTP/1.1, %s", async ([, way]) => {
    for (const [location, target] of LOCATIONS) {
      await using server = await wireServer((heard) =>
        heard.target === target ? answer({ body: "[1]" }) : redirect(location, 301),
      );
      await using session = new Session({ trustEnv: false, maxRedirects: 3 });
      expect(await way(session, `${server.url}/start`)).toBe("[1]");
      expect(server.requests.at(-1)?.target).toBe(target);
    }
  });

  it.for(Object.entries(readings))("over HTTP/2, %s", async ([, way]) => {
    let [location, target] = ["", ""];
    await using server = await startH2((stream, headers) => {
      if (headers[":path"] === target) return ok(stream, "[1]");
      stream.respond({ ":status": 301, location });
      stream.end();
    });
    await using session = new Session({ trustEnv: false, maxRedirects: 3, http2: true, verify: server.ca });
    for ([location, target] of LOCATIONS) {
      expect(await way(session, `${server.url}/start`)).toBe("[1]");
      expect(server.seen.at(-1)?.[":path"]).toBe(target);
    }
  });

  it("also by whoever follows it by hand, or sends it again", async () => {
    await using server = await wireServer((heard) =>
      heard.target === "/%7e[]?" ? answer() : redirect("/%7e[]?"),
    );
    await using session = new Session({ trustEnv: false });
    const stopped = await session.get(`${server.url}/start`, { allowRedirects: false });
    const next = stopped.next;
    if (next === null) throw new Error("there is none");
    const followed = await session.send(next);
    await session.send(followed.request.clone());
    expect(server.requests.slice(1).map(({ target }) => target)).toEqual(["/%7e[]?", "/%7e[]?"]);
  });

  it("also through a proxy", async () => {
    await using proxy = await wireServer(redirect(utf8("http://a.test/%7e/[é]?")), answer());
    await using session = new Session({ trustEnv: false, proxies: { http: proxy.url } });
    await session.get("http://a.test/");
    expect(proxy.requests[1]?.target).toBe("http://a.test/%7e/[%C3%A9]?");
  });

  it("also by an app", async () => {
    const asked: string[] = [];
    await using session = new Session({ trustEnv: false });
    session.mount(
      "http://app.test",
      new AppAdapter((request: globalThis.Request) => {
        asked.push(request.url);
        return asked.length > 1
          ? new globalThis.Response("ok")
          : new globalThis.Response(null, { status: 302, headers: { location: "/%7e/[\u00e9]?" } });
      }),
    );
    await session.get("http://app.test/");
    expect(asked).toEqual(["http://app.test/", "http://app.test/%7e/[%E9]?"]);
  });

  it("also when it becomes https: on the way", async () => {
    const authority = await Authority.create();
    const lines: string[] = [];
    await using server = await scriptedServer(
      answering(({ line }) => {
        lines.push(line);
        return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
      }),
      await authority.issue({ names: ["secure.test"], addresses: ["127.0.0.1"] }),
    );
    await using first = await wireServer(redirect(`http://secure.test:${server.port}/%7e[]?`));
    const hsts = new HstsStore();
    hsts.note("secure.test", "max-age=100", Date.now());
    await using session = new Session({ trustEnv: false, verify: authority.pem, hsts });
    session.mount(
      "https://",
      new HttpAdapter({ lookup: (_name, _options, callback) => callback(null, "127.0.0.1", 4) }),
    );
    const response = await session.get(first.url);
    expect(response.url).toBe(`https://secure.test:${server.port}/%7e[]?`);
    expect(lines).toEqual(["GET /%7e[]? HTTP/1.1"]);
  });

  it("with the cookies of its path, in whatever spelling", async () => {
    await using server = await wireServer(
      answer({
        status: 302,
        headers: [
          ["Location", "/u%7eser/caf%c3%a9"],
          ["Set-Cookie", utf8("a=1; Path=/u~ser/café")],
        ],
      }),
      answer(),
    );
    await using session = new Session({ trustEnv: false });
    await session.get(server.url);
    expect(server.requests[1]?.header("cookie")).toBe("a=1");
  });

  it("and a download has the bytes that stand there", async () => {
    await using server = await wireServer((heard) =>
      heard.target === "/f?sig=%7e%2f" ? answer({ body: "content" }) : redirect("/f?sig=%7e%2f"),
    );
    await using session = new Session({ trustEnv: false });
    const response = await session.get(`${server.url}/start`, { stream: true });
    expect(response.url).toBe(`${server.url}/f?sig=%7e%2f`);
    expect(await response.text()).toBe("content");
  });
});

describe("the URL of a link", () => {
  it("leads to its page, whatever the session's base URL is", async () => {
    await using origin = await startOrigin(({ url }, response) => {
      const link = url.startsWith("/v1/list") ? utf8('<?page=2&q=é>; rel="next", </v2>; rel="up"') : "";
      response.writeHead(200, { link }).end(url);
    });
    await using session = new Session({ trustEnv: false, baseUrl: `${origin.url}/v1` });
    const { links } = await session.get("list");
    expect(await session.get(links["next"]?.url ?? "").text()).toBe("/v1/list?page=2&q=%C3%A9");
    expect(await session.get(links["up"]?.url ?? "").text()).toBe("/v2");
  });

  it("is the same over HTTP/2", async () => {
    await using server = await startH2((stream) =>
      ok(stream, "", { link: `${utf8("<é>")}; rel=next, <caf\u00e9>; rel=prev` }),
    );
    await using session = new Session({ trustEnv: false, http2: true, verify: server.ca });
    const { links } = await session.get(`${server.url}/a/b`);
    expect(links["next"]?.url).toBe(`${server.url}/a/%C3%A9`);
    expect(links["prev"]?.url).toBe(`${server.url}/a/caf%E9`);
  });
});

describe("only blanks and tabs surround what a server writes", () => {
  it("in a challenge of Digest without quotes", async () => {
    const challenge = utf8('Digest realm=voilà, nonce=Р, qop="auth\t, auth-int", algorithm=md5');
    await using server = await wireServer(
      answer({ status: 401, headers: [["WWW-Authenticate", challenge]] }),
      answer(),
    );
    await using session = new Session({ trustEnv: false, auth: new HttpDigestAuth("user", "pass") });
    expect((await session.get(server.url)).status).toBe(200);
    const credentials = server.requests[1]?.header("authorization") ?? "";
    expect(credentials).toContain(utf8('realm="voilà"'));
    expect(credentials).toContain(utf8('nonce="Р"'));
  });

  it("in the type and the coding of a body", async () => {
    await using server = await wireServer(
      answer({
        headers: [
          ["Content-Type", "text/plain; charset=\t latin-1 "],
          ["Content-Encoding", "identity\u00a0"],
        ],
        body: "\u00e9",
      }),
    );
    await using session = new Session({ trustEnv: false });
    expect(await session.get(server.url).text()).toBe("é");
  });
});

describe("an empty query", () => {
  it("is sent in every way", async () => {
    await using server = await wireServer(redirect("/t?"), answer());
    await using session = new Session({ trustEnv: false, baseUrl: server.url });
    await session.get("/q?");
    await session.get(`${server.url}/q?#part`);
    await session.get(new URL(`${server.url}/q?`));
    await session.get("/q?", { rawUrl: true });
    await session.get("?");
    await session.get("/q?", { params: {} });
    await (await toFetch(session)("/q?")).text();
    expect(server.requests.map(({ target }) => target)).toEqual([
      "/q?",
      "/t?",
      "/q?",
      "/q?",
      "/q?",
      "/?",
      "/q?",
      "/q?",
    ]);
  });
});
