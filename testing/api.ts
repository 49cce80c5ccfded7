/**
 * A JSON API behind bearer tokens: `POST /api/login` gives one, `GET /api/users/me` wants it.
 */
import { randomBytes } from "node:crypto";

import { json } from "./answers.ts";
import { credentialsOf } from "./auth.ts";
import { BoundedMap } from "./bounded-map.ts";
import { GET } from "./exchange.ts";
import type { Answer, Route, TestRequest } from "./exchange.ts";
import { ACCOUNT } from "./login.ts";
import { readPayload } from "./payload.ts";

type Tokens = BoundedMap<string, true>;

/** The routes of the API. Each call has tokens of its own. */
export function apiRoutes(): readonly Route[] {
  const tokens: Tokens = new BoundedMap(1000);
  return [
    { methods: ["POST"], pattern: "/api/login", endpoint: (request) => logIn(request, tokens) },
    { methods: GET, pattern: "/api/users/me", endpoint: (request) => showUser(request, tokens) },
  ];
}

function logIn(request: TestRequest, tokens: Tokens): Answer {
  const { json: account } = readPayload("application/json", request.body);
  if (
    typeof account !== "object" ||
    account === null ||
    !("username" in account) ||
    !("password" in account)
  ) {
    return json({ error: "send a JSON object with username and password" }, { status: 400 });
  }
  if (account.username !== ACCOUNT.name || account.password !== ACCOUNT.password) {
    return unauthorized("name or password is wrong");
  }
  const token = randomBytes(24).toString("base64url");
  tokens.set(token, true);
  return json({ token });
}

function showUser(request: TestRequest, tokens: Tokens): Answer {
  const token = credentialsOf(request, "bearer");
  if (token === null || tokens.get(token) === undefined) return unauthorized("log in at /api/login");
  return json({ id: ACCOUNT.id, name: ACCOUNT.name, email: `${ACCOUNT.name}@example.com` });
}

function unauthorized(error: string): Answer {
  return json({ error }, { status: 401, headers: [["WWW-Authenticate", "Bearer"]] });
}
