/**
 * What `main.ts` runs with each Node: a program with Sentry, which writes the list of a request's fields anew. Sessions over both
 * protocols and Node's `fetch` must give it the same.
 *
 * No syntax here that the oldest Node lacks.
 */
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import process from "node:process";
import { isDeepStrictEqual } from "node:util";

import * as Sentry from "@sentry/node";

import type * as Sojourn from "../../src/index.ts";
import { secureServer, tls } from "./servers.ts";

type Transaction = Parameters<NonNullable<Sentry.NodeOptions["beforeSendTransaction"]>>[0];

let transactions: Transaction[] = [];
let breadcrumbs: Sentry.Breadcrumb[] = [];
Sentry.init({
  dsn: "http://key@127.0.0.1/1",
  tracesSampleRate: 1,
  tracePropagationTargets: [/./],
  transport: () => ({ send: () => Promise.resolve({}), flush: () => Promise.resolve(true) }),
  beforeSendTransaction: (transaction) => {
    transactions.push(transaction);
    return null;
  },
  beforeBreadcrumb: (breadcrumb) => {
    if (breadcrumb.category === "http") breadcrumbs.push(breadcrumb);
    return breadcrumb;
  },
});
const { Session } = (await import(
  new URL("../../dist/src/index.js", import.meta.url).href
)) as typeof Sojourn;

let arrived: Record<string, unknown>[] = [];
const server = await secureServer((request, response) => {
  const { baggage, "sentry-trace": parent, "x-own": own } = request.headers;
  arrived.push({ baggage, parent, own });
  response.writeHead(request.url === "/missing" ? 404 : 200);
  response.end("ok");
});
const closing = createServer().listen(0, "127.0.0.1");
await once(closing, "listening");
const nowhere = `http://127.0.0.1:${(closing.address() as AddressInfo).port}/`;
await new Promise((resolve) => closing.close(resolve));

/** Asks, and reads the body to its end. */
type Ask = (url: string, headers: Record<string, string>) => Promise<unknown>;

function sessionWith(http2: boolean): Ask {
  const session = new Session({ trustEnv: false, verify: tls.ca, http2, timeout: 10_000 });
  return async (url, headers) => (await session.get(url, { headers })).text();
}

/** What Sentry and the server see of some requests, without what differs each time. */
async function seenOf(ask: Ask): Promise<object> {
  [transactions, breadcrumbs, arrived] = [[], [], []];
  const headers = { baggage: "mine=1", "x-own": "o" };
  await Sentry.startSpan({ name: "caller" }, async () => {
    await ask(`${server.url}/found?a=b`, headers);
    await ask(`${server.url}/missing`, headers);
    await ask(nowhere, headers).catch(() => undefined);
  });
  await Sentry.flush(2000);
  // The server's own are told, too.
  const transaction = transactions.find((one) => one.transaction === "caller");
  const trace = String(transaction?.contexts?.trace?.trace_id);
  const spans = transaction?.spans ?? [];
  return {
    spans: spans.map(({ description, op, status, data }) => {
      return { description, op, status, code: data["http.response.status_code"] };
    }),
    breadcrumbs: breadcrumbs.map(({ level, data }) => {
      return { level, url: data?.["url"] as unknown, code: data?.["status_code"] as unknown };
    }),
    arrived: arrived.map(({ baggage, parent, own }, at) => ({
      own,
      isChild: parent === `${trace}-${spans[at]?.span_id}-1`,
      isMerged: String(baggage).startsWith("mine=1,") && String(baggage).includes(`sentry-trace_id=${trace}`),
    })),
  };
}

console.log(`Node ${process.version}: what Sentry sees of sessions beside what it sees of fetch`);
const wanted = await seenOf(async (url, headers) => await (await fetch(url, { headers })).text());
for (const [protocol, ask] of [
  ["HTTP/1.1", sessionWith(false)],
  ["HTTP/2", sessionWith(true)],
] as const) {
  const found = await seenOf(ask);
  const isSame = isDeepStrictEqual(found, wanted);
  console.log(`  ${protocol}: ${isSame ? "the same" : "WRONG"}`);
  if (isSame) continue;
  process.exitCode = 1;
  console.dir({ wanted, found }, { depth: null });
}
const { arrived: asked = [] } = wanted as { arrived?: readonly { isChild: boolean; isMerged: boolean }[] };
if (asked.length !== 2 || !asked.every(({ isChild, isMerged }) => isChild && isMerged)) {
  process.exitCode = 1;
  console.dir({ wanted }, { depth: null });
}
process.exit();
