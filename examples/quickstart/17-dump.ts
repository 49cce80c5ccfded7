/** `dump()` writes what went over the wire, redirects included, without the secrets. */
import { dump, Session } from "sojourn";
import { startTestServer } from "sojourn/testing";

const server = await startTestServer();
const session = new Session({ baseUrl: server.url, auth: ["user", "s3cret"] });

const redirected = dump(await session.get("/cookies/set?flavour=oat")).split("\n");
console.log(redirected.filter((line) => line.startsWith("> GET")).join(", ")); // > GET /cookies/set?flavour=oat HTTP/1.1, > GET /cookies HTTP/1.1
console.log(redirected.find((line) => line.startsWith("< HTTP/"))); // < HTTP/1.1 302 Found
console.log(redirected.find((line) => line.startsWith("< Set-Cookie"))); // < Set-Cookie: flavour=***; Path=/
console.log(redirected.find((line) => line.startsWith("> Authorization"))); // > Authorization: Basic ***

const sent = dump(await session.post("/post", { data: { user: "me", password: "s3cret" } }));
console.log(sent.split("\n").find((line) => line.includes("password"))); // > user=me&password=***

await session.close();
await server.close();
