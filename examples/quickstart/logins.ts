/**
 * Quickstart 6 and 7: an API client, and a scrape.
 */
import { Session } from "../../src/index.ts";
import type { TestServer } from "../../testing/index.ts";
import { check, show } from "./report.ts";

interface User {
  readonly id: number;
  readonly name: string;
}

/** A client for one API: logs in once, and its session remembers. */
class ApiClient implements AsyncDisposable {
  readonly #session: Session;

  constructor(baseUrl: string) {
    this.#session = new Session({ baseUrl, headers: { Accept: "application/json" } });
  }

  async login(username: string, password: string): Promise<void> {
    const response = await this.#session.post("/api/login", { json: { username, password } });
    const { token } = response.raiseForStatus().json<{ token: string }>();
    this.#session.headers.set("Authorization", `Bearer ${token}`);
  }

  async me(): Promise<User> {
    return (await this.#session.get("/api/users/me")).raiseForStatus().json<User>();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.close();
  }
}

export async function apiClient(server: TestServer): Promise<void> {
  await using client = new ApiClient(server.url);
  await client.login("user", "pass");
  const user = await client.me();
  show("user", user);
  check("the bearer header goes along", user.name, "user");
}

export async function scrape(server: TestServer): Promise<void> {
  await using session = new Session({ baseUrl: server.url });
  const page = (await session.get("/login")).text();
  const token = /name="csrf_token" value="([^"]+)"/.exec(page)?.[1] ?? "";
  show("token found", token !== "");

  const response = await session.post("/login", {
    data: { username: "user", password: "pass", csrf_token: token },
  });
  show("way", [...response.history.map((hop) => hop.status), response.status]);
  check("the form leads to the protected page", new URL(response.url).pathname, "/protected");
  check("which can be read", response.text().includes("user"), true);
  check("and read again", (await session.get("/protected", { allowRedirects: false })).status, 200);
}
