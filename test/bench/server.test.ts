/** The bench's server: what its answers about connections are. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LineProcess } from "../../bench/processes.ts";
import { SMALL_BYTES, type Port } from "../../bench/workloads.ts";
import { selfSigned } from "../support/certificates.ts";

const HOST = "127.0.0.1";
const credentials = await selfSigned({ names: ["localhost"], addresses: [HOST] });
let server: LineProcess;
let ports: Record<Port, number>;

beforeAll(async () => {
  const program = fileURLToPath(new URL("../../bench/server.ts", import.meta.url));
  server = new LineProcess({ command: process.execPath, args: [program], core: null, env: process.env });
  server.say(credentials);
  ports = (await server.hear()) as Record<Port, number>; // it says nothing else
});

afterAll(() => server[Symbol.dispose]());

function ask(socket: Socket, path: string): void {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
}

/** Reads until there are so many answers, or the connection ends. */
async function answers(socket: Socket, count: number): Promise<string[]> {
  let text = "";
  let found: string[] = [];
  for await (const piece of socket.iterator({ destroyOnReturn: false })) {
    text += String(piece);
    found = text.split(/(?=HTTP\/1\.1 )/).filter((one) => one.length > SMALL_BYTES);
    if (found.length === count) break;
  }
  return found;
}

function bodyOf(answer: string | undefined): string {
  return answer?.split("\r\n\r\n")[1] ?? "";
}

describe("/closing", () => {
  it.for(["http", "https"] as const)("over %s says that the connection ends, and ends it", async (scheme) => {
    const socket =
      scheme === "http"
        ? connect(ports.http, HOST)
        : connectTls({ port: ports.https, host: HOST, ca: credentials.cert });
    ask(socket, "/closing");
    ask(socket, "/small");
    // More than there can be: until the end
    const [first, ...others] = await answers(socket, Infinity);
    expect(first).toContain("\r\nConnection: close\r\n");
    expect(bodyOf(first)).toHaveLength(SMALL_BYTES);
    expect(others).toEqual([]);
  });

  it("over TLS resumes a session that is offered", async () => {
    const open = { port: ports.https, host: HOST, ca: credentials.cert };
    const first = connectTls(open);
    const offered = once(first, "session");
    ask(first, "/closing");
    await answers(first, Infinity);
    const [session] = (await offered) as [Buffer];
    const second = connectTls({ ...open, session });
    await once(second, "secureConnect");
    expect(second.isSessionReused()).toBe(true);
    second.destroy();
  });
});

it("/later is answered on a connection that stays", async () => {
  const socket = connect(ports.http, HOST);
  for (let turn = 0; turn < 2; turn++) {
    ask(socket, "/later");
    const [answer] = await answers(socket, 1);
    expect(answer).not.toContain("Connection:");
    expect(bodyOf(answer)).toHaveLength(SMALL_BYTES);
  }
  socket.destroy();
});
