/** A proxy, a User-Agent and timeouts that hold for every request of a session. */
import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import { Session } from "sojourn";
import { startTestServer } from "sojourn/testing";

const server = await startTestServer();

// A forward proxy for http, as small as can be. It notes what it was asked for.
const asked: string[] = [];
const proxy = createServer((request, response) => {
  const { url = "", method, headers } = request;
  asked.push(url.slice(server.url.length));
  const onward = forward(url, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(response);
  });
  request.pipe(onward);
});
await once(proxy.listen(0, "127.0.0.1"), "listening");

const session = new Session({
  baseUrl: server.url,
  headers: { "User-Agent": "quickstart/1.0" },
  proxies: { http: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` },
  timeout: [3_050, 27_000],
});
console.log(await session.get("/user-agent").json()); // { "user-agent": "quickstart/1.0" }
console.log((await session.get("/ip")).status); // 200
console.log(asked); // [ "/user-agent", "/ip" ]

await session.close();
await server.close();
proxy.close();
