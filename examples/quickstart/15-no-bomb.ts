/** A small body that unpacks into a large one ends at a limit, which is 256 MiB unless a program sets another. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { ResponseTooLarge, Session } from "sojourn";

const bomb = gzipSync(Buffer.alloc(100_000_000)); // a hundred megabytes of nothing
const server = createServer((_request, response) => {
  response.writeHead(200, { "Content-Encoding": "gzip" }).end(bomb);
});
await once(server.listen(0, "127.0.0.1"), "listening");

const session = new Session({
  baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  maxBodyBytes: 1_000_000,
});
const error: unknown = await session.get("/").catch((caught: unknown) => caught);
console.log(bomb.length < 100_000, error instanceof ResponseTooLarge); // true true
if (error instanceof ResponseTooLarge) console.log(`stopped at ${error.limitBytes} bytes`); // stopped at 1000000 bytes

await session.close();
server.close();
