/**
 * Quickstart 9: settings of the network that hold for every request of a session.
 */
import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import { Session } from "../../src/index.ts";
import type { TestServer } from "../../testing/index.ts";
import { startTlsServer } from "./tls-server.ts";
import { check, checkFails, show } from "./report.ts";

/** A forward proxy for http, as small as can be. It notes what it was asked for. */
async function startProxy(): Promise<AsyncDisposable & { url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const onward = forward(
      request.url ?? "",
      { method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export async function sessionWide(server: TestServer): Promise<void> {
  await using proxy = await startProxy();
  await using session = new Session({
    baseUrl: server.url,
    headers: { "User-Agent": "quickstart/1.0" },
    proxies: { http: proxy.url },
    timeout: [3050, 27_000],
  });
  const agent = await session.get("/user-agent").json<{ "user-agent": string }>();
  const address = await session.get("/ip");
  show("asked of the proxy", proxy.asked);
  check("two paths of one API went through the proxy", proxy.asked, [
    `${server.url}/user-agent`,
    `${server.url}/ip`,
  ]);
  check("under the session's User-Agent", agent["user-agent"], "quickstart/1.0");
  check("with an answer", address.status, 200);

  await using tls = await startTlsServer();
  await using strict = new Session({ baseUrl: tls.url });
  await checkFails("a certificate that nobody vouches for", () => strict.get("/"), "SSLError");

  await using trusting = new Session({
    baseUrl: tls.url,
    verify: tls.ca,
    cert: [tls.clientCert, tls.clientKey],
  });
  const seen = await trusting.get("/").json<{ client: string }>();
  show("client certificate seen", seen.client);
  check("verify takes a CA, cert shows who we are", seen.client, "quickstart client");
}
