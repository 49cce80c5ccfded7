import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";

import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { HeaderMap } from "../../src/core/headers.ts";
import type { WireBody } from "../../src/core/response.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { Intake, MOST_READ_BYTES, type IntakeReader } from "../../src/connect/intake.ts";
import { Authority, type KeyPair } from "../support/certificates.ts";
import { requestFor, sendOptions } from "../support/messages.ts";
import { scriptedServer } from "../support/scripted-server.ts";
import { runs } from "../support/size.ts";

/** A socket, as far as an intake sees it. */
class Queue extends EventEmitter {
  readonly pushed: string[] = [];
  get readableLength(): number {
    return this.pushed.join("").length;
  }

  push(bytes: Uint8Array): void {
    this.pushed.push(Buffer.from(bytes).toString("latin1"));
  }
}

/** An intake, and what reads into it as Node does. */
function newIntake(isTls = false): { intake: Intake; queue: Queue; receive: (text: string) => boolean } {
  const intake = new Intake(isTls);
  const queue = new Queue();
  intake.bind(queue as unknown as Socket); // all that it asks for is there
  const { onread } = intake;
  const room = (): Uint8Array => (typeof onread.buffer === "function" ? onread.buffer() : onread.buffer);
  let next = room();
  const receive = (text: string): boolean => {
    Buffer.from(next.buffer, next.byteOffset, next.byteLength).write(text, "latin1");
    const isWanted = onread.callback(text.length, next);
    next = room();
    return isWanted;
  };
  return { intake, queue, receive };
}

describe("an intake", () => {
  it("leaves what comes before there is a reader, or while it is paused, to the socket, and stops reading", () => {
    const { intake, queue, receive } = newIntake();
    expect(receive("early")).toBe(false);
    const read: string[] = [];
    const reader = {
      isPaused: true,
      isIdle: false,
      read: (bytes: Uint8Array) => read.push(Buffer.from(bytes).toString()) < 0,
    };
    intake.attach(reader);
    expect(receive(" paused")).toBe(false);
    reader.isPaused = false;
    // What came before must be read first.
    expect(receive(" behind")).toBe(false);
    expect(queue.pushed).toEqual(["early", " paused", " behind"]);
    queue.pushed.length = 0;
    expect(receive("direct")).toBe(true);
    expect(read).toEqual(["direct"]);
  });

  it("reads into the same memory until a part of it is kept", () => {
    const { intake, receive } = newIntake();
    const seen: Uint8Array[] = [];
    const reader: IntakeReader = {
      isPaused: false,
      isIdle: false,
      read: (bytes) => seen.push(bytes) === 2,
    };
    intake.attach(reader);
    for (const text of ["one", "two", "three", "four"]) receive(text);
    const [one, two, three, four] = seen.map((bytes) => bytes.buffer);
    expect([one === two, two === three, three === four]).toEqual([true, false, true]);
    expect(seen.map((bytes) => Buffer.from(bytes).toString())).toEqual(["two", "two", "foure", "four"]);
  });

  it("makes room for a large body once a read has filled what there was, and gives it up with the response", () => {
    const { intake, receive } = newIntake();
    const sizes: number[] = [];
    const reader = {
      isPaused: false,
      isIdle: false,
      read: (bytes: Uint8Array) => sizes.push(bytes.buffer.byteLength) < 0,
    };
    intake.attach(reader);
    receive("x".repeat(4095));
    receive("x".repeat(4096));
    receive("x");
    reader.isIdle = true;
    receive("the end");
    receive("the next one");
    expect(sizes).toEqual([4096, 4096, MOST_READ_BYTES, MOST_READ_BYTES, 4096]);
  });

  it("makes room for a record of TLS, which gives one at a time", () => {
    const { intake, receive } = newIntake(true);
    const sizes: number[] = [];
    intake.attach({
      isPaused: false,
      isIdle: false,
      read: (bytes) => sizes.push(bytes.buffer.byteLength) < 0,
    });
    receive("x".repeat(4096));
    receive("x".repeat(16_384));
    receive("x");
    expect(sizes).toEqual([4096, 16_384, 16_384]);
  });
});

