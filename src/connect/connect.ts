/**
 * From nothing to a socket that leads to the server: name, TCP, proxy, TLS, in this order, on the way and in this file; each of
 * them is given up at once when asked to. The certificate is checked against the URL's host, whatever a Host header says.
 *
 * A new kind of proxy has its case in `#throughProxy` and a file of its own beside `tunnel.ts` and `socks.ts`; a new setting of TLS
 * goes to `tls/settings.ts`, or, when it is one of the handshake alone, to `handshakeOptions`.
 */
import {
  connect as connectSocket,
  isIP,
  type LookupFunction,
  type Socket,
  type TcpNetConnectOpts,
} from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";

import { nodeTls } from "../core/late.ts";
import type { ProxyTarget } from "../proxy/select.ts";
import { nameProblem, pinProblem } from "../tls/certificate.ts";
import type { TlsTerms } from "../tls/settings.ts";
import { agreedOn, ConnectionFacts, endsOf, factOf, type ServerIdentity } from "./connection-facts.ts";
import { ConnectFailure, ConnectOverdue, reasonOf, type ConnectStep } from "./failures.ts";
import { assertAllowed, guardedLookup, type Guard } from "./guard.ts";
import { tlsHint } from "./hints.ts";
import { Intake } from "./intake.ts";
import { Introduction } from "./introduction.ts";
import type { ResponseLimits } from "../core/response-limits.ts";
import { authorityOf, basicCredentials, pinsOf, type Peer, type Route } from "./route.ts";
import { canReadInto } from "./runtime.ts";
import { openSocks } from "./socks.ts";
import type { TlsMaterial, TlsMaterials } from "./tls-material.ts";
import { openTunnel } from "./tunnel.ts";

/** How sockets are made. */
export interface SocketOptions {
  readonly localAddress: string | undefined;
  /** As `lookup.ts` makes it. */
  readonly lookup: LookupFunction;
  /** A Unix domain socket or named pipe in place of host and port. */
  readonly socketPath: string | undefined;
}

/** What is the same for all connections of an adapter. The limits are for a proxy's answer to CONNECT. */
export interface ConnectSettings extends ResponseLimits {
  readonly sockets: SocketOptions;
  readonly materials: TlsMaterials;
}

/** A TLS session, and whom its first handshake was with: Node shows no certificate for a resumed one. */
export interface Resumption {
  session: Buffer | null;
  identity: ServerIdentity | null;
}

/** The TLS session of a route: the next handshake is shorter. */
export interface TlsMemory {
  resumption: Resumption | null;
}

/** A socket that leads to the server, and what is to be told of it when it has ended. */
export interface Opened {
  readonly socket: Socket;
  readonly facts: ConnectionFacts;
  /** What it reads into; `null` when that is Node's business: below it is another socket, or above it HTTP/2. */
  readonly intake: Intake | null;
}

/** Who hears of it when a connection is open, or is not going to be. */
export interface OpeningListener {
  onOpen(opened: Opened): void;
  onFailure(error: Error): void;
}

const KEEP_ALIVE_PROBE_MS = 60_000;
const NOTHING_ELSE = { signal: undefined, fd: undefined, handle: undefined };
const READ_BYTES = 65_536;

type Step = Exclude<ConnectStep, "material">;

const HTTP_1_ONLY: readonly string[] = ["http/1.1"];
const HTTP_2_AND_1: readonly string[] = ["h2", "http/1.1"];

