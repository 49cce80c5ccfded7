/**
 * From nothing to a socket that leads to the server: name and TCP (`reach.ts`), proxy, TLS, in this order, on the way and in this
 * file; each of them is given up at once when asked to. The certificate is checked against the URL's host, whatever a Host header says.
 *
 * A new kind of proxy has its case in `#throughProxy` and a file of its own beside `tunnel.ts` and `socks.ts`; a new setting of TLS
 * goes to `tls/settings.ts`, or, when it is one of the handshake alone, to `handshakeOptions`.
 */
import { connect as connectSocket, isIP, type Socket, type TcpNetConnectOpts } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";

import { nodeTls } from "../core/late.ts";
import type { ResponseLimits } from "../core/response-limits.ts";
import type { ProxyTarget } from "../proxy/select.ts";
import { nameProblem, pinProblem } from "../tls/certificate.ts";
import type { TlsTerms } from "../tls/settings.ts";
import { agreedOn, ConnectionFacts, endsOf, factOf, type Remote } from "./connection-facts.ts";
import { ConnectTrace, isConnectTraced } from "./connect-trace.ts";
import { ConnectFailure, ConnectOverdue, reasonOf, type ConnectStep } from "./failures.ts";
import { assertAllowed, type Guard } from "./guard.ts";
import { tlsHint } from "./hints.ts";
import { Intake } from "./intake.ts";
import { Introduction } from "./introduction.ts";
import { endOnError, Reach, type Aim, type SocketOptions } from "./reach.ts";
import { Laps } from "./laps.ts";
import { Handshake, type TlsMemory } from "./resumption.ts";
import { authorityOf, basicCredentials, pinsOf, type Peer, type Route } from "./route.ts";
import { canReadInto } from "./runtime.ts";
import { openSocks } from "./socks.ts";
import type { TlsMaterial, TlsMaterials } from "./tls-material.ts";
import { openTunnel } from "./tunnel.ts";

/** What is the same for all connections of an adapter. The limits are for a proxy's answer to CONNECT. */
export interface ConnectSettings extends ResponseLimits {
  readonly sockets: SocketOptions;
  readonly materials: TlsMaterials;
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

type Step = Exclude<ConnectStep, "material">;

/** Sockets that were there before anybody waited for them: those that stand in the place of Node's, in tests, are at once. */
const early = new WeakSet<Socket>();

/** A handshake that is under way. */
interface Securing {
  readonly handshake: Handshake;
  readonly step: () => Step;
  readonly peer: Peer;
  readonly terms: TlsTerms | null;
}

const HTTP_1_ONLY: readonly string[] = ["http/1.1"];
const HTTP_2_AND_1: readonly string[] = ["h2", "http/1.1"];

/** One attempt to connect: settles once, and can be given up. */
export class Opening {
  readonly #settings: ConnectSettings;
  readonly #memory: TlsMemory;
  /** How long its parts take. */
  readonly laps: Laps = new Laps();
  readonly #sockets: Socket[] = [];
  #intake: Intake | null = null;
  #remote: Remote | null = null;
  #ends: ReturnType<typeof endsOf> | null = null;
  #agreed: ReturnType<typeof agreedOn> | null = null;
  #reach: Pick<Reach<Socket>, "standing" | "cancel"> | null = null;
  #isOver = false;
  #timer: NodeJS.Timeout | null = null;
  #trace: ConnectTrace | null = null;

  constructor(settings: ConnectSettings, memory: TlsMemory) {
    this.#settings = settings;
    this.#memory = memory;
  }

