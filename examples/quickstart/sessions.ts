/**
 * Quickstart 1 to 3: cookies, defaults, closing.
 */
import { get, Session } from "../../src/index.ts";
import type { TestServer } from "../../testing/index.ts";
import { check, checkFails, show } from "./report.ts";

interface Cookies {
  readonly cookies: Record<string, string>;
}

export async function oneOffAndSession(server: TestServer): Promise<void> {
  await get(`${server.url}/cookies/set/sessioncookie/123456789`);
  const forgotten = await get(`${server.url}/cookies`).json<Cookies>();
  show("one-off", forgotten);
  check("a one-off call forgets the cookie of the call before", forgotten.cookies, {});

  await using session = new Session();
  await session.get(`${server.url}/cookies/set/sessioncookie/123456789`);
  const kept = await session.get(`${server.url}/cookies`).json<Cookies>();
  show("session", kept);
  check("a session keeps it", kept.cookies, { sessioncookie: "123456789" });
  show("jar", session.cookies.getDict());
  check("session.cookies shows it", session.cookies.getDict(), { sessioncookie: "123456789" });
}

export async function sessionDefaults(server: TestServer): Promise<void> {
  await using session = new Session({
    baseUrl: server.url,
    headers: { "X-Program": "quickstart", "X-Mood": "calm" },
    params: { lang: "en" },
    auth: ["user", "pass"],
  });

  const { headers } = await session
    .get("/headers", { headers: { "X-Request": "1", "X-Mood": "curious" } })
    .json<{ headers: Record<string, string> }>();
  show("headers", { program: headers["X-Program"], request: headers["X-Request"], mood: headers["X-Mood"] });
  check("the session's header goes along", headers["X-Program"], "quickstart");
  check("the request's own header joins it", headers["X-Request"], "1");
  check("and overrides one of the same name", headers["X-Mood"], "curious");

  const response = await session.get("/get", { params: { page: 2 } });
  show("url", response.url);
  check("response.url shows the session's params", response.url, `${server.url}/get?lang=en&page=2`);

  const login = await session.get("/basic-auth/user/pass");
  show("auth", login.json());
  check("the session's auth goes along", login.status, 200);
  check(
    "auth: false leaves it out",
    (await session.get("/basic-auth/user/pass", { auth: false })).status,
    401,
  );
}

export async function closing(server: TestServer): Promise<void> {
  let kept: Session;
  {
    await using session = new Session();
    show("inside", (await session.get(`${server.url}/get`)).status);
    kept = session;
  }
  await checkFails(
    "using it afterwards is a clear error",
    () => kept.get(`${server.url}/get`),
    "SessionClosed",
  );
}