/** One attempt to connect: settles once, and can be given up. */
export class Opening {
  readonly #settings: ConnectSettings;
  readonly #memory: TlsMemory;
  readonly #sockets: Socket[] = [];
  #intake: Intake | null = null;
  #ends: ReturnType<typeof endsOf> | null = null;
  #agreed: ReturnType<typeof agreedOn> | null = null;
  #isOver = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(settings: ConnectSettings, memory: TlsMemory) {
    this.#settings = settings;
    this.#memory = memory;
  }

  /** Connects; one of the functions is called, later, unless it is given up before. */
  start(route: Route, limitMs: number | null, done: OpeningListener): void {
    const fail = (error: Error): void => {
      if (this.#isOver) return;
      this.cancel();
      done.onFailure(error);
    };
    if (limitMs !== null)
      this.#timer = setTimeout(() => fail(new ConnectOverdue(limitMs, "connect")), limitMs);
    this.#open(route).then((socket) => {
      if (this.#isOver) {
        socket.destroy();
        return;
      }
      this.#finish();
      const ends = this.#ends ?? endsOf(socket, null);
      const facts = new ConnectionFacts(ends, route.proxy?.origin ?? null, this.#agreed);
      done.onOpen({ socket, facts, intake: this.#intake });
    }, fail);
  }

  /** Gives up, now. */
  cancel(): void {
    this.#finish();
    this.#endSockets();
  }

  #finish(): void {
    this.#isOver = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** From the inside out: Node 24 crashes when what is under TLS goes first, in the turn in which the handshake ends. */
  #endSockets(): void {
    for (const socket of this.#sockets.splice(0).toReversed()) socket.destroy();
  }

  async #open(route: Route): Promise<Socket> {
    const { via, tls, guard } = route;
    if (guard !== null && isIP(route.host) !== 0) checkAddress(guard, route.host);
    // Tunnels and HTTP/2 take bytes from the socket's own queue.
    if (via === null && !route.isHttp2 && canReadInto) this.#intake = new Intake(tls !== null);
    // What cannot be read is told before anybody is asked for a connection.
    const material = tls === null ? null : await this.#settings.materials.load(tls, route);
    if (via !== null) {
      const socket = await this.#throughProxy(route, via);
      return material === null ? socket : await this.#tlsThroughProxy(socket, route, material);
    }
    if (material !== null) return await this.#tcpAndTls(route, material);
    return await this.#tcp(route, guard, route.isForwarded ? "proxy" : "address");
  }

  /** A name in the place of which a proxy is told its address. */
  async #resolve(host: string): Promise<string> {
    if (isIP(host) !== 0) return host;
    try {
      return await new Promise((resolve, reject) => {
        this.#settings.sockets.lookup(host, {}, (error, address) => {
          if (error === null) resolve(address as string); // one was asked for
          else reject(error);
        });
      });
    } catch (cause) {
      throw new ConnectFailure("address", failureText("address", host, cause), { cause });
    }
  }

  async #tcp(peer: Peer, guard: Guard | null, step: "address" | "proxy"): Promise<Socket> {
    const socket = connectSocket(this.#tcpOptions(peer, guard));
    this.#intake?.bind(socket);
    await this.#ready(socket, () => step, peer, null);
    if (guard !== null) checkAddress(guard, socket.remoteAddress);
    return socket;
  }

  #tcpOptions({ host, port }: Peer, guard: Guard | null): TcpNetConnectOpts {
    const { socketPath, ...options } = this.#settings.sockets;
    const all: object = {
      __proto__: null,
      ...options,
      ...(guard === null ? {} : { lookup: guardedLookup(guard, options.lookup) }),
      ...(socketPath === undefined ? { host, port, autoSelectFamily: true } : { path: socketPath }),
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
      // Node makes a plain object of it, which has what a polluted prototype has.
      ...NOTHING_ELSE,
      onread: this.#intake?.onread,
      highWaterMark: READ_BYTES,
    };
    return all as TcpNetConnectOpts; // Node's types know no highWaterMark here, and a path or a port, but not either
  }

  /** @param terms those of TLS; `null`: there is none. */
  #ready(socket: Socket, step: () => Step, peer: Peer, terms: TlsTerms | null): Promise<Socket> {
    this.#sockets.push(socket);
    if (this.#isOver) socket.destroy();
    // An error that comes between two steps, or after giving up, must not end the process. Node leaves a socket open on which
    // TLS fails behind the handshake.
    socket.on("error", (error) => void (socket.destroyed || socket.destroy(error)));
    return new Promise((resolve, reject) => {
      const onFailure = (error?: Error): void => {
        const url = `http://${authorityOf(peer)}`;
        const hint = terms === null ? "" : tlsHint(error, { verify: terms.verify, url });
        const message = failureText(step(), peer.host, error) + hint;
        reject(new ConnectFailure(step(), message, { cause: error }));
      };
      const onClose = (): void => onFailure();
      socket.once("error", onFailure);
      socket.once("close", onClose);
      socket.once(terms === null ? "connect" : "secureConnect", () => {
        // Noted at once: a socket forgets them when it ends. What is put over the first one has the same.
        this.#ends ??= endsOf(socket, this.#settings.sockets.socketPath ?? null);
        socket.off("error", onFailure);
        socket.off("close", onClose);
        resolve(socket);
      });
    });
  }

  /** The socket leads to the server when it resolves. */
  async #throughProxy(route: Route, via: ProxyTarget): Promise<Socket> {
    switch (via.scheme) {
      case "http":
      case "https":
        return await this.#tunnel(route, via);
      case "socks5":
      case "socks5h": {
        const { host, port } = route;
        const socket = await this.#tcpToProxy(via);
        const target = via.scheme === "socks5h" ? host : await this.#resolve(host);
        await openSocks(socket, { host: target, port, credentials: via.credentials });
        return socket;
      }
    }
  }

  /** A challenge of the proxy is answered on another connection. */
  async #tunnel(route: Route, via: ProxyTarget): Promise<Socket> {
    const { proxyAuth, proxyHeaders: headers } = route;
    const authority = authorityOf(route);
    const message = { method: "CONNECT", uri: authority, proxy: via.origin };
    const introduction = proxyAuth === null ? null : new Introduction(proxyAuth, message, null);
    for (;;) {
      const plain = await this.#tcpToProxy(via);
      const socket = via.scheme === "https" ? await this.#tlsToProxy(plain, via, route.proxyTls) : plain;
      const authorization =
        introduction === null ? basicCredentials(via.credentials) : await introduction.authorization();
      try {
        const answer = await openTunnel(socket, {
          authority,
          authorization,
          headers,
          limits: this.#settings,
        });
        await introduction?.asksAgain(answer);
        return socket;
      } catch (error) {
        const answer = error instanceof ConnectFailure ? error.answer : null;
        if (introduction === null || answer === null || !(await introduction.asksAgain(answer))) throw error;
        this.#endSockets();
        this.#ends = null;
      }
    }
  }

  #tcpToProxy({ hostname, port }: ProxyTarget): Promise<Socket> {
    return this.#tcp({ host: hostname, port }, null, "proxy");
  }

  async #tlsToProxy(under: Socket, { hostname: host, port }: ProxyTarget, terms: TlsTerms): Promise<Socket> {
    const peer = { host, port };
    const material = await this.#settings.materials.load(terms, peer);
    const socket = nodeTls().connect({
      socket: under,
      host,
      ...handshakeOptions(host, material, HTTP_1_ONLY),
    });
    return await this.#ready(socket, () => "proxy", peer, terms);
  }

  async #tlsThroughProxy(under: Socket, route: Route, material: TlsMaterial): Promise<Socket> {
    const socket = nodeTls().connect({
      socket: under,
      host: route.host,
      ...serverHandshake(route, material),
    });
    await this.#ready(socket, () => "tls", route, route.tls);
    this.#identify(socket, route, null);
    return socket;
  }

  /** One socket for TCP and TLS: what fails before TCP is up is no TLS failure. */
  async #tcpAndTls(route: Route, material: TlsMaterial): Promise<Socket> {
    const { guard, isForwarded } = route;
    // Node shows no certificate for a resumed session: with pins, each handshake is a whole one.
    const isResumable = pinsOf(route) === null;
    const { session = null, identity = null } = (isResumable ? this.#memory.resumption : null) ?? {};
    const tls = { ...serverHandshake(route, material), ...(session === null ? {} : { session }) };
    const socket = nodeTls().connect({ ...this.#tcpOptions(route, guard), ...tls });
    this.#intake?.bind(socket);
    const resumption: Resumption = { session: null, identity };
    if (isResumable) {
      socket.on("session", (newer) => {
        resumption.session = newer;
        this.#memory.resumption = resumption;
      });
    }
    let isUp = false;
    socket.once("connect", () => {
      isUp = true;
    });
    const step = (): Step => (isForwarded ? "proxy" : isUp ? "tls" : "address");
    await this.#ready(socket, step, route, route.tls);
    if (guard !== null) checkAddress(guard, socket.remoteAddress);
    const isResumed = factOf(() => socket.isSessionReused()) === true;
    resumption.identity = this.#identify(socket, route, isResumed ? identity : null);
    return socket;
  }

  /**
   * Who is there? `known`: whom a session that was resumed began with. Checks pins before a byte of a request is written.
   *
   * @throws {ConnectFailure} when the server is not the one that is pinned.
   */
  #identify(socket: TLSSocket, route: Route, known: ServerIdentity | null): ServerIdentity {
    // Once: Node takes the certificate off the chain when it is asked for it, and then has the next one, or none.
    const certificate = factOf(() => socket.getPeerX509Certificate());
    const pins = pinsOf(route);
    const problem = pins === null ? null : pinProblem(pins, certificate);
    if (problem !== null) throw new ConnectFailure("tls", `TLS with ${route.host} failed: ${problem}`);
    // Node does not compare names again in a resumed session.
    const identity = known ?? { certificate, authorized: factOf(() => socket.authorized) === true };
    this.#agreed = agreedOn(socket, identity);
    return identity;
  }
}

