import { beforeAll, describe, expect, it } from "vitest";

import { HstsStore, HttpAdapter, Session, type SessionOptions } from "../../src/index.ts";
import { Authority, type KeyPair } from "../support/certificates.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";
import { answering, scriptedServer, type ScriptedServer } from "../support/scripted-server.ts";

let ca = "";
let good: KeyPair;

beforeAll(async () => {
  const authority = await Authority.create();
  ca = authority.pem;
  good = await authority.issue({ names: ["secure.test", "a.secure.test"], addresses: ["127.0.0.1"] });
});

/** A TLS server; what it says of itself is in the path: `/max-age=9`. */
function secure(): Promise<ScriptedServer> {
  return scriptedServer(
    answering(({ line }) => {
      const policy = line.split(" ")[1]?.slice(1) ?? "";
      return `HTTP/1.1 200 OK\r\nContent-Length: 0\r\nStrict-Transport-Security: ${policy}\r\n\r\n`;
    }),
    good,
  );
}

/** A session for which every name is loopback. */
function sessionWith(options: Omit<SessionOptions, "stream">): Session {
  const session = new Session({ trustEnv: false, verify: ca, ...options });
  const adapter = new HttpAdapter({
    lookup: (_name, { all }, callback) => {
      if (all === true) callback(null, [{ address: "127.0.0.1", family: 4 }]);
      else callback(null, "127.0.0.1", 4);
    },
  });
  return session.mount("http://", adapter).mount("https://", adapter);
}

/** The URL that a plain request for this server comes to. */
async function reached(session: Session, { port }: ScriptedServer, host = "secure.test"): Promise<string> {
  const response = await session.get(`http://${host}:${port}/x`).catch(() => null);
  return response === null ? "not over TLS" : response.url.replace(`:${port}`, "");
}

describe("hsts", () => {
  it("asks over TLS for hosts that said so, and not for others", async () => {
    await using server = await secure();
    await using session = sessionWith({ hsts: true });
    expect(await reached(session, server)).toBe("not over TLS");
    await session.get(`https://secure.test:${server.port}/max-age=9`);
    expect(await reached(session, server)).toBe("https://secure.test/x");
    expect(await reached(session, server, "a.secure.test")).toBe("not over TLS");
    await session.get(`https://secure.test:${server.port}/max-age=9;includeSubDomains`);
    expect(await reached(session, server, "a.secure.test")).toBe("https://a.secure.test/x");
    await session.get(`https://secure.test:${server.port}/max-age=0`);
    expect(await reached(session, server)).toBe("not over TLS");
  });

  it("is off unless it is asked for", async () => {
    await using server = await secure();
    await using session = sessionWith({});
    expect(session.hsts).toBeNull();
    await session.get(`https://secure.test:${server.port}/max-age=9`);
    expect(await reached(session, server)).toBe("not over TLS");
  });

  it("does not listen to a connection that was not checked, or to an address", async () => {
    await using server = await secure();
    const hsts = new HstsStore();
    await using session = sessionWith({ hsts, verify: false });
    await session.get(`https://secure.test:${server.port}/max-age=9`);
    await session.get(`https://127.0.0.1:${server.port}/max-age=9`, { verify: ca });
    expect(hsts.size).toBe(0);
  });

  it("does not listen to plain HTTP", async () => {
    await using origin: TestOrigin = await startOrigin((_request, response) => {
      response.setHeader("Strict-Transport-Security", "max-age=9");
      response.end();
    });
    await using session = sessionWith({ hsts: true });
    const url = `http://secure.test:${origin.port}/`;
    for (let count = 0; count < 2; count++) expect((await session.get(url)).url).toBe(url);
  });

  it("looks at each hop of a redirect, and takes Secure cookies along", async () => {
    await using server = await secure();
    await using origin = await startOrigin((_request, response) => {
      response.writeHead(302, { Location: `http://secure.test:${server.port}/next` }).end();
    });
    await using session = sessionWith({ hsts: true });
    await session.get(`https://secure.test:${server.port}/max-age=9`);
    session.cookies.setCookie("id=1; Secure", `https://secure.test:${server.port}`);
    const response = await session.get(origin.url);
    expect(response.url).toBe(`https://secure.test:${server.port}/next`);
    expect(response.request.headers.get("cookie")).toBe("id=1");
  });

  it("leaves the default port to TLS", async () => {
    const hsts = new HstsStore();
    hsts.note("secure.test", "max-age=9");
    await using session = sessionWith({ hsts });
    const urls: string[] = [];
    session.mount("https://secure.test", {
      send: (request) => {
        urls.push(request.url);
        throw new Error("not sent");
      },
      close: () => Promise.resolve(),
    });
    for (const url of ["http://secure.test/a?b#c", "http://secure.test:80/"])
      await session.get(url).catch(() => undefined);
    expect(urls).toEqual(["https://secure.test/a?b#c", "https://secure.test/"]);
  });

  it("is shared by sessions that have the same store, and can be set later", async () => {
    await using server = await secure();
    await using one = sessionWith({ hsts: true });
    await using two = sessionWith({});
    await one.get(`https://secure.test:${server.port}/max-age=9`);
    two.hsts = one.hsts;
    expect(await reached(two, server)).toBe("https://secure.test/x");
    two.hsts = false;
    expect(await reached(two, server)).toBe("not over TLS");
  });

  it.for([["yes"], [1], [{}], [[]]] as const)("refuses %j", async ([value]) => {
    expect(() => new Session({ hsts: value as unknown as boolean })).toThrow(/hsts must be true, false/);
    await using session = new Session();
    expect(() => (session.hsts = value as unknown as boolean)).toThrow(TypeError);
  });
});
