import assert from "node:assert/strict";
import { after, test } from "node:test";
import { AppAdapter, HTTPError, Session } from "sojourn";

/** What is tested. In a program it is imported. */
async function temperature(session: Session, city: string): Promise<number> {
  const response = await session.get("/weather", { params: { city } });
  return response.raiseForStatus().json<{ degrees: number }>().degrees;
}

function app(request: Request): Response {
  const city = new URL(request.url).searchParams.get("city");
  return city === "Köln" ? Response.json({ degrees: 21 }) : new Response("no such city", { status: 404 });
}

const session = new Session({ baseUrl: "https://weather.example", trustEnv: false });
session.mount("https://weather.example", new AppAdapter(app));
after(() => session.close());

test("tells the temperature of a city", async () => {
  assert.equal(await temperature(session, "Köln"), 21);
});

test("says that there is no such city", async () => {
  await assert.rejects(temperature(session, "Atlantis"), HTTPError);
});
