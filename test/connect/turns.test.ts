import { stat } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { dispatchAfterPoll } from "../../src/connect/turns.ts";

describe("dispatchAfterPoll()", () => {
  it("waits for a poll that begins after the call, also when others wait already", async () => {
    const order: string[] = [];
    const connection = (name: string) => ({ dispatch: () => void order.push(name) });
    dispatchAfterPoll(connection("first"));
    await turn();
    // "first" waits for the next poll. It brings something to a second connection, which becomes free thereby.
    const isRead = new Promise<void>((resolve) => {
      stat(".", () => {
        order.push("read");
        setImmediate(() => order.push("turn"));
        dispatchAfterPoll(connection("second"));
        resolve();
      });
    });
    // So that it is there when the event loop polls.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    await isRead;
    for (let count = 0; count < 3; count++) await turn();
    expect(order).toEqual(["read", "first", "turn", "second"]);
  });
});
