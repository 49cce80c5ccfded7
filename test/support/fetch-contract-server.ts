/**
 * What fetch's contract is asked about: an origin that tells what arrived, answers with any status, redirects, and breaks off.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  constants,
  createSecureServer,
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";

import { Authority } from "./certificates.ts";

/** An origin, and its like at another port. */
export interface ContractServer extends AsyncDisposable {
  readonly url: string;
  readonly other: string;
  /** The same over HTTP/2, and the certificate of their authority. */
  readonly secure: string;
  readonly otherSecure: string;
  readonly ca: string;
}

/** Fields that a client of HTTP adds by itself are not told: they are its own business. */
const TOLD =
  /^(?:authorization|content-(?:encoding|language|length|location|type)|cookie|range|transfer-encoding|x-.*)$/;

/** Starts both, and their likes over HTTP/2. */
export async function startContractServer(): Promise<ContractServer> {
  const authority = await Authority.create();
  const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
  const plain = [createServer(answer), createServer(answer)] as const;
  // The requests of both have what is used here.
  const secure = [1, 2].map(() => createSecureServer(leaf, answer as never)) as [
    Http2SecureServer,
    Http2SecureServer,
  ];
  const sessions = new Set<ServerHttp2Session>();
  for (const server of secure) {
    server.on("session", (session) => sessions.add(session));
    server.on("sessionError", () => undefined);
  }
  const [url, other, secureUrl, otherSecure] = await Promise.all([
    listen(plain[0], "http"),
    listen(plain[1], "http"),
    listen(secure[0], "https"),
    listen(secure[1], "https"),
  ]);
  return {
    url,
    other,
    secure: secureUrl,
    otherSecure,
    ca: authority.pem,
    [Symbol.asyncDispose]: async () => {
      for (const server of plain) server.closeAllConnections();
      for (const session of sessions) session.destroy();
      for (const server of [...plain, ...secure]) await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server, scheme: string): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on("error", () => undefined);
  response.on("error", () => undefined);
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://x");
    const [, route = "", argument = ""] = pathname.split("/");
    const asked = { request, response, body: Buffer.concat(chunks), argument, params: searchParams };
    if (route in later) void later[route]?.(asked);
    else (routes[route] ?? tell)(asked);
  });
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly argument: string;
  readonly params: URLSearchParams;
}

/** What arrived. Long bodies by their hash; the boundary of a form has one name. */
function tell({ request, response, body }: Asked): void {
  const type = request.headers["content-type"] ?? "";
  const boundary = /boundary=(.*)$/.exec(type)?.[1];
  const named = (text: string): string =>
    boundary === undefined ? text : text.replaceAll(boundary, "BOUNDARY");
  const headers = Object.entries(request.headers)
    .filter(([name]) => TOLD.test(name) && (boundary === undefined || name !== "content-length"))
    .map(([name, value]): [string, string] => [name, named(String(value))]);
  const text =
    body.byteLength > 2000 ? createHash("sha1").update(body).digest("hex") : named(body.toString("latin1"));
  const told = {
    method: request.method,
    target: request.url,
    headers: Object.fromEntries<string>(headers),
    body: text,
  };
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(told));
}

const codings: Readonly<Record<string, (text: string) => Buffer>> = {
  gzip: gzipSync,
  br: brotliCompressSync,
  deflate: deflateSync,
  zstd: zstdCompressSync,
  broken: () => Buffer.from("no gzip at all"),
  cut: (text) => gzipSync(text).subarray(0, 20),
};

const routes: Readonly<Record<string, (asked: Asked) => void>> = {
  status: ({ response, argument }) => void response.writeHead(Number(argument), { "x-a": "1" }).end("text"),
  reason: ({ response }) => void response.writeHead(200, "Fine by me").end("text"),
  empty: ({ response }) => void response.writeHead(200, { "content-length": "0" }).end(),
  redirect: ({ response, argument, params }) =>
    void response
      .writeHead(Number(argument), params.has("to") ? { location: params.get("to") ?? "" } : {})
      .end("moved"),
  loop: ({ response }) => void response.writeHead(302, { location: "/loop" }).end(),
  text: ({ response, argument }) =>
    void response.writeHead(200, { "content-type": decodeURIComponent(argument) }).end("text é"),
  json: ({ response }) => void response.writeHead(200, { "content-type": "application/json" }).end('{"a":1}'),
  form: ({ response }) =>
    void response
      .writeHead(200, { "content-type": "multipart/form-data; boundary=b" })
      .end('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n'),
  fields: ({ response }) =>
    void response.writeHead(200, { "content-type": "application/x-www-form-urlencoded" }).end("a=1&b=2"),
  cookies: ({ response }) =>
    void response.writeHead(200, { "set-cookie": ["a=1", "b=2"], "x-b": "2", "x-a": "1" }).end(),
  coded: ({ response, argument }) =>
    void response
      .writeHead(200, {
        "content-encoding":
          argument in codings && argument.length < 6
            ? argument === "broken" || argument === "cut"
              ? "gzip"
              : argument
            : "gzip",
      })
      .end(codings[argument]?.("decoded text ".repeat(50))),
  large: ({ response, argument }) => void response.end(Buffer.alloc(Number(argument), "large ")),
  hints: ({ response }) => {
    response.writeEarlyHints({ link: "</a>; rel=preload" });
    response.end("after");
  },
  gone: ({ response }) => cutOff(response),
};

const later: Readonly<Record<string, (asked: Asked) => Promise<void>>> = {
  cut: async ({ response, argument }) => {
    if (argument === "length") response.setHeader("content-length", "100");
    response.write("first");
    await wait(30);
    cutOff(response);
  },
  head: async ({ response }) => {
    response.write("first");
    await once(response, "close");
  },
  never: async ({ response }) => void (await once(response, "close")),
};

/** Over HTTP/2 one stream ends, and not the connection. */
function cutOff(response: ServerResponse): void {
  if ("stream" in response) (response.stream as ServerHttp2Stream).close(constants.NGHTTP2_INTERNAL_ERROR);
  else response.destroy();
}
