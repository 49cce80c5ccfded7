/**
 * A tunnel through an HTTP proxy: CONNECT (RFC 9110 §9.3.6). The caller bounds the time; size is bounded here.
 */
import type { Socket } from "node:net";

import { HeaderMap } from "../core/headers.ts";
import type { WireHead } from "../core/response.ts";
import { codes, isSuccessStatus } from "../core/status.ts";
import { ResponseParser, type ResponseListener } from "../http1/response-parser.ts";
import { ResponseSyntaxError } from "../http1/syntax-error.ts";
import { ConnectFailure, reasonOf, type ProxyAnswer } from "./failures.ts";
import { protocolHint } from "./hints.ts";
import { ResponseOverflow, type ResponseLimits } from "../core/response-limits.ts";
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

/** Up to the end of its head: what comes behind it is the tunnel's, or of no interest. */
async function finalAnswer(reader: SocketReader, limits: ResponseLimits): Promise<ProxyAnswer> {
  const listener = new HeadListener();
  const parser = new ResponseParser(listener, limits);
  parser.expect("CONNECT");
  let bytes: Buffer = NOTHING;
  try {
    while (listener.head === null) {
      bytes = await reader.takeSome();
      const taken = parser.feed(bytes);
      reader.putBack(bytes.subarray(taken));
    }
    return answerOf(listener.head);
  } catch (error) {
    if (error instanceof ResponseOverflow) throw tooLarge(error);
    const head = parser.headSoFar;
    // A refusal that was cut short has said what counts. Of anything else the end of the head is the beginning of the rest.
    if (head !== null && (head.status > 299 || head.status === 101)) throw refusal(answerOf(head));
    throw error instanceof ResponseSyntaxError ? noResponse(error, bytes) : unanswered(error);
  }
}

/** Waits for a final head. */
class HeadListener implements ResponseListener {
  head: WireHead | null = null;

  onInformational(): void {
    // The head is still to come.
  }

  onHead(head: WireHead): void {
    this.head = head;
  }

  onData(): void {
    // Nobody reads the body of a refusal.
  }

  onEnd(): void {
    // Nor waits for its end.
  }
}

function answerOf({ status, fields }: { readonly status: number; readonly fields: string[] }): ProxyAnswer {
  return { status, headers: HeaderMap.fromWire(fields) };
}

const NOTHING = Buffer.alloc(0);

function noResponse(cause: ResponseSyntaxError, bytes: Buffer): ConnectFailure {
  // Who answers in another protocol is told by its name, where that is known.
  const hint = cause.kind === "protocol" ? protocolHint(bytes) : "";
  const why = hint === "" ? `: ${cause.message}` : hint;
  return new ConnectFailure("proxy", `the proxy's answer to CONNECT is no HTTP response${why}`, { cause });
}

function unanswered(cause: unknown): ConnectFailure {
  return new ConnectFailure("proxy", `the proxy did not answer CONNECT: ${reasonOf(cause)}`, { cause });
}

function tooLarge(cause: ResponseOverflow): ConnectFailure {
  const what = `${cause.message}, which is ${cause.option} of the adapter`;
  return new ConnectFailure("proxy", `the proxy's answer to CONNECT has ${what}`, { cause });
}
