/** A session remembers cookies; a one-off call forgets them. */
import { get, Session } from "sojourn";
import { startTestServer } from "sojourn/testing";

const server = await startTestServer();

await get(`${server.url}/cookies/set/flavour/oat`);
console.log(await get(`${server.url}/cookies`).json()); // { cookies: {} }

const session = new Session({ baseUrl: server.url });
await session.get("/cookies/set/flavour/oat");
console.log(await session.get("/cookies").json()); // { cookies: { flavour: "oat" } }
console.log(session.cookies.getDict()); // { flavour: "oat" }

await session.close();
await server.close();
