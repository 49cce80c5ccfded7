/** What arrives at a server, byte for byte, and the real curl to compare with. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";

/** Debian's. `.ci/run` installs it. */
export const CURL = "/usr/bin/curl";
export const hasCurl: boolean = existsSync(CURL);

/** Longer than any run takes. */
const MOST_MS = 20_000;

/** A server that keeps the bytes of requests, one for each connection, in latin-1. */
export interface Recorder extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** What arrived since it was asked last. */
  taken(): string[];
}

/** Starts one. */
export async function recorder(): Promise<Recorder> {
  const sockets = new Set<Socket>();
  let arrived: string[] = [];
  const server = createServer((socket) => {
    let heard = "";
    let isAsked = false;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      heard += chunk.toString("latin1");
      if (!isAsked && heard.includes("\r\n\r\n") && /\r\nexpect: 100-continue\r\n/i.test(headOf(heard))) {
        isAsked = true;
        socket.write("HTTP/1.1 100 Continue\r\n\r\n");
      }
      if (!isWhole(heard)) return;
      arrived.push(heard);
      heard = "";
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    taken: () => {
      const all = arrived;
      arrived = [];
      return all;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Request line and fields, with their last line end. */
export function headOf(message: string): string {
  return message.slice(0, message.indexOf("\r\n\r\n") + 2);
}

/** What stands behind the head. */
export function bodyOf(message: string): string {
  return message.slice(message.indexOf("\r\n\r\n") + 4);
}

/** The lines of the fields. */
export function linesOf(message: string): string[] {
  return headOf(message).split("\r\n").slice(1, -1);
}

function isWhole(heard: string): boolean {
  if (!heard.includes("\r\n\r\n")) return false;
  const head = headOf(heard);
  const body = bodyOf(heard);
  if (/\r\ntransfer-encoding: chunked\r\n/i.test(head)) return body.endsWith("0\r\n\r\n");
  return body.length >= Number(/\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1] ?? 0);
}

/** Runs a script in a shell: its exit code. Variables are set for it, and there is no proxy. */
export async function run(
  script: string,
  variables: Readonly<Record<string, string>> = {},
  shell: string = "/bin/sh",
): Promise<number> {
  const child = spawn(shell, [], {
    stdio: ["pipe", "ignore", "ignore"],
    env: { PATH: "/usr/bin:/bin", ...variables },
    timeout: MOST_MS,
  });
  child.stdin.on("error", () => undefined);
  // A character is a byte where no text is meant; text is UTF-8.
  child.stdin.end(`${script}\n`);
  const [code] = (await once(child, "close")) as [number | null];
  return code ?? -1;
}
