/** Retries: an adapter sends again what failed with a status of its list, and tells of each attempt. */
import { HttpAdapter, Retry, Session } from "sojourn";
import { startTestServer } from "sojourn/testing";

const server = await startTestServer();
const retry = new Retry({
  total: 3,
  statusForcelist: [429, 500, 502, 503, 504],
  allowedMethods: ["HEAD", "GET", "OPTIONS"],
});
const session = new Session({ baseUrl: server.url });
session.mount("https://", new HttpAdapter({ maxRetries: retry }));
session.mount("http://", new HttpAdapter({ maxRetries: retry }));

const response = await session.get("/flaky/2?key=quickstart"); // fails twice, then succeeds
console.log(response.attempts.map((attempt) => attempt.status)); // [ 503, 503 ]
console.log(response.status); // 200

await session.close();
await server.close();
