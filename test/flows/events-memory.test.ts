/** What is told of calls is held by nobody but by those who are told, when the calls are over. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";

import type { MessageRecord } from "../../src/core/records.ts";
import { Session } from "../../src/index.ts";
import { bothOrigin } from "../support/both-origin.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void; // V8 says so

/** Waits until nobody holds any of them. */
async function gone(references: readonly WeakRef<object>[]): Promise<void> {
  await expect
    .poll(() => {
      collect();
      return references.filter((one) => one.deref() !== undefined).length;
    })
    .toBe(0);
}

describe.for([
  ["HTTP/1.1", false],
  ["HTTP/2", true],
] as const)("what is told of calls, %s,", ([, http2]) => {
  it("is not held when they are over, though the session and its connections are open", async () => {
    await using origin = await bothOrigin(() => ({ body: "x".repeat(10_000) }));
    await using session = new Session({ trustEnv: false, verify: origin.ca, http2 });
    const references: WeakRef<object>[] = [];
    for (const name of ["call", "sending", "head", "message", "connection"] as const)
      session.events.on(name, (record) => void references.push(new WeakRef(record)));
    using _ = session.events.keepBodies(1000);
    session.events.on("message", ({ request, responseBody }) => {
      references.push(new WeakRef(request));
      if (responseBody !== null) references.push(new WeakRef(responseBody));
    });
    const ask = async (): Promise<void> => {
      for (let n = 0; n < 20; n++) {
        const response = await session.get(`${origin.url}/${n}`, { stream: n % 2 === 0 });
        await response.bytes();
        references.push(new WeakRef(response));
      }
    };
    await ask();
    expect(references.length).toBe(20 * 7 + 1);
    // The last one may still be on a stack.
    await session.get(origin.url);
    await gone(references.slice(0, 20 * 7));
  });

  it("does not hold the response, when it is kept itself", async () => {
    await using origin = await bothOrigin(() => ({ body: "x".repeat(10_000) }));
    await using session = new Session({ trustEnv: false, verify: origin.ca, http2 });
    const kept: MessageRecord[] = [];
    session.events.on("message", (record) => void kept.push(record));
    const references: WeakRef<object>[] = [];
    const ask = async (): Promise<void> => {
      for (let n = 0; n < 20; n++) {
        const response = await session.get(origin.url);
        references.push(new WeakRef(response), new WeakRef(response.bytes()));
      }
    };
    await ask();
    await session.get(origin.url);
    await gone(references.slice(0, 19 * 2));
    expect(kept.map(({ status, receivedBytes }) => [status, receivedBytes])).toEqual(
      Array.from({ length: 21 }, () => [200, 10_000]),
    );
  });
});
