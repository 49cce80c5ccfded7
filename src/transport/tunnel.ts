/**
 * A tunnel through an HTTP proxy: CONNECT (RFC 9110 §9.3.6). The caller bounds the time; size is bounded here.
 *
 * May import: `core/`, own folder.
 */
import type { Socket } from "node:net";

import { ConnectFailure, reasonOf } from "./failures.ts";
import { SocketReader } from "./socket-reader.ts";

/** Head of the proxy's answer, at most. */
const HEAD_LIMIT_BYTES = 65_536;

/** What to ask the proxy for. */
export interface TunnelRequest {
  /** `host:port` of the server, IPv6 addresses in brackets. */
  readonly authority: string;
  /** Value of `Proxy-Authorization`, or `null`. */
  readonly authorization: string | null;
}

/**
 * Asks for a tunnel on a fresh connection to a proxy. When it resolves, the socket leads to the server.
 *
 * @throws {ConnectFailure} when the proxy does not open one.
 */
export async function openTunnel(socket: Socket, { authority, authorization }: TunnelRequest): Promise<void> {
  const credentials = authorization === null ? "" : `Proxy-Authorization: ${authorization}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`, "latin1");
  const reader = new SocketReader(socket);
  const status = await finalStatus(reader);
  reader.release();
  // Any 2xx opens the tunnel; framing fields in it mean nothing (RFC 9110 §9.3.6).
  if (status < 200 || status > 299) {
    throw new ConnectFailure("proxy", `the proxy answered CONNECT with status ${status}`, { status });
  }
}

async function finalStatus(reader: SocketReader): Promise<number> {
  let left = HEAD_LIMIT_BYTES;
  for (;;) {
    const head = await nextHead(reader, left);
    left -= head.byteLength;
    const [, digits] = /^HTTP\/1\.[01] ([1-9]\d\d)(?: |\r)/.exec(head.toString("latin1")) ?? [];
    if (digits === undefined)
      throw new ConnectFailure("proxy", "the proxy's answer to CONNECT is no HTTP response");
    if (Number(digits) >= 200) return Number(digits);
  }
}

async function nextHead(reader: SocketReader, limit: number): Promise<Buffer> {
  try {
    return await reader.takeThrough("\r\n\r\n", limit);
  } catch (cause) {
    throw new ConnectFailure("proxy", `the proxy did not answer CONNECT: ${reasonOf(cause)}`, { cause });
  }
}
