/** The figures of README.md and docs/performance.md are those of the last run of the bench, and the defaults that README.md tells are those of a session. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { MARKS, measuredFigures, peerFigures, withFigures } from "../../bench/figures.ts";
import type { Run } from "../../bench/report.ts";
import { type Adapter, ResponseTooLarge, Session, TooManyRedirects, wireResponse } from "../../src/index.ts";
import { root } from "./pages.ts";

const readme = await readFile(join(root, "README.md"), "utf8");
const run = JSON.parse(await readFile(join(root, "bench/results/bench.json"), "utf8")) as Run; // the bench wrote it

const performance = await readFile(join(root, "docs/performance.md"), "utf8");

describe.for([
  ["README.md", readme, peerFigures],
  ["docs/performance.md", performance, measuredFigures],
] as const)("the figures of the bench in %s", ([, text, figures]) => {
  it("are those of bench/results/bench.json; npm run bench:figures writes them", () => {
    expect(withFigures(text, figures(run))).toBe(text);
  });

  it("follow the run", () => {
    expect(figures({ ...run, at: "2020-02-02T00:00:00.000Z" })).toContain("measured on 2020-02-02");
    expect(withFigures(text, figures({ ...run, outcomes: [] }))).not.toBe(text);
  });

  it("need their place", () => {
    expect(() => withFigures(text.replace(MARKS[1], ""), "")).toThrow(/no place for the figures/);
  });
});

/** Always redirects. */
class Endless implements Adapter {
  timeouts: unknown;

  send: Adapter["send"] = (_request, { timeouts }) => {
    this.timeouts = timeouts;
    return Promise.resolve(wireResponse({ status: 302, headers: { Location: "/again" }, body: "" }));
  };

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A server whose bodies have so many bytes, or so it says. */
async function announcing(bytes: number): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "Content-Length": bytes }).flushHeaders();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // what listens on TCP has an address
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("the defaults that README.md tells", () => {
  it("are those of a session without options", async () => {
    const [, connect, read, redirects, mebibytes] =
      /given up after `(\d+) s`, silence after `(\d+) s`, redirects after\s+`(\d+)`, and a body in memory at `(\d+) MiB`/.exec(
        readme,
      ) ?? [];
    await using session = new Session({ trustEnv: false, baseUrl: "https://example.com" });
    const adapter = new Endless();
    session.mount("https://", adapter);

    const tooMany: unknown = await session.get("/").catch((error: unknown) => error);
    expect(tooMany).toBeInstanceOf(TooManyRedirects);
    expect((tooMany as TooManyRedirects).message).toContain(` ${redirects} `);
    expect(adapter.timeouts).toMatchObject({
      connectMs: Number(connect) * 1000,
      readMs: Number(read) * 1000,
    });

    await using server = await announcing(2 ** 40);
    const tooLarge: unknown = await session.get(server.url).catch((error: unknown) => error);
    expect(tooLarge).toBeInstanceOf(ResponseTooLarge);
    expect((tooLarge as ResponseTooLarge).limitBytes).toBe(Number(mebibytes) * 1024 * 1024);
  });
});
