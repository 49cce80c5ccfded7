/**
 * Quickstart 5 and 8: retries; timeouts and errors, each provoked for real.
 */
import { createServer, type AddressInfo } from "node:net";
import { ConnectionError, HttpAdapter, RequestException, Retry, Session, Timeout } from "../../src/index.ts";
import type { TestServer } from "../../testing/index.ts";
import { check, checkFails, show } from "./report.ts";

export async function retries(server: TestServer): Promise<void> {
  const retry = new Retry({
    total: 3,
    statusForcelist: [429, 500, 502, 503, 504],
    allowedMethods: ["HEAD", "GET", "OPTIONS"],
  });
  await using session = new Session();
  session.mount("https://", new HttpAdapter({ maxRetries: retry }));
  session.mount("http://", new HttpAdapter({ maxRetries: retry }));

  const response = await session.get(`${server.url}/flaky/2?key=quickstart`);
  const statuses = response.attempts.map((attempt) => attempt.status);
  show("attempts", [...statuses, response.status]);
  check("two failures, then a success", [...statuses, response.status], [503, 503, 200]);
}

/** A port of loopback on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function timeoutsAndErrors(server: TestServer): Promise<void> {
  await using session = new Session({ timeout: [3050, 27_000] });
  check("[connect, read] in milliseconds", (await session.get(`${server.url}/get`)).status, 200);

  const slow = await checkFails(
    "silence longer than the read timeout",
    () => session.get(`${server.url}/delay/2`, { timeout: [3050, 100] }),
    "ReadTimeout",
  );
  check("it is a Timeout", slow instanceof Timeout, true);

  const port = await closedPort();
  const refused = await checkFails(
    "nobody listens",
    () => session.get(`http://127.0.0.1:${port}/`),
    "ConnectionError",
  );
  check("it is a ConnectionError", refused instanceof ConnectionError, true);

  const missing = await session.get(`${server.url}/status/404`);
  const failed = await checkFails("raiseForStatus()", async () => missing.raiseForStatus(), "HTTPError");
  const malformed = await checkFails(
    "a URL without a scheme",
    () => session.get("example.com/x"),
    "MissingSchema",
  );
  const all = [slow, refused, failed, malformed].every((error) => error instanceof RequestException);
  check("every one of them is a RequestException", all, true);
}
