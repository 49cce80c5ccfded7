/** HTTP/2: all requests to an origin share one connection. The same server is asked over HTTP/1.1 without the option. */
import { once } from "node:events";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { Session } from "sojourn";
import { makeAuthority } from "./certificates.ts";

const authority = makeAuthority("quickstart CA");
let connections = 0;
const server = createSecureServer(
  { ...authority.issue("server"), allowHTTP1: true },
  (_request, response) => {
    response.end("hello");
  },
);
server.on("secureConnection", () => connections++);
await once(server.listen(0, "127.0.0.1"), "listening");

const session = new Session({
  baseUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
  verify: authority.cert,
  http2: true,
});
const answers = await Promise.all(Array.from({ length: 30 }, () => session.get("/")));
console.log(answers.filter(({ httpVersion }) => httpVersion === "2").length, connections); // 30 1

const plain = await session.get("/", { http2: false });
console.log(plain.httpVersion, plain.text()); // 1.1 hello

await session.close();
server.close();
