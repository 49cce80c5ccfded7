/** Connections over TLS are kept, whatever comes first: the answer, or the system's word that the request is out. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Session } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";

/** In a thread of its own, an origin may answer before this one has heard what became of its write. */
const ORIGIN = `
  const { createServer } = require("node:https");
  const { parentPort, workerData } = require("node:worker_threads");
  let connections = 0;
  const server = createServer(workerData, (request, response) => {
    request.resume().on("end", () => response.end(String(connections)));
  });
  server.on("secureConnection", () => connections++);
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

let authority: Authority;
let origin: Worker;
let url = "";

beforeAll(async () => {
  authority = await Authority.create();
  const { key, cert } = await authority.issue({ addresses: ["127.0.0.1"] });
  origin = new Worker(ORIGIN, { eval: true, workerData: { key, cert } });
  const [port] = (await once(origin, "message")) as [number];
  url = `https://127.0.0.1:${port}/`;
});

afterAll(() => origin.terminate());

describe("connections over TLS", () => {
  it.for([
    ["GET", {}],
    ["POST", { json: { small: true } }],
    ["PUT", { data: Buffer.alloc(100_000) }],
  ] as const)("are used again by %s", async ([method, options]) => {
    await using session = new Session({ trustEnv: false, verify: authority.pem });
    const before = Number(await session.get(url).text());
    const ask = async (): Promise<number> => {
      let connections = 0;
      for (let turn = 0; turn < 40; turn++)
        connections = Number(await session.request(method, url, options).text());
      return connections;
    };
    const counts = await Promise.all(Array.from({ length: 10 }, ask));
    expect(Math.max(...counts) - before).toBeLessThan(10);
  });
});
