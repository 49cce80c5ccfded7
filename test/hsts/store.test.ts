import { describe, expect, it } from "vitest";

import { HstsStore, type HstsJson } from "../../src/hsts/store.ts";

const NOW = 1_000_000;

function storeOf(...notes: readonly (readonly [host: string, header: string])[]): HstsStore {
  const store = new HstsStore();
  for (const [host, header] of notes) store.note(host, header, NOW);
  return store;
}

describe("HstsStore", () => {
  it.for([
    ["a.test", true],
    ["A.TEST", true],
    // A dot at the end is the same host (CVE-2022-30115).
    ["a.test.", true],
    ["b.a.test", false],
    ["xa.test", false],
    ["test", false],
    ["sub.test", true],
    ["x.sub.test", true],
    ["y.x.sub.test.", true],
    ["xsub.test", false],
    ["", false],
    [".", false],
  ] as const)("%s: %s", ([host, covered]) => {
    const store = storeOf(["a.test", "max-age=1"], ["sub.test.", "max-age=1; includeSubDomains"]);
    expect(store.covers(host, NOW)).toBe(covered);
  });

  it("looks beyond a nearer host that does not speak for those below it", () => {
    const store = storeOf(["a.test", "max-age=9; includeSubDomains"], ["b.a.test", "max-age=9"]);
    expect(store.covers("c.b.a.test", NOW)).toBe(true);
  });

  it("forgets what is over, and what is taken back; a subdomain takes back nothing of its parent's", () => {
    const store = storeOf(["a.test", "max-age=1; includeSubDomains"]);
    store.note("b.a.test", "max-age=0", NOW);
    expect([store.covers("a.test", NOW + 999), store.covers("a.test", NOW + 1000)]).toEqual([true, false]);
    expect(store.size).toBe(0);
    store.note("a.test", "max-age=1", NOW);
    store.note("a.test", "max-age=0", NOW);
    expect(store.covers("a.test", NOW)).toBe(false);
  });

  it("keeps what it had when a field is malformed", () => {
    const store = storeOf(["a.test", "max-age=1"], ["a.test", "max-age=none"]);
    expect(store.covers("a.test", NOW)).toBe(true);
  });

  it.for(["127.0.0.1", "[::1]", `${"a.".repeat(127)}test`])("never keeps %s", (host) => {
    expect(storeOf([host, "max-age=1"]).size).toBe(0);
  });

  it("keeps 10,000 hosts, those that were told last", () => {
    const store = new HstsStore();
    for (let at = 0; at < 10_001; at++) store.note(`h${at}.test`, "max-age=9", NOW);
    store.note("h1.test", "max-age=9", NOW);
    store.note("last.test", "max-age=9", NOW);
    expect(store.size).toBe(10_000);
    const covered = ["h0", "h1", "h2", "last"].map((name) => store.covers(`${name}.test`, NOW));
    expect(covered).toEqual([false, true, false, true]);
  });

  it("is the same after it was saved", () => {
    const store = storeOf(["a.test", "max-age=9"], ["b.test", "max-age=9; includeSubDomains"]);
    const saved = JSON.parse(JSON.stringify(store)) as HstsJson;
    expect(saved.hosts[0]).toEqual({ host: "a.test", includeSubDomains: false, expires: NOW + 9000 });
    const read = HstsStore.fromJSON(saved);
    expect(read.toJSON()).toEqual(store.toJSON());
    expect(read.covers("x.b.test", NOW)).toBe(true);
    read.clear();
    expect([read.size, store.size]).toEqual([0, 2]);
  });

  it.for([
    null,
    [],
    { version: 2, hosts: [] },
    { version: 1, hosts: {} },
    { version: 1, hosts: [null] },
    { version: 1, hosts: [{ host: "127.0.0.1", includeSubDomains: true, expires: 1 }] },
    { version: 1, hosts: [{ host: "a.test", includeSubDomains: 1, expires: 1 }] },
    { version: 1, hosts: [{ host: "a.test", includeSubDomains: true, expires: "1" }] },
  ])("is not read from %j", (data) => {
    expect(() => HstsStore.fromJSON(data as unknown as HstsJson)).toThrow(TypeError);
  });
});

describe("entryFor()", () => {
  it("gives the host that speaks, and forgets none that is over", () => {
    const store = storeOf(["a.test", "max-age=9; includeSubDomains"], ["b.a.test", "max-age=1"]);
    expect(store.entryFor("c.b.a.test", NOW)?.host).toBe("a.test");
    expect(store.entryFor("b.a.test", NOW)?.host).toBe("b.a.test");
    expect(store.entryFor("b.a.test", NOW + 2000)?.host).toBe("a.test");
    expect(store.entryFor("b.a.test", NOW + 20_000)).toBe(null);
    expect(store.size).toBe(2);
    expect(store.covers("b.a.test", NOW + 20_000)).toBe(false);
    expect(store.size).toBe(0);
  });
});
