/**
 * The server of the soak: answers well, badly, slowly or never, as the path says. A process of its own, so that its memory and
 * its sockets are not counted.
 *
 * | path | answer |
 * | --- | --- |
 * | `/ok` | 200 with a short JSON body |
 * | `/large` | 200 with 256 KiB |
 * | `/failed` | 500 |
 * | `/redirect` | 302 to `/ok` |
 * | `/reset` | the connection is reset |
 * | `/truncated` | half of the body, then the end |
 * | `/slow` | nothing, until the client goes away |
 *
 * `CONNECT` is answered 407, and what is no HTTP with 400.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const large = Buffer.alloc(262_144, "x");

const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "/ok": (response) => void response.setHeader("Content-Type", "application/json").end('{"ok":true}'),
  "/large": (response) => void response.end(large),
  "/failed": (response) => void response.writeHead(500).end("no"),
  "/redirect": (response) => void response.writeHead(302, { location: "/ok" }).end(),
  "/reset": (response) => void response.socket?.resetAndDestroy(),
  "/truncated": (response) => {
    response.writeHead(200, { "Content-Length": 1000 });
    response.write("half", () => response.socket?.end());
  },
  "/slow": () => undefined,
};

const server = createServer((request, response) => {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  const answer = answers[path] ?? ((other) => void other.writeHead(404).end());
  answer(response);
});
server.on("connect", (_request, socket) => {
  socket.on("error", () => undefined);
  socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
});
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo; // it listens on TCP
  process.send?.(port);
});
// Who started it is gone: so is the reason to be there.
process.on("disconnect", () => process.exit());
