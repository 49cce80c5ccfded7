/** A request prepared by hand, a hook that hears of every hop, redirects with their history. */
import { Request, Session } from "sojourn";
import { startTestServer } from "sojourn/testing";

const server = await startTestServer();
const session = new Session({ baseUrl: server.url, auth: ["user", "pass"] });
session.cookies.set("flavour", "oat");

const prepared = session.prepareRequest(new Request("POST", "/post", { json: { a: 1 } }));
console.log(prepared.headers.get("cookie"), prepared.headers.has("authorization")); // flavour=oat true
prepared.headers.set("X-By-Hand", "yes");
const sent = await session.send(prepared);
console.log(sent.request.headers.get("x-by-hand"), sent.json<{ json: object }>().json); // yes { a: 1 }

const seen: number[] = [];
const response = await session.get("/redirect/2", {
  hooks: { response: ({ status }) => void seen.push(status) },
});
console.log(seen); // [ 302, 302, 200 ]
console.log(response.history.map((hop) => hop.status)); // [ 302, 302 ]

const stopped = await session.get("/redirect/1", { allowRedirects: false });
console.log(stopped.status, stopped.next?.url.slice(server.url.length)); // 302 /get

await session.close();
await server.close();
