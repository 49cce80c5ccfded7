import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";

import type { TlsSettings } from "../../src/core/adapter.ts";
import { TlsMaterials } from "../../src/connect/tls-material.ts";
import type { TlsTerms } from "../../src/tls/settings.ts";

const LIMIT = 10;
const PEER = { host: "a.test", port: 443 };

/** Settings that are others for each number. */
function terms(number: number): TlsTerms {
  const others = { minVersion: null, maxVersion: null, ciphers: null, pins: null, store: null, crl: null };
  const tls: TlsSettings = { ...others, serverName: `tenant-${number}.test` };
  return { verify: { kind: "default" }, cert: null, tls };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}

describe("contexts of TLS", () => {
  it("are kept for the settings that were used last, as many as there are pools", async () => {
    const materials = new TlsMaterials(LIMIT);
    const load = (numbers: readonly number[]): unknown[] =>
      numbers.map((number) => materials.load(terms(number), PEER));
    const last = load(range(0, 100)).slice(-LIMIT);
    expect(load(range(100 - LIMIT, 100))).toEqual(last);
    expect(load(range(100 - LIMIT, 100)).every((one, at) => one === last[at])).toBe(true);
    await Promise.all(last);
  });

  it("of settings that are not used any more are given up", async () => {
    setFlagsFromString("--expose_gc");
    const collectGarbage = runInNewContext("gc") as () => void; // the flag has made it
    const materials = new TlsMaterials(LIMIT);
    const held: WeakRef<object>[] = [];
    for (const number of range(0, 100)) {
      const { context } = await materials.load(terms(number), PEER);
      held.push(new WeakRef(context));
    }
    const count = (): number => {
      collectGarbage();
      return held.filter((one) => one.deref() !== undefined).length;
    };
    await expect.poll(count).toBeLessThanOrEqual(2 * LIMIT);
  });

  it("are asked for anew when they could not be made", async () => {
    const materials = new TlsMaterials(LIMIT);
    const wrong: TlsTerms = { verify: { kind: "path", path: "/nowhere/ca.pem" }, cert: null, tls: null };
    const first = materials.load(wrong, PEER);
    await expect(first).rejects.toThrow("/nowhere/ca.pem");
    const second = materials.load(wrong, PEER);
    expect(second).not.toBe(first);
    await expect(second).rejects.toThrow("/nowhere/ca.pem");
  });
});
