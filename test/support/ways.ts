/** Servers and proxies on loopback, and the ways over them to a response, with what happens on each of them. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createTcpServer, connect, type AddressInfo, type LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { HttpAdapter, Session, type SessionOptions } from "../../src/index.ts";
import { Authority } from "./certificates.ts";
import { ok as okH2, startH2, type H2Server } from "./h2-server.ts";
import {
  answering,
  ok,
  scriptedServer,
  tunnelling,
  type Script,
  type ScriptedServer,
} from "./scripted-server.ts";

/** Longer than anything else takes on the way, in milliseconds: only that it takes so long is expected. */
export const PAUSE_MS = 40;

/** Waits. */
export function pause(ms: number = PAUSE_MS): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Any name is this machine. */
const here: LookupFunction = (_name, options, done) => {
  if (options.all === true) done(null, [{ address: "127.0.0.1", family: 4 }]);
  else done(null, "127.0.0.1", 4);
};

/** The same, after a while. */
export const slowly: LookupFunction = (name, options, done) =>
  void setTimeout(() => here(name, options, done), PAUSE_MS);

/** A SOCKS 5 proxy without credentials, which knows every name as this machine. */
const socksRelay: Script = async (connection) => {
  await connection.take((await connection.take(2))?.charCodeAt(1) ?? 0);
  connection.write("\x05\x00");
  const type = (await connection.take(4))?.charCodeAt(3) ?? 0;
  await connection.take(type === 3 ? ((await connection.take(1))?.charCodeAt(0) ?? 0) : 4);
  const port = Buffer.from((await connection.take(2)) ?? "\0\0", "latin1").readUInt16BE();
  const server = connect(port, "127.0.0.1");
  server.on("error", () => connection.socket.destroy());
  connection.socket.on("close", () => server.destroy());
  await once(server, "connect");
  await pause();
  connection.write("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00");
  connection.socket.pipe(server).pipe(connection.socket);
};

/** All of them, running. */
export interface Servers extends AsyncDisposable {
  /** Of everything that speaks TLS, but for `h2`. */
  readonly authority: Authority;
  readonly plain: ScriptedServer;
  readonly secure: ScriptedServer;
  readonly h2: H2Server;
  readonly tunnel: ScriptedServer;
  readonly secureTunnel: ScriptedServer;
  readonly secureProxy: ScriptedServer;
  readonly socks: ScriptedServer;
  /** Answers everything with 502. */
  readonly refusing: ScriptedServer;
  /** Speaks neither HTTP nor TLS. */
  readonly garbling: ScriptedServer;
  /** Path of a socket. */
  readonly socket: string;
  /** Nobody listens on it. */
  readonly closedPort: number;
}

