/** What a program hears that checks no certificates. */
import { afterEach, describe, expect, it, vi } from "vitest";

import { Session } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a session that checks no certificates:", () => {
  it("verify: false is warned of, once", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const stranger = await (await Authority.create()).issue({ names: ["elsewhere.test"] });
    await using server = await scriptedServer(answering(ok()), stranger);
    await using session = new Session({ trustEnv: false, verify: false });
    for (let sent = 0; sent < 2; sent++) {
      // On a connection of its own each.
      const { status } = await session.get(server.url, { headers: { Connection: "close" } });
      expect(status).toBe(200);
    }
    expect(warn.mock.calls).toEqual([
      [
        expect.stringContaining("certificates are not checked"),
        expect.objectContaining({ type: "InsecureRequestWarning" }),
      ],
    ]);
  });

  it("verify: false is warned of for each server, by each session, and never when certificates are checked", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const authority = await Authority.create();
    const leaf = await authority.issue({ addresses: ["127.0.0.1"] });
    await using one = await scriptedServer(answering(ok()), leaf);
    await using two = await scriptedServer(answering(ok()), leaf);
    for (let sessions = 0; sessions < 2; sessions++) {
      await using session = new Session({ trustEnv: false, verify: authority.pem });
      await session.get(one.url);
      await session.get(one.url, { verify: false });
      await session.get(two.url, { verify: false, tls: { minVersion: "TLSv1.3" } });
      await session.get(two.url, { verify: false });
    }
    const servers = warn.mock.calls.map(([text]) => /127\.0\.0\.1:(\d+)/.exec(String(text))?.[1]);
    expect(servers).toEqual([one.port, two.port, one.port, two.port].map(String));
  });
});
