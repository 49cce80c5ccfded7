/** A closed session keeps its cookies and sends nothing more; a function closes its session in `finally`. */
import { Session, SessionClosed } from "sojourn";
import { startTestServer } from "sojourn/testing";

const server = await startTestServer();

async function statusOf(path: string): Promise<number> {
  const session = new Session({ baseUrl: server.url });
  try {
    return (await session.get(path)).status;
  } finally {
    await session.close();
  }
}
console.log(await statusOf("/get")); // 200

const session = new Session({ baseUrl: server.url });
await session.get("/cookies/set/flavour/oat");
await session.close();
console.log(session.cookies.get("flavour")); // oat
await session.get("/get").catch((error: unknown) => {
  console.log(error instanceof SessionClosed); // true
});

await server.close();
