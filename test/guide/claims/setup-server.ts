// docs/testing.md: setupServer() of msw sees `fetch`, and not sojourn.
import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import { Session } from "sojourn";

const server = setupServer(http.get("https://example.com/get", () => HttpResponse.json("mocked")));
server.listen({ onUnhandledFrame: "bypass" });

const session = new Session({ trustEnv: false });
console.log(await (await fetch("https://example.com/get")).json()); // mocked
console.log((await session.get("https://example.com/get").json()) === "mocked"); // false
await session.close();
server.close();
