import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import { Session } from "sojourn";

const server = setupServer(
  http.post("https://shop.example/login", () => {
    const headers = { Location: "/users/1", "Set-Cookie": "sid=1; Path=/" };
    return new HttpResponse(null, { status: 303, headers });
  }),
  http.get("https://shop.example/users/:id", ({ params }) => HttpResponse.json({ id: params["id"] })),
);
server.listen({ onUnhandledRequest: "error" });

const session = new Session({ baseUrl: "https://shop.example", trustEnv: false });
const response = await session.post("/login", { data: { user: "ada", password: "secret" } });
console.log(response.url, response.json()); // https://shop.example/users/1 { id: "1" }
console.log(session.cookies.get("sid")); // 1
await session.close();
server.close();
