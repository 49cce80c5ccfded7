/** The body of a response over HTTP/2 comes as fast as it is read, and no faster. */
import { createHash, randomBytes } from "node:crypto";
import type { ServerHttp2Stream } from "node:http2";
import { describe, expect, it } from "vitest";

import { Session } from "../../src/index.ts";
import { CODES, frameServer } from "../support/frame-server.ts";
import { ok, startH2 } from "../support/h2-server.ts";
import { rejection } from "../support/messages.ts";

const SIZE = 6_000_000;
const PIECE = 50_000;
const body = randomBytes(SIZE);

function hash(pieces: readonly Uint8Array[]): string {
  const sum = createHash("sha256");
  for (const piece of pieces) sum.update(piece);
  return sum.digest("hex");
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Gives the body as fast as it is taken, and says how much of it was. */
class Giver {
  given = 0;

  give(stream: ServerHttp2Stream): void {
    stream.respond({ ":status": 200, "content-length": SIZE });
    const more = (): void => {
      while (this.given < SIZE) {
        const piece = body.subarray(this.given, this.given + PIECE);
        this.given += piece.byteLength;
        if (!stream.write(piece)) return;
      }
      stream.end();
    };
    stream.on("drain", more);
    more();
  }

  /** When nothing more is taken. */
  async still(): Promise<number> {
    for (let before = -1; before !== this.given;) {
      before = this.given;
      await pause(150);
    }
    return this.given;
  }
}

describe("a streamed body over HTTP/2", () => {
  it("waits for its reader, however often that stops, while others on the connection go on", async () => {
    const giver = new Giver();
    await using server = await startH2((stream, { ":path": path }) => {
      if (path === "/large") giver.give(stream);
      else ok(stream);
    });
    await using session = new Session({ baseUrl: server.url, verify: server.ca, http2: true });
    const response = await session.get("/large", { stream: true });
    const pieces: Uint8Array[] = [];
    let next = SIZE / 3;
    let received = 0;
    expect(await giver.still()).toBeLessThan(1_000_000);
    for await (const piece of response.iterContent()) {
      pieces.push(piece);
      received += piece.byteLength;
      if (received < next) continue;
      next += SIZE / 3;
      expect(await giver.still()).toBeLessThan(received + 1_500_000);
      expect(await session.get("/small").text()).toBe("ok");
    }
    expect(hash(pieces)).toBe(hash([body]));
    expect(server.connections()).toBe(1);
  });

  it("gives what came while nobody read before it tells of the reset", async () => {
    await using server = await frameServer((r) =>
      r.write(r.head(200), r.data("one "), r.data("two"), r.reset(CODES.INTERNAL_ERROR)),
    );
    await using session = new Session({ verify: server.ca, http2: true });
    const response = await session.get(server.url, { stream: true });
    await pause(50);
    let text = "";
    const error = await rejection(
      (async () => {
        for await (const piece of response.iterContent()) text += Buffer.from(piece).toString();
      })(),
    );
    expect(text).toBe("one two");
    expect(String(error)).toContain("INTERNAL_ERROR");
  });
});
