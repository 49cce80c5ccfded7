/** Thirty calls meet an expired token: it is refreshed once, and all of them are sent again. */
import { HttpBearerAuth, Session } from "sojourn";
import { startTestServer } from "sojourn/testing";

const server = await startTestServer();
const session = new Session({ baseUrl: server.url });
let refreshes = 0;
session.auth = new HttpBearerAuth({
  token: "expired",
  refresh: async () => {
    refreshes++;
    const account = { username: "user", password: "pass" };
    const login = await session.post("/api/login", { json: account, auth: false });
    return login.raiseForStatus().json<{ token: string }>().token;
  },
});

const calls = Array.from({ length: 30 }, () => session.get("/api/users/me"));
const answers = await Promise.all(calls);
const welcome = answers.filter((response) => response.ok).length;
console.log(`${welcome} calls answered, ${refreshes} refresh`); // 30 calls answered, 1 refresh

await session.close();
await server.close();
