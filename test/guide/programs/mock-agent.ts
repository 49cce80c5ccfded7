import { AppAdapter, Session } from "sojourn";
import { fetch, MockAgent } from "undici";

const agent = new MockAgent();
agent.disableNetConnect();
const shop = agent.get("https://shop.example");
shop.intercept({ path: "/old" }).reply(302, "", { headers: { Location: "/users", "Set-Cookie": "sid=1" } });
shop.intercept({ path: "/users", method: "POST", body: '{"name":"Ada"}' }).reply(201, { id: 1 });

/** Asks the agent. Redirects, cookies and retries stay the session's. */
async function askAgent(request: Request): Promise<Response> {
  const { url, method, headers, signal } = request;
  const body = request.body === null ? null : await request.text(); // interceptors compare text
  const init = { method, headers: [...headers], body, signal, dispatcher: agent };
  const answer = await fetch(url, { ...init, redirect: "manual" });
  return new Response(answer.body, { status: answer.status, headers: [...answer.headers] });
}

const session = new Session({ baseUrl: "https://shop.example" });
session.mount("https://shop.example", new AppAdapter(askAgent));
const redirect = await session.get("/old", { allowRedirects: false });
console.log(redirect.status, session.cookies.get("sid")); // 302 1
console.log(await session.post("/users", { json: { name: "Ada" } }).json()); // { id: 1 }
agent.assertNoPendingInterceptors();
await session.close();
