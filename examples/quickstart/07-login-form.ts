/** A site with a form: the token of the page goes along with the password, and the login cookie with all that follows. */
import { Session } from "sojourn";
import { startTestServer } from "sojourn/testing";

const server = await startTestServer();
const session = new Session({ baseUrl: server.url });

const page = await session.get("/login").text();
const token = /name="csrf_token" value="([^"]+)"/.exec(page)?.[1] ?? "";
const answer = await session.post("/login", {
  data: { username: "user", password: "pass", csrf_token: token },
});
console.log(
  answer.history.map((hop) => hop.status),
  answer.status,
); // [ 303 ] 200
console.log(answer.url.slice(server.url.length)); // /protected
console.log(await session.get("/protected").json()); // { authenticated: true, user: "user" }

await session.close();
await server.close();
