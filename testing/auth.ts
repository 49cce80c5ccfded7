/**
 * Endpoints that ask for Basic and Bearer credentials.
 *
 * Pure.
 */
import { Buffer } from "node:buffer";

import { empty, json } from "./answers.ts";
import { GET, headerOf, paramOf } from "./exchange.ts";
import type { Answer, Route, TestRequest } from "./exchange.ts";

/** The routes for Basic and Bearer. */
export const authRoutes: readonly Route[] = [
  { methods: GET, pattern: "/basic-auth/:user/:password", endpoint: basicAuth },
  { methods: GET, pattern: "/hidden-basic-auth/:user/:password", endpoint: hiddenBasicAuth },
  { methods: GET, pattern: "/bearer", endpoint: bearer },
];

/** The challenge that `/basic-auth` and `/status/401` send. */
export const BASIC_CHALLENGE = 'Basic realm="Fake Realm"';

/** What follows the name of the scheme in `Authorization`, or `null` when the scheme is another. */
export function credentialsOf(request: TestRequest, scheme: string): string | null {
  const [, name, credentials] = /^(\S+)\s+(.*)$/.exec(headerOf(request, "authorization") ?? "") ?? [];
  return name?.toLowerCase() === scheme && credentials !== undefined ? credentials.trim() : null;
}

function basicAuth(request: TestRequest): Answer {
  return hasPassword(request) ? welcome(request) : empty(401, [["WWW-Authenticate", BASIC_CHALLENGE]]);
}

function hiddenBasicAuth(request: TestRequest): Answer {
  return hasPassword(request) ? welcome(request) : empty(404);
}

function bearer(request: TestRequest): Answer {
  const token = credentialsOf(request, "bearer");
  if (token === null || token === "") return empty(401, [["WWW-Authenticate", "Bearer"]]);
  return json({ authenticated: true, token });
}

function welcome(request: TestRequest): Answer {
  return json({ authenticated: true, user: paramOf(request, "user") });
}

function hasPassword(request: TestRequest): boolean {
  const credentials = credentialsOf(request, "basic");
  const expected = `${paramOf(request, "user")}:${paramOf(request, "password")}`;
  return credentials !== null && Buffer.from(credentials, "base64").toString("utf8") === expected;
}
