import { getResponse, http, HttpResponse } from "msw";
import { AppAdapter, Session } from "sojourn";

const handlers = [
  http.post("https://shop.example/login", () => {
    const headers = { Location: "/users/1", "Set-Cookie": "sid=1; Path=/" };
    return new HttpResponse(null, { status: 303, headers });
  }),
  http.get("https://shop.example/users/:id", ({ params }) => HttpResponse.json({ id: params["id"] })),
];

/** What the first handler that fits answers. */
async function askHandlers(request: Request): Promise<Response> {
  const response = await getResponse(handlers, request);
  if (response === undefined) throw new Error(`no handler for ${request.method} ${request.url}`);
  return response;
}

const session = new Session({ baseUrl: "https://shop.example", trustEnv: false });
session.mount("https://shop.example", new AppAdapter(askHandlers));
const response = await session.post("/login", { data: { user: "ada", password: "secret" } });
console.log(response.url, response.json()); // https://shop.example/users/1 { id: "1" }
console.log(session.cookies.get("sid")); // 1
await session.close();
