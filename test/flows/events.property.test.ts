/** For any calls, records tell the same as what the server saw: which messages came, with which bodies, and what was answered. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { HttpDigestAuth, Retry, Session } from "../../src/index.ts";
import { bothOrigin, type Said, type Seen } from "../support/both-origin.ts";
import { DigestGate, PASSWORD, USER } from "../support/digest-server.ts";
import { Heard } from "../support/heard.ts";
import { runs } from "../support/size.ts";

/** What the server does with a path, said by the path itself: `/hops/2/then/503/bytes/1000`. */
interface Plan {
  readonly hops: number;
  /** How often it is busy before it answers. */
  readonly busy: number;
  readonly isGuarded: boolean;
  readonly bytes: number;
  readonly sent: number;
  readonly isStreamed: boolean;
  /** Is the response given up, unread? Only where it is streamed. */
  readonly isLeft: boolean;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  hops: fc.nat(2),
  busy: fc.nat(2),
  isGuarded: fc.boolean(),
  bytes: fc.oneof(fc.nat(20), fc.constant(100_000)),
  sent: fc.oneof(fc.constant(0), fc.nat(20), fc.constant(50_000)),
  isStreamed: fc.boolean(),
  isLeft: fc.boolean(),
});

/** Answers as the paths say, and notes the status of each answer. */
class Server {
  readonly statuses: string[] = [];
  readonly #busy = new Map<string, number>();
  readonly #gate = new DigestGate({ uses: 1000, isOrdered: false, isShared: false });

  answer(request: Seen): Said {
    const said = this.#said(request);
    this.statuses.push(lineOf(request.method, request.path, request.body.length, said.status ?? 200));
    return said;
  }

  #said({ method, path, headers }: Seen): Said {
    const [, id = "", hops = "0", busy = "0", guard = "", bytes = "0"] = path.split("/");
    if (guard === "guarded") {
      const verdict = this.#gate.judge(method, headers.authorization);
      if (verdict.kind === "challenge")
        return { status: 401, headers: { "www-authenticate": verdict.value } };
    }
    const key = `${id} ${hops}`;
    const times = this.#busy.get(key) ?? 0;
    this.#busy.set(key, times + 1);
    if (times < Number(busy)) return { status: 503, body: "busy" };
    if (Number(hops) > 0) {
      const location = `/${id}/${Number(hops) - 1}/${busy}/${guard}/${bytes}`;
      return { status: 307, headers: { location }, body: "moved" };
    }
    return { body: "x".repeat(Number(bytes)) };
  }
}

function lineOf(method: string, path: string, sent: number, status: number | null): string {
  return `${method} ${path} ${sent} ${status}`;
}

async function call(session: Session, url: string, { sent, isStreamed, isLeft }: Plan): Promise<number> {
  const options = sent === 0 ? {} : { data: "y".repeat(sent) };
  const response = await session.request(sent === 0 ? "GET" : "PUT", url, { ...options, stream: isStreamed });
  if (!isStreamed || !isLeft) return (await response.bytes()).byteLength;
  await response.close();
  return 0;
}

describe.for([
  ["HTTP/1.1", false],
  ["HTTP/2", true],
] as const)("records, %s,", ([, http2]) => {
  it("tell what the server saw", async () => {
    const server = new Server();
    await using origin = await bothOrigin((request) => server.answer(request));
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 8 }), async (plans) => {
        server.statuses.length = 0;
        const run = crypto.randomUUID();
        await using session = new Session({
          trustEnv: false,
          verify: origin.ca,
          http2,
          timeout: 20_000,
          auth: new HttpDigestAuth(USER, PASSWORD),
          retry: new Retry({ total: 5, backoffFactor: 0, statusForcelist: [503] }),
        });
        using heard = new Heard(session);
        const received = await Promise.all(
          plans.map((one, n) => {
            const { hops, busy, isGuarded, bytes } = one;
            const path = `/${run}-${n}/${hops}/${busy}/${isGuarded ? "guarded" : "open"}/${bytes}`;
            return call(session, origin.url + path, one);
          }),
        );
        await heard.settled();
        const messages = heard.of("message");
        const told = messages.map(({ request, sentBytes, status }) =>
          lineOf(request.method, request.parsed.target, sentBytes, status),
        );
        expect(told.toSorted()).toEqual(server.statuses.toSorted());
        const calls = heard.of("call");
        expect(calls.length).toBe(plans.length);
        for (const [n, one] of plans.entries()) {
          const own = messages.filter(({ request }) => request.url.includes(`${run}-${n}/`));
          const [record] = calls.filter(({ id }) => id === own[0]?.call);
          // Each hop is busy so often, and the first time of each hop may be challenged.
          expect(record).toMatchObject({
            outcome: "complete",
            status: 200,
            redirects: one.hops,
            retries: one.busy * (one.hops + 1),
            messages: own.length,
          });
          expect(own.map(({ resends }) => resends)).toEqual(own.map((_, at) => at));
          const last = own.at(-1);
          const isLeft = one.isStreamed && one.isLeft;
          if (!isLeft) expect([last?.outcome, last?.receivedBytes]).toEqual(["complete", received[n]]);
          for (const { outcome } of own.slice(0, -1)) expect(outcome).toBe("complete");
        }
        const opened = new Set(heard.of("connection").map(({ id }) => id));
        for (const { connectionId } of messages) expect(opened.has(connectionId ?? 0)).toBe(true);
      }),
      { numRuns: runs(25) },
    );
  });
});
