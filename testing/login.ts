/**
 * A site with a login form: `/login`, `/protected`, `/logout`. The account is `user` with the password `pass`.
 *
 * `GET /login` begins an anonymous session in a cookie, and its form has a token which must come back with the
 * password. A login changes the session's id. Without a login, `/protected` always redirects (302) to the form,
 * whatever the client accepts.
 */
import { randomBytes } from "node:crypto";

import { html, json, redirect } from "./answers.ts";
import { BoundedMap } from "./bounded-map.ts";
import { cookiesOf, expireCookie, setCookie } from "./cookies.ts";
import { GET, headerOf } from "./exchange.ts";
import type { Answer, Route, TestRequest } from "./exchange.ts";
import { readPayload } from "./payload.ts";

/** The account that every login of this server knows. */
export const ACCOUNT = { id: 1, name: "user", password: "pass" } as const;

const COOKIE = "session";
const ATTRIBUTES = "Path=/; HttpOnly; SameSite=Lax";

type Session = { readonly kind: "anonymous"; readonly csrfToken: string } | { readonly kind: "logged-in" };
type Sessions = BoundedMap<string, Session>;

/** The routes of the site. Each call has sessions of its own. */
export function loginRoutes(): readonly Route[] {
  const sessions: Sessions = new BoundedMap(1000);
  return [
    { methods: GET, pattern: "/login", endpoint: () => showForm(sessions) },
    { methods: ["POST"], pattern: "/login", endpoint: (request) => logIn(request, sessions) },
    { methods: GET, pattern: "/protected", endpoint: (request) => showProtected(request, sessions) },
    { methods: GET, pattern: "/logout", endpoint: (request) => logOut(request, sessions) },
  ];
}

function showForm(sessions: Sessions): Answer {
  const csrfToken = secret();
  const cookie = begin(sessions, { kind: "anonymous", csrfToken });
  return html(formPage(csrfToken), { headers: [["Set-Cookie", cookie]] });
}

function logIn(request: TestRequest, sessions: Sessions): Answer {
  const id = cookiesOf(request).get(COOKIE) ?? "";
  const session = sessions.get(id);
  const { form } = readPayload(headerOf(request, "content-type"), request.body);
  if (session?.kind !== "anonymous" || form["csrf_token"] !== session.csrfToken) {
    return html(messagePage("The form is out of date", "Its token is missing or wrong."), { status: 403 });
  }
  if (form["username"] !== ACCOUNT.name || form["password"] !== ACCOUNT.password) {
    return html(messagePage("Not logged in", "Name or password is wrong."), { status: 401 });
  }
  // A new id: whoever planted the old one before the login gains nothing by it.
  sessions.delete(id);
  return redirect("/protected", 303, [["Set-Cookie", begin(sessions, { kind: "logged-in" })]]);
}

function showProtected(request: TestRequest, sessions: Sessions): Answer {
  const session = sessions.get(cookiesOf(request).get(COOKIE) ?? "");
  if (session?.kind !== "logged-in") return redirect("/login?next=/protected");
  return json({ authenticated: true, user: ACCOUNT.name });
}

function logOut(request: TestRequest, sessions: Sessions): Answer {
  sessions.delete(cookiesOf(request).get(COOKIE) ?? "");
  return redirect("/login", 302, [expireCookie(COOKIE, ATTRIBUTES)]);
}

/** Stores a new session and gives the cookie for it. */
function begin(sessions: Sessions, session: Session): string {
  const id = secret();
  sessions.set(id, session);
  return setCookie(COOKIE, id, ATTRIBUTES)[1];
}

function secret(): string {
  return randomBytes(24).toString("base64url");
}

function formPage(csrfToken: string): string {
  return `<!DOCTYPE html>
<html>
  <head><meta charset="utf-8"><title>Log in</title></head>
  <body>
    <h1>Log in</h1>
    <form method="post" action="/login">
      <input type="hidden" name="csrf_token" value="${csrfToken}">
      <label>Name <input name="username"></label>
      <label>Password <input type="password" name="password"></label>
      <button>Log in</button>
    </form>
  </body>
</html>
`;
}

function messagePage(title: string, message: string): string {
  return `<!DOCTYPE html>\n<title>${title}</title>\n<h1>${title}</h1>\n<p>${message} <a href="/login">Log in</a></p>\n`;
}
