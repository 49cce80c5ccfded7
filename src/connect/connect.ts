/**
 * From nothing to a socket on which HTTP/1.1 can be spoken: name look-up, TCP, proxy, TLS, in this order, each of them
 * given up at once when asked to. The certificate is checked against the URL's host, whatever a Host header says.
 */
import type { X509Certificate } from "node:crypto";
import { lookup as resolveName } from "node:dns/promises";
import {
  connect as connectSocket,
  isIP,
  type LookupFunction,
  type Socket,
  type TcpNetConnectOpts,
} from "node:net";
import { connect as connectTlsSocket, type ConnectionOptions, type TLSSocket } from "node:tls";

import type { ProxyTarget } from "../proxy/select.ts";
import { nameProblem } from "../tls/certificate.ts";
import { pinProblem } from "../tls/pins.ts";
import type { TlsTerms } from "../tls/settings.ts";
import { agreedOn, ConnectionFacts, endsOf, factOf, type ServerIdentity } from "./connection-facts.ts";
import { ConnectFailure, ConnectOverdue, reasonOf } from "./failures.ts";
import { assertAllowed, guardedLookup, type Guard } from "./guard.ts";
import type { ResponseLimits } from "./response-limits.ts";
import { tlsHint } from "./hints.ts";
import { Intake } from "./intake.ts";
import { Introduction } from "./introduction.ts";
import { basicCredentials, guardOf, HTTP_1_ONLY, nameOf, pinsOf, protocolsOf, type Route } from "./route.ts";
import { canReadInto } from "./runtime.ts";
import { openSocks } from "./socks.ts";
import type { TlsMaterial, TlsMaterials, TlsPeer } from "./tls-material.ts";
import { openTunnel } from "./tunnel.ts";

/** How sockets are made. */
export interface SocketOptions {
  readonly localAddress?: string;
  /** As `lookup.ts` makes it; absent for Node's own. */
  readonly lookup?: LookupFunction;
  /** A Unix domain socket or named pipe in place of host and port. */
  readonly socketPath?: string;
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

/** TLS sessions of a route: the next handshake is shorter. */
export interface SessionMemory {
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

/** One attempt to connect: settles once, and can be given up. */
export class Opening {
  readonly #options: SocketOptions;
  readonly #materials: TlsMaterials;
  readonly #limits: ResponseLimits;
  readonly #memory: SessionMemory;
  readonly #sockets: Socket[] = [];
  #intake: Intake | null = null;
  #ends: ReturnType<typeof endsOf> | null = null;
  #agreed: ReturnType<typeof agreedOn> | null = null;
  #isOver = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(settings: ConnectSettings, memory: SessionMemory) {
    this.#options = settings.sockets;
    this.#materials = settings.materials;
    this.#limits = settings;
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
    // From the inside out: Node 24 crashes when what is under TLS goes first, in the turn in which the handshake ends.
    for (const socket of this.#sockets.toReversed()) socket.destroy();
  }

  #finish(): void {
    this.#isOver = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #open(route: Route): Promise<Socket> {
    const { via, tls } = route;
    const guard = guardOf(route);
    if (guard !== null && isIP(route.host) !== 0) checkAddress(guard, route.host);
    // Tunnels and HTTP/2 take bytes from the socket's own queue.
    if (via === null && !route.isHttp2 && canReadInto) this.#intake = new Intake(tls !== null);
    // What cannot be read is told before anybody is asked for a connection.
    const material = tls === null ? null : await this.#materials.load(tls, route);
    if (via === null && material === null)
      return await this.#tcp(route, guard, route.isForwarded ? "proxy" : "address");
    if (via === null && material !== null) return await this.#directTls(route, material);
    const socket = await this.#throughProxy(route);
    return material === null ? socket : await this.#tlsOver(socket, route, material);
  }

  /** The socket leads to the server when it resolves. A challenge of the proxy is answered on another connection. */
  async #throughProxy(route: Route): Promise<Socket> {
    const { via, host, port, proxyAuth } = route;
    if (via === null) throw new TypeError("there is no proxy on this way");
    const uri = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
    const message = { method: "CONNECT", uri, proxy: via.origin };
    const introduction = proxyAuth === null ? null : new Introduction(proxyAuth, message, null);
    for (;;) {
      try {
        return await this.#tunnel(route, via, uri, introduction);
      } catch (error) {
        const answer = error instanceof ConnectFailure ? error.answer : null;
        if (introduction === null || answer === null || !(await introduction.asksAgain(answer))) throw error;
        for (const socket of this.#sockets.splice(0).toReversed()) socket.destroy();
        this.#ends = null;
      }
    }
  }