/** @throws {ConnectFailure} when the policy refuses it, or there is none: the connection has ended again. */
function checkAddress(guard: Guard, address: string | undefined): void {
  try {
    if (address === undefined) throw new Error("the connection was closed");
    assertAllowed(guard, address);
  } catch (cause) {
    throw new ConnectFailure("address", failureText("address", guard.host, cause), { cause });
  }
}

/** Of TLS with the server: what its certificate must be for, and the protocols to offer, of which it chooses (RFC 7301). */
function serverHandshake({ host, tls, isHttp2 }: Route, material: TlsMaterial): ConnectionOptions {
  return handshakeOptions(tls?.tls?.serverName ?? host, material, isHttp2 ? HTTP_2_AND_1 : HTTP_1_ONLY);
}

/** Never from a Host header. Addresses have no SNI (RFC 6066 §3): where there is no name, some runtimes refuse an empty one. */
function handshakeOptions(
  name: string,
  material: TlsMaterial,
  protocols: readonly string[],
): ConnectionOptions {
  return {
    secureContext: material.context,
    rejectUnauthorized: material.isVerified,
    servername: isIP(name) === 0 ? name.replace(/\.$/, "") : undefined,
    checkServerIdentity: (_host, certificate) => nameProblem(name, certificate),
    ALPNProtocols: [...protocols],
  };
}

function failureText(step: Step, host: string, error: unknown): string {
  const reason = error === undefined ? "the connection was closed" : reasonOf(error);
  switch (step) {
    case "address":
      return `no connection to ${host}: ${reason}`;
    case "proxy":
      return `no connection to the proxy ${host}: ${reason}`;
    case "tls":
      return `TLS with ${host} failed: ${reason}`;
  }
}
