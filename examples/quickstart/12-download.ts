/** A download goes on where its connection broke off: each byte is asked for once. */
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Session } from "sojourn";

// A server whose connections break after at most 300,000 bytes of a file of a million.
const file = randomBytes(1_000_000);
const starts: number[] = [];
const server = createServer((request, response) => {
  const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  starts.push(start);
  const headers = { ETag: '"1"', "Content-Length": file.length - start };
  const range = { "Content-Range": `bytes ${start}-${file.length - 1}/${file.length}` };
  response.writeHead(start > 0 ? 206 : 200, start > 0 ? { ...headers, ...range } : headers);
  const isLast = start + 300_000 >= file.length;
  if (isLast) response.end(file.subarray(start));
  else response.write(file.subarray(start, start + 300_000), () => response.destroy());
});
await once(server.listen(0, "127.0.0.1"), "listening");

const session = new Session({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
const target = join(tmpdir(), `sojourn-quickstart-${process.pid}.bin`);
const saved = await session.download("/file.bin", target, { tries: 5 });
const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
console.log(`${starts.length} requests, ${saved.bytes} bytes`); // 4 requests, 1000000 bytes
console.log(hash(await readFile(saved.path)) === hash(file)); // true
console.log(starts); // [ 0, 300000, 600000, 900000 ]

await rm(saved.path);
await session.close();
server.close();
