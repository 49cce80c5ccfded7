/**
 * What is told of a connection. It is noted when the connection is open, since a socket forgets it when it ends; what costs
 * something is made of it when somebody asks.
 *
 * May import: `core/`, types of `node:crypto`, `node:net`, `node:tls`.
 */
import type { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

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

/** Both ends of an open socket. `socketPath`: the path that it was connected to. */
export function endsOf(socket: Socket, socketPath: string | null): Ends {
  const { remoteAddress = null, remotePort = null, localAddress = null, localPort = null } = socket;
  return { remoteAddress, remotePort, localAddress, localPort, socketPath };
}

/** What TLS on this socket came to. */
export function agreedOn(socket: TLSSocket, { certificate, authorized }: ServerIdentity): Agreed {
  const { alpnProtocol, servername } = socket;
  return {
    protocol: socket.getProtocol(),
    cipher: socket.getCipher().name,
    authorized,
    alpnProtocol: typeof alpnProtocol === "string" ? alpnProtocol : null,
    serverName: typeof servername === "string" ? servername : null,
    certificate,
  };
}

/** One connection, for all who came over it. */
export class ConnectionFacts {
  readonly #ends: Ends;
  readonly #proxy: string | null;
  readonly #agreed: Agreed | null;
  #tls: TlsInfo | null = null;

  /** @param proxy origin of the proxy on the way, without credentials. */
  constructor(ends: Ends, proxy: string | null, agreed: Agreed | null) {
    this.#ends = ends;
    this.#proxy = proxy;
    this.#agreed = agreed;
  }

  /** For one message. */
  info(isReused: boolean): ConnectionInfo {
    return { ...this.#ends, isReused, proxy: this.#proxy, tls: this.#tlsInfo() };
  }

  #tlsInfo(): TlsInfo | null {
    if (this.#agreed === null) return null;
    if (this.#tls === null) {
      const { certificate, ...rest } = this.#agreed;
      this.#tls = { ...rest, peerCertificate: certificate === null ? null : read(certificate) };
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
