/**
 * A tunnel through an HTTP proxy: CONNECT (RFC 9110 §9.3.6). The caller bounds the time; size is bounded here.
 *
 * May import: `core/`, own folder.
 */
import type { Socket } from "node:net";

import { HeaderMap } from "../core/headers.ts";
import { isToken } from "../core/method.ts";
import { ConnectFailure, reasonOf, type ProxyAnswer } from "./failures.ts";
import { HeadOverflow, overflowOf, type HeadLimits } from "./head-limits.ts";
import { SocketReader } from "./socket-reader.ts";

/** What to ask the proxy for. */
export interface TunnelRequest {
  /** `host:port` of the server, IPv6 addresses in brackets. */
  readonly authority: string;
  /** Value of `Proxy-Authorization`, or `null`. */
  readonly authorization: string | null;
  /** Further fields for the proxy; `null` for none. */
  readonly headers: HeaderMap | null;
  /** What its answer is held to. The bytes are those of a head, status line and all. */
  readonly limits: HeadLimits;
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
  const answer = await finalAnswer(reader, request.limits);
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

async function finalAnswer(reader: SocketReader, limits: HeadLimits): Promise<ProxyAnswer> {
  let informed = 0;
  for (;;) {
    const text = await nextHead(reader, limits);
    const [, digits] = /^HTTP\/1\.[01] ([1-9]\d\d)(?: |\r)/.exec(text) ?? [];
    if (digits === undefined)
      throw new ConnectFailure("proxy", "the proxy's answer to CONNECT is no HTTP response");
    const status = Number(digits);
    const fields = fieldsIn(text);
    const overflow = overflowOf(limits, fields, status < 200 ? ++informed : 0);
    if (overflow !== null) throw tooLarge(overflow);
    if (status >= 200) return { status, headers: HeaderMap.fromWire(fields) };
  }
}

/** What is no field line is left out: the tunnel does not depend on it. */
function fieldsIn(head: string): string[] {
  const pairs: string[] = [];
  for (const line of head.split("\r\n").slice(1)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    if (isToken(name)) pairs.push(name, line.slice(colon + 1).trim());
  }
  return pairs;
}

async function nextHead(reader: SocketReader, limits: HeadLimits): Promise<string> {
  let head: Buffer | null;
  try {
    head = await reader.takeThrough("\r\n\r\n", limits.maxHeaderBytes);
  } catch (cause) {
    throw new ConnectFailure("proxy", `the proxy did not answer CONNECT: ${reasonOf(cause)}`, { cause });
  }
  if (head === null) throw tooLarge(new HeadOverflow(limits, "maxHeaderBytes", null));
  return head.toString("latin1");
}

function tooLarge(cause: HeadOverflow): ConnectFailure {
  const what = `${cause.message}, which is ${cause.option} of the adapter`;
  return new ConnectFailure("proxy", `the proxy's answer to CONNECT has ${what}`, { cause });
}
