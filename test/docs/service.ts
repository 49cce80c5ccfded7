/**
 * The service behind `https://api.example.com` in the examples: lists in pages, a stream of events, GraphQL, and a login whose
 * pages are all of status 200.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A running service. */
export interface Service extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
}

interface Asked {
  readonly url: URL;
  readonly message: IncomingMessage;
  readonly body: string;
  readonly reply: ServerResponse;
}

const USERS = ["Ada", "Barbara", "Charles", "Dorothy", "Edsger"].map((name, at) => ({ id: at + 1, name }));
const PAGE = 2;

/** Starts it on loopback. */
export async function startService(): Promise<Service> {
  const account = new Account();
  const server = createServer((message, reply) => {
    void text(message).then((body) => {
      answer({ url: new URL(message.url ?? "/", "http://service"), message, body, reply }, account);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on a port
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(asked: Asked, account: Account): void {
  const { url, message, reply } = asked;
  switch (`${message.method} ${url.pathname}`) {
    case "GET /users":
      return sendPageByLink(asked);
    case "GET /orders":
      return sendPageByCursor(asked);
    case "GET /events":
      return sendEvents(asked);
    case "POST /graphql":
      return sendGraph(asked);
    case "POST /login":
      return account.logIn(asked);
    case "GET /account":
      return account.show(asked);
    default:
      return sendJson(reply, { error: `there is no ${url.pathname}` }, 404);
  }
}

function sendJson(reply: ServerResponse, value: unknown, status = 200): void {
  reply.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
}

/** `Link` with the first, the last and, but for the last page, the next one: relative, as RFC 8288 allows. */
function sendPageByLink({ url, reply }: Asked): void {
  const page = Number(url.searchParams.get("page") ?? 1);
  const last = Math.ceil(USERS.length / PAGE);
  const links = [`</users?page=1>; rel="first"`, `</users?page=${last}>; rel="last"`];
  if (page < last) links.push(`</users?page=${page + 1}>; rel="next"`);
  reply.setHeader("Link", links.join(", "));
  sendJson(reply, USERS.slice((page - 1) * PAGE, page * PAGE));
}

function sendPageByCursor({ url, reply }: Asked): void {
  const from = Number(Buffer.from(url.searchParams.get("cursor") ?? "", "base64url").toString());
  const to = from + PAGE;
  const next = to < USERS.length ? Buffer.from(String(to)).toString("base64url") : null;
  sendJson(reply, { items: USERS.slice(from, to).map(({ id }) => ({ order: id })), next });
}

/** Three events. The connection ends behind the second one, in the middle of the third; that comes the next time, and then no more. */
function sendEvents({ message, reply }: Asked): void {
  const seen = Number(message.headers["last-event-id"] ?? 0);
  if (seen >= 3) return void reply.writeHead(204).end();
  reply.writeHead(200, { "Content-Type": "text/event-stream" });
  if (seen === 0) {
    reply.write("retry: 20\n\nid: 1\nevent: tick\ndata: one\n\n: still here\n\n");
    reply.write("id: 2\r\ndata: two,\r\ndata: in two lines\r\n\r\n");
    reply.end("id: 3\ndata: cut o");
  } else reply.end("id: 3\ndata: größer\n\n");
}

function sendGraph({ body, reply }: Asked): void {
  const { query, variables } = JSON.parse(body) as { query: string; variables?: { id?: number } }; // examples send it so
  if (!/^query User\(\$id: Int!\) \{ user\(id: \$id\) \{ name \} \}$/.test(query))
    return sendJson(reply, { errors: [{ message: "Syntax Error" }] }, 400);
  const user = USERS.find(({ id }) => id === variables?.id);
  const errors = [{ message: `there is no user ${variables?.id}`, path: ["user"] }];
  sendJson(reply, user === undefined ? { data: null, errors } : { data: { user: { name: user.name } } });
}

/** One account, `user` with `pass`. A login holds for two pages; then, as before it, the form comes in their place. */
class Account {
  #logins = 0;
  #pagesLeft = 0;

  logIn({ body, reply }: Asked): void {
    const form = new URLSearchParams(body);
    if (form.get("user") !== "user" || form.get("password") !== "pass")
      return sendPage(reply, "Name or password is wrong.");
    this.#logins++;
    this.#pagesLeft = 2;
    reply.setHeader("Set-Cookie", `sid=${this.#logins}; Path=/; HttpOnly`);
    sendPage(reply, "Welcome!");
  }

  show({ message, reply }: Asked): void {
    const isLoggedIn = message.headers.cookie === `sid=${this.#logins}` && this.#pagesLeft-- > 0;
    sendPage(reply, isLoggedIn ? "<h1>Your account</h1>" : '<form action="/login" method="post">…</form>');
  }
}

function sendPage(reply: ServerResponse, content: string): void {
  reply.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(`<!DOCTYPE html>\n${content}\n`);
}
