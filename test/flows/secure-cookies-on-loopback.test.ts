/** `Secure` cookies over plain HTTP: to this machine, on a direct connection, and nowhere else. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo, LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  AppAdapter,
  HttpAdapter,
  Request,
  Session,
  type Adapter,
  type CookieRefusal,
  type PreparedRequest,
} from "../../src/index.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";

const SET = ["__Host-csrf=1; Path=/; Secure; HttpOnly", "sec=2; Path=/; Secure", "plain=3; Path=/"];
const ALL = "__Host-csrf=1; sec=2; plain=3";

/** Sets the cookies at `/set`, and answers with those that came. */
async function startCookies(): Promise<TestOrigin> {
  return await startOrigin((request, response) => {
    // A proxy is asked for the whole URL.
    if (request.url.endsWith("/set")) response.setHeader("set-cookie", SET);
    response.end(request.headers.cookie ?? "");
  });
}

/** What comes back after the cookies were set, and what was refused. */
async function roundTrip(session: Session, url: string): Promise<{ sent: string; refused: string[] }> {
  const refused: string[] = [];
  const cookieRefused = ({ name, reason }: CookieRefusal): void => void refused.push(`${name} ${reason}`);
  await session.get(`${url}/set`, { hooks: { cookieRefused } });
  return { sent: (await session.get(url)).text(), refused };
}

const REFUSED = { sent: "plain=3", refused: ["__Host-csrf insecure", "sec insecure"] };

afterEach(() => vi.unstubAllEnvs());

describe("a direct connection to this machine", () => {
  it.each(["127.0.0.1", "localhost", "LOCALHOST", "app.localhost", "a.b.localhost", "localhost.", "127.1"])(
    "brings and takes Secure cookies: %s",
    async (host) => {
      await using origin = await startCookies();
      await using session = new Session({ trustEnv: false });
      expect(await roundTrip(session, `http://${host}:${origin.port}`)).toEqual({ sent: ALL, refused: [] });
    },
  );

  it("is shown by prepareRequest()", async () => {
    await using origin = await startCookies();
    await using session = new Session({ trustEnv: false });
    const url = `http://localhost:${origin.port}`;
    await session.get(`${url}/set`);
    const prepared = session.prepareRequest(new Request("GET", url));
    expect(prepared.headers.get("cookie")).toBe(ALL);
    expect((await session.send(prepared)).text()).toBe(ALL);
    const withProxy = session.prepareRequest(new Request("GET", url, { proxy: "http://proxy.test:1" }));
    expect(withProxy.headers.get("cookie")).toBe("plain=3");
  });

  it("is not to every address that leads here", async () => {
    await using origin = await startCookies();
    await using session = new Session({ trustEnv: false });
    for (const host of ["0.0.0.0", "[::ffff:127.0.0.1]"])
      expect(await roundTrip(session, `http://${host}:${origin.port}`)).toEqual(REFUSED);
  });

  it("gives no answer over plain HTTP elsewhere the right to overwrite", async () => {
    await using origin = await startCookies();
    await using session = new Session({ trustEnv: false });
    const url = `http://localhost:${origin.port}`;
    await session.get(`${url}/set`);
    await using worse = await startOrigin((_request, response) => {
      response.setHeader("set-cookie", "sec=evil; Path=/").end();
    });
    await session.get(url, { proxy: worse.url });
    expect(session.cookies.get("sec")).toBe("2");
    await session.get(`http://localhost:${worse.port}`);
    expect(session.cookies.get("sec")).toBe("evil");
  });

  it("is told hop by hop", async () => {
    await using elsewhere = await startCookies();
    await using origin = await startOrigin((request, response) => {
      if (request.url === "/set") response.setHeader("set-cookie", SET);
      if (request.url === "/away") response.writeHead(302, { Location: `http://0.0.0.0:${elsewhere.port}/` });
      response.end(request.headers.cookie ?? "");
    });
    await using session = new Session({ trustEnv: false });
    const url = `http://127.0.0.1:${origin.port}`;
    await session.get(`${url}/set`);
    expect((await session.get(`${url}/away`)).text()).toBe("");
    expect(origin.arrived.at(-1)?.headers.cookie).toBe(ALL);
  });

  it("is one where a look-up of the caller's leads, which answers for it", async () => {
    await using origin = await startCookies();
    const asked: string[] = [];
    const lookup: LookupFunction = (name, options, callback) => {
      asked.push(name);
      if (options.all === true) callback(null, [{ address: "127.0.0.1", family: 4 }]);
      else callback(null, "127.0.0.1", 4);
    };
    const adapter = new HttpAdapter({ lookup });
    await using session = new Session({ trustEnv: false }).mount("http://", adapter);
    for (const host of ["localhost", "app.localhost"])
      expect((await roundTrip(session, `http://${host}:${origin.port}`)).sent).toBe(ALL);
    for (const host of ["localhost.localdomain", "app.test"])
      expect(await roundTrip(session, `http://${host}:${origin.port}`)).toEqual(REFUSED);
    expect(asked).toContain("localhost");
  });

  it("is one over a socket of this machine, for this machine's names", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sojourn-cookies-"));
    const socketPath = join(folder, "s");
    const server = createServer((request, response) => {
      if (request.url === "/set") response.setHeader("set-cookie", SET);
      response.end(request.headers.cookie ?? "");
    }).listen(socketPath);
    await once(server, "listening");
    await using session = new Session().mount("http://", new HttpAdapter({ socketPath }));
    expect((await roundTrip(session, "http://localhost")).sent).toBe(ALL);
    expect(await roundTrip(session, "http://docker.test")).toEqual(REFUSED);
    await session.close();
    server.close();
    await rm(folder, { recursive: true });
  });

  it("is none, but as good as one, where an app of this process answers", async () => {
    const app = (request: globalThis.Request): globalThis.Response => {
      const headers = new Headers();
      if (request.url.endsWith("/set")) for (const cookie of SET) headers.append("set-cookie", cookie);
      return new Response(request.headers.get("cookie") ?? "", { headers });
    };
    await using session = new Session().mount("http://", new AppAdapter(app));
    expect((await roundTrip(session, "http://localhost")).sent).toBe(ALL);
    expect(await roundTrip(session, "http://app.test")).toEqual(REFUSED);
  });
});