/** A response, and how a server sends it. */
interface Sent {
  readonly fields: readonly string[];
  readonly body: Buffer;
  readonly framing: "length" | "chunked";
  /** Where the bytes on the wire are cut, as parts of the whole. */
  readonly cuts: readonly number[];
}

const responses: fc.Arbitrary<Sent> = fc.record({
  fields: fc.array(fc.stringMatching(/^[a-z0-9]{0,300}$/), { maxLength: 12 }),
  body: fc
    .oneof(
      fc.constant(0),
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 8000, max: 70_000 }),
      fc.integer({ min: 200_000, max: 900_000 }),
    )
    .map((size) => Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) % 251))),
  framing: fc.constantFrom("length", "chunked"),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
});

function wireBytes({ fields, body, framing }: Sent): Buffer {
  const lines = fields.map((value, at) => `X-${at}: ${value}\r\n`).join("");
  if (framing === "length")
    return Buffer.concat([
      Buffer.from(`HTTP/1.1 200 OK\r\n${lines}Content-Length: ${body.length}\r\n\r\n`),
      body,
    ]);
  const parts: Buffer[] = [Buffer.from(`HTTP/1.1 200 OK\r\n${lines}Transfer-Encoding: chunked\r\n\r\n`)];
  for (let at = 0; at < body.length; at += 30_000) {
    const part = body.subarray(at, at + 30_000);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n"));
  }
  return Buffer.concat([...parts, Buffer.from(`0\r\n${lines}\r\n`)]);
}

/** The pieces of a body, from a consumer that now and then has something else to do: what comes meanwhile has to wait. */
async function piecesOf(body: WireBody): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body.stream()) {
    pieces.push(piece);
    if (pieces.length % 3 === 0) await turn();
  }
  return pieces;
}

/** Values of the fields that the server made. */
function ours(headers: HeaderMap): string[] {
  return [...headers].filter(([name]) => name.startsWith("X-")).map(([, value]) => value);
}

describe("what came over a connection that reads into the same memory again", () => {
  let leaf: KeyPair;
  let ca: string;
  beforeAll(async () => {
    const authority = await Authority.create();
    ca = authority.pem;
    leaf = await authority.issue({ addresses: ["127.0.0.1"] });
  });

  it.for([
    ["http", "whole"],
    ["http", "streamed"],
    ["https", "whole"],
    ["https", "streamed"],
  ] as const)("%s, %s: stays what it was", { timeout: 60_000 }, async ([scheme, how]) => {
    const property = fc.asyncProperty(fc.array(responses, { minLength: 2, maxLength: 4 }), async (all) => {
      await using server = await scriptedServer(
        async (connection) => {
          for (const sent of all) {
            if ((await connection.request()) === null) return;
            const bytes = wireBytes(sent);
            const cuts = [...sent.cuts.map((part) => Math.floor(part * bytes.length)), bytes.length];
            let from = 0;
            for (const to of cuts.toSorted((one, other) => one - other)) {
              connection.socket.write(bytes.subarray(from, to));
              from = to;
              await turn();
              await turn();
            }
          }
        },
        scheme === "https" ? leaf : null,
      );
      const adapter = new HttpAdapter();
      const options = sendOptions({ stream: how === "streamed", verify: { kind: "pem", pem: ca } });
      const received: { fields: string[]; trailers: string[]; pieces: Uint8Array[] }[] = [];
      for (const _ of all) {
        const response = await adapter.send(requestFor(`${server.url}/`), options, null);
        const pieces = how === "whole" ? [await response.body.collect(null)] : await piecesOf(response.body);
        received.push({
          fields: ours(response.headers),
          trailers: ours(response.trailers ?? new HeaderMap()),
          pieces,
        });
      }
      await adapter.close();
      expect(server.connections.length).toBe(1);
      for (const [at, { fields, body, framing }] of all.entries()) {
        expect(received[at]?.fields).toEqual(fields);
        expect(received[at]?.trailers).toEqual(framing === "chunked" ? fields : []);
        expect(Buffer.concat(received[at]?.pieces ?? []).equals(body)).toBe(true);
      }
    });
    await fc.assert(property, { numRuns: runs(25) });
  });
});