  async #tunnel(
    { host, port, proxyTls, proxyHeaders }: Route,
    via: ProxyTarget,
    authority: string,
    introduction: Introduction | null,
  ): Promise<Socket> {
    const plain = await this.#tcp({ host: via.hostname, port: via.port }, null, "proxy");
    if (via.scheme === "socks5" || via.scheme === "socks5h") {
      const target = via.scheme === "socks5h" ? host : await this.#resolve(host);
      await openSocks(plain, { host: target, port, credentials: via.credentials });
      return plain;
    }
    const socket =
      via.scheme === "https"
        ? await this.#tlsToProxy(plain, { host: via.hostname, port: via.port }, proxyTls)
        : plain;
    const authorization =
      introduction === null ? basicCredentials(via.credentials) : await introduction.authorization();
    const request = { authority, authorization, headers: proxyHeaders, limits: this.#limits };
    const answer = await openTunnel(socket, request);
    await introduction?.asksAgain(answer);
    return socket;
  }

  async #tcp(peer: TlsPeer, guard: Guard | null, step: "address" | "proxy"): Promise<Socket> {
    const socket = connectSocket(this.#tcpOptions(peer, guard));
    this.#intake?.bind(socket);
    await this.#ready(socket, () => step, peer, null);
    if (guard !== null) checkAddress(guard, socket.remoteAddress);
    return socket;
  }

  /** One socket for TCP and TLS: what fails before TCP is up is no TLS failure. */
  async #directTls(route: Route, material: TlsMaterial): Promise<Socket> {
    const { isForwarded } = route;
    // Node shows no certificate for a resumed session: with pins, each handshake is a whole one.
    const isResumable = pinsOf(route) === null;
    const { session = null, identity = null } = (isResumable ? this.#memory.resumption : null) ?? {};
    const tls = {
      ...tlsOptions(nameOf(route), material, protocolsOf(route)),
      ...(session === null ? {} : { session }),
    };
    const guard = guardOf(route);
    const socket = connectTlsSocket({ ...this.#tcpOptions(route, guard), ...tls });
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
    const step = (): "address" | "proxy" | "tls" => (isForwarded ? "proxy" : isUp ? "tls" : "address");
    await this.#ready(socket, step, route, route.tls);
    if (guard !== null) checkAddress(guard, socket.remoteAddress);
    const isResumed = factOf(() => socket.isSessionReused()) === true;
    resumption.identity = this.#identify(socket, route, isResumed ? identity : null);
    return socket;
  }

  async #tlsOver(under: Socket, route: Route, material: TlsMaterial): Promise<Socket> {
    const { host } = route;
    const tls = tlsOptions(nameOf(route), material, protocolsOf(route));
    const socket = connectTlsSocket({ socket: under, host, ...tls });
    await this.#ready(socket, () => "tls", route, route.tls);
    this.#identify(socket, route, null);
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
    checkPins(certificate, route);
    // Node does not compare names again in a resumed session.
    const identity = known ?? { certificate, authorized: factOf(() => socket.authorized) === true };
    this.#agreed = agreedOn(socket, identity);
    return identity;
  }

  async #tlsToProxy(under: Socket, peer: TlsPeer, terms: TlsTerms): Promise<Socket> {
    const { host } = peer;
    const tls = tlsOptions(host, await this.#materials.load(terms, peer), HTTP_1_ONLY);
    const socket = connectTlsSocket({ socket: under, host, ...tls });
    return await this.#ready(socket, () => "proxy", peer, terms);
  }

  /** @param terms those of TLS; `null`: there is none. */
  #ready(
    socket: Socket,
    step: () => "address" | "proxy" | "tls",
    { host, port }: TlsPeer,
    terms: TlsTerms | null,
  ): Promise<Socket> {
    this.#sockets.push(socket);
    if (this.#isOver) socket.destroy();
    // An error that comes between two steps, or after giving up, must not end the process. Node leaves a socket open on which
    // TLS fails behind the handshake.
    socket.on("error", (error) => void (socket.destroyed || socket.destroy(error)));
    return new Promise((resolve, reject) => {
      const onFailure = (error?: Error): void => {
        const url = `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
        const hint = terms === null ? "" : tlsHint(error, { verify: terms.verify, url });
        reject(new ConnectFailure(step(), describe(step(), host, error) + hint, { cause: error }));
      };
      const onClose = (): void => onFailure();
      socket.once("error", onFailure);
      socket.once("close", onClose);
      socket.once(terms === null ? "connect" : "secureConnect", () => {
        // Noted at once: a socket forgets them when it ends. What is put over the first one has the same.
        this.#ends ??= endsOf(socket, this.#options.socketPath ?? null);
        socket.off("error", onFailure);
        socket.off("close", onClose);
        resolve(socket);
      });
    });
  }

  async #resolve(host: string): Promise<string> {
    if (isIP(host) !== 0) return host;
    const { lookup } = this.#options;
    try {
      if (lookup === undefined) return (await resolveName(host)).address;
      return await new Promise((resolve, reject) => {
        lookup(host, {}, (error, address) => {
          if (error !== null) reject(error);
          else resolve(typeof address === "string" ? address : (address[0]?.address ?? host));
        });
      });
    } catch (cause) {
      throw new ConnectFailure("address", describe("address", host, cause), { cause });
    }
  }

  #tcpOptions({ host, port }: TlsPeer, guard: Guard | null): TcpNetConnectOpts {
    const { socketPath, ...options } = this.#options;
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
}

/** Never from a Host header. Addresses have no SNI (RFC 6066 §3): where there is no name, some runtimes refuse an empty one. */
function tlsOptions(name: string, material: TlsMaterial, protocols: readonly string[]): ConnectionOptions {
  return {
    secureContext: material.context,
    rejectUnauthorized: material.isVerified,
    servername: isIP(name) === 0 ? name.replace(/\.$/, "") : undefined,
    checkServerIdentity: (_host, certificate) => nameProblem(name, certificate),
    ALPNProtocols: [...protocols],
  };
}

/** @throws {ConnectFailure} when the policy refuses it, or there is none: the connection has ended again. */
function checkAddress(guard: Guard, address: string | undefined): void {
  try {
    if (address === undefined) throw new Error("the connection was closed");
    assertAllowed(guard, address);
  } catch (cause) {
    throw new ConnectFailure("address", describe("address", guard.host, cause), { cause });
  }
}

function checkPins(certificate: X509Certificate | null, route: Route): void {
  const pins = pinsOf(route);
  if (pins === null) return;
  const problem = pinProblem(pins, certificate ?? undefined);
  if (problem !== null) throw new ConnectFailure("tls", `TLS with ${route.host} failed: ${problem}`);
}

function describe(step: "address" | "proxy" | "tls", host: string, error: unknown): string {
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
