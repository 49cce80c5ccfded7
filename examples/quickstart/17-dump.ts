/** `dump()` writes what went over the wire, redirects included, without the secrets. */
import { dump, Session } from "sojourn";
import { startTestServer } from "sojourn/testing";

const server = await startTestServer();
const session = new Session({ baseUrl: server.url, headers: { "User-Agent": "quickstart/1.0" } });

const response = await session.post("/cookies/set?theme=dark", { data: { user: "me", password: "s3cret" } });
const text = dump(response);
const lines = text.split("\n");
console.log(lines[0]); // > POST /cookies/set?theme=dark HTTP/1.1
console.log(lines.find((line) => line.includes("password"))); // > user=me&password=***
console.log(lines.filter((line) => line.startsWith("< HTTP/"))); // [ "< HTTP/1.1 302 Found", "< HTTP/1.1 200 OK" ]
console.log(text.includes("s3cret")); // false

await session.close();
await server.close();
