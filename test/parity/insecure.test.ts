/** What a program hears that checks no certificates. A file of its own: it is told once for a process. */
import { expect, it, vi } from "vitest";

import { Session } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

it("verify: false is warned of, once", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const stranger = await (await Authority.create()).issue({ names: ["elsewhere.test"] });
  await using server = await scriptedServer(answering(ok()), stranger);
  for (let sent = 0; sent < 2; sent++) {
    await using session = new Session({ trustEnv: false, verify: false });
    expect((await session.get(server.url)).status).toBe(200);
  }
  expect(warn.mock.calls).toEqual([
    [
      expect.stringContaining("certificates are not checked"),
      expect.objectContaining({ type: "InsecureRequestWarning" }),
    ],
  ]);
});
