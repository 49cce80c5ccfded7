/** Who is let in by the inspector: each row is a request of somebody. */
import { describe, expect, it } from "vitest";
import { digestOf, judge } from "../../src/inspect/gate.ts";

const TOKEN = "b-Q7_token";
const PORT = 4711;
const OURS = "127.0.0.1:4711";

interface Row {
  readonly method?: string;
  readonly target?: string;
  /** `null`: none. */
  readonly host?: string | null;
  readonly token?: string | null;
  readonly more?: readonly string[];
  readonly port?: number;
}

function verdictOn({
  method = "GET",
  target = "/events",
  host = OURS,
  token = TOKEN,
  more = [],
  port = PORT,
}: Row): string {
  const rawHeaders = [
    ...(host === null ? [] : ["Host", host]),
    ...(token === null ? [] : ["X-Sojourn-Token", token]),
    ...more,
  ];
  const verdict = judge({ method, target, rawHeaders }, { port, tokenDigest: digestOf(TOKEN) });
  return verdict.kind === "refused" ? `${verdict.status}` : verdict.kind;
}

describe("the gate lets in", () => {
  it.for<[name: string, row: Row, verdict: string]>([
    ["the page, without a token", { target: "/", token: null }, "page"],
    [
      "the page, as somebody types its address",
      { target: "/", token: null, more: ["Sec-Fetch-Site", "none"] },
      "page",
    ],
    ["events with the token", {}, "events"],
    ["another spelling of field names", { token: null, more: ["x-SOJOURN-token", TOKEN] }, "events"],
    ["localhost", { host: "localhost:4711" }, "events"],
    ["LocalHost", { host: "LocalHost:4711" }, "events"],
    ["[::1], which leads here where somebody forwards it", { host: "[::1]:4711" }, "events"],
    ["its own page's Origin", { more: ["Origin", `http://${OURS}`] }, "events"],
    [
      "its own page by its other name",
      { host: "localhost:4711", more: ["Origin", "http://localhost:4711"] },
      "events",
    ],
    ["its own page, as the browser says", { more: ["Sec-Fetch-Site", "same-origin"] }, "events"],
    ["a host without a port, where that is 80", { host: "127.0.0.1", port: 80 }, "events"],
    ["a host with port 80", { host: "localhost:80", port: 80 }, "events"],
  ])("%s", ([, row, verdict]) => {
    expect(verdictOn(row)).toBe(verdict);
  });
});

describe("the gate refuses", () => {
  it.for<[name: string, row: Row, status: string]>([
    ["no Host", { host: null }, "403"],
    ["an empty Host", { host: "" }, "403"],
    ["another host", { host: "evil.example" }, "403"],
    ["a name that leads here since a moment ago", { host: "evil.example:4711" }, "403"],
    ["a name that begins like ours", { host: "127.0.0.1.evil.example:4711" }, "403"],
    ["a name that ends like ours", { host: "evil.localhost:4711" }, "403"],
    ["a name with a dot behind it", { host: "localhost.:4711" }, "403"],
    ["an address that leads here as well", { host: "0.0.0.0:4711" }, "403"],
    ["another address of the loopback network", { host: "127.0.0.2:4711" }, "403"],
    ["another spelling of the address", { host: "127.1:4711" }, "403"],
    ["another port", { host: "127.0.0.1:4712" }, "403"],
    ["no port, where it is not 80", { host: "127.0.0.1" }, "403"],
    ["a port that begins like ours", { host: "127.0.0.1:47110" }, "403"],
    ["user info before the host", { host: `a@${OURS}` }, "403"],
    ["two hosts, the first of them ours", { more: ["Host", "evil.example:4711"] }, "403"],
    ["two hosts, the second of them ours", { host: "evil.example:4711", more: ["Host", OURS] }, "403"],
    ["a list of hosts", { host: `${OURS}, evil.example` }, "403"],
    ["another Origin", { more: ["Origin", "http://evil.example"] }, "403"],
    ["another port's Origin", { more: ["Origin", "http://127.0.0.1:4712"] }, "403"],
    ["an Origin by another name than the Host", { more: ["Origin", "http://localhost:4711"] }, "403"],
    ["an Origin over TLS", { more: ["Origin", `https://${OURS}`] }, "403"],
    ["the Origin of a sandbox or a file", { more: ["Origin", "null"] }, "403"],
    ["two Origins", { more: ["Origin", `http://${OURS}`, "Origin", "http://evil.example"] }, "403"],
    ["a page of another site", { more: ["Sec-Fetch-Site", "cross-site"] }, "403"],
    ["a page of another port of this machine", { more: ["Sec-Fetch-Site", "same-site"] }, "403"],
    ["the page, for another site's frame", { target: "/", more: ["Sec-Fetch-Site", "cross-site"] }, "403"],
    ["no token", { token: null }, "403"],
    ["an empty token", { token: "" }, "403"],
    ["a wrong token", { token: "b-Q7_tokem" }, "403"],
    ["a token that begins like ours", { token: "b-Q7_toke" }, "403"],
    ["a token with more behind it", { token: `${TOKEN}x` }, "403"],
    ["another spelling of the token", { token: TOKEN.toUpperCase() }, "403"],
    ["two tokens", { more: ["X-Sojourn-Token", "other"] }, "403"],
    ["the token in the query", { target: `/events?token=${TOKEN}`, token: null }, "404"],
    ["the token in the path", { target: `/events/${TOKEN}`, token: null }, "404"],
    ["the token in a cookie", { token: null, more: ["Cookie", `token=${TOKEN}`] }, "403"],
    ["the token as another field", { token: null, more: ["Authorization", `Bearer ${TOKEN}`] }, "403"],
    ["POST", { method: "POST" }, "405"],
    ["HEAD", { method: "HEAD" }, "405"],
    ["OPTIONS, which would ask whether others may", { method: "OPTIONS", token: null }, "405"],
    ["a method in small letters", { method: "get" }, "405"],
    ["a length", { more: ["Content-Length", "0"] }, "400"],
    ["chunks", { more: ["Transfer-Encoding", "chunked"] }, "400"],
    ["another protocol", { more: ["Connection", "Upgrade", "Upgrade", "websocket"] }, "400"],
    ["another path", { target: "/har" }, "404"],
    ["a path in other letters", { target: "/Events" }, "404"],
    ["a path with an escape", { target: "/%65vents" }, "404"],
    ["a path with two slashes", { target: "//events" }, "404"],
    ["a path that climbs", { target: "/../../etc/passwd" }, "404"],
    ["a path that climbs back", { target: "/x/../events" }, "404"],
    ["a whole URL", { target: `http://${OURS}/events` }, "404"],
    ["a whole URL of another host", { target: "http://evil.example/events" }, "404"],
    ["a target without a slash", { target: "events" }, "404"],
    ["an asterisk", { target: "*" }, "404"],
  ])("%s", ([, row, status]) => {
    expect(verdictOn(row)).toBe(status);
  });
});
