/** What is secret stays with the origin that it was given for, and no error, log or dump shows it. */
import { inspect } from "node:util";
import { dump, Session } from "sojourn";
import { startTestServer } from "sojourn/testing";

const server = await startTestServer();
const elsewhere = await startTestServer(); // asked for as `localhost`: another host, another origin
const session = new Session({
  baseUrl: server.url,
  headers: { "X-Api-Key": "s3cret" },
  auth: ["user", "s3cret"],
});
await session.get("/cookies/set/id/s3cret");

const url = `http://localhost:${elsewhere.port}/headers`;
const response = await session.get("/redirect-to", { params: { url } });
const arrived = elsewhere.requests[0]?.headers.map(([name]) => name.toLowerCase()) ?? [];
console.log(arrived.filter((name) => /key|cookie|authorization/.test(name))); // []

const error: unknown = await session.get("/status/500").then((failed) => {
  try {
    return failed.raiseForStatus();
  } catch (caught) {
    return caught;
  }
});
const told = [inspect(session), inspect(error), JSON.stringify(error), inspect(response), dump(response)];
console.log(told.some((text) => text.includes("s3cret"))); // false

await session.close();
await elsewhere.close();
await server.close();
