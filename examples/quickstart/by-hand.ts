/**
 * Quickstart 10: a request prepared by hand, a response hook, redirects with their history.
 */
import { Request, Session } from "../../src/index.ts";
import type { TestServer } from "../../testing/index.ts";
import { check, show } from "./report.ts";

export async function byHand(server: TestServer): Promise<void> {
  await using session = new Session({ baseUrl: server.url, auth: ["user", "pass"] });
  await session.get("/cookies/set?flavour=oat");

  const prepared = session.prepareRequest(new Request("POST", "/post", { json: { a: 1 } }));
  show("prepared", prepared.toString());
  check("it shows the cookie of the jar", prepared.headers.get("cookie"), "flavour=oat");
  check("and the credentials", prepared.headers.has("authorization"), true);
  prepared.headers.set("X-By-Hand", "yes");
  const sent = (await session.send(prepared)).json<{ json: unknown; headers: Record<string, string> }>();
  check("what was prepared is what arrives", [sent.json, sent.headers["X-By-Hand"]], [{ a: 1 }, "yes"]);

  const seen: number[] = [];
  const hooks = {
    response: (response: { readonly status: number }): void => void seen.push(response.status),
  };
  const response = await session.get("/redirect/2", { hooks });
  show("hook saw", seen);
  show(
    "history",
    response.history.map((hop) => `${hop.status} ${new URL(hop.url).pathname}`),
  );
  check("a response hook sees every hop", seen, [302, 302, 200]);
  check(
    "history has the hops before the last",
    response.history.map((hop) => hop.status),
    [302, 302],
  );

  const stopped = await session.get("/redirect/1", { allowRedirects: false });
  check("allowRedirects: false stays, and tells what would come", stopped.next?.url, `${server.url}/get`);
}
