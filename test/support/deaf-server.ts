/**
 * An address on loopback that nobody can connect to and nobody refuses: its server listens and takes no connection, and the
 * system's queue for it is full. For tests of what ends the wait for a connection, and of what a late connection is good for.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";

/** Whoever connects to it waits. */
export interface DeafServer extends AsyncDisposable {
  readonly port: number;
  /** Lets everybody through from now on, who waits already as well: the system asks again after a second. */
  open(): void;
}

/** An address on loopback and a port; and, for one that is opened, the port of 127.0.0.1 that it leads to. */
export interface DeafPlace {
  readonly host: string;
  readonly port: number;
  readonly leadsTo?: number;
}

/** More than the system queues for a backlog of 1. */
const CROWD = 8;

const PROGRAM = `
  const { connect, createServer } = require("node:net");
  const { parentPort, workerData } = require("node:worker_threads");
  const { held, host, port, leadsTo } = workerData;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    // Not for those who have left the queue again.
    socket.once("data", (first) => {
      const server = connect(leadsTo, "127.0.0.1").on("error", () => socket.destroy());
      server.on("close", () => socket.destroy()).write(first);
      socket.on("close", () => server.destroy()).pipe(server).pipe(socket);
    });
  }).listen({ port, host, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    // Its loop stands still from here on: no connection is taken from the queue.
    setImmediate(() => Atomics.wait(held, 0, 0));
  });
`;

/** Starts one. @param place an address on loopback and a port; else any port of 127.0.0.1. */
export async function deafServer(place: DeafPlace = { host: "127.0.0.1", port: 0 }): Promise<DeafServer> {
  const held = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(PROGRAM, { eval: true, execArgv: [], workerData: { held, ...place } });
  const [port] = (await once(worker, "message")) as [number];
  const crowd = Array.from({ length: CROWD }, () => connect(port, place.host).on("error", () => undefined));
  await crowded(crowd);
  const open = (): void => {
    for (const socket of crowd) socket.destroy();
    Atomics.notify(held, 0);
  };
  return {
    port,
    open,
    [Symbol.asyncDispose]: async () => {
      open();
      await worker.terminate();
    },
  };
}

/** Resolves when some have got in, and nobody else does. */
async function crowded(crowd: readonly Socket[]): Promise<void> {
  const waiting = (): number => crowd.filter(({ connecting }) => connecting).length;
  for (let before = CROWD + 1; before === CROWD || before > waiting();) {
    before = waiting();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
