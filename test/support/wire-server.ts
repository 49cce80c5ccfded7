/**
 * A server on the loopback interface that says what it is told, byte by byte, and writes down what it hears.
 *
 * It knows nothing of HTTP but where a request ends, so that answers may be as wrong as a test needs them.
 */
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** One request, as it came. */
export interface HeardRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body in latin-1, transfer coding off. */
  readonly body: string;
  /** Which connection it came on, counted from 1. */
  readonly connection: number;
  /** The value of a header, `null` when it is not there. */
  header(name: string): string | null;
}

/** Bytes in latin-1, after which the connection ends. */
interface LastWords {
  readonly last: string;
}

/** An answer: all its bytes in latin-1, or a function of the request and its number, counted from 0. */
export type Said = string | LastWords | ((request: HeardRequest, index: number) => string);

/** A running server. Closes itself at the end of an `await using` block. */
export interface WireServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly HeardRequest[];
  /** How many connections were opened. */
  readonly connections: number;
}

/** What an answer is made of. */
export interface AnswerParts {
  readonly status?: number;
  readonly reason?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** The bytes of a well-formed answer, with a `Content-Length`. */
export function answer({ status = 200, reason = "OK", headers = [], body = "" }: AnswerParts = {}): string {
  const length: readonly [string, string] = ["Content-Length", String(Buffer.byteLength(body, "latin1"))];
  const lines = [...headers, length].map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.join("")}\r\n${body}`;
}

/** UTF-8 text as this file writes bytes: one character each. */
export function utf8(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** A redirect to `location`. */
export function redirect(location: string, status: number = 302): string {
  return answer({ status, reason: "Moved", headers: [["Location", location]] });
}

/** Starts a server. The n-th request gets the n-th answer; the last answer is repeated. */
export async function wireServer(...answers: readonly Said[]): Promise<WireServer> {
  const server = new RunningServer(answers);
  await server.listen();
  return server;
}

class RunningServer implements WireServer {
  readonly requests: HeardRequest[] = [];
  connections = 0;
  readonly #answers: readonly Said[];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((socket) => this.#serve(socket));

  constructor(answers: readonly Said[]) {
    this.#answers = answers.length === 0 ? [answer()] : answers;
  }

  get port(): number {
    // A server that listens on TCP has an address of this shape.
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    const connection = this.connections;
    let heard = "";
    this.#sockets.add(socket);
    socket.setEncoding("latin1");
    socket.on("close", () => this.#sockets.delete(socket));
    // A client may go away in the middle; that is for the test to judge.
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: string) => {
      heard += chunk;
      for (let cut = cutRequest(heard, connection); cut !== null; cut = cutRequest(heard, connection)) {
        heard = cut.rest;
        this.#answer(socket, cut.request);
      }
    });
  }

  #answer(socket: Socket, request: HeardRequest): void {
    const index = this.requests.push(request) - 1;
    const said = this.#answers[Math.min(index, this.#answers.length - 1)] ?? "";
    if (typeof said === "object") socket.end(said.last, "latin1");
    else socket.write(typeof said === "string" ? said : said(request, index), "latin1");
  }
}

/** Takes the first whole request off, or `null` when there is none yet. */
function cutRequest(
  text: string,
  connection: number,
): { readonly request: HeardRequest; readonly rest: string } | null {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return null;
  const [line = "", ...fields] = text.slice(0, end).split("\r\n");
  const [method = "", target = ""] = line.split(" ");
  const headers = fields.map((field): [string, string] => {
    const colon = field.indexOf(":");
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  });
  const header = (name: string): string | null =>
    headers.find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1] ?? null;
  const body = cutBody(text.slice(end + 4), header);
  return body === null
    ? null
    : { request: { method, target, headers, body: body.body, connection, header }, rest: body.rest };
}

function cutBody(
  text: string,
  header: (name: string) => string | null,
): { readonly body: string; readonly rest: string } | null {
  if (header("transfer-encoding") === "chunked") return cutChunks(text);
  const length = Number(header("content-length") ?? 0);
  return text.length < length ? null : { body: text.slice(0, length), rest: text.slice(length) };
}

function cutChunks(text: string): { readonly body: string; readonly rest: string } | null {
  let at = 0;
  let body = "";
  for (;;) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd === -1) return null;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (text.length < next) return null;
    body += text.slice(lineEnd + 2, next - 2);
    at = next;
    if (size === 0) return { body, rest: text.slice(at) };
  }
}
