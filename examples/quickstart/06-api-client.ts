/** A client for one API, as a class around a session: it logs in once, and its session remembers. */
import { Session } from "sojourn";
import { startTestServer } from "sojourn/testing";

interface User {
  readonly id: number;
  readonly name: string;
}

class ApiClient {
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

  async close(): Promise<void> {
    await this.#session.close();
  }
}

const server = await startTestServer();
const client = new ApiClient(server.url);
await client.login("user", "pass");
console.log((await client.me()).name); // user

await client.close();
await server.close();
