/**
 * A tunnel through an HTTP proxy: CONNECT (RFC 9110 §9.3.6). The caller bounds the time; size is bounded here.
 *
 * May import: `core/`, own folder.
 */
import type { Socket } from "node:net";

import { HeaderMap } from "../core/headers.ts";
import { isToken } from "../core/method.ts";
import { ConnectFailure, reasonOf, type ProxyAnswer } from "./failures.ts";
import { SocketReader } from "./socket-reader.ts";

/** What to ask the proxy for. */
export interface TunnelRequest {
  /** `host:port` of the server, IPv6 addresses in brackets. */
  readonly authority: string;
  /** Value of `Proxy-Authorization`, or `null`. */
  readonly authorization: string | null;
  /** Further fields for the proxy; `null` for none. */
  readonly headers: HeaderMap | null;
  /** Most bytes of the heads of its answer, interim ones included. */
  readonly maxBytes: number;
}

/**
 * Asks for a tunnel on a fresh connection to a proxy. When it resolves, the socket leads to the server.
 *
 * @throws {ConnectFailure} when the proxy does not open one.
 */
export async function openTunnel(socket: Socket, request: TunnelRequest): Promise<void> {
  const { authority } = request;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${fieldsOf(request)}\r\n`, "latin1");
  const reader = new SocketReader(socket);
  const answer = await finalAnswer(reader, request.maxBytes);
  reader.release();
  // Any 2xx opens the tunnel; framing fields in it mean nothing (RFC 9110 §9.3.6).
  if (answer.status < 200 || answer.status > 299) {
    throw new ConnectFailure("proxy", `the proxy answered CONNECT with status ${answer.status}`, { answer });
  }
}

/** The program's fields, and the credentials unless those are among them. */
function fieldsOf({ authorization, headers }: TunnelRequest): string {
  const all = headers === null ? new HeaderMap() : headers.clone();
  if (authorization !== null && !all.has("proxy-authorization"))
    all.set("Proxy-Authorization", authorization);
  return [...all].map(([name, value]) => `${name}: ${value}\r\n`).join("");
}

async function finalAnswer(reader: SocketReader, maxBytes: number): Promise<ProxyAnswer> {
  let left = maxBytes;
  for (;;) {
    const head = await nextHead(reader, left);
    left -= head.byteLength;
    const text = head.toString("latin1");
    const [, digits] = /^HTTP\/1\.[01] ([1-9]\d\d)(?: |\r)/.exec(text) ?? [];
    if (digits === undefined)
      throw new ConnectFailure("proxy", "the proxy's answer to CONNECT is no HTTP response");
    if (Number(digits) >= 200) return { status: Number(digits), headers: headersIn(text) };
  }
}

/** What is no field line is left out: the tunnel does not depend on it. */
function headersIn(head: string): HeaderMap {
  const pairs: string[] = [];
  for (const line of head.split("\r\n").slice(1)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    if (isToken(name)) pairs.push(name, line.slice(colon + 1).trim());
  }
  return HeaderMap.fromWire(pairs);
}

async function nextHead(reader: SocketReader, limit: number): Promise<Buffer> {
  try {
    return await reader.takeThrough("\r\n\r\n", limit);
  } catch (cause) {
    throw new ConnectFailure("proxy", `the proxy did not answer CONNECT: ${reasonOf(cause)}`, { cause });
  }
}