  /** Connects; one of the functions is called, later, unless it is given up before. */
  start(route: Route, limitMs: number | null, done: OpeningListener): void {
    const fail = (error: Error): void => {
      if (this.#isOver) return;
      this.cancel(error);
      done.onFailure(error);
    };
    if (isConnectTraced()) {
      this.#trace = new ConnectTrace(route, this.#settings.sockets.localAddress);
      this.#trace.begin();
      // A subscriber may have ended the request.
      if (this.#isOver) return;
    }
    if (limitMs !== null) this.#timer = setTimeout(() => fail(this.#overdue(limitMs)), limitMs);
    this.#open(route).then((socket) => {
      if (this.#isOver) {
        socket.destroy();
        return;
      }
      this.#finish();
      this.#trace?.onOpen(socket);
      const ends = this.#ends ?? this.#endsOf(socket);
      const facts = new ConnectionFacts(ends, route.proxy?.origin ?? null, this.#agreed, this.laps);
      done.onOpen({ socket, facts, intake: this.#intake });
    }, fail);
  }

  #endsOf(socket: Socket): ReturnType<typeof endsOf> {
    return endsOf(socket, {
      socketPath: this.#settings.sockets.socketPath ?? null,
      remote: this.#remote,
    });
  }

  /** Gives up, now. @param reason why there will be no connection, when it is not that nobody wants it any more. */
  cancel(reason: Error | null = null): void {
    const isNews = !this.#isOver;
    this.#finish();
    this.#reach?.cancel();
    this.#endSockets();
    if (isNews && this.#trace !== null) this.#trace.onFailure(reason ?? unwanted());
  }

  #overdue(limitMs: number): ConnectOverdue {
    const standing = this.#reach?.standing ?? "";
    return new ConnectOverdue(limitMs, "connect", standing === "" ? "" : `: ${standing}`);
  }

  #finish(): void {
    this.#isOver = true;
    this.laps.stop();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** From the inside out: Node 24 crashes when what is under TLS goes first, in the turn in which the handshake ends. */
  #endSockets(): void {
    for (const socket of this.#sockets.splice(0).toReversed()) socket.destroy();
  }

  async #open(route: Route): Promise<Socket> {
    const { via, tls, guard } = route;
    if (guard !== null && isIP(route.host) !== 0) checkAddress(guard, route.host);
    // What cannot be read is told before anybody is asked for a connection.
    const material = tls === null ? null : await this.#settings.materials.load(tls, route);
    if (via !== null) {
      const socket = await this.#throughProxy(route, via);
      return material === null ? socket : await this.#tlsThroughProxy(socket, route, material);
    }
    if (material !== null) return await this.#tcpAndTls(route, material);
    const step = route.isForwarded ? "proxy" : "address";
    const socket = await this.#reached(step, {
      peer: route,
      guard,
      intake: intakeFor(route),
      make: connectSocket,
    });
    await this.#ready(socket, () => step, route, null);
    if (guard !== null) checkAddress(guard, socket.remoteAddress);
    return socket;
  }

  /** A name in the place of which a proxy is told its address. */
  async #resolve(host: string): Promise<string> {
    if (isIP(host) !== 0) return host;
    this.laps.enter("dns");
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