describe("with something in between, http is http", () => {
  it("a proxy", async () => {
    await using proxy = await startCookies();
    await using session = new Session({ trustEnv: false, proxy: proxy.url });
    expect(await roundTrip(session, "http://localhost:1")).toEqual(REFUSED);
    expect(proxy.arrived[0]?.url).toBe("http://localhost:1/set");
  });

  it("the environment's proxy, unless it is to be left out", async () => {
    await using proxy = await startCookies();
    await using origin = await startCookies();
    vi.stubEnv("http_proxy", proxy.url);
    for (const name of ["no_proxy", "NO_PROXY", "HTTP_PROXY"]) vi.stubEnv(name, undefined);
    await using session = new Session();
    expect(await roundTrip(session, `http://localhost:${origin.port}`)).toEqual(REFUSED);
    vi.stubEnv("no_proxy", "localhost");
    await using direct = new Session();
    expect((await roundTrip(direct, `http://localhost:${origin.port}`)).sent).toBe(ALL);
  });

  it("an adapter of the caller's, and a child of ours that sends otherwise", async () => {
    await using origin = await startCookies();
    const ours = new HttpAdapter();
    const wrapper: Adapter = {
      send: async (request, options, signal) => await ours.send(request, options, signal),
      close: async () => await ours.close(),
    };
    class Rerouting extends HttpAdapter {
      override async send(...args: Parameters<HttpAdapter["send"]>): ReturnType<HttpAdapter["send"]> {
        return await super.send(...args);
      }
    }
    for (const adapter of [wrapper, new Rerouting()]) {
      await using session = new Session({ trustEnv: false }).mount("http://", adapter);
      expect(await roundTrip(session, `http://localhost:${origin.port}`)).toEqual(REFUSED);
    }
    await using session = new Session({ trustEnv: false }).mount(
      "http://",
      new HttpAdapter({ poolMaxsize: 1 }),
    );
    expect((await roundTrip(session, `http://localhost:${origin.port}`)).sent).toBe(ALL);
  });

  it("a malformed proxy, which is told when the request is sent", async () => {
    await using session = new Session({ trustEnv: false, proxies: { http: "http://" } });
    const prepared: PreparedRequest = session.prepareRequest(new Request("GET", "http://localhost:1/"));
    await expect(session.send(prepared)).rejects.toMatchObject({ name: "InvalidProxyURL" });
  });
});

/** A server on one address of this machine. */
async function listenOn(host: string): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((_request, response) => void response.end(host));
  server.listen(0, host);
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

describe("names of this machine", () => {
  it.each(["127.0.0.1", "::1"])(
    "lead to %s, where the server listens, whatever a resolver says",
    async (address) => {
      const { server, port } = await listenOn(address);
      await using session = new Session({ trustEnv: false });
      // RFC 6761 §6.3: nobody else is asked, so names that nobody has registered are found.
      for (const host of ["localhost", "never.registered.localhost", "localhost."])
        expect((await session.get(`http://${host}:${port}/`)).text()).toBe(address);
      await session.close();
      server.close();
    },
  );

  it("lead to addresses of one kind, if one is asked for", async () => {
    const { server, port } = await listenOn("127.0.0.1");
    await using six = new Session({ trustEnv: false }).mount("http://", new HttpAdapter({ family: 6 }));
    await using four = new Session({ trustEnv: false }).mount("http://", new HttpAdapter({ family: 4 }));
    await expect(six.get(`http://app.localhost:${port}/`)).rejects.toMatchObject({ name: "ConnectionError" });
    expect((await four.get(`http://app.localhost:${port}/`)).text()).toBe("127.0.0.1");
    await Promise.all([six.close(), four.close()]);
    server.close();
  });

  it("are addresses that a policy may refuse", async () => {
    await using session = new Session({ trustEnv: false, addressPolicy: () => false });
    await expect(session.get("http://app.localhost:1/")).rejects.toMatchObject({
      name: "AddressRefused",
      addresses: expect.arrayContaining(["::1", "127.0.0.1"]) as string[],
    });
  });
});
