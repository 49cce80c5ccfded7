/** An origin of HTTP/1.1 and HTTP/2 that writes down the fields of each request as lines. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createSecureServer } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Authority } from "./certificates.ts";

/** A running origin. */
export interface TracingOrigin extends AsyncDisposable {
  readonly url: string;
  /** Its authority's certificate, and a file with it. */
  readonly ca: string;
  readonly caFile: string;
  /** Requests so far: each field as `name: value`, and the body. */
  readonly arrived: { readonly fields: readonly string[]; readonly body: string }[];
}

/** Answers `ok`; `/slow` after a moment, and of `/dies-once` the first time not at all: all connections end. */
export async function startTracingOrigin(): Promise<TracingOrigin> {
  const authority = await Authority.create();
  const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
  const folder = await mkdtemp(join(tmpdir(), "sojourn-tracing-"));
  const caFile = join(folder, "ca.pem");
  await writeFile(caFile, authority.pem);
  const arrived: TracingOrigin["arrived"] = [];
  const sockets = new Set<Socket>();
  let isDead = false;
  const server = createSecureServer({ ...leaf, allowHTTP1: true }, (request, response) => {
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const raw = request.rawHeaders;
      const fields = raw.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${raw[at + 1]}`] : []));
      arrived.push({ fields, body: Buffer.concat(chunks).toString() });
      if (request.url === "/dies-once" && !isDead) {
        isDead = true;
        for (const socket of sockets) socket.destroy();
        return;
      }
      isDead = false;
      if (request.url === "/slow") setTimeout(() => response.end("ok"), 20);
      else response.end("ok");
    });
  });
  server.on("sessionError", () => undefined);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket.on("error", () => undefined).on("close", () => sockets.delete(socket)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: authority.pem,
    caFile,
    arrived,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