  /** A socket that is connecting, or has connected. */
  async #reached<Made extends Socket>(step: "address" | "proxy", aim: Aim<Made>): Promise<Made> {
    try {
      const reach = new Reach(this.#settings.sockets, aim, this.laps);
      this.#reach = reach;
      if (this.#isOver) reach.cancel();
      const { socket, intake, remote } = await reach.start();
      this.#intake = intake;
      this.#remote = remote;
      return socket;
    } catch (cause) {
      throw new ConnectFailure(step, failureText(step, aim.peer.host, cause), { cause });
    } finally {
      this.#reach = null;
    }
  }

  /** @param terms those of TLS; `null`: there is none. */
  #ready(socket: Socket, step: () => Step, peer: Peer, terms: TlsTerms | null): Promise<Socket> {
    this.#sockets.push(socket);
    if (this.#isOver) socket.destroy();
    return new Promise((resolve, reject) => {
      const onFailure = (error?: Error): void => {
        const url = `http://${authorityOf(peer)}`;
        const hint = terms === null ? "" : tlsHint(error, { verify: terms.verify, url });
        const message = failureText(step(), peer.host, error) + hint;
        reject(new ConnectFailure(step(), message, { cause: error }));
      };
      const onClose = (): void => onFailure();
      const onReady = (): void => {
        // Noted at once: a socket forgets them when it ends. What is put over the first one has the same.
        this.#ends ??= this.#endsOf(socket);
        socket.off("error", onFailure);
        socket.off("close", onClose);
        resolve(socket);
      };
      // It may have failed, or connected, since it was made.
      if (socket.destroyed) return onFailure(socket.errored ?? undefined);
      socket.once("error", onFailure);
      socket.once("close", onClose);
      if (terms === null ? !socket.connecting : early.has(socket)) onReady();
      else socket.once(terms === null ? "connect" : "secureConnect", onReady);
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
        this.laps.enter("proxy");
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
      this.laps.enter("proxy");
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

  async #tcpToProxy({ hostname: host, port }: ProxyTarget): Promise<Socket> {
    const peer = { host, port };
    // What is put over it takes bytes from the socket's own queue.
    const aim = { peer, guard: null, intake: null, make: connectSocket };
    return await this.#ready(await this.#reached("proxy", aim), () => "proxy", peer, null);
  }

  async #tlsToProxy(under: Socket, { hostname: host, port }: ProxyTarget, terms: TlsTerms): Promise<Socket> {
    const peer = { host, port };
    const material = await this.#settings.materials.load(terms, peer);
    const handshake = new Handshake(this.#memory, "proxy");
    const options = { ...handshakeOptions(host, material, HTTP_1_ONLY), ...handshake.options };
    const socket = nodeTls().connect({ socket: under, host, ...options });
    endOnError(socket);
    handshake.watch(socket);
    return await this.#secured(socket, { handshake, step: () => "proxy", peer, terms });
  }

  async #tlsThroughProxy(under: Socket, route: Route, material: TlsMaterial): Promise<Socket> {
    this.laps.enter("tls");
    const handshake = this.#handshake(route);
    const options = { ...serverHandshake(route, material), ...handshake.options };
    const socket = nodeTls().connect({ socket: under, host: route.host, ...options });
    endOnError(socket);
    handshake.watch(socket);
    await this.#secured(socket, { handshake, step: () => "tls", peer: route, terms: route.tls });
    this.#identify(socket, route, handshake);
    return socket;
  }

  /** One socket for TCP and TLS: what fails before TCP is up is no TLS failure. */
  async #tcpAndTls(route: Route, material: TlsMaterial): Promise<Socket> {
    const { guard, isForwarded } = route;
    const handshake = this.#handshake(route);
    const tls = { ...serverHandshake(route, material), ...handshake.options };
    const make = (options: TcpNetConnectOpts): TLSSocket => {
      const made = nodeTls().connect({ ...options, ...tls });
      made.once("secureConnect", () => early.add(made));
      return made;
    };
    const aim = { peer: route, guard, intake: intakeFor(route), make };
    const socket = await this.#reached(isForwarded ? "proxy" : "address", aim);
    handshake.watch(socket);
    let isUp = false;
    const onUp = (): void => {
      isUp = true;
      this.laps.enter(isForwarded ? "proxy" : "tls");
    };
    if (socket.connecting) socket.once("connect", onUp);
    else onUp();
    const step = (): Step => (isForwarded ? "proxy" : isUp ? "tls" : "address");
    await this.#secured(socket, { handshake, step, peer: route, terms: route.tls });
    if (guard !== null) checkAddress(guard, socket.remoteAddress);
    this.#identify(socket, route, handshake);
    return socket;
  }

  /** With the server of the route. Node shows no certificate for a resumed session: with pins, each handshake is a whole one. */
  #handshake(route: Route): Handshake {
    return new Handshake(pinsOf(route) === null ? this.#memory : null, "server");
  }

  /** The handshake is through. */
  async #secured(socket: TLSSocket, { handshake, step, peer, terms }: Securing): Promise<TLSSocket> {
    try {
      await this.#ready(socket, step, peer, terms);
      return socket;
    } catch (error) {
      handshake.forget();
      throw error;
    }
  }

  /**
   * Who is there? Checks pins before a byte of a request is written.
   *
   * @throws {ConnectFailure} when the server is not the one that is pinned.
   */
  #identify(socket: TLSSocket, route: Route, handshake: Handshake): void {
    const identity = handshake.identity(socket, () => {
      // Once: Node takes the certificate off the chain when it is asked for it, and then has the next one, or none.
      const certificate = factOf(() => socket.getPeerX509Certificate());
      return { certificate, authorized: factOf(() => socket.authorized) === true };
    });
    const pins = pinsOf(route);
    const problem = pins === null ? null : pinProblem(pins, identity.certificate);
    if (problem !== null) throw new ConnectFailure("tls", `TLS with ${route.host} failed: ${problem}`);
    this.#agreed = agreedOn(socket, identity);
  }
}

/** Of a socket on which nothing but HTTP/1.1 is going to be spoken: HTTP/2 takes bytes from the socket's own queue. */
function intakeFor({ tls, isHttp2 }: Route): (() => Intake) | null {
  return isHttp2 || !canReadInto ? null : () => new Intake(tls !== null);
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

/** Why there is no connection when who needed it does not any more. */
export function unwanted(): Error {
  return new DOMException("the connection is not needed any more", "AbortError");
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
