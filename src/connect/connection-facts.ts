/**
 * What is told of a connection. It is noted when the connection is open, since a socket forgets it when it ends; what costs
 * something is made of it when somebody asks.
 */
import type { X509Certificate } from "node:crypto";
import { isIP, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";

import { Age } from "./age.ts";
import type { Laps } from "./laps.ts";
import type { ConnectionInfo, PeerCertificate, TlsInfo } from "../core/response.ts";

/** Whom a server showed itself to be, in a whole handshake. A resumed session stands for the same one. */
export interface ServerIdentity {
  readonly certificate: X509Certificate | null;
  readonly authorized: boolean;
}

/** Both ends of a socket. */
type Ends = Pick<
  ConnectionInfo,
  "remoteAddress" | "remotePort" | "localAddress" | "localPort" | "socketPath"
>;

/** What TLS came to, certificate unread. */
type Agreed = Omit<TlsInfo, "peerCertificate"> & Pick<ServerIdentity, "certificate">;

/**
 * What somebody likes to know, and nothing depends on: `null` when it cannot be told. Tools that stand between a program and
 * the network put sockets of their own in TLS's place, which have a part of all this only.
 */
export function factOf<Fact>(ask: () => Fact): NonNullable<Fact> | null {
  try {
    return ask() ?? null;
  } catch {
    return null;
  }
}

/** The other end of a connection. */
export interface Remote {
  readonly address: string;
  readonly port: number;
}

/**
 * The other end of a connection to this address, where that is sure: to ask the system takes as long as many other steps together.
 * IPv6 can be spelled in several ways, and 0.0.0.0 leads to another address.
 */
export function knownRemote(address: string, port: number): Remote | null {
  return isIP(address) === 4 && address !== "0.0.0.0" ? { address, port } : null;
}

/**
 * Both ends of an open socket.
 *
 * @param way the path that it was connected to, or the other end where that is known.
 */
export function endsOf(
  socket: Socket,
  { socketPath, remote }: { readonly socketPath: string | null; readonly remote: Remote | null },
): Ends {
  return {
    remoteAddress: remote?.address ?? factOf(() => socket.remoteAddress),
    remotePort: remote?.port ?? factOf(() => socket.remotePort),
    localAddress: factOf(() => socket.localAddress),
    localPort: factOf(() => socket.localPort),
    socketPath,
  };
}

/** What TLS on this socket came to. */
export function agreedOn(socket: TLSSocket, { certificate, authorized }: ServerIdentity): Agreed {
  const alpnProtocol = factOf(() => socket.alpnProtocol);
  const serverName = factOf(() => socket.servername);
  return {
    protocol: factOf(() => socket.getProtocol()),
    cipher: factOf(() => socket.getCipher().name),
    authorized,
    alpnProtocol: typeof alpnProtocol === "string" ? alpnProtocol : null,
    serverName: typeof serverName === "string" ? serverName : null,
    certificate,
  };
}

let connections = 0;

/** The number of the next connection, or of one that could not be opened. */
export function connectionNumber(): number {
  return ++connections;
}

/** One connection, for all who came over it. */
export class ConnectionFacts {
  /** Its number: each connection is another one in this process. */
  readonly id: number = connectionNumber();
  readonly age: Age = new Age();
  /** How it was opened. */
  readonly laps: Laps;
  readonly #ends: Ends;
  readonly #proxy: string | null;
  readonly #agreed: Agreed | null;
  #tls: TlsInfo | null = null;
  #shared: ConnectionInfo | null = null;

  /** @param proxy origin of the proxy on the way, without credentials. */
  constructor(ends: Ends, proxy: string | null, agreed: Agreed | null, laps: Laps) {
    this.laps = laps;
    this.#ends = ends;
    this.#proxy = proxy;
    this.#agreed = agreed;
  }

  /** For one message: the same object for all that were not the first one. */
  info(isReused: boolean): ConnectionInfo {
    if (!isReused) return this.#made(false);
    this.#shared ??= this.#made(true);
    return this.#shared;
  }

  #made(isReused: boolean): ConnectionInfo {
    return { ...this.#ends, isReused, proxy: this.#proxy, tls: this.#tlsInfo() };
  }

  #tlsInfo(): TlsInfo | null {
    if (this.#agreed === null) return null;
    if (this.#tls === null) {
      const { certificate, ...rest } = this.#agreed;
      const peerCertificate = certificate === null ? null : factOf(() => read(certificate));
      this.#tls = { ...rest, peerCertificate };
    }
    return this.#tls;
  }
}

function read(certificate: X509Certificate): PeerCertificate {
  const { subject, issuer, validFrom, validTo, fingerprint256, subjectAltName } = certificate;
  return {
    subject: textOf(subject),
    issuer: textOf(issuer),
    validFrom: isoDate(validFrom),
    validTo: isoDate(validTo),
    fingerprint256,
    subjectAltName: subjectAltName ?? null,
  };
}

/** OpenSSL says `Bad time value` of what it cannot read: then that is what is told. */
function isoDate(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? text : new Date(time).toISOString();
}

/** Node's types know none of it, but a name may be absent. */
function textOf(name: string | undefined): string {
  return name ?? "";
}
