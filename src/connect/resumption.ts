/**
 * Resumption: a handshake with a server that was met before is shorter (RFC 8446 §2.2), be it reached directly or through a tunnel.
 *
 * What is remembered belongs to one route: other settings of TLS, another client certificate or another proxy have another one.
 */
import type { TLSSocket } from "node:tls";

import { factOf, type ServerIdentity } from "./connection-facts.ts";

/** The last session with somebody, and whom its first handshake was with: Node shows no certificate for a resumed one. */
interface Meeting {
  session: Buffer | null;
  identity: ServerIdentity | null;
}

/** What a route remembers. */
export class TlsMemory {
  /** Of the server, or of the proxy that requests are forwarded to. */
  server: Meeting | null = null;
  /** Of a proxy with TLS, on the way to the server. */
  proxy: Meeting | null = null;
}

/** One handshake: what it goes on from, and what the next one may. */
export class Handshake {
  readonly #memory: TlsMemory | null;
  readonly #with: keyof TlsMemory;
  readonly #before: Meeting | null;
  readonly #after: Meeting = { session: null, identity: null };

  /** @param memory `null`: it is a whole one, and nothing is remembered of it. */
  constructor(memory: TlsMemory | null, other: keyof TlsMemory) {
    this.#memory = memory;
    this.#with = other;
    this.#before = memory?.[other] ?? null;
  }

  /** Among the options of the socket. */
  get options(): { readonly session?: Buffer } {
    const session = this.#before?.session ?? null;
    return session === null ? {} : { session };
  }

  /** What the other side gives for the next time comes when it likes. Node tells of it when the certificate has been checked. */
  watch(socket: TLSSocket): void {
    const memory = this.#memory;
    if (memory === null) return;
    socket.on("session", (session) => {
      this.#after.session = session;
      memory[this.#with] = this.#after;
    });
  }

  /** Whom is this with? @param ask looks at the certificate of a whole handshake. */
  identity(socket: TLSSocket, ask: () => ServerIdentity): ServerIdentity {
    const known = this.#before?.identity ?? null;
    const isResumed = known !== null && factOf(() => socket.isSessionReused()) === true;
    // Node does not compare names again in a resumed session.
    const identity = isResumed ? known : ask();
    this.#after.identity = identity;
    return identity;
  }

  /** It failed: the next one does not go on from the same. */
  forget(): void {
    if (this.#memory !== null && this.#memory[this.#with] === this.#before) this.#memory[this.#with] = null;
  }
}
