/**
 * Raw servers on loopback whose every byte a test decides: a script plays on each connection. For tests of the transport; it
 * knows no HTTP but where a request ends.
 */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from "node:tls";

/** A request as it arrived, in latin-1. */
export interface RawRequest {
  /** The first line. */
  readonly line: string;
  /** Every field line. */
  readonly fields: readonly string[];
  /** The bytes after the head, as they were framed. */
  readonly rawBody: string;
}

/** One connection of a client, for a script to play on. */
export class ScriptedConnection {
  readonly socket: Socket;
  /** Counted from 1. */
  readonly number: number;
  /** Resolves when the client has closed or reset it. */
  readonly closed: Promise<void>;
  #heard = "";
  #ended = false;
  #wake: (() => void) | null = null;

  constructor(socket: Socket, number: number) {
    this.socket = socket;
    this.number = number;
    socket.on("data", (chunk: Buffer) => {
      this.#heard += chunk.toString("latin1");
      this.#wake?.();
    });
    socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => {
      const onEnd = (): void => {
        this.#ended = true;
        this.#wake?.();
        resolve();
      };
      socket.on("end", onEnd);
      socket.on("close", onEnd);
    });
  }

  /** The next request, or `null` when the client has gone. */
  async request(): Promise<RawRequest | null> {
    const head = await this.through("\r\n\r\n");
    if (head === null) return null;
    const [line = "", ...fields] = head.split("\r\n").filter((text) => text !== "");
    const length = fields
      .map((field) => /^content-length:\s*(\d+)/i.exec(field)?.[1])
      .find((digits) => digits !== undefined);
    const isChunked = fields.some((field) => /^transfer-encoding:.*chunked/i.test(field));
    const rawBody = isChunked ? await this.#chunked() : await this.take(Number(length ?? 0));
    return { line, fields, rawBody: rawBody ?? "" };
  }

  /** So many bytes, or `null` when the client went away before. */
  async take(count: number): Promise<string | null> {
    while (this.#heard.length < count) if (!(await this.#more())) return null;
    return this.#cut(count);
  }

  /** Everything through `mark`, or `null` when the client went away before. */
  async through(mark: string): Promise<string | null> {
    for (;;) {
      const at = this.#heard.indexOf(mark);
      if (at !== -1) return this.#cut(at + mark.length);
      if (!(await this.#more())) return null;
    }
  }

  /** Sends latin-1. */
  write(...parts: string[]): void {
    for (const part of parts) this.socket.write(part, "latin1");
  }

  /** Sends latin-1, then FIN. */
  end(text: string = ""): void {
    this.socket.end(text, "latin1");
  }

  /** Ends it with RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  async #chunked(): Promise<string | null> {
    let all = "";
    for (;;) {
      const size = await this.through("\r\n");
      if (size === null) return null;
      const data = await this.take(Number.parseInt(size, 16) + 2);
      all += size + (data ?? "");
      if (data === null || Number.parseInt(size, 16) === 0) return all;
    }
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
    return true;
  }

  #cut(count: number): string {
    const taken = this.#heard.slice(0, count);
    this.#heard = this.#heard.slice(count);
    return taken;
  }
}

/** A running server. */
export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:PORT`, or `https:`. */
  readonly url: string;
  /** Connections opened so far, oldest first. */
  readonly connections: readonly ScriptedConnection[];
  /** Requests that `answering` heard so far. */
  readonly requests: RawRequest[];
}

/** What happens on a connection. What it throws fails the test run. */
export type Script = (connection: ScriptedConnection, server: ScriptedServer) => Promise<void> | void;

/** Starts a server; with `tls`, it speaks TLS. */
export async function scriptedServer(script: Script, tls: TlsOptions | null = null): Promise<ScriptedServer> {
  const connections: ScriptedConnection[] = [];
  const sockets = new Set<Socket>();
  const play = (socket: Socket): void => {
    const connection = new ScriptedConnection(socket, connections.length + 1);
    connections.push(connection);
    void Promise.resolve(script(connection, running));
  };
  const server: Server =
    tls === null ? createServer(play) : createTlsServer(tls, (socket: TLSSocket) => play(socket));
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const running: ScriptedServer = {
    port,
    url: `${tls === null ? "http" : "https"}://127.0.0.1:${port}`,
    connections,
    requests: [],
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return running;
}

/** A script that answers every request on a connection with what `answer` gives. */
export function answering(
  answer: string | ((request: RawRequest, connection: ScriptedConnection) => string | Promise<string>),
): Script {
  return async (connection, server) => {
    for (;;) {
      const request = await connection.request();
      if (request === null) return;
      server.requests.push(request);
      connection.write(typeof answer === "string" ? answer : await answer(request, connection));
    }
  };
}

/** A proxy that takes `CONNECT` for any port of this machine, whatever the host. */
export const tunnelling: Script = async (connection, proxy) => {
  const request = await connection.request();
  if (request === null) return;
  proxy.requests.push(request);
  const port = /^CONNECT [^ ]*:(\d+) /.exec(request.line)?.[1];
  connection.write("HTTP/1.1 200 OK\r\n\r\n");
  const server = connect(Number(port), "127.0.0.1");
  server.on("error", () => connection.socket.destroy());
  connection.socket.on("close", () => server.destroy());
  connection.socket.pipe(server).pipe(connection.socket);
};

/** A whole answer with a `Content-Length`. */
export function ok(body: string = "ok", fields: readonly string[] = []): string {
  const lines = [...fields, `Content-Length: ${body.length}`].map((line) => `${line}\r\n`).join("");
  return `HTTP/1.1 200 OK\r\n${lines}\r\n${body}`;
}
