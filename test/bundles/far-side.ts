/** The other side of `checks.ts`: servers on loopback, in the process of `main.ts`. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createSecureServer } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { text } from "node:stream/consumers";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";

import { Authority } from "../support/certificates.ts";

/** Where it is, as JSON: it goes to other processes. */
export interface FarSide {
  /** An `http:` URL whose name has domains above it. */
  readonly url: string;
  /** The same server by its address. */
  readonly addressUrl: string;
  /** HTTP/2 and HTTP/1.1 over TLS. */
  readonly secureUrl: string;
  /** Signs its certificate. */
  readonly ca: string;
  /** What `/file` and `/coded/*` give. */
  readonly text: string;
}

const TEXT = "A text that is sent. ".repeat(2000);
const LOGIN = [
  "sid=1; Domain=app.localhost",
  "sub=2; Path=/",
  "all=3; Domain=co.uk",
  "any=4; Domain=localhost",
];
const CODINGS: Readonly<Record<string, (data: string) => Buffer>> = {
  gzip: (data) => gzipSync(data),
  deflate: (data) => deflateSync(data),
  br: (data) => brotliCompressSync(data),
  zstd: (data) => zstdCompressSync(data),
};
/** "これは日本語の文章です。文字コードは書かれていません。" in Shift_JIS, as long as a guess needs. */
const SHIFT_JIS = Buffer.from(
  "82b182ea82cd93fa967b8cea82cc95b68fcd82c582b7814295b68e9a8352815b836882cd8f9182a982ea82c482a282dc82b982f18142".repeat(
    20,
  ),
  "hex",
);

let failures = 0;

/** Starts all of it. */
export async function startFarSide(): Promise<{ far: FarSide; stop: () => void }> {
  const authority = await Authority.create();
  const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
  const secure = createSecureServer({ ...leaf, allowHTTP1: true }, (_request, response) => {
    response.end("secure");
  });
  const listener: RequestListener = (request, response) => void answer(request, response);
  const plain = createServer(listener);
  const [port, securePort] = await Promise.all([listen(plain), listen(secure)]);
  return {
    far: {
      url: `http://www.app.localhost:${port}`,
      addressUrl: `http://127.0.0.1:${port}`,
      secureUrl: `https://127.0.0.1:${securePort}/`,
      ca: authority.pem,
      text: TEXT,
    },
    stop() {
      plain.close();
      plain.closeAllConnections();
      secure.close();
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port; // it listens on a port
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? "/";
  const body = await text(request);
  const coding = /^\/coded\/(\w+)$/.exec(path)?.[1];
  const code = coding === undefined ? undefined : CODINGS[coding];
  if (coding !== undefined && code !== undefined) {
    response.setHeader("content-encoding", coding);
    response.end(code(TEXT));
    return;
  }
  switch (path) {
    case "/login":
      response
        .writeHead(303, { location: "/home", "set-cookie": body === "user=u&password=p" ? LOGIN : [] })
        .end();
      return;
    case "/home":
      response.end(`welcome; ${request.headers.cookie ?? ""}`);
      return;
    case "/file":
      response.setHeader("content-disposition", "attachment; filename*=UTF-8''na%C3%AFve.txt");
      response.end(TEXT);
      return;
    case "/echo":
      response.setHeader("x-cookie", request.headers.cookie ?? "");
      response.end(`${request.method ?? ""} ${body}`);
      return;
    case "/flaky":
      response.writeHead(failures++ % 2 === 0 ? 503 : 200).end("at last");
      return;
    case "/token":
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ access_token: "t-1", token_type: "Bearer", expires_in: 3600 }));
      return;
    case "/japanese":
      response.setHeader("content-type", "text/html");
      response.end(SHIFT_JIS);
      return;
    default:
      response.writeHead(404).end("nothing here");
  }
}