/** Starts all of them. */
export async function startServers(): Promise<Servers> {
  const authority = await Authority.create();
  const leaf = await authority.issue({ addresses: ["127.0.0.1"], names: ["server.test"] });
  const servers = {
    plain: await scriptedServer(answering(ok())),
    secure: await scriptedServer(answering(ok()), leaf),
    h2: await startH2((stream) => okH2(stream)),
    tunnel: await scriptedServer(tunnelling),
    secureTunnel: await scriptedServer(tunnelling, leaf),
    secureProxy: await scriptedServer(answering(ok()), leaf),
    socks: await scriptedServer(socksRelay),
    refusing: await scriptedServer(answering("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")),
    garbling: await scriptedServer((connection) => connection.write("what is no TLS")),
  };
  const folder = await mkdtemp(join(tmpdir(), "sojourn-ways-"));
  const socket = join(folder, "socket");
  const unix = createServer((_request, response) => void response.end("ok")).listen(socket);
  await once(unix, "listening");
  const gone = createTcpServer().listen(0, "127.0.0.1");
  await once(gone, "listening");
  const { port: closedPort } = gone.address() as AddressInfo; // it listens on TCP
  await new Promise((resolve) => gone.close(resolve));
  return {
    ...servers,
    authority,
    socket,
    closedPort,
    [Symbol.asyncDispose]: async () => {
      for (const server of Object.values(servers)) await server[Symbol.asyncDispose]();
      unix.closeAllConnections();
      await new Promise((resolve) => unix.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

/** A way to a response `ok`. */
export interface Way {
  readonly url: (servers: Servers) => string;
  /** What happens on a connection that is opened for the message, and only then. */
  readonly opening: string;
  readonly options?: (servers: Servers) => Omit<SessionOptions, "stream">;
  readonly adapter?: (servers: Servers) => ConstructorParameters<typeof HttpAdapter>[0];
}

/** The same server, by its name. */
export function named(url: string): string {
  return url.replace("127.0.0.1", "server.test");
}

/** All of them. */
export const ways: Readonly<Record<string, Way>> = {
  "http, an address": { url: (s) => s.plain.url, opening: "tcp" },
  "http, a name": {
    url: (s) => named(s.plain.url),
    opening: "dns tcp",
    adapter: () => ({ lookup: slowly }),
  },
  "https, an address": { url: (s) => s.secure.url, opening: "tcp tls" },
  "https, a name": {
    url: (s) => named(s.secure.url),
    opening: "dns tcp tls",
    adapter: () => ({ lookup: slowly }),
  },
  "HTTP/2": { url: (s) => s.h2.url, opening: "tcp tls", options: (s) => ({ http2: true, verify: s.h2.ca }) },
  "HTTP/2 through a tunnel": {
    url: (s) => s.h2.url,
    opening: "tcp proxy tls",
    options: (s) => ({ http2: true, verify: s.h2.ca, proxy: s.tunnel.url }),
  },
  "an http proxy that forwards": {
    url: () => "http://server.test/",
    opening: "tcp",
    options: (s) => ({ proxy: s.plain.url }),
  },
  "an https proxy that forwards": {
    url: () => "http://server.test/",
    opening: "tcp proxy",
    options: (s) => ({ proxy: s.secureProxy.url }),
  },
  "a tunnel of an http proxy": {
    url: (s) => named(s.secure.url),
    opening: "tcp proxy tls",
    options: (s) => ({ proxy: s.tunnel.url }),
  },
  "a tunnel of an http proxy that has a name": {
    url: (s) => named(s.secure.url),
    opening: "dns tcp proxy tls",
    options: (s) => ({ proxy: named(s.tunnel.url) }),
    adapter: () => ({ lookup: here }),
  },
  "a tunnel of an https proxy": {
    url: (s) => named(s.secure.url),
    opening: "tcp proxy tls",
    options: (s) => ({ proxy: s.secureTunnel.url }),
  },
  "SOCKS5, an address": {
    url: (s) => s.plain.url,
    opening: "tcp proxy",
    options: (s) => ({ proxy: s.socks.url.replace("http:", "socks5:") }),
  },
  "SOCKS5, a name": {
    url: (s) => named(s.plain.url),
    opening: "dns tcp proxy",
    options: (s) => ({ proxy: s.socks.url.replace("http:", "socks5:") }),
    adapter: () => ({ lookup: slowly }),
  },
  SOCKS5h: {
    url: (s) => named(s.plain.url),
    opening: "tcp proxy",
    options: (s) => ({ proxy: s.socks.url.replace("http:", "socks5h:") }),
  },
  "SOCKS5h, https": {
    url: (s) => named(s.secure.url),
    opening: "tcp proxy tls",
    options: (s) => ({ proxy: s.socks.url.replace("http:", "socks5h:") }),
  },
  "a unix socket": {
    url: () => "http://server.test/",
    opening: "tcp",
    adapter: (s) => ({ socketPath: s.socket }),
  },
};

/** A session that goes this way. */
export function sessionFor(servers: Servers, { options, adapter }: Partial<Way> = {}): Session {
  const session = new Session({
    trustEnv: false,
    verify: servers.authority.pem,
    timeout: 8000,
    ...options?.(servers),
  });
  for (const prefix of ["http://", "https://"]) session.mount(prefix, new HttpAdapter(adapter?.(servers)));
  return session;
}
