import nock from "nock";
import { Session } from "sojourn";

nock.disableNetConnect();
nock("https://shop.example")
  .post("/login", { user: "ada", password: "secret" })
  .reply(303, undefined, { Location: "/users/1", "Set-Cookie": "sid=1; Path=/" })
  .get("/users/1")
  .matchHeader("Cookie", "sid=1")
  .reply(200, { id: 1 });

const session = new Session({ baseUrl: "https://shop.example", trustEnv: false });
const response = await session.post("/login", { json: { user: "ada", password: "secret" } });
console.log(response.url, response.json()); // https://shop.example/users/1 { id: 1 }
console.log(nock.isDone()); // true
await session.close();
nock.restore();
