/**
 * A tunnel through an HTTP proxy: CONNECT (RFC 9110 §9.3.6). The caller bounds the time; size is bounded here.
 */
import type { Socket } from "node:net";

import { HeaderMap } from "../core/headers.ts";
import { isToken } from "../core/method.ts";
import { isError } from "../core/realm.ts";
import { withoutBlanks } from "../core/received-text.ts";
import { codes, isSuccessStatus } from "../core/status.ts";
import { ConnectFailure, reasonOf, type ProxyAnswer } from "./failures.ts";
import { protocolHint } from "./hints.ts";
import { ResponseOverflow, overflowOf, type ResponseLimits } from "../core/response-limits.ts";
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
  readonly limits: ResponseLimits;
}

/**
 * Asks for a tunnel on a fresh connection to a proxy. When it resolves, the socket leads to the server.
 *
 * @throws {ConnectFailure} when the proxy does not open one.
 */
export async function openTunnel(socket: Socket, request: TunnelRequest): Promise<ProxyAnswer> {
  const { authority } = request;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${fieldsOf(request)}\r\n`, "latin1");
  const reader = new SocketReader(socket);
  const answer = await finalAnswer(reader, request.limits);
  reader.release();
  // Any 2xx opens the tunnel; framing fields in it mean nothing (RFC 9110 §9.3.6).
  if (!isSuccessStatus(answer.status)) throw refusal(answer);
  return answer;
}

function refusal(answer: ProxyAnswer): ConnectFailure {
  const advice =
    answer.status === codes.proxyAuthenticationRequired
      ? ", it wants credentials: those in its URL, or the option proxyAuth"
      : "";
  return new ConnectFailure("proxy", `the proxy answered CONNECT with status ${answer.status}${advice}`, {
    answer,
  });
}

/** The program's fields, and the credentials unless those are among them. */
function fieldsOf({ authorization, headers }: TunnelRequest): string {
  const all = headers === null ? new HeaderMap() : headers.clone();
  if (authorization !== null && !all.has("proxy-authorization"))
    all.set("Proxy-Authorization", authorization);
  return [...all].map(([name, value]) => `${name}: ${value}\r\n`).join("");
}

async function finalAnswer(reader: SocketReader, limits: ResponseLimits): Promise<ProxyAnswer> {
  let informed = 0;
  for (;;) {
    const { status, fields, cause } = await nextHead(reader, limits);
    const overflow = overflowOf(limits, fields, status < 200 ? ++informed : 0);
    if (overflow !== null) throw tooLarge(overflow);
    const answer = { status, headers: HeaderMap.fromWire(fields) };
    // A refusal that was cut short has said what counts. Of anything else the end of the head is the beginning of the rest.
    if (cause !== null) throw status > 299 ? refusal(answer) : unanswered(cause);
    // 101 changes the protocol: nothing comes behind it that could be an answer (RFC 9110 §15.2.2).
    if (status >= 200 || status === 101) return answer;
  }
}

/** A head, as far as it came. */
interface Head {
  readonly status: number;
  /** Name, value, name, value ... */
  readonly fields: string[];
  /** Why it broke off; `null` when it is whole. */
  readonly cause: Error | null;
}

/**
 * Line by line: what is no status line is told at once, and not when an end that never comes was waited for. A lone LF ends a
 * line, too (RFC 9112 §2.2).
 */
async function nextHead(reader: SocketReader, limits: ResponseLimits): Promise<Head> {
  let left = limits.maxHeaderBytes;
  const nextLine = async (): Promise<string> => {
    const line = await reader.takeThrough("\n", left);
    if (line === null) throw tooLarge(new ResponseOverflow(limits, "maxHeaderBytes", null));
    left -= line.byteLength;
    return withoutEnd(line.toString("latin1"));
  };
  let status: number;
  try {
    const bytes = await reader.take(PROTOCOL.length);
    const start = bytes.toString("latin1");
    if (start !== PROTOCOL) throw noResponse(protocolHint(bytes));
    left -= PROTOCOL.length;
    status = statusOf(start + (await nextLine()));
  } catch (error) {
    throw error instanceof ConnectFailure ? error : unanswered(error);
  }
  const fields: string[] = [];
  try {
    for (let line = await nextLine(); line !== ""; line = await nextLine()) fields.push(...fieldIn(line));
    return { status, fields, cause: null };
  } catch (error) {
    if (error instanceof ConnectFailure || !isError(error)) throw error;
    return { status, fields, cause: error };
  }
}

const PROTOCOL = "HTTP/";

function statusOf(line: string): number {
  const [, digits] = /^HTTP\/1\.[01] ([1-9]\d\d)(?: |$)/.exec(line) ?? [];
  if (digits === undefined) throw noResponse();
  return Number(digits);
}

/** A CR elsewhere than before the LF is a blank (RFC 9112 §2.2). */
function withoutEnd(line: string): string {
  return line.replace(/\r?\n$/, "").replaceAll("\r", " ");
}

/** What is no field line is left out: the tunnel does not depend on it. */
function fieldIn(line: string): string[] {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(colon, 0));
  return isToken(name) ? [name, withoutBlanks(line.slice(colon + 1))] : [];
}

function noResponse(hint: string = ""): ConnectFailure {
  return new ConnectFailure("proxy", `the proxy's answer to CONNECT is no HTTP response${hint}`);
}

function unanswered(cause: unknown): ConnectFailure {
  return new ConnectFailure("proxy", `the proxy did not answer CONNECT: ${reasonOf(cause)}`, { cause });
}

function tooLarge(cause: ResponseOverflow): ConnectFailure {
  const what = `${cause.message}, which is ${cause.option} of the adapter`;
  return new ConnectFailure("proxy", `the proxy's answer to CONNECT has ${what}`, { cause });
}
