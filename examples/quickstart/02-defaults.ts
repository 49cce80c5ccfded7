/** Headers, parameters and credentials of a session go with every request; a request's own join or replace them. */
import { Session } from "sojourn";
import { startTestServer } from "sojourn/testing";

const server = await startTestServer();
const session = new Session({
  baseUrl: server.url,
  headers: { "X-Program": "quickstart", "X-Mood": "calm" },
  params: { lang: "en" },
  auth: ["user", "pass"],
});

const page = await session.get("/get", { params: { page: 2 }, headers: { "X-Mood": "curious" } });
console.log(page.url.slice(server.url.length)); // /get?lang=en&page=2
console.log(page.request.headers.get("x-program"), page.request.headers.get("x-mood")); // quickstart curious

console.log((await session.get("/basic-auth/user/pass")).status); // 200
console.log((await session.get("/basic-auth/user/pass", { auth: false })).status); // 401

await session.close();
await server.close();
