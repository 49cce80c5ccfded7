/**
 * Random secrets, and whether something that a program may print has a piece of one: as it is, percent-encoded, or in
 * base64.
 */
import { inspect } from "node:util";
import fc from "fast-check";
import { expect } from "vitest";
import { dump, Response, StreamedResponse } from "../../src/index.ts";
import { routes, startOrigin, type TestOrigin } from "./origins.ts";

/** A secret, and the pieces of it that look the same in every encoding. */
export interface Secret {
  readonly text: string;
  readonly pieces: readonly string[];
}

/** A piece that nothing else looks like. */
const piece: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 0xffff_ffff })
  .map((number) => `zQx${number.toString(16).padStart(8, "0")}`);

/** Two pieces with one of `between`, which may mean something to whoever takes the secret apart. */
function secretWith(between: string): fc.Arbitrary<Secret> {
  return fc.tuple(piece, fc.constantFrom(...between.split(""), ""), piece).map(([first, mark, second]) => ({
    text: first + mark + second,
    pieces: [first, second],
  }));
}

/** Visible ASCII: passwords, header values. */
export const anySecret: fc.Arbitrary<Secret> = secretWith("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");

/** What may stand in a cookie's value. */
export const cookieSecret: fc.Arbitrary<Secret> = secretWith("!#$%&'()*+-./:<=>?@[]^_`{|}~");

/** Everything that a program may print of a value by accident, and of what hangs on it. */
function printed(value: unknown): string {
  const parts = [
    inspect(value, { depth: null, showHidden: false }),
    inspect([value], { depth: null, compact: false }),
    String(JSON.stringify(value)),
    String(value),
  ];
  if (value instanceof Error) {
    parts.push(value.message, String(value.stack));
    if (value.cause !== undefined) parts.push(printed(value.cause));
    if (value instanceof AggregateError) parts.push(...value.errors.map(printed));
  }
  if (value instanceof Response || value instanceof StreamedResponse) parts.push(dump(value));
  return parts.join("\n");
}

/** The pieces of `secret` that are in `text`, in whatever encoding. */
export function leaks(text: string, { pieces }: Secret): string[] {
  const all = [text, ...[...text.matchAll(/[\w+/=-]{12,}/g)].map(([run]) => fromBase64(run))].join("\n");
  return pieces.filter((one) => all.toLowerCase().includes(one.toLowerCase()));
}

function fromBase64(run: string): string {
  // What stands before the base64 may look like a part of it.
  return [0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), "base64").toString("latin1")).join("\n");
}

/** None of these shows the secret. */
export function expectHidden(secret: Secret, ...values: readonly unknown[]): void {
  for (const value of values) {
    const text = printed(value);
    expect(leaks(text, secret), text).toEqual([]);
  }
}

/** Whoever asks for these gets it. */
export function expectTold(secret: Secret, ...texts: readonly string[]): void {
  for (const text of texts) expect(leaks(text, secret)).toEqual(secret.pieces);
}

/** An origin that knows secrets of its own, and repeats what it is told in places that are meant for secrets. */
export async function indiscreet(): Promise<TestOrigin> {
  return await startOrigin((request, response) => {
    const token = String(request.headers["x-token"] ?? "");
    const quoted = encodeURIComponent(token);
    const headers = {
      "Set-Cookie": [`sid=${quoted}; Path=/`, `bad=${quoted}; Domain=other.test`],
      "X-Auth-Token": token,
      Location: `/next?token=${quoted}#access_token=${quoted}`,
      Link: `<http://me:${quoted}@h.test/?token=${quoted}&page=2>; rel=next`,
    };
    const body = JSON.stringify({ access_token: token, url: `http://h.test/?token=${quoted}` });
    routes({
      "/hop": (_, reply) => void reply.writeHead(302, headers).end(body),
      "/loop": (_, reply) => void reply.writeHead(302, { ...headers, Location: "/loop" }).end(body),
      "/error": (_, reply) =>
        void reply.writeHead(503, { ...headers, "Content-Type": "application/json" }).end(body),
      "/challenge": (_, reply) =>
        void (request.headers.authorization === undefined
          ? reply.writeHead(401, { "WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"' }).end()
          : reply.writeHead(200, headers).end(body)),
      "/text": (_, reply) => void reply.end(`{"access_token": ${JSON.stringify(token)}, oops`),
      "/short": (_, reply) => {
        reply.writeHead(200, { ...headers, "Content-Length": 100_000 });
        reply.write(body, () => reply.destroy());
      },
      "/gzip": (_, reply) => void reply.writeHead(200, { ...headers, "Content-Encoding": "gzip" }).end(body),
      "/silence": () => undefined,
      "/next": (_, reply) => void reply.writeHead(200, { "Content-Type": "application/json" }).end(body),
    })(request, response);
  });
}
