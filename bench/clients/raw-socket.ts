/**
 * Floor: sockets without a library. Of a response only `Content-Length` is looked for; each connection carries one message at
 * a time, and the one that was used last is used next. Where the server closes, none is used again; TLS sessions are.
 */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Client } from "./client.ts";

const HEAD_END = "\r\n\r\n";
const LENGTH = "Content-Length: ";

/** Where the pieces of a body go. */
interface Receiver {
  onPiece(piece: Buffer): void;
  onEnd(): void;
  onError(error: Error): void;
}

/** One connection. */
class Wire {
  readonly socket: Socket;
  #receiver: Receiver | null = null;
  /** Bytes of the body that are still to come; `null`: the head is still to come. */
  #missing: number | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
    this.socket.setNoDelay(true);
    this.socket.on("data", (piece: Buffer) => this.#take(piece));
    this.socket.on("error", (error) => this.#receiver?.onError(error));
    this.socket.on("close", () => this.#receiver?.onError(new Error("the connection was closed")));
  }

  send(head: string, receiver: Receiver): void {
    this.#receiver = receiver;
    this.#missing = null;
    this.socket.write(head, "latin1");
  }

  #take(piece: Buffer): void {
    let body = piece;
    if (this.#missing === null) {
      // The server here never splits a head.
      const end = piece.indexOf(HEAD_END);
      const head = piece.toString("latin1", 0, end);
      this.#missing = Number.parseInt(head.slice(head.indexOf(LENGTH) + LENGTH.length), 10);
      body = piece.subarray(end + HEAD_END.length);
    }
    this.#missing -= body.byteLength;
    this.#receiver?.onPiece(body);
    if (this.#missing === 0) this.#receiver?.onEnd();
  }
}

/** Connections to one origin. */
class Wires {
  readonly #areKept: boolean;
  readonly #idle: Wire[] = [];
  readonly #open = new Set<Wire>();
  /** Of the last TLS handshake, for the next one. */
  #session: Buffer | undefined;

  constructor(areKept: boolean) {
    this.#areKept = areKept;
  }

  /** Sends `head`, then what `body` writes; gives each piece of the response's body to `onPiece`. */
  exchange(
    url: string,
    head: string,
    onPiece: (piece: Buffer) => void,
    body: ((socket: Socket) => Promise<void>) | null = null,
  ): Promise<void> {
    const wire = this.#idle.pop() ?? this.#connect(new URL(url));
    return new Promise((resolve, reject) => {
      const onEnd = (): void => {
        if (this.#areKept) this.#idle.push(wire);
        resolve();
      };
      wire.send(head, { onPiece, onEnd, onError: reject });
      body?.(wire.socket).catch(reject);
    });
  }

  close(): void {
    for (const { socket } of this.#open) socket.destroy();
  }

  #connect({ protocol, hostname: host, port }: URL): Wire {
    const wire = new Wire(
      protocol === "https:" ? this.#connectTls(host, port) : connectTcp(Number(port), host),
    );
    this.#open.add(wire);
    wire.socket.on("close", () => this.#open.delete(wire));
    return wire;
  }

  #connectTls(host: string, port: string): Socket {
    const socket = connectTls({ host, port: Number(port), session: this.#session });
    return socket.on("session", (session: Buffer) => (this.#session = session));
  }
}

export const client: Client = {
  open(skill) {
    const wires = new Wires(skill !== "closing");
    const text = async (url: string, head: string): Promise<string> => {
      let all = "";
      await wires.exchange(url, head, (piece) => (all += piece.toString("latin1")));
      return all;
    };
    return {
      get: (url) => text(url, headOf("GET", url)),
      post(url, value) {
        const body = JSON.stringify(value);
        const fields = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
        return text(url, headOf("POST", url, fields) + body);
      },
      async stream(url) {
        let bytes = 0;
        await wires.exchange(url, headOf("GET", url), (piece) => (bytes += piece.byteLength));
        return bytes;
      },
      async bytes(url) {
        const list: Buffer[] = [];
        await wires.exchange(url, headOf("GET", url), (piece) => list.push(piece));
        return Buffer.concat(list).byteLength;
      },
      async upload(url, pieces) {
        let all = "";
        const head = headOf("POST", url, "Transfer-Encoding: chunked\r\n");
        const onPiece = (piece: Buffer): void => void (all += piece.toString("latin1"));
        await wires.exchange(url, head, onPiece, (socket) => writeChunked(socket, pieces()));
        return all;
      },
      close: () => wires.close(),
    };
  },
};

function headOf(method: string, url: string, fields: string = ""): string {
  const start = url.indexOf("/", "https://".length);
  const host = url.slice(url.indexOf("//") + 2, start);
  return `${method} ${url.slice(start)} HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`;
}

async function writeChunked(socket: Socket, pieces: AsyncGenerator<Uint8Array>): Promise<void> {
  for await (const piece of pieces) {
    socket.cork();
    socket.write(`${piece.byteLength.toString(16)}\r\n`, "latin1");
    socket.write(piece);
    const isRoomLeft = socket.write("\r\n", "latin1");
    socket.uncork();
    if (!isRoomLeft) await new Promise((resolve) => socket.once("drain", resolve));
  }
  socket.write("0\r\n\r\n", "latin1");
}
