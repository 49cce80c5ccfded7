const { AppAdapter, Session } = require("sojourn");

/** What is tested. In a program it is required. */
async function temperature(session, city) {
  const response = await session.get("/weather", { params: { city } });
  return response.raiseForStatus().json().degrees;
}

const app = jest.fn();
let session;

beforeEach(() => {
  app.mockReset();
  session = new Session({ baseUrl: "https://weather.example", trustEnv: false });
  session.mount("https://weather.example", new AppAdapter(app));
});

afterEach(() => session.close());

it("asks for the city", async () => {
  app.mockReturnValue(Response.json({ degrees: 21 }));
  expect(await temperature(session, "Köln")).toBe(21);
  expect(app.mock.lastCall[0].url).toBe("https://weather.example/weather?city=K%C3%B6ln");
});

it("says that there is no such city", async () => {
  app.mockReturnValue(new Response("no such city", { status: 404 }));
  await expect(temperature(session, "Atlantis")).rejects.toMatchObject({ code: "ERR_HTTP_STATUS" });
});
