import { AppAdapter, Session } from "sojourn";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

/** What is tested. In a program it is imported. */
async function temperature(session: Session, city: string): Promise<number> {
  const response = await session.get("/weather", { params: { city } });
  return response.raiseForStatus().json<{ degrees: number }>().degrees;
}

const app = vi.fn<(request: Request) => Response>();
let session: Session;

beforeEach(() => {
  app.mockReset();
  session = new Session({ baseUrl: "https://weather.example", trustEnv: false });
  session.mount("https://weather.example", new AppAdapter(app));
});

afterEach(async () => {
  await session.close();
});

it("asks for the city", async () => {
  app.mockReturnValue(Response.json({ degrees: 21 }));
  expect(await temperature(session, "Köln")).toBe(21);
  const asked = new URL(app.mock.lastCall?.[0].url ?? "");
  expect(asked.searchParams.get("city")).toBe("Köln");
});

it("says that there is no such city", async () => {
  app.mockReturnValue(new Response("no such city", { status: 404 }));
  await expect(temperature(session, "Atlantis")).rejects.toMatchObject({ code: "ERR_HTTP_STATUS" });
});
